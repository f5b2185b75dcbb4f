"""The picture, forming: it begins by itself, follows the weights while it paints, and can be gone on from."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from genmodels.style_transfer import losses as style_losses
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision.backbone import Backbone
from pages.style_transfer import common, script_export
from pages.style_transfer.style_picker import Manners
from ui import before_after, code_panel, job_panel, presets_and_reset
from ui.page_layout import reader_text

ICON = ":material/download:"
RATE = 12  # frames of the making-of, a second
TERMS = {  # of the loss: its colour, good on white and on black, and the weight it has
    "content": ("#3182bd", "content_weight"),
    "style": ("#e6550d", "style_weight"),
    "total variation": ("#31a354", "total_variation_weight"),
}


def show(model: Backbone, photo: np.ndarray | None, manners: Manners) -> None:
    left, right = st.columns(common.COLUMNS, gap="large")
    wish, where = None, None
    with left:
        if photo is not None and manners:
            shares = common.shares(photo, manners)
            where = common.masked(photo)
            wish = common.ask(model)
            again = {"style_seed": (st.session_state.get("style_seed", 0) + 1) % 10_000}
            tip = "From the beginning, with another seed."
            st.button("Paint again", key="style_again", icon=":material/format_paint:", type="primary",
                      width="stretch", help=tip, on_click=presets_and_reset.set_widgets, args=(again,))  # fmt: skip
    with right:
        way = common.way()
        if photo is None or not manners:
            st.info("Bring a photo and a style above; painting begins at once.", icon=":material/add_photo_alternate:")
        elif where is None:
            st.info("Mark on the small photo, at the left, what is to be painted.", icon=":material/gesture:")
        elif wish is not None:
            _begin(model, photo, manners, way | where | {"blend": shares}, wish)
        run, job = st.session_state.get("style_run"), job_panel.find("style")
        if run is None or job is None:
            return
        with st.container():
            job_panel.panel("style", partial(_live, run))
        if job.active or job.step is None:
            return
        _ended(run, job)
    reader_text(
        "Nothing is trained: the network stays as it is and the pixels move. The weights are looked at before every "
        "step. Change one while it paints, or pause, change it and go on: the picture turns where it is."
    )
    lesson = [style_transfer.transfer, style_transfer.Canvas, style_losses.objective, style_losses.gram_matrix]
    code_panel.show(script_export.paint(run), lesson, key="style", name="style_transfer")


# --- the job ------------------------------------------------------------------------------------


def _begin(
    model: Backbone, photo: np.ndarray, manners: Manners, settings: dict[str, Any], weights: dict[str, Any]
) -> None:
    """Start painting, unless just this was begun already; then its weights are changed where it is."""
    sign, run = common.signature(model, photo, manners, settings), st.session_state.get("style_run")
    if run is None or run["signature"] != sign:
        run = {"signature": sign, "model": model, "photo": photo, "manners": manners, "settings": settings}
        st.session_state["style_run"] = run | {"weights": weights, "film": [], "photo_name": common.named()}
        _start(st.session_state["style_run"], settings)
    elif run["weights"] != weights:
        run["weights"] = weights
        job = job_panel.find("style")
        if job is not None and job.state == "done":
            _go_on(run, job)


def _start(run: dict[str, Any], settings: dict[str, Any]) -> None:
    job_panel.stop("style")

    def steps() -> Iterator[style_transfer.Step]:
        styles = [picture for _, picture in run["manners"]]
        painting = style_transfer.transfer(run["photo"], styles, model=run["model"], **settings, **run["weights"])
        step = next(painting)
        while True:
            if step.done % 2 or step.ends_scale:
                run["film"].append(step.image)
            yield step
            if step.done == step.total:
                return
            step = painting.send(run["weights"])  # as they are by now

    job_panel.start("style", common.title(run["manners"]), steps)


def _go_on(run: dict[str, Any], job: Job) -> None:
    """From the picture there is, at its full size."""
    if job.step is not None:
        _start(run, run["settings"] | {"init": job.step.image})


# --- what is seen of it ---------------------------------------------------------------------------


def _live(run: dict[str, Any], job: Job) -> None:
    """One look: the picture, and what each term says of it."""
    photo, step = run["photo"], job.step
    picture, says = st.columns([8, 3], gap="medium")
    with picture:
        before_after.show(
            photo, photo if step is None else step.image, name="Painted", key="style_compare", width=common.wide(photo)
        )
    with says:
        if step is None:
            st.markdown(f"**{job.title}**")
            st.caption("The first step compiles the way from the photo to the layers and back.")
            return
        h, w, _ = step.image.shape
        st.markdown(f"**Size {step.scale + 1}: {w} x {h} pixels**")
        _shares(step)
        for term in TERMS:
            _curve(job, term, run)


def _shares(step: style_transfer.Step) -> None:
    """What the total consists of, as one bar."""
    table = {"term": list(step.weighted), "value": list(step.weighted.values())}
    colour = {"domain": list(TERMS), "range": [colour for colour, _ in TERMS.values()]}
    spec = {
        "mark": {"type": "bar", "height": 18},
        "encoding": {
            "x": {"field": "value", "type": "quantitative", "stack": "normalize", "axis": None},
            "color": {"field": "term", "type": "nominal", "scale": colour, "legend": None},
            "order": {"field": "term", "sort": list(TERMS)},
            "tooltip": [{"field": "term"}, {"field": "value", "format": ".3f", "title": "weighted"}],
        },
    }
    st.caption(f"Total loss {step.losses['total']:.3f}, and what it consists of")
    st.vega_lite_chart(table, spec, height=34, key="style_shares")


def _curve(job: Job, term: str, run: dict[str, Any]) -> None:
    """One loss as it is, without its weight, over the steps; a line for each size, which is another problem."""
    points, step = list(job.history), job.step
    colour, weight = TERMS[term][0], run["weights"][TERMS[term][1]]
    st.caption(f"**{term[:1].upper() + term[1:]}** {step.losses[term]:.3g} × {weight:g} = {step.weighted[term]:.3g}")
    table = {
        "step": [done for done, _ in points],
        "loss": [losses[term] for _, losses in points],
        "size": [f"{(done - 1) // run['settings']['steps']}" for done, _ in points],
    }
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5, "color": colour},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": None, "axis": {"tickCount": 4, "grid": False}},
            "y": {
                "field": "loss",
                "type": "quantitative",
                "title": None,
                "scale": {"type": "sqrt", "zero": False},
                "axis": {"tickCount": 3, "format": ".2~g"},
            },
            "detail": {"field": "size", "type": "nominal"},
        },
    }
    st.vega_lite_chart(table, spec, height=96, key=f"style_curve_{term.replace(' ', '_')}")


def _ended(run: dict[str, Any], job: Job) -> None:
    """What to do with the picture there is."""
    with st.container(horizontal=True, vertical_alignment="center"):
        tip = "More steps from this picture, at its full size, with the weights as they are now."
        st.button("Go on from here", key="style_go_on", icon=":material/play_arrow:", help=tip, on_click=_go_on,
                  args=(run, job))  # fmt: skip
        picture = images.png(job.step.image)
        st.download_button("PNG", picture, "painted.png", "image/png", icon=ICON, on_click="ignore", key="style_png")
        tip = "The making-of: every second step, enlarged to one size. Made when you press this."
        for kind, mime in (("mp4", "video/mp4"), ("gif", "image/gif")):
            st.download_button(kind.upper(), partial(_film, run, kind), f"painting.{kind}", mime, icon=ICON,
                               on_click="ignore", key=f"style_{kind}", help=tip)  # fmt: skip
        source = run["photo_name"][0]
        credit = f" Photo: {sample_photos.CREDITS[source]}." if source in sample_photos.CREDITS else ""
        st.caption(f"Drag the line to compare with the photo.{credit}")


def _film(run: dict[str, Any], kind: str) -> bytes:
    return images.animate(style_transfer.film(run["film"]), kind, fps=RATE)
