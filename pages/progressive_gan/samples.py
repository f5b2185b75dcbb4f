"""Samples: random images of the final generator."""

import numpy as np
import streamlit as st

from genmodels.media import images
from pages.progressive_gan import common
from pages.progressive_gan.components import sample_picker
from ui import code_panel, model_loading, presets_and_reset
from ui.page_layout import result_and_controls

N_SAMPLES, COLUMNS = 64, 8
DEFAULTS = {"progan_samples_seed": common.DEFAULT_SEED, "progan_selected_sample": 0}


@st.fragment  # a control reruns this tab only
@model_loading.show_weight_errors()
def show() -> None:
    result, controls = result_and_controls("samples", (3, 1))
    if common.is_loading(result):
        return
    common.load()
    with controls:
        seed = common.seed_control("progan_samples_seed", help="Of the latent vectors z.")
    generated = generate(seed)
    sample = int(common.browser_value("progan_selected_sample", 0, 0, N_SAMPLES - 1))
    with result:
        sample_picker.show(
            generated,
            columns=COLUMNS,
            sample=sample,
            token=common.token("progan_selected_sample"),
            key="progan_sample_picker",
            on_sample=lambda value: common.set_from_browser("progan_selected_sample", value),
        )
    with controls:
        _downloads(generated, sample, seed)
        presets_and_reset.reset(DEFAULTS, key="progan_samples_reset")
        common.note(_description())
    _code(seed, sample)


@st.cache_data(show_spinner=False, max_entries=60)
def generate(seed: int) -> np.ndarray:
    """The samples of a seed: (n, 32, 32) uint8."""
    progressive_gan = common.module()
    return progressive_gan.generate(common.load(), progressive_gan.sample_latents(N_SAMPLES, seed))


def _downloads(generated: np.ndarray, sample: int, seed: int) -> None:
    grid = images.tile(generated.reshape(-1, COLUMNS, *generated.shape[1:]))
    for label, image, name, help in (
        ("All samples", grid, f"progan_seed_{seed}", "PNG of the grid, enlarged four times."),
        ("Selected", generated[sample], f"progan_seed_{seed}_sample_{sample}", "PNG of the selected sample."),
    ):
        st.download_button(
            label,
            images.png(image, scale=4 if image is grid else 16),
            f"{name}.png",
            "image/png",
            key=f"progan_download_{label}",
            icon=":material/download:",
            on_click="ignore",
            help=help,
        )


def _description() -> str:
    card = common.card()
    metrics = card["held_out"]
    return (
        f"Generator at the end of the training, after {card['images']:,} real images. Fréchet distance "
        f"**{metrics['frechet_distance']:.2f}** over {metrics['samples']:,} samples, in the features of a "
        "Fashion-MNIST classifier (not FID)."
    )


def _code(seed: int, sample: int) -> None:
    progressive_gan = common.module()
    script = f"""
        from genmodels.media import images
        from genmodels.progressive_gan import model as progressive_gan

        model = progressive_gan.load({common.NAME!r})
        z = progressive_gan.sample_latents({N_SAMPLES}, {seed})
        samples = progressive_gan.generate(model, z)
        grid = images.tile(samples.reshape(-1, {COLUMNS}, *samples.shape[1:]))
        open("progan_samples.png", "wb").write(images.png(grid, scale=4))
        open("progan_selected_sample.png", "wb").write(images.png(samples[{sample}], scale=16))
        """
    functions = [progressive_gan.sample_latents, progressive_gan.generate]
    code_panel.show(script, functions, key="progan_samples", name="progan_samples")
