"""How it works: the network, what a style is to it, how it was trained; the source; the papers."""

import streamlit as st

from genmodels import weights
from genmodels.live_style import network as live_style
from genmodels.live_style import training as style_training
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from genmodels.style_transfer import losses as style_losses
from pages.live_style import common
from ui import code_panel

PARTS = [
    (
        "One pass instead of hundreds",
        "A network $f_w$ gets the photo $x$ and gives the painting. It is trained once, on many photos, to make "
        "pictures with a small loss: content and style are judged by another network, as in style transfer by "
        "optimisation, but what changes is $w$, not the pixels.",
        r"\min_w \; \mathbb{E}_x \Big[ \mathcal{L}_\text{content}\big(f_w(x), x\big) + "
        r"\lambda \, \mathcal{L}_\text{style}\big(f_w(x)\big) \Big]",
    ),
    (
        "A style is a scale and a shift",
        "Every layer's channels are normalised over the picture, and then scaled and shifted. The convolutions are "
        "shared by all styles; only $\\gamma_s$ and $\\beta_s$ are a style's own.",
        r"z = \gamma_s \, \frac{x - \mu(x)}{\sigma(x)} + \beta_s",
    ),
    (
        "Between styles",
        "What is a list of numbers can be mixed: shares $m_s$ that add up to one, of as many styles as one likes. The "
        "photo as it is has a row of its own, and strength is the way from there.",
        r"\gamma = \sum_s m_s \gamma_s, \qquad \beta = \sum_s m_s \beta_s",
    ),
    (
        "What style is measured by",
        "Which channels of a layer answer together, whatever the place: the Gram matrix. Each layer's error is "
        "relative to the style's own size, so that one weight serves all styles.",
        r"G_{ab} = \tfrac{1}{n} \sum_{ij} F_{ija} F_{ijb}, \qquad "
        r"\mathcal{L}_\text{style} = \sum_l \frac{\lVert G^l - A^l \rVert^2}{\lVert A^l \rVert^2}",
    ),
    (
        "Without flicker",
        "In a film each pixel keeps a part of what it was where it hardly changes, before it is painted and after: "
        "$d$ is by how much it changed, $h$ the steadiness.",
        r"x_t \leftarrow x_t + h \, e^{-(d / \tau)^2} (x_{t-1} - x_t)",
    ),
]

PAPERS = """
- Johnson, Alahi & Fei-Fei 2016, *Perceptual Losses for Real-Time Style Transfer and Super-Resolution*,
  arXiv:1603.08155.
- Ulyanov, Vedaldi & Lempitsky 2016, *Instance Normalization: The Missing Ingredient for Fast Stylization*,
  arXiv:1607.08022.
- Dumoulin, Shlens & Kudlur 2017, *A Learned Representation for Artistic Style*, arXiv:1610.07629: many styles, and
  those between them.
- Gatys, Ecker & Bethge 2015, *A Neural Algorithm of Artistic Style*, arXiv:1508.06576: the losses.
- Sugawara, Shiota & Kiya 2018, *Super-Resolution Using Convolutional Neural Networks Without Any Checkerboard
  Artifacts*, arXiv:1806.02658: the mean of 2 x 2 after each enlargement.
"""

LESSON = [live_style.build, live_style.stylise, style_training.judge, style_training.learn, style_losses.gram_matrix]


@st.cache_data(show_spinner=False)
def _sheet() -> bytes:
    return images.png(images.decode(weights.path(live_style.NAME, ".styles.webp").read_bytes(), max_side=2000)[0])


def show(model: LiveStyle) -> None:
    """The same for every style."""
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in PARTS)
    st.subheader("Every style it came with", anchor=False)
    st.image(_sheet(), width=1100, output_format="PNG")
    st.caption(", ".join(common.load().names))
    st.subheader("The source", anchor=False)
    code_panel.sources(LESSON)
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
