"""Controls of the tab "Train", and their values as arguments of `genmodels.gan.training.train`."""

from dataclasses import replace
from typing import Any

import streamlit as st

from genmodels.data import datasets
from genmodels.gan import config
from genmodels.gan.config import DEFAULT_HYPERPARAMETERS, WGAN_GP, Hyperparameters
from pages.gan import common, shared_controls
from ui import presets_and_reset

DATA = {"fashion_mnist": "Fashion-MNIST", "mnist": "MNIST", "digits": "8 x 8 digits", "cifar10": "CIFAR-10"}
ARCHITECTURES = {"dcgan": "DCGAN", "dense": "Dense"}  # of 28 x 28 gray pixels; color images have one architecture
TITLES = {"dcgan": "DCGAN", "dense": "Dense GAN", "color": "DCGAN"}
ALL, CONDITIONAL = "All classes", "All classes, conditional GAN"
SLOW_MOTION_PAUSE = 0.5  # seconds between two steps
LEARNING_RATES = (2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005)
ACTIVATIONS = {"LeakyReLU, strides": "leaky_relu", "ReLU, max pooling": "relu_and_pooling"}
OUTPUT_ACTIVATIONS = {"tanh": "tanh", "sigmoid": "sigmoid", "tanh, data in [0, 1]": "tanh_0_1"}
OBJECTIVES = {"Cross-entropy": "gan", "Wasserstein (WGAN-GP)": "wgan_gp"}

TRAINING_DEFAULTS: dict[str, Any] = {  # may change during training
    "gan_train_networks_to_update": "Both",
    "gan_train_discriminator_learning_rate": DEFAULT_HYPERPARAMETERS.discriminator_learning_rate,
    "gan_train_generator_learning_rate": DEFAULT_HYPERPARAMETERS.generator_learning_rate,
    "gan_train_label_noise": DEFAULT_HYPERPARAMETERS.label_noise,
    "gan_train_slow_motion": False,
}
HYPERPARAMETER_DEFAULTS: dict[str, Any] = {  # fixed during training; each key ends with a field of `Hyperparameters`
    "gan_train_objective": "Cross-entropy",
    "gan_train_output_activation": "tanh",
    "gan_train_latent_distribution": "normal",
    "gan_train_activation": "LeakyReLU, strides",
    "gan_train_kernel_size": DEFAULT_HYPERPARAMETERS.kernel_size,
    "gan_train_dropout": DEFAULT_HYPERPARAMETERS.dropout,
    "gan_train_minibatch_layer": "none",
    "gan_train_replay_fraction": 0.0,
    "gan_train_discriminator_steps": DEFAULT_HYPERPARAMETERS.discriminator_steps,
    "gan_train_gradient_clip": 0.0,
}
RUN_DEFAULTS: dict[str, Any] = {"gan_train_epochs": 5, "gan_train_batch_size": 64, "gan_train_seed": 0}

FASHION = {"gan_train_data": "fashion_mnist", "gan_train_architecture": "dcgan", "gan_train_classes": ALL}
SUGGESTED_RUNS: list[tuple[str, dict[str, Any], str]] = [  # title, changed settings, what it shows
    ("One class", FASHION | {"gan_train_classes": "Sneaker"}, "Sneakers only: recognizable after fewer steps."),
    ("Conditional GAN", FASHION | {"gan_train_classes": CONDITIONAL}, "One class per column of the grid of samples."),
    (
        "Dense layers",
        FASHION | {"gan_train_architecture": "dense"},
        "Faster steps, noisier images: no spatial structure in the layers.",
    ),
    (
        "Minibatch discrimination",
        FASHION | {"gan_train_minibatch_layer": "discrimination"},
        "The discriminator compares the samples of a batch, which counters mode collapse; shapes appear sooner.",
    ),
    (
        "Discriminator too strong",
        FASHION
        | {
            "gan_train_discriminator_learning_rate": 0.005,
            "gan_train_dropout": 0.0,
            "gan_train_label_noise": 0.0,
            "gan_train_discriminator_steps": 3,
        },
        "Discriminator accuracy near 1: the generator gets little gradient.",
    ),
    (
        "WGAN-GP",
        FASHION | {"gan_train_objective": "Wasserstein (WGAN-GP)"},
        "Slower, but the critic loss tracks the image quality: it approaches 0 from below.",
    ),
]


def data_set() -> str:
    return st.session_state["gan_train_data"] or "fashion_mnist"


def setup() -> None:
    """The controls that are fixed during training."""
    st.selectbox(
        "Data",
        list(DATA),
        index=list(DATA).index("fashion_mnist" if datasets.available("fashion_mnist") else "digits"),
        format_func=DATA.__getitem__,
        key="gan_train_data",
        on_change=_reset_classes,
        help="Fashion-MNIST, MNIST: 28 x 28, recognizable after two or three minutes. 8 x 8 digits: available without "
        "a download, small and fast. CIFAR-10: 32 x 32 in color, slow; choose one class.",
        **common.URL_BOUND,
    )
    data = data_set()
    st.selectbox(
        "Classes",
        _class_options(data),
        index=_default_class(data),
        key="gan_train_classes",
        help="All classes: unconditional GAN. Conditional: both networks receive the class label. One class: easiest "
        "to learn.",
        **common.URL_BOUND,
    )
    st.selectbox(
        "Architecture",
        list(ARCHITECTURES),
        format_func=lambda each: "DCGAN, color" if data == "cifar10" else ARCHITECTURES[each],
        key="gan_train_architecture",
        disabled=data == "cifar10",
        help="DCGAN: convolutions. Dense: fully connected layers, faster and noisier.",
        **common.URL_BOUND,
    )


def controls_while_training() -> None:
    """The controls that a running training reads before every step."""
    effect = "Applies immediately. Ten times that of the other network: the balance is lost."
    effects = {"Discriminator": effect, "Generator": effect}
    shared_controls.learning_rates("gan_train", LEARNING_RATES, TRAINING_DEFAULTS, effects)
    shared_controls.networks_to_update(
        "gan_train",
        "Applies immediately. Discriminator only: its accuracy approaches 100 %. Generator only: optimizes against a "
        "fixed discriminator.",
    )


def more_settings() -> None:
    with st.popover("Hyperparameters", width="stretch", icon=":material/tune:"):
        _hyperparameter_controls()
    with st.popover("More settings", width="stretch"):
        st.slider(
            "Epochs",
            1,
            50,
            RUN_DEFAULTS["gan_train_epochs"],
            key="gan_train_epochs",
            help="Passes over the training data. A run can be stopped at any time.",
            **common.URL_BOUND,
        )
        st.select_slider(
            "Batch size",
            (32, 64, 128, 256),
            RUN_DEFAULTS["gan_train_batch_size"],
            key="gan_train_batch_size",
            help="Images per update. Larger: less gradient noise, slower steps.",
            **common.URL_BOUND,
        )
        st.number_input(
            "Seed",
            0,
            9999,
            key="gan_train_seed",
            help="Random seed of the initial weights, the batches and the latent vectors.",
            **common.URL_BOUND,
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.toggle(
                "Slow motion",
                key="gan_train_slow_motion",
                help="Two training steps per second, each one displayed. Applies immediately.",
                **common.URL_BOUND,
            )
            presets_and_reset.reset(TRAINING_DEFAULTS | RUN_DEFAULTS, key="gan_train_reset")


def _hyperparameter_controls() -> None:
    st.caption("Label noise applies immediately; all other settings apply to the next training run.")
    st.slider(
        "Label noise",
        0.0,
        0.3,
        TRAINING_DEFAULTS["gan_train_label_noise"],
        0.01,
        key="gan_train_label_noise",
        help="Noisy labels (compare label smoothing): real in [1 − noise, 1], fake in [0, noise].",
        **common.URL_BOUND,
    )
    left, right = st.columns(2, gap="medium")
    for column, label, field, options, help_text in (
        (
            left,
            "Loss (objective)",
            "objective",
            tuple(OBJECTIVES),
            "WGAN-GP: critic with gradient penalty, 3 critic steps per generator step, no dropout or label noise. "
            "Slower, more stable.",
        ),
        (
            left,
            "Output activation",
            "output_activation",
            tuple(OUTPUT_ACTIVATIONS),
            "tanh with data in [−1, 1], sigmoid with data in [0, 1]. tanh with data in [0, 1] is a common error.",
        ),
        (left, "Latent distribution", "latent_distribution", config.LATENT_DISTRIBUTIONS, "Distribution of z."),
        (left, "Activation", "activation", tuple(ACTIVATIONS), "ReLU and max pooling give sparse gradients."),
        (
            right,
            "Kernel size",
            "kernel_size",
            (4, 5),
            "In pixels. 5 is not divisible by the stride of 2: checkerboard artifacts may appear.",
        ),
        (
            right,
            "Minibatch layer",
            "minibatch_layer",
            config.MINIBATCH_LAYERS,
            "Minibatch statistics passed to the discriminator, against mode collapse: none, standard deviation, or "
            "minibatch discrimination.",
        ),
    ):
        column.selectbox(label, options, key=f"gan_train_{field}", help=help_text, **common.URL_BOUND)
    for column, label, field, largest, help_text in (
        (right, "Dropout", "dropout", 0.7, "Dropout rate of the discriminator."),
        (
            right,
            "Experience replay",
            "replay_fraction",
            0.5,
            "Fraction of earlier fake images in each discriminator batch.",
        ),
        (left, "Gradient clipping", "gradient_clip", 2.0, "Largest absolute value of a gradient component. 0: off."),
    ):
        key = f"gan_train_{field}"
        default = HYPERPARAMETER_DEFAULTS[key]
        column.slider(label, 0.0, largest, default, 0.1, key=key, help=help_text, **common.URL_BOUND)
    shared_controls.discriminator_steps("gan_train", HYPERPARAMETER_DEFAULTS["gan_train_discriminator_steps"])
    label_noise = {"gan_train_label_noise": TRAINING_DEFAULTS["gan_train_label_noise"]}
    presets_and_reset.reset(HYPERPARAMETER_DEFAULTS | label_noise, key="gan_train_reset_hyperparameters")


def _class_options(data: str) -> list[str]:
    return [ALL, CONDITIONAL, *datasets.CLASS_NAMES[data]]


def _default_class(data: str) -> int:
    """Index in `_class_options`: one class of CIFAR-10, which is slow to learn, all classes of the other data."""
    return _class_options(data).index("frog") if data == "cifar10" else 0


def _reset_classes() -> None:
    data = st.session_state["gan_train_data"]
    presets_and_reset.set_widgets({"gan_train_classes": _class_options(data)[_default_class(data)]})


def only_class(data: str) -> int | None:
    """Index of the one class to train on; None for all classes."""
    choice, names = st.session_state["gan_train_classes"], datasets.CLASS_NAMES[data]
    return names.index(choice) if choice in names else None


def _values(defaults: dict[str, Any]) -> dict[str, Any]:
    """The widgets' values, without the prefix of their keys."""
    return {key.removeprefix("gan_train_"): st.session_state.get(key, default) for key, default in defaults.items()}


def training_settings() -> dict[str, Any]:
    """The training controls as fields of `train_step.Controls`."""
    values = _values(TRAINING_DEFAULTS)
    values["networks_to_update"] = shared_controls.NETWORKS_TO_UPDATE[values["networks_to_update"] or "Both"]
    values["pause_seconds"] = SLOW_MOTION_PAUSE if values.pop("slow_motion") else 0.0
    return values


def hyperparameters() -> Hyperparameters:
    values, training = _values(HYPERPARAMETER_DEFAULTS), training_settings()
    values["objective"] = OBJECTIVES[values["objective"]]
    values["output_activation"] = OUTPUT_ACTIVATIONS[values["output_activation"]]
    values["activation"] = ACTIVATIONS[values["activation"]]
    values["label_noise"] = training["label_noise"]
    learning_rates = {name: training[name] for name in ("discriminator_learning_rate", "generator_learning_rate")}
    if values["objective"] == "wgan_gp":  # the other values are part of the method
        chosen = {name: values[name] for name in ("output_activation", "latent_distribution", "kernel_size")}
        return replace(WGAN_GP, **chosen, **learning_rates)
    return replace(DEFAULT_HYPERPARAMETERS, **values, **learning_rates)


def settings() -> dict[str, Any]:
    """The data, and under "train" the arguments of `training.train`."""
    data, run = data_set(), _values(RUN_DEFAULTS)
    architecture = "color" if data == "cifar10" else st.session_state["gan_train_architecture"] or "dcgan"
    return {
        "data": data,
        "only_class": only_class(data),
        "conditional": st.session_state["gan_train_classes"] == CONDITIONAL,
        "train": {"architecture": architecture, "hyperparameters": hyperparameters(), **run},
    }
