"""The text page's tabs Surprise and Inside the LSTM, without a browser."""

import base64
import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genmodels.text_generation import interpretable_cells, rnn_cells
from genmodels.text_generation import model as text_generation
from pages.text_generation import lstm_inspector, surprisal, text_and_cell_picker, text_heatmap
from tests import visitor
from tests.visitor import at_the_door, run_script, sound

ESSAY = text_and_cell_picker.PASSAGES["An old essay"].lower()
OWN = {"text_tab": "Surprise", "read_what": text_and_cell_picker.OWN}


@pytest.fixture(scope="module")
def model():
    return text_generation.load("nietzsche")


def visit(**state) -> AppTest:
    """A new visitor on the text page, with widgets set by key."""
    return visitor.visit("pages/text_generation/page.py", **state)


def sent(at: AppTest, kind: str = "values") -> list[dict]:
    """What the components on the page were sent, those that have values."""
    found = [json.loads(each.proto.json) for each in at.get("bidi_component") if each.proto.json]
    return [data for data in found if kind in data]


def numbers(data: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(data["values"]), "<f4")


def told(at: AppTest) -> str:
    return " ".join(each.value for each in [*at.info, *at.caption, *at.markdown])


# --- Surprise ---------------------------------------------------------------------------------


def test_the_colours_are_the_surprise(model):
    (data,) = sent(visit(text_tab="Surprise"))
    assert data["text"] == ESSAY
    np.testing.assert_allclose(numbers(data), text_generation.score(model, ESSAY), atol=1e-4)
    expected = text_generation.predict(model, ESSAY[:30])
    assert data["notes"][30][0] == [model.vocabulary[expected.argmax()], round(100 * expected.max())]


def test_the_page_states_the_mean(model):
    mean = text_generation.score(model, ESSAY).mean()
    assert f"{mean:.2f} nats per character" in told(visit(text_tab="Surprise"))


@pytest.mark.parametrize("gate", ["cell", "forget"])
def test_the_colours_are_the_cell(model, gate):
    state = {"cell_nietzsche_layer": "First", "cell_nietzsche_unit": 17, "surprise_gate": gate}
    (data,) = sent(visit(text_tab="Surprise", surprise_by=surprisal.BY[1], **state))
    trace = text_generation.run(model, ESSAY)[2][0][gate][:, 17]
    np.testing.assert_allclose(numbers(data), trace, atol=1e-5)
    assert data["diverging"] == (gate not in rnn_cells.BETWEEN_0_AND_1)


def test_a_picked_character_is_explained():
    at = visit(text_tab="Surprise", surprise_at=12)
    assert f"Here came “{ESSAY[12]}”" in told(at)
    assert sent(at)[0]["picked"] == 12


def test_what_the_network_wrote_can_be_read():
    assert text_and_cell_picker.WRITTEN not in visit(text_tab="Surprise").selectbox(key="read_what").options
    at = visit(text_tab="Surprise", write_text="the truth is a tru")
    sound(at.selectbox(key="read_what").set_value(text_and_cell_picker.WRITTEN).run())
    assert sent(at)[0]["text"] == "the truth is a tru"


@pytest.mark.parametrize("tab", ["Surprise", "Inside the LSTM"])
def test_a_role_sets_the_sliders(tab):
    role = "length of the word so far"
    at = visit(text_tab=tab, surprise_by=surprisal.BY[1])
    sound(at.selectbox(key="cell_nietzsche_role").select(role).run())
    layer, unit, _ = text_and_cell_picker._measured("nietzsche")[role]
    assert at.session_state["cell_nietzsche_unit"] == unit
    assert at.session_state["cell_nietzsche_layer"] == text_and_cell_picker.LAYERS[layer]


def test_the_closest_cells_of_this_text_set_the_sliders(model):
    at = visit(text_tab="Surprise", surprise_by=surprisal.BY[1])
    sound(at.selectbox(key="cell_nietzsche_role").select("inside parentheses").run())
    sound(at.button(key="cell_best_0").click().run())
    table = interpretable_cells.correlations(ESSAY, text_generation.run(model, ESSAY)[2])
    layer, unit, _ = interpretable_cells.best(table)["inside parentheses"]
    assert at.session_state["cell_nietzsche_unit"] == unit
    assert at.session_state["cell_nietzsche_layer"] == text_and_cell_picker.LAYERS[layer]


def test_a_role_that_a_text_does_not_have_is_told():
    at = visit(text_tab="Surprise", surprise_by=surprisal.BY[1], read_what="A spelling mistake")
    sound(at.selectbox(key="cell_nietzsche_role").select("inside parentheses").run())
    assert "This text cannot tell" in told(at)


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tab", "text", "sentence"),
    [
        ("Surprise", "", "There is no text yet"),
        ("Surprise", " \n\t ", "There is no text yet"),
        ("Surprise", "\U0001f600\U0001f680", "knows none of these characters"),
        ("Surprise", "\0\0\0", "knows none of these characters"),
        ("Surprise", "tr\0uth \U0001f600", "never saw some of these characters"),
        ("Surprise", "the truth " * 250, "its first 2,000 are read"),
        ("Inside the LSTM", "", "There is no text yet"),
        ("Inside the LSTM", "\U0001f600\0", "knows none of these characters"),
    ],
)
def test_a_bad_text_gets_a_sentence(tab, text, sentence):
    at = visit(**OWN | {"text_tab": tab, "read_own": text, "surprise_by": surprisal.BY[1]})
    assert sentence in told(at)
    assert at.session_state["read_own"] == text  # nothing is lost


@pytest.mark.parametrize(
    ("text", "by"), [("a", "Surprise"), ("a", surprisal.BY[1]), ("aaaaaaaa", surprisal.BY[1]), ("— “n”…", "Surprise")]
)
def test_odd_texts_are_read(text, by):
    at = visit(**OWN | {"read_own": text, "surprise_by": by})
    assert len(sent(at)) == 1
    sound(at.button(key="surprise_reset").click().run())
    assert sent(at)[0]["text"] == ESSAY and at.session_state["surprise_by"] == "Surprise"


@pytest.mark.parametrize("text", ["a", "no" * 60])
def test_a_short_text_has_traces(text):
    at = visit(**OWN | {"text_tab": "Inside the LSTM", "read_own": text})
    begin = min(lstm_inspector.BEGIN, max(0, len(text) - lstm_inspector.SHORTEST))
    assert sent(at, "before")[0]["text"] == text[begin : begin + lstm_inspector.ACROSS]


ABSURD = [
    ("Surprise", {"read_what": "nothing", "surprise_by": "", "surprise_gate": "<b>"}),
    ("Surprise", {"surprise_by": surprisal.BY[1], "cell_nietzsche_unit": "99999", "cell_nietzsche_layer": "Third"}),
    ("Inside the LSTM", {"cell_nietzsche_unit": "-1", "inside_from": "1e9", "read_what": "\x00", "clamp_at": "2"}),
    ("Inside the LSTM", {"clamp_gate": "all", "clamp_scope": "x", "clamp_temperature": "nan", "clamp_seed": "-5"}),
    ("Inside the LSTM", {"clamp_prompt": "\U0001f600\x00", "clamp_gate": "Cell state c", "clamp_state": "inf"}),
    (
        "Inside the LSTM",
        {"read_what": text_and_cell_picker.WRITTEN, "clamp_prompt": "", "clamp_seed": "1e99", "inside_from": "-3"},
    ),
]


@pytest.mark.parametrize(("tab", "query"), ABSURD)
def test_absurd_addresses_show_the_tab(tab, query):
    at = at_the_door("pages/text_generation/page.py")
    at.query_params.update({"text_tab": tab} | query)
    sound(at.run())
    assert sent(at)


# --- Inside the LSTM --------------------------------------------------------------------------


def test_the_traces_are_those_of_the_cell(model):
    at = visit(text_tab="Inside the LSTM", inside_from=50, cell_nietzsche_unit=3, cell_nietzsche_layer="Second")
    (data,) = sent(at, "before")
    trace = text_generation.run(model, ESSAY)[2][1]
    assert data["text"] == ESSAY[50 : 50 + lstm_inspector.ACROSS]
    expected = np.concatenate(
        [trace[row][50 : 50 + lstm_inspector.ACROSS, 3] for row in lstm_inspector.gate_activations.ROWS]
    )
    np.testing.assert_allclose(numbers(data), expected, atol=1e-5)
    assert data["before"] == pytest.approx(trace["cell"][49, 3], abs=1e-5)


def test_the_numbers_in_the_equation_add_up():
    at = visit(text_tab="Inside the LSTM", inside_at=130)
    assert "When it read" in told(at)
    found = re.findall(r"-?\d+\.\d+", at.latex[1].value)
    f, c, i, g, new, o, shown, h = map(float, found)
    assert new == shown == pytest.approx(f * c + i * g, abs=0.05)
    assert h == pytest.approx(o * np.tanh(new), abs=0.02)


def test_a_shorter_text_moves_the_figure():
    at = visit(text_tab="Inside the LSTM", inside_from=500)
    sound(at.selectbox(key="read_what").set_value("A recipe").run())
    assert sent(at, "before")[0]["text"] in text_and_cell_picker.PASSAGES["A recipe"].lower()


def test_a_held_gate_changes_the_text():
    at = visit(text_tab="Inside the LSTM", clamp_scope="Whole layer", clamp_at="1")
    free, held = (data for data in sent(at) if "before" not in data)
    marks = np.array([a != b for a, b in zip(free["text"], held["text"], strict=True)], float)
    np.testing.assert_array_equal(numbers(held), marks)
    assert marks.any() and not numbers(free).any()
    without, with_it = lstm_inspector.cost("nietzsche", _clamp(at))
    assert with_it - without > 1.0  # nats: a layer that never forgets is worth nothing
    assert f"{without:.3f} as it is, {with_it:.3f} with the gate held" in told(at)


def test_one_cell_costs_little(model):
    without, with_it = lstm_inspector.cost(
        "nietzsche", {1: {"forget": (text_and_cell_picker.begin("nietzsche")["cell_nietzsche_unit"], 1.0)}}
    )
    assert 0 < abs(with_it - without) < 0.3


def _clamp(at: AppTest) -> dict:
    layer = text_and_cell_picker.LAYERS.index(at.session_state["cell_nietzsche_layer"])
    unit = (
        None if at.session_state["clamp_scope"] == lstm_inspector.SCOPES[1] else at.session_state["cell_nietzsche_unit"]
    )
    return {layer: {"forget": (unit, 1.0)}}


def test_the_cost_is_measured_against_the_score(model):
    without, with_it = lstm_inspector.cost("nietzsche", {})
    assert without == pytest.approx(text_generation.score(model, ESSAY)[1:].mean(), abs=1e-6)
    assert with_it == pytest.approx(without, abs=1e-6)


def test_the_cell_itself_can_be_held():
    at = visit(text_tab="Inside the LSTM", clamp_gate="Cell state c", clamp_state=5.0)
    assert [slider.key for slider in at.slider].count("clamp_state") == 1


def test_reset_brings_everything_back():
    changes = {
        "clamp_gate": "Output gate o",
        "clamp_scope": lstm_inspector.SCOPES[0],
        "clamp_prompt": "no",
        "clamp_temperature": 1.5,
        "clamp_seed": 7,
        "clamp_at": "0",
    }
    at = visit(text_tab="Inside the LSTM", cell_nietzsche_unit=5, inside_from=10, **changes)
    sound(at.button(key="clamp_reset").click().run())
    sound(at.button(key="inside_reset").click().run())
    for key in changes:
        assert at.session_state[key] == lstm_inspector.CLAMP[key]
    assert at.session_state["cell_nietzsche_unit"] == text_and_cell_picker.begin("nietzsche")["cell_nietzsche_unit"]
    assert at.session_state["inside_from"] == lstm_inspector.BEGIN


def test_the_presenter_sees_fewer_words():
    for tab in ("Surprise", "Inside the LSTM"):
        assert len(visit(text_tab=tab, presenter=True).markdown) < len(visit(text_tab=tab).markdown)


# --- the code that is shown -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("surprise", {"text_tab": "Surprise", "surprise_by": surprisal.BY[1]}),
        ("inside", {"text_tab": "Inside the LSTM", "clamp_scope": lstm_inspector.SCOPES[1]}),
    ],
)
def test_the_script_runs(key, state, tmp_path, model):
    at = visit(**state, **{f"{key}_code": True})
    printed = run_script(at.code[-1].value, tmp_path)
    if key == "surprise":
        assert f"{text_generation.score(model, ESSAY).mean():.3f} nats" in printed
    else:
        written = [data["text"] for data in sent(at) if "before" not in data]
        assert printed.strip("\n").split("\n\n")[0].startswith(written[0][:40])


# --- pieces -----------------------------------------------------------------------------------


def test_the_hardest_passages_do_not_overlap():
    nats = np.zeros(60)
    nats[20:24], nats[50] = 9.0, 6.0
    found = surprisal.hardest(nats, width=4, count=3)
    assert found[0] == (20, 9.0)
    starts = [start for start, _ in found]
    assert all(abs(a - b) >= 4 for k, a in enumerate(starts) for b in starts[:k])
    assert found[1][1] == pytest.approx(1.5)
    assert surprisal.hardest(nats[:3], width=4) == []


def test_a_coloured_text_wants_a_value_for_each_character():
    with pytest.raises(ValueError, match="3 characters"):
        text_heatmap.text("abc", np.zeros(2), key="x", label="x", high=1)
    with pytest.raises(ValueError, match="and 1"):
        text_heatmap.text("abc", np.zeros(3), key="x", label="x", high=1, notes=[[]])


def test_numbers_have_no_negative_zero():
    assert [text_and_cell_picker.number(value) for value in (-0.001, -0.256, 1)] == ["0.00", "−0.26", "1.00"]
