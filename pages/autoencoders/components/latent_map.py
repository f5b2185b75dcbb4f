"""A map of codes: points on a plane, the image under the pointer, and the visitor's image among its nearest codes."""

from typing import Any

import streamlit as st

from ui.component import component

_map = component("latent_map", __file__, "latent_map_draw.js")


def latent_map(points: dict[str, Any], *, key: str, method: str, show_images: bool, own_image: dict | None) -> None:
    """Show the map.

    points: "token", a name of this data; "sheet", all images as a WebP in base64, "columns" per row; "positions", a
    float32 array in base64 per method; "labels", a digit per point; "class_names", "colors". method: the projection.
    own_image: "pixels", and per method its "positions" and the rows that are "nearest".
    """
    state = st.session_state.get(key) or {}
    data = component_data(points, state.get("received"), method=method, show_images=show_images, own_image=own_image)
    _map(key=key, data=data, on_received_change=lambda: None)


def component_data(points: dict[str, Any], received: str | None, **settings: Any) -> dict[str, Any]:
    """What is sent: the points, some hundred kB, only until the browser has reported their token as `received`."""
    new = {} if received == points["token"] else {"points": points}
    return settings | {"token": points["token"]} | new
