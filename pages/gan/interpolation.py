"""From one code to another: along the arc, along the line, and by blending pixels."""

import numpy as np
import streamlit as st

from genmodels import latent_space
from genmodels.media import images
from pages.gan import common, explore, saved_latents
from pages.gan.components import sample_grid
from pages.gan.saved_latents import Pick
from ui import code_panel, image_display, presets_and_reset

SLOTS = ("From", "To")
MIME = {"GIF": "image/gif", "WebP": "image/webp", "MP4": "video/mp4"}
FRAMES = 30  # of a film, each way
OTHERS = 12  # pictures among which the far end of a way is looked for


def suggest(name: str, drawn: explore.Drawn, seed: int) -> None:
    """The one that the discriminator believes most and, of the next best, the one that looks least like it."""
    best, *others = np.argsort(-drawn.scores, kind="stable")[: 1 + OTHERS]
    pixels = drawn.pictures.astype("float32")
    apart = [np.square(pixels[k] - pixels[best]).mean() for k in others]
    for slot, number in zip(SLOTS, (best, others[int(np.argmax(apart))]), strict=True):
        saved_latents.take(name, slot, explore.pick(drawn, seed, int(number)))


def show(name: str) -> None:
    if not saved_latents.full(name, *SLOTS):
        st.info("Two pictures are needed: click one to begin with and one to end with.", icon=":material/touch_app:")
        return
    gan, model = common.module(), common.load(name)
    a, b = (saved_latents.of(name)[slot][0] for slot in SLOTS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tip = "How many on the way, both ends included."
        n = st.slider("Pictures", 5, 15, 9, 2, key="gan_way_n", width=260, help=tip, **common.KEEP)
        st.button(
            "Swap", key="gan_swap", icon=":material/swap_horiz:", on_click=_swap, args=(name,), help="Back again."
        )
        presets_and_reset.reset({"gan_way_n": 9}, key="gan_way_reset")
    labels = mixed(name, a, b, n)
    arc, line = latent_space.interpolate(a.z, b.z, n, spherical=True), latent_space.interpolate(a.z, b.z, n)
    middle = f"{np.linalg.norm(line[n // 2]):.1f}"
    usual = f"{np.sqrt(model.latent_dim):.1f}"
    _strip(name, f"Along the arc (codes stay about {usual} long)", arc, labels, "arc")
    _strip(name, f"Along the straight line (in the middle {middle} long)", line, labels, "line")
    ends = gan.generate(model, np.stack([a.z, b.z]), None if labels is None else labels[[0, -1]])
    st.caption("For contrast: the pixels blended, without a model")
    image_display.show(images.tile(images.blend(*ends, n)[None], gap=1))
    _film(name, a, b)
    _code(name, a, b, n)


def mixed(name: str, a: Pick, b: Pick, n: int) -> np.ndarray | None:
    """(n, classes): the class of a, less and less, and that of b; None where the model takes no class."""
    classes = common.load(name).classes
    return latent_space.interpolate(*np.eye(classes)[[a.label, b.label]], n) if classes else None


def _swap(name: str) -> None:
    held = saved_latents.of(name)
    held["From"], held["To"] = held["To"], held["From"]


def _strip(name: str, title: str, z: np.ndarray, labels: np.ndarray | None, key: str) -> None:
    gan, model = common.module(), common.load(name)
    made = gan.generate(model, z, labels)
    scores = gan.discriminate(model, made, labels)
    st.caption(title)
    critic = model.hyperparameters.objective == "wgan_gp"
    sample_grid.show(made, scores, columns=len(z), key=f"gan_way_{key}", label=title, critic=critic)


def _film(name: str, a: Pick, b: Pick) -> None:
    gan, model = common.module(), common.load(name)

    def frames() -> np.ndarray:
        there = latent_space.interpolate(a.z, b.z, FRAMES, spherical=True)
        labels = mixed(name, a, b, FRAMES)
        made = gan.generate(model, there, labels)
        return np.concatenate([made, made[::-1]])

    with st.container(horizontal=True, vertical_alignment="center"):
        kind = st.segmented_control(
            "Film", list(MIME), default="GIF", required=True, key="gan_way_kind", label_visibility="collapsed",
            **common.KEEP,
        )  # fmt: skip
        st.download_button(
            "Download the film",
            lambda: images.animate(frames(), kind.lower(), fps=20, scale=8),
            f"gan_{name}_way.{kind.lower()}",
            MIME[kind],
            key="gan_way_film",
            icon=":material/movie:",
            on_click="ignore",
            help=f"There and back along the arc, {2 * FRAMES} frames.",
        )


def _code(name: str, a: Pick, b: Pick, n: int) -> None:
    labels = ""
    if a.label is not None:
        labels = f", latent.interpolate(*np.eye({common.load(name).classes})[[{a.label}, {b.label}]], {n})"
    script = f"""
        import numpy as np

        from genmodels.gan import model as gan
        from genmodels.media import images
        from genmodels import latent_space as latent

        model = gan.load({name!r})
        a = {a.source}
        b = {b.source}
        pictures = gan.generate(model, latent.interpolate(a, b, {n}, spherical=True){labels})
        open("gan_strip.png", "wb").write(images.png(images.tile(pictures[None], gap=1), scale=4))
        open("gan_way.gif", "wb").write(images.animate(pictures, "gif", fps=12, scale=6))
        """
    code_panel.show(script, [latent_space.interpolate, images.blend], key="way", name="gan_way")
