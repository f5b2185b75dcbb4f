"""The controls of the two-dimensional game, and what they mean to `plane_gan`."""

from typing import Any

import streamlit as st

from genmodels.gan import gan_2d
from genmodels.gan.gan_2d import Controls
from pages.gan import common
from ui import presets_and_reset

DATA = {"Ring": "ring", "Grid": "grid", "Spiral": "spiral", "Draw your own": "drawn"}
OBJECTIVES = {each[:1].upper() + each[1:]: each for each in gan_2d.OBJECTIVES}
TURNS = {"Both": "both", "Discriminator": "discriminator", "Generator": "generator"}
RATES = (1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005, 0.01, 0.02)
SLOW = 0.25  # seconds between two steps in slow motion

WAY: dict[str, Any] = {  # may change while it learns
    "plane_turn": "Both",
    "plane_d_rate": Controls.discriminator_learning_rate,
    "plane_g_rate": Controls.generator_learning_rate,
    "plane_penalty": Controls.penalty,
    "plane_d_steps": Controls.discriminator_steps,
    "plane_slow": False,
}
NETWORKS: dict[str, Any] = {  # another one is another game
    "plane_objective": "Non-saturating",
    "plane_units": 64,
    "plane_steps": 3000,
    "plane_seed": 0,
}

LAGS = {"plane_d_rate": 2e-4, "plane_g_rate": 0.005, "plane_penalty": 0.0}
AHEAD = {"plane_d_rate": 0.01, "plane_d_steps": 5, "plane_penalty": 0.0}
TRIES: list[tuple[str, dict[str, Any], str]] = [  # what to play, and what to look for
    (
        "Mode collapse",
        LAGS,
        "The discriminator lags behind: the points run together from heap to heap.",
    ),
    (
        "A discriminator far ahead",
        AHEAD,
        "Its landscape is a cliff; the points find their way all the same.",
    ),
    (
        "Far ahead, saturating",
        AHEAD | {"plane_objective": "Saturating"},
        "The same with log(1 - D): where points are bad it hardly pushes.",
    ),
    ("Spiral", {"plane_data": "Spiral"}, "One long line, which a square has to be folded onto."),
]


def setup() -> None:
    """What is decided before a game begins."""
    st.selectbox(
        "Data",
        list(DATA),
        key="plane_data",
        help="Ring: eight heaps, found in seconds. Grid: twenty-five, which it finds but hardly parts. Spiral: one "
        "long line. Or draw with mouse or finger.",
        **common.KEEP,
    )
    with st.popover("More", width="stretch"):
        st.selectbox(
            "Loss",
            list(OBJECTIVES),
            key="plane_objective",
            help="Non-saturating: -log D(G(z)). Saturating: log(1 - D(G(z))), whose pushes fade just where the "
            "generator is bad. Least squares: no logarithms.",
            **common.KEEP,
        )
        st.select_slider(
            "Neurons",
            (8, 16, 32, 64, 128),
            NETWORKS["plane_units"],
            key="plane_units",
            help="In each of two hidden layers of both networks. Few can bend the square into few shapes only.",
            **common.KEEP,
        )
        st.slider(
            "Turns of the discriminator",
            1,
            5,
            1,
            key="plane_d_steps",
            help="For one of the generator. More: its advice is better, and each step slower.",
            **common.KEEP,
        )
        st.slider(
            "Steps", 100, 5000, NETWORKS["plane_steps"], 100, key="plane_steps", help="Of one training.", **common.KEEP
        )
        st.number_input("Seed", 0, 9999, key="plane_seed", help="Another seed, another game.", **common.KEEP)
        presets_and_reset.reset(NETWORKS | {"plane_d_steps": WAY["plane_d_steps"]}, key="plane_reset")


def while_it_learns() -> None:
    """The controls that a running game looks at before every step."""
    st.selectbox(
        "Who learns",
        list(TURNS),
        key="plane_turn",
        help="Discriminator alone: it becomes sure of itself, the landscape steep. Generator alone: all points run to "
        "the highest place of a landscape that no longer answers.",
        **common.KEEP,
    )
    for key, who, tip in (
        ("plane_d_rate", "Discriminator", "Higher: its landscape follows the points faster. Much higher: it jumps."),
        (
            "plane_g_rate",
            "Generator",
            "Higher: the points move faster. Too high: they race past the data.",
        ),
    ):
        st.select_slider(f"{who}'s rate", RATES, WAY[key], key=key, help=f"Adam's learning rate. {tip}", **common.KEEP)
    st.select_slider(
        "Pull (R1)",
        (0.0, 0.03, 0.1, 0.3, 1.0, 3.0),
        WAY["plane_penalty"],
        key="plane_penalty",
        help="How strongly the landscape is kept flat at the data. 0: nothing holds it. 3: it stays gentle.",
        **common.KEEP,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle("Slow motion", key="plane_slow", help="Four steps a second, each of them shown.", **common.KEEP)
        presets_and_reset.reset(WAY, key="plane_way_reset")


def way() -> dict[str, Any]:
    """The controls as fields of `plane_gan.Controls`."""
    turn, d_rate, g_rate, penalty, d_steps, slow = (st.session_state.get(key, WAY[key]) for key in WAY)
    return {
        "discriminator_learning_rate": d_rate,
        "generator_learning_rate": g_rate,
        "train": TURNS[turn or "Both"],
        "discriminator_steps": d_steps,
        "penalty": penalty,
        "pause_between": SLOW if slow else 0.0,
    }


def networks() -> tuple[str, int, int, int]:
    """Objective, neurons, steps and seed."""
    objective, units, steps, seed = (st.session_state.get(key, NETWORKS[key]) for key in NETWORKS)
    return OBJECTIVES[objective], units, steps, seed


def shape() -> str:
    """One of `plane_gan.SHAPES`, or "drawn"."""
    return DATA[st.session_state["plane_data"] or "Ring"]


def script() -> str:
    """A file that plays the same game."""
    objective, units, steps, seed = networks()
    points = f"plane_gan.data({shape()!r})"
    if shape() == "drawn":
        points = "plane_gan.data(np.random.default_rng(0).normal(0, 0.3, (500, 2)))  # your own points, (n, 2)"
    changed = ", ".join(f"{key}={value!r}" for key, value in way().items() if value != getattr(Controls, key))
    return f"""
        import numpy as np

        from genmodels.gan import gan_2d as plane_gan

        points = {points}
        game = plane_gan.build(units={units}, objective={objective!r}, seed={seed})
        controls = plane_gan.Controls({changed})
        for step in plane_gan.train(points, steps={steps}, controls=controls, game=game):
            if step.done % 100 == 0:
                print(step.done, step.losses, step.fit)
        np.savetxt("gan_plane.csv", step.samples, delimiter=",")
        """
