"""Tab How it works: the loss and the constraint of each autoencoder, source code, models, papers."""

import streamlit as st

from genmodels import weights
from genmodels.autoencoders import (
    latent_projection,
    linear,
    networks,
    semantic_hashing,
    sparsity,
    tied_weights,
    training,
    unsupervised_pretraining,
)
from pages.autoencoders import common
from ui import code_panel

EQUATIONS = [
    (
        "Encoder and decoder",
        "The encoder maps an image to a code, the decoder maps the code to a reconstruction. Trained without labels.",
        r"z = E(x) \qquad \hat x = D(z) \qquad L = \frac{1}{784} \sum_i (x_i - \hat x_i)^2",
    ),
    (
        "Linear autoencoder and PCA",
        "Without activations the decoder spans the subspace of the first principal components.",
        r"\min_{E, D} \lVert X - X E D \rVert^2 \Rightarrow \operatorname{span}(D) = "
        r"\operatorname{span}(u_1, \dots, u_k)",
    ),
    (
        "Tied weights",
        "Decoder matrices are the transposes of the encoder's. Half the parameters; each layer has its own bias.",
        r"\begin{aligned} z &= f(W_2 f(W_1 x + b_1) + b_2) \\ "
        r"\hat x &= \sigma(W_1^\top f(W_2^\top z + b_3) + b_4) \end{aligned}",
    ),
    (
        "Denoising",
        "The input is corrupted, the target is the clean image: the identity is no solution.",
        r"\tilde x = x + \varepsilon \;\text{ or }\; x \odot m / (1 - p) \qquad L = \lVert x - D(E(\tilde x)) \rVert^2",
    ),
    (
        "Sparsity",
        "L1 penalizes each activation, KL divergence the mean activation of each unit away from a target.",
        r"L + \lambda \sum_j |z_j| \qquad L + \lambda \sum_j \mathrm{KL}(p \,\|\, \bar z_j), \; p = 0.1",
    ),
    (
        "Semantic hashing",
        "Noise before the sigmoid forces activations to saturate near 0 or 1; rounding gives a binary code.",
        r"z = \sigma(a + \varepsilon), \; \varepsilon \sim \mathcal N(0, 15^2) \qquad "
        r"d(z, z') = \sum_j \mathbb 1[z_j \neq z'_j]",
    ),
]

NOTES = """
- **Code size.** An **undercomplete** code is smaller than the image and has to keep what matters. An **overcomplete**
  code is larger and could copy the image, unless another constraint prevents it.
- **Linear autoencoder.** It learns the plane of the first two principal components, but not the components: any two
  directions that span the plane have the same error. Another seed gives the same plane with other codes.
- **Denoising.** Above the noise level of their training, denoising autoencoders still remove noise; the stacked
  autoencoder reproduces it.
- **Sparsity.** With L1, few units are active per image. With KL divergence, the mean activation per unit is low; here
  many units stay weakly active. The KL divergence has larger gradients than the squared error far from its target.
- **t-SNE.** No labels were used for training, yet the classes form clusters. Clusters are meaningful; distances between
  clusters and their sizes are not.
- **Semantic hashing.** Two bytes per image. Nearby codes decode to similar images, so a small Hamming distance means
  similarity.
- **Unsupervised pretraining.** An autoencoder is trained on all images without labels. Its encoder is reused with a new
  classification layer and few labeled images, **fine-tuned** or **frozen**, and compared with training **from
  scratch**.
- **Overfitting.** When the test error rises while the training error still falls, the model overfits.
"""

PAPERS = """
- Géron, *Hands-On Machine Learning*, chapter 17: all variants, in this order.
- Rumelhart, Hinton & Williams 1986, [Learning representations by back-propagating errors](https://doi.org/10.1038/323533a0).
- Baldi & Hornik 1989, [Neural networks and principal component analysis](https://doi.org/10.1016/0893-6080(89)90014-2).
- Hinton & Salakhutdinov 2006, [Reducing the dimensionality of data with neural networks](https://doi.org/10.1126/science.1127647).
- Vincent et al. 2008, [Extracting and composing robust features with denoising autoencoders](https://doi.org/10.1145/1390156.1390294).
- van der Maaten & Hinton 2008, [Visualizing data using t-SNE](https://www.jmlr.org/papers/v9/vandermaaten08a.html).
- Salakhutdinov & Hinton 2009, [Semantic hashing](https://doi.org/10.1016/j.ijar.2008.11.006).
"""

ARCHITECTURES = {  # model: its layers
    "linear": "784 → 30 → 784, no activations",
    "stacked": "784 → 100 → 30 → 100 → 784, SELU",
    "tied": "as stacked, decoder weights transposed",
    "greedy": "as stacked, trained layer by layer",
    "convolutional": "28² → 14² × 16 → 7² × 32 → 4² × 64 → 30, transposed convolutions back",
    "recurrent": "28 rows → LSTM 100 → 30 → LSTM 100 → 28 rows",
    "denoising_gaussian": "as stacked; Gaussian noise of 0.2 on the input",
    "denoising_dropout": "as stacked; dropout of 0.5 on the input",
    "sparse_l1": "784 → 100 → 300 (sigmoid) → 100 → 784, L1 on the code",
    "sparse_kl": "as sparse L1, KL divergence to 0.1",
    "hashing": "784 → 100 → 16 bits → 100 → 784",
}


def show() -> None:
    with st.container(key="result_theory"):
        code_panel.equations((f"{title}.", text, formula) for title, text, formula in EQUATIONS)
    st.subheader("What to observe", anchor=False)
    st.markdown(NOTES)
    st.subheader("Source code", anchor=False)
    code_panel.sources(
        [
            networks.build_networks,
            tied_weights.transposed_layer,
            sparsity.kl_sparsity,
            training.training_phases,
            training.train,
            linear.train,
            unsupervised_pretraining.build,
            semantic_hashing.nearest,
            latent_projection.tsne,
        ]
    )
    st.subheader("Models on this page", anchor=False)
    rows = []
    for title, name in common.NAMES.items():
        card = weights.model_card(f"autoencoders_{name}")
        rows.append(
            {
                "autoencoder": title,
                "layers": ARCHITECTURES[name],
                "parameters": f"{card['parameters']:,}",
                "epochs": card["epochs"],
                "minutes": card["training_minutes"],
                "test MSE": f"{card['held_out']['mean_squared_error']:.4f}",
                "trained with": card["command"],
            }
        )
    st.dataframe(rows, hide_index=True, width="stretch", height="content")
    st.caption(
        "Trained on Fashion-MNIST's 60,000 training images, pixels in [0, 1], measured on test images. The book's "
        "notebook has .0132 for stacked, .0133 tied, .0133 greedy layer-wise, .0121 convolutional, .0104 recurrent, "
        ".0166 denoising, .0111 L1 and .0099 KL."
    )
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
