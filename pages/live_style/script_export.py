"""Standalone scripts that reproduce what is on the screen, for "Show the code"."""

from typing import Any

from genmodels.live_style.network import LiveStyle
from ui.photo_picker import source_code

Photo = tuple[str, int]  # name and longer side in pixels


def _blend_weights(model: LiveStyle, settings: dict[str, Any]) -> str:
    """Two lines that make the blend weights from a dict of the styles with a weight above 0."""
    weights = {
        name: round(float(weight), 3)
        for name, weight in zip(model.names, settings["style_blend_weights"], strict=True)
        if weight
    }
    return f"""weights = {weights!r}
        style_blend_weights = [weights.get(name, 0) for name in model.names]"""


def image(model: LiveStyle, photo: Photo, settings: dict[str, Any]) -> str:
    return f"""
        from genmodels.data import sample_photos
        from genmodels.live_style import network
        from genmodels.media import images

        model = network.load()
        photo = {source_code(*photo)}
        {_blend_weights(model, settings)}
        settings = {{"strength": {settings["strength"]}, "preserve_color": {settings["preserve_color"]}}}
        stylized = network.stylize(model, photo, style_blend_weights, **settings)
        open("stylized.png", "wb").write(images.png(stylized))
        """


def video(model: LiveStyle, settings: dict[str, Any], smoothing: float) -> str:
    return f"""
        from genmodels.live_style import network
        from genmodels.live_style.video import stylize_video
        from genmodels.media import images, videos

        model = network.load()
        video = videos.decode(open("video.mp4", "rb").read())  # your own
        {_blend_weights(model, settings)}
        settings = {{"strength": {settings["strength"]}, "preserve_color": {settings["preserve_color"]}}}
        steps = stylize_video(model, video.frames, style_blend_weights, smoothing={smoothing}, **settings)
        frames = [step.image for step in steps]
        open("stylized.mp4", "wb").write(images.animate(frames, "mp4", fps=video.fps))
        """


def train_style(photo: Photo, settings: dict[str, Any]) -> str:
    arguments = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    return f"""
        from genmodels.data import sample_photos
        from genmodels.live_style import network, training
        from genmodels.media import images

        model = network.load()
        style = {source_code(*photo)}
        photos = [sample_photos.load(name, 400) for name in sample_photos.NAMES]
        for step in training.train_style(model, style, photos, {arguments}):
            print(f"{{step.done:3}} of {{step.total}}: {{step.losses}}")
        model = training.add_style(model, step.model)
        stylized = network.stylize(model, photos[0], network.one_hot(model, model.names[-1]))
        open("stylized.png", "wb").write(images.png(stylized))
        """
