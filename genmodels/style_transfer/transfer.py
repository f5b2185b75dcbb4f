"""Neural style transfer: the content of a photo with the style of another image.

Start from the photo, or from noise, and optimize the pixels until a network outputs the photo's features (content)
and the style image's Gram matrices (style). Nothing is trained. Gatys, Ecker & Bethge 2015, arXiv:1508.06576; the
losses are in `losses`, the optimizers in `optimizers`. Where we differ from the paper and from the textbook's code:

- Coarse to fine: large strokes form at the coarse scales, where a step costs a sixteenth; the full size only
  sharpens them.
- The network ends at the last layer that is used, the targets are computed once per scale, and loss and gradient are
  one compiled function.
- Losses are relative (see `losses`), so that one set of weights fits all networks.
- A mask weights the style loss, too (Gatys et al. 2016, arXiv:1611.07865): the stylized region has the style's
  statistics on its own, whatever surrounds it.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels.style_transfer.losses import default_layers, losses_and_gradient
from genmodels.style_transfer.optimizers import OPTIMIZERS
from genmodels.style_transfer.targets import (
    MIN_SIDE,
    grayscale,
    normalized_blend_weights,
    to_uint8,
    transfer_targets,
)
from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone

DEFAULT_WEIGHTS = {"content_weight": 1.0, "style_weight": 5.0, "tv_weight": 8.0}  # chosen by eye
MIN_COARSE_SIDE = 64  # pixels: the shorter side at the coarsest scale, at least
INITIALIZATIONS = ("content", "style", "noise")


@dataclass(frozen=True)
class Step:
    """One step of the optimization."""

    done: int
    total: int
    losses: dict[str, float]  # "content", "style", "total variation", unweighted, and "total", weighted
    weighted: dict[str, float]  # the same three, each times its weight: they add up to the total
    image: np.ndarray  # (h, w, 3) uint8, at this scale's size
    scale: int  # from 0, the coarsest
    ends_scale: bool  # True at the last step of a scale
    progress: float  # fraction of the work, 0 to 1: a step at a coarse scale costs less


def transfer(
    content: np.ndarray,
    style: np.ndarray | Sequence[np.ndarray],
    *,
    model: Backbone | None = None,
    content_weight: float = DEFAULT_WEIGHTS["content_weight"],
    style_weight: float = DEFAULT_WEIGHTS["style_weight"],
    tv_weight: float = DEFAULT_WEIGHTS["tv_weight"],
    style_layer_weights: Mapping[str, float] | None = None,
    content_layer: str | None = None,
    style_blend_weights: Sequence[float] | None = None,
    style_image_scale: float = 1.0,
    optimizer: str = "lbfgs",
    init: str | np.ndarray = "content",
    size: int = 400,
    steps_per_scale: int = 40,
    n_scales: int = 3,
    learning_rate: float = 0.02,
    preserve_color: bool = False,
    mask: np.ndarray | None = None,
    seed: int = 0,
) -> Generator[Step, Mapping[str, Any] | None, None]:
    """Transfer the style of one or more images to a photo: a `Step` with the current image after every step.

    x* = argmin_x content_weight L_content(x) + style_weight L_style(x) + tv_weight L_tv(x)

    content: (h, w, 3) uint8, resized where its longer side has more than `size` pixels. style: an (h, w, 3) uint8
    image, or several; style_blend_weights: the weight of each, equal where it is None. style_layer_weights: layer
    name to its weight in the style loss; content_layer: the layer of the content loss; `default_layers` names the
    defaults. style_image_scale: the style image's longer side, in units of the photo's: larger values give larger
    strokes. optimizer: "lbfgs" or "adam"; learning_rate: of Adam, in units of the pixels' [0, 1] range. init:
    "content", "style", "noise", or an image to continue from, at full size only. steps_per_scale: at each of
    `n_scales` scales, each twice the previous. preserve_color: transfer luminance only, and keep the photo's colors.
    mask: (h', w') bool, uint8 to 255 or float to 1, stretched over the photo: where it is 0 the photo stays
    unchanged. The same seed gives the same image.

    Weights can be changed between steps: `run.send({"style_weight": 10.0})` in place of `next(run)`, with any of
    the three weights and style_layer_weights, whose layers must be among the first ones.

    Raises `ValueError` on an unknown layer, optimizer or init, a negative weight or no positive one, blend weights
    that do not match the styles, fewer than one step or scale, a mask with more than two dimensions or without a
    positive value, or images that are not (h, w, 3) uint8 with 32 pixels per side or more.
    """
    styles = [style] if isinstance(style, np.ndarray) else list(style)
    blend_weights = normalized_blend_weights(style_blend_weights, len(styles))
    for image in [content, *styles] + ([init] if isinstance(init, np.ndarray) else []):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or min(image.shape[:2]) < MIN_SIDE:
            raise ValueError(
                f"expected an image (h, w, 3) uint8 with {MIN_SIDE} pixels per side or more, "
                f"got {image.shape} {image.dtype}"
            )
    if steps_per_scale < 1 or n_scales < 1 or size < MIN_SIDE or style_image_scale <= 0:
        raise ValueError(
            f"expected one step, one scale and {MIN_SIDE} pixels or more, "
            f"got {steps_per_scale=}, {n_scales=}, {size=}, {style_image_scale=}"
        )
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer must be 'lbfgs' or 'adam', got {optimizer!r}")
    if isinstance(init, str) and init not in INITIALIZATIONS:
        raise ValueError(f"init must be 'content', 'style', 'noise' or an image, got {init!r}")
    if mask is not None and (mask.ndim != 2 or not mask.any()):
        raise ValueError(
            f"expected a mask (h, w) with a positive value, got {mask.shape} with maximum {mask.max(initial=0)}"
        )
    model = backbone.load() if model is None else model
    default_style_layers, default_content_layer = default_layers(model)
    layers = dict.fromkeys(default_style_layers, 1.0) if style_layer_weights is None else dict(style_layer_weights)
    weights: dict[str, Any] = {
        "content_weight": content_weight,
        "style_weight": style_weight,
        "tv_weight": tv_weight,
        "style_layer_weights": layers,
    }
    content_layer = content_layer or default_content_layer
    term_weights = _term_weights(weights, layers)
    evaluate = losses_and_gradient(model, tuple(layers), content_layer, mask is not None)

    full_photo = _limit_size(content.astype("float32") / 255, size)
    full_mask = None if mask is None else _mask_channels(mask)
    h, w, _ = full_photo.shape
    scales = 1 if isinstance(init, np.ndarray) else n_scales
    sizes = gradient_ascent.octave_sizes(h, w, scales, 2.0, MIN_COARSE_SIDE)
    x = _initial_image(init, full_photo, styles[0], seed)
    pixels = np.prod(sizes, axis=1)  # proportional to the cost of a step
    for k, scale_size in enumerate(sizes):
        photo = gradient_ascent.resize(full_photo, scale_size)
        scale_mask = None if full_mask is None else gradient_ascent.resize(full_mask, scale_size).clip(0, 1)
        targets = transfer_targets(
            model,
            tuple(layers),
            content_layer,
            photo,
            styles,
            blend_weights=blend_weights,
            style_image_scale=style_image_scale,
            luminance_only=preserve_color,
            mask=scale_mask,
        )
        loss = LossAtScale(evaluate, term_weights, targets, photo, scale_mask, preserve_color)
        options = {"learning_rate": learning_rate} if optimizer == "adam" else {}
        x = gradient_ascent.resize(x, scale_size).clip(0, 1)
        x = grayscale(x) if preserve_color else x
        run = OPTIMIZERS[optimizer](loss.value_and_grad, x, **options)
        for step in range(1, steps_per_scale + 1):
            x = next(run)
            changes = yield Step(
                done=k * steps_per_scale + step,
                total=len(sizes) * steps_per_scale,
                losses=loss.losses(),
                weighted=loss.weighted(),
                image=loss.to_image(x),
                scale=k,
                ends_scale=step == steps_per_scale,
                progress=float((pixels[:k].sum() + pixels[k] * step / steps_per_scale) / pixels.sum()),
            )
            if changes and weights | dict(changes) != weights:
                weights |= dict(changes)
                loss.weights = term_weights = _term_weights(weights, layers)
                # The loss changed: restart the optimizer, because the stored curvature pairs are no longer valid.
                run = OPTIMIZERS[optimizer](loss.value_and_grad, x, **options)


@dataclass
class LossAtScale:
    """The optimization problem at one scale: the loss of an image x and its gradient; stores the loss terms."""

    evaluate: Callable  # see `losses_and_gradient`
    weights: np.ndarray  # (1 + layers + 1,) float32: of content, each style layer, total variation
    targets: list
    photo: np.ndarray  # (h, w, 3) float32
    mask: np.ndarray | None  # (h, w, 3) float32 or None
    luminance_only: bool  # x is gray, and the colors are the photo's
    loss_terms: np.ndarray = field(default_factory=lambda: np.zeros(0))  # of the last x, in the order of the weights

    def value_and_grad(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """The weighted loss of x (h, w, 3), and its gradient."""
        image = x
        if self.mask is not None:
            base = grayscale(self.photo) if self.luminance_only else self.photo
            image = base + self.mask * (x - base)
        self.loss_terms, grad = self.evaluate(image[None], self.weights, *self.targets)
        grad = grad[0] if self.mask is None else self.mask * grad[0]
        if self.luminance_only:
            grad = np.repeat(grad.mean(axis=2, keepdims=True), 3, axis=2)  # x stays gray
        return float(self.weights @ self.loss_terms), grad

    def to_image(self, x: np.ndarray) -> np.ndarray:
        """x as the result, (h, w, 3) uint8: with the photo's colors and, outside the mask, its pixels."""
        image = self.photo + (x - grayscale(self.photo)) if self.luminance_only else x
        if self.mask is not None:
            image = self.photo + self.mask * (image - self.photo)
        return to_uint8(image.clip(0, 1))

    def losses(self) -> dict[str, float]:
        """Unweighted terms and the weighted total; the style term is the mean of the layers by their weights."""
        content, *styles, variation = map(float, self.loss_terms)
        layer_weights = self.weights[1:-1]
        style = float(np.average(styles, weights=layer_weights)) if layer_weights.any() else float(np.mean(styles))
        return {
            "content": content,
            "style": style,
            "total variation": variation,
            "total": sum(self.weighted().values()),
        }

    def weighted(self) -> dict[str, float]:
        content, *styles, variation = map(float, self.weights * self.loss_terms)
        return {"content": content, "style": sum(styles), "total variation": variation}


# --- helpers ----------------------------------------------------------------------------------------


def _initial_image(init: str | np.ndarray, photo: np.ndarray, style: np.ndarray, seed: int) -> np.ndarray:
    if isinstance(init, np.ndarray):
        return init.astype("float32") / 255
    if init == "style":
        return style.astype("float32") / 255
    if init == "noise":
        return np.random.default_rng(seed).uniform(0.3, 0.7, photo.shape).astype("float32")
    return photo


def _term_weights(weights: Mapping[str, Any], layers: Mapping[str, float]) -> np.ndarray:
    """The weights in the order of the loss terms; those of the style layers add up to the style weight."""
    layer_weights = np.array([weights["style_layer_weights"].get(name, 0.0) for name in layers])
    unknown = set(weights["style_layer_weights"]) - set(layers)
    term_weights = [weights[name] for name in DEFAULT_WEIGHTS]
    if unknown or min(*term_weights, *layer_weights) < 0 or not any(term_weights):
        raise ValueError(f"expected weights of 0 or more, one of them above 0, for {list(layers)}, got {weights}")
    content, style, variation = term_weights
    return np.array([content, *style * layer_weights / max(layer_weights.sum(), 1e-12), variation], "float32")


def _mask_channels(mask: np.ndarray) -> np.ndarray:
    """(h, w) bool, uint8 or float to (h, w, 3) float32 in [0, 1]."""
    alpha = mask.astype("float32") / (255 if mask.dtype == np.uint8 else 1)
    return np.repeat(alpha[..., None], 3, axis=2)


def _limit_size(image: np.ndarray, size: int) -> np.ndarray:
    """(h, w, 3) float32, resized where its longer side is above `size`."""
    h, w, _ = image.shape
    ratio = min(1.0, size / max(h, w))
    return gradient_ascent.resize(image, (round(h * ratio), round(w * ratio))).clip(0, 1)


# --- video ------------------------------------------------------------------------------------------


def upsample_frames(frames: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Images of all scales at the size of the largest, (h, w, 3) uint8 each: for `images.animate`."""
    size = max(frame.shape[:2] for frame in frames)
    return [to_uint8(gradient_ascent.resize(frame.astype("float32") / 255, size).clip(0, 1)) for frame in frames]
