"""Projections of codes onto a plane: t-SNE, which preserves neighborhoods, and PCA, which preserves directions.

van der Maaten & Hinton 2008, "Visualizing data using t-SNE", JMLR 9; computed by scikit-learn. t-SNE moves points
until each one has the same neighbors on the plane as in the space of the codes. Distances between clusters and the
sizes of clusters carry little information, and there is no function for a new code: its position is interpolated from
the codes nearest to it. PCA, and the latent space of a VAE with two dimensions, are affine functions of the code.

`make` computes the projections of the stacked autoencoder's codes that are in `weights/`, and beside them the latent
space of the VAE. They contain codes and positions, no image of the data set.
"""

from functools import cache

import numpy as np

from genmodels import weights

N_NEAREST = 5  # codes from which the position of a new one is interpolated
PROJECTIONS = ("tsne", "pca", "vae")
N_IMAGES = 2000  # the first test images, in `weights/`


@cache
def load() -> dict[str, np.ndarray]:
    """The pretrained projections, as `make` gives them, with the functions of `add_affine`. Shared: read-only.

    Raises `weights.WeightsError` if the file is missing or damaged.
    """
    return add_affine(weights.arrays("autoencoders_latent_map", ".arrays.npz"))


def make(codes: np.ndarray, vae_codes: np.ndarray, labels: np.ndarray, *, seed: int = 0) -> dict[str, np.ndarray]:
    """Three projections of the same images: codes (n, d), vae_codes (n, 2), which are means of a VAE, and labels (n,).

    Gives `codes` (n, d) and `vae_codes` (n, 2) float16, `label` (n,) uint8, and the positions `tsne`, `pca` and `vae`,
    each (n, 2) float32 as of `tsne`. Raises `ValueError` if the shapes do not agree.
    """
    if codes.ndim != 2 or vae_codes.shape != (len(codes), 2) or labels.shape != (len(codes),):
        shapes = f"{codes.shape}, {vae_codes.shape} and {labels.shape}"
        raise ValueError(f"codes (n, d), vae_codes (n, 2) and labels (n,) expected, got {shapes}")
    codes, vae_codes = codes.astype("float16"), vae_codes.astype("float16")  # the positions are of the stored codes
    positions = {"tsne": tsne(codes, seed=seed), "pca": pca(codes), "vae": _rescale(vae_codes.astype("float64"))}
    return {"codes": codes, "vae_codes": vae_codes, "label": labels.astype("uint8")} | positions


def add_affine(projections: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same arrays with `pca_affine` (d + 1, 2) and `vae_affine` (3, 2): see `fit_affine`."""
    return projections | {
        "pca_affine": fit_affine(projections["codes"], projections["pca"]),
        "vae_affine": fit_affine(projections["vae_codes"], projections["vae"]),
    }


def project(
    projections: dict[str, np.ndarray], method: str, code: np.ndarray, vae_code: np.ndarray
) -> tuple[np.ndarray, list[int]]:
    """The position of a new image, (2,) float32, and the rows of the codes nearest to its code.

    projections: of `load` or `add_affine`; method: one of PROJECTIONS; code (d,) and vae_code (2,) of the new image.
    The position may lie outside [-1, 1]. Raises `ValueError` for an unknown method.
    """
    if method not in PROJECTIONS:
        raise ValueError(f"method must be one of {', '.join(PROJECTIONS)}, got {method!r}")
    codes, own_code = (projections["vae_codes"], vae_code) if method == "vae" else (projections["codes"], code)
    if method == "tsne":
        position = interpolate_position(codes, projections[method], own_code)
    else:
        position = apply_affine(projections[f"{method}_affine"], own_code)
    return position, nearest(codes, own_code).tolist()


# --- methods ------------------------------------------------------------------------------------


def tsne(codes: np.ndarray, *, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    """t-SNE, (n, d) to (n, 2) float32 around (0, 0), coordinates in [-1, 1]. A few thousand codes take a minute.

    perplexity: about the number of neighbors that each code considers. Raises `ValueError` for fewer codes than that.
    """
    from sklearn.manifold import TSNE

    if len(codes) <= perplexity:
        raise ValueError(f"{len(codes)} codes are too few for a perplexity of {perplexity:g}")
    estimator = TSNE(2, perplexity=perplexity, init="pca", random_state=seed)
    return _rescale(estimator.fit_transform(np.asarray(codes, "float32")))


def pca(codes: np.ndarray) -> np.ndarray:
    """PCA, (n, d) to (n, 2) float32: the two directions of largest variance, scaled as `tsne`."""
    from sklearn.decomposition import PCA

    return _rescale(PCA(2).fit_transform(np.asarray(codes, "float64")))


def _rescale(positions: np.ndarray) -> np.ndarray:
    centered = positions - (positions.max(axis=0) + positions.min(axis=0)) / 2
    return (centered / max(float(np.abs(centered).max()), 1e-12)).astype("float32")


# --- new codes ----------------------------------------------------------------------------------


def nearest(codes: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Rows of the N_NEAREST codes, the nearest first: (n, d) and (d,) to (5,) int64."""
    return np.argsort(_squared_distances(codes, code), kind="stable")[:N_NEAREST]


def interpolate_position(codes: np.ndarray, positions: np.ndarray, code: np.ndarray) -> np.ndarray:
    """The position of a new code on a map without a function: (n, d), (n, 2) and (d,) to (2,) float32.

    The mean of the positions of the N_NEAREST codes, weighted by 1 / distance^2.
    """
    rows = nearest(codes, code)
    w = 1 / np.maximum(_squared_distances(codes, code)[rows], 1e-12)
    return (w @ positions[rows] / w.sum()).astype("float32")


def fit_affine(codes: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The affine function from codes (n, d) to positions (n, 2) by least squares: (d + 1, 2), the last row is the bias.

    For projections that are affine, as PCA, it is exact; so only the positions have to be stored.
    """
    with_one = np.column_stack([np.asarray(codes, "float64"), np.ones(len(codes))])
    return np.linalg.lstsq(with_one, np.asarray(positions, "float64"), rcond=None)[0]


def apply_affine(function: np.ndarray, code: np.ndarray) -> np.ndarray:
    """The position (2,) float32 of a code (d,) by a function of `fit_affine`."""
    return (np.append(np.asarray(code, "float64"), 1) @ function).astype("float32")


def _squared_distances(codes: np.ndarray, code: np.ndarray) -> np.ndarray:
    return np.square(np.asarray(codes, "float64") - np.asarray(code, "float64")).sum(axis=1)


# --- quality and images -------------------------------------------------------------------------


def neighbor_purity(positions: np.ndarray, labels: np.ndarray, *, k: int = 10) -> float:
    """The fraction of the k nearest neighbors of each point that have its label, mean over all points, in [0, 1]."""
    from scipy.spatial import cKDTree

    rows = cKDTree(positions).query(positions, k=k + 1)[1][:, 1:]  # the nearest is the point itself
    return float((labels[rows] == labels[:, None]).mean())


def thumbnail_map(positions: np.ndarray, images: np.ndarray, size: tuple[int, int], *, min_distance: int) -> np.ndarray:
    """Images (n, h, w) float in [0, 1] drawn at their positions (n, 2): `size` (height, width) float32.

    An image whose center is less than `min_distance` pixels from that of an earlier one is left out.
    """
    h, w = images.shape[1:]
    out = np.zeros(size, "float32")
    low, high = positions.min(axis=0), positions.max(axis=0)
    unit = (positions - low) / (high - low) * (1, -1) + (0, 1)  # the second coordinate points upwards
    corners = (unit * (size[1] - w, size[0] - h)).round().astype(int)
    placed: list[np.ndarray] = []
    for (x, y), image in zip(corners, images, strict=True):
        if placed and np.square(np.array(placed) - (x, y)).sum(axis=1).min() < min_distance**2:
            continue
        placed.append(np.array([x, y]))
        out[y : y + h, x : x + w] = np.maximum(out[y : y + h, x : x + w], image)
    return out


def image_sheet(images: np.ndarray, columns: int) -> np.ndarray:
    """Images (n, h, w) tiled row by row, `columns` per row; zeros fill the last row: (H, W) of the same dtype."""
    from genmodels.media.images import tile

    padded = np.zeros((-(-len(images) // columns) * columns, *images.shape[1:]), images.dtype)
    padded[: len(images)] = images
    return tile(padded.reshape(-1, columns, *images.shape[1:]))
