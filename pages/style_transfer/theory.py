"""How it works: the three losses, the ways down; the source; the papers."""

import numpy as np
import streamlit as st

from genmodels.style_transfer import losses as style_losses
from genmodels.style_transfer import optimizers
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision.backbone import Backbone
from pages.style_transfer.style_picker import Manners
from ui import code_panel

PARTS = [
    (
        "What is changed",
        "Not the network: its weights stay. The picture $x$ is what moves, pixel by pixel, down the sum of three "
        "losses. Each has a weight, and the weights are the sliders.",
        r"x^* = \arg\min_x \; \alpha L_{\text{content}}(x) + \beta L_{\text{style}}(x) + \gamma L_{\text{tv}}(x)",
    ),
    (
        "Content",
        "One upper layer answers the photo with $P$ and the picture with $F$, a number for each place and channel. "
        "They should be alike *at the same place*. Divided by the size of $P$: 1 is as far away as an empty answer.",
        r"L_{\text{content}} = \frac{\sum_{ijc} (F_{ijc} - P_{ijc})^2}{\sum_{ijc} P_{ijc}^2}",
    ),
    (
        "The Gram matrix",
        "Which channels answer together, on the mean over all places $i, j$: a table of channels by channels. Shuffle "
        "the places and it stays the same. It knows nothing of where.",
        r"G_{ab} = \frac{1}{h \, w} \sum_{ij} F_{ija} \, F_{ijb}",
    ),
    (
        "Style",
        "The picture's Gram matrices $G^l$ should be those of the style, $A^l$, on one layer of every block; $w_l$ is "
        "the layer's share. Several styles are mixed in $A^l = \\sum_k s_k A^l_k$.",
        r"L_{\text{style}} = \sum_l w_l \, \frac{\sum_{ab} (G^l_{ab} - A^l_{ab})^2}{\sum_{ab} (A^l_{ab})^2}",
    ),
    (
        "Total variation",
        "Neighbours should not differ for nothing. Squared, so that a soft edge costs less than a hard one.",
        r"L_{\text{tv}} = \operatorname{mean} (x_{i+1,j} - x_{ij})^2 + \operatorname{mean} (x_{i,j+1} - x_{ij})^2",
    ),
    (
        "The way down",
        "L-BFGS keeps the last ten changes of the picture, $s_k$, and of the gradient, $y_k$, and builds from them a "
        "guess $H$ of the inverse of the curvature. Where the slope is gentle it strides, where it is steep it treads.",
        r"x \leftarrow x - t \, H g, \qquad H y_k = s_k",
    ),
    (
        "From coarse to fine",
        "A quarter of the size first, then half, then all of it; each picture, enlarged, is where the next begins. A "
        "layer's window holds four times as much there: that is where the large strokes come from.",
        r"\tfrac14 \to \tfrac12 \to 1, \qquad \text{cost of a step: } \tfrac1{16} \to \tfrac14 \to 1",
    ),
    (
        "The photo's own colours",
        "Photo and style are made grey, the style as light as the photo, and only lightness is painted: the result's "
        "lightness $Y$ replaces the photo's, its colours stay.",
        r"x_{\text{rgb}} = p_{\text{rgb}} + (Y_x - Y_p)",
    ),
]

PAPERS = """
- Gatys, Ecker & Bethge 2015, *A Neural Algorithm of Artistic Style*, arXiv:1508.06576.
- Gatys, Ecker & Bethge 2015, *Texture Synthesis Using Convolutional Neural Networks*, arXiv:1505.07376: style alone.
- Gatys et al. 2016, *Controlling Perceptual Factors in Neural Style Transfer*, arXiv:1611.07865: colours, masks, scale.
- Chollet, *Deep Learning with Python*, section 8.3 (second edition: 12.3): the textbook's code.
- Nocedal & Wright, *Numerical Optimization*, chapter 7: L-BFGS.
- Kingma & Ba 2014, *Adam*, arXiv:1412.6980.
"""


def show(model: Backbone, photo: np.ndarray | None, manners: Manners) -> None:
    """The same for every network, photo and style."""
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in PARTS)
    st.subheader("The source", anchor=False)
    lesson = [
        style_losses.gram_matrix,
        style_losses.content_loss,
        style_losses.style_loss,
        style_losses.total_variation_loss,
        style_transfer.transfer,
        optimizers.lbfgs,
        optimizers.adam,
    ]
    code_panel.sources(lesson)
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
