"""Metrics of a StyleGAN: path length in Z and in W, variance that comes from z, diversity within a class.

The Fréchet distance and the classifier are those of `gan.metrics`.
"""

from typing import Any

import numpy as np

from genmodels.gan import metrics as gan_metrics
from genmodels.style_gan import model as style_gan
from genmodels.style_gan.latent_space import slerp
from genmodels.style_gan.model import StyleGAN

EPSILON = 1e-2  # step along a path: 8-bit images would hide a step of 1e-4, as in the paper
SPACES = ("z", "w")


def classifier_input(images: np.ndarray, classifier: Any) -> np.ndarray:
    """Images cropped to the size that the classifier was trained on."""
    return style_gan.crop_images(images, classifier.shape[0])


def sample_images(model: StyleGAN, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """n images of all classes in turn, with noise, uint8, and their labels (n,)."""
    labels = np.arange(n) % model.classes
    z = style_gan.sample_latents(model, n, seed)
    chunks = []
    for k in range(0, n, style_gan.CHUNK):
        rows = slice(k, k + style_gan.CHUNK)
        noise = style_gan.sample_noise(model, len(z[rows]), seed + 1000 + k)
        chunks.append(style_gan.generate(model, z[rows], labels[rows], noise=noise))
    return np.concatenate(chunks), labels


def perceptual_path_length(model: StyleGAN, classifier: Any, *, space: str, n: int = 1000, seed: int = 0) -> float:
    """E[|f(G(p(t + eps))) - f(G(p(t)))|^2] / eps^2 along paths p between two random latent vectors of a class.

    Karras et al. 2019, section 4.1, with the features f of a classifier in place of VGG16, in float32 and without
    rounding to 8 bits. space: "z", a spherical interpolation mapped point by point, or "w", a linear interpolation.
    No noise. Raises `ValueError` for another space.
    """
    if space not in SPACES:
        raise ValueError(f"space must be one of {', '.join(SPACES)}, got {space!r}")
    rng = np.random.default_rng(seed)
    z = style_gan.sample_latents(model, 2 * n, seed).reshape(2, n, -1)
    labels, t = np.arange(n) % model.classes, rng.random((n, 1), dtype="float32")
    points = []
    for step in (t, t + EPSILON):
        if space == "z":
            w = style_gan.map_latents(model, slerp(z[0], z[1], step), labels)
        else:
            a, b = (style_gan.map_latents(model, each, labels) for each in z)
            w = a + step * (b - a)
        points.append(_features(model, classifier, w))
    return float((np.square(points[1] - points[0]).sum(axis=1) / EPSILON**2).mean())


def _features(model: StyleGAN, classifier: Any, w: np.ndarray) -> np.ndarray:
    """Features of the images of w without noise, before they are rounded to 8 bits: (n, d) float32."""
    rows = []
    for k in range(0, len(w), style_gan.CHUNK):
        part = style_gan.repeat_for_layers(model, w[k : k + style_gan.CHUNK])
        noise = np.zeros((len(part), model.generator.synthesis.noise_size), "float32")
        images = np.clip(np.asarray(model.generator.synthesis(part, noise)) / 2 + 0.5, 0, 1)
        rows.append(np.asarray(classifier.predict(style_gan.crop_images(images, classifier.shape[0]))[0]))
    return np.concatenate(rows)


def latent_variance_fraction(model: StyleGAN, *, n_latents: int = 100, n_noise: int = 8, seed: int = 0) -> float:
    """The fraction of the variance of the pixels, within a class, that comes from z; the rest comes from the noise.

    One way analysis of variance: n_latents per class, n_noise images of each. Near 0 if the network ignores its input.
    """
    from_z = total = 0.0
    for k in range(model.classes):
        z = style_gan.sample_latents(model, n_latents, seed + k)
        w = style_gan.map_latents(model, z, np.full(n_latents, k))
        noise = style_gan.sample_noise(model, n_latents * n_noise, seed + 100 + k)
        images = style_gan.synthesize(model, np.repeat(w, n_noise, axis=0), noise).astype("float32")
        images = images.reshape(n_latents, n_noise, -1)
        within = images.var(axis=1, ddof=1).mean()  # from the noise
        from_z += float(images.mean(axis=1).var(axis=0, ddof=1).mean() - within / n_noise)
        total += float(within)
    return from_z / (from_z + total)


def class_diversity(images: np.ndarray, labels: np.ndarray, real: np.ndarray, real_labels: np.ndarray) -> float:
    """Mean pairwise distance within a class divided by that of real images; mean over the classes."""
    ratios = []
    for k in np.unique(labels):
        ours, theirs = images[labels == k], real[real_labels == k]
        n = min(len(ours), len(theirs))
        ratios.append(gan_metrics.mean_pairwise_distance(ours[:n]) / gan_metrics.mean_pairwise_distance(theirs[:n]))
    return float(np.mean(ratios))


def evaluate(
    model: StyleGAN, classifier: Any, real: np.ndarray, real_labels: np.ndarray, *, n: int = 5000, seed: int = 2
) -> dict[str, float]:
    """The metrics of a model card. real: test images (m, h, w[, 3]) uint8, at the size of the data."""
    images, labels = sample_images(model, n, seed)
    images = classifier_input(images, classifier)
    features = (gan_metrics.features(classifier, each) for each in (real[:n], images))
    values = {
        "frechet_distance": gan_metrics.frechet_distance(*features),
        "label_accuracy": float((gan_metrics.labels(classifier, images) == labels).mean()),
        "class_diversity": class_diversity(images, labels, real, real_labels),
        "mean_pairwise_distance": gan_metrics.mean_pairwise_distance(images[:1000]),
        "path_length_z": perceptual_path_length(model, classifier, space="z"),
        "path_length_w": perceptual_path_length(model, classifier, space="w"),
        "latent_variance_fraction": latent_variance_fraction(model),
    }
    return {name: round(value, 4) for name, value in values.items()} | {"samples": n}
