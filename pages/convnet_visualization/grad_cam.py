"""Grad-CAM: where on the photo is what speaks for a class; and the test that the answer must pass."""

from functools import partial

import numpy as np
import streamlit as st

from genmodels.convnet_visualization import methods as convnet_visualization
from genmodels.convnet_visualization.methods import Stage
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone
from pages.convnet_visualization import common, heatmap_overlay
from ui import code_panel, job_panel, model_loading, network_picker, presets_and_reset
from ui.page_layout import reader_text

TOP = 5


@st.fragment
@model_loading.show_weight_errors()
def show(model: Backbone, photo: np.ndarray, photo_name: str) -> None:
    reader_text(
        "Why this class? Take a layer's channels, weigh each by how much the class would gain if it answered more, "
        "and add them up. Bright is what speaks for the class. The control at the right is the same sum with random "
        "weights: a map that looks alike there would show the photo's edges, not the network's reasons."
    )
    probabilities = _probabilities(model, model.name, photo)
    left, right = st.columns([1, 4], gap="large")
    with left:
        target = _choose_class(model, probabilities)
        tip = "The deeper the layer, the more its channels mean, and the larger its squares."
        layer = common.choose_layer(model, "cam_layer", _usual(model), menu=True, help=tip)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            tip = "Other random weights, for the control."
            seed = st.number_input("Seed", 0, 9999, 0, key="cam_seed", width=110, help=tip, **common.KEEP)
            defaults = {"cam_class": None, "cam_layer": _usual(model), "cam_seed": 0}
            presets_and_reset.reset(defaults, key="cam_reset")
    found = _map(model, model.name, photo, layer, target)
    name, share = model.class_names[target], float(probabilities[target])
    with right:
        stages = _stages(model, photo, layer, target, int(seed))
        heatmap_overlay.show(photo, found, stages, title=name, told=f"Probability {share:.1%}", key="cam_heat")
    if not found.any():
        st.info(f"Nothing in {layer} speaks for {name}: the map is empty. Try another layer or class.")
    script = f"""
        import numpy as np
        from genmodels.vision import backbone
        from genmodels.convnet_visualization import methods as convnet_views
        from genmodels.media import images
        from genmodels.data import sample_photos as photos

        model = backbone.load({model.name!r})
        photo = photos.load({photo_name!r})
        target = {target}  # {name}
        print(model.class_names[target], backbone.classify(model, photo[None])[0, target])
        found = convnet_views.grad_cam(model, photo, {layer!r}, [target])[0]  # (h, w) in [0, 1]
        for stage in convnet_views.randomised(model, photo, {layer!r}, target, seed={seed}):
            print(stage.name, convnet_views.alike(found, stage.map))
        open("grad_cam.png", "wb").write(images.png(convnet_views.heated(found), scale=40))
        """
    lesson = [convnet_visualization.grad_cam, convnet_visualization._mapping, convnet_visualization.randomised]
    code_panel.show(script, lesson, key="cam", name="grad_cam")


def _choose_class(model: Backbone, probabilities: np.ndarray) -> int:
    """The five likeliest as buttons, all others in a menu."""
    likeliest = np.argsort(-probabilities, kind="stable")[:TOP].tolist()
    names = list(model.class_names)
    if st.session_state.get("cam_class") not in (None, *names):
        st.session_state["cam_class"] = None
    chosen = st.session_state.get("cam_class")
    target = names.index(chosen) if chosen else likeliest[0]
    st.markdown("**The likeliest classes**")
    with st.container(gap="xsmall"):
        for place, k in enumerate(likeliest):
            st.button(
                f"{names[k]} · {probabilities[k]:.0%}",
                key=f"cam_top_{place}",
                type="primary" if k == target else "secondary",
                width="stretch",
                on_click=partial(presets_and_reset.set_widgets, {"cam_class": names[k]}),
                help="One of the five classes that the network finds likeliest.",
            )
    st.selectbox(
        "Any other class", sorted(names), index=None, key="cam_class", placeholder="The likeliest", **common.KEEP,
        help="Also one that is not on the photo: what comes nearest to it?",
    )  # fmt: skip
    return target


def _usual(model: Backbone) -> str:
    """The last layer; of the built-in network, where that has 3 x 3 places only, the last of the block before."""
    return model.layers[-3] if model.name == "builtin" else model.layers[-1]


@st.cache_data(show_spinner=False, max_entries=24)
def _probabilities(_model: Backbone, name: str, image: np.ndarray) -> np.ndarray:
    return backbone.classify(_model, image[None])[0]


@st.cache_data(show_spinner=False, max_entries=64)
def _map(_model: Backbone, name: str, image: np.ndarray, layer: str, target: int) -> np.ndarray:
    return convnet_visualization.grad_cam(_model, image, layer, [target])[0]


@st.cache_data(show_spinner="Drawing random weights", max_entries=64)
def _control(_model: Backbone, name: str, image: np.ndarray, layer: str, target: int, seed: int) -> list[Stage]:
    return list(convnet_visualization.randomised(_model, image, layer, target, seed=seed))


def _stages(model: Backbone, photo: np.ndarray, layer: str, target: int, seed: int) -> list[Stage]:
    """The control: a second's work for the built-in network, a job on demand for the large ones."""
    if model.name == "builtin":
        return _control(model, model.name, photo, layer, target, seed)
    asked = (model.name, photo.tobytes(), layer, target, seed)
    held = st.session_state.get("cam_control")
    if held is not None and held["asked"] == asked:
        job_panel.panel("cam", lambda job: None)
        return held["stages"]

    def start() -> None:
        shared, stages = network_picker.load(model.name), []
        st.session_state["cam_control"] = {"asked": asked, "stages": stages}

        def steps():
            for stage in convnet_visualization.randomised(shared, photo, layer, target, seed=seed):
                stages.append(stage)
                yield stage

        job_panel.start("cam", f"Random weights in {model.name}", steps)

    st.button(
        "Test it with random weights", key="cam_start", icon=":material/casino:", on_click=start,
        help="Takes a while for a network of this size.",
    )  # fmt: skip
    return []
