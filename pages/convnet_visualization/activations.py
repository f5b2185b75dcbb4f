"""Activations: the feature maps of all channels of a layer for a photo."""

import numpy as np
import streamlit as st

from genmodels.convnet_visualization import activations
from genmodels.vision.backbone import Backbone
from pages.convnet_visualization import channel_grid, common
from ui import code_panel, model_loading, presets_and_reset
from ui.page_layout import result_and_controls

ORDERS = ("By max activation", "By index")
DEFAULTS = {
    "activations_layer": "block2_conv2",
    "activations_order": ORDERS[0],
    "activations_normalize_per_channel": True,
    "activations_channel": None,
}


@st.fragment  # a click reruns this tab only
@model_loading.show_weight_errors()
def show(model: Backbone) -> None:
    result, column = result_and_controls("activations", (3, 1))
    with column:
        photo = common.pick_photo()
        help = "Block and index of the convolution. Each block halves the resolution."
        layer = common.choose_layer(model, "activations_layer", "block2_conv2", help=help)
        order = st.selectbox(
            "Order",
            ORDERS,
            key="activations_order",
            help="By max activation: sorted by the maximum over the image. By index: as in the network.",
            **common.URL_BOUND,
        )
        normalize_per_channel = st.toggle(
            "Normalize each channel",
            value=True,
            key="activations_normalize_per_channel",
            help="On: every channel is scaled to its own maximum. Off: one scale for the whole layer.",
            **common.URL_BOUND,
        )
        presets_and_reset.reset(DEFAULTS, key="activations_reset")
    if photo is None:
        return
    layers = common.activations(model, model.name, photo)
    a = layers[layer]
    by_maximum = activations.by_maximum(a)
    channel = common.selected_channel("activations_channel", a.shape[2], by_maximum[0])
    with result:
        channel_grid.show(
            photo,
            layer,
            a,
            common.atlas(model.name).get(layer),
            key="activations_grid",
            mode="maps",
            order=by_maximum if order == ORDERS[0] else list(range(a.shape[2])),
            selected=channel,
            normalize_per_channel=bool(normalize_per_channel),
            on_select=lambda channel: st.session_state.update(activations_channel=channel),
        )
    _links(model, layer, channel)
    _sparsity(layers)
    script = f"""
        from genmodels.convnet_visualization import activations, colormap
        from genmodels.data import sample_photos
        from genmodels.media import images
        from genmodels.vision import backbone

        model = backbone.load({model.name!r})
        photo = sample_photos.load({common.photo_name()!r})
        layers = activations.activations(model, photo, image_size={common.IMAGE_SIZE})
        for layer, a in layers.items():
            print(f"{{layer}}: {{a.shape[2]}} channels, {{activations.sparsity(a):.0%}} zeros")
        grid = activations.tile_channels(layers[{layer!r}], columns=16)
        open("activations.png", "wb").write(images.png(colormap.colorize(grid / 255)))
        """
    functions = [activations.activations, activations.sparsity]
    code_panel.show(script, functions, key="activations", name="activations")


def _links(model: Backbone, layer: str, channel: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Channel {channel} of {layer}**", width="content")

        def open_filter() -> None:
            st.session_state.update(convnet_tab="Filter visualization", filter_layer=layer, filter_channel=channel)

        # The tab belongs to the whole page: a callback in this fragment does not rerun it.
        if st.button(
            "Visualize this filter",
            key="activations_visualize_filter",
            icon=":material/search:",
            on_click=open_filter,
            help="Opens the tab Filter visualization with this channel.",
        ):
            st.rerun()
        common.link_to_deepdream(layer, channel, model.class_names, key="activations_deepdream")


def _sparsity(layers: dict[str, np.ndarray]) -> None:
    """A bar chart of the zero activations of each layer."""
    rows = [
        {
            "layer": common.short_layer_name(layer),
            "sparsity": activations.sparsity(a),
            "channels": a.shape[2],
            "index": k,
        }
        for k, (layer, a) in enumerate(layers.items())
    ]
    st.markdown("**Sparsity: fraction of zero activations per layer**")
    spec = {
        "mark": {"type": "bar", "color": "#e6550d", "cornerRadiusEnd": 3},
        "encoding": {
            "x": {
                "field": "layer",
                "type": "nominal",
                "sort": {"field": "index"},
                "title": "layer (block.convolution)",
                "axis": {"labelAngle": 0},
            },
            "y": {
                "field": "sparsity",
                "type": "quantitative",
                "title": "zeros",
                "axis": {"format": "%", "tickCount": 4},
                "scale": {"domain": [0, 1]},
            },
            "tooltip": [{"field": "layer"}, {"field": "channels"}, {"field": "sparsity", "format": ".0%"}],
        },
    }
    st.vega_lite_chart(rows, spec, height=190, key="activations_sparsity")
