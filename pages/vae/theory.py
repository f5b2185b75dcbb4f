"""Tab "How it works": the reparameterization trick, the two loss terms, latent-space operations, the models."""

import streamlit as st

from genmodels import weights
from pages.vae import common
from ui import code_panel
from ui.component import component

LOSS_TERMS = [  # title, text, formula
    (
        "Reconstruction loss.",
        "Negative log-likelihood of the image given z, in nats.",
        r"-\log p(x \mid z) = -\sum_i x_i \log p_i + (1 - x_i) \log (1 - p_i)",
    ),
    (
        "KL divergence.",
        "KL divergence of the posterior q(z|x) from the prior, in nats.",
        r"\mathrm{KL} = \tfrac12 \sum_j \left( \mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2 \right)",
    ),
]
MODELS = ("mnist", "fashion_mnist", "mnist_10d", "fashion_mnist_10d", "mnist_ae", "mnist_beta_025", "mnist_beta_4")

_figure = component("components/reparameterization", __file__)


def show(_name: str) -> None:
    with st.container(key="result_how_it_works"):
        st.subheader("The reparameterization trick", anchor=False)
        _figure(key="reparameterization")
        st.markdown(
            "The encoder outputs a Gaussian posterior q(z|x): a mean μ and a standard deviation σ per dimension. "
            "Sampling from it is not differentiable. The reparameterization trick samples ε outside the network: "
            "$z = \\mu + \\sigma \\varepsilon$ has the same distribution, and gradients flow to $\\mu$ and $\\sigma$."
        )
    st.subheader("The loss: reconstruction + KL divergence", anchor=False)
    code_panel.equations(LOSS_TERMS)
    st.markdown(
        "Their sum is the negative **ELBO** (evidence lower bound), an upper bound on −log p(x). Neither term is "
        "scaled, so the losses on this page are in nats per image. With a KL weight β the sum is no bound, "
        "but the latent space is more regular (β > 1, the β-VAE) or the images are sharper (β < 1).\n\n"
        "Because of the sampling noise, nearby latent vectors decode to similar images; because of the KL term, the "
        "latent vectors of the data fill the prior N(0, I). So an image can be generated: sample z from the "
        "prior and decode it. An autoencoder without both has gaps in its latent space, in which the decoder is "
        "undefined."
    )
    _latent_space_operations()
    st.subheader("The models on this page", anchor=False)
    st.dataframe([_row(name) for name in MODELS], hide_index=True, width="stretch")
    st.caption(
        "Means over 5,000 test images; the reconstruction loss is averaged over ten samples of z. "
        "An autoencoder has no ELBO: its row gives the reconstruction loss."
    )
    st.subheader("References", anchor=False)
    st.markdown(
        "- Kingma & Welling 2013, *Auto-Encoding Variational Bayes*, [arXiv:1312.6114](https://arxiv.org/abs/1312.6114)\n"
        "- Higgins et al. 2017, *beta-VAE*, [openreview](https://openreview.net/forum?id=Sy2fzU9gl)\n"
        "- White 2016, *Sampling Generative Networks*, [arXiv:1609.04468](https://arxiv.org/abs/1609.04468)\n"
        "- Burda et al. 2015, *Importance Weighted Autoencoders* (active units), "
        "[arXiv:1509.00519](https://arxiv.org/abs/1509.00519)\n"
        "- Chollet, *Deep Learning with Python*, section 8.4; Géron, *Hands-On Machine Learning*, chapter 17\n\n"
        "Docstring of `genmodels.vae.model`, with the differences from the two books:"
    )
    st.code((common.module().__doc__ or "").strip(), language="text", wrap_lines=True)


def _latent_space_operations() -> None:
    st.subheader("The latent space", anchor=False)
    st.markdown(
        "- **Decoded grid**: the decoder output on a regular grid. Linear spacing: equally spaced latent values. "
        "Normal quantiles: equal probability under the prior, as in the textbook (`norm.ppf`). Beyond three standard "
        "deviations there were no training data, so the decoder extrapolates.\n"
        "- **Latent traversal**: only one dimension varies. A 10-D latent space gives sharper images than 2-D; "
        "dimensions with a KL close to 0 are inactive (posterior collapse).\n"
        "- **Interpolation**: linear and spherical interpolation (slerp) in latent space both give plausible images; "
        "blending pixels gives a cross-fade of two images. Spherical interpolation keeps the norm of z, which matters "
        "in high dimensions. Semantic interpolation fills a grid between twelve latent vectors.\n"
        "- **Concept vector**: a direction in latent space, the mean latent vector of images with an attribute minus "
        "the mean of those without, or the regression slope on a measured attribute. Adding it to any z changes that "
        "attribute; beyond about twice its length, z leaves the region seen in training."
    )


def _row(name: str) -> dict:
    card = weights.model_card(f"vae_{name}")
    losses = card["held_out"]
    return {
        "model": name,
        "latent dim.": card["latent_dim"],
        "β": card["beta"],
        "−ELBO, nats": losses["negative_elbo_nats"],
        "reconstruction": losses["reconstruction_nats"],
        "KL": losses["kl_nats"],
        "MSE": losses["mean_squared_error"],
        "epochs": card["epochs"],
        "parameters": card["parameters"],
    }
