"""What a filter looks for: the atlas of every layer, and the climb from noise to one of its pictures, live."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import streamlit as st

from genmodels.convnet_visualization import feature_visualization
from genmodels.convnet_visualization import methods as convnet_visualization
from genmodels.convnet_visualization.methods import CLASSES
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone
from pages.convnet_visualization import channel_grid, common
from ui import code_panel, job_panel, model_loading, network_picker, presets_and_reset
from ui.page_layout import reader_text

CLIMB = {"look_side": 96, "look_steps": 80, "look_decay": 1.0, "look_shake": True, "look_seed": 0}


@st.fragment
@model_loading.show_weight_errors()
def show(model: Backbone, photo: np.ndarray, photo_name: str) -> None:
    reader_text(
        "Begin with noise, and change it a little, again and again, so that one filter answers more strongly: what "
        "comes out is what this filter looks for. Early ones want a colour or a stripe, later ones eyes, fur, wheels; "
        "the last layer of all, the classes, wants whole things. Each picture here was made so, by this program."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tip = "Block and number of the convolution; Classes are the network's outputs."
        layer = common.choose_layer(model, "look_layer", "block4_conv2", classes=True, help=tip)
        presets_and_reset.reset({"look_layer": "block4_conv2", "look_channel": None} | CLIMB, key="look_reset")
    sheet = common.atlas(model.name).get(layer)
    answers = (
        _classes(model, model.name, photo) if layer == CLASSES else common.answers(model, model.name, photo)[layer]
    )
    count = answers.shape[2]
    asked = st.session_state.get("look_channel")
    picked = asked if isinstance(asked, int) and 0 <= asked < count else int(answers.max(axis=(0, 1)).argmax())
    if sheet is None:
        st.info("There is an atlas of the built-in network only. Pick a channel by its answers, and climb.")
    elif not common.atlas_is_of_these_weights():
        st.caption(
            "The atlas was made with other weights of this network: python -m training.convnet_visualization --seed 0"
        )
    channel_grid.show(
        photo,
        layer,
        answers,
        sheet,
        key="look_sheet",
        first="filters",
        order=list(range(count)),
        picked=picked,
        own_scale=True,
        on_pick=lambda channel: st.session_state.update(look_channel=channel),
        names=model.class_names if layer == CLASSES else None,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_titled(model, layer, picked)}**", width="content")
        common.dream_on(layer, picked, model.class_names, key="look_dream")
    _live(model, layer, picked)
    _code(model, layer, picked)


@st.cache_data(show_spinner=False, max_entries=24)
def _classes(_model: Backbone, name: str, image: np.ndarray) -> np.ndarray:
    """The probabilities as one more layer, of one place: (1, 1, classes)."""
    return backbone.classify(_model, image[None])[None]


def _titled(model: Backbone, layer: str, channel: int) -> str:
    return model.class_names[channel] if layer == CLASSES else f"Channel {channel} of {layer}"


# --- live ---------------------------------------------------------------------------------------


def _live(model: Backbone, layer: str, channel: int) -> None:
    st.subheader("Climb from noise, live", anchor=False)
    job, run = job_panel.find("look"), st.session_state.get("look_run")
    busy = job is not None and job.active
    left, right = st.columns([2, 5], gap="large")
    with left:
        settings = _controls()
        st.button(
            f"Climb for {model.class_names[channel] if layer == CLASSES else f'channel {channel}'}",
            key="look_start",
            type="primary",
            icon=":material/trending_up:",
            width="stretch",
            disabled=busy,
            on_click=_start,
            args=(model.name, layer, channel, _titled(model, layer, channel), settings),
            help="Stop the running one first." if busy else "Other noise, larger, before your eyes.",
        )
    with right:
        if job is None or run is None:
            st.info("Pick a picture above and press the button: it grows here from noise, larger than in the atlas.")
        else:
            job_panel.panel("look", lambda job: _draw(job, run))


def _controls() -> dict[str, Any]:
    side = st.select_slider(
        "Side", [64, 96, 128, 192], value=96, key="look_side", format_func=lambda k: f"{k} px", **common.KEEP,
        help="Of the picture, in pixels. Larger: the filter finds more places for what it looks for, and takes longer.",
    )  # fmt: skip
    steps = st.slider("Steps", 20, 200, 80, 10, key="look_steps", **common.KEEP, help="More steps: harder contrasts.")
    decay = st.slider(
        "Weight of frequencies 1/f", 0.0, 1.5, 1.0, 0.25, key="look_decay", format="1/f^%.2f", **common.KEEP,
        help="1: as in photos. 0: all frequencies alike, which is to climb on single pixels: specks and noise.",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shake = st.toggle(
            "Shake", value=True, key="look_shake", **common.KEEP,
            help="Move, turn and scale the picture a little before every look: only what survives this is made.",
        )  # fmt: skip
        seed = st.number_input("Seed", 0, 9999, 0, key="look_seed", width=110, **common.KEEP, help="Other noise.")
        presets_and_reset.reset(CLIMB, key="look_reset_climb")
    still = {} if shake else {"jitter": 0.0, "turn": 0.0, "zoom": 0.0}
    return {"side": side, "steps": steps, "decay": decay, "seed": seed} | still


def _start(name: str, layer: str, channel: int, title: str, settings: dict[str, Any]) -> None:
    model = network_picker.load(name)  # here, not in the worker, which belongs to no page

    def steps() -> Iterator:
        if layer == CLASSES:
            return convnet_visualization.synthesise(model, [channel], **settings)
        return convnet_visualization.look_for(model, layer, [channel], **settings)

    st.session_state["look_run"] = {"title": title}
    job_panel.start("look", title, steps)


def _draw(job: Job, run: dict[str, str]) -> None:
    picture, curve = st.columns([3, 2], gap="medium")
    if job.step is None:
        picture.info("The climb is compiled once for each layer: some seconds.", icon=":material/hourglass_top:")
        return
    # Smoothly enlarged: a spectrum has no pixels.
    picture.image(images.png(job.step.image), width="stretch", caption=run["title"], output_format="PNG")
    with curve:
        points = [{"step": done, "answer": losses["objective"]} for done, losses in job.history]
        spec = {
            "mark": {"type": "line", "strokeWidth": 2.5, "color": "#e6550d"},
            "encoding": {
                "x": {"field": "step", "type": "quantitative", "axis": {"tickCount": 4}},
                "y": {"field": "answer", "type": "quantitative", "title": "mean answer", "axis": {"tickCount": 4}},
            },
        }
        st.vega_lite_chart(points, spec, height=260, key="look_curve")
        if not job.active:
            name = run["title"].lower().replace(" ", "_")
            st.download_button(
                "PNG", images.png(job.step.image, scale=4), f"{name}.png", "image/png", key="look_png",
                icon=":material/download:", on_click="ignore", help="The picture, four times as large.",
            )  # fmt: skip


def _code(model: Backbone, layer: str, channel: int) -> None:
    call = f"synthesise(model, [{channel}]" if layer == CLASSES else f"look_for(model, {layer!r}, [{channel}]"
    script = f"""
        from genmodels.vision import backbone
        from genmodels.convnet_visualization import methods as convnet_views
        from genmodels.media import images

        model = backbone.load({model.name!r})
        for step in convnet_views.{call}, side=96, steps=60):
            print(step.done, step.losses)
        open("looks_for.png", "wb").write(images.png(step.image, scale=4))
        """
    verb = convnet_visualization.synthesise if layer == CLASSES else convnet_visualization.look_for
    code_panel.show(script, [verb, feature_visualization._climb], key="look", name="looks_for")
