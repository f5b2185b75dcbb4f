"""The gallery: a card a technique, with a picture our models made."""

import numpy as np
import streamlit as st

from genmodels import images, latent_map
from ui import engine
from ui.pictures import show
from ui.shell import explain

COMING = [  # family, technique, what one will do there
    (
        "Text",
        "Character LSTM",
        ":material/edit_note:",
        "Watch every next character being decided, and turn the temperature.",
    ),
    ("Images", "DeepDream", ":material/landscape:", "Let a network exaggerate what it sees, octave by octave."),
    ("Images", "What convnets see", ":material/visibility:", "Activations, filters and heat maps on your own picture."),
    ("Images", "Style transfer", ":material/palette:", "A photo in the manner of a painting, every loss term in view."),
    ("Images", "Live style", ":material/videocam:", "Your webcam, restyled as you move."),
    ("Adversaries", "GAN", ":material/swords:", "Train one before your eyes, then break it on purpose."),
    ("Latent spaces", "Autoencoders", ":material/compress:", "The whole family side by side on one picture."),
]


@st.cache_data(show_spinner=False)
def _banner(name: str, rows: int, columns: int) -> np.ndarray:
    """A cut-out of the decoded plane."""
    sheet = latent_map.sheet(name)
    steps = [np.linspace(6, len(sheet) - 7, n).round().astype(int) for n in (rows, columns)]
    return images.tile(sheet[np.ix_(*steps)])


st.title("GenModels", anchor=False)
explain(
    "See, touch and train the classical generative networks. Everything here runs on this machine: no GPU, no "
    "internet, and every weight trained by this project's own scripts."
)
st.html("<div style='height: 0.5rem'></div>")
with st.container(border=True):
    text, picture = st.columns([2, 3], gap="large", vertical_alignment="center")
    with text:
        st.caption("LATENT SPACES")
        st.subheader("Variational autoencoder", anchor=False)
        st.markdown(
            "Drag a point through a plane of clothes and digits and the picture follows your hand. Draw your own and "
            "see where it lands, walk from a sneaker to a boot, train one in a minute."
        )
        with st.container(horizontal=True):
            st.page_link("pages/vae/page.py", label="Open the latent pad", icon=":material/arrow_forward:")
            st.page_link(
                "pages/vae/page.py",
                label="Draw a digit",
                icon=":material/draw:",
                query_params={"vae_tab": "Your own picture", "vae_data": "Digits"},
            )
            st.page_link(
                "pages/vae/page.py",
                label="Train one",
                icon=":material/model_training:",
                query_params={"vae_tab": "Train it"},
            )
    with picture, engine.told():
        show(_banner("fashion_mnist", 5, 11))

st.subheader("Coming", anchor=False)
for row in range(0, len(COMING), 4):
    for column, (family, title, icon, promise) in zip(st.columns(4, gap="medium"), COMING[row : row + 4], strict=False):
        with column, st.container(border=True, height="stretch"):
            st.caption(family.upper())
            st.markdown(f"**{icon} {title}**  \n{promise}")
