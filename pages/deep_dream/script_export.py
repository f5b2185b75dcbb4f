"""Standalone scripts that reproduce a result, for "Show the code"."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from genmodels.data import sample_photos
from genmodels.vision.backbone import Backbone
from ui.side_by_side import Comparison


def photo(name: str, max_side: int) -> str:
    """The expression that loads a photo; the visitor's own from a file."""
    if name in sample_photos.NAMES:
        return f"sample_photos.load({name!r}, {max_side})"
    return f'images.decode(open("photo.jpg", "rb").read(), max_side={max_side})[0]  # your photo'


def arguments(settings: Mapping[str, Any]) -> str:
    """Settings as keyword arguments; the guide is a variable."""
    pairs = [f"{name}={value!r}" for name, value in settings.items() if name != "guide" and value is not None]
    return ", ".join([*pairs, "guide=guide"] if "guide" in settings else pairs)


def setup(model: Backbone, settings: Mapping[str, Any]) -> str:
    """Imports, network and photo: the beginning of each script."""
    guide = f"guide = {photo(st.session_state['dream_guide'], 300)}" if "guide" in settings else ""
    return f"""
        from genmodels.data import sample_photos
        from genmodels.deep_dream import dream as deep_dream
        from genmodels.deep_dream import zoom as dream_zoom
        from genmodels.media import images
        from genmodels.vision import backbone, comparison

        model = backbone.load({model.name!r})
        photo = {photo(st.session_state["dream_photo"], st.session_state["dream_image_size"])}
        {guide}"""


def dream(model: Backbone, settings: Mapping[str, Any]) -> str:
    return f"""{setup(model, settings)}
        for step in deep_dream.dream(photo, model=model, {arguments(settings)}):
            print(f"{{step.done:3}} of {{step.total}}: {{step.losses['objective']:.4g}}")
        open("dream.png", "wb").write(images.png(step.image))
        """


def compare(model: Backbone, settings: Mapping[str, Any], compared: Comparison) -> str:
    (_, left), (_, right) = compared.left, compared.right
    return f"""{setup(model, settings)}
        left = deep_dream.dream(photo, model=model, {arguments({**settings, **left})})
        right = deep_dream.dream(photo, model=model, {arguments({**settings, **right})})
        for step in comparison.side_by_side(left, right, loss="objective"):
            print(f"{{step.done:3}} of {{step.total}}: {{step.losses}}")
        for name in ("left", "right"):
            open(f"dream_{{name}}.png", "wb").write(images.png(getattr(step, name).image))
        """


def zoom(model: Backbone, settings: Mapping[str, Any]) -> str:
    return f"""{setup(model, settings)}
        frames = [step.image for step in dream_zoom.zoom(photo, model=model, {arguments(settings)})]
        open("dream.mp4", "wb").write(images.animate(frames, "mp4", fps=15))
        """
