"""Files that repeat what is on the screen, for "Show the code"."""

from collections.abc import Mapping
from typing import Any

from genmodels.data import sample_photos, style_images

Run = Mapping[str, Any]


def _photo(name: str, size: int) -> str:
    if name in sample_photos.NAMES:
        return f"photos.load({name!r}, {size})"
    return f'images.decode(open("photo.jpg", "rb").read(), max_side={size})[0]  # your own'


def _style(name: str) -> str:
    if name in style_images.NAMES:
        return f"paintings.draw({name!r})"
    return 'images.decode(open("style.jpg", "rb").read(), max_side=512)[0]'


def _arguments(settings: Mapping[str, Any]) -> str:
    """Settings as keyword arguments; the mask by its name."""
    own = [f"{name}={value!r}" for name, value in settings.items() if name != "mask"]
    return ", ".join([*own, "mask=mask"] if "mask" in settings else own)


def _beginning(run: Run, settings: Mapping[str, Any]) -> str:
    """The lines that all of the files begin with."""
    name, _, size = run["photo_name"]
    styles = ", ".join(_style(each) for each, _ in run["manners"])
    mask = ""
    if "mask" in settings:
        mask = 'mask = images.decode(open("mask.png", "rb").read())[0][..., 0]  # white where it is to be painted'
    return f"""
        from genmodels.vision import backbone
        from genmodels.media import images
        from genmodels.data import style_images as paintings
        from genmodels.data import sample_photos as photos
        from genmodels.style_transfer import losses as style_losses
        from genmodels.style_transfer import transfer as style_transfer

        model = backbone.load({run["model"].name!r})
        photo = {_photo(name, size)}
        styles = [{styles}]
        {mask}"""


def paint(run: Run) -> str:
    settings = run["settings"] | run["weights"]
    return f"""{_beginning(run, settings)}
        for step in style_transfer.transfer(photo, styles, model=model, {_arguments(settings)}):
            print(f"{{step.done:3}} of {{step.total}}: {{step.losses}}")
        open("painted.png", "wb").write(images.png(step.image))
        """


def grams(run: Run) -> str:
    settings = run["settings"] | run["weights"]
    chosen = _arguments({name: settings[name] for name in ("blend", "style_scale")})
    return f"""{_beginning(run, settings)}
        *_, step = style_transfer.transfer(photo, styles, model=model, {_arguments(settings)})
        for layer, grams in style_transfer.manners(model, photo, step.image, styles, {chosen}).items():
            style, before, after = grams
            print(layer, style.shape, style_losses.distances([before, after], [style, style]))
            open(f"gram_{{layer}}.png", "wb").write(images.png(style_losses.heat([after], style)[0], scale=12))
        """


def beside(run: Run) -> str:
    return f"""{_beginning(run, {})}
        left = style_transfer.transfer(photo, styles, model=model, {_arguments(run["one"][1])})
        right = style_transfer.transfer(photo, styles, model=model, {_arguments(run["other"][1])})
        for pair in style_transfer.beside(left, right):
            print(f"{{pair.done:3}} of {{pair.total}}: {{pair.losses}}")
        for name in ("left", "right"):
            open(f"painted_{{name}}.png", "wb").write(images.png(getattr(pair, name).image))
        """
