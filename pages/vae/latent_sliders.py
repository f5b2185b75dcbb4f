"""Ten dimensions, a slider each: which of them live, and what each one does."""

import numpy as np
import streamlit as st

from genmodels.media import images
from genmodels.vae import latent_map
from pages.vae import common
from ui import code_panel, image_display, model_loading, presets_and_reset
from ui.page_layout import reader_text

SHARES = np.linspace(0.03, 0.97, 8)  # of the prior, along a traversal strip
BEGIN = {"mnist": 3, "fashion_mnist": 2}  # the class whose typical picture the sliders begin at
ASLEEP = 0.05  # nats: below it a dimension carries nothing


@st.fragment  # a moved slider redraws this board only, not the page around it
@model_loading.show_weight_errors()
def show(name: str) -> None:
    model_name = f"{name}_10d"
    vae, model = common.module(), common.load(model_name)
    order = [int(d) for d in latent_map.active_units(model_name)]
    kl = latent_map.load(model_name)["kl"]
    keys = {d: f"ten_{name}_{d}" for d in order}
    begin = _shares(model_name, BEGIN[name])
    reader_text(
        "Two numbers are few. With ten, the same network draws far sharper pictures, and each number tends to find a "
        "job of its own. They are sorted by the information they carry. A slider runs over shares of the prior: 50 "
        "is the middle, and every step is equally likely."
    )
    left, right = st.columns([1, 2], gap="large")
    with left:
        _start(name, model_name, keys, begin)
    with right:
        z = np.zeros(model.latent_dim, "float32")
        strips = {}
        for d in order:
            slider, strips[d] = st.columns([1, 1.25], vertical_alignment="center", gap="medium")
            with slider:
                dead = kl[d] < ASLEEP
                share = st.slider(
                    f"z{_subscript(d + 1)} · " + ("asleep" if dead else f"{kl[d]:.1f} nats"),
                    1,
                    99,
                    begin[d],
                    key=keys[d],
                    bind="query-params",
                    persist_state="session",
                    format="%d %%",
                    help="Carries next to nothing: the decoder has learnt to ignore it."
                    if dead
                    else "The strip shows what this number alone does, everything else held.",
                )
                z[d] = vae.prior_quantile(share / 100)
    with left:  # before the strips: this is what the hand waits for
        image_display.show(vae.decode(model, z[None])[0])
        st.caption("z = (" + ", ".join(f"{value:.2f}" for value in z) + ")")
    paths = np.concatenate([vae.traverse(z, d, vae.prior_quantile(SHARES)) for d in order])
    for d, strip in zip(order, np.split(vae.decode(model, paths), len(order)), strict=True):
        image_display.show(images.tile(strip[None]), place=strips[d])
    script = f"""
        from genmodels.media import images
        from genmodels.vae import model as vae

        model = vae.load({model_name!r})
        z = {[round(float(value), 4) for value in z]}
        open("vae.png", "wb").write(images.png(vae.decode(model, [z])[0], scale=10))
        """
    code_panel.show(script, [vae.prior_quantile, vae.traverse, vae.kl_divergence], key="ten", name="vae_ten_sliders")


def _start(name: str, model_name: str, keys: dict[int, str], begin: list[int]) -> None:
    labels = common.names(name)

    def dice() -> None:
        presets_and_reset.set_widgets(
            {
                key: int(share)
                for key, share in zip(keys.values(), np.random.default_rng().integers(3, 98, 10), strict=True)
            }
        )

    def typical() -> None:
        label = st.session_state["ten_class"]
        if label is not None:
            share = _shares(model_name, label)
            presets_and_reset.set_widgets({key: share[d] for d, key in keys.items()})

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Begin at a typical",
            range(10),
            index=None,
            format_func=labels.__getitem__,
            key="ten_class",
            on_change=typical,
            placeholder="Begin at a typical ...",
            label_visibility="collapsed",
            width=195,
        )
        st.button("Random", icon=":material/casino:", on_click=dice, key="ten_dice", help="Ten numbers from the prior.")
        presets_and_reset.reset({key: begin[d] for d, key in keys.items()} | {"ten_class": None}, key="ten_reset")


def _shares(model_name: str, label: int) -> list[int]:
    """Where the sliders stand for a typical picture of a class, in per cent of the prior."""
    share = 100 * common.module().prior_cdf(latent_map.class_medoid(model_name, label))
    return [int(value) for value in np.clip(np.round(share), 1, 99)]


def _subscript(n: int) -> str:
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(n))
