"""Lines and bars of a running training; the spec stays the same from look to look, so that nothing flickers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

KEPT = 300  # points of a line
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)  # of a logarithmic axis


def lines(
    rows: Iterable[tuple[int, str, float]],
    colours: Mapping[str, str],
    title: str,
    *,
    key: str,
    top: float | None = None,
    logarithmic: bool = False,
    height: int = 170,
) -> None:
    """A line for each name in `colours`; rows: (step, name, value). top: the axis goes from 0 to there."""
    table = dict(zip(("step", "what", "value"), zip(*rows, strict=True), strict=True))
    domain: dict[str, Any] = {"zero": False} if top is None else {"domain": [0, top]}
    axis: dict[str, Any] = {"tickCount": 4}
    if logarithmic:
        domain, axis = {"type": "log", "nice": False}, {"values": TICKS}
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5, "clip": True},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": None, "axis": {"tickCount": 5, "grid": False}},
            "y": {"field": "value", "type": "quantitative", "title": title, "scale": domain, "axis": axis},
            "color": {
                "field": "what",
                "type": "nominal",
                "scale": {"domain": list(colours), "range": list(colours.values())},
                "legend": {"orient": "top", "title": None, "offset": 4} if len(colours) > 1 else None,
            },
        },
    }
    st.vega_lite_chart(table, spec, height=height, key=key)


def bars(names: Sequence[str], shares: Sequence[float], usual: Sequence[float], colour: str, *, key: str) -> None:
    """A bar for each class, and a tick where the data has it; shares in [0, 1]."""
    table = {"class": list(names), "share": [float(s) for s in shares], "data": [float(s) for s in usual]}
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
            {"mark": {"type": "bar", "color": colour}, "encoding": {"x": x, "y": {"field": "share", **y}}},
            {
                "mark": {"type": "tick", "color": "#8a8a8a", "thickness": 3},
                "encoding": {"x": x, "y": {"field": "data", **y}},
            },
        ]
    }
    st.vega_lite_chart(table, spec, height=175, key=key)


def thinned(rows: list) -> list:
    """Every second one dropped where there are too many; the latest stays."""
    return rows[(len(rows) - 1) % 2 :: 2] if len(rows) > KEPT else rows
