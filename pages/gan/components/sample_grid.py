"""A wall of generated pictures with the discriminator's opinion under each; one can be picked."""

import base64
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import streamlit as st

from genmodels.media import images
from pages.gan import common
from ui.component import component

_wall = component("sample_grid", __file__)


def show(
    pictures: np.ndarray,
    scores: np.ndarray | None,
    *,
    columns: int,
    key: str,
    label: str,
    on_pick: Callable[[int], None] | None = None,
    picked: int | None = None,
    marks: Mapping[int, str] | None = None,
    captions: Sequence[str] | None = None,
    width: int | None = None,
    critic: bool = False,
) -> None:
    """Draw (n, h, w[, 3]) uint8 pictures in rows of `columns`; `on_pick(number)` is called before the next run.

    scores: (n,) what the discriminator thinks, or None for none; critic: they have no bounds, and the bars
    show them between the lowest and the highest. marks: a word in the corner of some. captions: in
    place of the scores' numbers. width: pixels at
    most. label: what a screen reader says.
    """
    n = len(pictures)
    rows = -(-n // columns)
    full = np.zeros((rows * columns, *pictures.shape[1:]), "uint8")
    full[:n] = pictures
    sheet = images.tile(full.reshape(rows, columns, *pictures.shape[1:]))

    def picked_some() -> None:
        for k in _unheard(key, st.session_state[key].get("pick")):
            if on_pick is not None and 0 <= k < n:
                on_pick(k)

    _wall(
        key=key,
        data={
            "png": base64.b64encode(images.png(sheet)).decode(),
            "rows": rows,
            "columns": columns,
            "scores": [None] * n if scores is None else [float(each) for each in bars(scores, critic=critic)],
            "texts": list(captions) if captions else _texts(scores, n, critic),
            "colours": {"real": common.REAL, "fake": common.FAKE},
            "marks": {str(k): mark for k, mark in (marks or {}).items()},
            "picked": picked,
            "still": on_pick is None,
            "label": label,
            "width": width,
        },
        on_pick_change=picked_some,
    )


def _unheard(key: str, clicks: list[tuple[float, int]] | None) -> list[int]:
    """Which pictures were clicked since the last message: of [time in milliseconds, number], those that are later."""
    before = st.session_state.get(f"{key}_heard", 0)
    new = [(when, k) for when, k in clicks or [] if when > before]
    if new:
        st.session_state[f"{key}_heard"] = new[-1][0]
    return [k for _, k in new]


def bars(scores: np.ndarray, *, critic: bool) -> np.ndarray:
    """How long the bars are, in [0, 1]: probabilities as they are, a critic's scores from the lowest to the highest."""
    if not critic:
        return scores
    reach = float(scores.max() - scores.min())
    return (scores - scores.min()) / reach if reach else np.full(len(scores), 0.5)


def _texts(scores: np.ndarray | None, n: int, critic: bool) -> list[str]:
    return [""] * n if scores is None else [said(each, critic=critic) for each in scores]


def said(score: float, *, critic: bool) -> str:
    """A score as text: a share of one, or a critic's signed number."""
    return f"{score:+.1f}" if critic else f"{score:.2f}"
