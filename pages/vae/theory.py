"""How it works: the two terms, the trick that lets gradients through, what we trained."""

import streamlit as st

from genmodels import weights
from pages.vae import common
from ui import code_panel
from ui.component import component

TERMS = [
    (
        "Reconstruction",
        "How many nats it takes to write down the picture once the code is known.",
        r"-\log p(x \mid z) = -\sum_i x_i \log p_i + (1 - x_i) \log (1 - p_i)",
    ),
    (
        "KL divergence",
        "How many nats the code itself says, compared with the prior.",
        r"\mathrm{KL} = \tfrac12 \sum_j \left( \mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2 \right)",
    ),
]

_drawing = component("reparameterization", __file__)


def show(_name: str) -> None:
    st.subheader("Two terms, in nats", anchor=False)
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in TERMS)
    st.markdown(
        "Their sum is the negative **ELBO**, an upper bound on the length of the shortest message that transmits the "
        "picture. Nothing is divided or re-weighted here, so the numbers on this page are real nats per picture. "
        "Weigh the KL with β and the bound is gone, but the plane can be made tighter (β > 1) or sharper (β < 1)."
    )
    st.subheader("The reparameterisation", anchor=False)
    st.markdown(
        "A random draw has no derivative. So draw the noise *outside* the network and scale it inside: "
        "$z = \\mu + \\sigma \\varepsilon$ is the same distribution, and the gradient flows to $\\mu$ and $\\sigma$."
    )
    _drawing(key="reparameterization")
    st.subheader("The models on this page", anchor=False)
    st.dataframe(
        [
            _row(name)
            for name in (
                "mnist",
                "fashion_mnist",
                "mnist_10d",
                "fashion_mnist_10d",
                "mnist_ae",
                "mnist_beta_025",
                "mnist_beta_4",
            )
        ],
        hide_index=True,
        width="stretch",
    )
    st.caption(
        "Measured on 5,000 test pictures that no training saw, averaged over ten draws of the noise. "
        "An autoencoder has no bound; its row gives the reconstruction alone."
    )
    st.subheader("Read on", anchor=False)
    st.markdown(
        "- Kingma & Welling 2013, *Auto-Encoding Variational Bayes*, [arXiv:1312.6114](https://arxiv.org/abs/1312.6114)\n"
        "- Higgins et al. 2017, *beta-VAE*, [openreview](https://openreview.net/forum?id=Sy2fzU9gl)\n"
        "- White 2016, *Sampling Generative Networks*, [arXiv:1609.04468](https://arxiv.org/abs/1609.04468)\n"
        "- Chollet, *Deep Learning with Python*, section 8.4; Géron, *Hands-On Machine Learning*, chapter 17\n\n"
        "Where this code differs from the two books, and why, stands at the top of its module:"
    )
    st.code((common.module().__doc__ or "").strip(), language="text", wrap_lines=True)


def _row(name: str) -> dict:
    card = weights.model_card(f"vae_{name}")
    held_out = card["held_out"]
    return {
        "model": name,
        "latent": card["latent_dim"],
        "β": card["beta"],
        "−ELBO, nats": held_out["negative_elbo_nats"],
        "reconstruction": held_out["reconstruction_nats"],
        "KL": held_out["kl_nats"],
        "squared error": held_out["mean_squared_error"],
        "epochs": card["epochs"],
        "parameters": card["parameters"],
    }
