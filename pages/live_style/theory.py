"""How it works: the network, its styles, its training; the source code; the papers."""

import streamlit as st

from genmodels import weights
from genmodels.live_style import losses as live_style_losses
from genmodels.live_style import network as live_style
from genmodels.live_style import training as style_training
from genmodels.live_style import video as live_style_video
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from genmodels.style_transfer import losses as style_losses
from pages.live_style import common
from ui import code_panel

EQUATIONS = [
    (
        "Feed-forward network",
        "Optimization-based style transfer takes minutes per photo. Here a network $f_w$ is trained once, on many "
        "photos $x$, with the same losses: a fixed loss network compares $f_w(x)$ with the photo (content) and with "
        "the style image (style). Training changes $w$; stylizing a photo is one forward pass.",
        r"\min_w \; \mathbb{E}_x \Big[ \mathcal{L}_\text{content}\big(f_w(x), x\big) + "
        r"\lambda \, \mathcal{L}_\text{style}\big(f_w(x)\big) \Big]",
    ),
    (
        "Conditional instance normalization",
        "Every channel of a layer is normalized over the image, then scaled and shifted. All styles share the "
        "convolutions; each style $s$ has its own $\\gamma_s$ and $\\beta_s$.",
        r"z = \gamma_s \, \frac{x - \mu(x)}{\sigma(x)} + \beta_s",
    ),
    (
        "Style blending and strength",
        "The parameters of several styles are interpolated with blend weights $m_s$ that sum to 1. The identity (the "
        "unchanged photo) is one more style; the strength interpolates between it and the style.",
        r"\gamma = \sum_s m_s \gamma_s, \qquad \beta = \sum_s m_s \beta_s",
    ),
]
DETAILS = [
    (
        "Style loss: Gram matrices",
        "The Gram matrix contains the mean product of every pair of channels over all positions. The error of each "
        "layer is relative to the style's Gram matrix, so that one weight fits all styles.",
        r"G_{ab} = \tfrac{1}{n} \sum_{ij} F_{ija} F_{ijb}, \qquad "
        r"\mathcal{L}_\text{style} = \sum_l \frac{\lVert G^l - A^l \rVert^2}{\lVert A^l \rVert^2}",
    ),
    (
        "Temporal smoothing",
        "In a video, pixels that hardly change are blended with the previous frame, before and after stylization: $d$ "
        "is the change of a pixel's color, $h$ the smoothing.",
        r"x_t \leftarrow x_t + h \, e^{-(d / \tau)^2} (x_{t-1} - x_t)",
    ),
]

PAPERS = """
- Johnson, Alahi & Fei-Fei 2016, *Perceptual Losses for Real-Time Style Transfer and Super-Resolution*,
  arXiv:1603.08155.
- Ulyanov, Vedaldi & Lempitsky 2016, *Instance Normalization: The Missing Ingredient for Fast Stylization*,
  arXiv:1607.08022.
- Dumoulin, Shlens & Kudlur 2017, *A Learned Representation for Artistic Style*, arXiv:1610.07629: conditional
  instance normalization, style blending.
- Gatys, Ecker & Bethge 2015, *A Neural Algorithm of Artistic Style*, arXiv:1508.06576: the losses.
- Ruder, Dosovitskiy & Brox 2016, *Artistic Style Transfer for Videos*, arXiv:1604.08610: temporal consistency.
- Sugawara, Shiota & Kiya 2018, *Super-Resolution Using Convolutional Neural Networks Without Any Checkerboard
  Artifacts*, arXiv:1806.02658: the 2 x 2 average pooling after each upsampling.
"""

FUNCTIONS = [
    live_style.build,
    live_style.stylize,
    live_style_losses.perceptual_losses,
    style_training.train_style,
    live_style_video.temporal_smoothing,
    style_losses.gram_matrix,
]


@st.cache_data(show_spinner=False)
def _styles_image() -> bytes:
    return images.png(images.decode(weights.path(live_style.NAME, ".styles.webp").read_bytes(), max_side=2000)[0])


def show(model: LiveStyle) -> None:
    """Theory and sources; independent of the chosen style."""
    with st.container(key="result_how_it_works"):
        code_panel.equations((f"{title}.", text, formula) for title, text, formula in EQUATIONS)
    code_panel.equations((f"{title}.", text, formula) for title, text, formula in DETAILS)
    st.subheader("The sixteen built-in styles", anchor=False)
    st.image(_styles_image(), width=1100, output_format="PNG")
    st.caption(", ".join(common.load().names))
    st.subheader("Source code", anchor=False)
    code_panel.sources(FUNCTIONS)
    st.subheader("Papers", anchor=False)
    st.markdown(PAPERS)
