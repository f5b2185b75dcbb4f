"""Files that repeat what is on the screen, for "Show the code"."""

from typing import Any

import streamlit as st

from genmodels.data import sample_photos
from genmodels.live_style.network import LiveStyle


def photo(key: str, max_side: int) -> str:
    """The expression that gives a photo again; for one's own, from a file of one's own."""
    name = st.session_state.get(key)
    if name in sample_photos.NAMES:
        return f"photos.load({name!r}, {max_side})"
    return f'images.decode(open("photo.jpg", "rb").read(), max_side={max_side})[0]  # your own'


def mix(model: LiveStyle, wish: dict[str, Any]) -> str:
    """The styles that have a share, by their names."""
    shares = {name: round(float(share), 3) for name, share in zip(model.names, wish["mix"], strict=True) if share}
    return f"""
        shares = {shares!r}
        mix = [shares.get(name, 0) for name in model.names]"""


def picture(model: LiveStyle, wish: dict[str, Any]) -> str:
    return f"""
        from genmodels.media import images
        from genmodels.live_style import network as live_style
        from genmodels.data import sample_photos as photos

        model = live_style.load()
        photo = {photo("live_photo", st.session_state.get("live_size", 640))}
        {mix(model, wish).strip()}
        painted = live_style.stylise(model, photo, mix, strength={wish["strength"]}, keep_color={wish["keep_color"]})
        open("painted.png", "wb").write(images.png(painted))
        """


def film(model: LiveStyle, wish: dict[str, Any], hold: float) -> str:
    return f"""
        from genmodels.media import images
        from genmodels.media import videos as films
        from genmodels.live_style import network as live_style

        model = live_style.load()
        seen = films.decode(open("film.mp4", "rb").read())  # your own
        {mix(model, wish).strip()}
        settings = {{"strength": {wish["strength"]}, "keep_color": {wish["keep_color"]}, "hold": {hold}}}
        painted = [step.image for step in live_style.film(model, seen.frames, mix, **settings)]
        open("painted.mp4", "wb").write(images.animate(painted, "mp4", fps=seen.fps))
        """


def learn(settings: dict[str, Any]) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    return f"""
        from genmodels.media import images
        from genmodels.live_style import network as live_style
        from genmodels.live_style import training as style_learning
        from genmodels.data import sample_photos as photos

        model = live_style.load()
        style = {photo("live_learn_photo", 256)}
        seen = [photos.load(name, 400) for name in photos.NAMES]
        for step in style_learning.learn(model, style, seen, {given}):
            print(f"{{step.done:3}} of {{step.total}}: {{step.losses}}")
        model = style_learning.extended(model, step.learnt)
        painted = live_style.stylise(model, seen[0], [0] * (len(model.names) - 1) + [1])
        open("painted.png", "wb").write(images.png(painted))
        """
