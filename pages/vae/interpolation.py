"""Between two pictures: interpolation in codes and in pixels; and the way to the section's other views."""

import numpy as np
import streamlit as st

from genmodels.media import images
from genmodels.vae import latent_map
from pages.vae import common, concept_vectors, semantic_interpolation
from ui import code_panel, presets_and_reset
from ui.page_layout import reader_text

MIME = {"WebP": "image/webp", "GIF": "image/gif", "MP4": "video/mp4"}


def show(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        what = st.segmented_control(
            "What",
            ["Two pictures", "Semantic 5 x 7", "Concepts"],
            default="Two pictures",
            required=True,
            key="between_what",
            label_visibility="collapsed",
            **common.KEEP,
        )
        size = st.segmented_control(
            "Code",
            ["2-D", "10-D"],
            default="10-D",
            required=True,
            key="between_size",
            label_visibility="collapsed",
            help="Two numbers or ten: ten draw sharper pictures.",
            **common.KEEP,
        )
    model_name = name if size == "2-D" else f"{name}_10d"
    {"Two pictures": _interpolation, "Semantic 5 x 7": semantic_interpolation.show, "Concepts": concept_vectors.show}[
        what
    ](name, model_name)


def _interpolation(name: str, model_name: str) -> None:
    vae, model = common.module(), common.load(model_name)
    a_label, b_label = (7, 9) if name == "fashion_mnist" else (4, 9)
    begin, end, more, again = st.columns([4, 4, 4, 1.6], vertical_alignment="bottom", gap="medium")
    with begin:
        a, a_text = _end(name, model_name, "a", "From", a_label, 1)
    with end:
        b, b_text = _end(name, model_name, "b", "To", b_label, 2)
    with more:
        n = st.slider(
            "Pictures", 3, 21, 11, 2, key="between_n", help="How many on the way, both ends included.", **common.KEEP
        )
    with again:
        a_key, b_key = f"between_{name}_a", f"between_{name}_b"
        begun = {a_key: a_label, b_key: b_label, f"{a_key}_k": 1, f"{b_key}_k": 2, "between_n": 11}
        presets_and_reset.reset(begun, key="between_reset")
    linear, arc = vae.interpolate(a, b, n), vae.interpolate(a, b, n, spherical=True)
    ends = vae.decode(model, np.stack([a, b]))
    common.strip("Linear, (1 - t) a + t b", vae.decode(model, linear))
    common.strip("Spherical, along the arc", vae.decode(model, arc))
    common.strip("For contrast: the pixels blended, without a model", images.blend(*ends, n))
    reader_text(
        "Both latent ways give a believable picture at every step. Blending pixels gives double exposures: a picture "
        "space has no *between*, a latent space has. The arc keeps its distance from the middle, where codes "
        "of many dimensions never lie; in two dimensions the difference is small."
    )
    _film(
        name,
        vae.decode(
            model,
            np.concatenate([vae.interpolate(a, b, 30, spherical=True), vae.interpolate(b, a, 30, spherical=True)]),
        ),
    )
    script = f"""
        import numpy as np
        from genmodels.media import images
        from genmodels.vae import latent_map
        from genmodels.vae import model as vae

        model = vae.load({model_name!r})
        a = latent_map.class_example({model_name!r}, {a_text})
        b = latent_map.class_example({model_name!r}, {b_text})
        path = vae.interpolate(a, b, {n}, spherical=True)
        pictures = vae.decode(model, path)  # ({n}, 28, 28)
        open("vae_strip.png", "wb").write(images.png(images.tile(pictures[None]), scale=4))
        open("vae_film.webp", "wb").write(images.animate(pictures, "webp", fps=12, scale=6))
        """
    code_panel.show(script, [vae.interpolate, images.blend], key="between", name="vae_between")


def _end(name: str, model_name: str, key: str, title: str, label: int, k: int) -> tuple[np.ndarray, str]:
    labels = common.names(name)
    which, number = st.columns([3, 2])
    with which:
        label = st.selectbox(
            title,
            range(10),
            index=label,
            format_func=labels.__getitem__,
            key=f"between_{name}_{key}",
            **common.KEEP,
        )
    with number:
        k = st.number_input(
            "Example",
            1,
            400,
            k,
            key=f"between_{name}_{key}_k",
            **common.KEEP,
            help="Which of the held-out codes of this class.",
        )
    return latent_map.class_example(model_name, label, k), f"{label}, {k}"


def _film(name: str, frames: np.ndarray) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Film", list(MIME), default="WebP", required=True, key="between_kind", **common.KEEP
        )
        st.download_button(
            "Download the film",
            lambda: images.animate(frames, kind.lower(), fps=20, scale=10),
            f"vae_{name}.{kind.lower()}",
            MIME[kind],
            icon=":material/movie:",
            on_click="ignore",
            help="There and back along the arc, 60 frames, 280 pixels wide.",
        )
