"""How it works: the objectives, the remedies against mode collapse, the evaluation; the models; the papers."""

import streamlit as st

from genmodels import weights
from genmodels.gan import losses as gan_losses
from genmodels.gan import metrics, train_step
from genmodels.gan import model as gan
from genmodels.gan import training as gan_training
from genmodels.weights import WeightsError
from pages.gan import common
from ui import code_panel

INTRODUCTION = [
    (
        "Minimax objective",
        "Two networks are trained against each other. The generator $G$ maps random latent vectors $z$ to images; the "
        "discriminator $D$ estimates the probability that an image is real. $D$ maximizes the objective, $G$ minimizes "
        "it. At equilibrium the generated images have the distribution of the data, and $D = 0.5$ everywhere.",
        r"\min_G \max_D \; \mathbb{E}_x \log D(x) + \mathbb{E}_z \log \left( 1 - D(G(z)) \right)",
    ),
    (
        "Discriminator update",
        "Binary cross-entropy with label 1 for real and 0 for generated images; the generator is fixed. *Label noise* "
        "moves the labels a little towards each other, so that $D$ does not become overconfident.",
        r"L_D = -\tfrac12 ( \log D(x) + \log (1 - D(G(z))) )",
    ),
    (
        "Generator update",
        "The gradient passes through the fixed discriminator into the generator. The minimax loss $\\log (1 - "
        "D)$ has a vanishing gradient where $D$ rejects the fakes; the non-saturating loss $-\\log D$ has the "
        "same minimum and a large gradient there.",
        r"L_G = -\log D(G(z)), \qquad \frac{\partial L_G}{\partial \ell} = \sigma(\ell) - 1",
    ),
]
PARTS = [
    (
        "Mode collapse",
        "$L_G$ does not reward diversity: against a fixed discriminator, one image that always passes is "
        "optimal. So the discriminator receives statistics of the batch: *minibatch discrimination* compares "
        "each image with the others, *minibatch standard deviation* measures how much they differ.",
        r"o(x_i)_b = \sum_{j} e^{-\lVert M_{ib} - M_{jb} \rVert_1}, \qquad s = \operatorname{mean}_k \, \sigma_k",
    ),
    (
        "Checkerboard artifacts",
        "A transposed convolution adds a kernel at each position of the smaller image. If the kernel size is not "
        "divisible by the stride, some pixels receive more contributions than their neighbors.",
        r"\text{kernel } 5,\ \text{stride } 2: \; 2, 3, 2, 3, \dots \qquad \text{kernel } 4: \; 2, 2, 2, 2, \dots",
    ),
    (
        "Wasserstein GAN",
        "A *critic* $f$ gives an unbounded score. If $f$ is 1-Lipschitz, the difference of its means is a "
        "distance between real and generated images, with a gradient everywhere. The gradient penalty keeps the "
        "norm of its gradient at 1 between them.",
        r"L_f = \mathbb{E} f(G(z)) - \mathbb{E} f(x) + 10 \; \mathbb{E} ( \lVert \nabla f(\hat x) \rVert - 1 )^2",
    ),
    (
        "Conditional GAN (projection discriminator)",
        "Both networks receive the class label $y$, so a class can be chosen for generation. The discriminator "
        "adds the inner product of its features $\\phi(x)$ and an embedding $v_y$ of the label.",
        r"\ell(x, y) = w \cdot \phi(x) + v_y \cdot \phi(x)",
    ),
    (
        "Principal latent directions (GANSpace)",
        "A linear regression $B$ of the generated images on $z$. The eigenvectors of $B B^\\top$ are the "
        "directions along which the images change most; the sliders are coordinates along them.",
        r"B = \operatorname{argmin}_B \lVert Z B - Y \rVert^2, \qquad B B^\top u_i = \lambda_i u_i",
    ),
    (
        "Latent vector arithmetic",
        "mean(A) − mean(B) + mean(C) (Radford et al. 2015, fig. 7). Averaging three latent vectors gives more stable "
        "results than single ones. The center of the figure is the result; around it the same with uniform noise up to "
        "0.25 per dimension.",
        r"z = \bar z_A - \bar z_B + \bar z_C",
    ),
    (
        "Spherical interpolation",
        "High-dimensional Gaussian vectors lie near a sphere of radius $\\sqrt d$. Linear interpolation leaves it, "
        "spherical interpolation (slerp) does not. Neither is a cross-fade, unlike pixel blending.",
        r"z_t = \frac{\sin((1-t)\omega)}{\sin \omega} a + \frac{\sin(t \omega)}{\sin \omega} b",
    ),
    (
        "2-D GAN",
        "Background: $D(x)$, blue = real, orange = fake. Orange mesh: the generator's manifold, the latent square "
        "mapped to the plane; darker cells have higher density. Arrows: the gradients that move each fake sample. At "
        "equilibrium $D = 0.5$ everywhere and they vanish. The *R1 penalty* with weight $\\gamma$ keeps $D$ flat at "
        "the data and damps the oscillation of the two networks.",
        r"R_1 = \tfrac{\gamma}{2} \; \mathbb{E}_x \lVert \nabla_x D(x) \rVert^2",
    ),
    (
        "Evaluation: Fréchet distance",
        "The losses do not measure image quality. So the features of a classifier are computed for generated and "
        "for real images, and their means $m$ and covariances $C$ are compared. With Inception as the classifier "
        "this is FID; **here it is a small classifier of our own**, so the numbers are comparable with each "
        "other only.",
        r"d^2 = \lVert m_1 - m_2 \rVert^2 + \operatorname{tr} \left( C_1 + C_2 - 2 (C_1 C_2)^{1/2} \right)",
    ),
]

PAPERS = """
- Goodfellow et al. 2014, *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661)
- Mirza & Osindero 2014, *Conditional Generative Adversarial Nets*, [arXiv:1411.1784](https://arxiv.org/abs/1411.1784)
- Radford, Metz & Chintala 2015, *DCGAN*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434)
- Salimans et al. 2016, *Improved Techniques for Training GANs*, [arXiv:1606.03498](https://arxiv.org/abs/1606.03498)
- White 2016, *Sampling Generative Networks*, [arXiv:1609.04468](https://arxiv.org/abs/1609.04468)
- Odena, Dumoulin & Olah 2016, *Deconvolution and Checkerboard Artifacts*, [distill.pub](https://distill.pub/2016/deconv-checkerboard)
- Gulrajani et al. 2017, *Improved Training of Wasserstein GANs*, [arXiv:1704.00028](https://arxiv.org/abs/1704.00028)
- Heusel et al. 2017, *GANs Trained by a Two Time-Scale Update Rule*, [arXiv:1706.08500](https://arxiv.org/abs/1706.08500)
- Mescheder, Geiger & Nowozin 2018, *Which Training Methods for GANs do actually Converge?*, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406)
- Kahng et al. 2018, *GAN Lab*, [arXiv:1809.01587](https://arxiv.org/abs/1809.01587): the 2-D GAN
- Härkönen et al. 2020, *GANSpace*, [arXiv:2004.02546](https://arxiv.org/abs/2004.02546)
- Chollet, *Deep Learning with Python*, section 8.5; Géron, *Hands-On Machine Learning*, chapter 17
"""


def show(_name: str) -> None:
    """The same for every model."""
    with st.container(key="result_theory"):
        code_panel.equations((f"{title}.", text, formula) for title, text, formula in INTRODUCTION)
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in PARTS)
    st.subheader("Source code", anchor=False)
    functions = [
        gan_losses.discriminator_loss,
        gan_losses.generator_loss,
        gan_losses.critic_loss,
        gan_losses.gradient_penalty,
        train_step.train_step,
        gan_training.train,
        metrics.frechet_distance,
        metrics.diversity_metrics,
    ]
    code_panel.sources(functions)
    if common.trained():
        st.subheader("Pretrained models", anchor=False)
        _models()
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
    st.markdown("How this code differs from the sources:")
    for module in (gan, gan_losses, train_step):
        st.code((module.__doc__ or "").strip(), language="text", wrap_lines=True)


def _models() -> None:
    rows, errors = [], []
    for title, name in common.trained().items():
        try:
            rows.append(_row(title, name))
        except WeightsError as error:
            errors.append(str(error))
    if rows:
        st.dataframe(rows, hide_index=True, width="stretch")
        st.caption(
            "Fréchet distance in the features of a classifier of the same data set, not FID; only rows with the "
            "same data set and number of samples are comparable. Effective classes: exp(entropy) of the "
            "predicted labels, of 10."
        )
    if errors:
        st.error("  \n".join(errors), icon=":material/broken_image:")


def _row(title: str, name: str) -> dict:
    card = weights.model_card(f"gan_{name}")
    results = card["held_out"]
    return {
        "model": title,
        "data": common.DATA[name],
        "architecture": card["architecture"],
        "latent dimension": card["latent_dim"],
        "parameters": sum(card["parameters"].values()),
        "Fréchet distance": results["frechet_distance"],
        "samples": results["samples"],
        "effective classes": results["effective_classes"],
        "label accuracy": results.get("label_accuracy"),
        "epochs": card["epochs"],
        "minutes": card["training_minutes"],
    }
