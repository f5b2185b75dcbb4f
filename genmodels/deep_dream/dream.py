"""DeepDream: show a network a photo, and change the photo towards what the network sees in it.

Gradient ascent on the image, so that chosen layers answer more strongly: whatever they saw a trace
of grows until everybody sees it. Mordvintsev, Olah & Tyka 2015, "Inceptionism"; Deep Learning with
Python, section 8.2. Where we differ from the book's code:

- The photo rolls by a few pixels, at random, before every step, and large ones are looked at in
  overlapping parts: no seams, no size that is too large.
- Besides whole layers there are three more objectives: one channel, a class, and a *guide*, an
  image whose features are to be found in the photo (Google's original notebook had it).
- The gradient is not only divided by its mean absolute value: before that, details of every size
  get the same say (`ascent.banded`; `bands=0` leaves it out), and its colours turn towards those
  of the photo (`palette=0` leaves that out). A step near black or white gets shorter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone

LAYERS = {"block3_conv2": 0.3, "block5_conv2": 1.0}  # of the built-in network: textures, and things
PLACES = 1024  # of a guide that are looked for, at most


@dataclass(frozen=True)
class Step:
    """One step up."""

    done: int
    total: int
    losses: dict[str, float]  # "objective": its value before the step
    image: np.ndarray  # (h, w, 3) uint8, at the octave's size
    octave: int  # from 0, the smallest
    ends_octave: bool  # True at the last step of an octave
    progress: float  # fraction of the work done, 0 to 1: a step of a small octave costs less


def dream(
    image: np.ndarray,
    *,
    model: Backbone | None = None,
    layers: Mapping[str, float] | None = None,
    channel: tuple[str, int] | None = None,
    target: int | None = None,
    guide: np.ndarray | None = None,
    octaves: int = 3,
    octave_scale: float = 1.4,
    steps: int = 20,
    step_size: float = 0.01,
    max_loss: float | None = None,
    jitter: int = 32,
    border: int = 2,
    reinject_detail: bool = True,
    bands: int = 5,
    palette: float = 0.5,
    tile: int = gradient_ascent.TILE,
    seed: int = 0,
) -> Iterator[Step]:
    """Dream on a photo: (h, w, 3) uint8 in, a `Step` with the photo so far at every step out.

    What to make more of, the first of these that is given: `target`, a class (its number in
    `backbone.class_names`); `channel`, (layer, number); `guide`, an image (h, w, 3) uint8 whose
    features the heaviest of `layers` is to find; or whole `layers`, name: weight.

    octaves: sizes worked on, from small to large, each `octave_scale` times the one before: large
    shapes first, then details in them. steps: at each of them. step_size: mean change of a pixel, in
    units of the [0, 1] range, per step. max_loss: an octave ends when the objective is above it.
    jitter: pixels that the image rolls by, at most. border: rows and columns of a layer that do not
    count, for what they see is half padding. reinject_detail: give back, at each size, the detail that
    the smaller one had lost. bands: sizes of detail that get the same say, 0 for the gradient as it
    is. palette: 0 to 1, how much steps keep to the photo's own colours. tile: larger images are looked
    at in parts of this size. The same seed gives the same dream.

    Raises `ValueError` on an unknown layer, channel or class, weights that are all zero, fewer than
    one step or octave, a scale of 1 or less, or an image or guide that is not (h, w, 3) uint8 with
    32 pixels a side or more.
    """
    for picture in (image,) if guide is None else (image, guide):
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or min(picture.shape[:2]) < 32:
            raise ValueError(f"expected an image (h, w, 3) uint8 of 32 pixels a side or more, got {picture.shape}")
    if steps < 1:
        raise ValueError(f"expected one step or more, got {steps}")
    if model is None:
        model = backbone.load()
    climb, arrays = objective(model, layers, channel, target, guide, border)
    rng = np.random.default_rng(seed)
    photo = image.astype("float32") / 255
    colours = own_colours(photo, palette)
    h, w, _ = image.shape
    sizes = gradient_ascent.octave_sizes(h, w, octaves, octave_scale)
    pixels = np.prod(sizes, axis=1)  # that is what a step costs
    x = gradient_ascent.resize(photo, sizes[0])
    for k, size in enumerate(sizes):
        if k:
            x = gradient_ascent.resize(x, size)
            if reinject_detail:
                x = (
                    x
                    + gradient_ascent.resize(photo, size)
                    - gradient_ascent.resize(gradient_ascent.resize(photo, sizes[k - 1]), size)
                )
        for step in range(1, steps + 1):
            i, j = rng.integers(-jitter, jitter + 1, size=2) if jitter else (0, 0)
            value, grad = gradient_ascent.tiled_gradient(climb, np.roll(x, (i, j), (0, 1)), *arrays, tile=tile)
            enough = max_loss is not None and value > max_loss
            if not enough:
                x = gradient_ascent.apply_step(x, step_size * upward(np.roll(grad, (-i, -j), (0, 1)), bands, colours))
            yield Step(
                done=k * steps + step,
                total=len(sizes) * steps,
                losses={"objective": value},
                image=np.round(np.clip(x, 0, 1) * 255).astype("uint8"),
                octave=k,
                ends_octave=enough or step == steps,
                progress=float((pixels[:k].sum() + pixels[k] * step / steps) / pixels.sum()),
            )
            if enough:
                break


def upward(grad: np.ndarray, bands: int, colours: np.ndarray) -> np.ndarray:
    """The direction of a step, (h, w, 3) float32 of mean size 1: every detail heard, in the photo's own colours."""
    return gradient_ascent.normalize_gradient(
        (gradient_ascent.laplacian_normalize(grad, bands) if bands else grad) @ colours
    )


def own_colours(photo: np.ndarray, palette: float) -> np.ndarray:
    """(3, 3) float32 that turns changes of colour towards those that a photo has: (1 - p) I + p C.

    photo: (h, w, 3) float32. C: the covariance of its pixels' red, green and blue, scaled to a trace
    of 3, so that it lets through what is common in this photo and dampens what never happens in it.
    """
    covariance = np.cov(photo.reshape(-1, 3).T) + 1e-6 * np.eye(3)
    covariance *= 3 / np.trace(covariance)
    return ((1 - palette) * np.eye(3) + palette * covariance).astype("float32")


def objective(
    model: Backbone,
    layers: Mapping[str, float] | None = None,
    channel: tuple[str, int] | None = None,
    target: int | None = None,
    guide: np.ndarray | None = None,
    border: int = 2,
) -> tuple:
    """What to climb, compiled once for each kind, and the arrays that say which one; see `dream`."""
    key: Any  # what is compiled, once for each of these
    image = (1, None, None, 3)
    if target is not None:
        if not 0 <= target < len(model.class_names):
            raise ValueError(f"{model.name} has no class {target}: it names {len(model.class_names)}")
        key = "class"
        if key not in model.compiled:
            shapes = [image, (len(model.class_names),), ()]
            model.compiled[key] = gradient_ascent.gradient(gradient_ascent.class_objective(model), shapes)
        return model.compiled[key], [np.eye(len(model.class_names), dtype="float32")[target]]
    if channel is not None:
        layer, number = channel
        if not 0 <= number < channels(model, layer):
            raise ValueError(f"{layer} has no channel {number}: it has {channels(model, layer)}")
        key = ("channel", layer, border)
        if key not in model.compiled:
            found = gradient_ascent.channel_objective(model, layer, border)
            model.compiled[key] = gradient_ascent.gradient(found, [image, (channels(model, layer),), ()])
        return model.compiled[key], [np.eye(channels(model, layer), dtype="float32")[number]]
    layers = {name: weight for name, weight in (LAYERS if layers is None else layers).items() if weight}
    if not layers:
        raise ValueError("every layer's weight is zero: give one of them more")
    if guide is not None:
        layer = max(layers, key=lambda name: abs(layers[name]))
        (a,) = backbone.features(model, guide[None], [layer])
        key = ("guide", layer, border)
        if key not in model.compiled:
            found = gradient_ascent.guide_objective(model, layer, border)
            model.compiled[key] = gradient_ascent.gradient(found, [image, (None, a.shape[-1]), ()])
        return model.compiled[key], [_directions(a.reshape(-1, a.shape[-1]))]
    key = ("layers", *layers, border)
    if key not in model.compiled:
        found = gradient_ascent.layers_objective(model, list(layers), border)
        model.compiled[key] = gradient_ascent.gradient(found, [image, (len(layers),), ()])
    return model.compiled[key], [np.array(list(layers.values()), "float32")]


def channels(model: Backbone, layer: str) -> int:
    """How many channels a layer has. Raises `ValueError` on a layer that the network does not have."""
    return backbone.feature_extractor(model, [layer]).outputs[0].shape[-1]


def _directions(a: np.ndarray) -> np.ndarray:
    """What is particular to each place of a guide: (n, channels) to at most PLACES unit vectors.

    Without their common mean, and of one length: else every place of the photo would go for the loudest.
    """
    a = a[np.linspace(0, len(a) - 1, min(len(a), PLACES)).astype(int)]
    a = a - a.mean(axis=0)
    return a / np.maximum(np.linalg.norm(a, axis=1, keepdims=True), 1e-6)


# --- endless zoom -----------------------------------------------------------------------------


def zoom(
    image: np.ndarray, *, frames: int = 60, factor: float = 1.04, steps: int = 2, seed: int = 0, **settings
) -> Iterator[Step]:
    """A dream that falls into itself: `frames` frames, each the middle of the one before, enlarged and dreamt on.

    image: (h, w, 3) uint8. factor: how much nearer each frame is. steps: up, for each frame. settings:
    as for `dream`; one octave unless said otherwise. Each Step is a frame. Raises what `dream` raises, and
    `ValueError` on a factor below 1.
    """
    if factor < 1:
        raise ValueError(f"expected a factor of 1 or more, got {factor}")
    settings = {"octaves": 1} | settings
    for k in range(frames):
        *_, step = dream(image, steps=steps, seed=seed + k, **settings)
        image = step.image
        yield Step(k + 1, frames, step.losses, image, 0, False, (k + 1) / frames)
        image = nearer(image, factor)


def nearer(image: np.ndarray, factor: float) -> np.ndarray:
    """The middle of an image, enlarged `factor` times to its size: (h, w, 3) uint8 to the same."""
    h, w, _ = image.shape
    y = (np.arange(h) + 0.5 - h / 2) / factor + h / 2 - 0.5  # where each row comes from, between two of them
    x = (np.arange(w) + 0.5 - w / 2) / factor + w / 2 - 0.5
    rows = _between(image.astype("float32"), y)
    both = _between(rows.swapaxes(0, 1), x).swapaxes(0, 1)
    return np.round(both).astype("uint8")


def _between(x: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Rows of (n, ...) at places between them, linearly."""
    low = np.clip(np.floor(at).astype(int), 0, len(x) - 2)
    share = np.clip(at - low, 0, 1)[:, None, None].astype("float32")
    return (1 - share) * x[low] + share * x[low + 1]


# --- what there is to know of it --------------------------------------------------------------


def first_step(
    image: np.ndarray,
    *,
    model: Backbone,
    layers: Mapping[str, float] | None = None,
    channel: tuple[str, int] | None = None,
    target: int | None = None,
    guide: np.ndarray | None = None,
    border: int = 2,
    bands: int = 5,
    palette: float = 0.5,
) -> list[tuple[str, np.ndarray]]:
    """The first step of a dream taken apart: titles and (h, w, 3) uint8 pictures of the gradient on its way.

    Grey is no change; a picture's strongest changes are at its limits. Arguments as for `dream`.
    """
    climb, arrays = objective(model, layers, channel, target, guide, border)
    photo = image.astype("float32") / 255
    _, grad = gradient_ascent.tiled_gradient(climb, photo, *arrays)
    even = gradient_ascent.laplacian_normalize(grad, bands) if bands else grad
    coloured = even @ own_colours(photo, palette)
    stages = {"As it is": grad, "Every size of detail heard": even, "Nearer to the photo's colours": coloured}
    return [(title, _around_grey(each)) for title, each in stages.items()]


def _around_grey(grad: np.ndarray) -> np.ndarray:
    limit = max(float(np.quantile(np.abs(grad), 0.99)), 1e-12)
    return np.round(127.5 + 127.5 * np.clip(grad / limit, -1, 1)).astype("uint8")


def named(model: Backbone, image: np.ndarray) -> np.ndarray:
    """What a network finds on an image: (classes,) probabilities, as a dream of a class asks it.

    That is at the image's own size, over all its places, where the network takes any size;
    `backbone.classify` brings it to the size that the network learnt at.
    """
    if not model.any_size:
        return backbone.classify(model, image[None])[0]
    ((logits,),) = backbone.features(model, image[None], [model.network.layers[-1].name])
    e = np.exp(logits - logits.max())
    return e / e.sum()


def answers(model: Backbone, image: np.ndarray) -> dict[str, float]:
    """How strongly each layer of a network answers an image: the mean of its squared activations."""
    found = backbone.features(model, image[None], model.layers)
    return {name: float(np.square(a).mean()) for name, a in zip(model.layers, found, strict=True)}
