"""Train it: a fresh network learns a text before the class, and can be stopped, kept and taken home."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from genmodels.data import datasets, text_data
from genmodels.jobs.job_queue import Job
from genmodels.text_generation import model as text_generation
from pages.text_generation import train_view
from pages.text_generation.common import KEEP
from ui import code_panel, job_panel, presets_and_reset, training_data, training_panel
from ui.page_layout import reader_text

CORPORA = {"python": "Python's help", "nietzsche": "Nietzsche", "own": "Your text"}
CELLS = {"lstm": "LSTM", "gru": "GRU", "simple_rnn": "SimpleRNN"}
CHOOSE = "Choose a text file: plain text, some ten thousand characters or more."
MODES = {"shifted": "the N shifted by one", "next": "the next one"}

DEFAULTS: dict[str, Any] = {
    "text_live_mode": "shifted",
    "text_live_cell": "lstm",
    "text_live_units": 128,
    "text_live_rate": 0.01,
    "text_live_window": 60,
    "text_live_layers": 1,
    "text_live_batch": 64,
    "text_live_epochs": 12,
    "text_live_length": 300_000,
    "text_live_seed": 0,
}

INTRO = "Press **Train** and watch: noise, then letters, then words, then how this text is laid out."
TRIES: list[training_panel.SuggestedRun] = [  # what to train, and what to look for
    ("The next one only", {"text_live_mode": "next"}, "The book's way: one lesson a window, in place of sixty."),
    ("SimpleRNN, not LSTM", {"text_live_cell": "simple_rnn"}, "No gates: more characters a second, a worse memory."),
    ("A tiny network", {"text_live_units": 32}, "Letters and short words come; spelling stays out of reach."),
    (
        "By heart",
        {"text_live_length": 20_000, "text_live_epochs": 100},
        "Little text, read often: it falls on what it has read, and stays behind on what is held out.",
    ),
    (
        "In a hurry",
        {"text_live_rate": 0.05},
        "Five times the learning rate: steps overshoot, and it learns less.",
    ),
]


def show(name: str) -> None:
    """`name`, the page's shipped model, plays no part here: a training starts from nothing."""
    run = training_panel.show(
        "text_live",
        _start,
        controls=_controls,
        check=_check,
        examples=_examples,
        intro=INTRO,
        suggestions=TRIES,
        columns=train_view.COLUMNS,
        render=_render,
        after=train_view.look_inside,
    )
    reader_text(
        "Both ways train the same network, and both are measured alike, on the later half of each window. But from "
        "the same windows the shifted way takes a lesson at every character, the other a single one: expect words "
        "after the first epochs of the one, and little more than spaces and common letters from the other."
    )
    settings = run["settings"] if run else _settings()
    lesson = [text_generation.train, text_generation.build, text_generation.freeze, text_generation.write]
    code_panel.show(train_view.script(settings), lesson, key="text_live", name="text_train")


def _check() -> str:
    """A message if the text is missing or cannot be used. Returns why Train is disabled, "" if it is enabled."""
    text, problem = _text()
    if problem == CHOOSE:
        st.info(problem, icon=":material/upload_file:")
    elif problem:
        st.error(problem, icon=":material/error:")
    elif text is None and st.session_state["text_live_corpus"] == "nietzsche":
        training_data.missing("The Nietzsche text", "nietzsche.txt", "Python's help is", "once (600 kB)")
    return problem


def _examples() -> None:
    """The text, and what a window of it teaches."""
    text, _ = _text()
    if text is not None:
        title = CORPORA[st.session_state["text_live_corpus"]]
        window, length = st.session_state["text_live_window"], st.session_state["text_live_length"]
        train_view.describe(title, text, length, window)
    train_view.ways(text or train_view.shipped("python"), st.session_state["text_live_mode"])


def _render(run: training_panel.Run, job: Job) -> None:
    train_view.draw(run, job)
    if job.active:
        text, _ = _text()
        train_view.ways(text or train_view.shipped("python"), run["settings"]["train"]["mode"])


# --- the controls -----------------------------------------------------------------------------


def _controls() -> None:
    st.selectbox(
        "Text",
        list(CORPORA),
        format_func=CORPORA.__getitem__,
        key="text_live_corpus",
        help="Python's help comes with Python and is always here. Nietzsche is what the textbooks use. Or bring a text "
        "of your own: a few hundred thousand characters in one language work best.",
        **KEEP,
    )
    if st.session_state["text_live_corpus"] == "own":
        _upload()
    st.radio(
        "N characters →",
        list(MODES),
        format_func=MODES.__getitem__,
        key="text_live_mode",
        help="What a window of text teaches: every character in it, or only the one that follows it.",
        **KEEP,
    )
    st.selectbox(
        "Cell",
        list(CELLS),
        format_func=CELLS.__getitem__,
        key="text_live_cell",
        help="LSTM: four gates and a memory cell. GRU: three gates, a little quicker. SimpleRNN: no gate at all.",
        **KEEP,
    )
    st.select_slider(
        "Units",
        [32, 64, 128, 192, 256],
        value=DEFAULTS["text_live_units"],
        key="text_live_units",
        help="Numbers that the network carries from character to character. Twice as many take up to four times as "
        "long, and spell better.",
        **KEEP,
    )
    st.select_slider(
        "Learning rate",
        [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05],
        value=DEFAULTS["text_live_rate"],
        key="text_live_rate",
        help="Adam's step size. Low: slow and smooth. High: fast, then restless.",
        **KEEP,
    )
    with st.popover("More", width="stretch"):
        _more()


def _more() -> None:
    st.select_slider(
        "Window N",
        [10, 20, 40, 60, 100],
        value=DEFAULTS["text_live_window"],
        key="text_live_window",
        help="Characters that are read at a time: what the network can learn to remember.",
        **KEEP,
    )
    st.select_slider("Layers", [1, 2], value=1, key="text_live_layers", help="The second reads the first.", **KEEP)
    st.select_slider(
        "Batch size",
        [16, 32, 64, 128],
        value=DEFAULTS["text_live_batch"],
        key="text_live_batch",
        help="Windows per step. Small: more steps from the same text. Large: more characters a second.",
        **KEEP,
    )
    st.slider(
        "Epochs",
        1,
        200,
        DEFAULTS["text_live_epochs"],
        key="text_live_epochs",
        help="Times that the text is read. After each the network writes a sample. Stop when you like.",
        **KEEP,
    )
    st.select_slider(
        "Characters to use",
        [20_000, 50_000, 100_000, 300_000, 600_000],
        value=DEFAULTS["text_live_length"],
        format_func="{:,}".format,
        key="text_live_length",
        help="A longer text is cut here, so that an epoch takes seconds. With little text the network learns by heart.",
        **KEEP,
    )
    st.number_input("Seed", 0, 9999, key="text_live_seed", help="The same seed gives the same training.", **KEEP)
    presets_and_reset.reset(DEFAULTS, key="text_live_reset")


# --- the text ---------------------------------------------------------------------------------


def _upload() -> None:
    st.file_uploader(
        "A text file",
        type=["txt", "md"],
        key="text_live_file",
        on_change=_read,
        label_visibility="collapsed",
        help="Plain text, 20 MB at most. It stays on this server, and only for your visit.",
    )
    own = st.session_state.get("text_live_own")
    if own and st.session_state["text_live_file"] is None:  # the uploader forgets, the page does not
        st.text(f"In use: {own['file']}")


def _read() -> None:
    """Keep the upload as text: the uploader drops it as soon as another tab is open."""
    file = st.session_state["text_live_file"]
    if file is None:
        st.session_state.pop("text_live_own", None)
        return
    own = {"file": file.name, "text": "", "problem": ""}
    try:
        own["text"] = text_data.decode(file.getvalue())
    except ValueError as error:
        own["problem"] = str(error)
    st.session_state["text_live_own"] = own


def _text() -> tuple[str | None, str]:
    """The chosen text, None where it is not here (yet), and a sentence on what is wrong with it, "" for nothing."""
    corpus = st.session_state["text_live_corpus"]
    try:
        if corpus == "own":
            own = st.session_state.get("text_live_own")
            if own is None:
                return None, CHOOSE
            if own["problem"]:
                return None, own["problem"]
            whole = own["text"]
        elif not text_data.available(corpus):
            return None, ""
        else:
            whole = train_view.shipped(corpus)
        train_view.split(whole[: st.session_state["text_live_length"]], st.session_state["text_live_window"])
    except (ValueError, datasets.DatasetMissing) as error:
        return None, str(error)
    return whole, ""


# --- the training -----------------------------------------------------------------------------


def _settings() -> dict[str, Any]:
    """The controls as the arguments of `text_generation.build` and `text_generation.train`."""
    corpus, length, cell, units, layers, mode, window, epochs, batch, rate, seed = (
        st.session_state[f"text_live_{key}"]
        for key in ["corpus", "length", "cell", "units", "layers", "mode", "window", "epochs", "batch", "rate", "seed"]
    )
    own = st.session_state.get("text_live_own") if corpus == "own" else None
    return {
        "corpus": corpus,
        "file": own["file"] if own else "text.txt" if corpus == "own" else None,
        "length": length,
        "build": {"cell": cell, "units": [units] * layers, "seed": seed},
        "train": {
            "mode": mode,
            "window": window,
            "epochs": epochs,
            "batch_size": batch,
            "learning_rate": rate,
            "seed": seed,
        },
    }


def _start(changes: dict[str, Any] | None) -> None:
    if changes is not None:
        presets_and_reset.set_widgets(DEFAULTS | changes)
    text, problem = _text()
    if problem:
        return  # the page says what is wrong
    settings = _settings()
    run: dict[str, Any] = {"settings": settings, "samples": []}  # the worker leaves all it makes here: Stop keeps it

    def steps() -> Iterator[text_generation.TrainingStep]:
        whole = text_data.load(settings["corpus"]) if text is None else text
        run.update(train_view.prepared(whole[: settings["length"]], settings["train"]["window"]))
        run["model"] = text_generation.build(run["vocabulary"], **settings["build"])
        given = {"held_out": run["held_out"], "prompt": run["prompt"], **settings["train"]}
        (noise,), _ = text_generation.write(
            text_generation.freeze(run["model"], run["vocabulary"]), run["prompt"], [1.0], length=240
        )
        run["samples"].append((0, noise, run["nothing"]))
        for step in text_generation.train(run["model"], run["vocabulary"], run["text"], **given):
            if step.epoch == len(run["samples"]):
                run["samples"].append((step.epoch, step.sample, step.losses["held-out loss"]))
            yield step

    sizes = " + ".join(str(units) for units in settings["build"]["units"])
    title = f"{CELLS[settings['build']['cell']]}({sizes}) on {CORPORA[settings['corpus']]}"
    st.session_state["text_live_run"] = run
    st.session_state.pop("text_live_prompt", None)
    job_panel.start(
        "text_live", title + (", next character only" if settings["train"]["mode"] == "next" else ""), steps
    )
