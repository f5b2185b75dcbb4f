"""How it works: what all minimise and what hinders each; the real source; the models; the papers."""

import streamlit as st

from genmodels import weights
from genmodels.autoencoders import (
    latent_projection,
    semantic_hashing,
    unsupervised_pretraining,
)
from genmodels.autoencoders import (
    linear as linear_autoencoder,
)
from genmodels.autoencoders import (
    networks as autoencoder_networks,
)
from genmodels.autoencoders import (
    training as autoencoder_training,
)
from pages.autoencoders import common
from ui import code_panel

PARTS = [
    (
        "There and back",
        "The **encoder** makes a code of the picture, the **decoder** a picture of the code, and both learn to lose "
        "little on the way. No labels: the picture itself is what is asked for.",
        r"z = E(x) \qquad \hat x = D(z) \qquad L = \frac{1}{784} \sum_i (x_i - \hat x_i)^2",
    ),
    (
        "Without activations: PCA",
        "The best plane that straight maps can find is the one of the first principal components. The autoencoder "
        "finds the plane, though not the components: any two directions that span it will do.",
        r"\min_{E, D} \; \lVert X - X E D \rVert^2 \;\Rightarrow\; \operatorname{span}(D) = "
        r"\operatorname{span}(u_1, \dots, u_k)",
    ),
    (
        "Tied weights",
        "The decoder's matrices are the encoder's, turned round. Half as many numbers to learn, less to learn by "
        "heart; each layer keeps a bias of its own.",
        r"h = f(W_1 x + b_1), \; z = f(W_2 h + b_2), \quad \hat h = f(W_2^\top z + b_3), \; "
        r"\hat x = \sigma(W_1^\top \hat h + b_4)",
    ),
    (
        "Denoising",
        "The picture is damaged before the encoder sees it, and the clean one is asked for. Copying no longer helps.",
        r"\tilde x = x + \varepsilon, \; \varepsilon \sim \mathcal N(0, 0.2^2) \quad \text{or} \quad "
        r"\tilde x = x \odot m / 0.5, \; m_i \in \{0, 1\} \qquad L = \lVert x - D(E(\tilde x)) \rVert^2",
    ),
    (
        "Sparse",
        "Every number costs what it is (**L1**), or costs as much as its mean activity is away from a target (**KL**).",
        r"L + \lambda \sum_j |z_j| \qquad L + \lambda \sum_j \mathrm{KL}(p \,\|\, \bar z_j), \quad p = 0.1",
    ),
    (
        "Hashing",
        "Noise before the sigmoid drowns whatever is not far from zero. To say anything through it, each number has "
        "to go to one end or the other; rounded, it is a bit.",
        r"z = \sigma(a + \varepsilon), \; \varepsilon \sim \mathcal N(0, 15^2) \qquad "
        r"d(z, z') = \sum_j \mathbb 1[z_j \neq z'_j]",
    ),
]

PAPERS = """
- Géron, *Hands-On Machine Learning*, chapter 17: the family, in this order.
- Rumelhart, Hinton & Williams 1986, [Learning representations by back-propagating errors](https://doi.org/10.1038/323533a0).
- Baldi & Hornik 1989, [Neural networks and principal component analysis](https://doi.org/10.1016/0893-6080(89)90014-2).
- Hinton & Salakhutdinov 2006, [Reducing the dimensionality of data with neural networks](https://doi.org/10.1126/science.1127647).
- Vincent et al. 2008, [Extracting and composing robust features with denoising autoencoders](https://doi.org/10.1145/1390156.1390294).
- van der Maaten & Hinton 2008, [Visualizing data using t-SNE](https://www.jmlr.org/papers/v9/vandermaaten08a.html).
- Salakhutdinov & Hinton 2009, [Semantic hashing](https://doi.org/10.1016/j.ijar.2008.11.006).
"""

STRUCTURE = {  # member: its layers
    "linear": "784 → 30 → 784, no activations",
    "stacked": "784 → 100 → 30 → 100 → 784, SELU",
    "tied": "the same, each matrix used twice",
    "greedy": "the same, outer layers first, then inner, then all",
    "convolutional": "28² → 14² × 16 → 7² × 32 → 4² × 64 → 30, and transposed back",
    "recurrent": "28 rows → LSTM 100 → 30, and back through LSTM 100",
    "denoising_gaussian": "stacked; noise of 0.2 on the way in",
    "denoising_dropout": "stacked; half of the pixels dropped on the way in",
    "sparse_l1": "784 → 100 → 300 (sigmoid) → 100 → 784, L1 on the code",
    "sparse_kl": "the same, KL divergence to 0.1",
    "hashing": "784 → 100 → 16 bits → 100 → 784",
}


def show() -> None:
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in PARTS)
    st.subheader("The source", anchor=False)
    code_panel.sources(
        [
            autoencoder_networks.networks,
            autoencoder_networks.kl_sparsity,
            autoencoder_training.phases,
            autoencoder_training.train,
            linear_autoencoder.train,
            unsupervised_pretraining.build,
            semantic_hashing.nearest,
            latent_projection.tsne,
        ]
    )
    st.subheader("The members on this page", anchor=False)
    rows = []
    for title, name in common.NAMES.items():
        card = weights.model_card(f"autoencoders_{name}")
        rows.append(
            {
                "member": title,
                "layers": STRUCTURE[name],
                "parameters": f"{card['parameters']:,}",
                "epochs": card["epochs"],
                "minutes": card["training_minutes"],
                "held-out squared error": f"{card['held_out']['mean_squared_error']:.4f}",
                "trained with": card["command"],
            }
        )
    st.dataframe(rows, hide_index=True, width="stretch", height="content")
    st.caption(
        "All on Fashion-MNIST's 60,000 training pictures, pixels from 0 to 1, measured on test pictures. The book's "
        "notebook prints .0132 for the stacked one, .0133 tied, .0133 layer by layer, .0121 convolutional, .0104 "
        "recurrent, .0166 denoising, .0111 for L1 and .0099 for KL."
    )
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
