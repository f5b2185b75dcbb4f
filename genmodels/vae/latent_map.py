"""A trained VAE's latent space as a map: where the held-out pictures lie, and a sheet of the plane.

Made once by `training/vae.py` and shipped, so that a plane can be shown, and dragged through,
before TensorFlow is even imported: codings and decoded pictures only, no picture of a data set.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from genmodels import weights
from genmodels.media import images

if TYPE_CHECKING:
    from genmodels.vae.model import VAE

TILE = 28  # pixels a side of one decoded picture
CELLS = 41  # pictures a side of the sheet
COVERED = 0.997  # share of the codes' coordinates that lie on the sheet


@cache
def load(name: str = "fashion_mnist") -> dict[str, np.ndarray]:
    """The map of `weights/vae_<name>`; shared, so read it only.

    `mean` (n, d) float32, `label` (n,) uint8, `kl` (d,) float32 nats per dimension, and for digits
    the measurements `stroke`, `slant`, `width`, each (n,) float32. Two-dimensional models also have
    `sprite` (the bytes of a WebP sheet of cells x cells pictures, as uint8), `cells` and `extent`:
    the cell in row i, column j was decoded at z = (-extent + j * step, extent - i * step) with
    step = 2 * extent / (cells - 1). Raises `weights.WeightsError` where it is missing or damaged.
    """
    found = weights.arrays(f"vae_{name}", ".arrays.npz")
    return found | {"mean": found["mean"].astype("float32")}


@cache
def sheet(name: str) -> np.ndarray:
    """The plane as pictures: (cells, cells, 28, 28) uint8, top row first."""
    chart = load(name)
    cells = int(chart["cells"])
    flat = images.decode(chart["sprite"].tobytes(), max_side=cells * TILE)[0][..., 0]
    return flat.reshape(cells, TILE, cells, TILE).transpose(0, 2, 1, 3)


def blend(name: str, z: np.ndarray) -> np.ndarray:
    """The picture at z, blended bilinearly from the four nearest on the sheet, as the pad does.

    z: (2,) float. Returns (28, 28) float32 in [0, 1]. Outside the sheet the border is taken.
    """
    chart, tiles = load(name), sheet(name)
    extent, last = float(chart["extent"]), len(tiles) - 1
    u, v = np.clip((np.asarray(z) * (1, -1) + extent) / (2 * extent) * last, 0, last)
    i, j = min(int(v), last - 1), min(int(u), last - 1)
    v, u = v - i, u - j
    square = tiles[i : i + 2, j : j + 2].astype("float32") / 255
    top, bottom = (1 - u) * square[:, 0] + u * square[:, 1]
    return (1 - v) * top + v * bottom


def neighbours(name: str, z: np.ndarray, n: int = 25) -> dict[int, int]:
    """Labels of the n held-out codes nearest to z, most frequent first: {label: count}."""
    chart = load(name)
    nearest = np.argsort(((chart["mean"] - np.asarray(z)) ** 2).sum(axis=1))[:n]
    labels, counts = np.unique(chart["label"][nearest], return_counts=True)
    return {int(labels[k]): int(counts[k]) for k in np.argsort(-counts, kind="stable")}


def labels_at(name: str, z: np.ndarray, n: int = 15) -> np.ndarray:
    """The commonest label among the n held-out codes nearest to each z: (k, d) to (k,) int64."""
    from scipy.spatial import cKDTree

    chart = load(name)
    nearest = cKDTree(chart["mean"]).query(z, k=n)[1]
    votes = np.eye(10, dtype="int64")[chart["label"][nearest]].sum(axis=1)
    return votes.argmax(axis=1)


def class_example(name: str, label: int, k: int) -> np.ndarray:
    """The k-th held-out code of a class, (d,) float32; k counts round."""
    chart = load(name)
    of_class = np.flatnonzero(chart["label"] == label)
    return chart["mean"][of_class[k % len(of_class)]]


def active_units(name: str) -> np.ndarray:
    """The model's dimensions, the one that carries most information (KL in nats) first: (d,) int64."""
    return np.argsort(-load(name)["kl"], kind="stable")


def class_medoid(name: str, label: int) -> np.ndarray:
    """A code in the thick of a class: the held-out code nearest to the class's median, (d,) float32."""
    chart = load(name)
    of_class = chart["mean"][chart["label"] == label]
    return of_class[((of_class - np.median(of_class, axis=0)) ** 2).sum(axis=1).argmin()]


def make(model: "VAE", pictures: np.ndarray, labels: np.ndarray, *, digits: bool) -> dict[str, np.ndarray]:
    """The arrays that `load` gives, of a trained model and held-out pictures (n, 28, 28) uint8, labels (n,).

    digits: measure stroke, slant and width too, which make sense for digits only.
    """
    from genmodels.vae import model as vae  # here, not above: it brings TensorFlow, and whoever only looks needs none

    mean, log_var = vae.encode(model, pictures)
    kl = (mean**2 + np.exp(log_var) - 1 - log_var).mean(axis=0) / 2
    arrays = {"mean": mean.astype("float16"), "label": labels.astype("uint8"), "kl": kl.astype("float32")}
    if digits:
        arrays |= vae.stroke_features(pictures)
    if model.latent_dim == 2:
        extent = float(np.ceil(2 * max(3.0, np.quantile(np.abs(mean), COVERED))) / 2)
        sprite = images.webp(images.tile(vae.grid(model, CELLS, extent=extent)))
        arrays |= {"sprite": np.frombuffer(sprite, "uint8"), "cells": np.array(CELLS), "extent": np.array(extent)}
    return arrays
