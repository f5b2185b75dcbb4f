"""Look inside: what a step is made of, which layers answer more, what the network calls it now."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from genmodels.deep_dream import dream as deep_dream
from genmodels.jobs.job_queue import Job
from genmodels.media import images

STEP = ("layers", "channel", "target", "guide", "border", "bands", "palette")  # what the first step depends on


def show(run: dict[str, Any], job: Job) -> None:
    """The numbers behind the dream of `run`, computed when asked for and kept with it."""
    with st.expander("Look inside", icon=":material/search:", key="dream_inside", on_change="rerun") as panel:
        if not panel.open:
            return
        if run.get("seen") is not job.step:
            with st.spinner("Asking the network about both pictures"):
                _ask(run, job)
        _taken_apart(run)
        left, right = st.columns(2, gap="large")
        with left:
            _answers(run)
        with right:
            _named(run)


def _ask(run: dict[str, Any], job: Job) -> None:
    model, settings = run["model"], run["settings"]
    chosen = {name: settings[name] for name in STEP if name in settings}
    run["first"] = deep_dream.first_step(run["photo"], model=model, **chosen)
    pair = run["photo"], job.step.image
    run["answers"] = [deep_dream.answers(model, picture) for picture in pair]
    run["named"] = [deep_dream.named(model, picture) for picture in pair]
    run["seen"] = job.step


def _taken_apart(run: dict[str, Any]) -> None:
    st.markdown("**The first step, taken apart**")
    for column, (title, picture) in zip(st.columns(3, gap="medium"), run["first"], strict=True):
        column.image(images.png(picture), width="stretch", output_format="PNG", caption=title)
    st.caption(
        "The gradient on the photo itself: how each pixel is to change; grey is not at all. Left, as the network says "
        "it. Middle, fine and coarse details with equal say, and broad patches of colour left out. Right, in colours "
        "nearer to the photo's own: that is the direction of the step."
    )


def _answers(run: dict[str, Any]) -> None:
    st.markdown("**How much more each layer answers**")
    before, after = run["answers"]
    table = pd.DataFrame({"layer": list(before), "times": [after[k] / max(before[k], 1e-12) for k in before]})
    spec = {
        "mark": {"type": "bar", "color": "#e6550d"},
        "encoding": {
            "y": {"field": "layer", "type": "nominal", "sort": None, "title": None},
            "x": {
                "field": "times",
                "type": "quantitative",
                "title": "mean squared activation, times that of the photo",
            },
        },
    }
    st.vega_lite_chart(table, spec, height=30 * len(before) + 60)


def _named(run: dict[str, Any]) -> None:
    st.markdown("**What the network calls it**")
    names, rows = run["model"].class_names, []
    for which, shares in zip(("Photo", "Dream"), run["named"], strict=True):
        rows += [
            {"Picture": which, "Class": names[k], "Share": 100 * float(shares[k])} for k in np.argsort(-shares)[:5]
        ]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={"Share": st.column_config.ProgressColumn(format="%.0f %%", min_value=0, max_value=100)},
    )
