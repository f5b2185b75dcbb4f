"""How it works: the loss terms, the optimizer, the source code, the papers."""

import streamlit as st

from genmodels.style_transfer import losses as style_losses
from genmodels.style_transfer import optimizers
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision.backbone import Backbone
from ui import code_panel

LOSSES = [
    (
        "Neural style transfer",
        "The network's weights are fixed. The pixels of the image $x$ are optimized to minimize the sum of three "
        "losses. The loss weights $\\alpha, \\beta, \\gamma$ are the sliders.",
        r"x^* = \arg\min_x \; \alpha L_{\text{content}}(x) + \beta L_{\text{style}}(x) + \gamma L_{\text{tv}}(x)",
    ),
    (
        "Content loss",
        "One upper layer has the features $P$ for the photo and $F$ for the image. The loss compares them at every "
        "position and channel. Divided by the size of $P$, 1 is the loss of all-zero features.",
        r"L_{\text{content}} = \frac{\sum_{ijc} (F_{ijc} - P_{ijc})^2}{\sum_{ijc} P_{ijc}^2}",
    ),
    (
        "Gram matrix",
        "A layer outputs one feature map per channel. The Gram matrix contains, for every pair of channels, the mean "
        "product of their feature maps over all positions, i.e. their correlation. It contains no spatial "
        "information, which is why it captures style.",
        r"G_{ab} = \frac{1}{h \, w} \sum_{ij} F_{ija} \, F_{ijb}",
    ),
    (
        "Style loss",
        "Compares the image's Gram matrices $G^l$ with those of the style image, $A^l$, at one layer $l$ of every "
        "block; $w_l$ is the style layer weight. Several styles are blended: $A^l = \\sum_k s_k A^l_k$.",
        r"L_{\text{style}} = \sum_l w_l \, \frac{\sum_{ab} (G^l_{ab} - A^l_{ab})^2}{\sum_{ab} (A^l_{ab})^2}",
    ),
]
DETAILS = [
    (
        "Total variation loss",
        "Penalizes differences between neighboring pixels (squared).",
        r"L_{\text{tv}} = \operatorname{mean} (x_{i+1,j} - x_{ij})^2 + \operatorname{mean} (x_{i,j+1} - x_{ij})^2",
    ),
    (
        "Optimizer: L-BFGS",
        "Stores the last ten changes of the image, $s_k$, and of the gradient, $y_k$, and approximates the inverse "
        "Hessian $H$ from them. It takes long steps in flat directions and short steps in steep ones.",
        r"x \leftarrow x - t \, H g, \qquad H y_k = s_k",
    ),
    (
        "Coarse to fine",
        "The optimization starts at a quarter of the size, then half, then full size; each result, enlarged, is the "
        "next initial image. A receptive field of fixed size covers more of a small image, which gives large strokes.",
        r"\tfrac14 \to \tfrac12 \to 1, \qquad \text{cost of a step: } \tfrac1{16} \to \tfrac14 \to 1",
    ),
    (
        "Preserve photo colors",
        "Photo and style image are converted to gray, the style with the photo's mean and contrast, and only the "
        "luminance is transferred: the result's luminance $Y_x$ replaces the photo's $Y_p$.",
        r"x_{\text{rgb}} = p_{\text{rgb}} + (Y_x - Y_p)",
    ),
]

PAPERS = """
- Gatys, Ecker & Bethge 2015, *A Neural Algorithm of Artistic Style*, arXiv:1508.06576.
- Gatys, Ecker & Bethge 2015, *Texture Synthesis Using Convolutional Neural Networks*, arXiv:1505.07376: style only.
- Gatys et al. 2016, *Controlling Perceptual Factors in Neural Style Transfer*, arXiv:1611.07865: color preservation,
  masks, style scale.
- Chollet, *Deep Learning with Python*, section 8.3 (second edition: 12.3).
- Nocedal & Wright, *Numerical Optimization*, chapter 7: L-BFGS.
- Kingma & Ba 2014, *Adam*, arXiv:1412.6980.
"""

FUNCTIONS = [
    style_losses.gram_matrix,
    style_losses.content_loss,
    style_losses.style_loss,
    style_losses.total_variation_loss,
    style_transfer.transfer,
    optimizers.lbfgs,
    optimizers.adam,
]


def show(model: Backbone) -> None:
    """Theory and sources; independent of the chosen network and images."""
    with st.container(key="result_how_it_works"):
        code_panel.equations((f"{title}.", text, formula) for title, text, formula in LOSSES)
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in DETAILS)
    st.subheader("Source code", anchor=False)
    code_panel.sources(FUNCTIONS)
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
