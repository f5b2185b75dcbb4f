"""The controls of the style transfer page: images, loss weights, optimization, mask. Each returns arguments of
`genmodels.style_transfer.transfer.transfer`."""

from typing import Any

import numpy as np
import streamlit as st

from genmodels.style_transfer import losses as style_losses
from genmodels.vision.backbone import Backbone
from pages.style_transfer import common, region_mask, style_picker
from pages.style_transfer.common import OPTIMIZATION_DEFAULTS, URL_BOUND, WEIGHT_DEFAULTS, Styles
from ui import photo_picker, presets_and_reset

Arguments = dict[str, Any]


def choose_images() -> tuple[np.ndarray | None, Styles]:
    """The photo and the style images with their names; None and [] until the visitor has uploaded one."""
    size = photo_picker.chosen_size("style_size", common.SIZES, OPTIMIZATION_DEFAULTS["style_size"])
    photo = photo_picker.pick("style_photo", max_side=size, default="Palace")
    styles = style_picker.pick("style_image")
    return photo, styles


def style_blend_weights(styles: Styles) -> tuple[float, ...]:
    """A slider for each of several styles, in a popover; without a choice all weights are 1."""
    if len(styles) < 2:
        return (1.0,) * len(styles)
    with st.popover("Style blend weights", width="stretch", icon=":material/tune:"):
        help = "Blend weight of this style; the weights are normalized to sum to 1."
        weights = tuple(
            st.slider(name, 0.0, 1.0, 1.0, 0.05, key=common.blend_weight_key(name), help=help, **URL_BOUND)
            for name, _ in styles
        )
    if not any(weights):
        st.caption(":material/info: All blend weights are 0: the styles are blended equally.")
        return (1.0,) * len(styles)
    return weights


def loss_weights(model: Backbone) -> Arguments | None:
    """The weights of the loss terms and of the style layers; all of them may change during a run.

    None if no loss has a positive weight.
    """
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown("**Loss weights**", width="content")
            presets_and_reset.reset(WEIGHT_DEFAULTS, key="style_weights_reset")
        help = "Weight of the content loss. 0: content is ignored."
        content_weight = st.slider(
            "Content weight", 0.0, 10.0, WEIGHT_DEFAULTS["style_content_weight"], 0.1,
            key="style_content_weight", help=help, **URL_BOUND,
        )  # fmt: skip
        help = "Weight of the style loss. 0: no style; 40: the content becomes unrecognizable."
        style_weight = st.slider(
            "Style weight", 0.0, 40.0, WEIGHT_DEFAULTS["style_weight"], 0.5,
            key="style_weight", help=help, **URL_BOUND,
        )  # fmt: skip
        help = "Weight of the total variation loss (smoothness). 0: noisy; 60: very smooth."
        tv_weight = st.slider(
            "Total variation weight", 0.0, 60.0, WEIGHT_DEFAULTS["style_tv_weight"], 1.0,
            key="style_tv_weight", help=help, **URL_BOUND,
        )  # fmt: skip
    with st.popover("Style layer weights", width="stretch", icon=":material/layers:"):
        style_layer_weights = _style_layer_weights(model)
    if not content_weight + style_weight + tv_weight:
        st.warning("All loss weights are 0. Set at least one above 0.")
        return None
    if style_weight and not any(style_layer_weights.values()):
        st.warning("All style layer weights are 0. Set at least one above 0.")
        return None
    return {
        "content_weight": content_weight,
        "style_weight": style_weight,
        "tv_weight": tv_weight,
        "style_layer_weights": style_layer_weights,
    }


def _style_layer_weights(model: Backbone) -> dict[str, float]:
    layers, _ = style_losses.default_layers(model)
    st.caption(
        "Weight of each layer in the style loss. Early layers: colors and fine texture; late layers: larger structures."
    )
    help = "Weight of this layer in the style loss, relative to the other layers."
    weights = {
        name: st.slider(name, 0.0, 2.0, 1.0, 0.1, key=common.layer_weight_key(name), help=help, **URL_BOUND)
        for name in layers
    }
    presets_and_reset.reset({common.layer_weight_key(name): 1.0 for name in layers}, key="style_layer_weights_reset")
    return weights


def optimization_settings() -> Arguments:
    """Optimizer, initial image, scales and the rest, in a popover."""
    with st.popover("More settings", width="stretch", icon=":material/settings:"):
        left, right = st.columns(2)
        with left:
            help = (
                "L-BFGS approximates the curvature and needs fewer steps; Adam uses running averages of the gradient."
            )
            optimizer = st.selectbox(
                "Optimizer", list(common.OPTIMIZERS), key="style_optimizer", help=help, **URL_BOUND
            )
            help = "From noise, the photo appears only through the content loss."
            init = st.selectbox("Initial image", list(common.INITIALIZATIONS), key="style_init", help=help, **URL_BOUND)
            help = "Longer side of the result in pixels. Twice the size takes four times as long."
            size = st.select_slider("Image size", common.SIZES, OPTIMIZATION_DEFAULTS["style_size"], key="style_size",
                                    help=help, **URL_BOUND)  # fmt: skip
            help = "Transfers luminance only; keeps the photo's colors."
            preserve_color = st.toggle("Preserve photo colors", OPTIMIZATION_DEFAULTS["style_preserve_color"],
                                       key="style_preserve_color", help=help, **URL_BOUND)  # fmt: skip
        with right:
            help = "Optimization steps at each scale."
            steps_per_scale = st.slider("Steps per scale", 10, 150, OPTIMIZATION_DEFAULTS["style_steps_per_scale"], 10,
                                        key="style_steps_per_scale", help=help, **URL_BOUND)  # fmt: skip
            help = "Number of image scales, each twice the previous. Coarse scales produce large strokes."
            n_scales = st.slider("Scales (coarse to fine)", 1, 4, OPTIMIZATION_DEFAULTS["style_n_scales"],
                                 key="style_n_scales", help=help, **URL_BOUND)  # fmt: skip
            help = "Size of the style image relative to the photo. 2: strokes twice as large."
            image_scale = st.slider("Style scale (stroke size)", 0.4, 2.5, OPTIMIZATION_DEFAULTS["style_image_scale"],
                                    0.1, key="style_image_scale", help=help, **URL_BOUND)  # fmt: skip
            help = "Size of one step of Adam, in percent of the range from black to white."
            learning_rate = st.slider("Adam learning rate (%)", 0.5, 10.0, OPTIMIZATION_DEFAULTS["style_learning_rate"],
                                      0.5, key="style_learning_rate", help=help, **URL_BOUND)  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            help = "Seed of the noise. The same seed gives the same image."
            seed = st.number_input("Seed", 0, 9999, OPTIMIZATION_DEFAULTS["style_seed"], key="style_seed", help=help,
                                   width=150, **URL_BOUND)  # fmt: skip
            presets_and_reset.reset(
                OPTIMIZATION_DEFAULTS, key="style_reset", help="Restore the defaults in this panel."
            )
    return {
        "optimizer": common.OPTIMIZERS[optimizer],
        "init": common.INITIALIZATIONS[init],
        "steps_per_scale": steps_per_scale,
        "n_scales": n_scales,
        "style_image_scale": image_scale,
        "learning_rate": learning_rate / 100,
        "preserve_color": preserve_color,
        "seed": int(seed),
        "size": size,
    }


def mask(photo: np.ndarray) -> Arguments | None:
    """The region to stylize: {} without a mask, None while the mask is empty."""
    help = "Brush over the region to stylize. Everything else stays unchanged."
    if not st.toggle("Mask", OPTIMIZATION_DEFAULTS["style_mask"], key="style_mask", help=help, **URL_BOUND):
        return {}
    region = region_mask.region(photo)
    return None if region is None else {"mask": region}
