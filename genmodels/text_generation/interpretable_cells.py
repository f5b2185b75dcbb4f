"""What a memory cell may be keeping: measured, not guessed.

Karpathy, Johnson & Fei-Fei 2015 (arXiv:1506.02078) found single cells that count the position in
the line or switch on inside quotes by looking through them one by one. Here every cell's trace over
a text is correlated with a few things that can be read off the text, and the best cell of each is
named. A correlation says that a cell *follows* something, not that the network uses it for that:
clamp the cell and see.
"""

from collections.abc import Sequence

import numpy as np

from genmodels.text_generation.rnn_cells import Trace


def readings(text: str) -> dict[str, np.ndarray]:
    """Things that can be read off a text at each of its characters: name to (n,) float64."""
    letters = np.array([c.isalpha() for c in text], bool)
    found = {
        "position in the line": _since(text, "\n"),
        "length of the word so far": np.where(letters, _since_true(~letters), 0.0),
        "since the sentence began": np.log1p(_since(text, ".!?;:")),
        "inside quotation marks": _inside(text, '"', '"'),
        "inside parentheses": _inside(text, "(", ")"),
        "in a word": letters.astype("float64"),
        "a vowel": np.array([c.lower() in "aeiou" for c in text], "float64"),
        "after a comma": (_since(text, ",") < 12).astype("float64"),
    }
    if any(c.isupper() for c in text):
        found["a capital letter"] = np.array([c.isupper() for c in text], "float64")
    return {name: values for name, values in found.items() if len(values) and np.ptp(values) > 0}


def correlations(text: str, traces: Sequence[Trace], gate: str = "cell") -> dict[str, np.ndarray]:
    """Pearson's r of every cell of every layer with every reading of the text: name to (layers, units) float64.

    traces: as `text_generation.run` gives them for this text. A cell that never moves has r = 0.
    """
    values = np.stack([trace[gate] for trace in traces]).astype("float64")  # (layers, n, units)
    values -= values.mean(axis=1, keepdims=True)
    sizes = np.sqrt((values**2).sum(axis=1))  # (layers, units)
    table = {}
    for name, reading in readings(text).items():
        centred = reading - reading.mean()
        size = sizes * np.sqrt((centred**2).sum())
        table[name] = np.einsum("lnu,n->lu", values, centred) / np.where(size > 0, size, np.inf)
    return table


def best(table: dict[str, np.ndarray]) -> dict[str, tuple[int, int, float]]:
    """For each reading the cell that follows it most closely, in either direction: (layer, unit, r)."""
    found = {}
    for name, r in table.items():
        layer, unit = np.unravel_index(np.abs(r).argmax(), r.shape)
        found[name] = int(layer), int(unit), float(r[layer, unit])
    return found


def _since(text: str, marks: str) -> np.ndarray:
    return _since_true(np.array([c in marks for c in text], bool))


def _since_true(marked: np.ndarray) -> np.ndarray:
    """Characters since the last marked one, from the beginning where there was none: (n,) float64."""
    places = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, places, -1))
    return (places - last).astype("float64")


def _inside(text: str, opening: str, closing: str) -> np.ndarray:
    """1 between an opening and a closing mark of the same paragraph, 0 elsewhere: (n,) float64."""
    inside, values = False, []
    for k, c in enumerate(text):
        if text[k - 1 : k + 1] == "\n\n":
            inside = False  # a quotation that was never closed ends with its paragraph
        elif opening == closing and c == opening:
            inside = not inside
        elif c in (opening, closing):
            inside = c == opening
        values.append(float(inside))
    return np.array(values)
