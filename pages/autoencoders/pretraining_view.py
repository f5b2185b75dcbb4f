"""Accuracy against the number of labels, drawn and told; and a script that measures it again."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from genmodels.autoencoders import unsupervised_pretraining
from genmodels.autoencoders.unsupervised_pretraining import Gain, Result
from genmodels.jobs.job_queue import Job
from ui import image_display, training_data

DATA = {"fashion_mnist": "Fashion-MNIST", "digits": "8 x 8 digits"}
TITLES = {"scratch": "From scratch", "frozen": "Pretrained, frozen", "tuned": "Pretrained, tuned"}
COLOURS = {"scratch": "#8a8a8a", "frozen": "#3182bd", "tuned": "#e6550d"}  # good on white and on black
MEANS = {
    "scratch": "Random weights. It learns everything from the few labels.",
    "frozen": "The encoder stands still. Only the layer on top of it learns.",
    "tuned": "The encoder goes on learning, from where it is.",
}
APART = {"scratch": 0.95, "frozen": 1.0, "tuned": 1.05}  # so that three error bars do not lie on each other
FIRST: dict[str, Any] = {"epochs": 20, "batch_size": 32, "report_every": 46, "seed": 0}  # of the digits' autoencoder


def starts() -> None:
    """What is compared, a card each."""
    for column, (start, title) in zip(st.columns(3, gap="medium"), TITLES.items(), strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{title}**  \n{MEANS[start]}")


# --- the chart ----------------------------------------------------------------------------------


def chart(
    results: Sequence[Result], *, key: str, live: Sequence[Result] | None = None, height: int = 430, faint: bool = False
) -> None:
    """A line for each start, mean and standard deviation over the seeds; accuracy against labels, these on a log scale.

    live: results of a run here, drawn as points on top. faint: the lines step back behind those.
    """
    ticks = sorted({each.labels for each in (*results, *(live or ()))})
    x = {
        "field": "at",
        "type": "quantitative",
        "title": "pictures with a label",
        "scale": {"type": "log", "nice": False, "domain": [ticks[0] * 0.9, ticks[-1] * 1.12]},
        "axis": {"values": ticks, "format": ",d", "grid": False, "labelFontSize": 15, "titleFontSize": 15},
    }
    y = {
        "type": "quantitative",
        "title": "named right, of held-out pictures",
        "scale": {"zero": False},
        "axis": {"format": "%", "tickCount": 6, "labelFontSize": 15, "titleFontSize": 15},
    }
    legend = {"orient": "top", "title": None, "labelFontSize": 16, "symbolSize": 200, "symbolOpacity": 1}
    colour = {
        "field": "start",
        "type": "nominal",
        "scale": {"domain": list(TITLES.values()), "range": list(COLOURS.values())},
        "legend": legend | {"labelLimit": 300},
    }
    tips = [
        {"field": "start", "title": "start"},
        {"field": "labels", "title": "labels", "format": ",d"},
        {"field": "mean", "title": "named right", "format": ".1%"},
        {"field": "deviation", "title": "standard deviation", "format": ".1%"},
        {"field": "n", "title": "seeds"},
    ]
    encoding = {"x": x, "color": colour, "tooltip": tips}
    mean, band = {"y": {"field": "mean", **y}}, {"y": {"field": "low", **y}, "y2": {"field": "high"}}
    layers: list[dict[str, Any]] = []
    if results:
        data, dim = {"values": _rows(results)}, 0.45 if faint else 1.0
        area = {"type": "area", "opacity": 0.1 if faint else 0.2}
        layers.append({"data": data, "mark": area, "encoding": encoding | band})
        line = {"type": "line", "strokeWidth": 4, "opacity": dim, "point": {"size": 90, "opacity": dim}}
        layers.append({"data": data, "mark": line, "encoding": encoding | mean})
    if live:
        data = {"values": _rows(live, apart=True)}
        layers.append({"data": data, "mark": {"type": "rule", "strokeWidth": 3}, "encoding": encoding | band})
        if not results:
            layers.append({"data": data, "mark": {"type": "line", "strokeWidth": 3}, "encoding": encoding | mean})
        point = {"type": "point", "filled": True, "size": 260, "opacity": 1, "shape": "diamond"}
        layers.append({"data": data, "mark": point, "encoding": encoding | mean})
    st.vega_lite_chart({"layer": layers}, height=height, key=key)


def _rows(results: Sequence[Result], *, apart: bool = False) -> list[dict[str, Any]]:
    return [
        {
            "start": TITLES[row.start],
            "labels": row.labels,
            "at": row.labels * (APART[row.start] if apart else 1),
            "mean": row.mean,
            "low": row.mean - row.deviation,
            "high": row.mean + row.deviation,
            "deviation": row.deviation,
            "n": row.n,
        }
        for row in unsupervised_pretraining.summary(results)
    ]


# --- what it says -------------------------------------------------------------------------------


def words(results: Sequence[Result]) -> None:
    """What the numbers say of the book's advice, read from them."""
    rows = unsupervised_pretraining.summary(results)
    ends = {min(row.labels for row in rows), max(row.labels for row in rows)}
    table: dict[str, dict[str, str]] = {start: {"Named right": title} for start, title in TITLES.items()}
    for row in rows:
        if row.labels in ends:
            table[row.start][f"{row.labels:,} labels"] = f"{row.mean:.1%}"
    st.table(list(table.values()), border="horizontal")
    for start in ("tuned", "frozen"):
        if gains := unsupervised_pretraining.gains(results, start):
            st.markdown(f"**{TITLES[start]}** {verdict(gains)}")
    st.caption(
        f"Each point: {max(row.n for row in rows)} trainings with other labelled pictures and other random weights; "
        "the band is their standard deviation. What is said here of better and worse is what a t-test of the pairs "
        "takes for more than luck."
    )


def verdict(gains: Sequence[Gain]) -> str:
    """Where a start is better than from scratch, where worse, and where nobody can tell: half a sentence or two."""
    parts = []
    for sign, word in ((1, "better"), (-1, "worse")):
        sure = [gain for gain in gains if gain.sure and sign * gain.mean > 0]
        if sure:
            most = max(sure, key=lambda gain: sign * gain.mean)
            every = len(sure) == len(gains) > 1
            where = "every number of labels" if every else f"{_numbers([gain.labels for gain in sure])} labels"
            by = f"{abs(most.mean) * 100:.1f} points"
            parts.append(f"is {word} than from scratch with {where}" + _most(len(sure), by, most.labels))
    unsure = [gain.labels for gain in gains if not gain.sure]
    if unsure:
        parts.append(f"cannot be told from it with {_numbers(unsure)}" if parts else "cannot be told from scratch here")
    return "; it ".join(parts) + "."


def _most(count: int, by: str, labels: int) -> str:
    return f", by {by}" if count == 1 else f", by up to {by} (with {labels:,})"


def _numbers(labels: Sequence[int]) -> str:
    *others, last = (f"{n:,}" for n in labels)
    return f"{', '.join(others)} and {last}" if others else last


# --- a run here ---------------------------------------------------------------------------------


def draw(run: dict[str, Any], shipped: Sequence[Result], job: Job) -> None:
    """One look at the run: the points so far, on clothes in front of the shipped lines."""
    step, data = job.step, run["settings"]["data"]
    if step is None:
        if job.active:
            training_data.waiting(job)
        return
    if data == "digits" and "image" in run:
        with st.columns([3, 2])[0]:
            said = "First the digits' own autoencoder: held-out ones, and below what comes back"
            image_display.frame(run["image"], caption=said)
    if not step.results:
        st.caption("No classifier has learnt yet: the autoencoder comes first, without a look at the labels.")
        return
    behind = shipped if data == "fashion_mnist" else ()
    chart(behind, live=step.results, key="ae_few_live", faint=True)
    last = step.results[-1]
    st.caption(
        f"{len(step.results)} classifiers so far. The last: {TITLES[last.start].lower()}, {last.labels:,} labels, "
        f"{last.accuracy:.1%} named right. "
        + ("Diamonds: this run; behind them the curve from above." if behind else "")
    )
    if not job.active:
        for start in ("tuned", "frozen"):
            if gains := unsupervised_pretraining.gains(step.results, start):
                st.markdown(f"**{TITLES[start]}** {verdict(gains)}")
