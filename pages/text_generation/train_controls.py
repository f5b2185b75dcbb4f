"""Controls of the tab "Train": the text, also uploaded, and the settings of the network and its training."""

from typing import Any

import streamlit as st

from genmodels.data import datasets, text_data, text_encoding
from genmodels.text_generation import training
from pages.text_generation.common import URL_BOUND
from ui import presets_and_reset, training_data

CORPORA = {"python": "Python help", "nietzsche": "Nietzsche", "own": "Your text"}
CELLS = {"lstm": "LSTM", "gru": "GRU", "simple_rnn": "SimpleRNN"}
TRAINING_TARGETS = {"shifted": "Shifted sequence", "next": "Next character only"}
CHOOSE = "Choose a text file: plain text, at least about ten thousand characters."

DEFAULTS: dict[str, Any] = {
    "text_train_training_target": "shifted",
    "text_train_cell": "lstm",
    "text_train_units": 128,
    "text_train_learning_rate": 0.01,
    "text_train_sequence_length": 60,
    "text_train_layers": 1,
    "text_train_batch_size": 64,
    "text_train_epochs": 12,
    "text_train_text_length": 300_000,
    "text_train_seed": 0,
}


def show() -> None:
    st.selectbox(
        "Text",
        list(CORPORA),
        format_func=CORPORA.__getitem__,
        key="text_train_corpus",
        help="The Python help needs no download. Nietzsche is the text of the book. Or upload a text: some hundred "
        "thousand characters in one language work best.",
        **URL_BOUND,
    )
    if st.session_state["text_train_corpus"] == "own":
        _upload()
    st.selectbox(
        "Cell",
        list(CELLS),
        format_func=CELLS.__getitem__,
        key="text_train_cell",
        help="LSTM: three gates and a cell state. GRU: two gates, slightly faster. SimpleRNN: no gates.",
        **URL_BOUND,
    )
    st.select_slider(
        "Units",
        [32, 64, 128, 192, 256],
        value=DEFAULTS["text_train_units"],
        key="text_train_units",
        help="Size of the hidden state. Twice as many take up to four times as long, and spell better.",
        **URL_BOUND,
    )
    st.select_slider(
        "Learning rate",
        [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05],
        value=DEFAULTS["text_train_learning_rate"],
        key="text_train_learning_rate",
        help="Step size of Adam. Low: slow but stable. High: fast, then unstable.",
        **URL_BOUND,
    )
    st.selectbox(
        "Training target",
        list(TRAINING_TARGETS),
        format_func=TRAINING_TARGETS.__getitem__,
        key="text_train_training_target",
        help="Shifted sequence: every next character, one prediction per position. Next character only: the character "
        "after the sequence, one prediction per sequence.",
        **URL_BOUND,
    )
    with st.popover("More settings", width="stretch"):
        _more_settings()


def _more_settings() -> None:
    st.select_slider(
        "Sequence length",
        [10, 20, 40, 60, 100],
        value=DEFAULTS["text_train_sequence_length"],
        key="text_train_sequence_length",
        help="Characters per training sequence (truncated backpropagation through time).",
        **URL_BOUND,
    )
    st.select_slider(
        "Layers",
        [1, 2],
        value=1,
        key="text_train_layers",
        help="Layer 2 reads the outputs of layer 1.",
        **URL_BOUND,
    )
    st.select_slider(
        "Batch size",
        [16, 32, 64, 128],
        value=DEFAULTS["text_train_batch_size"],
        key="text_train_batch_size",
        help="Sequences per step. Small: more steps per epoch. Large: more characters per second.",
        **URL_BOUND,
    )
    st.slider(
        "Epochs",
        1,
        200,
        DEFAULTS["text_train_epochs"],
        key="text_train_epochs",
        help="Passes over the text. The network generates a sample after each.",
        **URL_BOUND,
    )
    st.select_slider(
        "Training text length",
        [20_000, 50_000, 100_000, 300_000, 600_000],
        value=DEFAULTS["text_train_text_length"],
        format_func="{:,}".format,
        key="text_train_text_length",
        help="Characters used; the rest of the text is ignored. Short: quick epochs, but overfitting.",
        **URL_BOUND,
    )
    st.number_input("Seed", 0, 9999, key="text_train_seed", help="The same seed gives the same training.", **URL_BOUND)
    presets_and_reset.reset(DEFAULTS, key="text_train_reset")


def settings() -> dict[str, Any]:
    """The controls as the arguments of `char_rnn.build` and `training.train`."""
    values = {key.removeprefix("text_train_"): st.session_state[key] for key in [*DEFAULTS, "text_train_corpus"]}
    corpus = values["corpus"]
    upload = st.session_state.get("text_train_upload") if corpus == "own" else None
    return {
        "corpus": corpus,
        "file": upload["file"] if upload else "text.txt" if corpus == "own" else None,
        "encoding": upload["encoding"] if upload else None,
        "text_length": values["text_length"],
        "build": {"cell": values["cell"], "units": [values["units"]] * values["layers"], "seed": values["seed"]},
        "train": {
            key: values[key]
            for key in ("training_target", "sequence_length", "epochs", "batch_size", "learning_rate", "seed")
        },
    }


# --- the text ---------------------------------------------------------------------------------


@st.cache_data(show_spinner="Reading the text")
def load_text(corpus: str) -> str:
    """One of `text_data.CORPORA`, loaded once per server."""
    return text_data.load(corpus)


def text() -> tuple[str | None, str]:
    """The chosen text, None if it is not available, and why it cannot be used, "" if it can."""
    corpus = st.session_state["text_train_corpus"]
    try:
        if corpus == "own":
            upload = st.session_state.get("text_train_upload")
            if upload is None:
                return None, CHOOSE
            if upload["problem"]:
                return None, upload["problem"]
            whole = upload["text"]
        elif not text_data.available(corpus):
            return None, ""
        else:
            whole = load_text(corpus)
        length, sequence_length = (st.session_state[f"text_train_{key}"] for key in ("text_length", "sequence_length"))
        training.split(whole[:length], sequence_length)
    except (ValueError, datasets.DatasetMissing) as error:
        return None, str(error)
    return whole, ""


def check() -> str:
    """Above the result: an upload's encoding, and a message if the text is missing or cannot be used.

    Returns why Train is disabled, "" if it is enabled.
    """
    upload = st.session_state.get("text_train_upload")
    if st.session_state["text_train_corpus"] == "own" and upload and upload["data"]:
        _encoding(upload)
    chosen, problem = text()
    if problem == CHOOSE:
        st.info(problem, icon=":material/upload_file:")
    elif problem:
        st.error(problem, icon=":material/error:")
    elif chosen is None and st.session_state["text_train_corpus"] == "nietzsche":
        training_data.missing("The Nietzsche text", "nietzsche.txt", "The Python help is", "once (600 kB)")
    return problem


def _upload() -> None:
    st.file_uploader(
        "Text file",
        type=["txt", "md"],
        key="text_train_file",
        on_change=_read_upload,
        label_visibility="collapsed",
        help="Plain text, at most 20 MB. It stays on this server, for your session only.",
    )
    upload = st.session_state.get("text_train_upload")
    if not upload:
        return
    if not upload["problem"]:  # the widget is empty after another tab was open
        st.text(f"In use: {upload['file']}")


def _encoding(upload: dict[str, Any]) -> None:
    """The encoding that was detected, the first line read with it, and the invalid bytes."""
    st.session_state.setdefault("text_train_encoding", upload["encoding"])
    left, right = st.columns([7, 5], gap="medium", vertical_alignment="bottom")
    with left:
        st.selectbox(
            "Encoding",
            list(text_encoding.ENCODINGS),
            format_func=text_encoding.ENCODINGS.__getitem__,
            key="text_train_encoding",
            on_change=_read_again,
            help="How the file stores its characters, as detected from its bytes. If the first line is not readable, "
            "choose another encoding. UTF-8 files need no choice.",
        )
    if upload["problem"]:
        return
    right.text(f"First line: {_first_line(upload['text'])}")  # never Markdown
    if upload["invalid"]:
        unit = "byte" if upload["encoding"] == "utf_8" else "character"
        is_or_are = "is" if upload["invalid"] == 1 else "are"
        st.caption(
            f"{upload['invalid']:,} {unit}{'' if upload['invalid'] == 1 else 's'} of this file {is_or_are} not valid "
            f"in {text_encoding.ENCODINGS[upload['encoding']]} and replaced by � (U+FFFD)."
        )


def _first_line(text_: str) -> str:
    line = next((line.strip() for line in text_.split("\n") if line.strip()), "")
    return line if len(line) <= 60 else f"{line[:60]} …"


def _read_upload() -> None:
    """Store the upload as text: the widget loses its file when another tab is opened."""
    file = st.session_state["text_train_file"]
    st.session_state.pop("text_train_encoding", None)
    if file is None:
        st.session_state.pop("text_train_upload", None)
        return
    data = file.getvalue()
    st.session_state["text_train_upload"] = _decode(file.name, data, text_encoding.detect(data))


def _read_again() -> None:
    """Decode the upload with the encoding that was chosen."""
    upload, chosen = (st.session_state.get(f"text_train_{key}") for key in ("upload", "encoding"))
    if upload and upload["data"] and chosen:  # another file takes the select box away: Streamlit calls this, too
        st.session_state["text_train_upload"] = _decode(upload["file"], upload["data"], chosen)


def _decode(file: str, data: bytes, encoding: str) -> dict[str, Any]:
    """An upload: its text, or why it cannot be used; its bytes only if the user may choose their encoding."""
    _, invalid = text_encoding.decode(data, encoding)
    upload = {"file": file, "text": "", "problem": "", "data": b"", "encoding": encoding, "invalid": invalid}
    try:
        upload["text"] = text_data.decode(data, encoding)
    except ValueError as error:
        upload["problem"] = str(error)
    if not text_encoding.is_certain(data):
        upload["data"] = data
    return upload
