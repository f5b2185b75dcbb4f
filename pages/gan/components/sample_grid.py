"""A grid of generated images with the discriminator score below each; one of them can be selected."""

import base64
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import streamlit as st

from genmodels.media import images
from pages.gan import common
from ui.component import component

_sample_grid = component("sample_grid", __file__)


def show(
    samples: np.ndarray,
    scores: np.ndarray | None,
    *,
    columns: int,
    key: str,
    label: str,
    on_select: Callable[[int], None] | None = None,
    selected: int | None = None,
    marks: Mapping[int, str] | None = None,
    captions: Sequence[str] | None = None,
    critic: bool = False,
) -> None:
    """Draw images (n, h, w[, 3]) uint8 in rows of `columns`; `on_select(index)` is called before the next run.

    scores: (n,) discriminator scores, or None to leave them out. critic: the scores are unbounded, the bars run from
    the lowest to the highest. marks: a short text in the corner of some images, by index. captions: in place of the
    numbers of the scores. label: for screen readers.
    """
    n = len(samples)
    rows = -(-n // columns)
    padded = np.zeros((rows * columns, *samples.shape[1:]), "uint8")
    padded[:n] = samples
    sheet = images.tile(padded.reshape(rows, columns, *samples.shape[1:]))

    def on_change() -> None:
        for k in _new_clicks(key, st.session_state[key].get("select")):
            if on_select is not None and 0 <= k < n:
                on_select(k)

    texts = [""] * n if scores is None else [common.score_text(each, critic=critic) for each in scores]
    _sample_grid(
        key=key,
        data={
            "png": base64.b64encode(images.png(sheet)).decode(),
            "rows": rows,
            "columns": columns,
            "scores": [None] * n if scores is None else [float(each) for each in bar_lengths(scores, critic=critic)],
            "texts": list(captions) if captions else texts,
            "colors": {"real": common.REAL, "fake": common.FAKE},
            "marks": {str(k): mark for k, mark in (marks or {}).items()},
            "selected": selected,
            "selectable": on_select is not None,
            "label": label,
        },
        on_select_change=on_change,
    )


def _new_clicks(key: str, clicks: list[tuple[float, int]] | None) -> list[int]:
    """The indices of the clicks since the last message: of [time in milliseconds, index], the later ones."""
    last = st.session_state.get(f"{key}_last_click", 0)
    new = [(time, k) for time, k in clicks or [] if time > last]
    if new:
        st.session_state[f"{key}_last_click"] = new[-1][0]
    return [k for _, k in new]


def bar_lengths(scores: np.ndarray, *, critic: bool) -> np.ndarray:
    """Lengths of the bars in [0, 1]: probabilities as they are, scores of a critic from the lowest to the highest."""
    if not critic:
        return scores
    span = float(scores.max() - scores.min())
    return (scores - scores.min()) / span if span else np.full(len(scores), 0.5)
