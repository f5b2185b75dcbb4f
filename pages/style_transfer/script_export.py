"""Standalone scripts that reproduce what is on the screen, for "Show the code"."""

from collections.abc import Mapping
from typing import Any

from genmodels.data import style_images
from ui.photo_picker import source_code

Run = Mapping[str, Any]


def _style(name: str) -> str:
    if name in style_images.NAMES:
        return f"style_images.draw({name!r})"
    return 'images.decode(open("style.jpg", "rb").read(), max_side=512)[0]'


def _arguments(settings: Mapping[str, Any]) -> str:
    """Settings as keyword arguments; the mask by its name."""
    arguments = [f"{name}={value!r}" for name, value in settings.items() if name != "mask"]
    return ", ".join([*arguments, "mask=mask"] if "mask" in settings else arguments)


def _setup(run: Run, settings: Mapping[str, Any]) -> str:
    """Imports, network, photo and styles: the first lines of each script."""
    styles = ", ".join(_style(name) for name, _ in run["styles"])
    mask = ""
    if "mask" in settings:
        mask = 'mask = images.decode(open("mask.png", "rb").read())[0][..., 0]  # white in the region to stylize'
    return f"""
        from genmodels.data import sample_photos, style_images
        from genmodels.media import images
        from genmodels.style_transfer import losses, targets, transfer
        from genmodels.vision import backbone, comparison

        model = backbone.load({run["model"].name!r})
        photo = {source_code(*run["photo_name"])}
        styles = [{styles}]
        {mask}"""


def transfer(run: Run) -> str:
    settings = run["settings"] | run["weights"]
    return f"""{_setup(run, settings)}
        for step in transfer.transfer(photo, styles, model=model, {_arguments(settings)}):
            print(f"{{step.done:3}} of {{step.total}}: {{step.losses}}")
        open("stylized.png", "wb").write(images.png(step.image))
        """


def gram_matrices(run: Run) -> str:
    settings = run["settings"] | run["weights"]
    style_settings = {name: settings[name] for name in ("style_blend_weights", "style_image_scale")}
    return f"""{_setup(run, settings)}
        *_, step = transfer.transfer(photo, styles, model=model, {_arguments(settings)})
        grams = targets.style_grams_by_layer(model, photo, step.image, styles, {_arguments(style_settings)})
        for layer, (style, before, after) in grams.items():
            print(layer, style.shape, losses.style_loss_per_layer([before, after], [style, style]))
            heatmap = losses.gram_heatmaps([after], style)[0]
            open(f"gram_{{layer}}.png", "wb").write(images.png(heatmap, scale=12))
        """


def comparison(run: Run) -> str:
    left, right = run["sides"]
    return f"""{_setup(run, {})}
        left = transfer.transfer(photo, styles, model=model, {_arguments(left)})
        right = transfer.transfer(photo, styles, model=model, {_arguments(right)})
        for step in comparison.side_by_side(left, right, loss="total"):
            print(f"{{step.done:3}} of {{step.total}}: {{step.losses}}")
        for side in ("left", "right"):
            open(f"stylized_{{side}}.png", "wb").write(images.png(getattr(step, side).image))
        """
