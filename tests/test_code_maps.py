"""Maps of codes: neighbours stay neighbours, and a new code lands among its own."""

import numpy as np
import pytest

from genmodels import code_maps


@pytest.fixture(scope="module")
def heaps():
    rng = np.random.default_rng(0)
    kinds = np.arange(120) % 3
    return rng.normal(0, 0.3, (120, 12)) + 6 * np.eye(12)[kinds], kinds


@pytest.mark.parametrize(
    "way", [lambda codes: code_maps.tsne(codes, perplexity=10), code_maps.pca], ids=["tsne", "pca"]
)
def test_heaps_stay_apart_and_the_map_has_its_size(way, heaps):
    codes, kinds = heaps
    places = way(codes)
    assert places.shape == (120, 2) and places.dtype == np.float32 and np.abs(places).max() == pytest.approx(1)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + 9 * np.eye(120)
    assert (kinds[apart.argmin(axis=1)] == kinds).all(), "the nearest one is of its own kind"
    assert np.array_equal(way(codes), places)


def test_a_code_lands_where_its_neighbours_are(heaps):
    codes, kinds = heaps
    places = code_maps.pca(codes)
    assert np.allclose(code_maps.place(codes[7], codes, places), places[7], atol=1e-4)
    new = codes[kinds == 1].mean(axis=0)
    middles = np.stack([places[kinds == kind].mean(axis=0) for kind in range(3)])
    landed = code_maps.place(new, codes, places)
    assert np.linalg.norm(middles - landed, axis=1).argmin() == 1


def test_too_few_codes_are_told():
    with pytest.raises(ValueError, match="too few for a perplexity"):
        code_maps.tsne(np.zeros((30, 4)))
