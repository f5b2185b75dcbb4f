"""The latent space of a trained VAE, precomputed: latent means of test images, and decoded images on a grid.

Written by `training/vae.py` and loaded without TensorFlow, so that a page can show the plane, and move a point in it,
before the decoder is loaded. It holds latent means and decoded images only, no image of a data set.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from genmodels import weights
from genmodels.media import images

if TYPE_CHECKING:
    from genmodels.vae.model import VAE

IMAGE_SIZE = 28  # pixels per side of one decoded image
SHEET_CELLS = 41  # decoded images per side of the sheet
COVERAGE = 0.997  # fraction of the latent coordinates that lie on the sheet
INACTIVE_KL = 0.05  # nats; a dimension below it is inactive: its posterior has collapsed to the prior


@cache
def load(name: str = "fashion_mnist") -> dict[str, np.ndarray]:
    """The arrays of `weights/vae_<name>.arrays.npz`; shared, read-only.

    `mean` (n, d) float32: latent means of n test images, `label` (n,) uint8, `kl` (d,) float32: mean KL per
    dimension in nats; for digits also `stroke`, `slant`, `width`, each (n,) float32 (see
    `latent_space.stroke_features`). For 2-D models also `sprite` (the bytes of a WebP sheet of
    cells x cells images, as uint8), `cells` and `extent`, the half-width of the plane: the image in row i, column j
    was decoded at z = (-extent + j * step, extent - i * step) with step = 2 * extent / (cells - 1).
    Raises `weights.WeightsError` if the file is missing or damaged.
    """
    arrays = weights.arrays(f"vae_{name}", ".arrays.npz")
    return arrays | {"mean": arrays["mean"].astype("float32")}


def half_width(name: str) -> float:
    """Distance from the center of the precomputed plane to its edge, in units of z."""
    return float(load(name)["extent"])


def clip_to_plane(name: str, z: np.ndarray | list[float]) -> list[float]:
    """z (2,) clipped to the precomputed plane."""
    return [float(value) for value in np.clip(z, -half_width(name), half_width(name))]


@cache
def decoded_sheet(name: str) -> np.ndarray:
    """The plane as decoded images: (cells, cells, 28, 28) uint8, top row first."""
    arrays = load(name)
    cells = int(arrays["cells"])
    flat = images.decode(arrays["sprite"].tobytes(), max_side=cells * IMAGE_SIZE)[0][..., 0]
    return flat.reshape(cells, IMAGE_SIZE, cells, IMAGE_SIZE).transpose(0, 2, 1, 3)


def interpolate_sheet(name: str, z: np.ndarray) -> np.ndarray:
    """The image at z, interpolated bilinearly from its four neighbors on the sheet, as the browser does.

    z: (2,) float. Returns (28, 28) float32 in [0, 1]. Outside the sheet, the value at its border.
    """
    sheet, extent = decoded_sheet(name), half_width(name)
    last = len(sheet) - 1
    u, v = np.clip((np.asarray(z) * (1, -1) + extent) / (2 * extent) * last, 0, last)
    i, j = min(int(v), last - 1), min(int(u), last - 1)
    v, u = v - i, u - j
    square = sheet[i : i + 2, j : j + 2].astype("float32") / 255
    top, bottom = (1 - u) * square[:, 0] + u * square[:, 1]
    return (1 - v) * top + v * bottom


def neighbor_labels(name: str, z: np.ndarray, n: int = 25) -> dict[int, int]:
    """Labels of the n latent means nearest to z, most frequent first: {label: count}."""
    arrays = load(name)
    nearest = np.argsort(((arrays["mean"] - np.asarray(z)) ** 2).sum(axis=1))[:n]
    labels, counts = np.unique(arrays["label"][nearest], return_counts=True)
    return {int(labels[k]): int(counts[k]) for k in np.argsort(-counts, kind="stable")}


def majority_labels(name: str, z: np.ndarray, n: int = 15) -> np.ndarray:
    """k-nearest-neighbor classification of each z by the n nearest latent means: (k, d) to (k,) int64."""
    from scipy.spatial import cKDTree

    arrays = load(name)
    nearest = cKDTree(arrays["mean"]).query(z, k=n)[1]
    votes = np.eye(10, dtype="int64")[arrays["label"][nearest]].sum(axis=1)
    return votes.argmax(axis=1)


def class_example(name: str, label: int, k: int) -> np.ndarray:
    """The latent mean of the k-th test image of a class, (d,) float32; k is taken modulo their number."""
    arrays = load(name)
    rows = np.flatnonzero(arrays["label"] == label)
    return arrays["mean"][rows[k % len(rows)]]


def class_medoid(name: str, label: int) -> np.ndarray:
    """A typical latent vector of a class: the latent mean nearest to the class median, (d,) float32."""
    arrays = load(name)
    means = arrays["mean"][arrays["label"] == label]
    return means[((means - np.median(means, axis=0)) ** 2).sum(axis=1).argmin()]


def dimensions_by_kl(name: str) -> np.ndarray:
    """All latent dimensions, largest KL first: (d,) int64."""
    return np.argsort(-load(name)["kl"], kind="stable")


def active_units(name: str) -> np.ndarray:
    """The active latent dimensions (Burda et al. 2015, arXiv:1509.00519), largest KL first: (k,) int64.

    Active: mean KL of at least INACTIVE_KL. The paper uses the variance of the latent mean instead.
    """
    order = dimensions_by_kl(name)
    return order[load(name)["kl"][order] >= INACTIVE_KL]


def make(model: "VAE", test_images: np.ndarray, labels: np.ndarray, *, digits: bool) -> dict[str, np.ndarray]:
    """The arrays of `load` for a trained model, from test images (n, 28, 28) uint8 and labels (n,).

    digits: also measure stroke, slant and width, which are defined for digits only.
    """
    from genmodels import latent_space
    from genmodels.vae import model as vae  # imports TensorFlow

    mean, log_var = vae.encode(model, test_images)
    kl = np.asarray(vae.kl_divergence(mean, log_var)).mean(axis=0)
    arrays = {"mean": mean.astype("float16"), "label": labels.astype("uint8"), "kl": kl.astype("float32")}
    if digits:
        arrays |= latent_space.stroke_features(test_images)
    if model.latent_dim == 2:
        extent = float(np.ceil(2 * max(3.0, np.quantile(np.abs(mean), COVERAGE))) / 2)
        sprite = images.webp(images.tile(vae.decode_grid(model, SHEET_CELLS, half_width=extent)))
        cells = np.array(SHEET_CELLS)
        arrays |= {"sprite": np.frombuffer(sprite, "uint8"), "cells": cells, "extent": np.array(extent)}
    return arrays
