"""The controls of a training, and what they mean to `gan_training.train`."""

from dataclasses import replace
from typing import Any

import streamlit as st

from genmodels.data import datasets
from genmodels.gan import model as gan
from genmodels.gan.model import DEFAULT_HYPERPARAMETERS, WGAN_GP, Hyperparameters
from pages.gan import common
from ui import presets_and_reset

DATA = {"fashion_mnist": "Fashion-MNIST", "mnist": "MNIST", "digits": "8 x 8 digits", "cifar10": "CIFAR-10"}
NETWORKS = {"dcgan": "DCGAN", "dense": "Dense"}  # for 28 x 28 grey pixels; colour has one network only
TITLES = {"dcgan": "DCGAN", "dense": "Dense GAN", "color": "DCGAN"}
ALL, CHOOSE = "All kinds", "All, to choose from"
SLOW = 0.5  # seconds between two steps in slow motion
RATES = (2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005)

WAY: dict[str, Any] = {  # may change while it learns
    "ganlive_turn": "Both",
    "ganlive_d_rate": DEFAULT_HYPERPARAMETERS.discriminator_learning_rate,
    "ganlive_g_rate": DEFAULT_HYPERPARAMETERS.generator_learning_rate,
    "ganlive_noise": DEFAULT_HYPERPARAMETERS.label_noise,
    "ganlive_slow": False,
}
TRICKS: dict[str, Any] = {  # are built in
    "ganlive_objective": "Cross-entropy",
    "ganlive_output": "tanh",
    "ganlive_latent": "normal",
    "ganlive_activation": "LeakyReLU, strides",
    "ganlive_kernel": 4,
    "ganlive_dropout": DEFAULT_HYPERPARAMETERS.dropout,
    "ganlive_minibatch": "none",
    "ganlive_replay": 0.0,
    "ganlive_d_steps": 1,
    "ganlive_clip": 0.0,
}
RUN: dict[str, Any] = {"ganlive_epochs": 5, "ganlive_batch": 64, "ganlive_seed": 0}
ACTIVATIONS = {"LeakyReLU, strides": "leaky_relu", "ReLU, max pooling": "relu_and_pooling"}
OUTPUTS = {"tanh": "tanh", "sigmoid": "sigmoid", "tanh, data in [0, 1]": "tanh_0_1"}
OBJECTIVES = {"Cross-entropy": "gan", "Wasserstein (WGAN-GP)": "wgan_gp"}
TURNS = {"Both": "both", "Discriminator": "discriminator", "Generator": "generator"}

CLOTHES = {"ganlive_data": "fashion_mnist", "ganlive_network": "dcgan", "ganlive_kinds": ALL}
TRIES: list[tuple[str, dict[str, Any], str]] = [  # what to train, and what to look for
    ("One kind only", CLOTHES | {"ganlive_kinds": "Sneaker"}, "Sneakers and nothing else: far less to learn."),
    ("To choose from", CLOTHES | {"ganlive_kinds": CHOOSE}, "Each column of the wall is asked for one kind."),
    (
        "Dense layers",
        CLOTHES | {"ganlive_network": "dense"},
        "Quicker steps, noisier pictures: they know nothing of neighbouring pixels.",
    ),
    (
        "Compare a whole batch",
        CLOTHES | {"ganlive_minibatch": "discrimination"},
        "A judge who sees 64 at once is hard to fool, and a better teacher: things with sleeves come sooner.",
    ),
    (
        "Too strong a judge",
        CLOTHES | {"ganlive_d_rate": 0.005, "ganlive_dropout": 0.0, "ganlive_noise": 0.0, "ganlive_d_steps": 3},
        "The discriminator is soon always right. What is left to learn from it?",
    ),
    (
        "Wasserstein",
        CLOTHES | {"ganlive_objective": "Wasserstein (WGAN-GP)"},
        "Slower, but here the loss says something: it comes up to zero as the pictures get better.",
    ),
]


def setup() -> None:
    """What is decided before a training begins."""
    st.selectbox(
        "Data",
        list(DATA),
        index=list(DATA).index("fashion_mnist" if datasets.available("fashion_mnist") else "digits"),
        format_func=DATA.__getitem__,
        key="ganlive_data",
        on_change=_other_data,
        help="Fashion-MNIST, MNIST: 28 x 28, clothes or digits are recognisable after two or three minutes. 8 x 8 "
        "digits: always here, small and quick. CIFAR-10: 32 x 32 in colour, slow; take one kind.",
        **common.KEEP,
    )
    data = st.session_state["ganlive_data"] or "fashion_mnist"
    st.selectbox(
        "Pictures of",
        [ALL, CHOOSE, *datasets.CLASS_NAMES[data]],
        index=_first_kind(data),
        key="ganlive_kinds",
        help="All kinds, and it draws what it likes. All, to choose from: both networks are told the kind, and each "
        "column of the wall asks for one. One kind: the least to learn.",
        **common.KEEP,
    )
    st.selectbox(
        "Network",
        list(NETWORKS),
        format_func=lambda each: "DCGAN, in colour" if data == "cifar10" else NETWORKS[each],
        key="ganlive_network",
        disabled=data == "cifar10",
        help="DCGAN: convolutions, which know that neighbouring pixels belong together. Dense: layers that do not, "
        "quicker and noisier.",
        **common.KEEP,
    )
    with st.popover("Tricks", width="stretch", icon=":material/tune:"):
        _tricks()
    with st.popover("More", width="stretch"):
        st.slider(
            "Epochs", 1, 50, RUN["ganlive_epochs"], key="ganlive_epochs", help="Stop when you like.", **common.KEEP
        )
        tip = "Pictures per step. Large: steadier, slower steps."
        st.select_slider(
            "Batch size", (32, 64, 128, 256), RUN["ganlive_batch"], key="ganlive_batch", help=tip, **common.KEEP
        )
        st.number_input("Seed", 0, 9999, key="ganlive_seed", help="The same seed, the same training.", **common.KEEP)
        presets_and_reset.reset(RUN, key="ganlive_run_reset")


def while_it_learns() -> None:
    """The controls that a running training looks at before every step."""
    st.selectbox(
        "Who learns",
        list(TURNS),
        key="ganlive_turn",
        help="May be changed at any time. Discriminator alone: its accuracy goes to 100 %. Generator alone: it "
        "finds what fools a judge that stands still.",
        **common.KEEP,
    )
    for key, who in (("ganlive_d_rate", "Discriminator"), ("ganlive_g_rate", "Generator")):
        tip = "Adam's learning rate; may be changed at any time. Ten times as high as the other's: that side wins."
        st.select_slider(f"{who}'s rate", RATES, WAY[key], key=key, help=tip, **common.KEEP)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle("Slow motion", key="ganlive_slow", help="Two steps a second, each one shown.", **common.KEEP)
        presets_and_reset.reset(WAY, key="ganlive_way_reset")


def _tricks() -> None:
    st.caption("Label noise may be changed at any time, the others are built in: they count from the next Train on.")
    tip = "Real is a number from 1 - noise to 1, fake one from 0 to noise: nothing is ever quite certain."
    st.slider("Label noise", 0.0, 0.3, WAY["ganlive_noise"], 0.01, key="ganlive_noise", help=tip, **common.KEEP)
    left, right = st.columns(2, gap="medium")
    for place, label, key, choices, tip in (
        (
            left,
            "Loss",
            "objective",
            tuple(OBJECTIVES),
            "WGAN-GP: a critic without bounds, three steps of its own to one, no dropout, no label noise. Slow, safe.",
        ),
        (
            left,
            "Last activation",
            "output",
            tuple(OUTPUTS),
            "tanh with data in [-1, 1], sigmoid with data in [0, 1]. Tanh with data in [0, 1] is a known slip.",
        ),
        (left, "Noise", "latent", gan.LATENT_DISTRIBUTIONS, "Where codes come from."),
        (left, "Activation", "activation", tuple(ACTIVATIONS), "ReLU and pooling have no gradient in many places."),
        (right, "Kernel", "kernel", (4, 5), "5 is not divisible by the stride of 2: a checkerboard may appear."),
        (
            right,
            "Whole batch",
            "minibatch",
            gan.MINIBATCH_LAYERS,
            "What the discriminator is told of a batch: sameness shows.",
        ),
    ):
        place.selectbox(label, choices, key=f"ganlive_{key}", help=tip, **common.KEEP)
    for place, label, key, top, step, tip in (
        (right, "Dropout", "dropout", 0.7, 0.1, "Share of the discriminator's features left out: it learns slower."),
        (right, "Replay", "replay", 0.5, 0.1, "Share of old fakes among those shown to the discriminator."),
        (left, "Clip gradients", "clip", 2.0, 0.1, "No component of a gradient is longer. 0: off."),
    ):
        place.slider(label, 0.0, top, TRICKS[f"ganlive_{key}"], step, key=f"ganlive_{key}", help=tip, **common.KEEP)
    tip = "For one of the generator."
    right.slider("Discriminator's steps", 1, 5, 1, key="ganlive_d_steps", help=tip, **common.KEEP)
    presets_and_reset.reset(TRICKS | {"ganlive_noise": WAY["ganlive_noise"]}, key="ganlive_tricks_reset")


def _other_data() -> None:
    data = st.session_state["ganlive_data"]
    presets_and_reset.set_widgets({"ganlive_kinds": [ALL, CHOOSE, *datasets.CLASS_NAMES[data]][_first_kind(data)]})


def _first_kind(data: str) -> int:
    return 2 + datasets.CLASS_NAMES["cifar10"].index("frog") if data == "cifar10" else 0


def kept(data: str) -> int | None:
    """The one class that is wanted, or None for all of them."""
    kinds, names = st.session_state["ganlive_kinds"], datasets.CLASS_NAMES[data]
    return names.index(kinds) if kinds in names else None


def way() -> dict[str, Any]:
    """The controls as fields of `gan_training.Controls`."""
    turn, d_rate, g_rate, noise, slow = (st.session_state.get(key, WAY[key]) for key in WAY)
    return {
        "discriminator_learning_rate": d_rate,
        "generator_learning_rate": g_rate,
        "train": TURNS[turn or "Both"],
        "label_noise": noise,
        "pause_between": SLOW if slow else 0.0,
    }


def asked() -> Hyperparameters:
    """The switches as `gan.Hyperparameters`."""
    now = {key.removeprefix("ganlive_"): st.session_state.get(key, TRICKS[key]) for key in TRICKS}
    rates = way()
    if OBJECTIVES[now["objective"]] == "wgan_gp":
        hyperparameters = replace(WGAN_GP, output_activation=OUTPUTS[now["output"]], latent_distribution=now["latent"])
    else:
        hyperparameters = Hyperparameters(
            output_activation=OUTPUTS[now["output"]],
            latent_distribution=now["latent"],
            label_noise=rates["label_noise"],
            dropout=now["dropout"],
            activation=ACTIVATIONS[now["activation"]],
            replay_fraction=now["replay"],
            minibatch_layer=now["minibatch"],
            gradient_clip=now["clip"],
            discriminator_steps=now["d_steps"],
        )
    return replace(
        hyperparameters,
        kernel_size=now["kernel"],
        discriminator_learning_rate=rates["discriminator_learning_rate"],
        generator_learning_rate=rates["generator_learning_rate"],
    )


def settings() -> dict[str, Any]:
    """The controls as the data and the arguments of `gan_training.train`."""
    data = st.session_state["ganlive_data"] or "fashion_mnist"
    epochs, batch, seed = (st.session_state.get(key, RUN[key]) for key in RUN)
    return {
        "data": data,
        "keep": kept(data),
        "choose": st.session_state["ganlive_kinds"] == CHOOSE,
        "train": {
            "architecture": "color" if data == "cifar10" else st.session_state["ganlive_network"] or "dcgan",
            "hyperparameters": asked(),
            "epochs": epochs,
            "batch_size": batch,
            "seed": seed,
        },
    }
