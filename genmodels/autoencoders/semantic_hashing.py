"""Pictures found by a few bits: a code of zeros and ones for each, and the nearest by counting where two differ.

Salakhutdinov & Hinton 2009, "Semantic hashing", doi:10.1016/j.ijar.2008.11.006: an autoencoder with noise before
its code's sigmoid has to push every number of the code to one end, so that rounding it loses little. Looking
for neighbours is then comparing bits: 16 of them fit into two bytes, and a million pictures into two megabytes.
"""

import numpy as np


def bits(codes: np.ndarray) -> np.ndarray:
    """Codes (n, b) in [0, 1] to (n, b) bool: which numbers are on."""
    return np.asarray(codes) > 0.5


def packed(on: np.ndarray) -> np.ndarray:
    """(n, b) bool to (n, ceil(b / 8)) uint8, eight to a byte."""
    return np.packbits(on, axis=1)


def hamming(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """In how many bits each of a differs from each of b: packed (n, k) and (m, k) uint8 to (n, m) int64.

    Raises `ValueError` on arrays of another width or kind.
    """
    if a.dtype != np.uint8 or b.dtype != np.uint8 or a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise ValueError(f"expected packed (n, k) and (m, k) uint8, got {a.shape} {a.dtype} and {b.shape} {b.dtype}")
    return np.bitwise_count(a[:, None] ^ b[None]).sum(axis=2, dtype="int64")


def nearest(query: np.ndarray, bank: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The n rows of a packed bank (m, k) nearest to one packed hash (k,): rows (n,) and in how many bits they differ.

    Among equally near ones those come first that come first in the bank.
    """
    away = hamming(query[None], bank)[0]
    rows = np.argsort(away, kind="stable")[:n]
    return rows, away[rows]


def agreement(pictures: np.ndarray, labels: np.ndarray, bank: np.ndarray, *, asked: int, near: int) -> dict[str, float]:
    """Of the nearest ones to a picture, what share is of its kind: by "bits", by "pixels", by "chance".

    pictures: (n, 28, 28) uint8, labels: (n,), bank: (n, k) their packed hashes. asked: how many of them are asked
    for, the first ones; near: how many of the nearest count. A picture does not find itself.
    """
    x = pictures.reshape(len(pictures), -1).astype("float32") / 255
    square = np.square(x).sum(axis=1)
    shares = {}
    for name, away in (
        ("bits", hamming(bank[:asked], bank).astype("float32")),
        ("pixels", square[:asked, None] + square - 2 * x[:asked] @ x.T),
    ):
        away[np.arange(asked), np.arange(asked)] = np.inf
        rows = np.argsort(away, axis=1, kind="stable")[:, :near]
        shares[name] = float((labels[rows] == labels[:asked, None]).mean())
    shares["chance"] = float(np.mean([(labels == label).mean() for label in labels[:asked]]))
    return shares
