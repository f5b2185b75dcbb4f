"""The stacked autoencoder's thirty numbers of 2,000 pictures on a plane, and the visitor's own picture among them."""

import base64
from typing import Any

import numpy as np
import streamlit as st

from genmodels.autoencoders import latent_projection
from genmodels.media import images
from pages.autoencoders import common
from ui import code_panel, model_loading, presets_and_reset
from ui.class_colors import COLORS, legend
from ui.component import DRAG_PLANE, component
from ui.page_layout import reader_text

MEMBER, VAE = "stacked", "fashion_mnist"
KINDS = {  # what the visitor reads: (name in `code_maps`, what to make of it)
    "t-SNE": (
        "tsne",
        "**t-SNE** moved the points until each had the same neighbours here as among the thirty numbers. Heaps are "
        "real; how far apart they lie, and how large they are, says little. It gives places, not a function: your "
        "picture stands between the five whose codes are nearest to its own.",
    ),
    "PCA": (
        "pca",
        "**PCA** looks at the thirty numbers from the side on which they differ most. What lies far apart here does so "
        "there, but two directions have to do for thirty, and kinds come to lie over each other.",
    ),
    "VAE": (
        "vae",
        "**The VAE's plane** is no map of other numbers: two is all its code has. It was made to fit all clothes "
        "into one round heap without gaps, so that each place on it decodes to something; the latent pad goes there.",
    ),
}
DEFAULTS = {"map_kind": "t-SNE", "map_pictures": False}
ACROSS = 50  # pictures in a row of the sheet

_map = component("latent_map", __file__, "latent_map_draw.js", DRAG_PLANE)


@st.fragment
@model_loading.show_weight_errors()
def show() -> None:
    reader_text(
        "Every picture is a point, put where its code says. Nobody told the autoencoder what is on a picture: that "
        "trousers lie with trousers is what thirty numbers have to know to draw them again. Move over the points to "
        "see the pictures, and draw something to see where it lands."
    )
    latent_projection.load()  # first: without a map there is nothing to ask for
    left, right = st.columns([3, 10], gap="medium")
    with right:
        kind, with_pictures = _controls()
        says = st.container()
    picture = common.given(left, says)
    with right:
        its = None
        if picture is not None and model_loading.tensorflow_ready():
            its = _encoded(picture)
        elif picture is not None:
            says.caption("The encoder is waking up: your picture will be here in a moment.")
            _when_awake()
        real = common.pool().real
        _map(
            key="map_view", data=_chart(real) | _own(picture, its) | {"kind": KINDS[kind][0], "pictures": with_pictures}
        )
        st.html(legend(common.CLASSES))
        if real:
            st.caption("The pictures are Fashion-MNIST's first 2,000 test rows, which no network here was trained on.")
        else:
            st.caption("Fashion-MNIST is not on this machine: each picture is what the decoder makes of its code.")
        reader_text(KINDS[kind][1])
    _inside()
    if picture is not None:
        _code(kind, picture)


def _controls() -> tuple[str, bool]:
    with st.container(horizontal=True, vertical_alignment="center"):
        kind = st.segmented_control(
            "Map", list(KINDS), default="t-SNE", required=True, key="map_kind", label_visibility="collapsed",
            help="The same pictures, three ways to put them on a plane. Watch who stays together.", **common.KEEP,
        )  # fmt: skip
        tip = "Draws the pictures themselves, wherever one has room."
        with_pictures = st.toggle("Pictures", key="map_pictures", help=tip, **common.KEEP)
        presets_and_reset.reset(DEFAULTS, key="map_reset")
    return kind, with_pictures


@st.fragment(run_every=1.0)
def _when_awake() -> None:
    if model_loading.tensorflow_ready():
        st.rerun()  # once: what comes instead does not poll


# --- the visitor's picture ----------------------------------------------------------------------


def _encoded(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two codes of (28, 28) uint8: (30,) of the autoencoder, (2,) of the VAE."""
    vae, model = common.variational(VAE)
    autoencoders = common.module()
    its = autoencoders.encode(common.load(MEMBER), picture[None])[0]
    return its, vae.encode(model, picture[None])[0][0]


def _own(picture: np.ndarray | None, its: tuple[np.ndarray, np.ndarray] | None) -> dict[str, Any]:
    """The picture, its place on each of the maps and the rows that are nearest to it."""
    if picture is None or its is None:
        return {"own": None}
    found = {kind: latent_projection.own(latent_projection.load(), kind, *its) for kind in latent_projection.KINDS}
    return {
        "own": {
            "picture": base64.b64encode(picture.tobytes()).decode(),
            "places": {kind: [float(v) for v in place] for kind, (place, _) in found.items()},
            "near": {kind: rows for kind, (_, rows) in found.items()},
        }
    }


# --- everybody's --------------------------------------------------------------------------------


@st.cache_data(show_spinner="Laying out the pictures", max_entries=2)
def _chart(real: bool) -> dict[str, Any]:
    """What the browser needs to know of the maps, once. real: the pictures are the data set's."""
    chart = latent_projection.load()
    n = len(chart["label"])
    codes = chart["codes"].astype("float32")
    pictures = common.pool().pictures[:n] if real else common.module().decode(common.load(MEMBER), codes)
    sheet = np.zeros((-(-n // ACROSS) * ACROSS, *pictures.shape[1:]), pictures.dtype)
    sheet[:n] = pictures
    whole = images.webp(images.tile(sheet.reshape(-1, ACROSS, *sheet.shape[1:])), quality=75)
    return {
        "sheet": base64.b64encode(whole).decode(),
        "across": ACROSS,
        "places": {
            kind: base64.b64encode(chart[kind].astype("<f4").tobytes()).decode() for kind in latent_projection.KINDS
        },
        "labels": "".join(map(str, chart["label"])),
        "names": list(common.CLASSES),
        "colours": COLORS,
    }


@st.cache_data(show_spinner=False)
def _kept() -> dict[str, float]:
    """Of each point's ten nearest, the share of its own kind: on each map, and among the codes themselves."""
    chart = latent_projection.load()
    maps = {title: latent_projection.alike(chart[name], chart["label"]) for title, (name, _) in KINDS.items()}
    return maps | {"All thirty numbers": latent_projection.alike(chart["codes"].astype("float32"), chart["label"])}


def _inside() -> None:
    st.subheader("Look inside", anchor=False)
    st.caption("Of the ten nearest to a picture, how many show the same kind of thing?")
    for column, (title, share) in zip(st.columns(4), _kept().items(), strict=True):
        column.metric(title, f"{share:.0%}", border=True)


def _code(kind: str, picture: np.ndarray) -> None:
    script = f"""
        {code_panel.image_literal(picture)}
        from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders import latent_projection as code_maps
        from genmodels.data import datasets
        from genmodels.vae import model as vae

        chart = code_maps.load()
        its = autoencoders.encode(autoencoders.load({MEMBER!r}), picture)[0]  # (30,)
        vae_its = vae.encode(vae.load({VAE!r}), picture)[0][0]  # (2,)
        place, rows = code_maps.own(chart, {KINDS[kind][0]!r}, its, vae_its)
        print("its place on the map:", place)
        names = datasets.CLASS_NAMES["fashion_mnist"]
        print("nearest:", ", ".join(names[chart["label"][row]] for row in rows))
        """
    made = {"tsne": latent_projection.tsne, "pca": latent_projection.pca}.get(KINDS[kind][0])
    functions = [
        *([made] if made else []),
        latent_projection.own,
        latent_projection.place if kind == "t-SNE" else latent_projection.affine,
    ]
    code_panel.show(script, functions, key="map", name="autoencoder_map")
