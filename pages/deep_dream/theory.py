"""How it works: the objective, the step, the octaves; the source; the papers."""

import numpy as np
import streamlit as st

from genmodels.deep_dream import dream as deep_dream
from genmodels.vision import gradient_ascent
from genmodels.vision.backbone import Backbone
from ui import code_panel

PARTS = [
    (
        "What to climb",
        "Feed the photo $x$ through the network and measure how strongly the chosen layers answer: the mean of their "
        "squared activations $a_l$, each layer with its weight. Rows and columns at the border do not count.",
        r"L(x) = \sum_l w_l \, \frac{1}{n_l} \sum_{i, j, c} a_l(x)_{ijc}^2",
    ),
    (
        "The step",
        "Training would move the weights down the loss. Here the weights stay, and the photo moves up: "
        "backpropagation goes one layer further, to the pixels. The gradient is divided by its own mean size, so that "
        "a step is a step however steep the hill.",
        r"x \leftarrow x + \eta \, \frac{g}{\operatorname{mean} |g|}, \qquad g = \frac{\partial L}{\partial x}",
    ),
    (
        "Details of every size",
        "On the way, the gradient is taken apart into bands $g_k$ of finer and coarser detail, and each is divided by "
        "its own strength. What is broader than all of them, patches of plain colour, is left out.",
        r"g \;\mapsto\; \sum_{k=1}^{5} \frac{g_k}{\sqrt{\operatorname{mean} g_k^2}}",
    ),
    (
        "The photo's own colours",
        "The covariance $C$ of the photo's red, green and blue turns the step towards colours that are in it: on a "
        "sky the dream is blue and white. $p$ says how much.",
        r"g \;\mapsto\; g \, \big((1 - p) I + p \, C\big)",
    ),
    (
        "Octaves",
        "Dream on a small version first, enlarge it, and give back the detail that shrinking had lost: what the photo "
        "has at this size, without what is left of it after a detour through the smaller one.",
        r"x_{k+1} = \operatorname{up}(x_k) + p_{k+1} - \operatorname{up}(\operatorname{down}(p_{k+1}))",
    ),
]

OTHERS = (
    "| | is climbed | how to picture it |\n|---|---|---|\n"
    r"| a channel | $\operatorname{mean}_{ij} a_{ijc}$ | more of the one thing that channel $c$ looks for |" + "\n"
    r"| a class | the logit $z_c$ | more of what makes the network say *goldfish* |" + "\n"
    r"| a guide image | $\operatorname{mean}_{ij} \max_n \langle a_{ij}, \hat g_n \rangle$ "
    r"| each place becomes more like the part of the guide that it is most like already |"
)

PAPERS = """
- Mordvintsev, Olah & Tyka 2015, *Inceptionism: Going Deeper into Neural Networks*, Google Research blog.
- Mordvintsev 2016, *DeepDreaming with TensorFlow*: the gradient's bands (Laplacian pyramid).
- Chollet, *Deep Learning with Python*, section 8.2 (second edition: 12.2): octaves and lost detail.
- Santurkar et al. 2019, *Image Synthesis with a Single (Robust) Classifier*, arXiv:1906.09453: why our small network
  was trained on images that were made to mislead it.
- Olah, Mordvintsev & Schubert 2017, *Feature Visualization*, doi:10.23915/distill.00007.
"""


def show(model: Backbone, photo: np.ndarray | None) -> None:
    """The same for every network and photo."""
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in PARTS)
    st.subheader("Three other things to climb", anchor=False)
    st.markdown(OTHERS)
    st.subheader("The source", anchor=False)
    lesson = [
        deep_dream.dream,
        gradient_ascent.layers_objective,
        gradient_ascent.gradient,
        gradient_ascent.laplacian_normalize,
        gradient_ascent.octave_sizes,
    ]
    code_panel.sources(lesson)
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
