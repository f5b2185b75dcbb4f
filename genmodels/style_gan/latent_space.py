"""Directions and paths in the latent spaces Z and W of a StyleGAN."""

import numpy as np

from genmodels.style_gan import model as style_gan
from genmodels.style_gan.model import StyleGAN

N_DIRECTIONS = 10
N_SAMPLES = 4096  # latent vectors of which the principal components are computed


def slerp(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Spherical interpolation of the rows: sin((1 - t) omega) / sin omega a + sin(t omega) / sin omega b.

    a, b: (n, d); t: (n, 1) or a number. Shoemake 1985. The mapping network normalizes z, so a path on the sphere is the
    one with constant speed.
    """
    a, b = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (a, b))
    omega = np.arccos(np.clip((a * b).sum(axis=1, keepdims=True), -1, 1))
    sine = np.maximum(np.sin(omega), 1e-6)
    point = np.sin((1 - t) * omega) / sine * a + np.sin(t * omega) / sine * b
    return (point * a.shape[1] ** 0.5).astype("float32")  # a standard normal vector has about this length


def path(model: StyleGAN, a: np.ndarray, b: np.ndarray, label: int, *, space: str, steps: int) -> np.ndarray:
    """w (steps, W_DIM) of a path from a to b, both (latent_dim,), through one class.

    space: "z", a spherical interpolation, each point mapped to w; or "w", a linear one. Raises `ValueError` for another
    space.
    """
    labels, t = np.full(steps, label), np.linspace(0, 1, steps, dtype="float32")[:, None]
    if space == "z":
        return style_gan.map_latents(model, slerp(a[None], b[None], t), labels)
    if space != "w":
        raise ValueError(f"space must be 'z' or 'w', got {space!r}")
    start, end = style_gan.map_latents(model, np.stack([a, b]), labels[:2])
    return start + t * (end - start)


def principal_directions(model: StyleGAN, label: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Principal components of w of a class: directions (N_DIRECTIONS, W_DIM), of length 1, and standard deviations.

    Härkönen et al. 2020, "GANSpace", arXiv:2004.02546, section 2. The sign is such that the largest entry is positive.
    """
    z = style_gan.sample_latents(model, N_SAMPLES, seed)
    w = style_gan.map_latents(model, z, np.full(N_SAMPLES, label))
    _, deviations, directions = np.linalg.svd(w - w.mean(axis=0), full_matrices=False)
    directions = directions[:N_DIRECTIONS]
    signs = np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)])
    return directions * signs[:, None], deviations[:N_DIRECTIONS] / (N_SAMPLES - 1) ** 0.5


def shift_along(w: np.ndarray, directions: np.ndarray, deviations: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """w + sum_k amounts_k deviations_k directions_k: w (..., W_DIM), amounts (k,) in standard deviations."""
    return (w + (np.asarray(amounts) * deviations) @ directions).astype("float32")


def plane(w: np.ndarray, u: np.ndarray, v: np.ndarray, *, size: int, extent: float) -> np.ndarray:
    """A 2-D slice of W: (size, size, W_DIM) at w + x u + y v, x and y from -extent to extent; y falls with the row."""
    x = np.linspace(-extent, extent, size, dtype="float32")
    return (w + x[None, :, None] * u + x[::-1][:, None, None] * v).astype("float32")


def noise_deviation(model: StyleGAN, w: np.ndarray, *, n: int = 32, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Images of one w (layers, W_DIM) with n different noises, uint8, and their standard deviation per pixel in [0, 1].

    The deviation (r, r) is the mean over the color channels. Karras et al. 2019, figure 4.
    """
    images = style_gan.synthesize(model, np.repeat(w[None], n, axis=0), style_gan.sample_noise(model, n, seed))
    deviation = images.astype("float32").std(axis=0) / 255
    return images, deviation if deviation.ndim == 2 else deviation.mean(axis=2)
