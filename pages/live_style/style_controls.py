"""The style controls of the live style transfer page: one style, a blend, or a position between four styles."""

from typing import Any

import numpy as np
import streamlit as st

from genmodels.live_style import network as live_style
from genmodels.live_style.network import LiveStyle
from pages.live_style import common, style_pad, style_picker
from ui import presets_and_reset


def controls(model: LiveStyle, photo: np.ndarray) -> dict[str, Any] | None:
    """The arguments `style_blend_weights`, `strength` and `preserve_color` of `stylize`; None without a style."""
    mode = st.segmented_control(
        "Styles",
        common.STYLE_MODES,
        default=common.SINGLE,
        required=True,
        key="fast_style_mode",
        label_visibility="collapsed",
        **common.URL_BOUND,
    )
    if mode == common.BLEND:
        blend_weights = _blend(model, photo)
    elif mode == common.INTERPOLATION:
        blend_weights = _interpolation(model, photo)
    else:
        blend_weights = _single_style(model, photo)
    settings = _strength_controls()
    return None if blend_weights is None else {"style_blend_weights": blend_weights, **settings}


def _strength_controls() -> dict[str, Any]:
    help = "0: unchanged photo. 1: the trained style. Above 1: extrapolated."
    strength = st.slider("Style strength", 0.0, 1.5, 1.0, 0.05, key="fast_style_strength", help=help,
                         **common.URL_BOUND)  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        help = "Stylize luminance only; keep the photo's colors."
        preserve_color = st.toggle("Preserve photo colors", key="fast_style_preserve_color", help=help,
                                   **common.URL_BOUND)  # fmt: skip
        defaults = common.STRENGTH_DEFAULTS | style_pad.centered("fast_style_position")
        presets_and_reset.reset(defaults, key="fast_style_reset")
    return {"strength": strength, "preserve_color": preserve_color}


def _single_style(model: LiveStyle, photo: np.ndarray) -> np.ndarray:
    replace_unknown("fast_style_style", model.names, common.DEFAULT_STYLES[0])

    def on_click(name: str) -> None:
        st.session_state["fast_style_style"] = name

    picker = st.container()
    help = "All styles are in one network; each is only a set of scales and shifts in the normalization layers."
    name = st.selectbox("Style", model.names, key="fast_style_style", help=help, label_visibility="collapsed",
                        **common.URL_BOUND)  # fmt: skip
    with picker:
        thumbnails = common.thumbnails(model, photo)
        style_picker.show(model.names, thumbnails, [name], key="fast_style_picker", on_click=on_click)
    return live_style.one_hot(model, name)


def _blend(model: LiveStyle, photo: np.ndarray) -> np.ndarray | None:
    key = "fast_style_styles_to_blend"
    names = [name for name in st.session_state.get(key, common.DEFAULT_STYLES) if name in model.names]
    st.session_state[key] = names

    def on_click(name: str) -> None:
        chosen = st.session_state[key]
        st.session_state[key] = [each for each in chosen if each != name] if name in chosen else [*chosen, name]

    style_picker.show(model.names, common.thumbnails(model, photo), names, key="fast_style_picker", on_click=on_click)
    help = "A click on a thumbnail adds or removes a style, too."
    chosen = st.multiselect("Styles to blend", model.names, key=key, help=help, **common.URL_BOUND)
    blend_weights = np.zeros(len(model.names))
    for name in chosen:
        help = "Blend weight; weights are normalized to sum to 1."
        blend_weights[model.names.index(name)] = st.slider(
            name, 0, 100, 50, 5, key=f"fast_style_blend_weight_{name}", help=help, persist_state="session"
        )
    if not blend_weights.any():
        st.info("Choose one style or more, and set a blend weight above 0.", icon=":material/palette:")
        return None
    return blend_weights


def _interpolation(model: LiveStyle, photo: np.ndarray) -> np.ndarray:
    for k, name in enumerate(common.CORNER_STYLES):
        replace_unknown(f"fast_style_corner_{k}", model.names, name)
    names = [st.session_state[f"fast_style_corner_{k}"] for k in range(4)]
    grid = np.linspace(0, 1, style_pad.GRID_SIZE)
    blend_weights = np.stack([live_style.interpolate_2d(model, names, x, y) for y in grid for x in grid])
    thumbnails = common.thumbnails(model, photo, blend_weights)
    x, y = style_pad.show(names, thumbnails, key="fast_style_position")
    with st.popover("Corner styles", width="stretch"):
        labels = ("Top left", "Top right", "Bottom left", "Bottom right")
        for k, (column, label) in enumerate(zip([*st.columns(2)] * 2, labels, strict=True)):
            column.selectbox(label, model.names, key=f"fast_style_corner_{k}", persist_state="session",
                             help="The style in this corner.")  # fmt: skip
    return live_style.interpolate_2d(model, names, x, y)


def replace_unknown(key: str, names: tuple[str, ...], default: str) -> None:
    """Set the default where the session or the link names a style that this network does not have."""
    if st.session_state.get(key) not in names:
        st.session_state[key] = default if default in names else names[0]
