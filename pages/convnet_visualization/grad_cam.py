"""Grad-CAM: the image regions that support a class, and the randomization sanity check."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import streamlit as st

from genmodels.convnet_visualization import grad_cam
from genmodels.convnet_visualization.grad_cam import Stage
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone
from pages.convnet_visualization import common, heatmap_overlay
from ui import code_panel, job_panel, model_loading, network_picker, presets_and_reset
from ui.page_layout import result_and_controls

TOP = 5  # predictions


@st.fragment
@model_loading.show_weight_errors()
def show(model: Backbone) -> None:
    result, column = result_and_controls("grad_cam", (2, 1))
    with column:
        left, right = st.columns(2, gap="small")
        with left:
            photo = common.pick_photo()
        with right:
            help = "Deeper layers are more semantic but have lower resolution."
            layer = common.choose_layer(model, "grad_cam_layer", _default_layer(model), help=help)
        if photo is None:
            return
        probabilities = _probabilities(model, model.name, photo)
        target = _choose_class(model, probabilities)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            help = "Random seed of the randomized weights."
            seed = st.number_input("Seed", 0, 9999, 0, key="grad_cam_seed", width=130, help=help, **common.URL_BOUND)
            defaults = {"grad_cam_class": None, "grad_cam_layer": _default_layer(model), "grad_cam_seed": 0}
            presets_and_reset.reset(defaults, key="grad_cam_reset")
    heatmap = _heatmap(model, model.name, photo, layer, target)
    name, probability = model.class_names[target], float(probabilities[target])
    with result:
        stages = _stages(model, photo, layer, target, int(seed))
        caption = f"Predicted probability {probability:.1%}"
        heatmap_overlay.show(photo, heatmap, stages, title=name, caption=caption, key="grad_cam_heatmaps")
        if not heatmap.any():
            st.info(f"The Grad-CAM map is all zero: no positive evidence for {name} in {layer}.")
    script = f"""
        from genmodels.convnet_visualization import colormap, grad_cam
        from genmodels.data import sample_photos
        from genmodels.media import images
        from genmodels.vision import backbone

        model = backbone.load({model.name!r})
        photo = sample_photos.load({common.photo_name()!r})
        target = {target}  # {name}
        print(model.class_names[target], backbone.classify(model, photo[None])[0, target])
        heatmap = grad_cam.grad_cam(model, photo, {layer!r}, [target])[0]  # (h, w) in [0, 1]
        for stage in grad_cam.randomization_test(model, photo, {layer!r}, target, seed={seed}):
            print(stage.layer, grad_cam.rank_correlation(heatmap, stage.heatmap))
        open("grad_cam.png", "wb").write(images.png(colormap.colorize(heatmap), scale=40))
        """
    functions = [grad_cam.grad_cam, grad_cam._compile, grad_cam.randomization_test]
    code_panel.show(script, functions, key="grad_cam", name="grad_cam")


def _choose_class(model: Backbone, probabilities: np.ndarray) -> int:
    """The top-5 predictions as buttons, all other classes in a menu."""
    top = np.argsort(-probabilities, kind="stable")[:TOP].tolist()
    names = list(model.class_names)
    if st.session_state.get("grad_cam_class") not in (None, *names):
        st.session_state["grad_cam_class"] = None
    chosen = st.session_state.get("grad_cam_class")
    target = names.index(chosen) if chosen else top[0]
    st.markdown("**Top-5 predictions**")
    with st.container(gap="xsmall"):
        for rank, k in enumerate(top):
            st.button(
                f"{names[k]} · {probabilities[k]:.0%}",
                key=f"grad_cam_top_{rank}",
                type="primary" if k == target else "secondary",
                width="stretch",
                on_click=partial(presets_and_reset.set_widgets, {"grad_cam_class": names[k]}),
                help="Show the heatmap of this class.",
            )
    st.selectbox(
        "Class",
        sorted(names),
        index=None,
        key="grad_cam_class",
        placeholder="Top prediction",
        help="You can also choose a class that is not in the photo.",
        **common.URL_BOUND,
    )
    return target


def _default_layer(model: Backbone) -> str:
    """The last layer; the last of block 4 for the built-in network, whose block 5 has 3 x 3 positions only."""
    return model.layers[-3] if model.name == "builtin" else model.layers[-1]


@st.cache_data(show_spinner=False, max_entries=24)
def _probabilities(_model: Backbone, name: str, image: np.ndarray) -> np.ndarray:
    return backbone.classify(_model, image[None])[0]


@st.cache_data(show_spinner=False, max_entries=64)
def _heatmap(_model: Backbone, name: str, image: np.ndarray, layer: str, target: int) -> np.ndarray:
    return grad_cam.grad_cam(_model, image, layer, [target])[0]


@st.cache_data(show_spinner="Randomizing weights", max_entries=64)
def _randomization_test(
    _model: Backbone, name: str, image: np.ndarray, layer: str, target: int, seed: int
) -> list[Stage]:
    return list(grad_cam.randomization_test(_model, image, layer, target, seed=seed))


def _stages(model: Backbone, photo: np.ndarray, layer: str, target: int, seed: int) -> list[Stage]:
    """The sanity check: about a second for the built-in network, a job on demand for the pretrained ones."""
    if model.name == "builtin":
        return _randomization_test(model, model.name, photo, layer, target, seed)
    settings = (model.name, photo.tobytes(), layer, target, seed)
    run = job_panel.find_run("grad_cam")
    if run is not None and run["settings"] == settings:
        job_panel.panel("grad_cam", lambda job: None)
        return run["stages"]

    def start() -> None:
        shared, stages = network_picker.load(model.name), []

        def steps() -> Iterator[Stage]:
            for stage in grad_cam.randomization_test(shared, photo, layer, target, seed=seed):
                stages.append(stage)
                yield stage

        run = {"settings": settings, "stages": stages}
        job_panel.start("grad_cam", f"Randomization sanity check of {model.name}", steps, run=run)

    st.button(
        "Run randomization sanity check",
        key="grad_cam_start",
        icon=":material/casino:",
        on_click=start,
        help="Takes minutes for a network of this size.",
    )
    return []
