"""Tab "Latent sliders": one slider per dimension of a 10-D latent space, with its latent traversal."""

import numpy as np
import streamlit as st

from genmodels import latent_space
from genmodels.media import images
from genmodels.vae import latent_map
from pages.vae import common
from ui import code_panel, image_display, model_loading, presets_and_reset
from ui.page_layout import result_and_controls

MAX_Z, STEP = 3.0, 0.05
TRAVERSAL = np.linspace(-2, 2, 9)  # values of z in a latent traversal
START_CLASS = {"mnist": 3, "fashion_mnist": 2}  # the sliders start at its medoid
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@st.fragment  # a slider reruns this tab only
@model_loading.show_weight_errors()
def show(name: str) -> None:
    model_name = f"{name}_10d"
    vae, model = common.module(), common.load(model_name)
    order = [int(d) for d in latent_map.dimensions_by_kl(model_name)]
    start = _class_z(model_name, START_CLASS[name])
    z, rows = np.zeros(model.latent_dim, "float32"), {}
    result, controls = result_and_controls("latent_sliders", (3, 5))
    with controls:
        columns = [column.container(gap="xsmall") for column in st.columns(2, gap="medium")]
        for k, d in enumerate(order):
            with columns[k >= len(order) / 2].container(gap=None):
                z[d] = _slider(name, model_name, d, start[d])
                rows[d] = st.container()
    with result:  # before the traversals: the decoded image is what a moved slider waits for
        image_display.show(vae.decode(model, z[None])[0])
        _start_controls(name, model_name, start)
        st.caption("z = (" + ", ".join(f"{value:.2f}" for value in z) + ")")
    paths = np.concatenate([latent_space.traverse(z, d, TRAVERSAL) for d in order])
    for d, traversal in zip(order, np.split(vae.decode(model, paths), len(order)), strict=True):
        with rows[d]:
            image_display.show(images.tile(traversal[None]))
    script = f"""
        from genmodels.media import images
        from genmodels.vae import model as vae

        model = vae.load({model_name!r})
        z = {[round(float(value), 4) for value in z]}
        open("vae.png", "wb").write(images.png(vae.decode(model, [z])[0], scale=10))
        """
    functions = [vae.decode, latent_space.traverse, latent_space.prior_cdf, vae.kl_divergence]
    code_panel.show(script, functions, key="latent_sliders", name="vae_latent_sliders")


def _slider(name: str, model_name: str, d: int, start: float) -> float:
    """The slider of dimension d; returns z_d. Its label names the KL of the dimension."""
    kl, key = latent_map.load(model_name)["kl"][d], _key(name, d)
    active = d in latent_map.active_units(model_name)
    label = f"z{str(d + 1).translate(SUBSCRIPTS)} " + (f"(KL {kl:.1f} nats)" if active else f"(inactive, KL {kl:.2f})")
    percentile = 100 * float(latent_space.prior_cdf(st.session_state.get(key, start)))
    if active:
        effect = f"Latent traversal below: only this dimension varies, from {TRAVERSAL[0]:g} to {TRAVERSAL[-1]:g}."
    else:
        effect = "KL close to 0: the decoder ignores this dimension (posterior collapse)."
    return st.slider(
        label,
        -MAX_Z,
        MAX_Z,
        start,
        STEP,
        key=key,
        format="%.2f",
        help=f"{effect} Percentile of the prior N(0, 1): {percentile:.0f} %.",
        **common.URL_BOUND,
    )


def _start_controls(name: str, model_name: str, start: list[float]) -> None:
    """Start from a class, sample from the prior, Reset."""
    dimensions = range(len(start))

    def sample_prior() -> None:
        z = _to_slider_steps(np.random.default_rng().standard_normal(len(start)))
        presets_and_reset.set_widgets({_key(name, d): z[d] for d in dimensions})

    def start_from_class() -> None:
        label = st.session_state["sliders_class"]
        if label is not None:
            z = _class_z(model_name, label)
            presets_and_reset.set_widgets({_key(name, d): z[d] for d in dimensions})

    st.selectbox(
        "Start from class",
        range(10),
        index=None,
        format_func=common.class_names(name).__getitem__,
        key="sliders_class",
        on_change=start_from_class,
        placeholder="Start from class …",
        label_visibility="collapsed",
        help="Sets all sliders to a typical latent vector of the class (its medoid).",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Random", icon=":material/casino:", on_click=sample_prior, key="sliders_randomize",
            help="Sample z from the prior N(0, I).",
        )  # fmt: skip
        defaults = {_key(name, d): start[d] for d in dimensions}
        presets_and_reset.reset(defaults | {"sliders_class": None}, key="sliders_reset")


def _key(name: str, d: int) -> str:
    """The key of z_(d + 1), numbered from 1 as in its label."""
    return f"z_{name}_{d + 1}"


def _class_z(model_name: str, label: int) -> list[float]:
    """A typical latent vector of a class, on the steps of the sliders."""
    return _to_slider_steps(latent_map.class_medoid(model_name, label))


def _to_slider_steps(z: np.ndarray) -> list[float]:
    steps = np.round(np.clip(z, -MAX_Z, MAX_Z) / STEP).astype(int)
    return [round(int(n) * STEP, 2) for n in steps]
