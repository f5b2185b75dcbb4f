"""The tabs Surprisal and Inspect the LSTM in AppTest."""

import base64
import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genmodels.text_generation import char_rnn, interpretable_cells, rnn_cells
from pages.text_generation import clamp_gate, common, inspect_the_lstm, surprisal, text_and_cell_picker, text_heatmap
from tests import visitor
from tests.visitor import at_the_door, run_script, sound

ESSAY = text_and_cell_picker.PASSAGES["An old essay"].lower()
OWN = {"text_tab": "Surprisal", "text_choice": text_and_cell_picker.OWN}
CLAMP = {"text_tab": "Inspect the LSTM", "inspect_view": "Clamp a gate"}


def visit(**state) -> AppTest:
    """A new visitor on the text page, with widgets set by key."""
    return visitor.visit("pages/text_generation/page.py", **state)


def sent(at: AppTest, kind: str = "values") -> list[dict]:
    """The data of the components on the page, those that have `kind`."""
    data = [json.loads(each.proto.json) for each in at.get("bidi_component") if each.proto.json]
    return [each for each in data if kind in each]


def values_of(data: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(data["values"]), "<f4")


def messages(at: AppTest) -> str:
    return " ".join(each.value for each in [*at.info, *at.caption, *at.markdown])


# --- Surprisal --------------------------------------------------------------------------------


def test_the_colors_show_the_surprisal(model):
    (data,) = sent(visit(text_tab="Surprisal"))
    assert data["text"] == ESSAY
    np.testing.assert_allclose(values_of(data), char_rnn.negative_log_likelihood(model, ESSAY), atol=1e-4)
    expected = char_rnn.predict(model, ESSAY[:30])
    assert data["notes"][30][0] == [model.vocabulary[expected.argmax()], round(100 * expected.max())]


def test_the_page_shows_the_mean(model):
    mean = char_rnn.negative_log_likelihood(model, ESSAY).mean()
    assert f"{mean:.2f} nats per character" in messages(visit(text_tab="Surprisal"))


@pytest.mark.parametrize("gate", ["cell", "forget"])
def test_the_colors_show_the_cell(model, gate):
    state = {"cell_nietzsche_layer": "Layer 1", "cell_nietzsche_unit": 17, "heatmap_gate": gate}
    (data,) = sent(visit(text_tab="Surprisal", heatmap_value=surprisal.COLOR_BY[1], **state))
    trace = char_rnn.forward(model, ESSAY)[2][0][gate][:, 17]
    np.testing.assert_allclose(values_of(data), trace, atol=1e-5)
    assert data["diverging"] == (gate not in rnn_cells.SIGMOID_GATES)


def test_a_selected_character_is_described():
    at = visit(text_tab="Surprisal", heatmap_selected=12)
    assert f"Actual character: “{ESSAY[12]}”" in messages(at)
    assert sent(at)[0]["selected"] == 12


def test_the_last_generated_text_can_be_read():
    assert text_and_cell_picker.LAST_GENERATED not in visit(text_tab="Surprisal").selectbox(key="text_choice").options
    at = visit(text_tab="Surprisal", write_text="the truth is a tru")
    sound(at.selectbox(key="text_choice").set_value(text_and_cell_picker.LAST_GENERATED).run())
    assert sent(at)[0]["text"] == "the truth is a tru"


@pytest.mark.parametrize("tab", ["Surprisal", "Inspect the LSTM"])
def test_a_feature_sets_layer_and_cell(tab):
    feature = "length of the word so far"
    at = visit(text_tab=tab, heatmap_value=surprisal.COLOR_BY[1])
    sound(at.selectbox(key="cell_nietzsche_feature").select(feature).run())
    layer, unit, _ = text_and_cell_picker.best_cells("nietzsche")[feature]
    assert at.session_state["cell_nietzsche_unit"] == unit
    assert at.session_state["cell_nietzsche_layer"] == text_and_cell_picker.LAYERS[layer]


def test_the_most_correlated_cells_of_this_text_set_layer_and_cell(model):
    at = visit(text_tab="Surprisal", heatmap_value=surprisal.COLOR_BY[1])
    sound(at.selectbox(key="cell_nietzsche_feature").select("inside parentheses").run())
    sound(at.button(key="cell_best_0").click().run())
    table = interpretable_cells.correlations(ESSAY, char_rnn.forward(model, ESSAY)[2])
    layer, unit, _ = interpretable_cells.best_cells(table)["inside parentheses"]
    assert at.session_state["cell_nietzsche_unit"] == unit
    assert at.session_state["cell_nietzsche_layer"] == text_and_cell_picker.LAYERS[layer]


def test_a_feature_that_is_constant_in_the_text_shows_a_message():
    at = visit(text_tab="Surprisal", heatmap_value=surprisal.COLOR_BY[1], text_choice="A spelling mistake")
    sound(at.selectbox(key="cell_nietzsche_feature").select("inside parentheses").run())
    assert "is constant in this text" in messages(at)


# --- invalid input ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tab", "text", "message"),
    [
        ("Surprisal", "", "There is no text yet"),
        ("Surprisal", " \n\t ", "There is no text yet"),
        ("Surprisal", "\U0001f600\U0001f680", "None of these characters is in the vocabulary"),
        ("Surprisal", "\0\0\0", "None of these characters is in the vocabulary"),
        ("Surprisal", "tr\0uth \U0001f600", "Characters outside the vocabulary were replaced"),
        ("Surprisal", "the truth " * 250, "its first 2,000 are read"),
        ("Inspect the LSTM", "", "There is no text yet"),
        ("Inspect the LSTM", "\U0001f600\0", "None of these characters is in the vocabulary"),
    ],
)
def test_an_unusable_text_shows_a_message(tab, text, message):
    at = visit(**OWN | {"text_tab": tab, "own_text": text, "heatmap_value": surprisal.COLOR_BY[1]})
    assert message in messages(at)
    assert at.session_state["own_text"] == text  # the input is kept


@pytest.mark.parametrize(
    ("text", "by"),
    [("a", "Surprisal"), ("a", surprisal.COLOR_BY[1]), ("aaaaaaaa", surprisal.COLOR_BY[1]), ("— “n”…", "Surprisal")],
)
def test_unusual_texts_are_read(text, by):
    at = visit(**OWN | {"own_text": text, "heatmap_value": by})
    assert len(sent(at)) == 1
    sound(at.button(key="surprisal_reset").click().run())
    assert sent(at)[0]["text"] == ESSAY and at.session_state["heatmap_value"] == "Surprisal"


@pytest.mark.parametrize("text", ["a", "no" * 60])
def test_a_short_text_has_gate_activations(text):
    at = visit(**OWN | {"text_tab": "Inspect the LSTM", "own_text": text})
    start = min(inspect_the_lstm.FIRST_CHARACTER, max(0, len(text) - inspect_the_lstm.MIN_FIGURE_CHARACTERS))
    expected = text[start : start + inspect_the_lstm.MAX_FIGURE_CHARACTERS]
    assert sent(at, "previous_cell_state")[0]["text"] == expected


INVALID = [
    ("Surprisal", {"text_choice": "nothing", "heatmap_value": "", "heatmap_gate": "<b>"}),
    (
        "Surprisal",
        {"heatmap_value": surprisal.COLOR_BY[1], "cell_nietzsche_unit": "99999", "cell_nietzsche_layer": "Third"},
    ),
    (
        "Inspect the LSTM",
        {"cell_nietzsche_unit": "-1", "traces_start": "1e9", "text_choice": "\x00", "clamp_value": "2"},
    ),
    ("Inspect the LSTM", {"clamp_gate": "all", "clamp_units": "x", "clamp_temperature": "nan", "clamp_seed": "-5"}),
    ("Inspect the LSTM", {"clamp_prompt": "\U0001f600\x00", "clamp_gate": "Cell state c", "clamp_cell_value": "inf"}),
    (
        "Inspect the LSTM",
        {
            "text_choice": text_and_cell_picker.LAST_GENERATED,
            "clamp_prompt": "",
            "clamp_seed": "1e99",
            "traces_start": "-3",
        },
    ),
]


@pytest.mark.parametrize(("tab", "query"), INVALID)
def test_invalid_urls_show_the_tab(tab, query):
    at = at_the_door("pages/text_generation/page.py")
    at.query_params.update({"text_tab": tab} | query)
    sound(at.run())
    assert sent(at)


# --- Inspect the LSTM -------------------------------------------------------------------------


def test_the_figure_shows_the_traces_of_the_cell(model):
    at = visit(text_tab="Inspect the LSTM", traces_start=50, cell_nietzsche_unit=3, cell_nietzsche_layer="Layer 2")
    (data,) = sent(at, "previous_cell_state")
    trace = char_rnn.forward(model, ESSAY)[2][1]
    assert data["text"] == ESSAY[50 : 50 + inspect_the_lstm.MAX_FIGURE_CHARACTERS]
    expected = np.concatenate(
        [
            trace[row][50 : 50 + inspect_the_lstm.MAX_FIGURE_CHARACTERS, 3]
            for row in inspect_the_lstm.gate_activations.ROWS
        ]
    )
    np.testing.assert_allclose(values_of(data), expected, atol=1e-5)
    assert data["previous_cell_state"] == pytest.approx(trace["cell"][49, 3], abs=1e-5)


def test_the_values_in_the_equations_add_up():
    at = visit(text_tab="Inspect the LSTM", traces_selected=130)
    assert "Values for" in messages(at)
    numbers = re.findall(r"-?\d+\.\d+", at.latex[1].value)
    f, c, i, g, new, o, again, h = map(float, numbers)
    assert new == again == pytest.approx(f * c + i * g, abs=0.05)
    assert h == pytest.approx(o * np.tanh(new), abs=0.02)


def test_a_shorter_text_moves_the_start():
    at = visit(text_tab="Inspect the LSTM", traces_start=500)
    sound(at.selectbox(key="text_choice").set_value("A recipe").run())
    assert sent(at, "previous_cell_state")[0]["text"] in text_and_cell_picker.PASSAGES["A recipe"].lower()


def test_a_clamped_gate_changes_the_text():
    at = visit(**CLAMP, clamp_units="Whole layer", clamp_value="1")
    baseline, clamped = sent(at)
    marks = np.array([a != b for a, b in zip(baseline["text"], clamped["text"], strict=True)], float)
    np.testing.assert_array_equal(values_of(clamped), marks)
    assert marks.any() and not values_of(baseline).any()
    baseline_loss, loss = clamp_gate.clamped_loss("nietzsche", _clamp(at))
    assert loss - baseline_loss > 1.0  # nats: a layer that never forgets is useless
    assert f"{baseline_loss:.3f} baseline, {loss:.3f} with the gate clamped" in messages(at)


def test_one_cell_has_little_effect(model):
    unit = text_and_cell_picker.default_state("nietzsche")["cell_nietzsche_unit"]
    baseline_loss, loss = clamp_gate.clamped_loss("nietzsche", {1: {"forget": (unit, 1.0)}})
    assert 0 < abs(loss - baseline_loss) < 0.3


def _clamp(at: AppTest) -> dict:
    layer = text_and_cell_picker.LAYERS.index(at.session_state["cell_nietzsche_layer"])
    unit = None if at.session_state["clamp_units"] == clamp_gate.SCOPES[1] else at.session_state["cell_nietzsche_unit"]
    return {layer: {"forget": (unit, 1.0)}}


def test_the_loss_without_a_clamp_is_the_negative_log_likelihood(model):
    baseline_loss, loss = clamp_gate.clamped_loss("nietzsche", {})
    assert baseline_loss == pytest.approx(char_rnn.negative_log_likelihood(model, ESSAY)[1:].mean(), abs=1e-6)
    assert loss == pytest.approx(baseline_loss, abs=1e-6)


def test_the_cell_state_can_be_clamped():
    at = visit(**CLAMP, clamp_gate="Cell state c", clamp_cell_value=5.0)
    assert [slider.key for slider in at.slider].count("clamp_cell_value") == 1


def test_reset_restores_the_default_values():
    changes = {
        "clamp_gate": "Output gate o",
        "clamp_units": clamp_gate.SCOPES[0],
        "clamp_prompt": "no",
        "clamp_temperature": 1.5,
        "clamp_seed": 7,
        "clamp_value": "0",
    }
    at = visit(**CLAMP, **changes)
    sound(at.button(key="clamp_reset").click().run())
    for key in changes:
        assert at.session_state[key] == clamp_gate.CLAMP_DEFAULTS[key]
    at = visit(text_tab="Inspect the LSTM", cell_nietzsche_unit=5, traces_start=10)
    sound(at.button(key="inspect_reset").click().run())
    unit = text_and_cell_picker.default_state("nietzsche")["cell_nietzsche_unit"]
    assert at.session_state["cell_nietzsche_unit"] == unit
    assert at.session_state["traces_start"] == inspect_the_lstm.FIRST_CHARACTER


@pytest.mark.parametrize(("query", "view"), [({"clamp_seed": "3"}, "Clamp a gate"), ({}, "Gate activations")])
def test_a_link_with_a_clamped_gate_opens_its_view(query, view):
    at = at_the_door("pages/text_generation/page.py")
    at.query_params.update({"text_tab": "Inspect the LSTM"} | query)
    sound(at.run())
    assert at.session_state["inspect_view"] == view


def test_presentation_mode_shows_less_text():
    state = {"text_tab": "Surprisal", "heatmap_value": surprisal.COLOR_BY[1]}
    assert len(visit(**state, presenter=True).markdown) < len(visit(**state).markdown)


# --- scripts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("surprisal", {"text_tab": "Surprisal", "heatmap_value": surprisal.COLOR_BY[1]}),
        ("inspect", CLAMP | {"clamp_units": clamp_gate.SCOPES[1]}),
    ],
)
def test_the_script_repeats_the_result(key, state, tmp_path, model):
    at = visit(**state, **{f"{key}_code": True})
    printed = run_script(at.code[-1].value, tmp_path)
    if key == "surprisal":
        assert f"{char_rnn.negative_log_likelihood(model, ESSAY).mean():.3f} nats" in printed
    else:
        texts = [data["text"] for data in sent(at)]
        assert printed.strip("\n").split("\n\n")[0].startswith(texts[0][:40])


# --- helpers ----------------------------------------------------------------------------------


def test_a_heatmap_needs_a_value_for_each_character():
    with pytest.raises(ValueError, match="3 characters"):
        text_heatmap.show("abc", np.zeros(2), key="x", label="x", high=1)
    with pytest.raises(ValueError, match="and 1"):
        text_heatmap.show("abc", np.zeros(3), key="x", label="x", high=1, notes=[[]])


def test_formatted_numbers_have_no_negative_zero():
    assert [common.format_number(value) for value in (-0.001, -0.256, 1)] == ["0.00", "−0.26", "1.00"]
