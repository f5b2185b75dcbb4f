"""View t-SNE and PCA map: the 30-D codes of 2,000 images on a plane, and the visitor's image among them."""

import base64
from typing import Any

import numpy as np
import streamlit as st

from genmodels.autoencoders import latent_projection
from genmodels.media import images
from pages.autoencoders import common
from pages.autoencoders.components.latent_map import latent_map
from ui import code_panel, model_loading, presets_and_reset
from ui.class_colors import COLORS, legend
from ui.page_layout import result_and_controls

MODEL, VAE = "stacked", "fashion_mnist"
PROJECTIONS = {  # title: (name in `latent_projection`, explanation)
    "t-SNE": (
        "tsne",
        "**t-SNE** preserves neighborhoods. Clusters are meaningful; distances between clusters and their sizes are "
        "not. Your image is placed between the five nearest codes.",
    ),
    "PCA": (
        "pca",
        "**PCA** projects onto the two directions of largest variance. Distances are meaningful, but with two of 30 "
        "dimensions the classes overlap.",
    ),
    "VAE": (
        "vae",
        "**VAE**: its latent space itself is two-dimensional, so no projection is needed. The prior keeps it compact.",
    ),
}
DEFAULTS = {"ae_projection": "t-SNE", "ae_show_images": False}
SHEET_COLUMNS = 50  # images per row of the sheet


@st.fragment
@model_loading.show_weight_errors()
def show() -> None:
    latent_projection.load()  # first: without the file nothing below can be shown
    result, controls = result_and_controls("latent_projections")
    with controls:
        title, show_images = _controls()
    messages = result.container()
    image = common.input_image(controls, messages)
    with result:
        own_image = None
        if image is not None and model_loading.tensorflow_ready():
            own_image = _own_image(image)
        elif image is not None:
            messages.caption("Loading the encoder: your image will appear in a moment.")
            _rerun_when_tensorflow_ready()
        method, explanation = PROJECTIONS[title]
        real = common.pool().real
        latent_map(_points(real), key="ae_map", method=method, show_images=show_images, own_image=own_image)
        st.html(legend(common.CLASS_NAMES))
        st.caption(
            f"{explanation} "
            + ("" if real else "Fashion-MNIST is not on this machine: the images are decoded from their codes.")
        )
    _neighbor_purity()
    if image is not None:
        _code(title, image)


def _controls() -> tuple[str, bool]:
    title = st.segmented_control(
        "Projection", list(PROJECTIONS), default="t-SNE", required=True, key="ae_projection",
        label_visibility="collapsed", wrap=True,
        help="How the codes are mapped to the plane. The points are the same images.", **common.URL_BOUND,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        tip = "Draws the images at their positions where there is room."
        show_images = st.toggle("Show images", key="ae_show_images", help=tip, **common.URL_BOUND)
        presets_and_reset.reset(DEFAULTS, key="ae_map_reset")
    return title, show_images


@st.fragment(run_every=1.0)
def _rerun_when_tensorflow_ready() -> None:
    if model_loading.tensorflow_ready():
        st.rerun()


# --- the visitor's image ------------------------------------------------------------------------


def _own_image(image: np.ndarray) -> dict[str, Any]:
    """The image (28, 28) uint8 for the component: pixels, and per projection its position and the nearest rows."""
    vae, vae_model = common.load_vae(VAE)
    code = common.autoencoders_module().encode(common.load(MODEL), image[None])[0]
    vae_code = vae.encode(vae_model, image[None])[0][0]
    projections = latent_projection.load()
    projected = {
        method: latent_projection.project(projections, method, code, vae_code)
        for method in latent_projection.PROJECTIONS
    }
    return {
        "pixels": base64.b64encode(image.tobytes()).decode(),
        "positions": {method: [float(v) for v in position] for method, (position, _) in projected.items()},
        "nearest": {method: rows for method, (_, rows) in projected.items()},
    }


# --- the points ---------------------------------------------------------------------------------


@st.cache_data(show_spinner="Preparing the images", max_entries=2)
def _points(real: bool) -> dict[str, Any]:
    """The points for the component. real: the images are the data set's, else decoded from their codes."""
    projections = latent_projection.load()
    n = len(projections["label"])
    if real:
        thumbnails = common.pool().images[:n]
    else:
        codes = projections["codes"].astype("float32")
        thumbnails = common.autoencoders_module().decode(common.load(MODEL), codes)
    sheet = images.webp(latent_projection.image_sheet(thumbnails, SHEET_COLUMNS), quality=75)
    return {
        "token": f"{'test' if real else 'decoded'} {n}",
        "sheet": base64.b64encode(sheet).decode(),
        "columns": SHEET_COLUMNS,
        "positions": {
            method: base64.b64encode(projections[method].astype("<f4").tobytes()).decode()
            for method in latent_projection.PROJECTIONS
        },
        "labels": "".join(map(str, projections["label"])),
        "class_names": list(common.CLASS_NAMES),
        "colors": COLORS,
    }


@st.cache_data(show_spinner=False)
def _purity() -> dict[str, float]:
    """Neighbor purity of each projection and of the codes themselves."""
    projections = latent_projection.load()
    labels = projections["label"]
    purity = {
        title: latent_projection.neighbor_purity(projections[method], labels)
        for title, (method, _) in PROJECTIONS.items()
    }
    return purity | {"30-D codes": latent_projection.neighbor_purity(projections["codes"].astype("float32"), labels)}


def _neighbor_purity() -> None:
    st.markdown("**Neighbor purity**: fraction of the ten nearest images that have the same class")
    for column, (title, purity) in zip(st.columns(4), _purity().items(), strict=True):
        column.metric(title, f"{purity:.0%}", border=True)


def _code(title: str, image: np.ndarray) -> None:
    method = PROJECTIONS[title][0]
    script = f"""
        {code_panel.image_literal(image)}
        from genmodels.autoencoders import latent_projection
        from genmodels.autoencoders import model as autoencoders
        from genmodels.data import datasets
        from genmodels.vae import model as vae

        projections = latent_projection.load()
        code = autoencoders.encode(autoencoders.load({MODEL!r}), image)[0]  # (30,)
        vae_code = vae.encode(vae.load({VAE!r}), image)[0][0]  # (2,)
        position, rows = latent_projection.project(projections, {method!r}, code, vae_code)
        print("position:", position)
        names = datasets.CLASS_NAMES["fashion_mnist"]
        print("nearest:", ", ".join(names[projections["label"][row]] for row in rows))
        """
    functions = {
        "tsne": [latent_projection.tsne, latent_projection.project, latent_projection.interpolate_position],
        "pca": [latent_projection.pca, latent_projection.project, latent_projection.apply_affine],
        "vae": [latent_projection.project, latent_projection.fit_affine, latent_projection.apply_affine],
    }
    code_panel.show(script, functions[method], key="ae_map_panel", name="latent_projection")
