"""What can be read off a text, and which cell follows it."""

import numpy as np
import pytest

from genmodels.text_generation import interpretable_cells

TEXT = 'he said "no (or so)" twice,\nand "yes!" once (perhaps).\n\n"never closed\n\nand after it (open'


def inside(name, text):
    return "".join("x" if value else "." for value in interpretable_cells.readings(text)[name])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a "bc" d', "..xxx..."),  # the opening mark belongs to it, the closing one does not
        ('"a" "b"', "xx..xx."),
        ('a "b\nc', "..xxxx"),  # a line end does not end a quotation
        ('"ab\n\ncd', "xxxx..."),  # a paragraph's end does
    ],
)
def test_quotations_are_found(text, expected):
    assert inside("inside quotation marks", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("a (b) c", "..xx..."), ("(a", "xx"), ("a) (b", "...xx"), ("(a\n\nb)", "xxx...")]
)
def test_parentheses_are_found(text, expected):
    if len(set(expected)) == 1:  # the same everywhere: nothing can follow it
        assert "inside parentheses" not in interpretable_cells.readings(text)
    else:
        assert inside("inside parentheses", text) == expected


def test_counters_count():
    found = interpretable_cells.readings("ab cde\nf.")
    assert found["position in the line"].tolist() == [1, 2, 3, 4, 5, 6, 0, 1, 2]
    assert found["length of the word so far"].tolist() == [1, 2, 0, 1, 2, 3, 0, 1, 0]
    assert found["in a word"].tolist() == [1, 1, 0, 1, 1, 1, 0, 1, 0]
    assert found["a vowel"].tolist() == [1, 0, 0, 0, 0, 1, 0, 0, 0]
    np.testing.assert_allclose(found["since the sentence began"], np.log1p([1, 2, 3, 4, 5, 6, 7, 8, 0]))


def test_only_what_changes_is_read():
    assert "a capital letter" not in interpretable_cells.readings("small letters only")
    assert interpretable_cells.readings("A b")["a capital letter"].tolist() == [1, 0, 0]
    assert interpretable_cells.readings("\n") == {}  # a single character


def traces(*layers):
    return [{"cell": np.array(layer, "float32").T} for layer in layers]


def test_a_trace_that_is_a_reading_has_r_one():
    readings = interpretable_cells.readings(TEXT)
    noise = np.random.default_rng(0).normal(size=(2, len(TEXT)))
    for name, reading in readings.items():
        table = interpretable_cells.correlations(TEXT, traces([noise[0], 3 * reading + 7], [-0.5 * reading, noise[1]]))
        np.testing.assert_allclose([table[name][0, 1], table[name][1, 0]], [1, -1], atol=1e-6)
        assert (np.abs(table[name]) <= 1 + 1e-6).all()


def test_r_is_what_numpy_says():
    values = np.random.default_rng(1).normal(size=(3, len(TEXT)))
    table = interpretable_cells.correlations(TEXT, traces(values[:2], values[[2, 2]]))
    for name, reading in interpretable_cells.readings(TEXT).items():
        expected = [[np.corrcoef(reading, row)[0, 1] for row in layer] for layer in (values[:2], values[[2, 2]])]
        np.testing.assert_allclose(table[name], expected, atol=1e-6)


def test_a_cell_that_never_moves_follows_nothing():
    table = interpretable_cells.correlations(TEXT, traces([np.full(len(TEXT), 0.25), np.arange(len(TEXT))]))
    assert all(r[0, 0] == 0 for r in table.values())


def test_other_gates_can_be_looked_at():
    vowel = interpretable_cells.readings(TEXT)["a vowel"]
    table = interpretable_cells.correlations(TEXT, [{"forget": vowel[:, None].astype("float32")}], gate="forget")
    assert table["a vowel"][0, 0] == pytest.approx(1)


def test_the_best_cell_is_found_in_either_direction():
    table = {"a": np.array([[0.1, 0.2], [-0.9, 0.3]]), "b": np.array([[0.5, -0.4], [0.0, 0.0]])}
    assert interpretable_cells.best(table) == {"a": (1, 0, -0.9), "b": (0, 0, 0.5)}
