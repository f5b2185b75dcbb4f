"""Images of clothes: the data set's test images, or samples of the GAN, balanced over the classes."""

import numpy as np
import pytest

from genmodels.data import datasets, fashion_samples


def test_the_gan_generates_every_class():
    pool = fashion_samples.generated_images()
    assert pool.images.shape == (fashion_samples.N_GENERATED, 28, 28) and pool.images.dtype == np.uint8
    assert not pool.real and (np.bincount(pool.labels) == fashion_samples.N_GENERATED // 10).all()
    means = np.stack([pool.images[pool.labels == k].mean(axis=0) for k in range(10)])
    distances = np.square(means[:, None] - means[None]).mean(axis=(2, 3))
    assert distances[~np.eye(10, dtype=bool)].min() > 50, "the classes differ"


def test_the_real_images_are_the_test_images():
    if not datasets.available("fashion_mnist"):
        pytest.skip("Fashion-MNIST is not on this machine")
    pool = fashion_samples.test_images()
    assert pool.real and np.array_equal(pool.images, datasets.load("fashion_mnist", "test")[0])
