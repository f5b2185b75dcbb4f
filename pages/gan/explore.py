"""Explore: a wall of 64 pictures that nobody ever made, and one of them in hand."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from genmodels.gan import training_history
from pages.gan import common, sample_panel, saved_latents
from pages.gan.components import sample_grid
from pages.gan.selected_sample import Origin
from ui import code_panel, image_display, model_loading, presets_and_reset
from ui.page_layout import reader_text

WALL, COLUMNS = 64, 8
ALL = "All"
DEFAULTS = {"gan_seed": 1, "gan_spread": 1.0, "gan_sorted": False, "gan_kind": ALL}


@dataclass(frozen=True, eq=False)
class Drawn:
    """A wall: what was drawn, from which codes, and what the discriminator thinks of it."""

    z: np.ndarray  # (n, latent_dim)
    labels: np.ndarray | None  # (n,)
    pictures: np.ndarray  # (n, h, w[, 3]) uint8
    scores: np.ndarray  # (n,)
    critic: bool  # the scores have no bounds


def show(name: str) -> None:
    if not model_loading.tensorflow_ready():
        _meanwhile(name)
        st.fragment(_look_again, run_every=1.5)()
        return
    model = common.load(name)
    seed, kind, spread, by_score = _controls(name, model.classes)
    drawn = draw(name, seed, kind, spread)
    order = np.argsort(-drawn.scores, kind="stable") if by_score else np.arange(WALL)
    number = chosen()
    left, right = st.columns([5, 8], gap="large")
    with left:
        sample_grid.show(
            drawn.pictures[order],
            drawn.scores[order],
            columns=COLUMNS,
            key="gan_wall",
            label=f"{WALL} generated pictures. Arrow keys and Enter pick one.",
            on_pick=lambda k: st.session_state.update(gan_number=int(order[k])),
            picked=int(np.flatnonzero(order == number)[0]),
            critic=drawn.critic,
        )
        st.caption(opinion(drawn))
    with right:
        label = None if drawn.labels is None else int(drawn.labels[number])
        token, place = f"{seed}/{number}/{spread}", (seed, number) if spread == 1 else None
        sample_panel.show(name, Origin(drawn.z[number], label, source(seed, number, spread), token, place))
    reader_text(
        f"Nothing here was copied: a picture is {model.latent_dim} random numbers, and the generator's answer to them. "
        "Under each stands what its opponent, the discriminator, makes of it: the probability that it is real. In "
        f"a perfect balance that would be one half everywhere.{_company(model)} **Click a picture** to take it in hand."
    )
    _code(name, seed, kind, model.classes)


def chosen() -> int:
    """The number of the picture in hand; an address may name one."""
    if "gan_number" not in st.session_state:
        asked = st.query_params.get("picture", "")
        st.session_state["gan_number"] = int(asked) % WALL if asked.isdecimal() and len(asked) < 6 else 0
    number = st.session_state["gan_number"]
    st.query_params["picture"] = str(number)
    return number


def _company(model: Any) -> str:
    if model.reference_batch is None:
        return ""
    others = len(model.reference_batch)
    return f" This discriminator compares pictures: it judges each among the same {others}, half of them real."


@st.cache_data(show_spinner=False, max_entries=60)
def draw(name: str, seed: int, kind: int | None, spread: float = 1.0) -> Drawn:
    """The wall of a seed. kind: the class to draw; None for all of them in turn, or where there is no choice."""
    gan, model = common.module(), common.load(name)
    z = gan.sample_latents(model, WALL, seed) * np.float32(spread)
    labels = None
    if model.classes:
        labels = np.arange(WALL) % model.classes if kind is None else np.full(WALL, kind)
    made = gan.generate(model, z, labels)
    return Drawn(z, labels, made, gan.discriminate(model, made, labels), model.hyperparameters.objective == "wgan_gp")


def source(seed: int, number: int, spread: float = 1.0) -> str:
    """The Python expression for a code of a wall."""
    return f"gan.sample_latents(model, {WALL}, {seed})[{number}]" + ("" if spread == 1 else f" * {spread:g}")


def pick(drawn: Drawn, seed: int, number: int) -> saved_latents.Pick:
    """A picture of a wall of the usual spread, to be taken along."""
    label = None if drawn.labels is None else int(drawn.labels[number])
    return saved_latents.Pick(drawn.z[number], label, source(seed, number), (seed, number))


def which(name: str, classes: int) -> tuple[int, int | None]:
    """Ask for a wall, by its number and, of a conditional model, by a class: seed, class or None for all."""
    asked = ALL
    if classes:
        kinds = [ALL, *common.names(name)]
        if st.session_state.get("gan_kind") not in kinds:  # another data set's, or an address that knows none
            st.session_state["gan_kind"] = ALL
        tip = "This generator was told the class while it learnt, so it can be asked for one."
        asked = st.selectbox("Draw", kinds, key="gan_kind", width=160, help=tip, **common.KEEP)
    tip = "The seed that the 64 random codes are drawn with: the same number, the same wall."
    seed = st.number_input("Wall", 0, 99_999, DEFAULTS["gan_seed"], key="gan_seed", width=140, help=tip, **common.KEEP)
    st.button("New wall", icon=":material/casino:", key="gan_dice", on_click=_dice, help="64 new codes.")
    return seed, None if asked == ALL else common.names(name).index(asked)


def opinion(drawn: Drawn) -> str:
    """The discriminator's verdict on a wall, in a sentence."""
    if drawn.critic:
        low, high = drawn.scores.min(), drawn.scores.max()
        return (
            f"Under each picture the critic's score, here from {low:+.1f} to {high:+.1f}. It has no bounds and no zero "
            "that means anything: higher is more real."
        )
    fooled = int((drawn.scores > 0.5).sum())
    return (
        f"The discriminator takes **{fooled} of {WALL}** for real. Its mean estimate is {drawn.scores.mean():.2f}; "
        "0.50 would mean that it can only guess."
    )


def _controls(name: str, classes: int) -> tuple[int, int | None, float, bool]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed, kind = which(name, classes)
        spread = st.slider(
            "Spread of the codes",
            0.0,
            2.0,
            DEFAULTS["gan_spread"],
            0.05,
            key="gan_spread",
            width=200,
            help="Codes are drawn this much closer to the middle than in training, or further out. Below 1: more "
            "typical and more alike, until all are one picture. Above: bolder, and broken more often.",
            **common.KEEP,
        )
        by_score = st.toggle(
            "Best first",
            key="gan_sorted",
            help="In the order of the discriminator's opinion. It need not be yours.",
            **common.KEEP,
        )
        presets_and_reset.reset(DEFAULTS, key="gan_explore_reset")
    return seed, kind, spread, by_score


def _dice() -> None:
    presets_and_reset.set_widgets({"gan_seed": int(np.random.default_rng().integers(100_000)), "gan_number": 0})


def _meanwhile(name: str) -> None:
    """What the generator drew when its training ended, until it is awake itself."""
    left, right = st.columns([5, 8], gap="large")
    with left:
        image_display.show(last_wall(name))
    with right:
        st.info(
            "This is the last page of the flight recorder: what the generator drew when its training ended. "
            "It is waking up itself, which takes about ten seconds, once per start.",
            icon=":material/bedtime:",
        )


def _look_again() -> None:
    """Nothing but a look whether it is awake: drawing again and again would keep it from waking up."""
    if model_loading.tensorflow_ready():
        st.rerun()


@st.cache_data(show_spinner=False)
def last_wall(name: str) -> np.ndarray:
    return training_history.sample_grid(training_history.read(name), -1)


def _code(name: str, seed: int, kind: int | None, classes: int) -> None:
    gan = common.module()
    labels = ""
    if classes:
        labels = f", np.arange({WALL}) % {classes}" if kind is None else f", np.full({WALL}, {kind})"
    script = f"""
        import numpy as np

        from genmodels.gan import model as gan
        from genmodels.media import images

        model = gan.load({name!r})
        z = gan.sample_latents(model, {WALL}, {seed})  # ({WALL}, latent_dim)
        pictures = gan.generate(model, z{labels})
        scores = gan.discriminate(model, pictures{labels})
        print(np.round(scores, 2))
        table = pictures.reshape({COLUMNS}, {WALL // COLUMNS}, *pictures.shape[1:])
        open("gan_wall.png", "wb").write(images.png(images.tile(table), scale=4))
        """
    code_panel.show(script, [gan.sample_latents, gan.generate, gan.discriminate], key="explore", name="gan_wall")
