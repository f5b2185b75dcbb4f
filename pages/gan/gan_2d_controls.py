"""Controls of the tab "2-D GAN", and their values as arguments of `genmodels.gan.gan_2d`."""

from typing import Any

import streamlit as st

from genmodels.gan import gan_2d
from genmodels.gan.gan_2d import Controls
from pages.gan import common, shared_controls
from ui import presets_and_reset

DISTRIBUTIONS = {
    "Ring of 8 Gaussians": "ring",
    "Grid of 25 Gaussians": "grid",
    "Spiral": "spiral",
    "Draw your own": "drawn",
}
RING, GRID, SPIRAL, OWN_DRAWING = DISTRIBUTIONS
OBJECTIVES = {each[:1].upper() + each[1:]: each for each in gan_2d.OBJECTIVES}
LEARNING_RATE_SCHEDULES = {each.capitalize(): each for each in gan_2d.LEARNING_RATE_SCHEDULES}
LEARNING_RATES = (1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005, 0.01, 0.02)
SLOW_MOTION_PAUSE = 0.25  # seconds between two steps

TRAINING_DEFAULTS: dict[str, Any] = {  # may change during training
    "gan2d_networks_to_update": "Both",
    "gan2d_discriminator_learning_rate": Controls.discriminator_learning_rate,
    "gan2d_generator_learning_rate": Controls.generator_learning_rate,
    "gan2d_discriminator_steps": Controls.discriminator_steps,
    "gan2d_learning_rate_schedule": "Constant",
    "gan2d_r1_penalty_weight": Controls.r1_penalty_weight,
    "gan2d_slow_motion": False,
}
NETWORK_DEFAULTS: dict[str, Any] = {  # a change starts a new run
    "gan2d_objective": "Non-saturating",
    "gan2d_hidden_units": 64,
    "gan2d_hidden_layers": 2,
    "gan2d_steps": 3000,
    "gan2d_seed": 0,
}

SLOW_DISCRIMINATOR = {
    "gan2d_discriminator_learning_rate": 2e-4,
    "gan2d_generator_learning_rate": 0.005,
    "gan2d_r1_penalty_weight": 0.0,
}
STRONG_DISCRIMINATOR = {
    "gan2d_discriminator_learning_rate": 0.01,
    "gan2d_discriminator_steps": 5,
    "gan2d_r1_penalty_weight": 0.0,
}
SEPARATED_GRID = {  # all 25 modes, and few samples between them
    "gan2d_data_distribution": GRID,
    "gan2d_hidden_layers": 4,
    "gan2d_learning_rate_schedule": "Linear decay",
    "gan2d_r1_penalty_weight": 0.01,
    "gan2d_steps": 16_000,
}
SUGGESTED_RUNS: list[tuple[str, dict[str, Any], str]] = [  # title, changed settings, what it shows
    ("Mode collapse", SLOW_DISCRIMINATOR, "Discriminator too slow: samples jump between modes."),
    (
        "Discriminator too strong",
        STRONG_DISCRIMINATOR,
        "D saturates, but the non-saturating loss still gives gradients.",
    ),
    (
        "Too strong, saturating loss",
        STRONG_DISCRIMINATOR | {"gan2d_objective": "Saturating"},
        "log(1 − D(G(z))): the gradients vanish where D rejects the fakes.",
    ),
    ("Spiral", {"gan2d_data_distribution": SPIRAL}, "The latent square has to fold onto a curve."),
    ("Grid of 25 Gaussians", SEPARATED_GRID, "Four hidden layers, small γ, decaying rates: the modes separate."),
]


def data_control() -> None:
    st.selectbox(
        "Data distribution",
        list(DISTRIBUTIONS),
        key="gan2d_data_distribution",
        help="Ring: mixture of 8 Gaussians. Grid: mixture of 25 Gaussians; two hidden layers leave many samples "
        "between the modes, the preset “Grid of 25 Gaussians” separates them. Spiral: a curve. Or draw your own with "
        "mouse or finger.",
        **common.URL_BOUND,
    )


def training_controls() -> None:
    """The controls that a running training reads before every step."""
    shared_controls.networks_to_update(
        "gan2d",
        "Discriminator only: D converges to a classifier. Generator only: all samples move to the maximum of a fixed D "
        "(mode collapse).",
    )
    effects = {
        "Discriminator": "Higher: D adapts to the samples faster. Too high: it oscillates.",
        "Generator": "Higher: the samples move faster. Too high: they overshoot the data.",
    }
    shared_controls.learning_rates("gan2d", LEARNING_RATES, TRAINING_DEFAULTS, effects)
    shared_controls.discriminator_steps("gan2d", TRAINING_DEFAULTS["gan2d_discriminator_steps"])
    st.select_slider(
        "R1 penalty weight γ",
        (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
        TRAINING_DEFAULTS["gan2d_r1_penalty_weight"],
        key="gan2d_r1_penalty_weight",
        help="Weight of the R1 gradient penalty on real data, which keeps D smooth. Smaller: D can separate modes that "
        "are close together. 0: off.",
        **common.URL_BOUND,
    )


def more_settings() -> None:
    with st.popover("More settings", width="stretch"):
        st.selectbox(
            "Loss (objective)",
            list(OBJECTIVES),
            key="gan2d_objective",
            help="Non-saturating: −log D(G(z)). Saturating (minimax): log(1 − D(G(z))), whose gradient vanishes when D "
            "rejects the fakes. Least squares: LSGAN. A change starts a new run.",
            **common.URL_BOUND,
        )
        st.select_slider(
            "Hidden units",
            (8, 16, 32, 64, 128),
            NETWORK_DEFAULTS["gan2d_hidden_units"],
            key="gan2d_hidden_units",
            help="Units of each hidden layer in both networks. A change starts a new run.",
            **common.URL_BOUND,
        )
        st.select_slider(
            "Hidden layers",
            (1, 2, 3, 4, 5),
            NETWORK_DEFAULTS["gan2d_hidden_layers"],
            key="gan2d_hidden_layers",
            help="Hidden layers of both networks. More: the generator can change faster between two modes, and a step "
            "takes longer. A change starts a new run.",
            **common.URL_BOUND,
        )
        st.selectbox(
            "Learning rate schedule",
            list(LEARNING_RATE_SCHEDULES),
            key="gan2d_learning_rate_schedule",
            help="Of both networks. Linear decay: from the chosen learning rate to 0 at the last step, so that the "
            "samples come to rest.",
            **common.URL_BOUND,
        )
        st.slider(
            "Steps",
            100,
            20_000,
            NETWORK_DEFAULTS["gan2d_steps"],
            100,
            key="gan2d_steps",
            help="Training steps per run. 1,000 take one to two seconds.",
            **common.URL_BOUND,
        )
        st.number_input(
            "Seed",
            0,
            9999,
            key="gan2d_seed",
            help="Random seed of the initial weights and of the batches. A change starts a new run.",
            **common.URL_BOUND,
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.toggle(
                "Slow motion",
                key="gan2d_slow_motion",
                help="Four training steps per second, each one displayed.",
                **common.URL_BOUND,
            )
            presets_and_reset.reset(TRAINING_DEFAULTS | NETWORK_DEFAULTS, key="gan2d_reset")


def training_settings() -> dict[str, Any]:
    """The training controls as fields of `gan_2d.Controls`."""
    settings = {
        key.removeprefix("gan2d_"): st.session_state.get(key, TRAINING_DEFAULTS[key]) for key in TRAINING_DEFAULTS
    }
    settings["networks_to_update"] = shared_controls.NETWORKS_TO_UPDATE[settings["networks_to_update"] or "Both"]
    schedule = settings["learning_rate_schedule"] or "Constant"
    settings["learning_rate_schedule"] = LEARNING_RATE_SCHEDULES[schedule]
    settings["pause_seconds"] = SLOW_MOTION_PAUSE if settings.pop("slow_motion") else 0.0
    return settings


def network_settings() -> dict[str, Any]:
    """Arguments of `gan_2d.build`: objective, hidden_units, hidden_layers, seed."""
    settings = {
        key.removeprefix("gan2d_"): st.session_state.get(key, NETWORK_DEFAULTS[key])
        for key in NETWORK_DEFAULTS
        if key != "gan2d_steps"
    }
    return settings | {"objective": OBJECTIVES[settings["objective"]]}


def steps() -> int:
    return st.session_state.get("gan2d_steps", NETWORK_DEFAULTS["gan2d_steps"])


def distribution() -> str:
    """One of `gan_2d.DISTRIBUTIONS`, or "drawn"."""
    return DISTRIBUTIONS[st.session_state["gan2d_data_distribution"] or RING]


def script() -> str:
    """A Python file that trains with the same settings."""
    points = f"gan_2d.sample_data({distribution()!r})"
    if distribution() == "drawn":
        points = "gan_2d.sample_data(np.random.default_rng(0).normal(0, 0.3, (500, 2)))  # your own points, (n, 2)"
    network = ", ".join(f"{key}={value!r}" for key, value in network_settings().items())
    changed = ", ".join(
        f"{key}={value!r}" for key, value in training_settings().items() if value != getattr(Controls, key)
    )
    return f"""
        import numpy as np
        from matplotlib.figure import Figure

        from genmodels.gan import gan_2d

        points = {points}
        state = gan_2d.build({network})
        controls = gan_2d.Controls({changed})
        for step in gan_2d.train(points, steps={steps()}, controls=controls, state=state):
            if step.done % 100 == 0:
                print(step.done, step.losses, step.metrics)
        figure = Figure(figsize=(5, 5))
        axes = figure.subplots()
        axes.scatter(*points.T, s=4, label="real samples")
        axes.scatter(*step.samples.T, s=4, label="fake samples")
        axes.legend()
        figure.savefig("gan_2d.png")
        np.savetxt("gan_2d.csv", step.samples, delimiter=",")
        """
