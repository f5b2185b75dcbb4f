"""Side by side: the same picture twice, one thing different."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.jobs.job_queue import Job
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision.backbone import Backbone
from pages.style_transfer import common, script_export
from pages.style_transfer.style_picker import Manners
from ui import code_panel, job_panel
from ui.image_display import data_url
from ui.page_layout import reader_text

Settings = dict[str, Any]
SWITCHES: dict[str, tuple[tuple[str, Settings], tuple[str, Settings], str]] = {
    "Optimiser": (
        ("L-BFGS", {"optimizer": "lbfgs", "scales": 1}),
        ("Adam", {"optimizer": "adam", "scales": 1}),
        "Full size only, the same number of steps. L-BFGS remembers how the gradient changed, feels from that how the "
        "slope is curved, and takes longer steps where it is flat. Watch the total.",
    ),
    "Start": (
        ("From the photo", {"init": "content"}),
        ("From noise", {"init": "noise"}),
        "Both go down the same slope and need not end at the same place. From noise everything that is there was "
        "asked for: things look looser, and smooth skies get filled.",
    ),
    "Coarse to fine": (
        ("Small first, then larger", {"scales": 3}),
        ("Full size only", {"scales": 1}),
        "Every layer looks through a window of fixed size. On a small picture it holds more, and large strokes come; "
        "and a step there costs a sixteenth. At full size only, the strokes stay small.",
    ),
    "Total variation": (
        ("Smoothed", {"total_variation_weight": 40.0}),
        ("Not smoothed", {"total_variation_weight": 0.0}),
        "The network does not mind single odd pixels: it sees the photo through pooled windows. The third term does.",
    ),
    "All or nothing": (
        ("All content", {"style_weight": 0.0, "total_variation_weight": 0.0, "init": "noise"}),
        ("All style", {"content_weight": 0.0, "init": "noise"}),
        "From noise, with one term only. Left: what the content layer knows of the photo. Right: what Gram matrices "
        "know of the style. It is a texture, everywhere and nowhere.",
    ),
    "Style layers": (
        ("The two earliest", {"style_layers": slice(0, 2)}),
        ("The two latest", {"style_layers": slice(-2, None)}),
        "Early layers ask for colours and the finest strokes, and leave the photo's shapes alone. Late ones bend "
        "shapes, and know little of colour.",
    ),
}


def show(model: Backbone, photo: np.ndarray | None, manners: Manners) -> None:
    left, right = st.columns(common.COLUMNS, gap="large")
    wish = None
    with left:
        if photo is not None and manners:
            shares, wish = common.shares(photo, manners), common.ask(model)
    with right:
        way = common.way()
        switch = st.segmented_control(
            "What is different",
            list(SWITCHES),
            default="Optimiser",
            required=True,
            key="style_switch",
            help="The two have all settings in common, but for this one.",
            **common.KEEP,
        )
        one, other, lesson = SWITCHES[switch or "Optimiser"]
        reader_text(lesson)
        if photo is None or not manners:
            st.info("Bring a photo and a style above; painting begins at once.", icon=":material/add_photo_alternate:")
        elif wish is not None:
            both = way | wish | {"blend": shares}
            _begin(model, photo, manners, _settled(both, one), _settled(both, other))
        run, job = st.session_state.get("style_pair"), job_panel.find("style_pair")
        if run is None or job is None:
            return
        with st.container():
            job_panel.panel("style_pair", partial(_live, run))
    if not job.active:
        told = script_export.beside(run)
        code_panel.show(told, [style_transfer.beside, style_transfer.transfer], key="style_pair", name="style_beside")


def _settled(both: Settings, side: tuple[str, Settings]) -> tuple[str, Settings]:
    """One side's title and all of its settings."""
    title, own = side
    found = both | {name: value for name, value in own.items() if name != "style_layers"}
    if "style_layers" in own:
        names = list(both["style_layer_weights"])
        found["style_layer_weights"] = dict.fromkeys(names[own["style_layers"]], 1.0)
    return title, found


def _begin(model: Backbone, photo: np.ndarray, manners: Manners, one: tuple, other: tuple) -> None:
    """Start both, unless just these were begun already."""
    sign = common.signature(model, photo, manners, {"pair": (one, other)})
    if (run := st.session_state.get("style_pair")) is not None and run["signature"] == sign:
        return
    job_panel.stop("style_pair")
    run = {"signature": sign, "photo": photo, "model": model, "manners": manners, "one": one, "other": other}
    st.session_state["style_pair"] = run | {"photo_name": common.named()}
    styles = [picture for _, picture in manners]

    def steps() -> Iterator[style_transfer.Pair]:
        return style_transfer.beside(
            style_transfer.transfer(photo, styles, model=model, **one[1]),
            style_transfer.transfer(photo, styles, model=model, **other[1]),
        )

    job_panel.start("style_pair", f"{one[0]}, or: {other[0].lower()}", steps)


def _live(run: dict[str, Any], job: Job) -> None:
    step = job.step
    for column, (title, _), which in zip(
        st.columns(2, gap="medium"), (run["one"], run["other"]), ("left", "right"), strict=True
    ):
        frame = run["photo"] if step is None else getattr(step, which).image
        told = "" if step is None else f", total loss {step.losses[which]:.3g}"
        column.image(data_url(frame), width="stretch", caption=title + told)
    if len(job.history) > 1:
        _totals(run, job)


def _totals(run: dict[str, Any], job: Job) -> None:
    """Both totals over the steps. They can be compared where both sides ask for the same."""
    points = list(job.history)
    names = {"left": run["one"][0], "right": run["other"][0]}
    rows = [(done, names[which], losses[which]) for done, losses in points for which in names]
    table = dict(zip(("step", "which", "loss"), map(list, zip(*rows, strict=True)), strict=True))
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": "step"},
            "y": {"field": "loss", "type": "quantitative", "title": "total loss", "scale": {"type": "sqrt"}},
            "color": {
                "field": "which",
                "type": "nominal",
                "title": None,
                "scale": {"domain": list(names.values()), "range": ["#3182bd", "#e6550d"]},
                "legend": {"orient": "top"},
            },
        },
    }
    st.vega_lite_chart(table, spec, height=190, key="style_totals")
