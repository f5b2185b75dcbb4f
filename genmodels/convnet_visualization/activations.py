"""Intermediate activations: the feature map of each channel of each layer for a photo.

Chollet, Deep Learning with Python, section 5.4.1 (second edition: 9.4.1). Early layers detect edges and colors, later
ones textures and object parts; deeper feature maps are coarser and sparser.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.convnet_visualization.inputs import check_image
from genmodels.media import images
from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone


def activations(
    model: Backbone, image: np.ndarray, layers: Sequence[str] | None = None, *, image_size: int | None = None
) -> dict[str, np.ndarray]:
    """Feature maps of an image (H, W, 3) uint8: {layer: (h, w, channels) float32}.

    layers: all of `model.layers` if None. image_size: pixels to which the longer side is resized first, if given.
    Raises `ValueError` on another kind of array or an unknown layer.
    """
    check_image(image)
    names = list(model.layers if layers is None else layers)
    if image_size is not None:
        h, w = (max(1, round(side * image_size / max(image.shape[:2]))) for side in image.shape[:2])
        resized = gradient_ascent.resize(image.astype("float32") / 255, (h, w))
        image = np.round(255 * np.clip(resized, 0, 1)).astype("uint8")
    return {name: a[0] for name, a in zip(names, backbone.features(model, image[None], names), strict=True)}


def sparsity(a: np.ndarray) -> float:
    """Fraction of activations that are zero after the ReLU."""
    return float((a <= 0).mean())


@dataclass(frozen=True)
class ChannelStatistics:
    """Statistics of each channel of a feature map (h, w, channels)."""

    maximum: list[float]
    peak: list[tuple[float, float] | None]  # row and column of the maximum, 0 to 1; None for a channel of zeros
    sparsity: list[float]  # fraction of zeros


def channel_statistics(a: np.ndarray) -> ChannelStatistics:
    """Maximum, its position, and sparsity of each channel of (h, w, channels)."""
    h, w, n = a.shape
    flat = a.reshape(-1, n)
    maximum = flat.max(axis=0).tolist()
    peak = [
        ((k // w + 0.5) / h, (k % w + 0.5) / w) if top > 0 else None
        for k, top in zip(flat.argmax(axis=0).tolist(), maximum, strict=True)
    ]
    return ChannelStatistics(maximum, peak, (flat <= 0).mean(axis=0).tolist())


def by_maximum(a: np.ndarray) -> list[int]:
    """Channels of (h, w, channels), the one with the largest activation first."""
    return np.argsort(-a.max(axis=(0, 1)), kind="stable").tolist()


def tile_channels(a: np.ndarray, columns: int, *, normalize_per_channel: bool = True) -> np.ndarray:
    """All channels as gray images in rows: (h, w, n) to (rows * h, columns * w) uint8.

    normalize_per_channel: scale each channel to its own maximum; otherwise all by the 99.9th percentile of the layer.
    """
    h, w, n = a.shape
    limit = a.max(axis=(0, 1)) if normalize_per_channel else np.quantile(a, 0.999)
    gray = np.clip(a / np.maximum(limit, 1e-9), 0, 1)
    rows = -(-n // columns)
    padded = np.zeros((rows * columns, h, w), "float32")
    padded[:n] = np.moveaxis(gray, 2, 0)
    return images.tile(padded.reshape(rows, columns, h, w))
