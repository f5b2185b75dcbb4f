"""Clothes to look at that no autoencoder was trained on: Fashion-MNIST's test pictures, or those that our GAN draws.

The repository carries no picture of the data set. Where it is on the machine its test rows are taken; where it is
not, the conditional GAN in `weights/` draws as many of every kind.
"""

from dataclasses import dataclass

import numpy as np

from genmodels.data import datasets

DATA = "fashion_mnist"
N_GENERATED = 2000  # pictures that the GAN draws
SEED = 0


@dataclass(frozen=True, eq=False)
class Pool:
    """Pictures and what is on them; shared, so read it only."""

    pictures: np.ndarray  # (n, 28, 28) uint8
    labels: np.ndarray  # (n,) int64
    real: bool  # from the data set, not from the GAN


def test_images() -> Pool:
    """Fashion-MNIST's test rows. Raises `datasets.DatasetMissing` where they are neither here nor to be fetched."""
    return Pool(*datasets.load(DATA, "test"), real=True)


def generated_images() -> Pool:
    """What the conditional GAN draws, kind after kind. Raises `weights.WeightsError` where its weights are damaged."""
    from genmodels.gan import model as gan  # here, not above: it brings TensorFlow

    model = gan.load("fashion_conditional")
    labels = np.arange(N_GENERATED) % len(datasets.CLASS_NAMES[DATA])
    pictures = gan.generate(model, gan.sample_latents(model, N_GENERATED, SEED), labels)
    return Pool(pictures, labels, real=False)
