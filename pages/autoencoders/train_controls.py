"""The controls of a training, and their values as the arguments of `training.train`."""

from typing import Any

import streamlit as st

from genmodels.autoencoders.config import MODELS, Config
from pages.autoencoders import common
from pages.autoencoders.train_view import DATA
from ui import presets_and_reset

IMAGES_PER_REPORT = 1024
LEARNING_RATES = (1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.004, 0.01, 0.02, 0.05, 0.1, 0.2)
DEFAULT_LEARNING_RATES = {"linear": 0.001, "recurrent": 0.004, "hashing": 0.001}  # of the pretrained models
DEFAULT_LEARNING_RATE = 0.002  # of the others
SPARSITY_WEIGHTS = ("0", "0.00001", "0.0001", "0.001", "0.005", "0.01", "0.05")
SMALL_EPOCHS = {"greedy": 45, "hashing": 50, "convolutional": 15, "recurrent": 40, "others": 30}  # of 1,500 images
LARGE_EPOCHS = {"greedy": 6, "hashing": 5, "convolutional": 2, "recurrent": 2, "others": 4}  # of 60,000 images


def controls() -> None:
    st.selectbox(
        "Data",
        list(DATA),
        format_func=DATA.__getitem__,
        key="ae_train_data",
        on_change=lambda: presets_and_reset.set_widgets(defaults()),
        help="Digits: 1,500 scans from scikit-learn, enlarged; half a minute of training. The others: 60,000 images, "
        "recognizable within seconds and better with more time.",
        **common.URL_BOUND,
    )
    st.selectbox(
        "Autoencoder",
        list(common.MODELS),
        index=list(common.MODELS).index("Stacked"),
        key="ae_train_model",
        on_change=lambda: presets_and_reset.set_widgets(defaults()),
        help="Sets the other controls to the defaults of this autoencoder. Per image, the convolutional one takes four "
        "times as long as a dense one, the recurrent one six times.",
        **common.URL_BOUND,
    )
    config, values = _default_config(), defaults()
    st.select_slider(
        "Code size",
        (2, 4, 8, 16, 30, 64, 128, 300),
        value=values["ae_train_code_size"],
        key="ae_train_code_size",
        help="Units in the code. Smaller: stronger compression, blurrier reconstruction.",
        **common.URL_BOUND,
    )
    if config.noise_type != "none":
        _noise_level(config, values["ae_train_noise_level"])
    if config.sparsity_penalty != "none":
        st.select_slider(
            "Sparsity weight λ",
            SPARSITY_WEIGHTS,
            value=values["ae_train_sparsity_weight"],
            key="ae_train_sparsity_weight",
            help="0: no sparsity. Higher: fewer active units; too high: all units inactive, constant output.",
            **common.URL_BOUND,
        )
    st.select_slider(
        "Learning rate",
        LEARNING_RATES,
        value=values["ae_train_learning_rate"],
        key="ae_train_learning_rate",
        help="Initial learning rate of Adam; it decreases to zero. Above 0.05 most models diverge.",
        **common.URL_BOUND,
    )
    with st.popover("More settings", width="stretch"):
        tip = "Images per step. Small: more steps per epoch. Large: more images per second."
        sizes, size = (16, 32, 64, 128, 256), values["ae_train_batch_size"]
        st.select_slider("Batch size", sizes, size, key="ae_train_batch_size", help=tip, **common.URL_BOUND)
        tip = "Passes over the training images. The learning rate decreases to zero over them. You can stop earlier."
        st.slider("Epochs", 1, 100, values["ae_train_epochs"], key="ae_train_epochs", help=tip, **common.URL_BOUND)
        tip = "Seed of the initial weights and of the order of the images. The same seed repeats the training."
        st.number_input("Seed", 0, 9999, key="ae_train_seed", help=tip, **common.URL_BOUND)
        tip = "The defaults of this autoencoder and data set."
        presets_and_reset.reset(values, key="ae_train_reset", help=tip)


def _noise_level(config: Config, default: float) -> None:
    dropout = config.noise_type == "dropout"
    label = "Noise level (fraction dropped)" if dropout else "Noise level (σ)"
    tip = "Corruption of the inputs during training; the targets are clean. 0: a plain autoencoder. "
    tip += "0.9: one pixel in ten is left." if dropout else "0.9: hardly anything of the image is visible."
    st.slider(label, 0.0, 0.9, default, 0.05, key="ae_train_noise_level", help=tip, **common.URL_BOUND)


def _default_config() -> Config:
    """The configuration of the selected autoencoder in `weights/`."""
    return MODELS[common.NAMES[st.session_state["ae_train_model"]]]


def defaults() -> dict[str, Any]:
    """The defaults of all controls but Data and Autoencoder, for the selected ones."""
    name, config = common.NAMES[st.session_state["ae_train_model"]], _default_config()
    small = st.session_state["ae_train_data"] == "digits"
    epochs = SMALL_EPOCHS if small else LARGE_EPOCHS
    weight = next((each for each in SPARSITY_WEIGHTS if float(each) == config.sparsity_weight), "0")
    return {
        "ae_train_code_size": config.code_size,
        "ae_train_noise_level": config.noise_level,
        "ae_train_sparsity_weight": weight,
        "ae_train_learning_rate": DEFAULT_LEARNING_RATES.get(name, DEFAULT_LEARNING_RATE),
        "ae_train_batch_size": 32 if small else 128,
        "ae_train_epochs": epochs.get(name, epochs["others"]),
        "ae_train_seed": 0,
    }


def settings() -> dict[str, Any]:
    """The controls as the arguments of `replace`, `autoencoders.build` and `training.train`."""
    config, state = _default_config(), st.session_state
    changes = {"code_size": state["ae_train_code_size"]}
    if config.noise_type != "none":
        changes["noise_level"] = state["ae_train_noise_level"]
    if config.sparsity_penalty != "none":
        changes["sparsity_weight"] = float(state["ae_train_sparsity_weight"])
    batch_size = state["ae_train_batch_size"]
    return {
        "data": state["ae_train_data"],
        "model": common.NAMES[state["ae_train_model"]],
        "changes": changes,
        "train": {
            "epochs": state["ae_train_epochs"],
            "batch_size": batch_size,
            "learning_rate": state["ae_train_learning_rate"],
            "report_every": IMAGES_PER_REPORT // batch_size,
            "seed": state["ae_train_seed"],
        },
    }
