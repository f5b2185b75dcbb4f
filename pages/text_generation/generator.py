"""It writes: text as it comes, and the decision behind every character."""

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from genmodels.text_generation import model as text_generation
from pages.text_generation import common
from ui import code_panel, model_loading, presets_and_reset
from ui.component import component

FIRST = 24  # characters written before any is shown: so few that they are there at once
CHUNK = 120  # characters written ahead at a time after that: a tenth of a second
LENGTHS = (100, 200, 400, 800, 1600)
DEFAULTS: dict[str, Any] = {
    "write_prompt": common.STARTS[0],
    "write_length": 400,
    "write_seed": 0,
    "write_top_k": 0,
    "write_top_p": 1.0,
}
TEMPERATURE = 0.5

_writer = component("generator", __file__)


@dataclass(eq=False)
class Run:
    """One text as it grows: what was drawn, and what is needed to go on from any of its characters."""

    settings: tuple  # model, prompt, top_k, top_p, seed: another one is another run
    number: int  # which run of this visitor
    steps: list[tuple[int, np.ndarray, float, Any]] = field(default_factory=list)  # index, logits, number, state
    forced: list[int] = field(default_factory=list)
    kept: tuple[int, int] = (0, 0)  # characters that stayed when it was last cut, and how often it was
    forced_now: bool = False

    @property
    def text(self) -> str:
        vocabulary = common.load(self.settings[0]).vocabulary
        return "".join(vocabulary[index] for index, *_ in self.steps)

    def extend(self, upto: int, temperature: float) -> None:
        """Write on until there are `upto` characters."""
        name, prompt, top_k, top_p, seed = self.settings
        have = len(self.steps)
        for step in text_generation.generate(
            common.load(name),
            "",
            length=max(0, upto - have),
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            seed=seed,
            skip=have,
            state=self.steps[-1][3] if have else _read(name, prompt),
        ):
            self.steps.append((step.index, step.logits, step.number, step.state))

    def cut(self, at: int) -> None:
        """Forget what comes after the first `at` characters."""
        del self.steps[at:]
        self.forced = [k for k in self.forced if k < at]
        self.kept = at, self.kept[1] + 1

    def force(self, at: int, index: int) -> None:
        """Put a character of the visitor's choice at place `at`, and forget what came after."""
        _, logits, number, _ = self.steps[at]
        model = common.load(self.settings[0])
        before = self.steps[at - 1][3] if at else _read(*self.settings[:2])
        self.cut(at)
        self.steps.append((index, logits, number, text_generation.step(model, before, np.array([index]))[1]))
        self.forced.append(at)
        self.forced_now = True


@st.cache_resource(max_entries=64, show_spinner=False)
def _read(name: str, prompt: str) -> Any:
    """The network's state after a beginning: read once, however often it is gone on from."""
    return text_generation.run(common.load(name), prompt)[1]


@st.fragment  # "Write again" is answered without the rest of the page: the first character is waited for
def show(name: str) -> None:
    with model_loading.show_weight_errors():
        _show(name)


def _show(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Beginning",
            key="write_prompt",
            max_chars=common.LONGEST,
            help="What the network reads first. It goes on in the same vein, as far as it can.",
            value=DEFAULTS["write_prompt"],
            **common.KEEP,
        )
        st.button(
            "Another",
            key="write_another",
            icon=":material/shuffle:",
            on_click=_another,
            help="The next of ten beginnings.",
        )
        st.button(
            "Write again",
            key="write_again",
            icon=":material/casino:",
            type="primary",
            on_click=_again,
            help="The same beginning with other random numbers: another text.",
        )
        with st.popover("More", icon=":material/tune:"):
            _more()
        presets_and_reset.reset(DEFAULTS | {"write_temperature": TEMPERATURE}, key="write_reset")
    with st.container():  # always there: a sentence that came and went by itself would remake what is below
        _temperature()
        prompt = common.beginning(st.session_state["write_prompt"], name)
    if prompt is not None:
        _start(name, prompt)
    st.session_state["write_asked"] = _asked()
    if "write_run" in st.session_state:
        _write()


def _more() -> None:
    st.select_slider("Length", LENGTHS, value=400, key="write_length", help="Characters to write.", **common.KEEP)
    st.slider(
        "Top-k",
        0,
        40,
        key="write_top_k",
        help="Draw among the k likeliest characters only; 0 draws among all.",
        **common.KEEP,
    )
    st.slider(
        "Top-p",
        0.05,
        1.0,
        1.0,
        0.05,
        key="write_top_p",
        help="Draw among the likeliest that together hold this share of the probability; 1 draws among all.",
        **common.KEEP,
    )
    st.number_input(
        "Seed", 0, 9999, key="write_seed", help="The same seed draws the same random numbers.", **common.KEEP
    )


def _temperature() -> None:
    """The temperature lives in the drawing; its link is kept here."""
    if "write_temperature" in st.session_state:
        return
    st.session_state["write_temperature"] = TEMPERATURE
    asked = st.query_params.get("write_temperature")
    if asked is None:
        return
    try:
        value = float(asked)
    except ValueError:
        value = math.nan
    if 0 <= value <= 2:
        st.session_state["write_temperature"] = value
    else:
        st.info(
            f"The address asks for the temperature {asked[:40]!r}, which is no number from 0 to 2: it is {TEMPERATURE}."
        )


def _another() -> None:
    asked = st.session_state["write_prompt"]
    at = common.STARTS.index(asked) + 1 if asked in common.STARTS else 0
    st.session_state["write_prompt"] = common.STARTS[at % len(common.STARTS)]


def _again() -> None:
    st.session_state["write_seed"] = (st.session_state.get("write_seed", 0) + 1) % 10_000


def _asked() -> tuple:
    """What stands outside the drawing's fragment and decides what is drawn, or whether."""
    keys = ("text_tab", "text_model", "write_prompt", "write_length", "write_top_k", "write_top_p", "write_seed")
    return tuple(st.session_state.get(key) for key in keys)


def _start(name: str, prompt: str) -> None:
    """A new run where the settings are not those of the one that is on the page."""
    top_k, top_p, seed = (st.session_state[f"write_{key}"] for key in ("top_k", "top_p", "seed"))
    settings = (name, prompt, top_k or None, top_p if top_p < 1 else None, seed)
    run = st.session_state.get("write_run")
    # A temperature that a preset, a link or Reset has set, not the hand: from the beginning too.
    moved = st.session_state.get("write_drawn_at") != st.session_state["write_temperature"]
    if run is None or run.settings != settings or moved:
        number = run.number + 1 if run else 1
        st.session_state["write_run"] = Run(settings, number)
        st.session_state["write_fresh"] = True
        st.session_state["write_drawn_at"] = st.session_state["write_temperature"]


@st.fragment
def _write() -> None:
    run: Run = st.session_state["write_run"]
    if _asked() != st.session_state["write_asked"]:
        # The browser sends what happens in one moment as one message, and in a fragment's name if any of it came
        # from one: a tab chosen while the drawing asked for more text would otherwise stay empty.
        st.rerun()
    temperature, length = st.session_state["write_temperature"], st.session_state["write_length"]
    model = common.load(run.settings[0])
    if not run.steps:
        run.extend(min(FIRST, length) + 1, temperature)  # one more than is shown: there is always a decision ahead
    text = run.text[: min(len(run.steps) - 1, length)]
    st.session_state["write_text"] = run.settings[1] + text
    st.query_params["write_temperature"] = f"{temperature:g}"
    rows = np.stack([logits for _, logits, *_ in run.steps[: len(text) + 1]])
    _writer(
        key="write_itself",
        data={
            "run": run.number,
            "play": st.session_state.pop("write_fresh", False),
            "prompt": run.settings[1],
            "text": text,
            "forced": run.forced,
            "forced_now": run.forced_now,
            "kept": run.kept,
            "vocabulary": model.vocabulary,
            "logits": base64.b64encode(np.round(rows.clip(-127, 127) * 256).astype("<i2").tobytes()).decode(),
            "numbers": [round(number, 6) for _, _, number, _ in run.steps[: len(text) + 1]],
            "temperature": temperature,
            "top_k": run.settings[2] or 0,
            "top_p": run.settings[3] or 0,
            "length": length,
        },
        on_ask_change=_answer,
    )
    run.forced_now = False
    _code(run, temperature, length)


def _answer() -> None:
    """What the drawing asks for: more text, another temperature, or a character of the visitor's choice."""
    ask: Mapping[str, Any] | None = st.session_state.get("write_itself", {}).get("ask")  # none once it is closed
    run: Run | None = st.session_state.get("write_run")
    if not ask or run is None or ask.get("run") != run.number:
        return  # of a text that is no longer there
    temperature = st.session_state["write_temperature"]
    if ask["kind"] == "again":
        _again()
        return
    if ask["kind"] == "temperature":
        temperature = float(ask["value"])
        st.session_state["write_temperature"] = st.session_state["write_drawn_at"] = temperature
        run.cut(int(ask["at"]))
    elif ask["kind"] == "force":
        run.force(int(ask["at"]), int(ask["index"]))
    run.extend(min(len(run.steps) + CHUNK, st.session_state["write_length"] + 1), temperature)


def _code(run: Run, temperature: float, length: int) -> None:
    name, prompt, top_k, top_p, seed = run.settings
    extras = "".join(f", {key}={value}" for key, value in (("top_k", top_k), ("top_p", top_p)) if value)
    script = f"""
        from genmodels.text_generation import model as text_generation

        model = text_generation.load({name!r})
        prompt = {prompt!r}
        print(prompt, end="")
        for step in text_generation.generate(
            model, prompt, length={length}, temperature={temperature:g}, seed={seed}{extras}
        ):
            print(step.character, end="", flush=True)
        """
    functions = [
        text_generation.generate,
        text_generation.softmax,
        text_generation.truncate,
        text_generation.draw,
        text_generation.step,
    ]
    code_panel.show(script, functions, key="write", name="text_generation")
