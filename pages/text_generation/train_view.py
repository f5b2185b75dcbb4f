"""What is seen of a training: the text, what a window of it teaches, samples and curve, and the network at work."""

import html
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import text_data
from genmodels.jobs.job_queue import Job
from genmodels.text_generation import model as text_generation
from pages.text_generation import common
from ui import job_panel, training_data

COLUMNS = [7, 5]
HELD_OUT = 0.05  # the last part of the text, at least a window of it
SHOWN = 240  # characters of an extract
MONO = "Source Code Pro,ui-monospace,monospace"  # the theme's, which comes with Streamlit
BOX = f"white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5;font-family:{MONO};font-size:"
HOT, COLD = "background:#c2410c;color:#fff;border-color:#c2410c", "background:#8883"


@st.cache_data(show_spinner="Reading the text")
def shipped(corpus: str) -> str:
    """One of `texts.CORPORA`, read once a server."""
    return text_data.load(corpus)


def split(text: str, window: int) -> tuple[str, str]:
    """What is learnt from, and what is held out: the last part. Raises `ValueError` where there is too little."""
    if len(text) < 2 * (window + 1):
        raise ValueError(
            f"This text has {len(text):,} characters. A window of {window} needs {2 * (window + 1)} at least: half of "
            "them to learn from, half to be held out. Take a longer text, or under More a shorter window."
        )
    cut = len(text) - max(int(len(text) * HELD_OUT), window + 1)
    return text[:cut], text[cut:]


def prepared(text: str, window: int) -> dict[str, Any]:
    """Everything that a training needs to know of its text, and the two yardsticks for its loss."""
    learnt, held_out = split(text, window)
    vocabulary = "".join(sorted(set(text)))
    shares = np.bincount(text_data.indices(text, vocabulary)) / len(text)
    prompt = "".join(" ".join(held_out.split()[1:])[:window].rpartition(" ")[:2])  # the first and last may be cut
    return {
        "text": learnt,
        "held_out": held_out,
        "vocabulary": vocabulary,
        "prompt": text_data.fit_text(prompt, vocabulary)[0],
        "nothing": float(np.log(len(vocabulary))),
        "frequencies": float(text_generation.entropy(shares) * np.log(2)),
    }


def describe(title: str, whole: str, length: int, window: int) -> None:
    """How much text there is, what part of it is used, and how it begins."""
    text = whole[:length]
    learnt, held_out = split(text, window)
    more = "or more " if len(whole) == text_data.MAX_CHARACTERS else ""
    cut = f"the first {length:,} of {len(whole):,} " if len(whole) > length else f"{len(whole):,} "
    st.markdown(
        f"**{title}:** {cut}{more}characters, {len(set(text))} different ones. "
        f"It learns from {len(learnt):,}; the last {len(held_out):,} are held out."
    )
    with st.container(border=True):
        st.html(f"<div style='{BOX}0.95rem'>{html.escape(whole[:SHOWN].strip())} …</div>")


def ways(text: str, mode: str) -> None:
    """What one window teaches in either way, as rows that stand one below the other; the chosen one in colour."""
    line = " ".join(text[:400].split())[:11]
    n = len(line) - 1
    lessons = {"shifted": list(line[1:]), "next": [""] * (n - 1) + [line[-1]]}
    rows = [_row("it reads", list(line[:-1]), "")]
    for way, title in (("shifted", "shifted"), ("next", "next one")):
        rows.append(_row(title, lessons[way], HOT if way == mode else COLD))
    st.html(
        "<div style='overflow-x:auto'><table style='border-collapse:separate;border-spacing:3px;"
        f"font:600 1.05rem {MONO}'>{''.join(rows)}</table></div>"
    )
    chosen = {way: " (chosen)" if way == mode else "" for way in lessons}
    st.caption(
        f"What this window of {n} characters teaches: shifted{chosen['shifted']}, {n} answers; the next one "
        f"only{chosen['next']}, a single answer."
    )


def _row(title: str, characters: list[str], filled: str) -> str:
    cells = "".join(
        "<td style='min-width:1.35em;height:1.7em;padding:0;text-align:center;border-radius:4px;border:1px solid #8886;"
        f"{filled if c else ''}'>{html.escape(c.replace(' ', '␣'))}</td>"
        for c in characters
    )
    words = "font:400 0.95rem Source Sans,sans-serif;padding:0 .6em 0 0;white-space:nowrap;border:0"
    return f"<tr><td style='{words}'>{title}</td>{cells}</tr>"


# --- while it runs ----------------------------------------------------------------------------


def draw(run: dict[str, Any], job: Job) -> None:
    """One look at the run: what it wrote after each epoch, newest first, and how the loss falls."""
    step = job.step
    if step is None:
        if job.active:
            training_data.waiting(job)
        return
    left, right = st.columns(COLUMNS, gap="medium")
    with left:
        st.caption(f"{job.title}: what it writes after each epoch, newest first")
        with st.container(height=500, border=True):
            _samples(run)
    with right:
        settings, nats = run["settings"]["train"], step.losses
        speed = (
            f", {step.characters_per_second:,.0f} characters a second" if step.done > 1 else ""
        )  # the first compiles
        st.caption(f"Epoch {min(step.epoch + 1, settings['epochs'])} of {settings['epochs']}{speed}")
        per_step = settings["batch_size"] * settings["window"]
        job_panel.curves(
            job, "loss", "nats per character", x="characters read", scale=per_step, legend=True, height=330
        )
        if not np.isfinite(list(nats.values())).all():
            st.error("The loss is no longer a number. The learning rate was too high: lower it and train again.")
            return
        st.markdown(
            f"Held-out loss **{nats['held-out loss']:.2f}** nats per character, as if it chose among "
            f"{np.exp(nats['held-out loss']):.1f} equally likely ones.  \n"
            f"Knowing nothing: ln {len(run['vocabulary'])} = {run['nothing']:.2f}. "
            f"Knowing how often each character occurs: {run['frequencies']:.2f}."
        )


def _samples(run: dict[str, Any]) -> None:
    begins = html.escape(run["prompt"])
    parts = []
    for place, (epoch, sample, nats) in enumerate(reversed(run["samples"])):
        title = f"Epoch {epoch}: held out {nats:.2f} nats" if epoch else "Before it has learnt anything"
        size = "1.1rem" if place == 0 else "0.95rem"
        parts.append(
            f"<div style='font-weight:600;margin:{'0' if place == 0 else '1.1em'} 0 .25em'>{title}</div>"
            f"<div style='{BOX}{size}'><span style='opacity:.65'>{begins}</span>{html.escape(sample)}</div>"
        )
    st.html("".join(parts))


# --- when it has ended ------------------------------------------------------------------------


def look_inside(run: dict[str, Any], job: Job) -> None:
    """Write with the trained network, and take it home."""
    st.subheader("Look inside", anchor=False)
    if not np.isfinite(list(job.step.losses.values())).all():
        st.caption("There is nothing in it to write with: its weights are no longer numbers.")
        return
    if "frozen" not in run:  # once: the model learns no more
        run["frozen"] = text_generation.freeze(run["model"], run["vocabulary"])
    left, right = st.columns(COLUMNS, gap="medium")
    with right:
        prompt = _prompt(run)
        temperature = st.slider(
            "Temperature",
            0.0,
            2.0,
            0.5,
            0.05,
            key="text_live_temperature",
            help="0: always the likeliest character, which soon goes round in circles. 1: as the network believes. "
            "Above: anything.",
            **common.KEEP,
        )
        length = st.slider(
            "Length", 50, 2000, 500, 50, key="text_live_write", help="Characters to write.", **common.KEEP
        )
        seed = st.number_input(
            "Seed of the draws",
            0,
            9999,
            key="text_live_draws",
            help="The same seed gives the same text, another one another.",
            **common.KEEP,
        )
    (written,), _ = text_generation.write(run["frozen"], prompt, [temperature], length=length, seed=seed)
    with left:
        st.caption(f"Written by the network just trained ({job.state} after {job.step.done:,} steps)")
        with st.container(border=True):
            st.html(f"<div style='{BOX}1.1rem'><b>{html.escape(prompt)}</b>{html.escape(written)}</div>")
        _downloads(run, job, prompt + written)


def _prompt(run: dict[str, Any]) -> str:
    st.session_state.setdefault("text_live_prompt", run["prompt"])
    typed = st.text_input(
        "It begins with",
        key="text_live_prompt",
        max_chars=common.LONGEST,
        placeholder="Nothing: it begins from its zero state",
        help="Your words; the network reads them, then goes on. Characters that its text never had are replaced.",
        persist_state="session",
    )
    prompt = common.fitted(typed, run["vocabulary"])
    if not prompt:
        st.caption("With nothing to read it begins from its zero state.")
    return prompt


def _downloads(run: dict[str, Any], job: Job, written: str) -> None:
    settings = run["settings"]
    cell = settings["build"]["cell"]
    card = {
        **settings,
        "vocabulary": run["vocabulary"],
        "state": job.state,
        "batches": job.step.done,
        "nats_per_character": job.step.losses,
    }
    stem = f"text_{settings['corpus']}_{cell}"
    samples = "\n\n".join(f"--- epoch {epoch} ---\n{run['prompt']}{sample}" for epoch, sample, _ in run["samples"])
    with st.container(horizontal=True):
        for label, data, ending, help in (
            (
                "Weights",
                partial(_weights, run["model"]),
                "weights.h5",
                f'text_generation.read(file, vocabulary, "{cell}") reads it; the vocabulary is in the settings.',
            ),
            ("Settings", json.dumps(card, indent=2), "json", "What was trained, how, the vocabulary, the losses."),
            ("Text", written, "txt", "What stands above."),
            ("Samples", samples, "samples.txt", "What it wrote after each epoch."),
        ):
            st.download_button(
                label,
                data,
                f"{stem}.{ending}",
                key=f"text_live_{label}",
                icon=":material/download:",
                help=help,
                on_click="ignore",
            )


def _weights(model: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.weights.h5"
        model.save_weights(file)
        return file.read_bytes()


def script(settings: dict[str, Any]) -> str:
    """A file that trains the same model again."""
    build, train = (
        ", ".join(f"{key}={value!r}" for key, value in settings[part].items()) for part in ("build", "train")
    )
    own = settings["corpus"] == "own"
    source = f"texts.decode(Path({settings['file']!r}).read_bytes())" if own else f"texts.load({settings['corpus']!r})"
    return f"""
        from pathlib import Path

        from genmodels.text_generation import model as text_generation
        from genmodels.data import text_data as texts

        text = {source}[:{settings["length"]}]
        vocabulary = "".join(sorted(set(text)))
        cut = len(text) - max(int(len(text) * {HELD_OUT}), {settings["train"]["window"]} + 1)
        model = text_generation.build(vocabulary, {build})
        for step in text_generation.train(
            model, vocabulary, text[:cut], held_out=text[cut:], {train}
        ):
            print(f"{{step.done:6}} of {{step.total}}", {{name: round(nats, 3) for name, nats in step.losses.items()}})
        model.save_weights("text_live.weights.h5")
        written, _ = text_generation.write(text_generation.freeze(model, vocabulary), text[cut:cut + 60], [0.5])
        Path("text_live.txt").write_text(text[cut:cut + 60] + written[0], encoding="utf-8")
        print(written[0])
        """
