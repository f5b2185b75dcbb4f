"""Training of a GAN as a generator of reports, which a page can show while it runs.

The step itself is in `train_step`, its losses in `losses`. Training seeks an equilibrium of two losses instead of a
minimum, so no loss measures the image quality. A report therefore also holds the discriminator's accuracy, images from
fixed latent vectors and, with a classifier, the diversity of the generated images and their Frechet distance to real
ones (`metrics`).
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genmodels.gan import metrics
from genmodels.gan import model as gan
from genmodels.gan.model import GAN, Hyperparameters
from genmodels.gan.train_step import Controls, create_train_state, default_controls, train_step
from genmodels.media.images import tile

N_SAMPLES = 500  # generated images per measurement of diversity and Frechet distance
N_REFERENCE = 2000  # real images for the Frechet distance


@dataclass(frozen=True)
class Step:
    """A report of a running training."""

    done: int  # generator steps
    total: int
    losses: dict[str, float]  # "discriminator" and "generator", of the last batch
    accuracy: dict[str, float]  # of the discriminator in [0, 1], on "real" and on "fake" images
    image: np.ndarray  # grid of samples from the fixed latent vectors, (H, W) or (H, W, 3) uint8
    model: GAN  # with the averaged generator; still training: read-only
    images_per_second: float
    seconds: float  # of computation since the start
    diversity: dict | None  # last measurement, see `metrics.diversity_metrics`; None without a classifier
    frechet_distance: float | None  # last measurement, in the classifier's features


def fixed_latents(model: GAN, seed: int) -> tuple[np.ndarray, np.ndarray | None, int]:
    """Latent vectors for a grid of samples, their labels, and the number of columns.

    8 x 8; for a conditional model 6 rows with one column per class.
    """
    if not model.classes:
        return gan.sample_latents(model, 64, seed), None, 8
    return gan.sample_latents(model, 6 * model.classes, seed), np.tile(np.arange(model.classes), 6), model.classes


def batches(
    data: np.ndarray, labels: np.ndarray | None, batch_size: int, k: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """One epoch in random order: (k, batch_size, h, w[, 3]) uint8 and (k, batch_size) labels, without a remainder."""
    order = rng.permutation(len(data))
    for start in range(0, len(data) - k * batch_size + 1, k * batch_size):
        rows = order[start : start + k * batch_size].reshape(k, batch_size)
        yield data[rows], None if labels is None else labels[rows]


def train(
    data: np.ndarray,
    labels: np.ndarray | None = None,
    *,
    architecture: str,
    hyperparameters: Hyperparameters = gan.DEFAULT_HYPERPARAMETERS,
    epochs: int = 10,
    batch_size: int = 64,
    seed: int = 0,
    controls: Controls | None = None,
    report_every: int = 10,
    measure_every: int = 100,
    classifier: Any = None,
) -> Iterator[Step]:
    """Train a new GAN on images (n, h, w) or (n, h, w, 3) uint8; with labels (n,), a conditional GAN.

    Yields a Step after the first step, every `report_every` steps, and at the end. controls: read before every step.
    classifier: of `metrics.load_classifier`, to measure diversity and Frechet distance every `measure_every` steps, or
    None. Raises `ValueError` on images of another shape, and on fewer images than one step needs.
    """
    classes = 0 if labels is None else int(np.max(labels)) + 1
    model = gan.build(architecture, classes=classes, hyperparameters=hyperparameters, seed=seed)
    images_per_step = hyperparameters.discriminator_steps * batch_size
    if gan.scale_images(data[:1], hyperparameters).shape[1:] != model.shape:
        raise ValueError(f"{architecture} expects images of shape {model.shape}, got {data.shape[1:]}")
    if len(data) < images_per_step:
        raise ValueError(f"one step needs at least {images_per_step} images, got {len(data)}")
    controls = controls or default_controls(hyperparameters)
    rng = np.random.default_rng(seed)
    state = create_train_state(model)
    z, fixed_labels, columns = fixed_latents(model, seed)
    evaluate = None if classifier is None else _evaluator(classifier, data[rng.permutation(len(data))[:N_REFERENCE]])
    measurement: tuple[dict | None, float | None] = None, None
    total, last_measured = epochs * (len(data) // images_per_step), 0
    seconds, last_report, clock = 0.0, (0, 0.0), time.perf_counter()
    for _ in range(epochs):
        for real, real_labels in batches(data, labels, batch_size, hyperparameters.discriminator_steps, rng):
            factor = 1 - hyperparameters.lr_decay * state.done / total
            decayed = replace(
                controls,
                discriminator_learning_rate=factor * controls.discriminator_learning_rate,
                generator_learning_rate=factor * controls.generator_learning_rate,
            )
            numbers = train_step(state, real, real_labels, decayed, rng)
            done, is_slow_motion = state.done, controls.pause_seconds > 0
            if not is_slow_motion and done % report_every and done not in (1, total):
                continue
            if evaluate is not None and (done - last_measured >= measure_every or done in (1, total)):
                measurement, last_measured = evaluate(_generate_samples(state.ema_model, N_SAMPLES, rng)), done
            samples = gan.generate(state.ema_model, z, fixed_labels)
            grid = tile(samples.reshape(-1, columns, *samples.shape[1:]))
            seconds += time.perf_counter() - clock
            images_per_second = (done - last_report[0]) * images_per_step / max(seconds - last_report[1], 1e-9)
            last_report = done, seconds
            losses = {name: numbers[name] for name in ("discriminator", "generator")}
            accuracy = {name: numbers[name] for name in ("real", "fake")}
            yield Step(done, total, losses, accuracy, grid, state.ema_model, images_per_second, seconds, *measurement)
            if is_slow_motion:
                time.sleep(controls.pause_seconds)
            clock = time.perf_counter()  # the time that the consumer of the report takes is not counted


def _evaluator(classifier: Any, real: np.ndarray) -> Callable[[np.ndarray], tuple[dict, float]]:
    """A function of generated images: their diversity, and their Frechet distance to `real`."""
    real_features = metrics.features(classifier, real)

    def evaluate(generated: np.ndarray) -> tuple[dict, float]:
        distance = metrics.frechet_distance(real_features, metrics.features(classifier, generated))
        return metrics.diversity_metrics(classifier, generated), distance

    return evaluate


def _generate_samples(model: GAN, n: int, rng: np.random.Generator) -> np.ndarray:
    labels = rng.integers(model.classes, size=n) if model.classes else None
    return gan.generate(model, gan.sample_prior(model.hyperparameters, (n, model.latent_dim), rng), labels)
