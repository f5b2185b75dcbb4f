"""Codes of many numbers as points on a plane: by t-SNE, which keeps neighbours, and by PCA, which keeps directions.

van der Maaten & Hinton 2008, "Visualizing data using t-SNE", JMLR 9; computed by scikit-learn. t-SNE moves points
until each has the same neighbours on the plane as in the space it comes from; what is far apart on its map, and
how large a heap is, says little. It gives places, not a function: where a new code belongs is asked of the
codes it is nearest to.
"""

import numpy as np

NEAREST = 5  # codes that say where a new one belongs


def tsne(codes: np.ndarray, *, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    """(n, d) to (n, 2) float32 around (0, 0), no coordinate beyond 1. n: a few thousand at most, seconds to minutes.

    Raises `ValueError` where there are no more codes than the perplexity, about how many neighbours each one minds.
    """
    from sklearn.manifold import TSNE

    if len(codes) <= perplexity:
        raise ValueError(f"{len(codes)} codes are too few for a perplexity of {perplexity:g}")
    made = TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(np.asarray(codes, "float32"))
    return _fitted(made)


def pca(codes: np.ndarray) -> np.ndarray:
    """(n, d) to (n, 2) float32: along the two directions in which codes differ most, scaled as `tsne`."""
    from sklearn.decomposition import PCA

    return _fitted(PCA(2).fit_transform(np.asarray(codes, "float64")))


def place(code: np.ndarray, codes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Where on a map a code belongs that it was not made with: (d,), (n, d) and (n, 2) to (2,) float32.

    The mean of the places of the NEAREST codes, the nearer the weightier: 1 / distance^2.
    """
    apart = np.square(np.asarray(codes, "float64") - code).sum(axis=1)
    rows = np.argsort(apart, kind="stable")[:NEAREST]
    weights = 1 / np.maximum(apart[rows], 1e-12)
    return (weights @ places[rows] / weights.sum()).astype("float32")


def _fitted(places: np.ndarray) -> np.ndarray:
    centred = places - (places.max(axis=0) + places.min(axis=0)) / 2
    return (centred / max(float(np.abs(centred).max()), 1e-12)).astype("float32")
