"""How it works: growing, fade-in, normalization, minibatch statistics; the model; the paper."""

import numpy as np
import streamlit as st

from genmodels.media import images
from genmodels.progressive_gan import config, training_history
from pages.progressive_gan import common
from ui import code_panel, image_display, model_loading
from ui.component import component

_growth_figure = component("components/growth_figure", __file__)

CAPTION = (
    "The new block (colored) is added to both networks at once. *toRGB* and *fromRGB*: 1 × 1 convolutions between "
    "feature maps and images. *2×* and *0.5×*: the resolution is doubled or halved; the blocks of 32 × 32 include it."
)
FADE = [
    (
        "Fade-in of a block.",
        "The new block starts with random weights. Its output is blended with the output of the trained network, "
        "upsampled; $\\alpha$ rises from 0 to 1 during the fade-in, so that the trained layers are not disturbed.",
        r"G(z) = (1 - \alpha) \; \mathrm{up}(x_\mathrm{old}) + \alpha \, x_\mathrm{new}",
    ),
    (
        "Fade-in of the real images.",
        "Each real image is blended with its own half-resolution version, with the same $\\alpha$. Otherwise the "
        "discriminator would recognize the generated images by their missing details.",
        r"\tilde x = (1 - \alpha) \; \mathrm{up}(\mathrm{down}(x)) + \alpha \, x",
    ),
]
ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
PARTS = [
    (
        "Progressive growing.",
        "Low resolutions are learned first: they are easy and fast to train. Each new block only adds details. The "
        "optimizers are reset at each new resolution.",
        r"4 \times 4 \;\to\; 8 \times 8 \;\to\; 16 \times 16 \;\to\; 32 \times 32",
    ),
    (
        "Equalized learning rate.",
        "Weights start as standard normal numbers and are multiplied by He's constant $c$ at every call, not once at "
        "the start. Adam's updates have the same size for all weights, so all layers learn equally fast.",
        r"\hat w = c \, w, \qquad w \sim \mathcal N(0, 1), \qquad c = \sqrt{2 / \mathrm{fan}_\mathrm{in}}",
    ),
    (
        "Pixelwise normalization.",
        "In the generator, the feature vector of each pixel is normalized after each convolution, so that signals "
        "cannot grow without limit. It has no parameters.",
        r"b_{x,y} = a_{x,y} \; / \; \sqrt{ \tfrac1C \sum_{j=1}^{C} \left( a_{x,y}^{j} \right)^2 + 10^{-8} }",
    ),
    (
        "Minibatch standard deviation.",
        "The standard deviation of each feature at each position over a group of images, averaged to one number, is "
        "added to the last block of the discriminator as a constant feature map. If the generated images are too "
        "similar, the discriminator can detect it.",
        r"s = \operatorname{mean}_{x, y, c} \; \sigma_{\mathrm{group}}(a_{x,y,c})",
    ),
    (
        "Fused resampling.",
        "After upsampling, the four pixels of a 2 × 2 square are equal. So upsampling and a 3 × 3 convolution are one "
        "transposed convolution with a 4 × 4 kernel: the sum of four shifted copies of the flipped kernel "
        "$\\tilde k$. It needs 4/9 of the multiplications and gives the same result. Downsampling is its mirror.",
        r"\mathrm{conv}(\mathrm{up}(x), k) = \mathrm{conv}^\top(x, K), \quad "
        r"K_{ij} = \sum_{a, b \in \{0, 1\}} \tilde k_{i-a,\, j-b}",
    ),
    (
        "Loss.",
        "The non-saturating GAN loss with an $R_1$ gradient penalty on real images in every 16th step. The paper uses "
        "WGAN-GP; $R_1$ needs one update of the discriminator per step.",
        r"R_1 = \tfrac{\gamma}{2} \; \mathbb{E}_x \lVert \nabla_x D(x) \rVert^2, \qquad \gamma = 0.01",
    ),
]
PAPERS = """
- Karras, Aila, Laine & Lehtinen 2018, *Progressive Growing of GANs for Improved Quality, Stability, and Variation*,
  [arXiv:1710.10196](https://arxiv.org/abs/1710.10196)
- Mescheder, Geiger & Nowozin 2018, *Which Training Methods for GANs do actually Converge?*,
  [arXiv:1801.04406](https://arxiv.org/abs/1801.04406): the R1 penalty
- Géron, *Hands-On Machine Learning*, chapter 17, "The Progressive Growing of GANs"
"""
DIFFERENCES = (
    "Differences from the paper: at most 32 × 32 pixels instead of 1024 × 1024; "
    f"{', '.join(str(config.CHANNELS[r]) for r in config.RESOLUTIONS)} channels at 4, 8, 16 and 32 pixels instead of "
    "512; gray images of clothes instead of faces; the R1 penalty instead of WGAN-GP. It trains on a CPU."
)


def show() -> None:
    with st.container(key="result_theory"):
        _growth_figure(key="progan_growth_figure")
    st.caption(CAPTION)
    code_panel.equations(FADE)
    is_trained = training_history.is_trained(common.NAME)
    if is_trained:
        _faded_images()
    code_panel.equations(PARTS)
    st.markdown(DIFFERENCES)
    if is_trained:
        st.subheader("Pretrained model", anchor=False)
        _model()
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
    st.subheader("Source code", anchor=False)
    _sources()


@model_loading.show_weight_errors()  # the rest of the tab needs no weights
def _faded_images() -> None:
    """One generated image, faded as the real images are, with several values of alpha."""
    progressive_gan, model = common.module(), common.load()
    image = progressive_gan.generate(model, progressive_gan.sample_latents(1, common.DEFAULT_SEED))
    faded = np.stack([progressive_gan.fade_images(image, alpha)[0] for alpha in ALPHAS])
    values = ", ".join(f"{alpha:g}" for alpha in ALPHAS)
    image_display.show(
        images.tile(faded[None], gap=2), caption=f"A generated image, faded as the real images are: α = {values}."
    )


@model_loading.show_weight_errors()
def _model() -> None:
    card = common.card()
    metrics = card["held_out"]
    row = {
        "data": card["data"].partition(":")[0],
        "latent dimension": config.LATENT_DIM,
        "real images shown": card["images"],
        "minutes": card["training_minutes"],
        "Fréchet distance": metrics["frechet_distance"],
        "samples": metrics["samples"],
        "effective classes": metrics["effective_classes"],
        "mean pairwise distance": metrics["mean_pairwise_distance"],
    }
    st.dataframe([row], hide_index=True, width="stretch")
    st.caption(
        "Fréchet distance in the features of our Fashion-MNIST classifier, not FID. Effective classes: exp(entropy) of "
        "the predicted labels, of 10. Trained with:"
    )
    st.code(card["command"], language="bash")


def _sources() -> None:
    layers, progressive_gan = common.layers(), common.module()
    from genmodels.progressive_gan import networks, training

    functions = [
        config.schedule,
        layers.fade_in,
        layers.fade_real_images,
        layers.EqualizedConv2D,
        layers.pixel_norm,
        layers.minibatch_std,
        layers.upsample_conv,
        networks.Generator,
        networks.Discriminator,
        training.train_on_batch,
    ]
    code_panel.sources(functions)
    st.code((progressive_gan.__doc__ or "").strip(), language="text", wrap_lines=True)
