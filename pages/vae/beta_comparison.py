"""Tab "AE vs. VAE vs. β-VAE": the latent planes of a plain autoencoder, two β-VAEs and the VAE."""

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.media import images
from pages.vae import common, latent_pad
from ui import code_panel, image_display, model_loading, presets_and_reset
from ui.page_layout import result_and_controls

MODELS = {  # title: name of the model, effect of its KL weight
    "Autoencoder": (
        "mnist_ae",
        "No sampling noise and no prior: the latent space is unregularized. Note its scale and the gaps.",
    ),
    "β-VAE, β = 0.25": (
        "mnist_beta_025",
        "Weak KL regularization: the codes move toward the prior and the gaps begin to close.",
    ),
    "VAE, β = 1": ("mnist", "The negative ELBO: the latent vectors fill the prior without gaps."),
    "β-VAE, β = 4": (
        "mnist_beta_4",
        "Strong KL regularization: less information per image; reconstructions blur and classes overlap.",
    ),
}
DEFAULTS = {"beta_view": common.LAYERS[0], "beta_seed": 1}
SAMPLES = 14  # latent vectors decoded by all models


def show(_name: str) -> None:
    result, controls = result_and_controls("ae_vs_vae_vs_beta_vae", (3, 1))
    with controls:
        layer = common.layer_control("beta_view")
        seed = st.number_input(
            "Seed", 0, 9999, 1, key="beta_seed", help="Seed of the random latent vectors below.", **common.URL_BOUND
        )
        presets_and_reset.reset(DEFAULTS, key="beta_reset")
        st.caption("Four models trained on MNIST, with the same architecture.")
    with result:
        planes = [*st.columns(2, gap="medium"), *st.columns(2, gap="medium")]
    for plane, (title, (model_name, effect)) in zip(planes, MODELS.items(), strict=True):
        with plane:
            st.markdown(f"**{title}**", help=f"{effect}  \n{_test_loss(model_name)}")
            _mini_pad(model_name, layer)
    _compare_samples(seed)


@st.fragment
@model_loading.show_weight_errors()
def _mini_pad(model_name: str, layer: str) -> None:
    """A latent plane that only the browser computes: a drag decodes nothing here."""
    latent_pad.show(model_name, key=f"mini_pad_{model_name}", z=[0.0, 0.0], layer=layer, legend=False)


def _test_loss(model_name: str) -> str:
    card = weights.model_card(f"vae_{model_name}")
    losses = card["held_out"]
    return (
        f"Test set: reconstruction {losses['reconstruction_nats']:.0f} nats, KL {losses['kl_nats']:.1f} nats, "
        f"MSE {losses['mean_squared_error']:.3f}. Trained for {card['epochs']} epochs."
    )


def _compare_samples(seed: int) -> None:
    vae = common.module()
    st.markdown(
        "**The same random latent vectors, decoded by all four**",
        help="Generation: sample z from the prior N(0, I) and decode. The plain autoencoder fails here because its "
        "latent vectors do not follow the prior.",
    )
    z = np.random.default_rng(seed).standard_normal((SAMPLES, 2), dtype="float32")
    for title, (model_name, _) in MODELS.items():
        left, right = st.columns([1, 4], vertical_alignment="center")
        left.markdown(title)
        with right:
            image_display.show(images.tile(vae.decode(common.load(model_name), z)[None], gap=1))
    script = f"""
        import numpy as np
        from genmodels.media import images
        from genmodels.vae import model as vae

        z = np.random.default_rng({seed}).standard_normal(({SAMPLES}, 2), dtype="float32")
        rows = [vae.decode(vae.load(name), z) for name in {[model_name for model_name, _ in MODELS.values()]}]
        open("vae_beta_comparison.png", "wb").write(images.png(images.tile(np.stack(rows)), scale=3))
        """
    functions = [vae.VAE.compute_loss, vae.VAE.call, vae.kl_divergence]
    code_panel.show(script, functions, key="beta", name="vae_beta_comparison")
