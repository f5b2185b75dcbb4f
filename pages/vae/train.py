"""Tab "Train": train a new VAE, stop it, and download its weights."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from pages.vae import common, train_view
from ui import code_panel, job_panel, model_loading, presets_and_reset, training_data, training_panel
from ui.page_layout import reader_text

KEY = "vae_train"
DATA = {"digits": "8 x 8 digits", "mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
BETAS = ("none", "0", "0.25", "0.5", "1", "2", "4", "8")
AUTOENCODER = BETAS[0]
IMAGES_PER_REPORT = 1024

SMALL_DATA_DEFAULTS = {
    f"{KEY}_latent_dim": 2,
    f"{KEY}_beta": "1",
    f"{KEY}_learning_rate": 0.001,
    f"{KEY}_batch_size": 32,
    f"{KEY}_epochs": 60,
    f"{KEY}_seed": 0,
}
LARGE_DATA_DEFAULTS = SMALL_DATA_DEFAULTS | {f"{KEY}_batch_size": 128, f"{KEY}_epochs": 3}  # 60,000 images, not 1,500

EXPERIMENTS: list[training_panel.SuggestedRun] = [  # title, changed settings, the effect
    (
        "Plain autoencoder",
        {f"{KEY}_beta": AUTOENCODER},
        "No sampling noise and no KL term: sharp images near the data, gaps elsewhere.",
    ),
    (
        "Without the KL term (β = 0)",
        {f"{KEY}_beta": "0"},
        "The codes spread apart to escape the noise, and KL grows.",
    ),
    (
        "Posterior collapse (β = 8)",
        {f"{KEY}_beta": "8"},
        "Every latent vector decodes to the same average image.",
    ),
    ("10-D latent space", {f"{KEY}_latent_dim": 10}, "The reconstruction loss falls below that of a 2-D latent space."),
    ("Learning rate too high", {f"{KEY}_learning_rate": 0.01}, "The loss oscillates and may not converge."),
]


def show(_name: str) -> None:
    """A training starts from random weights, so the pretrained model `_name` is not used."""
    run = training_panel.show(
        KEY,
        _start,
        controls=_controls,
        check=lambda: training_data.check(DATA, st.session_state[f"{KEY}_data"]),
        examples=lambda: training_data.examples(st.session_state[f"{KEY}_data"], train_view.EXAMPLES_CAPTION),
        intro="Press **Train**, or start one of these experiments.",
        suggestions=EXPERIMENTS,
        render=train_view.render,
        after=train_view.show_result,
    )
    reader_text(
        "The loss has two terms that trade off: the **reconstruction** loss and the **KL** divergence from the prior. "
        "If the held-out curve rises while the training curve falls, the model overfits."
    )
    if model_loading.tensorflow_ready():
        vae = common.module()
        functions = [
            vae.train,
            vae.VAE.call,
            vae.VAE.compute_loss,
            vae.reparameterize,
            vae.bernoulli_nll,
            vae.kl_divergence,
        ]
        script = train_view.script(run["settings"] if run else _settings())
        code_panel.show(script, functions, key=KEY, name="vae_train")


def _controls() -> None:
    st.selectbox(
        "Data",
        list(DATA),
        format_func=DATA.__getitem__,
        key=f"{KEY}_data",
        on_change=lambda: presets_and_reset.set_widgets(_defaults()),
        help="8 x 8 digits: 1,500 images from scikit-learn, recognizable after half a minute. MNIST and Fashion-MNIST: "
        "60,000 images, recognizable within a minute.",
        **common.URL_BOUND,
    )
    st.selectbox(
        "Latent dimension",
        [2, 3, 5, 10, 20, 32],
        key=f"{KEY}_latent_dim",
        help="Dimensions of z. Two can be drawn as a plane; ten give a lower reconstruction loss.",
        **common.URL_BOUND,
    )
    st.select_slider(
        "KL weight β",
        BETAS,
        value="1",
        key=f"{KEY}_beta",
        help="1: VAE. Above 1: β-VAE, more regular latent space, blurrier images. 0: sampling noise without KL. "
        "none: plain autoencoder.",
        **common.URL_BOUND,
    )
    st.select_slider(
        "Learning rate",
        [1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005, 0.01],
        value=SMALL_DATA_DEFAULTS[f"{KEY}_learning_rate"],
        key=f"{KEY}_learning_rate",
        help="Learning rate of Adam. Low: slow and smooth. High: fast, but the loss may oscillate.",
        **common.URL_BOUND,
    )
    with st.popover("More settings", width="stretch"):
        st.select_slider(
            "Batch size",
            [16, 32, 64, 128, 256],
            value=_defaults()[f"{KEY}_batch_size"],
            key=f"{KEY}_batch_size",
            help="Images per training step. Small: more steps per epoch. Large: more images per second.",
            **common.URL_BOUND,
        )
        st.slider(
            "Epochs",
            1,
            100,
            _defaults()[f"{KEY}_epochs"],
            key=f"{KEY}_epochs",
            help="Passes over the training set. You can stop at any time.",
            **common.URL_BOUND,
        )
        st.number_input(
            "Seed",
            0,
            9999,
            key=f"{KEY}_seed",
            help="Seed of the initial weights, of the order of the images, and of the sampling noise.",
            **common.URL_BOUND,
        )
        presets_and_reset.reset(_defaults(), key=f"{KEY}_reset")


def _defaults() -> dict[str, Any]:
    return SMALL_DATA_DEFAULTS if st.session_state[f"{KEY}_data"] == "digits" else LARGE_DATA_DEFAULTS


def _settings() -> dict[str, Any]:
    """The controls as arguments of `vae.build` and `vae.train`."""
    names = ("data", "latent_dim", "beta", "learning_rate", "batch_size", "epochs", "seed")
    data, latent_dim, beta, learning_rate, batch_size, epochs, seed = (st.session_state[f"{KEY}_{n}"] for n in names)
    variational = beta != AUTOENCODER
    return {
        "data": data,
        "build": {
            "latent_dim": latent_dim,
            "beta": float(beta) if variational else 0.0,
            "variational": variational,
            "seed": seed,
        },
        "train": {
            "epochs": epochs,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "report_every": IMAGES_PER_REPORT // batch_size,
            "seed": seed,
        },
    }


def _start(changes: dict[str, Any] | None) -> None:
    if changes is not None:
        presets_and_reset.set_widgets(_defaults() | changes)
    settings = _settings()
    run: training_panel.Run = {"settings": settings}  # the worker adds the model, so that Stop keeps it

    def steps() -> Iterator:
        vae = common.module()
        x, _ = training_data.load_images(settings["data"], "train")
        held_out = training_data.load_images(settings["data"], "test")
        run["held_out"], run["labels"] = (array[: train_view.HELD_OUT] for array in held_out)
        run["model"] = vae.build(**settings["build"])
        return vae.train(run["model"], x, held_out=run["held_out"], **settings["train"])

    model = f"VAE, β {st.session_state[f'{KEY}_beta']}" if settings["build"]["variational"] else "Autoencoder"
    title = f"{model}, {settings['build']['latent_dim']}-D, {DATA[settings['data']]}"
    job_panel.start(KEY, title, steps, run=run)
