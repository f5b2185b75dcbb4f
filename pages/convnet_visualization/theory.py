"""How it works: the three methods in equations, the accuracy of the filter atlas, the papers."""

import streamlit as st

from genmodels import weights
from genmodels.convnet_visualization import feature_visualization, grad_cam
from genmodels.vision.backbone import Backbone
from ui import code_panel

METHODS = [
    (
        "Activations",
        "A channel is the response of one filter at every position of the previous layer, set to zero if negative "
        "(ReLU). The share of zeros is the sparsity of the layer.",
        r"A^k_{ij} = \max\Big(0, \; b_k + \sum_{c, u, v} W^k_{c u v} \, A'^{\,c}_{i + u, \, j + v}\Big)",
    ),
    (
        "Filter visualization",
        "Gradient ascent finds the image that maximizes the channel's mean activation. The image is parameterized by "
        "its spectrum $z$, weighted by $1/f$ as in natural images, in decorrelated colors ($C$); $\\tau$ is a random "
        "shift, rotation and scaling.",
        r"\begin{aligned} x &= \sigma\big(C \, \mathcal{F}^{-1}(z / f)\big) \\ "
        r"z^* &= \arg\max_z \; \mathbb{E}_\tau \, \tfrac{1}{hw} \sum_{ij} A^k_{ij}(\tau(x)) \end{aligned}",
    ),
    (
        "Grad-CAM",
        "The weight of a channel is the mean gradient of the class logit $y^c$ with respect to it; negative evidence "
        "is set to zero.",
        r"\begin{aligned} \alpha^c_k &= \tfrac{1}{hw} \sum_{ij} \frac{\partial y^c}{\partial A^k_{ij}} \\ "
        r"L^c &= \max\Big(0, \; \sum_k \alpha^c_k A^k\Big) \end{aligned}",
    ),
    (
        "Sanity check: parameter randomization",
        "The weights are replaced by random ones, layer by layer, from the output layer down. A heatmap that explains "
        "the trained network must change. Rank correlation 1: the same heatmap; 0: unrelated.",
        r"\rho = \mathrm{corr}\big(\mathrm{rank}\, L^c(\theta), \; \mathrm{rank}\, L^c(\tilde\theta)\big)",
    ),
]


def show(model: Backbone) -> None:
    with st.container(key="result_theory"):
        st.markdown(
            "An image classifier learns features such as edges, textures and object parts. Early layers detect edges "
            "and colors, later ones textures and object parts; deeper feature maps are coarser and sparser."
        )
        code_panel.equations((f"{title}.", text, formula) for title, text, formula in METHODS)
    card = weights.model_card("convnet_visualization_builtin")
    st.subheader("How reliable are the filter visualizations?", anchor=False)
    st.markdown(
        "The visualization of a channel should activate this channel more than any other channel of the layer, each "
        "divided by its mean over all visualizations; and the network should predict the class of a class "
        "visualization."
    )
    rows = [{"layer": name.partition(", ")[2], "top-1 match": value} for name, value in card["held_out"].items()]
    st.dataframe(
        rows,
        hide_index=True,
        width=420,
        column_config={"top-1 match": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)},
    )
    st.caption(f"Made by {card['command']} in {card['minutes']:.0f} minutes.")
    st.subheader("Papers", anchor=False)
    st.markdown(
        "- Olah, Mordvintsev & Schubert 2017, *Feature Visualization*, "
        "[doi:10.23915/distill.00007](https://doi.org/10.23915/distill.00007)\n"
        "- Selvaraju et al. 2016, *Grad-CAM*, [arXiv:1610.02391](https://arxiv.org/abs/1610.02391)\n"
        "- Adebayo et al. 2018, *Sanity Checks for Saliency Maps*, "
        "[arXiv:1810.03292](https://arxiv.org/abs/1810.03292)\n"
        "- Santurkar et al. 2019, *Image Synthesis with a Single (Robust) Classifier*, "
        "[arXiv:1906.09453](https://arxiv.org/abs/1906.09453)\n"
        "- Chollet, *Deep Learning with Python*, section 5.4 (second edition: 9.4)"
    )
    st.subheader("Differences from the book", anchor=False)
    for module in (feature_visualization, grad_cam):
        st.code((module.__doc__ or "").strip(), language="text", wrap_lines=True)
