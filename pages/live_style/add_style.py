"""Any picture's style: the network learns one more set of scales and shifts, and paints with it."""

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.jobs.job_queue import Job
from genmodels.live_style import training as style_training
from genmodels.live_style.network import LiveStyle
from pages.live_style import common, script_export
from ui import code_panel, job_panel, presets_and_reset
from ui.image_display import data_url
from ui.page_layout import reader_text
from ui.photo_picker import pick

LEARN = {"live_learn_steps": 300, "live_learn_size": 256, "live_learn_weight": 1.0}
SHOWN = "Cat"  # the photo on which one sees it learn


def show(model: LiveStyle) -> None:
    reader_text(
        "Bring a picture, best one of brush strokes or patterns. The network keeps its convolutions; what it learns is "
        "a scale and a shift for each channel, about a thousand numbers. That takes a minute or two."
    )
    size = st.session_state.get("live_learn_size", LEARN["live_learn_size"])
    style = pick("live_learn_photo", max_side=size, default="Flower")
    left, right = st.columns(common.COLUMNS, gap="large")
    with left:
        settings = _settings()
        _ask_to_learn(model, style, settings)
        if style is not None:
            with st.container(width=min(360, style.shape[1] * 2)):  # no wider than its column, as an image would be
                st.image(data_url(style), width="stretch", caption="The picture to learn from")
    with right:
        run, job = st.session_state.get("live_learn_run"), job_panel.find("live_learn")
        if run is None or job is None:
            seen = _photos()[0]
            st.image(data_url(seen), width=common.wide(seen))
            st.caption("Press Learn: this photo is painted again and again while the style is being learnt.")
        else:
            with st.container():
                job_panel.panel("live_learn", partial(_live, run))
            if not job.active and job.step is not None:
                _use(run, job)
    code_panel.show(
        script_export.learn(settings),
        [style_training.learn, style_training.judge],
        key="live_learn",
        name="learn_style",
    )


def _settings() -> dict[str, Any]:
    tip = "Each step looks at two photos. More: nearer to the picture, and a longer wait."
    steps = st.slider("Steps", 50, 1000, LEARN["live_learn_steps"], 50, key="live_learn_steps", help=tip, **common.KEEP)
    tip = "The longer side at which the picture is looked at, in pixels: the larger, the coarser the strokes."
    st.select_slider("Size of the strokes", (128, 192, 256, 320, 384, 512), LEARN["live_learn_size"],
                     key="live_learn_size", help=tip, **common.KEEP)  # fmt: skip
    tip = "1 as the styles that came with the network. More: more of the style, and less of the photo."
    weight = st.slider("Weight of the style", 0.2, 5.0, LEARN["live_learn_weight"], 0.2, key="live_learn_weight",
                       help=tip, **common.KEEP)  # fmt: skip
    presets_and_reset.reset(LEARN, key="live_learn_reset")
    return {"steps": steps, "style_weight": weight}


@st.cache_data(show_spinner=False)
def _photos() -> list[np.ndarray]:
    """What it learns to paint: the samples, the one that is shown first."""
    return [sample_photos.load(name, 400) for name in (SHOWN, *(name for name in sample_photos.NAMES if name != SHOWN))]


def _ask_to_learn(model: LiveStyle, style: np.ndarray | None, settings: dict[str, Any]) -> None:
    job = job_panel.find("live_learn")
    busy = job is not None and job.active
    st.button(
        "Learn",
        key="live_learn_start",
        icon=":material/school:",
        type="primary",
        width="stretch",
        disabled=busy or style is None,
        on_click=_start,
        args=(model, style, settings),
        help="Stop the running one first." if busy else "What it has learnt so far is kept when you stop it.",
    )


def _start(model: LiveStyle, style: np.ndarray, settings: dict[str, Any]) -> None:
    if job_panel.busy("live_learn"):
        return  # a double click
    name = _free(model, st.session_state.get("live_learn_photo"))
    run: dict[str, Any] = {"name": name, "style": style, "image": _photos()[0], "settings": settings}
    st.session_state["live_learn_run"] = run
    seen = _photos()

    def steps() -> Iterator[style_training.Step]:
        for step in style_training.learn(model, style, seen, name=name, **settings):
            if step.image is not None:
                run["image"] = step.image
            yield step

    job_panel.start("live_learn", f"Learning a style: {name}", steps)


def _free(model: LiveStyle, source: str | None) -> str:
    """A name that no style has yet."""
    first = source if source in sample_photos.NAMES else "Yours"
    return next(
        name for k in range(len(model.names) + 1) if (name := f"{first} {k + 1}" if k else first) not in model.names
    )


def _live(run: dict[str, Any], job: Job) -> None:
    image = run["image"]
    st.image(data_url(image), width=common.wide(image))
    if job.step is None:
        st.caption("The first step compiles the way through both networks and back.")
    elif len(job.history) > 2:
        _curves(job)


def _curves(job: Job) -> None:
    points = list(job.history)
    rows = [(done, which, losses[which]) for done, losses in points for which in ("content", "style")]
    table = dict(zip(("step", "loss", "value"), zip(*rows, strict=True), strict=True))
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": "step", "axis": {"tickCount": 5}},
            "y": {"field": "value", "type": "quantitative", "title": "loss", "axis": {"tickCount": 4}},
            "color": {
                "field": "loss",
                "type": "nominal",
                "scale": {"domain": ["style", "content"], "range": ["#e6550d", "#3182bd"]},
                "legend": {"orient": "top", "title": None},
            },
        },
    }
    st.vega_lite_chart(table, spec, height=200, key="live_learn_curves")


def _use(run: dict[str, Any], job: Job) -> None:
    """What was learnt becomes one more style of this visitor's network, once."""
    if "kept" not in run:
        st.session_state["live_own"] = style_training.extended(common.model(), job.step.learnt)
        st.session_state["live_own_token"] = uuid.uuid4().hex
        run["kept"] = True
        st.session_state["live_learn_new"] = run["name"]
    tip = "To the first tab, with this style chosen. It is yours alone, and stays until you close this page."
    go = {"live_tab": "Picture", "live_way": "One style", "live_style": run["name"]}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Paint with it", icon=":material/brush:", type="primary", key="live_learn_use", help=tip,
                  on_click=presets_and_reset.set_widgets, args=(go,))  # fmt: skip
        st.caption(f"**{run['name']}** is now one of your styles, after {job.step.done} steps.")
