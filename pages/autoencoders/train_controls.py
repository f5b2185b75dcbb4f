"""The controls of a training, and what they mean to `autoencoder_training.train`."""

from typing import Any

import streamlit as st

from genmodels.autoencoders.model import FAMILY, Recipe
from pages.autoencoders import common
from pages.autoencoders.train_view import DATA
from ui import presets_and_reset

PER_REPORT = 1024  # pictures between two looks at the held-out rows
RATES = (1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.004, 0.01, 0.02, 0.05, 0.1, 0.2)
USUAL_RATE = {"linear": 0.001, "recurrent": 0.004, "hashing": 0.001}  # as the shipped ones learnt; the others:
RATE = 0.002
WEIGHTS = ("0", "0.00001", "0.0001", "0.001", "0.005", "0.01", "0.05")
SMALL_EPOCHS = {"greedy": 45, "hashing": 50, "convolutional": 15, "recurrent": 40, "others": 30}  # of 1,500 pictures
LARGE_EPOCHS = {"greedy": 6, "hashing": 5, "convolutional": 2, "recurrent": 2, "others": 4}  # of 60,000


def setup() -> None:
    st.selectbox(
        "Data",
        list(DATA),
        format_func=DATA.__getitem__,
        key="ae_live_data",
        on_change=lambda: presets_and_reset.set_widgets(defaults()),
        help="Digits: 1,500 scans from scikit-learn, enlarged; done in half a minute. The others: 60,000 pictures, "
        "recognisable within seconds, better the longer you wait.",
        **common.KEEP,
    )
    st.selectbox(
        "Member",
        list(common.MEMBERS),
        index=list(common.MEMBERS).index("Stacked"),
        key="ae_live_member",
        on_change=lambda: presets_and_reset.set_widgets(defaults()),
        help="Which of the family learns, with the settings that are usual for it. The convolutional one takes four "
        "times as long for a picture, the recurrent one six times; all others are quick.",
        **common.KEEP,
    )
    recipe, usual = _usual(), defaults()
    st.select_slider(
        "Numbers in a code",
        (2, 4, 8, 16, 30, 64, 128, 300),
        value=usual["ae_live_codings"],
        key="ae_live_codings",
        help="Two: pictures that are alike come back as one and the same. Thirty: clothes keep their cut. More: "
        "sharper still, and less has to be understood.",
        **common.KEEP,
    )
    if recipe.corruption != "none":
        _amount(recipe, usual["ae_live_amount"])
    if recipe.sparsity != "none":
        st.select_slider(
            "Weight of the penalty",
            WEIGHTS,
            value=usual["ae_live_weight"],
            key="ae_live_weight",
            help="0: a code of many numbers, all in use. More: fewer of them speak, until they all fall silent and "
            "every picture comes back as the same blur.",
            **common.KEEP,
        )
    st.select_slider(
        "Learning rate",
        RATES,
        value=usual["ae_live_rate"],
        key="ae_live_rate",
        help="Adam's step size at the beginning; it falls to zero. Low: slow and smooth. From 0.05 on most members "
        "overshoot at once and stay stuck.",
        **common.KEEP,
    )
    with st.popover("More", width="stretch"):
        tip = "Pictures per step. Small: more steps from the same pictures. Large: more pictures a second."
        options, usual_size = (16, 32, 64, 128, 256), usual["ae_live_batch"]
        st.select_slider("Batch size", options, usual_size, key="ae_live_batch", help=tip, **common.KEEP)
        tip = "Times that each picture is seen. The learning rate falls to zero over them. Stop when you like."
        st.slider("Epochs", 1, 100, usual["ae_live_epochs"], key="ae_live_epochs", help=tip, **common.KEEP)
        tip = "The same seed gives the same training, another one other random weights to begin with."
        st.number_input("Seed", 0, 9999, key="ae_live_seed", help=tip, **common.KEEP)
        presets_and_reset.reset(usual, key="ae_live_reset", help="Back to what is usual for this member and this data.")


def _amount(recipe: Recipe, usual: float) -> None:
    dropped = recipe.corruption == "dropout"
    tip = "It is shown damaged pictures and asked for the clean ones. 0: nothing to mend. "
    tip += "0.9: one pixel in ten is left." if dropped else "0.9: hardly anything is left to be seen."
    label = "Share of pixels dropped" if dropped else "Noise, standard deviation"
    st.slider(label, 0.0, 0.9, usual, 0.05, key="ae_live_amount", help=tip, **common.KEEP)


def _usual() -> Recipe:
    """The chosen member as it is shipped."""
    return FAMILY[common.NAMES[st.session_state["ae_live_member"]]]


def defaults() -> dict[str, Any]:
    """What is usual for the chosen member and data: all controls but these two."""
    name, recipe = common.NAMES[st.session_state["ae_live_member"]], _usual()
    small = st.session_state["ae_live_data"] == "digits"
    epochs = SMALL_EPOCHS if small else LARGE_EPOCHS
    return {
        "ae_live_codings": recipe.codings,
        "ae_live_amount": recipe.amount,
        "ae_live_weight": next((each for each in WEIGHTS if float(each) == recipe.weight), "0"),
        "ae_live_rate": USUAL_RATE.get(name, RATE),
        "ae_live_batch": 32 if small else 128,
        "ae_live_epochs": epochs.get(name, epochs["others"]),
        "ae_live_seed": 0,
    }


def settings() -> dict[str, Any]:
    """The controls as the arguments of `replace`, `autoencoders.build` and `autoencoder_training.train`."""
    recipe, state = _usual(), st.session_state
    changes = {"codings": state["ae_live_codings"]}
    if recipe.corruption != "none":
        changes["amount"] = state["ae_live_amount"]
    if recipe.sparsity != "none":
        changes["weight"] = float(state["ae_live_weight"])
    batch, seed = state["ae_live_batch"], state["ae_live_seed"]
    train = {"epochs": state["ae_live_epochs"], "batch_size": batch, "learning_rate": state["ae_live_rate"]}
    return {
        "data": state["ae_live_data"],
        "member": common.NAMES[state["ae_live_member"]],
        "changes": changes,
        "train": train | {"report_every": PER_REPORT // batch, "seed": seed},
    }
