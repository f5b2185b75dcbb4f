"""Line and bar charts of a running training. Their specs do not change between updates, so that nothing flickers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

MAX_POINTS = 300  # per line
LOG_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def lines(
    rows: Iterable[tuple[int, str, float]],
    colors: Mapping[str, str],
    title: str,
    *,
    key: str,
    top: float | None = None,
    logarithmic: bool = False,
    height: int = 170,
) -> None:
    """One line for each name in `colors`; rows: (step, name, value).

    title: of the vertical axis. top: that axis covers [0, top]. height: in pixels.
    """
    table = dict(zip(("step", "name", "value"), zip(*rows, strict=True), strict=True))
    scale: dict[str, Any] = {"zero": False} if top is None else {"domain": [0, top]}
    axis: dict[str, Any] = {"tickCount": 4}
    if logarithmic:
        scale, axis = {"type": "log", "nice": False}, {"values": LOG_TICKS}
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5, "clip": True},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": None, "axis": {"tickCount": 5, "grid": False}},
            "y": {"field": "value", "type": "quantitative", "title": title, "scale": scale, "axis": axis},
            "color": {
                "field": "name",
                "type": "nominal",
                "scale": {"domain": list(colors), "range": list(colors.values())},
                "legend": {"orient": "top", "title": None, "offset": 4} if len(colors) > 1 else None,
            },
        },
    }
    st.vega_lite_chart(table, spec, height=height, key=key)


def bars(names: Sequence[str], fractions: Sequence[float], reference: Sequence[float], color: str, *, key: str) -> None:
    """A bar for each class, with a gray tick at the fraction of the reference data; fractions in [0, 1]."""
    table = {
        "class": list(names),
        "generated": [float(each) for each in fractions],
        "reference": [float(each) for each in reference],
    }
    x = {
        "field": "class",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": -40, "labelOverlap": False},
    }
    axis = {"tickCount": 3, "format": "%"}
    y = {"type": "quantitative", "title": None, "axis": axis, "scale": {"domainMin": 0}}
    spec = {
        "layer": [
            {"mark": {"type": "bar", "color": color}, "encoding": {"x": x, "y": {"field": "generated", **y}}},
            {
                "mark": {"type": "tick", "color": "#8a8a8a", "thickness": 3},
                "encoding": {"x": x, "y": {"field": "reference", **y}},
            },
        ]
    }
    st.vega_lite_chart(table, spec, height=175, key=key)


def drop_every_second(rows: list) -> list:
    """Every second row if there are more than `MAX_POINTS`, else all; the last one is kept."""
    return rows[(len(rows) - 1) % 2 :: 2] if len(rows) > MAX_POINTS else rows
