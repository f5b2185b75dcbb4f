"""Paths and directions in the latent spaces Z and W of a StyleGAN, its noise, its mapping network in two dimensions."""

from collections.abc import Sequence

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


def closed_path(z: np.ndarray, steps: int) -> np.ndarray:
    """A closed path through z (n, d) and back to the first: (n * steps, d), spherical interpolations of equal length.

    Row k * steps is z[k], scaled to length sqrt(d).
    """
    t = np.arange(steps, dtype="float32")[:, None] / steps
    return np.concatenate([slerp(a[None], b[None], t) for a, b in zip(z, np.roll(z, -1, axis=0), strict=True)])


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


def total_variance(model: StyleGAN, label: int, *, seed: int = 0) -> float:
    """The variance of w of a class, summed over its dimensions: the principal directions explain a part of it."""
    z = style_gan.sample_latents(model, N_SAMPLES, seed)
    return float(style_gan.map_latents(model, z, np.full(N_SAMPLES, label)).var(axis=0, ddof=1).sum())


def shift_along(w: np.ndarray, directions: np.ndarray, deviations: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """w + sum_k amounts_k deviations_k directions_k: w (..., W_DIM), amounts (k,) in standard deviations."""
    return (w + (np.asarray(amounts) * deviations) @ directions).astype("float32")


def plane(w: np.ndarray, u: np.ndarray, v: np.ndarray, *, size: int, extent: float) -> np.ndarray:
    """A 2-D slice of W: (size, size, W_DIM) at w + x u + y v, x and y from -extent to extent; y falls with the row."""
    x = np.linspace(-extent, extent, size, dtype="float32")
    return (w + x[None, :, None] * u + x[::-1][:, None, None] * v).astype("float32")


def mask_noise(model: StyleGAN, noise: np.ndarray, layers: Sequence[int]) -> np.ndarray:
    """Noise (n, noise_size) that is 0 in all layers except `layers`. Karras et al. 2019, figure 5."""
    sizes = [size**2 for size in model.layer_sizes]
    is_used = np.repeat(np.isin(np.arange(len(sizes)), list(layers)), sizes)
    return np.where(is_used, noise, 0).astype("float32")


def noise_deviation(
    model: StyleGAN, w: np.ndarray, *, n: int = 32, seed: int = 0, layers: Sequence[int] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Images of one w (layers, W_DIM) with n different noises, uint8, and their standard deviation per pixel in [0, 1].

    The deviation (r, r) is the mean over the color channels. layers: those with noise; None: all. Karras et al. 2019,
    figure 4.
    """
    noise = style_gan.sample_noise(model, n, seed)
    noise = noise if layers is None else mask_noise(model, noise, layers)
    images = style_gan.synthesize(model, np.repeat(w[None], n, axis=0), noise)
    deviation = images.astype("float32").std(axis=0) / 255
    return images, deviation if deviation.ndim == 2 else deviation.mean(axis=2)


def step_distances(images: np.ndarray) -> np.ndarray:
    """Root mean square difference of the pixels of neighbors in a path, in [0, 1]: (n, h, w[, 3]) uint8 to (n - 1,)."""
    x = images.astype("float32").reshape(len(images), -1) / 255
    return np.sqrt(np.square(np.diff(x, axis=0)).mean(axis=1))


# --- what the mapping network does to a part of the sphere ------------------------------------


def sphere_patch(z: np.ndarray, positions: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Points of a 2-D part of the sphere around z (d,): positions (n, 2) in radians to (n, d), of length sqrt(d).

    The distance of a position from (0, 0) is the angle to z, its direction that of a great circle through z (azimuthal
    equidistant projection). The mapping network normalizes z, so a plane through 0 would lose one dimension.
    The two directions are random: seed.
    """
    z = z / np.linalg.norm(z)
    axes = np.random.default_rng(seed).standard_normal((len(z), 2))
    axes = np.linalg.qr(np.column_stack([z, axes]))[0][:, 1:]  # (d, 2), orthonormal and orthogonal to z
    angle = np.linalg.norm(positions, axis=1, keepdims=True)
    direction = positions / np.maximum(angle, 1e-9) @ axes.T
    return ((np.cos(angle) * z + np.sin(angle) * direction) * len(z) ** 0.5).astype("float32")


def mapping_layers(model: StyleGAN, z: np.ndarray, label: int) -> list[np.ndarray]:
    """The outputs of the layers of the mapping network for z (n, latent_dim) of a class; the last one is w (n, W_DIM).

    The first is z after its normalization, without the label.
    """
    from genmodels.progressive_gan.layers import leaky_relu, pixel_norm

    x = np.asarray(pixel_norm(z))
    outputs, mapping = [x], model.generator.mapping
    if mapping.embedding is not None:
        labels = style_gan.one_hot(model, np.full(len(z), label), len(z))
        x = np.concatenate([x, np.asarray(pixel_norm(mapping.embedding(labels)))], axis=1)
    for layer in mapping.stack:
        x = np.asarray(leaky_relu(layer(x)))
        outputs.append(x)
    return outputs


def project_to_plane(x: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, float]:
    """The first two principal components of x (n, d) as (n, 2), and their part of the variance.

    They are rotated or reflected such that the squared distance to reference (n, 2) is smallest (orthogonal
    Procrustes), and scaled to its root mean square length.
    """
    x, reference = x - x.mean(axis=0), reference - reference.mean(axis=0)
    u, deviations, _ = np.linalg.svd(x, full_matrices=False)
    plane = u[:, :2] * deviations[:2]
    left, _, right = np.linalg.svd(plane.T @ reference)
    plane = plane @ (left @ right)
    plane *= np.sqrt(np.square(reference).sum() / max(float(np.square(plane).sum()), 1e-12))
    return plane.astype("float32"), float(np.square(deviations[:2]).sum() / max(np.square(deviations).sum(), 1e-12))
