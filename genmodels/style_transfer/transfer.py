"""Style transfer: a photo's things in a painting's manner.

Begin with the photo, or with noise, and change its pixels until a network answers it like the photo
(content) and like the painting (style) at the same time. Nothing is trained. Gatys, Ecker & Bethge
2015, arXiv:1508.06576; the losses are in `style_losses`, the ways down in `descent`. Where we
differ from the paper and from the textbook's code:

- From coarse to fine: large strokes come first, on a small picture, where a step costs a
  sixteenth; the full size only has to sharpen them.
- The network ends with the last layer that is asked, what photo and style answer is computed once for
  each size, and value and gradient are one compiled function.
- Losses are relative (see `style_losses`), so that one set of weights serves all networks.
- A mask counts in the style as well (Gatys et al. 2016, arXiv:1611.07865): what is painted has the
  style's statistics by itself, whatever is left as it was.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels.style_transfer import optimizers
from genmodels.style_transfer.losses import grams_of, layers_of, objective
from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone

WEIGHTS = {"content_weight": 1.0, "style_weight": 5.0, "total_variation_weight": 8.0}  # chosen by looking
LUMA = np.array([0.299, 0.587, 0.114], "float32")  # how light red, green and blue are
SMALLEST = 64  # pixels: the shorter side of the first, coarse picture, at least


@dataclass(frozen=True)
class Step:
    """One step down."""

    done: int
    total: int
    losses: dict[str, float]  # "content", "style", "total variation", as they are, and "total", weighted
    weighted: dict[str, float]  # the same three, each times its weight: they add up to the total
    image: np.ndarray  # (h, w, 3) uint8, at this scale's size
    scale: int  # from 0, the coarsest
    ends_scale: bool  # True at the last step of a scale
    progress: float  # fraction of the work done, 0 to 1: a step of a small scale costs less


def transfer(
    content: np.ndarray,
    style: np.ndarray | Sequence[np.ndarray],
    *,
    model: Backbone | None = None,
    content_weight: float = WEIGHTS["content_weight"],
    style_weight: float = WEIGHTS["style_weight"],
    total_variation_weight: float = WEIGHTS["total_variation_weight"],
    style_layer_weights: Mapping[str, float] | None = None,
    content_layer: str | None = None,
    blend: Sequence[float] | None = None,
    style_scale: float = 1.0,
    optimizer: str = "lbfgs",
    init: str | np.ndarray = "content",
    size: int = 400,
    steps: int = 40,
    scales: int = 3,
    learning_rate: float = 0.02,
    preserve_color: bool = False,
    mask: np.ndarray | None = None,
    seed: int = 0,
) -> Generator[Step, Mapping[str, Any] | None, None]:
    """Paint a photo in the manner of one or more pictures: a `Step` with the picture so far at every step.

    content: (h, w, 3) uint8, made smaller where its longer side has more than `size` pixels. style: an
    (h, w, 3) uint8 picture, or several; blend: their shares, all the same where it is None.
    style_layer_weights: name: weight, the shares of layers in the style; content_layer: where things are
    compared; `layers_of` says which they are otherwise. style_scale: the style's longer side, in units of
    the photo's: larger, larger strokes. optimizer: "lbfgs" or "adam", learning_rate the latter's. init:
    "content", "style", "noise", or a picture to go on from, at full size only. steps: at each of
    `scales` sizes, each twice the one before. preserve_color: only light and dark are painted, and the
    colours stay the photo's. mask: (h', w') bool, uint8 to 255 or
    float to 1, stretched over the photo: where it is 0 the photo stays as it is. The same seed gives the
    same picture.

    Weights can be changed on the way: `painting.send({"style_weight": 10.0})` in place of `next(painting)`,
    with any of the three weights and style_layer_weights, its layers among those it began with.

    Raises `ValueError` on an unknown layer, optimizer or init, a negative or no weight, shares that do not
    match the styles, fewer than one step or scale, a mask of more than two dimensions or with nothing in it, or
    pictures that are not (h, w, 3) uint8 with 32 pixels a side or more.
    """
    styles = [style] if isinstance(style, np.ndarray) else list(style)
    shares = _shares(blend, len(styles))
    for picture in [content, *styles] + ([init] if isinstance(init, np.ndarray) else []):
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or min(picture.shape[:2]) < 32:
            raise ValueError(f"expected a picture (h, w, 3) uint8 of 32 pixels a side or more, got {picture.shape}")
    if steps < 1 or scales < 1 or size < 32 or style_scale <= 0:
        raise ValueError(
            f"expected a step, a scale and 32 pixels or more, got {steps=}, {scales=}, {size=}, {style_scale=}"
        )
    if optimizer not in ("lbfgs", "adam"):
        raise ValueError(f"optimizer must be 'lbfgs' or 'adam', got {optimizer!r}")
    if isinstance(init, str) and init not in ("content", "style", "noise"):
        raise ValueError(f"init must be 'content', 'style', 'noise' or a picture, got {init!r}")
    if mask is not None and (mask.ndim != 2 or not mask.any()):
        raise ValueError(
            f"expected a mask (h, w) with something in it, got {mask.shape}, at most {mask.max(initial=0)}"
        )
    model = backbone.load() if model is None else model
    usual, where = layers_of(model)
    layers = dict.fromkeys(usual, 1.0) if style_layer_weights is None else dict(style_layer_weights)
    asked: dict[str, Any] = {
        "content_weight": content_weight,
        "style_weight": style_weight,
        "total_variation_weight": total_variation_weight,
        "style_layer_weights": layers,
    }
    weights = _weights(asked, layers)
    where = content_layer or where
    evaluate = objective(model, tuple(layers), where, mask is not None)

    whole = _fitted(content.astype("float32") / 255, size)
    cover = None if mask is None else _cover(mask)
    h, w, _ = whole.shape
    sizes = gradient_ascent.octave_sizes(h, w, 1 if isinstance(init, np.ndarray) else scales, 2.0, SMALLEST)
    x = _start(init, whole, styles[0], seed)
    pixels = np.prod(sizes, axis=1)  # that is what a step costs
    for k, at in enumerate(sizes):
        photo, shown = (
            gradient_ascent.resize(whole, at),
            None if cover is None else gradient_ascent.resize(cover, at).clip(0, 1),
        )
        targets = _targets(model, tuple(layers), where, photo, styles, shares, style_scale, preserve_color, shown)
        canvas = Canvas(evaluate, weights, targets, photo, shown, preserve_color)
        x = gradient_ascent.resize(x, at).clip(0, 1)
        x = grey(x) if preserve_color else x
        way = optimizers.WAYS[optimizer](canvas.look, x)
        for step in range(1, steps + 1):
            x = next(way)
            changed = yield Step(
                done=k * steps + step,
                total=len(sizes) * steps,
                losses=canvas.losses(),
                weighted=canvas.weighted(),
                image=canvas.shown(x),
                scale=k,
                ends_scale=step == steps,
                progress=float((pixels[:k].sum() + pixels[k] * step / steps) / pixels.sum()),
            )
            if changed and asked | dict(changed) != asked:
                asked |= dict(changed)
                canvas.weights = weights = _weights(asked, layers)
                way = optimizers.WAYS[optimizer](
                    canvas.look, x
                )  # another slope: what was known of its curvature is void


@dataclass
class Canvas:
    """The picture at one size: what is looked at when x is painted on it, and how far that is from its targets."""

    evaluate: Callable  # see `objective`
    weights: np.ndarray  # (1 + layers + 1,) float32: of content, each style layer, total variation
    targets: list
    photo: np.ndarray  # (h, w, 3) float32
    mask: np.ndarray | None  # (h, w, 3) float32 or None
    only_light: bool  # x is grey, and the colours are the photo's
    parts: np.ndarray = field(default_factory=lambda: np.zeros(0))  # losses of what was looked at last, as the weights

    def look(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """The weighted loss of x (h, w, 3), and its gradient."""
        seen = x
        if self.mask is not None:
            ground = grey(self.photo) if self.only_light else self.photo
            seen = ground + self.mask * (x - ground)
        self.parts, grad = self.evaluate(seen[None], self.weights, *self.targets)
        grad = grad[0] if self.mask is None else self.mask * grad[0]
        if self.only_light:
            grad = np.repeat(grad.mean(axis=2, keepdims=True), 3, axis=2)  # x stays grey
        return float(self.weights @ self.parts), grad

    def shown(self, x: np.ndarray) -> np.ndarray:
        """What a visitor sees of x: (h, w, 3) uint8, outside the mask exactly the photo."""
        picture = self.photo + (x - grey(self.photo)) if self.only_light else x
        if self.mask is not None:
            picture = self.photo + self.mask * (picture - self.photo)
        return np.round(255 * picture.clip(0, 1)).astype("uint8")

    def losses(self) -> dict[str, float]:
        """As they are; of the style layers, the mean by their weights."""
        content, *styles, variation = map(float, self.parts)
        shares = self.weights[1:-1]
        style = float(np.average(styles, weights=shares)) if shares.any() else float(np.mean(styles))
        return {
            "content": content,
            "style": style,
            "total variation": variation,
            "total": sum(self.weighted().values()),
        }

    def weighted(self) -> dict[str, float]:
        content, *styles, variation = map(float, self.weights * self.parts)
        return {"content": content, "style": sum(styles), "total variation": variation}


def grey(picture: np.ndarray) -> np.ndarray:
    """(h, w, 3) float32 in [0, 1] without its colours: how light each pixel is, three times."""
    return np.repeat((picture @ LUMA)[..., None], 3, axis=2)


# --- what is to be reached -----------------------------------------------------------------------


def _targets(
    model: Backbone,
    style_layers: tuple[str, ...],
    content_layer: str,
    photo: np.ndarray,
    styles: Sequence[np.ndarray],
    shares: np.ndarray,
    style_scale: float,
    only_light: bool,
    mask: np.ndarray | None,
) -> list:
    """What photo and styles answer at this size, as tensors in the order in which `objective` takes them."""
    from keras import ops

    ground = grey(photo) if only_light else photo
    layers = (content_layer, *style_layers)  # for photo and styles alike: one compiled function answers both
    features, *shapes = backbone.features(model, _bytes(ground)[None], layers)
    like = ground if only_light else None
    mixed = style_grams(model, styles, layers, style_scale * max(photo.shape), shares, like)[1:]
    masks = []
    if mask is not None:
        masks = [gradient_ascent.resize(mask, a.shape[1:3])[None, ..., :1].clip(0, 1) for a in shapes]
    return [ops.convert_to_tensor(np.asarray(each, "float32")) for each in (features, *mixed, *masks)]


def style_grams(
    model: Backbone,
    styles: Sequence[np.ndarray],
    layers: Sequence[str],
    side: float,
    shares: Sequence[float] | np.ndarray,
    like: np.ndarray | None = None,
) -> list[np.ndarray]:
    """What a transfer goes for: sum_k s_k A_k of the styles' Gram matrices, (c, c) for each layer.

    styles: (h, w, 3) uint8 each, looked at with `side` pixels at the longer side. like: (h, w, 3) float32, a grey
    photo; then the styles are made grey too, and as light as it is.
    """
    mixed: list[Any] = [0.0] * len(layers)
    for style, share in zip(styles, shares, strict=True):
        picture = style.astype("float32") / 255
        h, w, _ = style.shape
        ratio = side / max(h, w)
        picture = gradient_ascent.resize(picture, (max(32, round(h * ratio)), max(32, round(w * ratio)))).clip(0, 1)
        if like is not None:
            picture = _lit_like(grey(picture), like)
        grams = grams_of(model, _bytes(picture), layers)
        mixed = [old + np.float32(share) * gram for old, gram in zip(mixed, grams, strict=True)]
    return mixed


def manners(
    model: Backbone,
    photo: np.ndarray,
    painted: np.ndarray,
    styles: Sequence[np.ndarray],
    *,
    blend: Sequence[float] | None = None,
    style_scale: float = 1.0,
) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """By layer, the Gram matrices of the styles together, of the photo and of what was painted, (c, c) each.

    Pictures (h, w, 3) uint8; blend and style_scale as for `transfer`.
    """
    layers, _ = layers_of(model)
    targets = style_grams(model, styles, layers, style_scale * max(photo.shape), _shares(blend, len(styles)))
    both = (grams_of(model, picture, layers) for picture in (photo, painted))
    return dict(zip(layers, zip(targets, *both, strict=True), strict=True))


def _lit_like(picture: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """As light on the whole, and as contrasty, as the photo: only the manner is to come from the style."""
    return ((picture - picture.mean()) * (photo.std() / max(float(picture.std()), 1e-3)) + photo.mean()).clip(0, 1)


# --- small print ----------------------------------------------------------------------------------


def _start(init: str | np.ndarray, photo: np.ndarray, style: np.ndarray, seed: int) -> np.ndarray:
    if isinstance(init, np.ndarray):
        return init.astype("float32") / 255
    if init == "style":
        return style.astype("float32") / 255
    if init == "noise":
        return np.random.default_rng(seed).uniform(0.3, 0.7, photo.shape).astype("float32")
    return photo


def _shares(blend: Sequence[float] | None, n: int) -> np.ndarray:
    shares = np.ones(n) if blend is None else np.asarray(blend, float)
    if not n or shares.shape != (n,) or (shares < 0).any() or not shares.sum() > 0:
        raise ValueError(f"expected a share, none negative, for each of {n} styles, got {blend}")
    return shares / shares.sum()


def _weights(asked: Mapping[str, Any], layers: Mapping[str, float]) -> np.ndarray:
    """The weights in the order of the losses; those of the style layers add up to the style's."""
    shares = np.array([asked["style_layer_weights"].get(name, 0.0) for name in layers])
    unknown = set(asked["style_layer_weights"]) - set(layers)
    terms = [asked[name] for name in WEIGHTS]
    if unknown or min(*terms, *shares) < 0 or not any(terms):
        raise ValueError(
            f"expected weights that are not negative, one of them positive, for {list(layers)}, got {asked}"
        )
    content, style, variation = terms
    return np.array([content, *style * shares / max(shares.sum(), 1e-12), variation], "float32")


def _cover(mask: np.ndarray) -> np.ndarray:
    """(h, w) bool, uint8 or float to (h, w, 3) float32 in [0, 1]."""
    share = mask.astype("float32") / (255 if mask.dtype == np.uint8 else 1)
    return np.repeat(share[..., None], 3, axis=2)


def _fitted(picture: np.ndarray, size: int) -> np.ndarray:
    """(h, w, 3) float32, made smaller where its longer side is above `size`."""
    h, w, _ = picture.shape
    ratio = min(1.0, size / max(h, w))
    return gradient_ascent.resize(picture, (round(h * ratio), round(w * ratio))).clip(0, 1)


def _bytes(picture: np.ndarray) -> np.ndarray:
    return np.round(255 * picture).astype("uint8")


# --- two at a time, and as a film -----------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two transfers, one step further each."""

    done: int
    total: int
    losses: dict[str, float]  # "left" and "right": the total losses
    left: Step
    right: Step

    @property
    def progress(self) -> float:
        """Of the work, 0 to 1."""
        return (self.left.progress + self.right.progress) / 2


def beside(left: Iterator[Step], right: Iterator[Step]) -> Iterator[Pair]:
    """Two transfers step by step, for comparison; the one that ends first waits with its last picture."""
    a, b = next(left), next(right)
    while True:
        losses = {"left": a.losses["total"], "right": b.losses["total"]}
        yield Pair(max(a.done, b.done), max(a.total, b.total), losses, a, b)
        after, behind = next(left, a), next(right, b)
        if after is a and behind is b:
            return
        a, b = after, behind


def film(frames: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Pictures of all scales at the size of the largest, (h, w, 3) uint8 each: for `images.animate`."""
    size = max(frame.shape[:2] for frame in frames)
    return [_bytes(gradient_ascent.resize(frame.astype("float32") / 255, size).clip(0, 1)) for frame in frames]
