"""How adversarial networks learn: step after step, reported as a page can show it.

A step is in `gan_steps`, its losses in `gan_losses`. Training is a moving equilibrium, not a descent: no
loss says how good the pictures are. So what is reported beside the losses is how often the discriminator
is right, what the same codes are drawn as, and, where a classifier is at hand, whether all kinds of things
are drawn and how far the drawn pictures are from real ones (`gan_measures`).
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genmodels.gan import metrics as gan_metrics
from genmodels.gan import model as gan
from genmodels.gan.model import GAN, Hyperparameters

# Whoever trains looks for them here.
from genmodels.gan.train_step import Controls, Learner, Replay, advance, controls_of, learner  # noqa: F401
from genmodels.media.images import tile

SAMPLES = 500  # drawn for the collapse meter and the distance of a running training
REFERENCE = 2000  # real pictures that the distance is taken to


@dataclass(frozen=True)
class Step:
    """One report of a running training."""

    done: int  # steps: one of the generator each
    total: int
    losses: dict[str, float]  # "discriminator" and "generator", of the latest batch
    accuracy: dict[str, float]  # "real" and "fake": share of each that the discriminator got right
    image: np.ndarray  # the wall of fixed codes as it is now, (H, W) or (H, W, 3) uint8
    model: GAN  # as it is now, its generator averaged; still learning: for reading only
    images_per_second: float
    seconds: float  # of work, since the start
    collapse: dict | None  # as last measured, see `gan_measures.collapse`; None without a classifier
    distance: float | None  # Frechet distance in the classifier's features, as last measured


def wall(model: GAN, seed: int) -> tuple[np.ndarray, np.ndarray | None, int]:
    """Codes that stay the same through a training, their labels, and how many stand in a row.

    8 rows of 8; of a conditional model 6 rows with a class to each column.
    """
    if not model.classes:
        return gan.sample_latents(model, 64, seed), None, 8
    return gan.sample_latents(model, 6 * model.classes, seed), np.tile(np.arange(model.classes), 6), model.classes


def batches(
    data: np.ndarray, labels: np.ndarray | None, size: int, k: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """One epoch: (k, size, h, w[, 3]) uint8 and (k, size) labels, in a new order, the remainder left out."""
    order = rng.permutation(len(data))
    for start in range(0, len(data) - k * size + 1, k * size):
        rows = order[start : start + k * size].reshape(k, size)
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
    """Train a fresh GAN on pictures (n, h, w) or (n, h, w, 3) uint8; with labels (n,), a conditional one.

    A Step comes after the first batch, every `report_every`, and at the end; the last comes when all is
    done. controls: read at every step, so that a running training can be changed. classifier: of
    `gan_measures.classifier`, to measure collapse and distance every `measure_every` steps, or None.
    Raises `ValueError` on data of another shape or of fewer rows than a step takes.
    """
    classes = 0 if labels is None else int(np.max(labels)) + 1
    model = gan.build(architecture, classes=classes, hyperparameters=hyperparameters, seed=seed)
    k = hyperparameters.discriminator_steps
    if gan.scale_images(data[:1], hyperparameters).shape[1:] != model.shape:
        raise ValueError(f"{architecture} takes pictures of {model.shape}, got {data.shape[1:]}")
    if len(data) < k * batch_size:
        raise ValueError(f"at least {k * batch_size} pictures are needed for a step, got {len(data)}")
    controls = controls or controls_of(hyperparameters)
    rng = np.random.default_rng(seed)
    learning = learner(model)
    z, wanted, columns = wall(model, seed)
    meter = None if classifier is None else _meter(classifier, data[rng.permutation(len(data))[:REFERENCE]])
    found: tuple[dict | None, float | None] = None, None
    total, measured = epochs * (len(data) // (k * batch_size)), 0
    seconds, last, clock = 0.0, (0, 0.0), time.perf_counter()
    for _ in range(epochs):
        for real, rows in batches(data, labels, batch_size, k, rng):
            left = 1 - hyperparameters.lr_decay * learning.done / total
            rates = {
                name: left * getattr(controls, name)
                for name in ("discriminator_learning_rate", "generator_learning_rate")
            }
            numbers = advance(learning, real, rows, replace(controls, **rates), rng)
            done, slow = learning.done, controls.pause_between > 0
            if not slow and done % report_every and done not in (1, total):
                continue
            if meter is not None and (done - measured >= measure_every or done in (1, total)):
                found, measured = meter(_drawn(learning.shown, SAMPLES, rng)), done
            image = gan.generate(learning.shown, z, wanted)
            image = tile(image.reshape(-1, columns, *image.shape[1:]))
            seconds += time.perf_counter() - clock
            speed = (done - last[0]) * k * batch_size / max(seconds - last[1], 1e-9)
            last = done, seconds
            losses = {name: numbers[name] for name in ("discriminator", "generator")}
            right = {name: numbers[name] for name in ("real", "fake")}
            yield Step(done, total, losses, right, image, learning.shown, speed, seconds, *found)
            if slow:
                time.sleep(controls.pause_between)
            clock = time.perf_counter()  # what a page does meanwhile is not ours


def _meter(classifier: Any, real: np.ndarray) -> Any:
    """f(drawn pictures) to their collapse and their distance from `real`."""
    reference = gan_metrics.features(classifier, real)

    def measure(drawn: np.ndarray) -> tuple[dict, float]:
        distance = gan_metrics.frechet_distance(reference, gan_metrics.features(classifier, drawn))
        return gan_metrics.diversity_metrics(classifier, drawn), distance

    return measure


def _drawn(model: GAN, n: int, rng: np.random.Generator) -> np.ndarray:
    labels = rng.integers(model.classes, size=n) if model.classes else None
    return gan.generate(model, gan.sample_prior(model.hyperparameters, (n, model.latent_dim), rng), labels)
