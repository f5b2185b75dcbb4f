"""Activations: every channel of a layer as a picture of where on the photo it answers."""

import numpy as np
import streamlit as st

from genmodels.convnet_visualization import methods as convnet_visualization
from genmodels.vision.backbone import Backbone
from pages.convnet_visualization import channel_grid, common
from ui import code_panel, model_loading, presets_and_reset
from ui.page_layout import reader_text

ORDERS = ("Strongest first", "As numbered")
DEFAULTS = {"views_layer": "block2_conv2", "views_order": ORDERS[0], "views_own": True, "views_channel": None}


@st.fragment  # a click redraws this tab only, not the page around it
@model_loading.show_weight_errors()
def show(model: Backbone, photo: np.ndarray, photo_name: str) -> None:
    reader_text(
        "A channel is one filter, laid over all of the photo; bright is where it answers. The first layer finds "
        "edges and colours, the next ones textures, the last ones parts of things. The deeper, the coarser the "
        "picture, and the more of it is zero. Move over the sheet; click a channel to keep it."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tip = "Block and number of the convolution. Each block halves the resolution."
        layer = common.choose_layer(model, "views_layer", "block2_conv2", help=tip)
        order = st.segmented_control(
            "Order", ORDERS, default=ORDERS[0], required=True, key="views_order", **common.KEEP,
            help="Strongest first: by the highest value anywhere on the photo. As numbered: as in the network.",
        )  # fmt: skip
        own = st.toggle(
            "Each on its own scale", value=True, key="views_own", **common.KEEP,
            help="On: every channel from black to white, however quiet. Off: one scale for the layer, so that quiet "
            "channels are dark.",
        )  # fmt: skip
        presets_and_reset.reset(DEFAULTS, key="views_reset")
    found = common.answers(model, model.name, photo)
    answers = found[layer]
    strongest = np.argsort(-answers.max(axis=(0, 1)), kind="stable").tolist()
    asked = st.session_state.get("views_channel")
    picked = asked if isinstance(asked, int) and 0 <= asked < answers.shape[2] else strongest[0]
    channel_grid.show(
        photo,
        layer,
        answers,
        common.atlas(model.name).get(layer),
        key="views_answers",
        first="maps",
        order=strongest if order == ORDERS[0] else list(range(answers.shape[2])),
        picked=picked,
        own_scale=bool(own),
        on_pick=lambda channel: st.session_state.update(views_channel=channel),
    )
    _onwards(model, layer, picked)
    _sparsity(found)
    script = f"""
        from genmodels.vision import backbone
        from genmodels.convnet_visualization import methods as convnet_views
        from genmodels.media import images
        from genmodels.data import sample_photos as photos

        model = backbone.load({model.name!r})
        photo = photos.load({photo_name!r})
        answers = convnet_views.activations(model, photo, side={common.SIDE})
        for layer, a in answers.items():
            print(f"{{layer}}: {{a.shape[2]}} channels, {{convnet_views.sparsity(a):.0%}} zeros")
        sheet = convnet_views.channel_sheet(answers[{layer!r}], columns=16)
        open("activations.png", "wb").write(images.png(convnet_views.heated(sheet / 255)))
        """
    code_panel.show(
        script, [convnet_visualization.activations, convnet_visualization.sparsity], key="views", name="activations"
    )


def _onwards(model: Backbone, layer: str, channel: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Channel {channel} of {layer}**", width="content")

        def look() -> None:
            st.session_state.update(views_tab="What a filter looks for", look_layer=layer, look_channel=channel)

        # Read by the whole page, so from a callback it reruns the page, not this tab.
        if st.button("What it looks for", key="views_look", icon=":material/search:", on_click=look,
                     help="Its picture, and a climb from noise, live."):  # fmt: skip
            st.rerun()
        common.dream_on(layer, channel, model.class_names, key="views_dream")


def _sparsity(found: dict[str, np.ndarray]) -> None:
    """A bar for each layer: how much of it is zero."""
    rows = [
        {"layer": common.spoken(layer), "zeros": convnet_visualization.sparsity(a), "channels": a.shape[2], "place": k}
        for k, (layer, a) in enumerate(found.items())
    ]
    st.markdown("**How much of each layer says nothing**")
    spec = {
        "mark": {"type": "bar", "color": "#e6550d", "cornerRadiusEnd": 3},
        "encoding": {
            "x": {"field": "layer", "type": "nominal", "sort": {"field": "place"}, "title": "layer",
                  "axis": {"labelAngle": 0}},
            "y": {"field": "zeros", "type": "quantitative", "title": "zeros", "axis": {"format": "%", "tickCount": 4},
                  "scale": {"domain": [0, 1]}},
            "tooltip": [{"field": "layer"}, {"field": "channels"}, {"field": "zeros", "format": ".0%"}],
        },
    }  # fmt: skip
    st.vega_lite_chart(rows, spec, height=190, key="views_zeros")
