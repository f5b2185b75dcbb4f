"""Filter visualization: the atlas of every layer, and the optimization of one filter, live."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import streamlit as st

from genmodels.convnet_visualization import feature_visualization, filter_atlas
from genmodels.convnet_visualization.inputs import CLASSES
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone
from pages.convnet_visualization import channel_grid, common
from ui import code_panel, job_panel, model_loading, network_picker, presets_and_reset
from ui.page_layout import result_and_controls

IMAGE_SIZES = (64, 96, 128, 192)  # pixels
OPTIMIZATION_DEFAULTS = {
    "filter_image_size": 96,
    "filter_steps": 80,
    "filter_decay_power": 1.0,
    "filter_transform_robustness": True,
    "filter_seed": 0,
}
DEFAULTS = {"filter_layer": "block4_conv2", "filter_channel": None} | OPTIMIZATION_DEFAULTS


@st.fragment
@model_loading.show_weight_errors()
def show(model: Backbone) -> None:
    result, column = result_and_controls("filter_visualization", (2, 1))
    with column:
        left, right = st.columns(2, gap="small")
        with left:
            help = "Block and index of the convolution; classes are the network's outputs."
            layer = common.choose_layer(model, "filter_layer", "block4_conv2", classes=True, help=help)
        with right:
            photo = common.pick_photo()
    if photo is None:
        return
    a = _probabilities(model, model.name, photo)
    if layer != CLASSES:
        a = common.activations(model, model.name, photo)[layer]
    channel = common.selected_channel("filter_channel", a.shape[2], int(a.max(axis=(0, 1)).argmax()))
    with result:
        _grid(model, layer, channel, photo, a)
    with column:
        _run_controls(model, layer, channel)
        _run_panel()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_title(model, layer, channel)}**", width="content")
        common.link_to_deepdream(layer, channel, model.class_names, key="filter_deepdream")
    _code(model, layer, channel)


@st.cache_data(show_spinner=False, max_entries=24)
def _probabilities(_model: Backbone, name: str, image: np.ndarray) -> np.ndarray:
    """Class probabilities as feature maps of one position: (1, 1, classes)."""
    return backbone.classify(_model, image[None])[None]


def _title(model: Backbone, layer: str, channel: int) -> str:
    return model.class_names[channel] if layer == CLASSES else f"Channel {channel} of {layer}"


def _grid(model: Backbone, layer: str, channel: int, photo: np.ndarray, a: np.ndarray) -> None:
    sheet = common.atlas(model.name).get(layer)
    if sheet is None:
        st.info("Precomputed visualizations exist for the built-in network only. Select a channel and run it.")
    elif not filter_atlas.matches_weights():
        st.caption("The atlas was made with other weights: python -m training.convnet_visualization --seed 0")
    channel_grid.show(
        photo,
        layer,
        a,
        sheet,
        key="filter_grid",
        mode="filters",
        order=list(range(a.shape[2])),
        selected=channel,
        normalize_per_channel=True,
        on_select=lambda channel: st.session_state.update(filter_channel=channel),
        names=model.class_names if layer == CLASSES else None,
    )


# --- one filter, live ---------------------------------------------------------------------------


def _run_controls(model: Backbone, layer: str, channel: int) -> None:
    """The settings of the optimization, and the button that starts it."""
    job = job_panel.find("filter")
    running = job is not None and job.active
    settings = _settings()
    st.button(
        "Run feature visualization",
        key="filter_start",
        type="primary",
        icon=":material/trending_up:",
        width="stretch",
        disabled=running,
        on_click=_start,
        args=(model.name, layer, channel, _title(model, layer, channel), settings),
        help="Stop the running one first." if running else "Optimizes an image for the selected channel or class.",
    )


def _settings() -> dict[str, Any]:
    left, right = st.columns(2, gap="small")
    image_size = left.select_slider(
        "Image size",
        IMAGE_SIZES,
        value=96,
        key="filter_image_size",
        help="Height and width in pixels. Larger: more repetitions of the pattern, longer computation.",
        **common.URL_BOUND,
    )
    help = "Steps of gradient ascent. More: higher contrast."
    steps = right.slider("Steps", 20, 200, 80, 10, key="filter_steps", help=help, **common.URL_BOUND)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("More settings"):
            decay_power = st.slider(
                "Frequency decay (1/f^p)",
                0.0,
                1.5,
                1.0,
                0.25,
                key="filter_decay_power",
                help="1: spectrum of natural images. 0: plain pixel parameterization, gives high-frequency noise.",
                **common.URL_BOUND,
            )
            transform_robustness = st.toggle(
                "Random transforms",
                value=True,
                key="filter_transform_robustness",
                help="Randomly shifts, rotates and scales the image before every step, which suppresses "
                "high-frequency noise (transformation robustness).",
                **common.URL_BOUND,
            )
            help = "Random seed of the initial noise and the transforms."
            seed = st.number_input("Seed", 0, 9999, 0, key="filter_seed", help=help, **common.URL_BOUND)
        presets_and_reset.reset(DEFAULTS, key="filter_reset")
    no_transforms = {} if transform_robustness else {"jitter": 0.0, "rotation": 0.0, "scaling": 0.0}
    return {"image_size": image_size, "steps": steps, "decay_power": decay_power, "seed": seed} | no_transforms


def _start(name: str, layer: str, channel: int, title: str, settings: dict[str, Any]) -> None:
    model = network_picker.load(name)  # here, because the worker thread has no page

    def steps() -> Iterator[feature_visualization.Step]:
        if layer == CLASSES:
            return feature_visualization.visualize_classes(model, [channel], **settings)
        return feature_visualization.visualize_filters(model, layer, [channel], **settings)

    job_panel.start("filter", title, steps)


def _run_panel() -> None:
    job_panel.panel("filter", _draw)


def _draw(job: Job) -> None:
    if job.step is None:
        st.info("Compiling the optimization (a few seconds, once per layer) …", icon=":material/hourglass_top:")
        return
    # Enlarged smoothly: the spectrum that is optimized defines the image between its pixels too.
    st.image(images.png(job.step.image), width="stretch", caption=job.title, output_format="PNG")
    if not job.active:
        name = job.title.lower().replace(" ", "_")
        st.download_button(
            "PNG",
            images.png(job.step.image, scale=4),
            f"{name}.png",
            "image/png",
            key="filter_png",
            icon=":material/download:",
            on_click="ignore",
            help="The image, enlarged four times.",
        )
    points = [{"step": done, "activation": losses["objective"]} for done, losses in job.history]
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5, "color": "#e6550d"},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "axis": {"tickCount": 4}},
            "y": {
                "field": "activation",
                "type": "quantitative",
                "title": "mean activation",
                "axis": {"tickCount": 4},
            },
        },
    }
    st.vega_lite_chart(points, spec, height=180, key="filter_curve")


def _code(model: Backbone, layer: str, channel: int) -> None:
    call = f"visualize_filters(model, {layer!r}, [{channel}]"
    if layer == CLASSES:
        call = f"visualize_classes(model, [{channel}]"
    script = f"""
        from genmodels.convnet_visualization import feature_visualization
        from genmodels.media import images
        from genmodels.vision import backbone

        model = backbone.load({model.name!r})
        for step in feature_visualization.{call}, image_size=96, steps=60):
            print(step.done, step.losses)
        open("filter.png", "wb").write(images.png(step.image, scale=4))
        """
    method = feature_visualization.visualize_classes if layer == CLASSES else feature_visualization.visualize_filters
    functions = [method, feature_visualization._gradient_ascent]
    code_panel.show(script, functions, key="filter", name="filter_visualization")
