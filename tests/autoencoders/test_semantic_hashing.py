"""Hashes of pictures, against Python's own integers."""

import numpy as np
import pytest

from genmodels.autoencoders import semantic_hashing


def test_distances_are_those_of_python():
    codes = np.random.default_rng(0).random((20, 16))
    on = semantic_hashing.bits(codes)
    assert on.dtype == bool and (on == (codes > 0.5)).all()
    packed = semantic_hashing.packed(on)
    assert packed.shape == (20, 2) and packed.dtype == np.uint8
    numbers = [int("".join(str(int(bit)) for bit in row), 2) for row in on]
    wanted = [[(a ^ b).bit_count() for b in numbers] for a in numbers]
    assert np.array_equal(semantic_hashing.hamming(packed, packed), wanted)
    rows, away = semantic_hashing.nearest(packed[3], packed, 5)
    assert rows[0] == 3 and away[0] == 0 and list(away) == sorted(wanted[3])[:5]


def test_equally_near_ones_keep_their_order():
    bank = semantic_hashing.packed(np.array([[1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]], bool))
    assert list(semantic_hashing.nearest(bank[1], bank, 4)[0]) == [1, 3, 0, 2]


@pytest.mark.parametrize("bad", [np.zeros((3, 2)), np.zeros((3, 4), "uint8"), np.zeros(2, "uint8")], ids=str)
def test_what_is_not_packed_is_refused(bad):
    with pytest.raises(ValueError, match="expected packed"):
        semantic_hashing.hamming(np.zeros((3, 2), "uint8"), bad)


def test_agreement_counts_those_of_a_kind_and_never_the_asked_one():
    pictures = np.zeros((6, 28, 28), "uint8")
    pictures[3:] = 200
    labels = np.array([0, 0, 1, 1, 1, 1])
    bank = semantic_hashing.packed((labels == 1)[:, None].repeat(8, axis=1))
    found = semantic_hashing.agreement(pictures, labels, bank, asked=2, near=1)
    assert found["bits"] == 1.0, "the hash knows the kind"
    assert found["pixels"] == 1.0, "the first of those that look alike"
    assert found["chance"] == pytest.approx(2 / 6)
    found = semantic_hashing.agreement(pictures, labels, bank, asked=3, near=2)
    assert found["pixels"] == pytest.approx((1 + 1 + 0) / 6)  # two alike, of which one is the other kind
