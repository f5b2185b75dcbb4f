"""Tab "Generate": the text as it is generated, and the distribution that each character is sampled from."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from genmodels.text_generation import char_rnn, generation, sampling
from genmodels.text_generation.generation import GeneratedText
from pages.text_generation import common
from ui import address, code_panel, model_loading, presets_and_reset
from ui.component import component
from ui.page_layout import result_and_controls

FIRST_CHARACTERS = 24  # generated before the first is shown: few, so that they appear at once
CHUNK = 120  # characters generated per request after that: a tenth of a second
LENGTHS = (100, 200, 400, 800, 1600)
TEMPERATURE = 0.5
DEFAULTS: dict[str, Any] = {
    "write_prompt": common.PROMPTS[0],
    "write_length": 400,
    "write_seed": 0,
    "write_top_k": 0,
    "write_top_p": 1.0,
}

_generator = component("components/generator", __file__)


@dataclass(eq=False)
class Run:
    """The text on the page, and what the component needs to know of its changes."""

    settings: tuple  # model, prompt, top_k, top_p, seed: other settings start another run
    number: int  # of this user's runs
    generated: GeneratedText
    prefix: int = 0  # characters that remained when the text was last truncated
    revision: int = 0  # how often it was truncated
    just_forced: bool = False

    def truncate(self, length: int) -> None:
        self.generated.truncate(length)
        self.prefix, self.revision = length, self.revision + 1

    def force_character(self, position: int, index: int) -> None:
        self.generated.force_character(position, index)
        self.prefix, self.revision, self.just_forced = position, self.revision + 1, True


@st.cache_resource(max_entries=64, show_spinner=False)
def _prompt_state(name: str, prompt: str) -> Any:
    """The state of the model after a prompt."""
    return char_rnn.forward(common.load(name), prompt)[1]


@st.fragment  # "Regenerate" reruns this tab only, so that the first character appears sooner
def show(name: str) -> None:
    with model_loading.show_weight_errors():
        _show(name)


def _show(name: str) -> None:
    result, controls = result_and_controls("generate", (3, 1))
    with controls:
        _controls()
    with result:
        with st.container():  # always present: a message that appears alone would rebuild the component below
            if address.counts("write_temperature"):  # not a widget: the component has the slider
                st.session_state["write_temperature"] = common.temperature_from_url("write_temperature", TEMPERATURE)
            prompt = common.check_prompt(st.session_state["write_prompt"], name)
        if prompt is not None:
            _start(name, prompt)
        st.session_state["write_settings"] = _settings()
        if "write_run" in st.session_state:
            _generate()


def _controls() -> None:
    st.text_input(
        "Prompt",
        key="write_prompt",
        max_chars=common.MAX_CHARACTERS,
        help="Text the model reads before it generates.",
        value=DEFAULTS["write_prompt"],
        **common.URL_BOUND,
    )
    st.button(
        "Next prompt",
        key="write_next_prompt",
        icon=":material/shuffle:",
        width="stretch",
        on_click=_next_prompt,
        help="Next of ten example prompts.",
    )
    st.button(
        "Regenerate",
        key="write_regenerate",
        icon=":material/casino:",
        type="primary",
        width="stretch",
        on_click=_regenerate,
        help="Same prompt, new random seed.",
    )
    st.select_slider(
        "Length", LENGTHS, value=400, key="write_length", help="Characters to generate.", **common.URL_BOUND
    )
    st.slider(
        "Top-k",
        0,
        40,
        key="write_top_k",
        help="Sample only from the k most likely characters. 0: off.",
        **common.URL_BOUND,
    )
    st.slider(
        "Top-p",
        0.05,
        1.0,
        1.0,
        0.05,
        key="write_top_p",
        help="Nucleus sampling: sample from the smallest set of characters with total probability p. 1: off.",
        **common.URL_BOUND,
    )
    st.number_input(
        "Seed",
        0,
        9999,
        key="write_seed",
        help="Seed of the random numbers: the same seed gives the same text.",
        **common.URL_BOUND,
    )
    presets_and_reset.reset(DEFAULTS | {"write_temperature": TEMPERATURE}, key="write_reset")


def _next_prompt() -> None:
    prompt = st.session_state["write_prompt"]
    k = common.PROMPTS.index(prompt) + 1 if prompt in common.PROMPTS else 0
    st.session_state["write_prompt"] = common.PROMPTS[k % len(common.PROMPTS)]


def _regenerate() -> None:
    st.session_state["write_seed"] = (st.session_state.get("write_seed", 0) + 1) % 10_000


def _settings() -> tuple:
    """The state outside the inner fragment that decides what is generated, or whether anything is."""
    keys = ("text_tab", "text_model", "write_prompt", "write_length", "write_top_k", "write_top_p", "write_seed")
    return tuple(st.session_state.get(key) for key in keys)


def _start(name: str, prompt: str) -> None:
    """Start a new run unless the run on the page has the current settings."""
    top_k, top_p, seed = (st.session_state[f"write_{key}"] for key in ("top_k", "top_p", "seed"))
    settings = (name, prompt, top_k or None, top_p if top_p < 1 else None, seed)
    run: Run | None = st.session_state.get("write_run")
    temperature = st.session_state["write_temperature"]
    # The slider continues a run at another temperature; a preset, a link or Reset starts a new one.
    changed = st.session_state.get("write_last_temperature") != temperature
    if run is None or run.settings != settings or changed:
        model, prompt_state = common.load(name), _prompt_state(name, prompt)
        generated = GeneratedText(model, prompt_state, top_k=settings[2], top_p=settings[3], seed=seed)
        st.session_state["write_run"] = Run(settings, run.number + 1 if run else 1, generated)
        st.session_state["write_autoplay"] = True
        st.session_state["write_last_temperature"] = temperature


@st.fragment
def _generate() -> None:
    run: Run = st.session_state["write_run"]
    if _settings() != st.session_state["write_settings"]:
        # The browser sends simultaneous events as one message, in the name of a fragment if one of them came
        # from it. If a tab was chosen while the component requested more text, rerun the whole page.
        st.rerun()
    temperature, length = st.session_state["write_temperature"], st.session_state["write_length"]
    generated, prompt = run.generated, run.settings[1]
    if not generated.steps:
        # one more than is shown, so that the prediction of the next character is there
        generated.extend(min(FIRST_CHARACTERS, length) + 1, temperature)
    text = generated.text[: min(len(generated.steps) - 1, length)]
    st.session_state["write_text"] = prompt + text
    address.write({"write_temperature": None if temperature == TEMPERATURE else f"{temperature:g}"})
    steps = generated.steps[: len(text) + 1]
    logits = np.stack([logits for _, logits, *_ in steps])
    _generator(
        key="write_component",
        data={
            "run": run.number,
            "autoplay": st.session_state.pop("write_autoplay", False),
            "prompt": prompt,
            "text": text,
            "forced": generated.forced,
            "just_forced": run.just_forced,
            "prefix": run.prefix,
            "revision": run.revision,
            "vocabulary": generated.model.vocabulary,
            "logits": base64.b64encode(np.round(logits.clip(-127, 127) * 256).astype("<i2").tobytes()).decode(),
            "random_draws": [round(random_draw, 6) for _, _, random_draw, _ in steps],
            "temperature": temperature,
            "top_k": generated.top_k or 0,
            "top_p": generated.top_p or 0,
            "length": length,
        },
        on_request_change=_on_request,
    )
    run.just_forced = False
    _code(run, temperature, length)


def _on_request() -> None:
    """Answer the component: more text, another temperature, a character chosen by the user, or a new seed."""
    request: Mapping[str, Any] | None = st.session_state.get("write_component", {}).get("request")
    run: Run | None = st.session_state.get("write_run")
    if not request or run is None or request.get("run") != run.number:
        return  # the component is closed, or shows an earlier run
    temperature = st.session_state["write_temperature"]
    if request["kind"] == "regenerate":
        _regenerate()
        return
    if request["kind"] == "temperature":
        temperature = float(request["value"])
        st.session_state["write_temperature"] = st.session_state["write_last_temperature"] = temperature
        run.truncate(int(request["position"]))
    elif request["kind"] == "force":
        run.force_character(int(request["position"]), int(request["index"]))
    run.generated.extend(min(len(run.generated.steps) + CHUNK, st.session_state["write_length"] + 1), temperature)


def _code(run: Run, temperature: float, length: int) -> None:
    name, prompt, top_k, top_p, seed = run.settings
    options = "".join(f", {key}={value}" for key, value in (("top_k", top_k), ("top_p", top_p)) if value)
    script = f"""
        from genmodels.text_generation import char_rnn, generation

        model = char_rnn.load({name!r})
        prompt = {prompt!r}
        print(prompt, end="")
        for step in generation.generate(
            model, prompt, length={length}, temperature={temperature:g}, seed={seed}{options}
        ):
            print(step.character, end="", flush=True)
        """
    functions = [
        generation.generate,
        sampling.softmax,
        sampling.truncate,
        sampling.sample_index,
        char_rnn.step,
    ]
    code_panel.show(script, functions, key="write", name="text_generation")
