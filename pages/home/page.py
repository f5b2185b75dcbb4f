"""The gallery: a card a technique, with a picture our models made."""

from html import escape

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels import weights
from genmodels.gan import training_history
from genmodels.media import images
from genmodels.text_generation import model as text_generation
from genmodels.vae import latent_map
from ui import model_loading
from ui.page_layout import reader_text


@st.cache_data(show_spinner=False)
def _banner(name: str, rows: int, columns: int) -> bytes:
    """A cut-out of the decoded plane, as a PNG file: encoding it takes longer than all else on this page."""
    sheet = latent_map.sheet(name)
    steps = [np.linspace(6, len(sheet) - 7, n).round().astype(int) for n in (rows, columns)]
    return images.png(images.tile(sheet[np.ix_(*steps)]), scale=3)


@st.cache_data(show_spinner=False)
def _made(suffix: str) -> bytes:
    """A picture that the built-in network made, as a PNG file."""
    return images.png(images.decode(weights.path("backbone_builtin", suffix).read_bytes())[0])


@st.cache_data(show_spinner=False)
def _styles() -> bytes:
    """One photo in every style, as a PNG file: the sheet's lower rows beside its upper ones, wide instead of high.

    1460 pixels wide: what is wider st.image makes smaller, for every visitor anew.
    """
    sheet = images.decode(weights.path("live_style_builtin", ".styles.webp").read_bytes(), max_side=730)[0]
    return images.png(np.concatenate(np.split(sheet, 2), axis=1))


@st.cache_data(show_spinner=False)
def _laid_out() -> bytes:
    """What the stacked autoencoder makes of clothes, where t-SNE puts their codes, as a PNG file."""
    return images.png(
        images.decode(weights.path("autoencoders_latent_map", ".images.webp").read_bytes(), max_side=1200)[0]
    )


@st.cache_data(show_spinner=False)
def _drawn() -> bytes:
    """Clothes that a GAN drew at the end of its training, a kind to each column, as a PNG file."""
    record = training_history.read("fashion_conditional")
    wall = training_history.sample_grid(record, -1)
    return images.png(wall[: 5 * record.walls.shape[2]], scale=3)


@st.cache_data(show_spinner=False)
def _sample() -> tuple[str, np.ndarray]:
    """What the text model writes, and how surprised it is by each character, 0 to 1."""
    model = text_generation.load()
    prompt = "the lecturer put the chalk down and said that "
    text = prompt + "".join(step.character for step in text_generation.generate(model, prompt, length=260, seed=3))
    return text, np.clip(text_generation.score(model, text) / 4, 0, 1)


def _text() -> str:
    """The sample as HTML, each character on a ground as strong as its surprise."""
    text, surprise = _sample()
    letters = (
        f'<span style="background: rgba(230, 85, 13, {share:.2f})">{escape(character)}</span>'
        for character, share in zip(text, surprise, strict=True)
    )
    style = 'font: 1.08rem/1.6 Georgia, "DejaVu Serif", serif; white-space: pre-wrap; overflow-wrap: anywhere'
    return f"<div style='{style}'>{''.join(letters)}</div>"


def _card(family: str, title: str, promise: str, page: str, *links: tuple[str, str, dict[str, str]]) -> DeltaGenerator:
    """A technique, with links (label, icon, query) into its page; returns the place for its picture."""
    text, picture = st.container(border=True).columns([2, 3], gap="large", vertical_alignment="center")
    with text:
        st.caption(family.upper())
        st.subheader(title, anchor=False)
        st.markdown(promise)
        with st.container(horizontal=True):
            for label, icon, query in links:
                st.page_link(page, label=label, icon=f":material/{icon}:", query_params=query)
    return picture.container()


st.title("GenModels", anchor=False)
reader_text(
    "See, touch and train the classical generative networks. Everything here runs on this machine: no GPU, no "
    "internet, and every weight trained by this project's own scripts."
)
st.html("<div style='height: 0.5rem'></div>")
with (
    _card(
        "Latent spaces",
        "Variational autoencoder",
        "Drag a point through a plane of clothes and digits and the picture follows your hand. Draw your own and see "
        "where it lands, walk from a sneaker to a boot, train one in a minute.",
        "pages/vae/page.py",
        ("Open the latent pad", "arrow_forward", {}),
        ("Draw a digit", "draw", {"vae_tab": "Your own picture", "vae_data": "Digits"}),
        ("Train one", "model_training", {"vae_tab": "Train it"}),
    ),
    model_loading.show_weight_errors(),
):
    st.image(_banner("fashion_mnist", 5, 11), width="stretch", output_format="PNG")

written = _card(
    "Text",
    "Character LSTM",
    "Watch every next character being decided, and turn the temperature. See what surprises the network, find the "
    "memory cell that follows a word, hold its gates, train your own.",
    "pages/text_generation/page.py",
    ("Watch it write", "arrow_forward", {}),
    ("Four temperatures", "device_thermostat", {"text_tab": "Four temperatures"}),
    ("Look inside", "memory", {"text_tab": "Inside the LSTM"}),
)

with (
    _card(
        "Seeing networks",
        "DeepDream",
        "Let a network exaggerate what it sees in your photo, octave by octave: whole layers, one channel, a class or "
        "the features of another picture. The network was trained here, and needs no download.",
        "pages/deep_dream/page.py",
        ("Dream on a photo", "arrow_forward", {}),
        ("More of a class", "pets", {"dream_by": "A class"}),
    ),
    model_loading.show_weight_errors(),
):
    st.image(_made(".dream.webp"), width="stretch", output_format="PNG")

with (
    _card(
        "Seeing networks",
        "What convnets see",
        "Every layer's answer to your picture, what each filter looks for, where the network looked when it named what "
        "it saw, and whether that map can be trusted. Right: twenty things as it imagines them.",
        "pages/convnet_visualization/page.py",
        ("Look through a photo", "arrow_forward", {}),
        ("What a filter looks for", "filter_vintage", {"views_tab": "What a filter looks for"}),
        ("Where it looked", "my_location", {"views_tab": "Grad-CAM"}),
    ),
    model_loading.show_weight_errors(),
):
    st.image(_made(".classes.webp"), width="stretch", output_format="PNG")

with (
    _card(
        "Images",
        "Style transfer",
        "A photo in the manner of a painting, forming before your eyes, with every loss term in view: turn a weight "
        "while it paints. Twelve styles drawn by this program, or your own; mixed, masked, or in the photo's colours.",
        "pages/style_transfer/page.py",
        ("Paint a photo", "arrow_forward", {}),
        ("What style is", "grid_on", {"style_tab": "What style is"}),
        ("All or nothing", "compare", {"style_tab": "Side by side", "style_switch": "All or nothing"}),
    ),
    model_loading.show_weight_errors(),
):
    st.image(_made(".style.webp"), width="stretch", output_format="PNG")

with (
    _card(
        "Images",
        "Live style",
        "One small network that has learnt sixteen styles, and everything between: your photo restyled as you pick, "
        "your film, or your webcam as you move. Teach it a style of your own in a minute or two.",
        "pages/live_style/page.py",
        ("Restyle a photo", "arrow_forward", {}),
        ("Camera", "videocam", {"live_tab": "Camera"}),
        ("Learn this style", "school", {"live_tab": "Learn this style"}),
    ),
    model_loading.show_weight_errors(),
):
    st.image(_styles(), width="stretch", output_format="PNG")

with (
    _card(
        "Latent spaces",
        "Generative adversarial networks",
        "A forger and a judge learn from each other. Turn what they have learnt, do sums with it, scrub through how "
        "they learnt it; watch the game in two dimensions, train one before your eyes, or break one on purpose.",
        "pages/gan/page.py",
        ("Explore", "arrow_forward", {}),
        ("In two dimensions", "scatter_plot", {"gan_tab": "Two dimensions"}),
        ("Break it", "broken_image", {"gan_tab": "Break it"}),
    ),
    model_loading.show_weight_errors(),
):
    st.image(_drawn(), width="stretch", output_format="PNG")

with (
    _card(
        "Latent spaces",
        "Autoencoders",
        "One picture, drawn by you, through the whole family: stacked, tied, convolutional, recurrent, denoising, "
        "sparse, hashing. See what each constraint costs and what it teaches, turn the noise up, search by sixteen "
        "bits. Right: thirty numbers of each garment, laid out by t-SNE.",
        "pages/autoencoders/page.py",
        ("All at once", "arrow_forward", {}),
        ("Noise in, clean out", "blur_on", {"ae_tab": "Noise"}),
        ("Thirty numbers on a plane", "scatter_plot", {"ae_tab": "Map"}),
    ),
    model_loading.show_weight_errors(),
):
    st.image(_laid_out(), width="stretch", output_format="PNG")

with written, model_loading.show_weight_errors():  # last: the network takes a moment to write it
    st.html(_text())
    st.caption("Written by the network just now; the stronger the colour, the less it expected the character.")
