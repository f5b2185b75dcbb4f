"""The text page's writing tabs as a visitor meets them, without a browser; and the scripts they show, run."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.text_generation import model as text_generation
from pages.text_generation import common, generator, text_and_cell_picker
from tests import visitor
from tests.visitor import ROOT, at_the_door, run_script, sound
from ui import model_loading

PAGE = "pages/text_generation/page.py"
TABS = ("It writes", "Four temperatures", "Surprise", "Inside the LSTM", "Train it", "How it works")


def visit(**state) -> AppTest:
    """A new visitor on the text page, with widgets set by key."""
    return visitor.visit(PAGE, **state)


def run_of(at: AppTest) -> generator.Run:
    return at.session_state["write_run"]


def ask(page: AppTest, **what) -> AppTest:
    """As if the drawing had asked: its trigger cannot be sent without a browser."""
    run = run_of(page)
    if what["kind"] == "force":
        run.force(what["at"], what["index"])
    elif what["kind"] == "temperature":
        run.cut(what["at"])
        page.session_state["write_temperature"] = page.session_state["write_drawn_at"] = what["value"]
    run.extend(len(run.steps) + 40, page.session_state["write_temperature"])
    return sound(page.run())


# --- every tab --------------------------------------------------------------------------------


@pytest.mark.parametrize("model", common.MODELS)
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_something(tab, model):
    at = visit(text_tab=tab, text_model=model)
    assert [each.label for each in at.tabs if len(each.children)] == [tab]


def test_the_story_leads_through_the_page():
    at = visit()
    told = []
    presets = at.selectbox(key="text_story").options
    for _ in presets:
        sound(at.button(key="text_story_next").click().run())
        told.append((at.selectbox(key="text_story").value, at.session_state["text_tab"]))
    assert [preset for preset, _ in told] == presets
    assert len({tab for _, tab in told}) >= 4
    assert at.session_state["write_temperature"] == 1.8


ABSURD = {
    "It writes": {"write_prompt": "", "write_top_k": "-3", "write_top_p": "nan", "write_length": "1e9"},
    "Four temperatures": {"four_0": "-1", "four_1": "hot", "four_length": "7", "four_seed": "x", "four_prompt": "\x00"},
    "Surprise": {"text_model": "Chinese"},
    "Inside the LSTM": {"text_model": ""},
    "Train it": {"text_live_units": "-5"},
    "nope": {"write_temperature": "1e999"},
}


@pytest.mark.parametrize("tab", ABSURD)
def test_absurd_addresses_show_the_page(tab):
    at = at_the_door(PAGE)
    at.query_params.update({"text_tab": tab} | ABSURD[tab])
    sound(at.run())
    assert at.session_state["text_tab"] in TABS and at.session_state["text_model"] in (*common.MODELS, None)


WITHOUT = """
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


def test_all_but_training_works_where_there_is_no_tensorflow():
    tabs = [tab for tab in TABS if tab != "Train it"]
    done = subprocess.run([sys.executable, "-c", WITHOUT, *tabs], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > generator.FIRST


def test_the_page_does_not_wake_tensorflow(monkeypatch):
    at = at_the_door(PAGE)
    woken = []
    monkeypatch.setattr(model_loading, "start_tensorflow_import", lambda: woken.append(True))
    for tab in TABS:
        at.session_state["text_tab"] = tab
        sound(at.run())
    assert woken == []


# --- it writes --------------------------------------------------------------------------------


def test_it_writes_what_the_module_writes():
    at = visit()
    model = common.load("nietzsche")
    prompt = common.start(0, "nietzsche")
    steps = list(text_generation.generate(model, prompt, length=generator.FIRST, temperature=0.5, seed=0))
    expected = "".join(step.character for step in steps)
    assert run_of(at).text.startswith(expected)
    assert at.session_state["write_text"].startswith(prompt + expected)


def test_another_seed_writes_another_text_and_reset_the_first():
    at = visit()
    first = run_of(at).text
    sound(at.button(key="write_again").click().run())
    assert at.session_state["write_seed"] == 1 and run_of(at).text != first
    sound(at.button(key="write_another").click().run())
    assert at.session_state["write_prompt"] == common.STARTS[1]
    sound(at.button(key="write_reset").click().run())
    assert at.session_state["write_prompt"] == common.STARTS[0]
    assert run_of(at).text == first


def test_more_text_goes_on_where_it_was():
    at = visit()
    at = ask(at, kind="more")
    model, length = common.load("nietzsche"), len(run_of(at).steps)
    assert length > generator.FIRST + 1
    steps = text_generation.generate(model, common.start(0, "nietzsche"), length=length, temperature=0.5)
    assert run_of(at).text == "".join(step.character for step in steps)


def test_a_forced_character_stays_and_changes_what_follows():
    at = ask(visit(), kind="more")
    before = run_of(at).text
    model = common.load("nietzsche")
    wanted = model.vocabulary.index("z" if before[30] != "z" else "q")
    at = ask(at, kind="force", at=30, index=wanted)
    run = run_of(at)
    assert run.text[:30] == before[:30] and run.text[30] == model.vocabulary[wanted]
    assert run.forced == [30]
    after = text_generation.generate(model, common.start(0, "nietzsche") + run.text[:31], length=9, skip=31)
    assert run.text[31:40] == "".join(step.character for step in after)


def test_another_temperature_keeps_what_was_read_so_far():
    at = ask(visit(), kind="more")
    before = run_of(at).text
    at = ask(at, kind="temperature", at=50, value=0.0)
    after = run_of(at).text
    assert after[:50] == before[:50] and after[50:] != before[50:]
    assert at.query_params["write_temperature"] in (["0"], "0")


@pytest.mark.parametrize("asked", ["hot", "-1", "nan", "1e999", ""])
def test_a_temperature_that_is_no_number_is_told(asked):
    at = at_the_door(PAGE)
    at.query_params["write_temperature"] = asked
    sound(at.run())
    assert at.session_state["write_temperature"] == generator.TEMPERATURE
    assert any("no number from 0 to 2" in info.value for info in at.info)


@pytest.mark.parametrize("tab", ["It writes", "Four temperatures"])
@pytest.mark.parametrize(
    ("text", "told"),
    [("", "at least one character"), ("\U0001f600\U0001f680", "none of these"), ("\0\0", "none of these")],
)
def test_a_beginning_that_is_none_is_told_and_loses_nothing(tab, text, told):
    at = visit(text_tab=tab)
    key = "write_prompt" if tab == "It writes" else "four_prompt"
    written = at.session_state["write_text"] if tab == "It writes" else None
    sound(at.text_input(key=key).set_value(text).run())
    assert any(told in warning.value for warning in at.warning)
    if written:
        assert at.session_state["write_text"] == written


def test_unknown_characters_are_replaced_in_the_open():
    at = visit(write_prompt="Caf\u00e9 \u2014 \u4e2d")
    assert run_of(at).settings[1] == "caf\u00e9 --  "
    told = " ".join(info.value for info in at.info)
    assert "`\u2014` → `--`" in told and "`\u4e2d` → space" in told


def test_one_character_is_enough():
    assert len(run_of(visit(write_prompt="a")).text) > generator.FIRST


# --- four temperatures ------------------------------------------------------------------------


def test_four_texts_and_their_measures():
    at = visit(text_tab="Four temperatures", four_length=200)
    shown = [html.proto.body if hasattr(html.proto, "body") else html.value for html in at.get("html")]
    texts = [body for body in shown if 'class="four"' in body]
    assert len(texts) == 4 and len(set(texts)) == 4
    numbers = [body for body in shown if "repeats" in body]
    bits = [float(body.split("<b>")[1].split("<")[0]) for body in numbers]
    assert len(bits) == 4 and bits == sorted(bits)


def test_temperatures_can_be_edited_and_reset():
    at = visit(text_tab="Four temperatures", four_length=100)
    sound(at.number_input(key="four_3").set_value(0.0).run())
    sound(at.button(key="four_again").click().run())
    assert at.session_state["four_seed"] == 1
    sound(at.button(key="four_reset").click().run())
    assert [at.session_state[f"four_{k}"] for k in range(4)] == [0.2, 0.5, 1.0, 1.2]


# --- the scripts ------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["write", "four"])
def test_the_scripts_repeat_what_is_on_the_screen(key, tmp_path):
    state = {
        "write": {"write_length": 100, "write_seed": 4},
        "four": {"text_tab": "Four temperatures", "four_length": 100},
    }
    at = visit(**state[key], **{f"{key}_code": True})
    assert all("def " in shown.value for shown in at.code[:-1])
    printed = run_script(at.code[-1].value, tmp_path)
    if key == "write":
        at = ask(ask(at, kind="more"), kind="more")  # all hundred
        assert printed == at.session_state["write_text"]
    else:
        prompt = common.start(1, "nietzsche")
        written, _ = text_generation.write(common.load("nietzsche"), prompt, (0.2, 0.5, 1.0, 1.2), length=100)
        assert all(text in printed for text in written)
        assert np.unique(written).size == 4


# --- damage -----------------------------------------------------------------------------------


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """`damaged(file)` makes the app read a copy of the text weights in which one bit of that file is flipped."""

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
        (".weights.h5", "It writes"),
        (".weights.h5", "Surprise"),
        (".arrays.npz", "Four temperatures"),
        (".arrays.npz", "Inside the LSTM"),
    ],
)
def test_a_damaged_file_is_told_with_its_remedy(damaged, ending, tab):
    damaged(f"text_generation_nietzsche{ending}")
    at = at_the_door(PAGE)
    at.session_state["text_tab"] = tab
    at.run()
    assert not at.exception, at.exception[0].message
    assert len(at.error) == 1
    assert f"text_generation_nietzsche{ending} is damaged" in at.error[0].value
    assert "python -m training.text_generation" in at.error[0].value
