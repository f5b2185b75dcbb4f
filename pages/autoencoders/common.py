"""What the autoencoder page's sections share: the members and their models, the one input, pictures to look at."""

from types import ModuleType
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.autoencoders import visualization as autoencoder_visualization
from genmodels.data import datasets, fashion_samples
from genmodels.data.fashion_samples import Pool
from ui import image_display, image_input, model_loading, training_data

KEEP: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that has a link
CLASSES = datasets.CLASS_NAMES[fashion_samples.DATA]
DATA = {"Clothes": "fashion_mnist", "Digits": "mnist"}  # what the visitor brings: how it is made like the data set
MEMBERS = {  # what the visitor reads: (name in `genmodels.autoencoders`, what keeps it from copying)
    "Linear": ("linear", "No activations at all: it finds what PCA finds."),
    "Stacked": ("stacked", "Few numbers: 784 pixels pass through 30."),
    "Tied weights": ("tied", "The decoder has the encoder's weights, turned round: half the parameters."),
    "Layer by layer": ("greedy", "The stacked one, its outer layers trained first, as was once the only way."),
    "Convolutional": ("convolutional", "It knows that pixels have neighbours."),
    "Recurrent": ("recurrent", "It reads the picture row by row, as a sequence."),
    "Denoising, Gaussian": ("denoising_gaussian", "It was shown noisy pictures and asked for the clean ones."),
    "Denoising, dropout": ("denoising_dropout", "It was shown half of the pixels and asked for all."),
    "Sparse, L1": ("sparse_l1", "300 numbers, each of which costs something as soon as it is used."),
    "Sparse, KL": ("sparse_kl", "300 numbers, the mean of each to be a tenth."),
    "Hashing": ("hashing", "16 bits: noise taught it to answer yes or no."),
}
COLUMNS = [3, 9]  # the input, and what comes of it
NAMES = {title: name for title, (name, _) in MEMBERS.items()}


def module() -> ModuleType:
    """`genmodels.autoencoders`, once Keras is there."""
    model_loading.wait_for_tensorflow()
    from genmodels.autoencoders import model as autoencoders

    return autoencoders


@model_loading.cached_model("Loading an autoencoder")
def load(name: str) -> Any:
    """A trained member, shared by all visitors: nobody trains or changes it."""
    return module().load(name)


@model_loading.cached_model("Loading the VAE")
def variational(name: str) -> tuple[ModuleType, Any]:
    """`genmodels.vae` and one of its models: the relative that has a page of its own."""
    from genmodels.vae import model as vae

    return vae, vae.load(name)


# --- pictures to look at ------------------------------------------------------------------------


@st.cache_resource(show_spinner="Reading the test pictures")
def _held_out() -> Pool:
    return fashion_samples.test_images()


@model_loading.cached_model("Drawing clothes")
def _drawn() -> Pool:
    return fashion_samples.generated_images()


def pool() -> Pool:
    """Clothes that none of these networks has seen: the data set's where it is on this machine, else our GAN's."""
    if not datasets.available(fashion_samples.DATA):
        return _drawn()
    try:
        return _held_out()
    except datasets.DatasetMissing as error:  # a damaged file
        st.warning(str(error), icon=":material/broken_image:")
        return _drawn()


def provenance() -> None:
    """One line that says where the pictures to look at come from and, where they are ours, a way to the real ones."""
    if pool().real:
        st.caption("Pictures: Fashion-MNIST's test rows, which no network here was trained on.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Fashion-MNIST is not on this machine: these clothes were drawn by our own GAN.", width="content")
        tip = "30 MB from the internet, once. Without it everything here works on the pictures that our GAN draws."
        if st.button("Fetch the real ones", key="ae_fetch", icon=":material/download:", type="tertiary", help=tip):
            try:
                with st.spinner("Fetching Fashion-MNIST"):
                    _held_out()
            except datasets.DatasetMissing as error:
                st.error(str(error), icon=":material/cloud_off:")
                return
            st.rerun()


# --- the one input ------------------------------------------------------------------------------


def given(place: DeltaGenerator, says: DeltaGenerator) -> np.ndarray | None:
    """The visitor's picture, (28, 28) uint8, the same on every section; None, and a sentence in `says`, without one.

    place: where the canvas, the upload or the sample goes.
    """
    with place:
        its = st.segmented_control(
            "What it shows", list(DATA), default="Clothes", required=True, key="ae_data", label_visibility="collapsed",
            help="All of them learnt clothes. A digit shows what they do with what they have never seen.", **KEEP,
        )  # fmt: skip
        name = DATA[its]
        source = image_input.source_control("ae", {})
        samples, made_by = _samples(name) if source == "Sample" else (np.zeros((0, 28, 28), "uint8"), "")
        stages = image_input.image_input(
            source, name, key="ae", message=says, generate=samples.__getitem__, count=len(samples), generated_note=made_by
        )
    return None if stages is None else stages[-1][1]


def _samples(name: str) -> tuple[np.ndarray, str]:
    """Pictures to choose from where the data set is not here, and where they come from, as half a sentence."""
    if name == fashion_samples.DATA:
        return pool().pictures, "our GAN drew this one"
    return training_data.load_images("digits", "test")[0], "this one is of scikit-learn's small digits, enlarged"


def there_and_back(model: Any, picture: np.ndarray, told: str) -> None:
    """A row of four: a picture (28, 28) uint8, its code, what comes back, what is off. told: of the code."""
    autoencoders = module()
    its = autoencoders.encode(model, picture[None])
    back = autoencoders.decode(model, its)[0]
    shown = [
        (picture, "Goes in"),
        (autoencoder_visualization.code_picture(its[0]), f"Its code: {its.shape[1]:,} numbers, {told}"),
        (back, "Comes back"),
        (
            autoencoder_visualization.errors(picture, back),
            f"Error {autoencoders.squared_error(model, picture[None])[0]:.4f}",
        ),
    ]
    for column, (each, caption) in zip(st.columns([1, 2, 1, 1], vertical_alignment="bottom"), shown, strict=True):
        image_display.show(each, place=column, caption=caption)
