"""Features of a text, and their correlation with cells."""

import numpy as np
import pytest

from genmodels.text_generation import char_rnn, interpretable_cells

TEXT = 'he said "no (or so)" twice,\nand "yes!" once (perhaps).\n\n"never closed\n\nand after it (open'


def inside(name, text):
    return "".join("x" if value else "." for value in interpretable_cells.text_features(text)[name])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a "bc" d', "..xxx..."),  # with the opening mark, without the closing one
        ('"a" "b"', "xx..xx."),
        ('a "b\nc', "..xxxx"),  # a line end does not end a quotation
        ('"ab\n\ncd', "xxxx..."),  # the end of a paragraph does
    ],
)
def test_inside_quotation_marks(text, expected):
    assert inside("inside quotation marks", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("a (b) c", "..xx..."), ("(a", "xx"), ("a) (b", "...xx"), ("(a\n\nb)", "xxx...")]
)
def test_inside_parentheses(text, expected):
    if len(set(expected)) == 1:  # constant: left out
        assert "inside parentheses" not in interpretable_cells.text_features(text)
    else:
        assert inside("inside parentheses", text) == expected


def test_counting_features():
    features = interpretable_cells.text_features("ab cde\nf.")
    assert features["position in the line"].tolist() == [1, 2, 3, 4, 5, 6, 0, 1, 2]
    assert features["length of the word so far"].tolist() == [1, 2, 0, 1, 2, 3, 0, 1, 0]
    assert features["in a word"].tolist() == [1, 1, 0, 1, 1, 1, 0, 1, 0]
    assert features["a vowel"].tolist() == [1, 0, 0, 0, 0, 1, 0, 0, 0]
    np.testing.assert_allclose(features["since the sentence began"], np.log1p([1, 2, 3, 4, 5, 6, 7, 8, 0]))


def test_constant_features_are_left_out():
    assert "a capital letter" not in interpretable_cells.text_features("small letters only")
    assert interpretable_cells.text_features("A b")["a capital letter"].tolist() == [1, 0, 0]
    assert interpretable_cells.text_features("\n") == {}  # a single character


def traces(*layers):
    return [{"cell": np.array(layer, "float32").T} for layer in layers]


def test_a_trace_equal_to_a_feature_has_r_1():
    features = interpretable_cells.text_features(TEXT)
    noise = np.random.default_rng(0).normal(size=(2, len(TEXT)))
    for name, feature in features.items():
        table = interpretable_cells.correlations(TEXT, traces([noise[0], 3 * feature + 7], [-0.5 * feature, noise[1]]))
        np.testing.assert_allclose([table[name][0, 1], table[name][1, 0]], [1, -1], atol=1e-6)
        assert (np.abs(table[name]) <= 1 + 1e-6).all()


def test_r_equals_numpy_corrcoef():
    values = np.random.default_rng(1).normal(size=(3, len(TEXT)))
    table = interpretable_cells.correlations(TEXT, traces(values[:2], values[[2, 2]]))
    for name, feature in interpretable_cells.text_features(TEXT).items():
        expected = [[np.corrcoef(feature, row)[0, 1] for row in layer] for layer in (values[:2], values[[2, 2]])]
        np.testing.assert_allclose(table[name], expected, atol=1e-6)


def test_a_constant_cell_has_r_0():
    table = interpretable_cells.correlations(TEXT, traces([np.full(len(TEXT), 0.25), np.arange(len(TEXT))]))
    assert all(r[0, 0] == 0 for r in table.values())


def test_other_gates():
    vowel = interpretable_cells.text_features(TEXT)["a vowel"]
    table = interpretable_cells.correlations(TEXT, [{"forget": vowel[:, None].astype("float32")}], gate="forget")
    assert table["a vowel"][0, 0] == pytest.approx(1)


def test_the_best_cell_has_the_largest_absolute_r():
    table = {"a": np.array([[0.1, 0.2], [-0.9, 0.3]]), "b": np.array([[0.5, -0.4], [0.0, 0.0]])}
    assert interpretable_cells.best_cells(table) == {"a": (1, 0, -0.9), "b": (0, 0, 0.5)}


def test_top_correlations_are_sorted_by_absolute_r():
    r = np.array([[0.1, 0.2], [-0.9, 0.3]])
    assert interpretable_cells.top_correlations(r, 3) == [(1, 0, -0.9), (1, 1, 0.3), (0, 1, 0.2)]


@pytest.mark.parametrize("name", char_rnn.NAMES)
def test_the_best_cells_of_the_pretrained_models(name):
    cells = interpretable_cells.load_best_cells(name)
    assert "inside quotation marks" in cells
    layers = char_rnn.load(name).layers
    for layer, unit, r in cells.values():
        assert 0 <= unit < layers[layer].units and 0.1 < abs(r) <= 1
