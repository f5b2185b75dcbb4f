"""Codes of many numbers as points on a plane: by t-SNE, which keeps neighbours, and by PCA, which keeps directions.

van der Maaten & Hinton 2008, "Visualizing data using t-SNE", JMLR 9; computed by scikit-learn. t-SNE moves points
until each has the same neighbours on the plane as in the space it comes from; what is far apart on its map, and
how large a heap is, says little. It gives places, not a function: where a new code belongs is asked of the
codes it is nearest to. PCA, and the mean of a VAE with two codings, are functions: they put a new code exactly.

`make` computes the map of the stacked autoencoder's codes that is shipped, and beside it the plane of the VAE: no
picture of the data set is in it.
"""

from functools import cache

import numpy as np

from genmodels import weights

NEAREST = 5  # codes that say where a new one belongs
KINDS = ("tsne", "pca", "vae")
ROWS = 2000  # pictures on the shipped map: the first held-out ones


@cache
def load() -> dict[str, np.ndarray]:
    """The shipped map, as `make` gives it; shared, so read it only.

    Raises `weights.WeightsError` where it is missing or damaged.
    """
    return weights.arrays("autoencoders_latent_map", ".arrays.npz")


def make(codes: np.ndarray, vae_codes: np.ndarray, labels: np.ndarray, *, seed: int = 0) -> dict[str, np.ndarray]:
    """Three maps of the same pictures: codes (n, d) of an autoencoder, vae_codes (n, 2) means of a VAE, labels (n,).

    Gives `codes` (n, d) and `vae_codes` (n, 2) float16, `label` (n,) uint8, and the places `tsne`, `pca` and `vae`,
    each (n, 2) float32 as `tsne` gives them. Raises `ValueError` where the three do not belong together.
    """
    if codes.ndim != 2 or vae_codes.shape != (len(codes), 2) or labels.shape != (len(codes),):
        shapes = f"{codes.shape}, {vae_codes.shape} and {labels.shape}"
        raise ValueError(f"codes (n, d), vae_codes (n, 2) and labels (n,) expected, got {shapes}")
    codes, vae_codes = codes.astype("float16"), vae_codes.astype("float16")  # first: the places are of what is kept
    places = {"tsne": tsne(codes, seed=seed), "pca": pca(codes), "vae": _fitted(vae_codes.astype("float64"))}
    return {"codes": codes, "vae_codes": vae_codes, "label": labels.astype("uint8")} | places


def own(chart: dict[str, np.ndarray], kind: str, code: np.ndarray, vae_code: np.ndarray) -> tuple[np.ndarray, list]:
    """Where on one of `KINDS` of maps a new picture belongs, (2,) float32, and the rows of the codes nearest to its.

    chart: what `make` gave. code: (d,) and vae_code: (2,), of the new picture; it may lie beyond the map.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    codes, its = (chart["vae_codes"], vae_code) if kind == "vae" else (chart["codes"], code)
    put = place if kind == "tsne" else affine
    return put(codes, chart[kind], its), nearest(codes, its).tolist()


def alike(places: np.ndarray, labels: np.ndarray, *, of: int = 10) -> float:
    """How well a map keeps kinds together: of each point's `of` nearest on it, the share with its label, in [0, 1]."""
    from scipy.spatial import cKDTree

    rows = cKDTree(places).query(places, k=of + 1)[1][:, 1:]  # the nearest of all is the point itself
    return float((labels[rows] == labels[:, None]).mean())


def scattered(places: np.ndarray, pictures: np.ndarray, size: tuple[int, int], *, apart: int) -> np.ndarray:
    """Pictures (n, h, w) float in [0, 1] where a map (n, 2) has them: size (height, width) float32, the map stretched.

    A picture whose middle is less than `apart` pixels from that of one before it is left out.
    """
    h, w = pictures.shape[1:]
    out = np.zeros(size, "float32")
    low, high = places.min(axis=0), places.max(axis=0)
    share = (places - low) / (high - low) * (1, -1) + (0, 1)  # upwards on the map is upwards in the picture
    corners = (share * (size[1] - w, size[0] - h)).round().astype(int)
    taken: list[np.ndarray] = []
    for (x, y), picture in zip(corners, pictures, strict=True):
        if taken and np.square(np.array(taken) - (x, y)).sum(axis=1).min() < apart**2:
            continue
        taken.append(np.array([x, y]))
        out[y : y + h, x : x + w] = np.maximum(out[y : y + h, x : x + w], picture)
    return out


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


def nearest(codes: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Rows of the NEAREST codes, the nearest first: (n, d) and (d,) to (5,) int64."""
    return np.argsort(_apart(codes, code), kind="stable")[:NEAREST]


def place(codes: np.ndarray, places: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Where on a map a code belongs that it was not made with: (n, d), (n, 2) and (d,) to (2,) float32.

    The mean of the places of the NEAREST codes, the nearer the weightier: 1 / distance^2.
    """
    rows = nearest(codes, code)
    shares = 1 / np.maximum(_apart(codes, code)[rows], 1e-12)
    return (shares @ places[rows] / shares.sum()).astype("float32")


def affine(codes: np.ndarray, places: np.ndarray, code: np.ndarray) -> np.ndarray:
    """As `place`, on a map whose places are an affine function of the codes, as PCA's are: the same function of `code`.

    Least squares finds that function from the places themselves, so nothing but the map has to be kept.
    """
    with_one = np.column_stack([np.asarray(codes, "float64"), np.ones(len(codes))])
    function = np.linalg.lstsq(with_one, np.asarray(places, "float64"), rcond=None)[0]  # (d + 1, 2)
    return (np.append(np.asarray(code, "float64"), 1) @ function).astype("float32")


def _apart(codes: np.ndarray, code: np.ndarray) -> np.ndarray:
    return np.square(np.asarray(codes, "float64") - np.asarray(code, "float64")).sum(axis=1)


def _fitted(places: np.ndarray) -> np.ndarray:
    centred = places - (places.max(axis=0) + places.min(axis=0)) / 2
    return (centred / max(float(np.abs(centred).max()), 1e-12)).astype("float32")
