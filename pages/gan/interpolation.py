"""Interpolation between two latent vectors: spherical, linear, and for comparison by blending pixels."""

import numpy as np
import streamlit as st

from genmodels import latent_space
from genmodels.gan import latent_directions
from genmodels.media import images
from pages.gan import common, samples, saved_latents
from pages.gan.components import sample_grid
from pages.gan.saved_latents import SavedLatent
from ui import code_panel, image_display, presets_and_reset

SLOTS = ("Start", "End")
VIDEO_FRAMES = 30  # in each direction
N_CANDIDATES = 12  # samples among which the default end image is chosen
DEFAULT_STEPS = 9


def controls(name: str) -> int:
    """The number of images."""
    steps = st.slider(
        "Interpolation steps",
        5,
        15,
        DEFAULT_STEPS,
        2,
        key="gan_interpolation_steps",
        help="Number of images, start and end included.",
        **common.URL_BOUND,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Swap",
            key="gan_swap",
            icon=":material/swap_horiz:",
            on_click=_swap,
            args=(name,),
            help="Swap start and end.",
        )
        presets_and_reset.reset({"gan_interpolation_steps": DEFAULT_STEPS}, key="gan_interpolation_reset")
    return steps


def add_defaults(name: str, grid: samples.SampleGrid, seed: int) -> None:
    """Start: the sample with the highest score. End: of the next best ones, the one most different from it."""
    start, *candidates = np.argsort(-grid.scores, kind="stable")[: 1 + N_CANDIDATES]
    end = candidates[latent_directions.most_different(grid.images[start], grid.images[candidates])]
    for slot, index in zip(SLOTS, (start, end), strict=True):
        saved_latents.add(name, slot, samples.saved(grid, seed, int(index)))


def show(name: str, steps: int) -> None:
    if not saved_latents.is_full(name, *SLOTS):
        st.info("Select a start image and an end image.", icon=":material/touch_app:")
        return
    gan, model = common.module(), common.load(name)
    start, end = _ends(name)
    labels = interpolate_labels(name, start, end, steps)
    spherical = latent_space.interpolate(start.z, end.z, steps, spherical=True)
    linear = latent_space.interpolate(start.z, end.z, steps)
    typical, middle = np.sqrt(model.latent_dim), np.linalg.norm(linear[steps // 2])
    _strip(name, f"Spherical interpolation (‖z‖ stays about {typical:.1f})", spherical, labels, "spherical")
    _strip(name, f"Linear interpolation (‖z‖ = {middle:.1f} in the middle)", linear, labels, "linear")
    ends = gan.generate(model, np.stack([start.z, end.z]), None if labels is None else labels[[0, -1]])
    st.caption("For comparison: pixel blending")
    image_display.show(images.tile(images.blend(*ends, steps)[None], gap=1))
    _video(name, start, end)


def _ends(name: str) -> tuple[SavedLatent, SavedLatent]:
    start, end = (saved_latents.slots(name)[slot][0] for slot in SLOTS)
    return start, end


def interpolate_labels(name: str, start: SavedLatent, end: SavedLatent, steps: int) -> np.ndarray | None:
    """(steps, classes): from one one-hot label to the other; None for an unconditional model."""
    classes = common.load(name).classes
    return latent_space.interpolate(*np.eye(classes)[[start.label, end.label]], steps) if classes else None


def _swap(name: str) -> None:
    slots = saved_latents.slots(name)
    slots["Start"], slots["End"] = slots["End"], slots["Start"]


def _strip(name: str, title: str, z: np.ndarray, labels: np.ndarray | None, key: str) -> None:
    gan, model = common.module(), common.load(name)
    generated = gan.generate(model, z, labels)
    scores = gan.discriminate(model, generated, labels)
    st.caption(title)
    sample_grid.show(
        generated, scores, columns=len(z), key=f"gan_interpolation_{key}", label=title, critic=model.is_critic
    )


def _video(name: str, start: SavedLatent, end: SavedLatent) -> None:
    gan, model = common.module(), common.load(name)

    def frames() -> np.ndarray:
        z = latent_space.interpolate(start.z, end.z, VIDEO_FRAMES, spherical=True)
        generated = gan.generate(model, z, interpolate_labels(name, start, end, VIDEO_FRAMES))
        return np.concatenate([generated, generated[::-1]])

    with st.container(horizontal=True, vertical_alignment="center"):
        video_format = st.segmented_control(
            "Video format",
            list(common.VIDEO_FORMATS),
            default="GIF",
            required=True,
            key="gan_interpolation_video_format",
            label_visibility="collapsed",
            **common.URL_BOUND,
        )
        st.download_button(
            "Download video",
            lambda: images.animate(frames(), video_format.lower(), fps=20, scale=8),
            f"gan_{name}_interpolation.{video_format.lower()}",
            common.VIDEO_FORMATS[video_format],
            key="gan_interpolation_video",
            icon=":material/movie:",
            on_click="ignore",
            help=f"Spherical interpolation, forth and back, {2 * VIDEO_FRAMES} frames.",
        )


def code(name: str, steps: int) -> None:
    if not saved_latents.is_full(name, *SLOTS):
        return
    start, end = _ends(name)
    labels = ""
    if start.label is not None:
        one_hot = f"np.eye({common.load(name).classes})[[{start.label}, {end.label}]]"
        labels = f", latent_space.interpolate(*{one_hot}, {steps})"
    script = f"""
        import numpy as np

        from genmodels import latent_space
        from genmodels.gan import model as gan
        from genmodels.media import images

        model = gan.load({name!r})
        start = {start.source}
        end = {end.source}
        samples = gan.generate(model, latent_space.interpolate(start, end, {steps}, spherical=True){labels})
        open("gan_strip.png", "wb").write(images.png(images.tile(samples[None], gap=1), scale=4))
        open("gan_interpolation.gif", "wb").write(images.animate(samples, "gif", fps=12, scale=6))
        """
    code_panel.show(script, [latent_space.interpolate, images.blend], key="interpolation", name="gan_interpolation")
