"""Files that repeat what is on the screen, for "Show the code"."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from genmodels.data import sample_photos
from genmodels.vision.backbone import Backbone
from ui.side_by_side import Comparison


def photo(name: str, max_side: int) -> str:
    """The expression that gives a photo again; for one's own, from a file of one's own."""
    if name in sample_photos.NAMES:
        return f"photos.load({name!r}, {max_side})"
    return f'images.decode(open("photo.jpg", "rb").read(), max_side={max_side})[0]  # your own'


def arguments(settings: Mapping[str, Any]) -> str:
    """Settings as keyword arguments, the guide by its name."""
    own = [f"{name}={value!r}" for name, value in settings.items() if name != "guide" and value is not None]
    return ", ".join([*own, "guide=guide"] if "guide" in settings else own)


def beginning(model: Backbone, settings: Mapping[str, Any]) -> str:
    """The lines that all of the files begin with."""
    guide = f"guide = {photo(st.session_state['dream_guide'], 300)}" if "guide" in settings else ""
    return f"""
        from genmodels.vision import backbone, comparison
        from genmodels.deep_dream import dream as deep_dream
        from genmodels.media import images
        from genmodels.data import sample_photos as photos

        model = backbone.load({model.name!r})
        photo = {photo(st.session_state["dream_photo"], st.session_state["dream_size"])}
        {guide}"""


def dream(model: Backbone, settings: Mapping[str, Any]) -> str:
    return f"""{beginning(model, settings)}
        for step in deep_dream.dream(photo, model=model, {arguments(settings)}):
            print(f"{{step.done:3}} of {{step.total}}: {{step.losses['objective']:.4g}}")
        open("dream.png", "wb").write(images.png(step.image))
        """


def beside(model: Backbone, both: Mapping[str, Any], compared: Comparison) -> str:
    (_, left), (_, right) = compared.left, compared.right
    return f"""{beginning(model, both)}
        left = deep_dream.dream(photo, model=model, {arguments({**both, **left})})
        right = deep_dream.dream(photo, model=model, {arguments({**both, **right})})
        for pair in comparison.side_by_side(left, right, loss="objective"):
            print(f"{{pair.done:3}} of {{pair.total}}: {{pair.losses}}")
        for name in ("left", "right"):
            open(f"dream_{{name}}.png", "wb").write(images.png(getattr(pair, name).image))
        """


def zoom(model: Backbone, settings: Mapping[str, Any]) -> str:
    return f"""{beginning(model, settings)}
        frames = [step.image for step in deep_dream.zoom(photo, model=model, {arguments(settings)})]
        open("dream.mp4", "wb").write(images.animate(frames, "mp4", fps=15))
        """
