"""Unsupervised pretraining: a classifier whose lower layers are initialized from a trained autoencoder's encoder.

Unlabeled images are plentiful, labels are expensive. An autoencoder is trained on all images without labels; its
encoder becomes the lower part of a classifier that is trained on few labeled images. The encoder is frozen, so that
only the classification layer is trained, or it is fine-tuned. Both are compared with the same network from scratch.

Hands-On Machine Learning, chapter 17, "Unsupervised pretraining using stacked autoencoders" and exercise 9;
Bengio et al. 2007, "Greedy layer-wise training of deep networks".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean, stdev
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.config import IMAGE_SIZE
from genmodels.autoencoders.model import Autoencoder

INITIALIZATIONS = ("scratch", "frozen", "finetuned")
LABELS = (50, 100, 200, 500, 1000, 2000, 5000)  # labeled training images of the stored comparison
N_CLASSES = 10
BATCH_SIZE = 32


@dataclass(frozen=True)
class Result:
    """One trained classifier."""

    labels: int  # labeled training images
    initialization: str  # one of INITIALIZATIONS
    seed: int
    accuracy: float  # on test images, in [0, 1]


@dataclass(frozen=True)
class Summary:
    """All seeds of one initialization and one number of labels."""

    labels: int
    initialization: str
    mean: float  # accuracy, in [0, 1]
    deviation: float  # sample standard deviation over the seeds, 0 for one seed
    n: int  # seeds


@dataclass(frozen=True)
class AccuracyGain:
    """The difference of accuracy between an initialization and "scratch", paired by labeled images and seed."""

    labels: int
    mean: float  # in [-1, 1]
    error: float  # standard error over the seeds, infinite for one seed
    n: int  # pairs

    @property
    def significant(self) -> bool:
        """True if the difference is significant in a two-sided paired t-test at 5 %."""
        from scipy.stats import t

        return self.n > 1 and abs(self.mean) > t.ppf(0.975, self.n - 1) * self.error


@dataclass(frozen=True)
class Step:
    """Progress after each classifier."""

    done: int
    total: int
    results: tuple[Result, ...]  # of all classifiers so far


def stratified_subset(labels: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Rows of n labeled images, balanced over the classes (counts differ by at most one), shuffled: (n,) int.

    Raises `ValueError` if a class has too few rows, or n is below the number of classes.
    """
    rng = np.random.default_rng(seed)
    classes = np.unique(labels)
    if n < len(classes):
        raise ValueError(f"at least one label for each of {len(classes)} classes is needed, got {n}")
    counts = np.full(len(classes), n // len(classes))
    counts[rng.permutation(len(classes))[: n % len(classes)]] += 1
    rows = []
    for cls, count in zip(classes, counts, strict=True):
        class_rows = np.flatnonzero(labels == cls)
        if len(class_rows) < count:
            raise ValueError(f"class {cls} has {len(class_rows)} rows, {count} are needed")
        rows.append(rng.choice(class_rows, count, replace=False))
    return rng.permutation(np.concatenate(rows))


def build(pretrained: Autoencoder, initialization: str, *, seed: int = 0) -> Any:
    """An untrained classifier with the encoder's architecture: a Keras model, (n, 28, 28) in [0, 1] to logits (n, 10).

    It gets a copy of the encoder's weights, or random ones ("scratch"); `pretrained` is not changed. Raises
    `ValueError` for an unknown initialization.
    """
    import keras
    from keras import layers

    if initialization not in INITIALIZATIONS:
        raise ValueError(f"initialization must be one of {', '.join(INITIALIZATIONS)}, got {initialization!r}")
    plain = replace(pretrained.config, noise_type="none", sparsity_penalty="none", greedy=False)
    encoder = autoencoders.build(plain, seed=seed).encoder
    if initialization != "scratch":
        encoder.set_weights(pretrained.encoder.get_weights())
    encoder.trainable = initialization != "frozen"
    image = keras.Input((IMAGE_SIZE, IMAGE_SIZE))
    # Zeros: all classes start with the same probability. The activations of a trained code are large; with random
    # weights the initial loss and its gradients would be large too, and would damage an encoder that is fine-tuned.
    logits = layers.Dense(N_CLASSES, kernel_initializer="zeros", name="logits")(encoder(image))
    return keras.Model(image, logits, name=f"classifier_{initialization}")


def fit(classifier: Any, images: np.ndarray, labels: np.ndarray, *, epochs: int, seed: int = 0) -> None:
    """Train with Adam on (n, 28, 28) uint8 and labels (n,); the batch size is BATCH_SIZE, or n if that is smaller."""
    import keras

    x, size, rng = autoencoders.scale_pixels(images), min(BATCH_SIZE, len(images)), np.random.default_rng(seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile(keras.optimizers.Adam(1e-3), loss, jit_compile=False)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x) - size + 1, size):
            rows = order[start : start + size]
            classifier.train_on_batch(x[rows], labels[rows])


def accuracy(classifier: Any, images: np.ndarray, labels: np.ndarray) -> float:
    """The fraction of images (n, 28, 28) uint8 that are classified correctly."""
    logits = classifier.predict(autoencoders.scale_pixels(images), batch_size=1000, verbose=0)
    return float((logits.argmax(axis=1) == labels).mean())


def compare(
    pretrained: Autoencoder,
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    *,
    labels: Sequence[int] = LABELS,
    seeds: Sequence[int] = range(5),
    training_steps: int = 1500,
) -> Iterator[Step]:
    """Train a classifier for each number of labels, seed and initialization; a seed selects the same labeled images.

    train, test: images (n, 28, 28) uint8 and labels (n,). training_steps: batches per classifier, whatever the number
    of labels.
    """
    results: list[Result] = []
    total = len(labels) * len(seeds) * len(INITIALIZATIONS)
    for n in labels:
        for seed in seeds:
            rows = stratified_subset(train[1], n, seed)
            for initialization in INITIALIZATIONS:
                classifier = build(pretrained, initialization, seed=seed)
                epochs = max(1, round(training_steps * min(BATCH_SIZE, n) / n))
                fit(classifier, train[0][rows], train[1][rows], epochs=epochs, seed=seed)
                results.append(Result(n, initialization, seed, accuracy(classifier, *test)))
                yield Step(len(results), total, tuple(results))


# --- results ------------------------------------------------------------------------------------


def summary(results: Sequence[Result]) -> tuple[Summary, ...]:
    """Mean and deviation over the seeds, ordered by initialization, then by the number of labels."""
    rows = []
    for initialization in INITIALIZATIONS:
        for n in sorted({each.labels for each in results if each.initialization == initialization}):
            values = [r.accuracy for r in results if (r.labels, r.initialization) == (n, initialization)]
            deviation = stdev(values) if len(values) > 1 else 0.0
            rows.append(Summary(n, initialization, mean(values), deviation, len(values)))
    return tuple(rows)


def accuracy_gains(results: Sequence[Result], initialization: str) -> tuple[AccuracyGain, ...]:
    """The gains over "scratch", ordered by the number of labels; seeds without both results are left out."""
    values = {(each.labels, each.seed, each.initialization): each.accuracy for each in results}
    rows = []
    for n in sorted({each.labels for each in results}):
        pairs = [key for key in values if key[0] == n and key[2] == initialization and (*key[:2], "scratch") in values]
        gains = [values[key] - values[*key[:2], "scratch"] for key in pairs]
        if gains:
            error = stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else float("inf")
            rows.append(AccuracyGain(n, mean(gains), error, len(gains)))
    return tuple(rows)


def to_arrays(results: Sequence[Result]) -> dict[str, np.ndarray]:
    """Results as arrays of the same length: labels and seed int64, start uint8 (index of INITIALIZATIONS), accuracy."""
    return {
        "labels": np.array([each.labels for each in results], "int64"),
        "start": np.array([INITIALIZATIONS.index(each.initialization) for each in results], "uint8"),
        "seed": np.array([each.seed for each in results], "int64"),
        "accuracy": np.array([each.accuracy for each in results], "float32"),
    }


def from_arrays(arrays: dict[str, np.ndarray]) -> tuple[Result, ...]:
    """The results that `to_arrays` stored."""
    columns = (arrays[name].tolist() for name in ("labels", "start", "seed", "accuracy"))
    return tuple(Result(n, INITIALIZATIONS[k], seed, value) for n, k, seed, value in zip(*columns, strict=True))


def load_results() -> tuple[Result, ...]:
    """The full comparison on Fashion-MNIST with the stacked autoencoder, of `python -m training.autoencoders`.

    Raises `weights.WeightsError` if the file is missing or damaged.
    """
    return from_arrays(weights.arrays("autoencoders_pretraining", ".arrays.npz"))
