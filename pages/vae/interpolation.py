"""Tab "Interpolation": linear and spherical interpolation between two images, semantic grid, concept vectors."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels import latent_space
from genmodels.media import images
from genmodels.vae import latent_map
from pages.vae import common, concept_vectors, semantic_interpolation
from ui import code_panel, presets_and_reset
from ui.page_layout import result_and_controls

MODES = ("Two images", "Semantic interpolation", "Concept vectors")
DEFAULT_CLASSES = {"mnist": (4, 9), "fashion_mnist": (7, 9)}
DEFAULT_EXAMPLES = (1, 2)
VIDEO_TYPES = {"WebP": "image/webp", "GIF": "image/gif", "MP4": "video/mp4"}


def show(name: str) -> None:
    result, controls = result_and_controls("interpolation", (5, 2))
    with controls:
        mode = st.selectbox(
            "Mode",
            MODES,
            key="interpolation_mode",
            label_visibility="collapsed",
            help="Interpolate between two images, in a grid of twelve images (Géron), or add a concept vector.",
            **common.URL_BOUND,
        )
        latent_dim = st.segmented_control(
            "Latent dimension",
            ["2-D", "10-D"],
            default="10-D",
            required=True,
            key="interpolation_latent_dim",
            label_visibility="collapsed",
            help="Dimension of the latent space. 10-D gives sharper images than 2-D.",
            **common.URL_BOUND,
        )
    model_name = name if latent_dim == "2-D" else f"{name}_10d"
    views = (_interpolation, semantic_interpolation.show, concept_vectors.show)
    dict(zip(MODES, views, strict=True))[mode](name, model_name, result, controls)


def _interpolation(name: str, model_name: str, result: DeltaGenerator, controls: DeltaGenerator) -> None:
    vae, model = common.module(), common.load(model_name)
    with controls:
        (a, a_example), (b, b_example) = (
            _endpoint(name, model_name, title, k) for k, title in enumerate(("From", "To"))
        )
        n = st.slider(
            "Images", 3, 21, 11, 2, key="interpolation_images", help="Number of images, both ends included.",
            **common.URL_BOUND,
        )  # fmt: skip
        defaults = {"interpolation_images": 11}
        for title, label, k in zip(("from", "to"), DEFAULT_CLASSES[name], DEFAULT_EXAMPLES, strict=True):
            defaults |= {f"interpolation_{name}_{title}": label, f"interpolation_{name}_{title}_example": k}
        presets_and_reset.reset(defaults, key="interpolation_reset")
    linear, slerp = latent_space.interpolate(a, b, n), latent_space.interpolate(a, b, n, spherical=True)
    endpoints = vae.decode(model, np.stack([a, b]))
    with result:
        common.show_row("Linear interpolation: (1 − t) a + t b", vae.decode(model, linear))
        common.show_row("Spherical interpolation (slerp)", vae.decode(model, slerp))
        common.show_row("For comparison: pixels blended, without a model", images.blend(*endpoints, n))
        loop = [latent_space.interpolate(*pair, 30, spherical=True) for pair in ((a, b), (b, a))]
        _video(name, vae.decode(model, np.concatenate(loop)))
    script = f"""
        from genmodels import latent_space
        from genmodels.media import images
        from genmodels.vae import latent_map
        from genmodels.vae import model as vae

        model = vae.load({model_name!r})
        a = latent_map.class_example({model_name!r}, {a_example})
        b = latent_map.class_example({model_name!r}, {b_example})
        z = latent_space.interpolate(a, b, {n}, spherical=True)
        decoded = vae.decode(model, z)  # ({n}, 28, 28)
        open("vae_interpolation.png", "wb").write(images.png(images.tile(decoded[None]), scale=4))
        open("vae_interpolation.webp", "wb").write(images.animate(decoded, "webp", fps=12, scale=6))
        """
    code_panel.show(script, [latent_space.interpolate, images.blend], key="interpolation", name="vae_interpolation")


def _endpoint(name: str, model_name: str, title: str, index: int) -> tuple[np.ndarray, str]:
    """The controls of one endpoint; returns its latent vector and the arguments "label, k" for the script."""
    labels, key = common.class_names(name), f"interpolation_{name}_{title.lower()}"
    left, right = st.columns([3, 2], gap="small")
    with left:
        label = st.selectbox(
            title, range(10), index=DEFAULT_CLASSES[name][index], format_func=labels.__getitem__, key=key,
            help="Class of this endpoint.", **common.URL_BOUND,
        )  # fmt: skip
    with right:
        k = common.example_control(f"{key}_example", DEFAULT_EXAMPLES[index])
    return latent_map.class_example(model_name, label, k), f"{label}, {k}"


def _video(name: str, frames: np.ndarray) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        video_format = st.segmented_control(
            "Video format", list(VIDEO_TYPES), default="WebP", required=True, key="interpolation_video_format",
            label_visibility="collapsed", **common.URL_BOUND,
        )  # fmt: skip
        st.download_button(
            "Download video",
            lambda: images.animate(frames, video_format.lower(), fps=20, scale=10),
            f"vae_{name}.{video_format.lower()}",
            VIDEO_TYPES[video_format],
            icon=":material/movie:",
            on_click="ignore",
            help="Spherical interpolation from a to b and back: 60 frames, 280 × 280 pixels.",
        )
