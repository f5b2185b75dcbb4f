"""How it works: the two architectures, the equations, the figures of the models, source code, papers."""

import streamlit as st

from genmodels import weights
from genmodels.style_gan import latent_space, metrics, networks, projected_discriminator
from genmodels.style_gan import model as style_gan
from genmodels.style_gan import training as style_gan_training
from genmodels.weights import WeightsError
from pages.style_gan import common
from ui import code_panel
from ui.component import component

_architectures = component("components/architectures", __file__)

PARTS = [
    (
        "Mapping network",
        "Eight dense layers map $z$, divided by its length, and the class label $y$ to $w$. The training data rarely "
        "fill a sphere evenly; the mapping can stretch and bend it, so that $w$ has a more linear relation to the "
        "image. Its learning rate is 100 times smaller than that of the other layers.",
        r"w = f\!\left( \frac{z}{\lVert z \rVert} \sqrt d ,\; y \right)",
    ),
    (
        "AdaIN (StyleGAN)",
        "*Adaptive instance normalization*: each feature map is normalized, then scaled and shifted by a style that a "
        "dense layer computes from $w$. So each layer has one style only: the statistics of the layer before it are "
        "removed.",
        r"\operatorname{AdaIN}(x_i, s) = s_{i} \frac{x_i - \mu(x_i)}{\sigma(x_i)} + b_{i}",
    ),
    (
        "Demodulation (StyleGAN2)",
        "The style scales the input channels $i$ of the convolution; then each output channel $j$ is divided by the "
        "standard deviation that it would have for inputs of unit variance. It uses no statistics of the "
        "image, and the droplet artifacts of AdaIN disappear.",
        r"x'_j = \frac{\sum_{i} w_{ij} * (s_i x_i)}{\sqrt{\sum_{i,k} (s_i w_{ijk})^2 + \epsilon}}",
    ),
    (
        "Noise",
        "After every convolution, one image of Gaussian noise is added to all channels, each with a learned scale. It "
        "gives the network random detail, so that $w$ need not encode it. The scales start at 0.",
        r"x_j \leftarrow x_j + \beta_j \, n, \qquad n \sim \mathcal N(0, 1)",
    ),
    (
        "Style mixing",
        "During training a part of the images is generated from two latent vectors: $w_1$ up to a random layer, $w_2$ "
        "after it. Neighboring layers cannot rely on each other, so that styles become local to a range of layers.",
        r"x = G(\underbrace{w_1, \dots, w_1}_{\text{layers} < k}, \underbrace{w_2, \dots, w_2}_{\text{layers} \ge k})",
    ),
    (
        "Truncation trick",
        "Regions of $W$ with a low density are poorly trained. Moving $w$ towards the mean of its class gives "
        "typical images and costs diversity; $\\psi = 0$ is the mean image, a negative $\\psi$ its opposite.",
        r"w' = \bar w + \psi \, (w - \bar w), \qquad \bar w = \mathbb E_z f(z, y)",
    ),
    (
        "Perceptual path length",
        "How much the image changes, in the features $\\phi$ of another network, for a small step along a path. If it "
        "is shorter in $W$ than in $Z$, $W$ is less curved (disentangled). Here $\\phi$ is our classifier, not "
        "VGG16.",
        r"l = \mathbb E \, \tfrac{1}{\epsilon^2} \left\lVert \phi(G(p(t))) - \phi(G(p(t + \epsilon))) \right\rVert^2",
    ),
    (
        "Principal directions (GANSpace)",
        "The principal components of many $w$ of a class. Moving $w$ along one of them, in all layers or in a range, "
        "often changes one property of the image.",
        r"w' = w + \sum_k a_k \, \sigma_k \, v_k",
    ),
    (
        "Projected discriminator",
        "For color images the discriminator sees features of a pretrained network instead of pixels: three layers of "
        "the built-in convnet, mixed by fixed random convolutions, each with a small head.",
        r"\min_G \max_{D_l} \sum_l \mathbb E_x \, D_l(P_l(x)) - \mathbb E_z \, D_l(P_l(G(z)))",
    ),
]

PAPERS = """
- Karras, Laine & Aila 2019, *A Style-Based Generator Architecture for Generative Adversarial Networks*, [arXiv:1812.04948](https://arxiv.org/abs/1812.04948)
- Karras et al. 2020, *Analyzing and Improving the Image Quality of StyleGAN*, [arXiv:1912.04958](https://arxiv.org/abs/1912.04958)
- Härkönen et al. 2020, *GANSpace: Discovering Interpretable GAN Controls*, [arXiv:2004.02546](https://arxiv.org/abs/2004.02546)
- Sauer et al. 2021, *Projected GANs Converge Faster*, [arXiv:2111.01007](https://arxiv.org/abs/2111.01007)
- Huang & Belongie 2017, *Arbitrary Style Transfer in Real-time with Adaptive Instance Normalization*, [arXiv:1703.06868](https://arxiv.org/abs/1703.06868)
- Géron, *Hands-On Machine Learning*, chapter 17, "StyleGANs"; NVIDIA's viewer: [stylegan3/visualizer.py](https://github.com/NVlabs/stylegan3)
"""
FIGURES = {  # title: key of the card's `held_out`
    "Fréchet distance": "frechet_distance",
    "label accuracy": "label_accuracy",
    "class diversity": "class_diversity",
    "path length in Z": "path_length_z",
    "path length in W": "path_length_w",
    "variance from z": "latent_variance_fraction",
    "samples": "samples",
}


def show(_name: str) -> None:
    """The same for every model."""
    with st.container(key="result_theory"):
        _architectures(key="style_gan_architectures")
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in PARTS)
    _models()
    st.subheader("Source code", anchor=False)
    functions = [
        networks.MappingNetwork,
        networks.adain,
        networks.demodulate,
        networks.StyledConv,
        networks.SynthesisNetwork,
        style_gan.truncate,
        style_gan.mix_styles,
        latent_space.principal_directions,
        metrics.perceptual_path_length,
    ]
    code_panel.sources(functions)
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
    st.markdown("How this code differs from the papers:")
    for module in (networks, projected_discriminator, style_gan_training):
        st.code((module.__doc__ or "").strip(), language="text", wrap_lines=True)


def _models() -> None:
    """The figures of the models' cards."""
    titles = common.trained()
    titles |= {f"{title}, AdaIN": common.ADAIN[name] for title, name in titles.items() if name in common.ADAIN}
    rows, errors = [], []
    for title, name in titles.items():
        try:
            if common.is_trained(name):
                rows.append(_row(title, name))
        except WeightsError as error:
            errors.append(str(error))
    if rows:
        st.subheader("Pretrained models", anchor=False)
        st.dataframe(rows, hide_index=True, width="stretch")
        st.caption(
            "Fréchet distance in the features of a classifier of the same data, not FID. Label accuracy: fraction of "
            "the samples that the classifier recognizes as their class. Class diversity: mean pairwise distance "
            "within a class, divided by that of real images. Variance from z: fraction of the pixel variance "
            "within a class that comes from z; the rest comes from the noise."
        )
    if errors:
        st.error("  \n".join(errors), icon=":material/broken_image:")


def _row(title: str, name: str) -> dict:
    card = weights.model_card(f"style_gan_{name}")
    parameters = card["parameters"]
    return {
        "model": title,
        "parameters": parameters["mapping"] + parameters["synthesis"],
        **{heading: card["held_out"].get(key) for heading, key in FIGURES.items()},
        "images shown": card["images"],
        "minutes": round(card["training_minutes"]),
    }
