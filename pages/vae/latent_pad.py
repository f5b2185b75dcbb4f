"""The latent pad: drag through the plane, the picture follows the hand."""

import base64

import numpy as np
import streamlit as st

from genmodels.vae import latent_map
from pages.vae import common
from ui import code_panel, image_display, model_loading, presets_and_reset
from ui.class_colors import COLORS
from ui.component import DRAG_PLANE, component

DEFAULTS = {"pad_show": "Codes", "pad_smooth": False, "pad_rings": True}

_pad = component("latent_pad", __file__, DRAG_PLANE)


def show(name: str) -> None:
    extent = float(latent_map.load(name)["extent"])
    place = st.session_state.setdefault(f"pad_at_{name}", _from_address(extent) or _telling(name))
    # Sent to the browser on whole runs only: a release must not be answered with a command to move.
    st.session_state["pad_start"] = list(place)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "Show",
            ["Codes", "Pictures", "Both"],
            default="Codes",
            required=True,
            key="pad_show",
            **common.KEEP,
            label_visibility="collapsed",
            help="Codes: where the encoder puts 5,000 pictures it was not trained on. Pictures: what the decoder "
            "draws at each place.",
        )
        st.toggle(
            "Prior",
            value=True,
            key="pad_rings",
            **common.KEEP,
            help="Circles at one, two and three standard deviations of the normal distribution that training "
            "pulls the codes towards.",
        )
        st.toggle(
            "Smooth",
            key="pad_smooth",
            **common.KEEP,
            help="Draw the 28 x 28 pixels soft instead of square.",
        )
        presets_and_reset.reset(DEFAULTS | {f"pad_at_{name}": _telling(name)}, key="pad_reset")
    _explore(name)


@st.fragment
@model_loading.show_weight_errors()
def _explore(name: str) -> None:
    wide, narrow = st.columns([5, 1], gap="medium")
    with wide:
        z = _pad_itself(name)
    with narrow:
        waiting = not model_loading.tensorflow_ready()
        st.fragment(_inside, run_every=1.0 if waiting else None)(name, z, waiting)
    if waiting:
        return
    vae = common.module()
    script = f"""
        from genmodels.media import images
        from genmodels.vae import model as vae

        model = vae.load({name!r})
        picture = vae.decode(model, [[{z[0]:.4f}, {z[1]:.4f}]])[0]  # (28, 28), ink in [0, 1]
        open("vae.png", "wb").write(images.png(picture, scale=10))
        """
    code_panel.show(script, [vae.decode, vae.build], key="pad", name="vae_decode")


def _pad_itself(name: str) -> np.ndarray:
    def moved() -> None:
        st.session_state[f"pad_at_{name}"] = list(st.session_state[f"pad_{name}"]["xy"])

    data = _chart(name) | {
        "start": st.session_state["pad_start"],
        "show": st.session_state["pad_show"],
        "rings": st.session_state["pad_rings"],
        "smooth": st.session_state["pad_smooth"],
    }
    _pad(key=f"pad_{name}", data=data, on_xy_change=moved)
    x, y = st.session_state[f"pad_at_{name}"]
    st.query_params.update({"x": f"{x:.3f}", "y": f"{y:.3f}"})
    return np.array([x, y], "float32")


@st.fragment
@model_loading.show_weight_errors()
def small(name: str, show: str) -> None:
    """A pad to play with in the browser only: nothing is decoded here."""
    data = _chart(name) | {"start": [0.0, 0.0], "show": show, "rings": True, "smooth": False, "bare": True}
    _pad(key=f"small_{name}", data=data, on_xy_change=lambda: None)


@st.cache_data(show_spinner=False)
def _chart(name: str) -> dict:
    """What the browser needs to know of a plane, once."""
    chart = latent_map.load(name)
    return {
        "sprite": base64.b64encode(chart["sprite"].tobytes()).decode(),
        "codes": base64.b64encode(chart["mean"].tobytes()).decode(),
        "labels": "".join(map(str, chart["label"])),
        "names": common.names(name),
        "colours": COLORS,
        "extent": float(chart["extent"]),
        "cells": int(chart["cells"]),
    }


def _telling(name: str) -> list[float]:
    """Where the pad begins: in the thick of a class, an ankle boot or a nine."""
    return [float(value) for value in latent_map.class_medoid(name, 9)]


def _from_address(extent: float) -> list[float] | None:
    """The point that the page's address names, if it names one; later it only echoes where the pad is."""
    if st.session_state.setdefault("pad_opened", False):
        return None
    st.session_state["pad_opened"] = True
    try:
        place = [float(st.query_params["x"]), float(st.query_params["y"])]
    except (KeyError, ValueError):
        return None
    return [float(np.clip(value, -extent, extent)) for value in place] if np.isfinite(place).all() else None


@model_loading.show_weight_errors()
def _inside(name: str, z: np.ndarray, waiting: bool) -> None:
    if not model_loading.tensorflow_ready():
        st.caption("The exact decoder is waking up. The pad works already.")
        return
    if waiting:
        st.rerun()  # once: leaves polling
    image_display.show(common.module().decode(common.load(name), z[None])[0], caption="Decoded exactly here")
    labels = common.names(name)
    near = latent_map.neighbours(name, z)
    st.markdown(
        "**Of the 25 nearest**  \n" + "  \n".join(f"{labels[k]} · {count}" for k, count in list(near.items())[:4])
    )
