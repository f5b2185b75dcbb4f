"""Semantic hashing: similar images are found by the Hamming distance of their binary codes.

Salakhutdinov & Hinton 2009, "Semantic hashing", doi:10.1016/j.ijar.2008.11.006. Noise before the sigmoid of the code
forces each unit to saturate near 0 or 1, so rounding loses little. 16 bits take two bytes: a million images take two
megabytes.
"""

import numpy as np


def binarize(codes: np.ndarray) -> np.ndarray:
    """Codes (n, b) in [0, 1] to bits (n, b) bool, by a threshold of 0.5."""
    return np.asarray(codes) > 0.5


def pack_bits(bits: np.ndarray) -> np.ndarray:
    """Bits (n, b) bool to hashes (n, ceil(b / 8)) uint8, eight bits per byte."""
    return np.packbits(bits, axis=1)


def hamming(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Hamming distances, the number of different bits: hashes (n, k) and (m, k) uint8 to (n, m) int64.

    Raises `ValueError` for arrays of different width or another dtype.
    """
    if a.dtype != np.uint8 or b.dtype != np.uint8 or a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise ValueError(f"expected packed (n, k) and (m, k) uint8, got {a.shape} {a.dtype} and {b.shape} {b.dtype}")
    return np.bitwise_count(a[:, None] ^ b[None]).sum(axis=2, dtype="int64")


def nearest(query: np.ndarray, database: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The n nearest hashes of a database (m, k) to a query (k,): their rows (n,) and Hamming distances (n,).

    Hashes at the same distance keep the order of the database.
    """
    distances = hamming(query[None], database)[0]
    rows = np.argsort(distances, kind="stable")[:n]
    return rows, distances[rows]


def retrieval_precision(
    images: np.ndarray, labels: np.ndarray, database: np.ndarray, *, n_queries: int, k: int
) -> dict[str, float]:
    """Precision at k: the fraction of the k nearest images that have the query's class, by "bits", "pixels", "chance".

    images: (n, 28, 28) uint8, labels: (n,), database: (n, b) hashes of the images. The first `n_queries` images are
    the queries; a query does not retrieve itself.
    """
    x = images.reshape(len(images), -1).astype("float32") / 255
    squared_norms = np.square(x).sum(axis=1)
    precision = {}
    for name, distances in (
        ("bits", hamming(database[:n_queries], database).astype("float32")),
        ("pixels", squared_norms[:n_queries, None] + squared_norms - 2 * x[:n_queries] @ x.T),
    ):
        distances[np.arange(n_queries), np.arange(n_queries)] = np.inf
        rows = np.argsort(distances, axis=1, kind="stable")[:, :k]
        precision[name] = float((labels[rows] == labels[:n_queries, None]).mean())
    precision["chance"] = float(np.mean([(labels == label).mean() for label in labels[:n_queries]]))
    return precision


def class_counts(labels: np.ndarray) -> list[tuple[int, int]]:
    """Each class of retrieved images with its number of images, the most frequent first: labels (n,)."""
    classes, counts = np.unique(labels, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [(int(classes[row]), int(counts[row])) for row in order]
