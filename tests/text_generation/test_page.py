"""The tabs Generate and Compare temperatures in AppTest, the presets, the weights, and the scripts that are shown."""

import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.text_generation import generation
from pages.text_generation import common, generate, text_and_cell_picker
from tests import visitor
from tests.visitor import ROOT, at_the_door, run_script, sound
from ui import model_loading

PAGE = "pages/text_generation/page.py"
TABS = ("Generate", "Compare temperatures", "Surprisal", "Inspect the LSTM", "Train", "How it works")


def visit(**state) -> AppTest:
    """A new visitor on the text page, with widgets set by key."""
    return visitor.visit(PAGE, **state)


def run_of(at: AppTest) -> generate.Run:
    return at.session_state["write_run"]


def text_of(at: AppTest) -> str:
    return run_of(at).generated.text


def request(page: AppTest, **what) -> AppTest:
    """As if the component had sent a request: its trigger cannot be sent without a browser."""
    run = run_of(page)
    if what["kind"] == "force":
        run.force_character(what["position"], what["index"])
    elif what["kind"] == "temperature":
        run.truncate(what["position"])
        page.session_state["write_temperature"] = page.session_state["write_last_temperature"] = what["value"]
    run.generated.extend(len(run.generated.steps) + 40, page.session_state["write_temperature"])
    return sound(page.run())


# --- every tab --------------------------------------------------------------------------------


@pytest.mark.parametrize("model", common.MODELS)
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_its_content(tab, model):
    at = visit(text_tab=tab, text_model=model)
    assert [each.label for each in at.tabs if len(each.children)] == [tab]


def test_the_presets_open_their_tabs():
    at = visit()
    visited = []
    presets = at.selectbox(key="text_preset").options
    for _ in presets:
        sound(at.button(key="text_preset_next").click().run())
        visited.append((at.selectbox(key="text_preset").value, at.session_state["text_tab"]))
    assert [preset for preset, _ in visited] == presets
    assert len({tab for _, tab in visited}) >= 4
    assert at.session_state["write_temperature"] == 1.8


INVALID = {
    "Generate": {"write_prompt": "", "write_top_k": "-3", "write_top_p": "nan", "write_length": "1e9"},
    "Compare temperatures": {
        "compare_temperature_1": "-1",
        "compare_temperature_2": "hot",
        "compare_length": "7",
        "compare_seed": "x",
        "compare_prompt": "\x00",
    },
    "Surprisal": {"text_model": "Chinese"},
    "Inspect the LSTM": {"text_model": ""},
    "Train": {"text_train_units": "-5"},
    "nope": {"write_temperature": "1e999"},
}


@pytest.mark.parametrize("tab", INVALID)
def test_invalid_urls_show_the_page(tab):
    at = at_the_door(PAGE)
    at.query_params.update({"text_tab": tab} | INVALID[tab])
    sound(at.run())
    assert at.session_state["text_tab"] in TABS and at.session_state["text_model"] in (*common.MODELS, None)


WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = sys.modules["keras"] = None  # importing them raises ImportError
from streamlit.testing.v1 import AppTest
at = AppTest.from_file("app.py", default_timeout=120).run().switch_page("pages/text_generation/page.py")
for tab in sys.argv[1:]:
    at.session_state["text_tab"] = tab
    at.run()
    assert not at.exception and not at.error, (tab, at.exception, at.error)
print(len(at.session_state["write_text"]))
"""


@pytest.mark.slow
def test_all_tabs_but_train_work_without_tensorflow():
    tabs = [tab for tab in TABS if tab != "Train"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TENSORFLOW, *tabs], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > generate.FIRST_CHARACTERS


def test_the_page_does_not_import_tensorflow(monkeypatch):
    at = at_the_door(PAGE)
    calls = []
    monkeypatch.setattr(model_loading, "start_tensorflow_import", lambda: calls.append(True))
    for tab in TABS:
        at.session_state["text_tab"] = tab
        sound(at.run())
    assert calls == []


# --- Generate ---------------------------------------------------------------------------------


def test_the_page_generates_what_the_module_generates():
    at = visit()
    model = common.load("nietzsche")
    prompt = common.example_prompt(0, "nietzsche")
    options = {"length": generate.FIRST_CHARACTERS, "temperature": 0.5, "seed": 0}
    expected = generation.generate_text(model, prompt, **options)
    assert text_of(at).startswith(expected)
    assert at.session_state["write_text"].startswith(prompt + expected)


def test_regenerate_next_prompt_and_reset():
    at = visit()
    first = text_of(at)
    sound(at.button(key="write_regenerate").click().run())
    assert at.session_state["write_seed"] == 1 and text_of(at) != first
    sound(at.button(key="write_next_prompt").click().run())
    assert at.session_state["write_prompt"] == common.PROMPTS[1]
    sound(at.button(key="write_reset").click().run())
    assert at.session_state["write_prompt"] == common.PROMPTS[0]
    assert text_of(at) == first


def test_more_text_continues_the_text():
    at = visit()
    at = request(at, kind="extend")
    model, length = common.load("nietzsche"), len(run_of(at).generated.steps)
    assert length > generate.FIRST_CHARACTERS + 1
    prompt = common.example_prompt(0, "nietzsche")
    assert text_of(at) == generation.generate_text(model, prompt, length=length, temperature=0.5)


def test_a_forced_character_changes_the_text_after_it():
    at = request(visit(), kind="extend")
    before = text_of(at)
    model = common.load("nietzsche")
    index = model.vocabulary.index("z" if before[30] != "z" else "q")
    at = request(at, kind="force", position=30, index=index)
    text = text_of(at)
    assert text[:30] == before[:30] and text[30] == model.vocabulary[index]
    assert run_of(at).generated.forced == [30]
    prompt = common.example_prompt(0, "nietzsche") + text[:31]
    assert text[31:40] == generation.generate_text(model, prompt, length=9, skip=31)


def test_another_temperature_keeps_the_text_so_far():
    at = request(visit(), kind="extend")
    before = text_of(at)
    at = request(at, kind="temperature", position=50, value=0.0)
    after = text_of(at)
    assert after[:50] == before[:50] and after[50:] != before[50:]
    assert at.query_params["write_temperature"] in (["0"], "0")


@pytest.mark.parametrize(
    ("requested", "used"), [("hot", 0.5), ("-1", 0), ("nan", 0.5), ("1e999", 2), ("", 0.5), ("3.5", 2)]
)
def test_an_invalid_temperature_in_the_url_is_replaced_with_a_message(requested, used):
    at = at_the_door(PAGE)
    at.query_params["write_temperature"] = requested
    sound(at.run())
    assert at.session_state["write_temperature"] == used
    assert any(f"(allowed: 0 to 2). Using {used:g}." in info.value for info in at.info)


@pytest.mark.parametrize(("requested", "used"), [("5.0", 2.0), ("0.7", 0.7), ("hot", 0.2)])
def test_a_compared_temperature_of_an_earlier_link_is_at_most_2(requested, used):
    at = at_the_door(PAGE)
    at.query_params.update({"text_tab": "Compare temperatures", "compare_temperature_1": requested})
    sound(at.run())
    assert at.number_input(key="compare_temperature_1").value == used


def test_every_temperature_runs_from_0_to_2():
    at = visit(text_tab="Compare temperatures")
    widgets = [at.number_input(key=f"compare_temperature_{k}") for k in range(1, 5)]
    widgets.append(visit(text_tab="Inspect the LSTM", inspect_view="Clamp a gate").slider(key="clamp_temperature"))
    assert {(widget.min, widget.max) for widget in widgets} == {(0, 2)}


@pytest.mark.parametrize("tab", ["Generate", "Compare temperatures"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at least one character"),
        ("\U0001f600\U0001f680", "None of these"),
        ("\0\0", "None of these"),
    ],
)
def test_an_unusable_prompt_shows_a_message_and_keeps_the_text(tab, text, message):
    at = visit(text_tab=tab)
    key = "write_prompt" if tab == "Generate" else "compare_prompt"
    generated = at.session_state["write_text"] if tab == "Generate" else None
    sound(at.text_input(key=key).set_value(text).run())
    assert any(message in warning.value for warning in at.warning)
    if generated:
        assert at.session_state["write_text"] == generated


def test_replaced_characters_are_listed():
    at = visit(write_prompt="Caf\u00e9 \u2014 \u4e2d")
    assert run_of(at).settings[1] == "caf\u00e9 --  "
    message = " ".join(info.value for info in at.info)
    assert "`\u2014` → `--`" in message and "`\u4e2d` → space" in message


def test_one_character_is_enough():
    assert len(text_of(visit(write_prompt="a"))) > generate.FIRST_CHARACTERS


# --- Compare temperatures ---------------------------------------------------------------------


def test_four_texts_with_their_metrics():
    at = visit(text_tab="Compare temperatures", compare_length=200)
    (body,) = (html.proto.body for html in at.get("html") if "<article>" in html.proto.body)
    assert re.findall(r"<b>T = ([\d.]+)</b>", body) == ["0.2", "0.5", "1", "1.2"]
    texts = re.findall(r"(?s)<p>(.*?)</p>", body)
    assert len(texts) == 4 and len(set(texts)) == 4
    bits = [float(value) for value in re.findall(r"<span>([\d.]+) bits</span>", body)]
    assert len(bits) == 4 and bits == sorted(bits)
    assert body.count("% known") == body.count("% repeats") == 4


def test_temperatures_can_be_edited_and_reset():
    at = visit(text_tab="Compare temperatures", compare_length=100)
    sound(at.number_input(key="compare_temperature_4").set_value(0.0).run())
    sound(at.button(key="compare_regenerate").click().run())
    assert at.session_state["compare_seed"] == 1
    sound(at.button(key="compare_reset").click().run())
    assert [at.session_state[f"compare_temperature_{k}"] for k in range(1, 5)] == [0.2, 0.5, 1.0, 1.2]


# --- the scripts ------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["write", "compare"])
def test_the_scripts_repeat_the_result(key, tmp_path):
    state = {
        "write": {"write_length": 100, "write_seed": 4},
        "compare": {"text_tab": "Compare temperatures", "compare_length": 100},
    }
    at = visit(**state[key], **{f"{key}_code": True})
    assert all("def " in shown.value for shown in at.code[:-1])
    printed = run_script(at.code[-1].value, tmp_path)
    if key == "write":
        at = request(request(at, kind="extend"), kind="extend")  # all hundred characters
        assert printed == at.session_state["write_text"]
    else:
        prompt = common.example_prompt(1, "nietzsche")
        texts, _ = generation.compare_temperatures(common.load("nietzsche"), prompt, (0.2, 0.5, 1.0, 1.2), length=100)
        assert all(text in printed for text in texts)
        assert np.unique(texts).size == 4


# --- damage -----------------------------------------------------------------------------------


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """`damaged(file)` makes the app load a copy of the weights in which one bit of that file is flipped."""

    def forget():
        common.load.clear()
        text_and_cell_picker.read.clear()
        st.cache_data.clear()

    def damage(file):
        for each in weights.FOLDER.glob("text_generation_*"):
            shutil.copy(each, tmp_path)
        data = bytearray((tmp_path / file).read_bytes())
        data[len(data) // 2] ^= 1
        (tmp_path / file).write_bytes(data)
        monkeypatch.setattr(weights, "FOLDER", tmp_path)
        forget()

    yield damage
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize(
    ("ending", "tab"),
    [
        (".weights.h5", "Generate"),
        (".weights.h5", "Surprisal"),
        (".arrays.npz", "Compare temperatures"),
        (".arrays.npz", "Inspect the LSTM"),
    ],
)
def test_a_damaged_file_shows_an_error_with_its_remedy(damaged, ending, tab):
    damaged(f"text_generation_nietzsche{ending}")
    at = at_the_door(PAGE)
    at.session_state["text_tab"] = tab
    at.run()
    assert not at.exception, at.exception[0].message
    assert len(at.error) == 1
    assert f"text_generation_nietzsche{ending} is damaged" in at.error[0].value
    assert "python -m training.text_generation" in at.error[0].value
