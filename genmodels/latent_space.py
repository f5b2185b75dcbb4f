"""Operations on latent vectors: grids, interpolation, traversals and concept vectors, on plain arrays.

Independent of the model: `decode` of a VAE, or the generator of a GAN, turns the latent vectors into images.
White 2016, "Sampling Generative Networks", arXiv:1609.04468, collects most of these operations.
"""

import numpy as np

SPACINGS = ("linear", "normal_quantiles")


def latent_grid(images_per_side: int, *, spacing: str = "linear", half_width: float = 3.0) -> np.ndarray:
    """Latent vectors on a square grid in the plane, top row first: (images_per_side ** 2, 2) float32.

    spacing: "linear" for equally spaced values over [-half_width, half_width]; "normal_quantiles" for
    equally likely cells under the prior N(0, 1) (`norm.ppf`, as in the textbook; half_width is not used).
    half_width: in standard deviations of the prior. Raises `ValueError` on any other spacing.
    """
    if spacing == "linear":
        ticks = np.linspace(-half_width, half_width, images_per_side)
    elif spacing == "normal_quantiles":
        ticks = prior_quantile((np.arange(images_per_side) + 0.5) / images_per_side)
    else:
        raise ValueError(f"spacing must be 'linear' or 'normal_quantiles', got {spacing!r}")
    z1, z2 = np.meshgrid(ticks, -ticks)
    return np.stack([z1, z2], axis=-1).reshape(-1, 2).astype("float32")


def prior_quantile(probability: np.ndarray | float) -> np.ndarray:
    """The quantile of the prior N(0, 1): probability in (0, 1) to float64, the inverse of `prior_cdf`."""
    from scipy.special import ndtri

    return ndtri(np.asarray(probability, "float64"))


def prior_cdf(z: np.ndarray | float) -> np.ndarray:
    """P(Z <= z) for the prior N(0, 1), in (0, 1): the percentile of z is 100 times that."""
    from scipy.special import ndtr

    return ndtr(np.asarray(z, "float64"))


def traverse(z: np.ndarray, dimension: int, values: np.ndarray) -> np.ndarray:
    """Latent traversal: z with one dimension set to each of `values`, (d,) and (n,) to (n, d) float32."""
    path = np.repeat(np.asarray(z, "float32")[None], len(values), axis=0)
    path[:, dimension] = values
    return path


def interpolate(a: np.ndarray, b: np.ndarray, n: int, *, spherical: bool = False) -> np.ndarray:
    """n latent vectors from a to b, both included: (d,) and (d,) to (n, d) float32.

    Linear: (1 - t) a + t b. Spherical (slerp; Shoemake 1985; White 2016, arXiv:1609.04468):
    sin((1 - t) w) / sin(w) a / |a| + sin(t w) / sin(w) b / |b|, where w is the angle between a and b, times a norm
    that changes linearly from |a| to |b|, so that the path stays where the prior has its mass. Linear too
    where the angle is undefined or the arc is not unique: a or b is 0, or they are parallel.
    """
    a, b, t = np.asarray(a, "float64"), np.asarray(b, "float64"), np.linspace(0, 1, n)[:, None]
    norm_a, norm_b = np.linalg.norm(a), np.linalg.norm(b)
    if spherical and norm_a > 0 and norm_b > 0:
        angle = np.arccos(np.clip(a @ b / (norm_a * norm_b), -1, 1))
        if 1e-6 < angle < np.pi - 1e-6:
            arc = (np.sin((1 - t) * angle) * a / norm_a + np.sin(t * angle) * b / norm_b) / np.sin(angle)
            return (arc * ((1 - t) * norm_a + t * norm_b)).astype("float32")
    return ((1 - t) * a + t * b).astype("float32")


def semantic_grid(corners: np.ndarray, *, rows: int = 5, columns: int = 7) -> np.ndarray:
    """Semantic interpolation: bilinear interpolation in a grid of latent vectors, (r, c, d) to (rows, columns, d).

    Returns float32. Hands-On Machine Learning, chapter 17, resizes 3 x 4 codings to 5 x 7 with an image resizer, which
    shifts the originals; here they stay exactly on every second row and column.
    """
    r, c, _ = corners.shape
    y, x = np.linspace(0, r - 1, rows), np.linspace(0, c - 1, columns)
    i, j = np.minimum(y.astype(int), max(r - 2, 0)), np.minimum(x.astype(int), max(c - 2, 0))
    v, u = (y - i)[:, None, None], (x - j)[None, :, None]
    below, right = np.minimum(i + 1, r - 1), np.minimum(j + 1, c - 1)
    top = (1 - u) * corners[i][:, j] + u * corners[i][:, right]
    bottom = (1 - u) * corners[below][:, j] + u * corners[below][:, right]
    return ((1 - v) * top + v * bottom).astype("float32")


def shift_along(z: np.ndarray, direction: np.ndarray, strengths: np.ndarray | list[float]) -> np.ndarray:
    """z + strength * direction for each strength: (d,), (d,) and (n,) to (n, d) float32."""
    return (z + np.asarray(strengths)[:, None] * direction).astype("float32")


def concept_vector(mean: np.ndarray, labels_or_scores: np.ndarray) -> np.ndarray:
    """The direction of a concept in latent space, (d,) float32, from latent vectors (n, d) and an attribute (n,).

    labels (dtype bool): the mean latent vector of the images with the attribute minus the mean of those without
    (the "smile vector" of White 2016, arXiv:1609.04468). scores (any other numbers): the regression slope
    sum_i (s_i - s) z_i / sum_i (s_i - s)^2 times the standard deviation of the scores, so that a strength
    of 1 is one standard deviation. Raises `ValueError` if all labels, or all scores, are equal.
    """
    attribute = np.asarray(labels_or_scores)
    if len(attribute) == 0 or (attribute == attribute[0]).all():
        raise ValueError("a concept needs images with the attribute and images without it")
    if attribute.dtype == bool:
        return (mean[attribute].mean(axis=0) - mean[~attribute].mean(axis=0)).astype("float32")
    centered = attribute - attribute.mean()
    return (centered @ mean / (centered @ centered) * attribute.std()).astype("float32")


def stroke_features(images: np.ndarray) -> dict[str, np.ndarray]:
    """Measured attributes of digits: `stroke`, `slant` and `width`, each (n,) float32, for (n, 28, 28) uint8.

    stroke: area / half the outline, about the thickness of the stroke in pixels. slant: shear in
    columns per row, positive if the digit leans right, mu_xy / mu_yy with the image moments. width:
    standard deviation of the columns in pixels, weighted by brightness, after the shear is removed.
    """
    x = images.astype("float32") / 255
    mass = x.sum(axis=(1, 2)) + 1e-6
    outline = np.abs(np.diff(x, axis=1)).sum(axis=(1, 2)) + np.abs(np.diff(x, axis=2)).sum(axis=(1, 2))
    rows, columns = np.indices(x.shape[1:]).astype("float32")
    dy = rows - ((x * rows).sum(axis=(1, 2)) / mass)[:, None, None]
    dx = columns - ((x * columns).sum(axis=(1, 2)) / mass)[:, None, None]
    shear = (x * dx * dy).sum(axis=(1, 2)) / ((x * dy * dy).sum(axis=(1, 2)) + 1e-6)
    upright = dx - shear[:, None, None] * dy
    width = np.sqrt((x * upright**2).sum(axis=(1, 2)) / mass)
    return {"stroke": 2 * mass / (outline + 1e-6), "slant": -shear, "width": width}
