"""What a style transfer aims at: the features of the photo and the blended Gram matrices of the style images."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from genmodels.style_transfer.losses import default_layers, gram_matrices
from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone

LUMINANCE = np.array([0.299, 0.587, 0.114], "float32")  # weights of red, green and blue
MIN_SIDE = 32  # pixels: what the deepest layers need


def grayscale(image: np.ndarray) -> np.ndarray:
    """(h, w, 3) float32 in [0, 1] to the same shape: the luminance of each pixel in all three channels."""
    return np.repeat((image @ LUMINANCE)[..., None], 3, axis=2)


def to_uint8(image: np.ndarray) -> np.ndarray:
    """(h, w, 3) float32 in [0, 1] to uint8."""
    return np.round(255 * image).astype("uint8")


def normalized_blend_weights(style_blend_weights: Sequence[float] | None, n_styles: int) -> np.ndarray:
    """(n_styles,) weights that add up to 1, equal where none are given.

    Raises `ValueError` on another number of weights, a negative one, or none above zero.
    """
    weights = np.ones(n_styles) if style_blend_weights is None else np.asarray(style_blend_weights, float)
    if not n_styles or weights.shape != (n_styles,) or (weights < 0).any() or not weights.sum() > 0:
        raise ValueError(f"expected {n_styles} blend weights, none negative, got {style_blend_weights}")
    return weights / weights.sum()


def style_grams(
    model: Backbone,
    styles: Sequence[np.ndarray],
    layers: Sequence[str],
    size: float,
    blend_weights: Sequence[float] | np.ndarray,
    luminance_of: np.ndarray | None = None,
) -> list[np.ndarray]:
    """sum_k s_k A_k: the Gram matrices A_k of the styles, blended with weights s_k; (c, c) for each layer.

    styles: (h, w, 3) uint8 each, resized to `size` pixels at the longer side. luminance_of: (h, w, 3) float32, a
    gray photo; the styles are then converted to gray and matched to its mean and contrast.
    """
    blended: list[Any] = [0.0] * len(layers)
    for style, weight in zip(styles, blend_weights, strict=True):
        image = style.astype("float32") / 255
        h, w, _ = style.shape
        ratio = size / max(h, w)
        new_size = max(MIN_SIDE, round(h * ratio)), max(MIN_SIDE, round(w * ratio))
        image = gradient_ascent.resize(image, new_size).clip(0, 1)
        if luminance_of is not None:
            image = _match_luminance(grayscale(image), luminance_of)
        grams = gram_matrices(model, to_uint8(image), layers)
        blended = [total + np.float32(weight) * gram for total, gram in zip(blended, grams, strict=True)]
    return blended


def style_grams_by_layer(
    model: Backbone,
    photo: np.ndarray,
    stylized: np.ndarray,
    styles: Sequence[np.ndarray],
    *,
    style_blend_weights: Sequence[float] | None = None,
    style_image_scale: float = 1.0,
) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """By layer, the Gram matrices of the blended styles, of the photo and of the stylized image, (c, c) each.

    Images are (h, w, 3) uint8; style_blend_weights and style_image_scale as for `transfer`.
    """
    layers, _ = default_layers(model)
    blend_weights = normalized_blend_weights(style_blend_weights, len(styles))
    targets = style_grams(model, styles, layers, style_image_scale * max(photo.shape), blend_weights)
    images = (gram_matrices(model, image, layers) for image in (photo, stylized))
    return dict(zip(layers, zip(targets, *images, strict=True), strict=True))


def transfer_targets(
    model: Backbone,
    style_layers: tuple[str, ...],
    content_layer: str,
    photo: np.ndarray,
    styles: Sequence[np.ndarray],
    *,
    blend_weights: np.ndarray,
    style_image_scale: float,
    luminance_only: bool,
    mask: np.ndarray | None,
) -> list:
    """All targets at one scale, as tensors in the order in which `losses_and_gradient` takes them.

    photo: (h, w, 3) float32 in [0, 1]; mask: the same shape or None; luminance_only: photo and styles in gray.
    """
    from keras import ops

    base = grayscale(photo) if luminance_only else photo
    layers = (content_layer, *style_layers)  # the same layers for photo and styles: one compiled function for both
    features, *maps = backbone.features(model, to_uint8(base)[None], layers)
    luminance_of = base if luminance_only else None
    size = style_image_scale * max(photo.shape)
    grams = style_grams(model, styles, layers, size, blend_weights, luminance_of)[1:]
    masks = []
    if mask is not None:
        masks = [gradient_ascent.resize(mask, a.shape[1:3])[None, ..., :1].clip(0, 1) for a in maps]
    return [ops.convert_to_tensor(np.asarray(target, "float32")) for target in (features, *grams, *masks)]


def _match_luminance(image: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """The image with the photo's mean and standard deviation of luminance (Gatys et al. 2016, arXiv:1611.07865)."""
    return ((image - image.mean()) * (photo.std() / max(float(image.std()), 1e-3)) + photo.mean()).clip(0, 1)
