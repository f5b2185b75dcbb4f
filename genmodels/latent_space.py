"""Walks through a latent space: grids, paths, tables and directions, on plain arrays of codes.

Nothing here knows which model the codes belong to; `decode` of that model turns them into pictures.
White 2016, "Sampling Generative Networks", arXiv:1609.04468, collects most of it.
"""

import numpy as np


def grid_codes(n: int, *, spread: str = "range", extent: float = 3.0) -> np.ndarray:
    """Codes on an n x n grid over the plane, top row first: (n * n, 2) float32.

    spread "range": equal steps over [-extent, extent]. "quantiles": equal shares of the standard
    normal, so that each cell is equally likely under the prior (the textbook's grid).
    """
    if spread == "range":
        ticks = np.linspace(-extent, extent, n)
    elif spread == "quantiles":
        ticks = prior_quantile((np.arange(n) + 0.5) / n)
    else:
        raise ValueError(f"spread must be 'range' or 'quantiles', got {spread!r}")
    z1, z2 = np.meshgrid(ticks, -ticks)
    return np.stack([z1, z2], axis=-1).reshape(-1, 2).astype("float32")


def prior_quantile(share: np.ndarray | float) -> np.ndarray:
    """The z below which the given share of a standard normal lies: shares in (0, 1) to float64.

    The inverse of the normal distribution function: a slider over shares spends its length where
    the prior has its mass.
    """
    from scipy.special import ndtri

    return ndtri(np.asarray(share, "float64"))


def prior_cdf(z: np.ndarray | float) -> np.ndarray:
    """The share of a standard normal that lies below z, in (0, 1): the inverse of `prior_quantile`."""
    from scipy.special import ndtr

    return ndtr(np.asarray(z, "float64"))


def traverse(z: np.ndarray, dimension: int, values: np.ndarray) -> np.ndarray:
    """z again and again with one coordinate set to each of `values`: (d,), (n,) to (n, d) float32."""
    path = np.repeat(np.asarray(z, "float32")[None], len(values), axis=0)
    path[:, dimension] = values
    return path


def interpolate(a: np.ndarray, b: np.ndarray, n: int, *, spherical: bool = False) -> np.ndarray:
    """n codes from a to b, both included: (d,), (d,) to (n, d) float32.

    Linear: (1 - t) a + t b. Spherical (Shoemake 1985; White 2016, arXiv:1609.04468):
    sin((1 - t) w) / sin(w) a + sin(t w) / sin(w) b, w the angle between a and b, with the length
    going linearly from |a| to |b|, so that the path stays where the prior has its mass. It falls
    back to linear where no arc is defined: a or b at the origin, or the two in line with it.
    """
    a, b, t = np.asarray(a, "float64"), np.asarray(b, "float64"), np.linspace(0, 1, n)[:, None]
    length_a, length_b = np.linalg.norm(a), np.linalg.norm(b)
    if spherical and length_a > 0 and length_b > 0:
        angle = np.arccos(np.clip(a @ b / (length_a * length_b), -1, 1))
        if 1e-6 < angle < np.pi - 1e-6:
            arc = (np.sin((1 - t) * angle) * a / length_a + np.sin(t * angle) * b / length_b) / np.sin(angle)
            return (arc * ((1 - t) * length_a + t * length_b)).astype("float32")
    return ((1 - t) * a + t * b).astype("float32")


def semantic_grid(corners: np.ndarray, *, rows: int = 5, columns: int = 7) -> np.ndarray:
    """A small table of codes, filled up between: (r, c, d) to (rows, columns, d) float32, bilinear.

    Hands-On Machine Learning resizes 3 x 4 codings to 5 x 7. It lets the image resizer place the
    samples, which moves the originals; here they stay exactly on every second row and column.
    """
    r, c, _ = corners.shape
    y, x = np.linspace(0, r - 1, rows), np.linspace(0, c - 1, columns)
    i, j = np.minimum(y.astype(int), max(r - 2, 0)), np.minimum(x.astype(int), max(c - 2, 0))
    v, u = (y - i)[:, None, None], (x - j)[None, :, None]
    below, right = np.minimum(i + 1, r - 1), np.minimum(j + 1, c - 1)
    top = (1 - u) * corners[i][:, j] + u * corners[i][:, right]
    bottom = (1 - u) * corners[below][:, j] + u * corners[below][:, right]
    return ((1 - v) * top + v * bottom).astype("float32")


def shift_along(z: np.ndarray, way: np.ndarray, amounts: np.ndarray | list[float]) -> np.ndarray:
    """z + amount * way for each amount: (d,), (d,), (n,) to (n, d) float32."""
    return (z + np.asarray(amounts)[:, None] * way).astype("float32")


def concept_direction(mean: np.ndarray, labels_or_scores: np.ndarray) -> np.ndarray:
    """The concept's direction, from codes (n, d) and what is known of them (n,).

    Yes/no labels (dtype bool): the mean code of those that have it minus the mean of those that have
    not, the "smile vector" (White 2016, arXiv:1609.04468). Scores (any other numbers): the slope of the codes
    on the score, sum_i (s_i - s) z_i / sum_i (s_i - s)^2, times the score's standard deviation,
    so that a step of 1 is one standard deviation more of it. Raises `ValueError` where all
    labels, or all scores, are the same: there is nothing to compare.
    """
    known = np.asarray(labels_or_scores)
    if len(known) == 0 or (known == known[0]).all():
        raise ValueError("a concept needs pictures that have it and pictures that do not")
    if known.dtype == bool:
        return (mean[known].mean(axis=0) - mean[~known].mean(axis=0)).astype("float32")
    centred = known - known.mean()
    return (centred @ mean / (centred @ centred) * known.std()).astype("float32")


def stroke_features(images: np.ndarray) -> dict[str, np.ndarray]:
    """How digits are written: `stroke`, `slant` and `width`, each (n,) float32, for (n, 28, 28) uint8.

    stroke: area / half the outline, about the stroke's thickness in pixels. slant: shear in
    columns per row, positive leaning right, mu_xy / mu_yy with the image moments. width: standard
    deviation of the ink's columns after the shear is taken out, in pixels.
    """
    x = images.astype("float32") / 255
    ink = x.sum(axis=(1, 2)) + 1e-6
    outline = np.abs(np.diff(x, axis=1)).sum(axis=(1, 2)) + np.abs(np.diff(x, axis=2)).sum(axis=(1, 2))
    rows, columns = np.indices(x.shape[1:]).astype("float32")
    dy = rows - ((x * rows).sum(axis=(1, 2)) / ink)[:, None, None]
    dx = columns - ((x * columns).sum(axis=(1, 2)) / ink)[:, None, None]
    shear = (x * dx * dy).sum(axis=(1, 2)) / ((x * dy * dy).sum(axis=(1, 2)) + 1e-6)
    straight = dx - shear[:, None, None] * dy
    width = np.sqrt((x * straight**2).sum(axis=(1, 2)) / ink)
    return {"stroke": 2 * ink / (outline + 1e-6), "slant": -shear, "width": width}
