"""Train it: a fresh VAE learns before the class, and can be stopped, kept and taken home."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from pages.vae import common, train_view
from ui import code_panel, job_panel, model_loading, presets_and_reset, training_data, training_panel
from ui.page_layout import reader_text

DATA = {"digits": "8 x 8 digits", "mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
PLAIN = "none"  # the beta of a plain autoencoder: no KL, and no noise either
PER_REPORT = 1024  # pictures between two looks at the held-out rows

SMALL = {"live_latent": 2, "live_beta": "1", "live_rate": 0.001, "live_batch": 32, "live_epochs": 60, "live_seed": 0}
LARGE = SMALL | {"live_batch": 128, "live_epochs": 3}  # 60,000 pictures instead of 1,500

TRIES: list[training_panel.SuggestedRun] = [  # what to train, and what to look for
    ("Plain autoencoder", {"live_beta": PLAIN}, "Neither noise nor KL: sharp pictures in places, holes elsewhere."),
    ("No KL", {"live_beta": "0"}, "Noise alone is outrun: the codes flee from each other, and KL climbs."),
    ("Too much KL", {"live_beta": "8"}, "Saying nothing is cheapest: the grid turns into one average picture."),
    ("Ten numbers", {"live_latent": 10}, "Reconstruction falls further than two numbers can take it."),
    ("In a hurry", {"live_rate": 0.01}, "A high learning rate: the curves jump, and may never settle."),
]


def show(name: str) -> None:
    """`name`, the page's shipped model, plays no part here: a training starts from nothing."""
    run = training_panel.show(
        "live",
        _start,
        controls=_controls,
        check=lambda: training_data.check(DATA, st.session_state["live_data"]),
        examples=lambda: training_data.examples(st.session_state["live_data"], train_view.LEARNT),
        intro="Press **Train** and watch: grey mush, then strokes, then neighbours that are kin.",
        suggestions=TRIES,
        render=train_view.draw,
        after=train_view.look_inside,
    )
    reader_text(
        "The loss has two terms, and the two curves are their fight. **Reconstruction** asks for pictures like those "
        "that went in; **KL** asks for codes like the noise that will be drawn later. Held-out pictures are never "
        "trained on: where their curve turns up while the other still falls, the network has begun to learn by heart."
    )
    if model_loading.tensorflow_ready():
        vae = common.module()
        lesson = [
            vae.train,
            vae.VAE.call,
            vae.VAE.compute_loss,
            vae.reparameterise,
            vae.bernoulli_nll,
            vae.kl_divergence,
        ]
        code_panel.show(
            train_view.script(run["settings"] if run else _settings()), lesson, key="live", name="vae_train"
        )


def _controls() -> None:
    keep: Any = {"bind": "query-params", "persist_state": "session"}
    st.selectbox(
        "Data",
        list(DATA),
        format_func=DATA.__getitem__,
        key="live_data",
        on_change=lambda: presets_and_reset.set_widgets(_defaults()),
        help="Digits: 1,500 scans from scikit-learn, recognisable in half a minute. The others: 60,000 pictures, "
        "recognisable within a minute, better the longer you wait.",
        **keep,
    )
    st.selectbox(
        "Latent size",
        [2, 3, 5, 10, 20, 32],
        key="live_latent",
        help="Numbers per picture. Two can be drawn as a plane; ten reconstruct better.",
        **keep,
    )
    st.select_slider(
        "β, weight of KL",
        [PLAIN, "0", "0.25", "0.5", "1", "2", "4", "8"],
        value="1",
        key="live_beta",
        help="1 is the VAE. More: a tidier plane, blurrier pictures. 0: noise, but no order. "
        "None: a plain autoencoder, with neither noise nor KL.",
        **keep,
    )
    st.select_slider(
        "Learning rate",
        [1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005, 0.01],
        value=SMALL["live_rate"],
        key="live_rate",
        help="Adam's step size. Low: slow and smooth. High: fast, then restless.",
        **keep,
    )
    with st.popover("More", width="stretch"):
        st.select_slider(
            "Batch size",
            [16, 32, 64, 128, 256],
            value=_defaults()["live_batch"],
            key="live_batch",
            help="Pictures per step. Small: more steps from the same pictures. Large: more pictures a second.",
            **keep,
        )
        st.slider(
            "Epochs",
            1,
            100,
            _defaults()["live_epochs"],
            key="live_epochs",
            help="Times that each picture is seen. Too many costs nothing but time: stop when you like.",
            **keep,
        )
        st.number_input(
            "Seed",
            0,
            9999,
            key="live_seed",
            help="The same seed gives the same training, another one another plane.",
            **keep,
        )
        presets_and_reset.reset(_defaults(), key="live_reset")


def _defaults() -> dict[str, Any]:
    return SMALL if st.session_state["live_data"] == "digits" else LARGE


def _settings() -> dict[str, Any]:
    """The controls as the arguments of `vae.build` and `vae.train`."""
    data, latent, beta, rate, batch, epochs, seed = (
        st.session_state[f"live_{key}"] for key in ("data", "latent", "beta", "rate", "batch", "epochs", "seed")
    )
    plain = beta == PLAIN
    return {
        "data": data,
        "build": {"latent_dim": latent, "beta": 0.0 if plain else float(beta), "variational": not plain, "seed": seed},
        "train": {
            "epochs": epochs,
            "batch_size": batch,
            "learning_rate": rate,
            "report_every": PER_REPORT // batch,
            "seed": seed,
        },
    }


def _start(changes: dict[str, Any] | None) -> None:
    if changes is not None:
        presets_and_reset.set_widgets(_defaults() | changes)
    settings = _settings()
    run: training_panel.Run = {"settings": settings}  # the worker leaves the model here: Stop keeps it

    def steps() -> Iterator:
        vae = common.module()
        x, _ = training_data.load_images(settings["data"], "train")
        held_out = training_data.load_images(settings["data"], "test")
        run["held_out"], run["labels"] = (each[: train_view.HELD_OUT] for each in held_out)
        run["model"] = vae.build(**settings["build"])
        return vae.train(run["model"], x, held_out=run["held_out"], **settings["train"])

    plain = st.session_state["live_beta"] == PLAIN
    title = f"{'Autoencoder' if plain else 'VAE'} on {DATA[settings['data']]}, {settings['build']['latent_dim']}-D"
    st.session_state["live_run"] = run
    job_panel.start("live", title if plain else f"{title}, β {st.session_state['live_beta']}", steps)
