"""Fade-in: old path, new path and their blend, for the selected sample and for a grid of samples."""

import numpy as np
import streamlit as st

from genmodels.media import images
from pages.progressive_gan import common
from pages.progressive_gan.components import fade_in
from ui import code_panel, model_loading, presets_and_reset
from ui.page_layout import result_and_controls

N_SAMPLES, COLUMNS = 36, 12
RESOLUTIONS = ("8", "16", "32")
DEFAULT_RESOLUTION = "32"
DEFAULT_SAMPLE = 26  # of the default seed: an ankle boot at every alpha
DEFAULTS = {
    "progan_resolution": DEFAULT_RESOLUTION,
    "progan_seed": common.DEFAULT_SEED,
    "progan_alpha": 0.5,
    "progan_sample": DEFAULT_SAMPLE,
}
VIDEO_FRAMES = 21  # from alpha 0 to 1


@st.fragment  # a control reruns this tab only
@model_loading.show_weight_errors()
def show() -> None:
    result, controls = result_and_controls("fade_in", (3, 1))
    if common.is_loading(result):
        return
    common.load()  # here, because it shows a spinner: a cached function would record it
    with controls:
        resolution = _resolution_control()
        seed = common.seed_control("progan_seed", help="Of the latent vectors z.")
    old, new = generate_paths(f"fade_{resolution}", seed)
    alpha = common.browser_value("progan_alpha", DEFAULTS["progan_alpha"], 0.0, 1.0)
    sample = int(common.browser_value("progan_sample", DEFAULTS["progan_sample"], 0, N_SAMPLES - 1))
    with result:
        fade_in.show(
            old,
            new,
            columns=COLUMNS,
            alpha=alpha,
            sample=sample,
            token=common.token("progan_alpha", "progan_sample"),
            key="progan_fade_in",
            on_alpha=lambda value: common.set_from_browser("progan_alpha", value),
            on_sample=lambda value: common.set_from_browser("progan_sample", value),
        )
    with controls:
        common.note(
            f"The old path ends at {resolution // 2} × {resolution // 2} pixels; the new block has twice the "
            "resolution. During training, alpha rises from 0 to 1; these weights are from the middle of the fade-in. "
            "Values are clipped to black and white after blending."
        )
        _download(resolution, seed)
        presets_and_reset.reset(DEFAULTS, key="progan_fade_in_reset")
    _code(resolution, seed, alpha, sample)


@st.cache_data(show_spinner=False, max_entries=60)
def generate_paths(stage: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Old path and new path of the samples of a seed: (n, r, r) each, in levels of 0 to 255, not clipped."""
    progressive_gan = common.module()
    old, new = progressive_gan.path_values(common.load(), progressive_gan.sample_latents(N_SAMPLES, seed), stage)
    return old[..., 0], new[..., 0]


def _resolution_control() -> int:
    chosen = st.segmented_control(
        "Resolution (pixels)",
        RESOLUTIONS,
        default=DEFAULT_RESOLUTION,
        required=True,
        key="progan_resolution",
        help="Pixels per side of the block that is faded in. The generator is the one from the middle of this fade-in, "
        "where both paths are trained.",
        **common.URL_BOUND,
    )
    return int(chosen or DEFAULT_RESOLUTION)


def _download(resolution: int, seed: int) -> None:
    chosen = common.video_format("progan_fade_in_video_format")

    def video() -> bytes:
        progressive_gan = common.module()
        z = progressive_gan.sample_latents(N_SAMPLES, seed)
        frames = []
        for alpha in np.linspace(0, 1, VIDEO_FRAMES):
            blend = progressive_gan.generate_paths(common.load(), z, f"fade_{resolution}", alpha)[2]
            frames.append(images.tile(progressive_gan.enlarge(blend).reshape(-1, COLUMNS // 2, 32, 32)))
        return images.animate(frames + frames[::-1], chosen.lower(), fps=12, scale=4)

    st.download_button(
        "Video",
        video,
        f"progan_fade_in_{resolution}.{chosen.lower()}",
        common.VIDEO_FORMATS[chosen],
        key="progan_fade_in_video",
        icon=":material/movie:",
        on_click="ignore",
        help=f"The {N_SAMPLES} samples while alpha moves from 0 to 1 and back.",
    )


def _code(resolution: int, seed: int, alpha: float, sample: int) -> None:
    progressive_gan = common.module()
    script = f"""
        import numpy as np

        from genmodels.media import images
        from genmodels.progressive_gan import model as progressive_gan

        model = progressive_gan.load({common.NAME!r})
        z = progressive_gan.sample_latents({N_SAMPLES}, {seed})
        old, new, blend = progressive_gan.generate_paths(model, z, "fade_{resolution}", alpha={alpha:g})
        figure = np.stack([old[{sample}], new[{sample}], blend[{sample}]])
        open("progan_fade_in.png", "wb").write(images.png(images.tile(figure[None], gap=1), scale=8))
        open("progan_samples.png", "wb").write(images.png(images.tile(blend.reshape(-1, 6, *blend.shape[1:])), scale=8))
        """
    from genmodels.progressive_gan import networks

    functions = [
        common.layers().fade_in,
        networks.Generator.paths,
        progressive_gan.path_values,
        progressive_gan.generate_paths,
    ]
    code_panel.show(script, functions, key="progan_fade_in", name="progan_fade_in")
