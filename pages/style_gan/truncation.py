"""Truncation: the same latent vectors with psi from -1 to 1; the mean of W in the middle."""

import numpy as np
import streamlit as st

from genmodels.media import images
from pages.style_gan import common, shared_controls
from pages.style_gan.components import image_table
from ui import code_panel, presets_and_reset
from ui.page_layout import result_and_controls

PSI = np.linspace(-1, 1, 9)
CLASSES, SEEDS = "All classes", "One class"
N_SEEDS = 8
DEFAULTS = {
    "style_gan_truncation_rows": CLASSES,
    "style_gan_seed": shared_controls.DEFAULT_SEED,
    "style_gan_noise": True,
    "style_gan_noise_seed": shared_controls.DEFAULT_NOISE_SEED,
}


def show(name: str) -> None:
    model = common.load(name)
    _truncation(name, len(model.layer_sizes))


@st.fragment
def _truncation(name: str, n_layers: int) -> None:
    names = common.class_names(name)
    result, controls = result_and_controls("truncation", (5, 2))
    with controls, st.container(gap="small"):
        rows = st.segmented_control(
            "Rows",
            (CLASSES, SEEDS),
            default=CLASSES,
            required=True,
            key="style_gan_truncation_rows",
            label_visibility="collapsed",
            help=f"One latent vector per class, or {N_SEEDS} of one class.",
            **common.URL_BOUND,
        )
        label = shared_controls.class_control(name) if rows == SEEDS else None
        seed = shared_controls.seed_control()
        cutoff = shared_controls.cutoff_control(n_layers)
        noise_seed = shared_controls.noise_control()
        actions = st.container(horizontal=True, gap="small")
        st.caption(
            "Psi above each column. 0 is the mean of W: all latent vectors of a class give the same image. Negative "
            "values are the opposite: from bright to dark, from left to right."
        )
    table = _generate(name, label, seed, cutoff, noise_seed)
    texts = (
        list(names)
        if label is None
        else [f"Seed {(seed + k) % (shared_controls.MAX_SEED + 1)}" for k in range(N_SEEDS)]
    )
    with result:
        image_table.show(
            table,
            texts,
            [f"{psi:g}".replace("-", "−") for psi in PSI],
            key="style_gan_truncation_table",
            label="Images with truncation psi from −1 to 1",
            corner="psi",
            middle=len(PSI) // 2,
        )
    with actions:
        st.download_button(
            "PNG",
            lambda: images.png(images.tile(table, gap=1, background=255), scale=4),
            "style_gan_truncation.png",
            key="style_gan_truncation_download",
            icon=":material/download:",
            on_click="ignore",
        )
        presets_and_reset.reset(DEFAULTS | {"style_gan_cutoff": n_layers}, key="style_gan_truncation_reset")
    _code(name, label, seed, cutoff, noise_seed)


@st.cache_data(show_spinner=False, max_entries=60)
def _generate(name: str, label: int | None, seed: int, cutoff: int, noise_seed: int | None) -> np.ndarray:
    """Images (rows, psi, h, w[, 3]): of all classes with one seed, or of one class with several."""
    style_gan, model = common.module(), common.load(name)
    if label is None:
        labels = np.arange(model.classes)
        z = np.repeat(common.seed_latents(name, [seed]), model.classes, axis=0)
    else:
        labels = np.full(N_SEEDS, label)
        z = common.seed_latents(name, [(seed + k) % (shared_controls.MAX_SEED + 1) for k in range(N_SEEDS)])
    w = style_gan.map_latents(model, z, labels)
    truncated = np.stack([style_gan.truncate(model, w, labels, psi, cutoff=cutoff) for psi in PSI], axis=1)
    flat = truncated.reshape(-1, *truncated.shape[2:])
    generated = common.synthesize(model, flat, common.noise(name, noise_seed))
    return generated.reshape(len(z), len(PSI), *generated.shape[1:])


def _code(name: str, label: int | None, seed: int, cutoff: int, noise_seed: int | None) -> None:
    style_gan = common.module()
    if label is None:
        n = len(common.class_names(name))
        z, labels = f"np.repeat(style_gan.sample_latents(model, 1, {seed}), {n}, axis=0)", f"np.arange({n})"
    else:
        z = f"np.concatenate([style_gan.sample_latents(model, 1, {seed} + k) for k in range({N_SEEDS})])"
        labels = f"np.full({N_SEEDS}, {label})"
    noise = "None" if noise_seed is None else f"style_gan.sample_noise(model, 1, {noise_seed})"
    script = f"""
        import numpy as np

        from genmodels.media import images
        from genmodels.style_gan import model as style_gan

        model = style_gan.load({name!r})
        labels = {labels}
        w = style_gan.map_latents(model, {z}, labels)
        columns = []
        for psi in np.linspace(-1, 1, {len(PSI)}):
            truncated = style_gan.truncate(model, w, labels, psi, cutoff={cutoff})
            columns.append(style_gan.synthesize(model, truncated, {noise}))
        table = np.stack(columns, axis=1)  # one row per latent vector
        open("style_gan_truncation.png", "wb").write(images.png(images.tile(table, gap=1), scale=4))
        """
    functions = [style_gan.map_latents, style_gan.truncate, style_gan.synthesize]
    code_panel.show(script, functions, key="style_gan_truncation_code", name="style_gan_truncation")
