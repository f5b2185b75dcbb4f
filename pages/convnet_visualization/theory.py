"""How it works: the three views in equations, the module's source, the papers."""

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.convnet_visualization import methods as convnet_visualization
from genmodels.vision.backbone import Backbone
from ui import code_panel

VIEWS = [
    (
        "Activations",
        "A channel is one small filter, laid over every place of what the layer below says, and cut off at zero. The "
        "share of zeros says how choosy a layer is.",
        r"A^k_{ij} = \max\Big(0, \; b_k + \sum_{c, u, v} W^k_{c u v} \, A'^{\,c}_{i + u, \, j + v}\Big)",
    ),
    (
        "What a filter looks for",
        "The image that makes the channel's mean answer large, by gradient ascent. It is kept as a spectrum $z$, "
        "weighted by $1/f$ as in photos, in colours that are independent of each other in photos ($C$); $\\tau$ moves, "
        "turns and scales it a little, at random.",
        r"\begin{aligned} x &= \sigma\big(C \, \mathcal{F}^{-1}(z / f)\big) \\ "
        r"z^* &= \arg\max_z \; \mathbb{E}_\tau \, \tfrac{1}{hw} \sum_{ij} A^k_{ij}(\tau(x)) \end{aligned}",
    ),
    (
        "Grad-CAM",
        "A channel's weight is the mean gradient of the class's logit $y^c$ with respect to it; what speaks against "
        "the class is cut off.",
        r"\begin{aligned} \alpha^c_k &= \tfrac{1}{hw} \sum_{ij} \frac{\partial y^c}{\partial A^k_{ij}} \\ "
        r"L^c &= \max\Big(0, \; \sum_k \alpha^c_k A^k\Big) \end{aligned}",
    ),
    (
        "The control",
        "Replace weights by noise, layer after layer, from the classes down. An explanation of what the network "
        "learnt must break; an edge detector would not notice. Rank correlation 1: the same map; 0: nothing in common.",
        r"\rho = \mathrm{corr}\big(\mathrm{rank}\, L^c(\theta), \; \mathrm{rank}\, L^c(\tilde\theta)\big)",
    ),
]


def show(model: Backbone, photo: np.ndarray, photo_name: str) -> None:
    st.subheader("Three ways to look, and one to doubt", anchor=False)
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in VIEWS)
    card = weights.model_card("convnet_visualization_builtin")
    st.subheader("Does the atlas tell the truth?", anchor=False)
    st.markdown(
        "Shown an atlas picture, the channel it was made for should answer it more than any other channel of the layer "
        "does, each compared with its own mean over all pictures; and the network should name a class's picture."
    )
    rows = [{"layer": name.partition(", ")[2], "named right": share} for name, share in card["held_out"].items()]
    st.dataframe(
        rows, hide_index=True, width=420,
        column_config={"named right": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)},
    )  # fmt: skip
    st.caption(f"Made by {card['command']} in {card['minutes']:.0f} minutes.")
    st.subheader("Read on", anchor=False)
    st.markdown(
        "- Olah, Mordvintsev & Schubert 2017, *Feature Visualization*, "
        "[doi:10.23915/distill.00007](https://doi.org/10.23915/distill.00007)\n"
        "- Selvaraju et al. 2016, *Grad-CAM*, [arXiv:1610.02391](https://arxiv.org/abs/1610.02391)\n"
        "- Adebayo et al. 2018, *Sanity Checks for Saliency Maps*, "
        "[arXiv:1810.03292](https://arxiv.org/abs/1810.03292)\n"
        "- Santurkar et al. 2019, *Image Synthesis with a Single (Robust) Classifier*, "
        "[arXiv:1906.09453](https://arxiv.org/abs/1906.09453)\n"
        "- Chollet, *Deep Learning with Python*, section 5.4 (second edition: 9.4)\n\n"
        "Where this code differs from the book, and why, stands at the top of its module:"
    )
    st.code((convnet_visualization.__doc__ or "").strip(), language="text", wrap_lines=True)
