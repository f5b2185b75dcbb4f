"""Semantic hashing against Python's integers."""

import numpy as np
import pytest

from genmodels.autoencoders import semantic_hashing


def test_hamming_distances_equal_pythons_bit_counts():
    codes = np.random.default_rng(0).random((20, 16))
    bits = semantic_hashing.binarize(codes)
    assert bits.dtype == bool and (bits == (codes > 0.5)).all()
    hashes = semantic_hashing.pack_bits(bits)
    assert hashes.shape == (20, 2) and hashes.dtype == np.uint8
    numbers = [int("".join(str(int(bit)) for bit in row), 2) for row in bits]
    expected = [[(a ^ b).bit_count() for b in numbers] for a in numbers]
    assert np.array_equal(semantic_hashing.hamming(hashes, hashes), expected)
    rows, distances = semantic_hashing.nearest(hashes[3], hashes, 5)
    assert rows[0] == 3 and distances[0] == 0 and list(distances) == sorted(expected[3])[:5]


def test_hashes_at_the_same_distance_keep_their_order():
    database = semantic_hashing.pack_bits(np.array([[1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]], bool))
    assert list(semantic_hashing.nearest(database[1], database, 4)[0]) == [1, 3, 0, 2]


@pytest.mark.parametrize("invalid", [np.zeros((3, 2)), np.zeros((3, 4), "uint8"), np.zeros(2, "uint8")], ids=str)
def test_other_arrays_than_hashes_are_refused(invalid):
    with pytest.raises(ValueError, match="expected packed"):
        semantic_hashing.hamming(np.zeros((3, 2), "uint8"), invalid)


def test_the_precision_counts_images_of_the_querys_class_without_the_query():
    images = np.zeros((6, 28, 28), "uint8")
    images[3:] = 200
    labels = np.array([0, 0, 1, 1, 1, 1])
    database = semantic_hashing.pack_bits((labels == 1)[:, None].repeat(8, axis=1))
    precision = semantic_hashing.retrieval_precision(images, labels, database, n_queries=2, k=1)
    assert precision["bits"] == 1.0, "the hash is the class"
    assert precision["pixels"] == 1.0, "the first of the equal images"
    assert precision["chance"] == pytest.approx(2 / 6)
    precision = semantic_hashing.retrieval_precision(images, labels, database, n_queries=3, k=2)
    assert precision["pixels"] == pytest.approx((1 + 1 + 0) / 6)  # of two equal images one has the other class


def test_classes_are_counted_the_most_frequent_first():
    assert semantic_hashing.class_counts(np.array([3, 1, 1, 7, 3, 1])) == [(1, 3), (3, 2), (7, 1)]
