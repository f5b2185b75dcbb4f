"""Test accuracy by the number of labels: the chart, conclusions in words, and a running comparison."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from genmodels.autoencoders import unsupervised_pretraining
from genmodels.autoencoders.unsupervised_pretraining import AccuracyGain, Result
from genmodels.jobs.job_queue import Job
from ui import image_display, training_data

DATA = {"fashion_mnist": "Fashion-MNIST", "digits": "8 x 8 digits"}
TITLES = {"scratch": "From scratch", "frozen": "Pretrained, frozen", "finetuned": "Pretrained, fine-tuned"}
COLORS = {"scratch": "#8a8a8a", "frozen": "#3182bd", "finetuned": "#e6550d"}  # for light and dark backgrounds
DESCRIPTIONS = {
    "scratch": "Random initial weights; all layers are trained on the labels.",
    "frozen": "The encoder is frozen; only the classification layer is trained.",
    "finetuned": "The encoder is trained further, together with the classification layer.",
}
OFFSETS = {"scratch": 0.95, "frozen": 1.0, "finetuned": 1.05}  # factors of x, so that error bars do not overlap
DIGITS_TRAINING: dict[str, Any] = {"epochs": 20, "batch_size": 32, "report_every": 46, "seed": 0}  # of its autoencoder


# --- the chart ----------------------------------------------------------------------------------


def chart(
    results: Sequence[Result], *, key: str, live: Sequence[Result] | None = None, height: int = 380, faint: bool = False
) -> None:
    """A line per initialization: mean and standard deviation of the accuracy by the number of labels (log scale).

    live: results of the visitor's run, drawn as points in front. faint: dim the lines behind them.
    """
    ticks = sorted({each.labels for each in (*results, *(live or ()))})
    x = {
        "field": "x",
        "type": "quantitative",
        "title": "labeled training images",
        "scale": {"type": "log", "nice": False, "domain": [ticks[0] * 0.9, ticks[-1] * 1.12]},
        "axis": {"values": ticks, "format": ",d", "grid": False, "labelFontSize": 15, "titleFontSize": 15},
    }
    y = {
        "type": "quantitative",
        "title": "test accuracy",
        "scale": {"zero": False},
        "axis": {"format": "%", "tickCount": 6, "labelFontSize": 15, "titleFontSize": 15},
    }
    legend = {"orient": "top", "title": None, "labelFontSize": 15, "symbolSize": 200, "symbolOpacity": 1}
    color = {
        "field": "title",
        "type": "nominal",
        "scale": {"domain": list(TITLES.values()), "range": list(COLORS.values())},
        "legend": legend | {"labelLimit": 300, "columns": 3},
    }
    tooltip = [
        {"field": "title", "title": "initialization"},
        {"field": "labels", "title": "labels", "format": ",d"},
        {"field": "mean", "title": "test accuracy", "format": ".1%"},
        {"field": "deviation", "title": "standard deviation", "format": ".1%"},
        {"field": "n", "title": "seeds"},
    ]
    encoding = {"x": x, "color": color, "tooltip": tooltip}
    mean, band = {"y": {"field": "mean", **y}}, {"y": {"field": "low", **y}, "y2": {"field": "high"}}
    layers: list[dict[str, Any]] = []
    if results:
        data, opacity = {"values": _rows(results)}, 0.45 if faint else 1.0
        area = {"type": "area", "opacity": 0.1 if faint else 0.2}
        layers.append({"data": data, "mark": area, "encoding": encoding | band})
        line = {"type": "line", "strokeWidth": 4, "opacity": opacity, "point": {"size": 90, "opacity": opacity}}
        layers.append({"data": data, "mark": line, "encoding": encoding | mean})
    if live:
        data = {"values": _rows(live, offset=True)}
        layers.append({"data": data, "mark": {"type": "rule", "strokeWidth": 3}, "encoding": encoding | band})
        if not results:
            layers.append({"data": data, "mark": {"type": "line", "strokeWidth": 3}, "encoding": encoding | mean})
        point = {"type": "point", "filled": True, "size": 260, "opacity": 1, "shape": "diamond"}
        layers.append({"data": data, "mark": point, "encoding": encoding | mean})
    st.vega_lite_chart({"layer": layers}, height=height, key=key)


def _rows(results: Sequence[Result], *, offset: bool = False) -> list[dict[str, Any]]:
    return [
        {
            "title": TITLES[row.initialization],
            "labels": row.labels,
            "x": row.labels * (OFFSETS[row.initialization] if offset else 1),
            "mean": row.mean,
            "low": row.mean - row.deviation,
            "high": row.mean + row.deviation,
            "deviation": row.deviation,
            "n": row.n,
        }
        for row in unsupervised_pretraining.summary(results)
    ]


# --- conclusions --------------------------------------------------------------------------------


def conclusions(results: Sequence[Result]) -> None:
    """A table of the accuracies with the fewest and the most labels, and the significant gains in words."""
    rows = unsupervised_pretraining.summary(results)
    ends = {min(row.labels for row in rows), max(row.labels for row in rows)}
    table: dict[str, dict[str, str]] = {
        name: {"Test accuracy": title, "Training": DESCRIPTIONS[name]} for name, title in TITLES.items()
    }
    for row in rows:
        if row.labels in ends:
            table[row.initialization][f"{row.labels:,} labels"] = f"{row.mean:.1%}"
    st.table(list(table.values()), border="horizontal")
    _gains(results)
    st.caption(
        f"Each point: {max(row.n for row in rows)} runs with different labeled subsets and initial weights; the band "
        'is their standard deviation. "Better" and "worse" mean significant in a paired t-test (5 %).'
    )


def _gains(results: Sequence[Result]) -> None:
    for name in ("finetuned", "frozen"):
        if gains := unsupervised_pretraining.accuracy_gains(results, name):
            st.markdown(f"**{TITLES[name]}** {gain_summary(gains)}")


def gain_summary(gains: Sequence[AccuracyGain]) -> str:
    """For which numbers of labels an initialization is better than from scratch, worse, or not different."""
    parts = []
    for sign, word in ((1, "better"), (-1, "worse")):
        significant = [gain for gain in gains if gain.significant and sign * gain.mean > 0]
        if significant:
            largest = max(significant, key=lambda gain: sign * gain.mean)
            every = len(significant) == len(gains) > 1
            labels = "every number of" if every else _join([gain.labels for gain in significant])
            points = f"{abs(largest.mean) * 100:.1f} points"
            amount = f", by {points}" if len(significant) == 1 else f", by up to {points} (with {largest.labels:,})"
            parts.append(f"is {word} than from scratch with {labels} labels{amount}")
    others = [gain.labels for gain in gains if not gain.significant]
    if others:
        different = "is not significantly different from scratch"
        parts.append(f"{different} with {_join(others)} labels" if parts else different)
    return "; it ".join(parts) + "."


def _join(labels: Sequence[int]) -> str:
    *others, last = (f"{n:,}" for n in labels)
    return f"{', '.join(others)} and {last}" if others else last


# --- a running comparison -----------------------------------------------------------------------


def render(run: dict[str, Any], stored: Sequence[Result], job: Job) -> None:
    """Draw the results so far; on Fashion-MNIST in front of the stored ones."""
    step, data = job.step, run["settings"]["data"]
    if step is None:
        if job.active:
            training_data.waiting(job)
        return
    if data == "digits" and "image" in run and not step.results:
        with st.columns([3, 2])[0]:
            caption = "First the autoencoder is trained: test images above, reconstructions below"
            image_display.frame(run["image"], caption=caption)
    if not step.results:
        st.caption("No classifier is trained yet: the autoencoder is trained first, without labels.")
        return
    background = stored if data == "fashion_mnist" else ()
    chart(background, live=step.results, key="pretraining_live", faint=True)
    last = step.results[-1]
    st.caption(
        f"{len(step.results)} classifiers so far. The last: {TITLES[last.initialization].lower()}, {last.labels:,} "
        f"labels, test accuracy {last.accuracy:.1%}. "
        + ("Diamonds: this run. Lines: the stored comparison." if background else "")
    )
    if not job.active:
        _gains(step.results)
