"""How it works: objective, step, octaves; the source code; the papers."""

import streamlit as st

from genmodels.deep_dream import dream as deep_dream
from genmodels.deep_dream import objectives
from genmodels.vision import gradient_ascent
from genmodels.vision.backbone import Backbone
from ui import code_panel

PARTS = [
    (
        "Objective",
        "The mean squared activation of the chosen layers $a_l$ for the photo $x$, each layer with its weight. Rows "
        "and columns at the border are excluded.",
        r"L(x) = \sum_l w_l \, \frac{1}{n_l} \sum_{i, j, c} a_l(x)_{ijc}^2",
    ),
    (
        "Gradient ascent",
        "Training updates the weights by gradient descent. Here the weights are fixed and the image is updated by "
        "gradient ascent: backpropagation continues to the input pixels. The gradient is divided by its mean absolute "
        "value, so that the step size does not depend on the objective.",
        r"x \leftarrow x + \eta \, \frac{g}{\operatorname{mean} |g|}, \qquad g = \frac{\partial L}{\partial x}",
    ),
    (
        "Laplacian pyramid normalization",
        "The gradient is split into frequency bands $g_k$, from fine to coarse, and each is divided by its root mean "
        "square. Frequencies below the lowest band (large color patches) are dropped.",
        r"g \;\mapsto\; \sum_{k=1}^{5} \frac{g_k}{\sqrt{\operatorname{mean} g_k^2}}",
    ),
    (
        "Color preservation",
        "The covariance $C$ of the photo's red, green and blue projects the step onto colors of the photo; $p$ is the "
        "color preservation.",
        r"g \;\mapsto\; g \, \big((1 - p) I + p \, C\big)",
    ),
    (
        "Octaves",
        "The optimization starts on a downscaled photo. For each octave the result is enlarged, and the detail lost by "
        "downscaling is reinjected: the photo at this size minus its copy scaled down and up again.",
        r"x_{k+1} = \operatorname{up}(x_k) + p_{k+1} - \operatorname{up}(\operatorname{down}(p_{k+1}))",
    ),
]

OTHER_OBJECTIVES = (
    "| | objective | effect |\n|---|---|---|\n"
    r"| Channel | $\operatorname{mean}_{ij} a_{ijc}$ | the pattern that channel $c$ detects |" + "\n"
    r"| Class (logit) | the logit $z_c$ | what increases the probability of class $c$, e.g. *goldfish* |" + "\n"
    r"| Guide image | $\operatorname{mean}_{ij} \max_n \langle a_{ij}, \hat g_n \rangle$ "
    r"| each position becomes more similar to the most similar position of the guide |"
)

PAPERS = """
- Mordvintsev, Olah & Tyka 2015, *Inceptionism: Going Deeper into Neural Networks*, Google Research blog.
- Mordvintsev 2016, *DeepDreaming with TensorFlow*: Laplacian pyramid normalization of the gradient.
- Chollet, *Deep Learning with Python*, section 8.2 (second edition: 12.2): octaves and lost detail.
- Santurkar et al. 2019, *Image Synthesis with a Single (Robust) Classifier*, arXiv:1906.09453: why the built-in network
  was trained on adversarial examples.
- Olah, Mordvintsev & Schubert 2017, *Feature Visualization*, doi:10.23915/distill.00007.
"""


def show(model: Backbone) -> None:
    with st.container(key="result_theory"):
        st.markdown(
            "DeepDream performs gradient ascent on an image to maximize the activations of chosen layers of a trained "
            "convnet. Patterns that the network detects only faintly are amplified step by step: each step starts from "
            "the previous result."
        )
        code_panel.equations((f"{title}.", text, formula) for title, text, formula in PARTS)
    st.subheader("Other objectives", anchor=False)
    st.markdown(OTHER_OBJECTIVES)
    st.subheader("Source code", anchor=False)
    functions = [
        deep_dream.dream,
        objectives.layers_objective,
        gradient_ascent.gradient,
        gradient_ascent.laplacian_normalize,
        gradient_ascent.octave_sizes,
    ]
    code_panel.sources(functions)
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
