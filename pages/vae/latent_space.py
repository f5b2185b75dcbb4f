"""Tab "2-D latent space": drag a point through the latent plane, or show the plane as a grid of decoded images."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.vae import latent_map
from pages.vae import common, decoded_grid, latent_pad
from ui import address, code_panel, image_display, model_loading, presets_and_reset
from ui.page_layout import result_and_controls

VIEWS = ("Latent plane", "Decoded grid")
DEFAULTS = {"pad_layer": common.LAYERS[0], "pad_prior": True, "pad_smooth": False}
START_CLASS = 9  # the point starts at its medoid: a nine, or an ankle boot


def show(name: str) -> None:
    key = f"pad_z_{name}"
    if address.counts("pad_opened"):  # later the address only repeats the point, which is of the other data set, too
        z = _z_from_url(name)
        if z is not None or "pad_opened" in st.session_state:  # a preset may have set the point before the first visit
            st.session_state[key] = z or _start_z(name)
        st.session_state["pad_opened"] = True
    st.session_state.setdefault(key, _start_z(name))
    _show_view(name)


@st.fragment
@model_loading.show_weight_errors()
def _show_view(name: str) -> None:
    result, controls = result_and_controls("2d_latent_space", (5, 2))
    with controls:
        view = st.segmented_control(
            "View",
            VIEWS,
            default=VIEWS[0],
            required=True,
            key="latent_view",
            wrap=True,
            label_visibility="collapsed",
            help="Latent plane: drag a point. Decoded grid: decode the plane on a regular grid.",
            **common.URL_BOUND,
        )
    {"Latent plane": _explore, "Decoded grid": decoded_grid.show}[view](name, result, controls)


def _explore(name: str, result: DeltaGenerator, controls: DeltaGenerator) -> None:
    with controls:
        layer = common.layer_control("pad_layer")
        with st.container(horizontal=True):
            prior = st.toggle(
                "Prior",
                value=True,
                key="pad_prior",
                help="Circles at 1, 2 and 3 standard deviations of the prior N(0, I).",
                **common.URL_BOUND,
            )
            smooth = st.toggle(
                "Smooth", key="pad_smooth", help="Interpolate between the 28 × 28 pixels.", **common.URL_BOUND
            )
        presets_and_reset.reset(DEFAULTS | {f"pad_z_{name}": _start_z(name)}, key="pad_reset")
    with result:
        z = _draw_pad(name, layer=layer, prior=prior, smooth=smooth)
    waiting = not model_loading.tensorflow_ready()
    with controls:
        st.fragment(_decode_at, run_every=1.0 if waiting else None)(name, z, waiting)
    if waiting:
        return
    vae = common.module()
    script = f"""
        from genmodels.media import images
        from genmodels.vae import model as vae

        model = vae.load({name!r})
        image = vae.decode(model, [[{z[0]:.4f}, {z[1]:.4f}]])[0]  # (28, 28) in [0, 1]
        open("vae.png", "wb").write(images.png(image, scale=10))
        """
    code_panel.show(script, [vae.decode, vae.build], key="pad", name="vae_decode")


def _draw_pad(name: str, *, layer: str, prior: bool, smooth: bool) -> np.ndarray:
    """The pad; returns its point, (2,) float32."""
    key = f"pad_{name}"

    def save_z() -> None:
        st.session_state[f"pad_z_{name}"] = list(st.session_state[key]["xy"])
        st.session_state["pad_dragged"] = True

    z = st.session_state[f"pad_z_{name}"]
    if not st.session_state.pop("pad_dragged", False):  # the answer to a drag must not move the point of the next one
        st.session_state["pad_sent_z"] = list(z)
    sent_z = st.session_state["pad_sent_z"]
    latent_pad.show(name, key=key, z=sent_z, layer=layer, prior=prior, smooth=smooth, on_move=save_z)
    is_start = list(z) == _start_z(name)
    address.write({axis: None if is_start else f"{value:.3f}" for axis, value in zip("xy", z, strict=True)})
    return np.array(z, "float32")


def _start_z(name: str) -> list[float]:
    return [float(value) for value in latent_map.class_medoid(name, START_CLASS)]


def _z_from_url(name: str) -> list[float] | None:
    """The point in the address; None without a valid one."""
    try:
        z = [float(st.query_params["x"]), float(st.query_params["y"])]
    except (KeyError, ValueError):
        return None
    return latent_map.clip_to_plane(name, z) if np.isfinite(z).all() else None


@model_loading.show_weight_errors()
def _decode_at(name: str, z: np.ndarray, waiting: bool) -> None:
    if not model_loading.tensorflow_ready():
        st.caption("The decoder is still loading; the plane already works with precomputed images.")
        return
    if waiting:
        st.rerun()  # once: ends the polling
    image, labels = st.columns([1, 1], gap="small")
    with image:
        image_display.show(common.module().decode(common.load(name), z[None])[0], caption="Decoder output at z")
    names, counts = common.class_names(name), latent_map.neighbor_labels(name, z)
    rows = "  \n".join(f"{names[label]}: {count}" for label, count in list(counts.items())[:4])
    labels.caption(f"**25 nearest neighbors**  \n{rows}", help="Labels of the nearest latent vectors.")
