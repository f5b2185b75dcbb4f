"""Resolutions: the same latent vectors at the end of each resolution of the training, and their interpolation."""

import numpy as np
import streamlit as st

from genmodels import latent_space
from genmodels.media import images
from pages.progressive_gan import common
from pages.progressive_gan.components import resolution_grid
from ui import code_panel, model_loading, presets_and_reset
from ui.page_layout import result_and_controls

ROWS = 3  # latent vectors
STEPS = 25  # of the interpolation
DEFAULTS = {"progan_start_seed": 1, "progan_end_seed": 2, "progan_t": 0.0}


@st.fragment  # a control reruns this tab only
@model_loading.show_weight_errors()
def show() -> None:
    result, controls = result_and_controls("resolutions", (5, 2))
    if common.is_loading(result):
        return
    common.load()
    with controls:
        start = common.seed_control("progan_start_seed", "Start seed", 1, help="Of the latent vectors at t = 0.")
        end = common.seed_control("progan_end_seed", "End seed", 2, help="Of the latent vectors at t = 1.")
    samples = generate_interpolation(start, end)
    t = common.browser_value("progan_t", DEFAULTS["progan_t"], 0.0, 1.0)
    with result:
        resolution_grid.show(
            samples,
            ends=(f"seed {start}", f"seed {end}"),
            t=t,
            token=common.token("progan_t"),
            key="progan_resolution_grid",
            on_t=lambda value: common.set_from_browser("progan_t", value),
        )
    with controls:
        common.note(
            "One row per latent vector z, one column per resolution: the generator at the end of that resolution. "
            "Shape and type of the garment mostly stay; details are added. The slider interpolates z on the sphere."
        )
        _download(start, end)
        presets_and_reset.reset(DEFAULTS, key="progan_resolutions_reset")
    _code(start, end, t)


@st.cache_data(show_spinner="Generating all resolutions", max_entries=20)
def generate_interpolation(start: int, end: int) -> dict[int, np.ndarray]:
    """(ROWS, STEPS, r, r) uint8 by resolution r: spherical interpolation between the latent vectors of two seeds."""
    progressive_gan = common.module()
    ends = zip(*(progressive_gan.sample_latents(ROWS, seed) for seed in (start, end)), strict=True)
    z = np.concatenate([latent_space.interpolate(*pair, STEPS, spherical=True) for pair in ends])
    generated = progressive_gan.generate_resolutions(common.load(), z)
    return {r: each.reshape(ROWS, STEPS, *each.shape[1:]) for r, each in generated.items()}


def _download(start: int, end: int) -> None:
    chosen = common.video_format("progan_resolutions_video_format")

    def video() -> bytes:
        progressive_gan, samples = common.module(), generate_interpolation(start, end)
        frames = []
        for k in range(STEPS):
            columns = [progressive_gan.enlarge(each[:, k]) for each in samples.values()]
            frames.append(images.tile(np.stack(columns, axis=1), gap=2))
        return images.animate(frames + frames[::-1], chosen.lower(), fps=12, scale=4)

    st.download_button(
        "Video",
        video,
        f"progan_resolutions.{chosen.lower()}",
        common.VIDEO_FORMATS[chosen],
        key="progan_resolutions_video",
        icon=":material/movie:",
        on_click="ignore",
        help="All resolutions during the interpolation, forth and back.",
    )


def _code(start: int, end: int, t: float) -> None:
    step = round(t * (STEPS - 1))
    script = f"""
        import numpy as np

        from genmodels import latent_space
        from genmodels.media import images
        from genmodels.progressive_gan import model as progressive_gan

        model = progressive_gan.load({common.NAME!r})
        start, end = progressive_gan.sample_latents({ROWS}, {start}), progressive_gan.sample_latents({ROWS}, {end})
        z = [latent_space.interpolate(a, b, {STEPS}, spherical=True)[{step}] for a, b in zip(start, end)]
        samples = progressive_gan.generate_resolutions(model, np.stack(z))
        figure = np.stack([progressive_gan.enlarge(each) for each in samples.values()], axis=1)  # (rows, 4, 32, 32)
        open("progan_resolutions.png", "wb").write(images.png(images.tile(figure, gap=2), scale=6))
        """
    progressive_gan = common.module()
    functions = [progressive_gan.generate_resolutions, progressive_gan.generate, latent_space.interpolate]
    code_panel.show(script, functions, key="progan_resolutions", name="progan_resolutions")
