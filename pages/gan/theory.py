"""How it works: the game and its losses, what the tricks are for, how good it is measured; the models; the papers."""

import streamlit as st

from genmodels import weights
from genmodels.gan import losses as gan_losses
from genmodels.gan import metrics as gan_metrics
from genmodels.gan import model as gan
from genmodels.gan import train_step
from genmodels.gan import training as gan_training
from genmodels.weights import WeightsError
from pages.gan import common
from ui import code_panel

PARTS = [
    (
        "The game",
        "The generator $G$ makes a picture of noise $z$; the discriminator $D$ gives the probability that a picture is "
        "real. $D$ wants this number high, $G$ wants it low. If $G$ had copied the data's distribution, the best $D$ "
        "could say is one half, everywhere.",
        r"\min_G \max_D \; \mathbb{E}_x \log D(x) + \mathbb{E}_z \log \left( 1 - D(G(z)) \right)",
    ),
    (
        "The discriminator's turn",
        "Real pictures should be called real, made ones made: cross-entropy, as for any classifier. The generator "
        "stands still. *Label noise* moves the labels 1 and 0 a little towards each other: it is never quite certain.",
        r"L_D = -\tfrac12 ( \log D(x) + \log (1 - D(G(z))) )",
    ),
    (
        "The generator's turn",
        "The same gradient, turned round and passed on through the discriminator to the picture, and through the "
        "picture to the generator. Written as $\\log (1 - D)$ it would fade just where the pictures are bad; "
        "$-\\log D$ has its minimum at the same place and is steep there.",
        r"L_G = -\log D(G(z)), \qquad \frac{\partial L_G}{\partial \ell} = \sigma(\ell) - 1",
    ),
    (
        "Mode collapse",
        "Nothing in $L_G$ asks for variety: one picture that always passes is the best answer to a discriminator that "
        "stands still. So the batch is shown as a whole: *minibatch discrimination* compares each picture with the "
        "others, *minibatch standard deviation* says how much they differ.",
        r"o(x_i)_b = \sum_{j} e^{-\lVert M_{ib} - M_{jb} \rVert_1}, \qquad s = \operatorname{mean}_k \, \sigma_k",
    ),
    (
        "Checkerboards",
        "A transposed convolution writes a kernel around each place of the smaller picture. Where its side is not "
        "divisible by the stride, some pixels are written to more often than their neighbours.",
        r"\text{kernel } 5,\ \text{stride } 2: \; 2, 3, 2, 3, \dots \qquad \text{kernel } 4: \; 2, 2, 2, 2, \dots",
    ),
    (
        "Wasserstein",
        "A *critic* $f$ gives a score without bounds. As long as it rises no faster than by one per step of one, the "
        "difference of its means is a distance between real and made pictures, with a gradient everywhere. The penalty "
        "keeps its slope at one on the way between them.",
        r"L_f = \mathbb{E} f(G(z)) - \mathbb{E} f(x) + 10 \; \mathbb{E} ( \lVert \nabla f(\hat x) \rVert - 1 )^2",
    ),
    (
        "A condition",
        "Tell both networks the kind $y$, and the generator can be asked for one. The discriminator compares what it "
        "sees, $\\phi(x)$, with a vector $v_y$ for each kind.",
        r"\ell(x, y) = w \cdot \phi(x) + v_y \cdot \phi(x)",
    ),
    (
        "How good it is",
        "No loss of the game says it. So a classifier looks at made and at real pictures, and the two clouds of its "
        "features are compared: means $m$ and covariances $C$. With Inception as the classifier this is called FID; "
        "**here it is a small classifier of our own**, and its numbers compare with each other only.",
        r"d^2 = \lVert m_1 - m_2 \rVert^2 + \operatorname{tr} \left( C_1 + C_2 - 2 (C_1 C_2)^{1/2} \right)",
    ),
]

PAPERS = """
- Goodfellow et al. 2014, *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661)
- Mirza & Osindero 2014, *Conditional Generative Adversarial Nets*, [arXiv:1411.1784](https://arxiv.org/abs/1411.1784)
- Radford, Metz & Chintala 2015, *DCGAN*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434)
- Salimans et al. 2016, *Improved Techniques for Training GANs*, [arXiv:1606.03498](https://arxiv.org/abs/1606.03498)
- Odena, Dumoulin & Olah 2016, *Deconvolution and Checkerboard Artifacts*, [distill.pub](https://distill.pub/2016/deconv-checkerboard)
- Gulrajani et al. 2017, *Improved Training of Wasserstein GANs*, [arXiv:1704.00028](https://arxiv.org/abs/1704.00028)
- Heusel et al. 2017, *GANs Trained by a Two Time-Scale Update Rule*, [arXiv:1706.08500](https://arxiv.org/abs/1706.08500)
- Mescheder, Geiger & Nowozin 2018, *Which Training Methods for GANs do actually Converge?*, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406)
- Kahng et al. 2018, *GAN Lab*, [arXiv:1809.01587](https://arxiv.org/abs/1809.01587): the two-dimensional game
- Chollet, *Deep Learning with Python*, section 8.5; Géron, *Hands-On Machine Learning*, chapter 17
"""


def show(_name: str) -> None:
    """The same for every model."""
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in PARTS)
    st.subheader("The source", anchor=False)
    lesson = [
        gan_losses.discriminator_loss,
        gan_losses.generator_loss,
        gan_losses.critic_loss,
        gan_losses.gradient_penalty,
        train_step.advance,
        gan_training.train,
        gan_metrics.frechet_distance,
        gan_metrics.diversity_metrics,
    ]
    code_panel.sources(lesson)
    if common.trained():
        st.subheader("The models on this page", anchor=False)
        _models()
    st.subheader("Read on", anchor=False)
    st.markdown(PAPERS)
    st.markdown("Where this code differs from the sources, and why, stands at the top of its modules:")
    for module in (gan, gan_losses, train_step):
        st.code((module.__doc__ or "").strip(), language="text", wrap_lines=True)


def _models() -> None:
    rows, absent = [], []
    for title, name in common.trained().items():
        try:
            rows.append(_row(title, name))
        except WeightsError as error:
            absent.append(str(error))
    if rows:
        st.dataframe(rows, hide_index=True, width="stretch")
        st.caption(
            "Fréchet distance in the features of a classifier of the same data, not FID; only rows with the same data "
            "and as many samples compare. Effective kinds: how many of ten a generator really draws."
        )
    if absent:
        st.error("  \n".join(absent), icon=":material/broken_image:")


def _row(title: str, name: str) -> dict:
    card = weights.model_card(f"gan_{name}")
    held_out = card["held_out"]
    return {
        "model": title,
        "data": common.DATA[name],
        "network": card["architecture"],
        "numbers in a code": card["latent_dim"],
        "parameters": sum(card["parameters"].values()),
        "Fréchet distance": held_out["frechet_distance"],
        "samples": held_out["samples"],
        "effective kinds": held_out["effective_classes"],
        "asked and drawn": held_out.get("label_accuracy"),
        "epochs": card["epochs"],
        "minutes": card["training_minutes"],
    }
