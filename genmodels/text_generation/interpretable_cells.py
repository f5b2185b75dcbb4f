"""Find interpretable cells: correlate every cell of an LSTM with features of the text.

Karpathy, Johnson & Fei-Fei 2015 (arXiv:1506.02078) found single cells that count the position in the
line or switch on inside quotes, by inspecting them one by one. Here the trace of every cell over a
text is correlated with a few features of that text, and the best cell of each feature is reported.
Correlation is not causation: clamp the cell to test whether the network uses it.
"""

from collections.abc import Sequence

import numpy as np

from genmodels import weights
from genmodels.text_generation.rnn_cells import Trace

Cell = tuple[int, int, float]  # layer, unit, Pearson's r


def text_features(text: str) -> dict[str, np.ndarray]:
    """Features of a text at each of its characters: name to (n,) float64. Constant features are left out."""
    letters = np.array([c.isalpha() for c in text], bool)
    features = {
        "position in the line": _distance_from(text, "\n"),
        "length of the word so far": np.where(letters, _distance_from_last(~letters), 0.0),
        "since the sentence began": np.log1p(_distance_from(text, ".!?;:")),
        "inside quotation marks": _inside(text, '"', '"'),
        "inside parentheses": _inside(text, "(", ")"),
        "in a word": letters.astype("float64"),
        "a vowel": np.array([c.lower() in "aeiou" for c in text], "float64"),
        "after a comma": (_distance_from(text, ",") < 12).astype("float64"),
    }
    if any(c.isupper() for c in text):
        features["a capital letter"] = np.array([c.isupper() for c in text], "float64")
    return {name: values for name, values in features.items() if len(values) and np.ptp(values) > 0}


def correlations(text: str, traces: Sequence[Trace], gate: str = "cell") -> dict[str, np.ndarray]:
    """Pearson's r of every cell with every feature of the text: name to (layers, units) float64.

    traces: from `char_rnn.forward` for this text. A constant cell has r = 0.
    """
    values = np.stack([trace[gate] for trace in traces]).astype("float64")  # (layers, n, units)
    values -= values.mean(axis=1, keepdims=True)
    norms = np.sqrt((values**2).sum(axis=1))  # (layers, units)
    table = {}
    for name, feature in text_features(text).items():
        centered = feature - feature.mean()
        norm = norms * np.sqrt((centered**2).sum())
        table[name] = np.einsum("lnu,n->lu", values, centered) / np.where(norm > 0, norm, np.inf)
    return table


def best_cells(table: dict[str, np.ndarray]) -> dict[str, Cell]:
    """The cell with the largest |r| for each feature of `correlations`."""
    return {name: top_correlations(r, 1)[0] for name, r in table.items()}


def top_correlations(r: np.ndarray, count: int = 5) -> list[Cell]:
    """The cells with the largest |r|, largest first. r: (layers, units)."""
    order = np.argsort(-np.abs(r), axis=None, kind="stable")[:count]
    return [(int(k // r.shape[1]), int(k % r.shape[1]), float(r.flat[k])) for k in order]


def load_best_cells(name: str) -> dict[str, Cell]:
    """The best cell of each feature of a pretrained model, measured on held-out text when it was trained."""
    arrays = weights.arrays(f"text_generation_{name}", ".arrays.npz")
    rows = zip(arrays["roles"], arrays["cells"], arrays["r"], strict=True)  # "roles": the names of the features
    return {str(feature): (int(layer), int(unit), float(r)) for feature, (layer, unit), r in rows}


def _distance_from(text: str, marks: str) -> np.ndarray:
    return _distance_from_last(np.array([c in marks for c in text], bool))


def _distance_from_last(marked: np.ndarray) -> np.ndarray:
    """Characters since the last marked one; since the beginning (counted from 1) if there is none: (n,) float64."""
    positions = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, positions, -1))
    return (positions - last).astype("float64")


def _inside(text: str, opening: str, closing: str) -> np.ndarray:
    """1 between an opening and a closing mark of the same paragraph, 0 elsewhere: (n,) float64."""
    inside, values = False, []
    for k, c in enumerate(text):
        if text[k - 1 : k + 1] == "\n\n":
            inside = False  # a quotation that is not closed ends with its paragraph
        elif opening == closing and c == opening:
            inside = not inside
        elif c in (opening, closing):
            inside = c == opening
        values.append(float(inside))
    return np.array(values)
