"""The cards of the home page: one per technique, with an image that our models generated and links into the page."""

from html import escape

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.gan import training_history
from genmodels.media import images
from genmodels.progressive_gan import training_history as progressive_history
from genmodels.text_generation import char_rnn, generation
from genmodels.vae import latent_map
from ui import model_loading

PROMPT = "the lecturer put the chalk down and said that "
STYLE = """<style>
.st-key-cards [data-testid="stImage"] img { height: 136px; object-fit: cover; border-radius: 0.5rem; }
.st-key-cards h3 { font-size: 1.2rem; padding: 0; }
.st-key-cards [data-testid="stMarkdown"] p { font-size: 0.94rem; line-height: 1.45; }
.st-key-cards .sample { height: 136px; overflow: hidden; font: 1rem/1.55 Georgia, "DejaVu Serif", serif; }
.st-key-cards .sample { white-space: pre-wrap; overflow-wrap: anywhere; }
</style>"""


# --- the images of the cards ------------------------------------------------------------------


@st.cache_data(show_spinner=False)
def _latent_plane() -> bytes:
    """A part of the VAE's decoded latent plane, as a PNG file: encoding it takes longer than the rest of the page."""
    sheet = latent_map.decoded_sheet("fashion_mnist")
    rows, columns = (np.linspace(6, len(sheet) - 7, n).round().astype(int) for n in (5, 15))
    return images.png(images.tile(sheet[np.ix_(rows, columns)]), scale=3)


@st.cache_data(show_spinner=False)
def _built_in_network(suffix: str) -> bytes:
    """An image that the built-in network generated, as a PNG file."""
    return images.png(images.decode(weights.path("backbone_builtin", suffix).read_bytes())[0])


@st.cache_data(show_spinner=False)
def _styles() -> bytes:
    """One photo in every style, as a PNG file.

    1460 pixels wide: st.image shrinks wider ones, for every visitor again. The sheet's lower rows are placed
    beside its upper ones, because a card is wide.
    """
    sheet = images.decode(weights.path("live_style_builtin", ".styles.webp").read_bytes(), max_side=730)[0]
    return images.png(np.concatenate(np.split(sheet, 2), axis=1))


@st.cache_data(show_spinner=False)
def _latent_projection() -> bytes:
    """Reconstructions of the stacked autoencoder at the t-SNE positions of their codes, as a PNG file."""
    file = weights.path("autoencoders_latent_map", ".images.webp")
    return images.png(images.decode(file.read_bytes(), max_side=1200)[0])


@st.cache_data(show_spinner=False)
def _gan_samples() -> bytes:
    """Samples of the conditional GAN at the end of its training, a class per column, as a PNG file."""
    history = training_history.read("fashion_conditional")
    grid = training_history.sample_grid(history, -1)
    return images.png(grid[: 4 * history.sample_grids.shape[2]], scale=3)


@st.cache_data(show_spinner=False)
def _progressive_growing() -> bytes:
    """The ProGAN's samples of the same latent vectors at the end of each resolution, as a PNG file."""
    history = progressive_history.read("fashion")
    last = [int(np.flatnonzero(history.resolution == r)[-1]) for r in np.unique(history.resolution)]
    return images.png(images.tile(history.sample_grids[last, :14]), scale=3)


@st.cache_data(show_spinner=False)
def _style_gan_samples() -> bytes:
    """Samples of the StyleGAN for CIFAR-10, a class per column, as a PNG file."""
    sheet = images.decode(weights.path("style_gan_cifar10", ".samples.webp").read_bytes())[0]
    return images.png(sheet[: len(sheet) // 2], scale=3)


@st.cache_data(show_spinner=False)
def _generated_text() -> str:
    """Text that the model generated, as HTML; the background of a character shows its surprisal."""
    model = char_rnn.load()
    text = PROMPT + generation.generate_text(model, PROMPT, length=260, seed=3)
    opacity = np.clip(char_rnn.negative_log_likelihood(model, text) / 4, 0, 1)
    characters = (
        f'<span style="background: rgba(230, 85, 13, {alpha:.2f})">{escape(character)}</span>'
        for character, alpha in zip(text, opacity, strict=True)
    )
    return f"<div class='sample'>{''.join(characters)}</div>"


# --- the cards --------------------------------------------------------------------------------

CARDS = (  # title, sentences, page, image, links: (label, icon, query)
    (
        "Variational autoencoder",
        "Encode an image as a Gaussian in a small latent space and decode any latent vector. Interpolation, concept "
        "vectors, reparameterization, posterior collapse.",
        "pages/vae/page.py",
        _latent_plane,
        (
            ("2-D latent space", "arrow_forward", {}),
            ("Latent sliders", "tune", {"vae_tab": "Latent sliders"}),
            ("Encode your image", "draw", {"vae_tab": "Encode your image", "vae_data": "MNIST"}),
            ("Train", "model_training", {"vae_tab": "Train"}),
        ),
    ),
    (
        "Character LSTM",
        "Generate text character by character: softmax, temperature, sampling. Surprisal of any text, gates and cell "
        "states of one LSTM unit, training on your own text.",
        "pages/text_generation/page.py",
        _generated_text,
        (
            ("Generate text", "arrow_forward", {}),
            ("Temperature", "device_thermostat", {"text_tab": "Compare temperatures"}),
            ("Inspect the LSTM", "memory", {"text_tab": "Inspect the LSTM"}),
        ),
    ),
    (
        "DeepDream",
        "Gradient ascent on the pixels of a photo, octave by octave, to maximize the activations of layers, one "
        "channel, a class or the features of a guide image.",
        "pages/deep_dream/page.py",
        lambda: _built_in_network(".dream.webp"),
        (
            ("Dream on a photo", "arrow_forward", {}),
            ("Octaves", "layers", {"dream_tab": "Dream"}),
            ("Maximize a class", "pets", {"dream_objective": "Class (logit)"}),
        ),
    ),
    (
        "Style transfer",
        "Optimize the pixels of an image: content loss, style loss on Gram matrices, total variation. Change the "
        "loss weights while it runs; L-BFGS or Adam.",
        "pages/style_transfer/page.py",
        lambda: _built_in_network(".style.webp"),
        (
            ("Stylize a photo", "arrow_forward", {}),
            ("Loss weights", "balance", {"style_tab": "Style transfer"}),
            ("Gram matrices", "grid_on", {"style_tab": "Gram matrices"}),
        ),
    ),
    (
        "Live style transfer",
        "Fast style transfer: one feed-forward network with conditional instance normalization, sixteen styles and "
        "their blends, on photos, videos and the webcam.",
        "pages/live_style/page.py",
        _styles,
        (
            ("Stylize a photo", "arrow_forward", {}),
            ("Camera", "videocam", {"fast_style_tab": "Camera"}),
            ("Add a style", "school", {"fast_style_tab": "Add a style"}),
        ),
    ),
    (
        "Generative adversarial networks",
        "From the dense GAN to DCGAN, conditional GAN and WGAN-GP. Latent directions and arithmetic, mode collapse in "
        "two dimensions, ablations, live training.",
        "pages/gan/page.py",
        _gan_samples,
        (
            ("Explore", "arrow_forward", {}),
            ("Latent sliders", "tune", {"gan_tab": "Explore", "gan_view": "Latent sliders"}),
            ("2-D GAN", "scatter_plot", {"gan_tab": "2-D GAN"}),
            ("Ablations", "science", {"gan_tab": "Ablations"}),
        ),
    ),
    (
        "Progressive GAN",
        "A GAN that grows from 4 to 32 pixels during training: new layers are faded in with a factor alpha. All "
        "resolutions of one latent vector, the training history.",
        "pages/progressive_gan/page.py",
        _progressive_growing,
        (
            ("Fade-in", "arrow_forward", {}),
            ("Resolutions", "photo_size_select_large", {"progan_tab": "Resolutions"}),
            ("Training history", "history", {"progan_tab": "Training history"}),
        ),
    ),
    (
        "StyleGAN",
        "A mapping network and styles per layer: style mixing, truncation, noise, principal directions, a class per "
        "column. Paths in Z and in W.",
        "pages/style_gan/page.py",
        _style_gan_samples,
        (
            ("Explore", "arrow_forward", {}),
            ("Style mixing", "grid_on", {"style_gan_tab": "Style mixing"}),
            ("Truncation", "compress", {"style_gan_tab": "Truncation"}),
            ("Noise", "grain", {"style_gan_tab": "Noise"}),
        ),
    ),
    (
        "Autoencoders",
        "Stacked, tied weights, convolutional, recurrent, denoising, sparse, hashing: one image through all of them. "
        "Codings by t-SNE and PCA, unsupervised pretraining.",
        "pages/autoencoders/page.py",
        _latent_projection,
        (
            ("Compare all", "arrow_forward", {}),
            ("Denoising", "blur_on", {"ae_tab": "Denoising and sparsity", "ae_constraint_view": "Denoising"}),
            (
                "t-SNE of the codes",
                "scatter_plot",
                {"ae_tab": "Latent projections", "ae_projections_view": "t-SNE and PCA map"},
            ),
        ),
    ),
    (
        "What convnets learn",
        "The activations of every layer on your photo, visualizations of every filter, class activation heatmaps "
        "(Grad-CAM) and their sanity check.",
        "pages/convnet_visualization/page.py",
        lambda: _built_in_network(".classes.webp"),
        (
            ("View activations", "arrow_forward", {}),
            ("Filter visualization", "filter_vintage", {"convnet_tab": "Filter visualization"}),
            ("Grad-CAM", "my_location", {"convnet_tab": "Grad-CAM"}),
        ),
    ),
)


def show() -> None:
    st.html(STYLE)
    with st.container(key="cards", horizontal=True, gap="small"):
        for title, sentences, page, image, links in CARDS:
            with st.container(border=True, width=462, height="stretch", gap="small"):
                with model_loading.show_weight_errors():
                    content = image()
                    if isinstance(content, bytes):
                        st.image(content, width="stretch", output_format="PNG")
                    else:
                        st.html(content)
                st.subheader(title, anchor=False)
                st.markdown(sentences)
                with st.container(horizontal=True, gap="xsmall"):
                    for label, icon, query in links:
                        st.page_link(page, label=label, icon=f":material/{icon}:", query_params=query)
