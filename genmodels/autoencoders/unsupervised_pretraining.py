"""Learning to see before learning to name: a classifier that begins with an autoencoder's encoder.

Pictures without labels are cheap, labels are dear. An autoencoder learns from the first; its encoder then becomes
the lower part of a classifier, for which few labels are left: either it stands still (frozen) and one layer
learns on top of it, or it goes on learning (tuned), or the same network begins with random weights (scratch).

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
from genmodels.autoencoders.model import Autoencoder

STARTS = ("scratch", "frozen", "tuned")
LABELS = (50, 100, 200, 500, 1000, 2000, 5000)
CLASSES = 10
BATCH_SIZE = 32


@dataclass(frozen=True)
class Result:
    """One classifier, and how well it names what it never saw."""

    labels: int  # how many it learnt from
    start: str
    seed: int
    accuracy: float  # share of held-out pictures that it names right


@dataclass(frozen=True)
class Summary:
    """All seeds of one start and one number of labels."""

    labels: int
    start: str
    mean: float  # accuracy, in [0, 1]
    deviation: float  # standard deviation over the seeds (n - 1 below the line), 0 where there is one only
    n: int


@dataclass(frozen=True)
class Gain:
    """How much better a start is than "scratch" on the same rows with the same seeds."""

    labels: int
    mean: float  # difference of accuracies, in [-1, 1]
    error: float  # its standard error over the seeds, infinite where there is one only
    n: int

    @property
    def sure(self) -> bool:
        """True where Student's t-test for pairs takes it for more than luck: two-sided, at 5 %."""
        from scipy.stats import t

        return self.n > 1 and abs(self.mean) > t.ppf(0.975, self.n - 1) * self.error


@dataclass(frozen=True)
class Step:
    """One classifier more."""

    done: int
    total: int
    results: tuple[Result, ...]  # all so far


def few(labels: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Which rows have a label: n of them, as many of each class as of the others, or one more. (n,) int, mixed.

    Raises `ValueError` where a class has too few rows, or n is below the number of classes.
    """
    rng = np.random.default_rng(seed)
    kinds = np.unique(labels)
    if n < len(kinds):
        raise ValueError(f"at least one label for each of {len(kinds)} classes is needed, got {n}")
    counts = np.full(len(kinds), n // len(kinds))
    counts[rng.permutation(len(kinds))[: n % len(kinds)]] += 1
    rows = []
    for kind, count in zip(kinds, counts, strict=True):
        of_it = np.flatnonzero(labels == kind)
        if len(of_it) < count:
            raise ValueError(f"class {kind} has {len(of_it)} rows, {count} are needed")
        rows.append(rng.choice(of_it, count, replace=False))
    return rng.permutation(np.concatenate(rows))


def build(pretrained: Autoencoder, start: str, *, seed: int = 0) -> Any:
    """A fresh classifier of the encoder's shape: a Keras model, (n, 28, 28) in [0, 1] to (n, CLASSES) logits.

    It has a copy of the encoder's weights, or none of them ("scratch"); what is given is left as it is.
    Raises `ValueError` on an unknown start.
    """
    import keras
    from keras import layers

    if start not in STARTS:
        raise ValueError(f"start must be one of {', '.join(STARTS)}, got {start!r}")
    plain = replace(pretrained.recipe, corruption="none", sparsity="none", greedy=False)
    encoder = autoencoders.build(plain, seed=seed).encoder
    if start != "scratch":
        encoder.set_weights(pretrained.encoder.get_weights())
    encoder.trainable = start != "frozen"
    image = keras.Input((autoencoders.SIZE, autoencoders.SIZE))
    # From zeros it begins undecided. The numbers of a trained code are large: random weights on top of them would
    # begin with firm opinions, wrong ones, which cost many steps, and harm the encoder where it goes on learning.
    logits = layers.Dense(CLASSES, kernel_initializer="zeros", name="logits")(encoder(image))
    return keras.Model(image, logits, name=f"classifier_{start}")


def fit(classifier: Any, images: np.ndarray, labels: np.ndarray, *, epochs: int, seed: int = 0) -> None:
    """Teach it (n, 28, 28) uint8 and their labels (n,), with Adam; batches of BATCH_SIZE, smaller where n is."""
    import keras

    x, size, rng = autoencoders.scaled(images), min(BATCH_SIZE, len(images)), np.random.default_rng(seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile(keras.optimizers.Adam(1e-3), loss, jit_compile=False)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x) - size + 1, size):
            rows = order[start : start + size]
            classifier.train_on_batch(x[rows], labels[rows])


def accuracy(classifier: Any, images: np.ndarray, labels: np.ndarray) -> float:
    """The share of (n, 28, 28) uint8 that it names right."""
    logits = classifier.predict(autoencoders.scaled(images), batch_size=1000, verbose=0)
    return float((logits.argmax(axis=1) == labels).mean())


def compare(
    pretrained: Autoencoder,
    train: tuple[np.ndarray, np.ndarray],
    held_out: tuple[np.ndarray, np.ndarray],
    *,
    labels: Sequence[int] = LABELS,
    seeds: Sequence[int] = range(5),
    batches: int = 1500,
) -> Iterator[Step]:
    """All starts, for each number of labels and each seed; of a seed all three learn from the same rows.

    train, held_out: pictures (n, 28, 28) uint8 and labels (n,). batches: of each training, so that few labels are
    seen as often as many.
    """
    results: list[Result] = []
    total = len(labels) * len(seeds) * len(STARTS)
    for n in labels:
        for seed in seeds:
            rows = few(train[1], n, seed)
            for start in STARTS:
                classifier = build(pretrained, start, seed=seed)
                epochs = max(1, round(batches * min(BATCH_SIZE, n) / n))
                fit(classifier, train[0][rows], train[1][rows], epochs=epochs, seed=seed)
                results.append(Result(n, start, seed, accuracy(classifier, *held_out)))
                yield Step(len(results), total, tuple(results))


# --- what came of it ----------------------------------------------------------------------------


def summary(results: Sequence[Result]) -> tuple[Summary, ...]:
    """Mean and spread over the seeds, start by start in the order of STARTS, few labels first."""
    rows = []
    for start in STARTS:
        for n in sorted({each.labels for each in results if each.start == start}):
            found = [each.accuracy for each in results if (each.labels, each.start) == (n, start)]
            rows.append(Summary(n, start, mean(found), stdev(found) if len(found) > 1 else 0.0, len(found)))
    return tuple(rows)


def gains(results: Sequence[Result], start: str) -> tuple[Gain, ...]:
    """What `start` is better by than "scratch", few labels first; seeds that lack either of the two are left out."""
    found = {(each.labels, each.seed, each.start): each.accuracy for each in results}
    rows = []
    for n in sorted({each.labels for each in results}):
        pairs = [key for key in found if key[0] == n and key[2] == start and (*key[:2], "scratch") in found]
        by = [found[key] - found[*key[:2], "scratch"] for key in pairs]
        if by:
            error = stdev(by) / len(by) ** 0.5 if len(by) > 1 else float("inf")
            rows.append(Gain(n, mean(by), error, len(by)))
    return tuple(rows)


def arrays(results: Sequence[Result]) -> dict[str, np.ndarray]:
    """Results as arrays of one length, to be kept: labels and seed int64, start uint8 (of STARTS), accuracy float32."""
    return {
        "labels": np.array([each.labels for each in results], "int64"),
        "start": np.array([STARTS.index(each.start) for each in results], "uint8"),
        "seed": np.array([each.seed for each in results], "int64"),
        "accuracy": np.array([each.accuracy for each in results], "float32"),
    }


def read(kept: dict[str, np.ndarray]) -> tuple[Result, ...]:
    """What `arrays` made, as results again."""
    columns = (kept[name].tolist() for name in ("labels", "start", "seed", "accuracy"))
    return tuple(Result(n, STARTS[start], seed, right) for n, start, seed, right in zip(*columns, strict=True))


def shipped() -> tuple[Result, ...]:
    """The whole comparison on Fashion-MNIST, as `python -m training.autoencoders` made it from the stacked member.

    Raises `weights.WeightsError` where it is missing or damaged.
    """
    return read(weights.arrays("autoencoders_pretraining", ".arrays.npz"))
