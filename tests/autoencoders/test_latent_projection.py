"""Maps of codes: neighbours stay neighbours, and a new code lands among its own."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from genmodels import weights
from genmodels.autoencoders import latent_projection


@pytest.fixture(scope="module")
def heaps():
    rng = np.random.default_rng(0)
    kinds = np.arange(120) % 3
    return rng.normal(0, 0.3, (120, 12)) + 6 * np.eye(12)[kinds], kinds


@pytest.mark.parametrize(
    "way", [lambda codes: latent_projection.tsne(codes, perplexity=10), latent_projection.pca], ids=["tsne", "pca"]
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
    places = latent_projection.pca(codes)
    assert np.allclose(latent_projection.place(codes, places, codes[7]), places[7], atol=1e-4)
    new = codes[kinds == 1].mean(axis=0)
    middles = np.stack([places[kinds == kind].mean(axis=0) for kind in range(3)])
    landed = latent_projection.place(codes, places, new)
    assert np.linalg.norm(middles - landed, axis=1).argmin() == 1


def test_too_few_codes_are_told():
    with pytest.raises(ValueError, match="too few for a perplexity"):
        latent_projection.tsne(np.zeros((30, 4)))


# --- the map that is shipped --------------------------------------------------------------------


@pytest.fixture(scope="module")
def chart(heaps):
    codes, kinds = heaps
    return latent_projection.make(codes, codes[:, :2] * [1, 3] + 5, kinds)


def test_a_made_map_holds_codes_and_three_places(chart, heaps):
    codes, kinds = heaps
    assert set(chart) == {"codes", "vae_codes", "label", *latent_projection.KINDS}
    assert chart["codes"].dtype == chart["vae_codes"].dtype == np.float16 and chart["codes"].shape == codes.shape
    assert chart["label"].dtype == np.uint8 and (chart["label"] == kinds).all()
    for kind in latent_projection.KINDS:
        assert chart[kind].shape == (120, 2) and chart[kind].dtype == np.float32
        assert np.abs(chart[kind]).max() == pytest.approx(1), kind
    x, y = np.ptp(chart["vae"], axis=0) / np.ptp(chart["vae_codes"].astype("float64"), axis=0)
    assert x == pytest.approx(y, rel=1e-4), "the VAE's plane is moved and scaled, not bent"


def test_an_affine_map_is_found_again_exactly(heaps):
    codes, _ = heaps
    first, rest = codes[:90], codes[90:]
    pca = PCA(2).fit(first)
    found = np.stack([latent_projection.affine(first, pca.transform(first), code) for code in rest])
    np.testing.assert_allclose(found, pca.transform(rest), atol=1e-4)
    assert found.dtype == np.float32


def test_numbers_that_are_silent_do_not_disturb_an_affine_map(heaps):
    codes, _ = heaps
    silent = np.column_stack([codes, np.zeros((120, 3))])  # as a ReLU that never fires
    places = latent_projection.pca(codes)
    np.testing.assert_allclose(latent_projection.affine(silent, places, silent[3]), places[3], atol=1e-4)


@pytest.mark.parametrize("kind", latent_projection.KINDS)
def test_a_known_picture_lies_on_its_own_point(kind, chart):
    place, rows = latent_projection.own(chart, kind, chart["codes"][11], chart["vae_codes"][11])
    np.testing.assert_allclose(place, chart[kind][11], atol=2e-3)
    assert rows[0] == 11 and len(set(rows)) == latent_projection.NEAREST


def test_the_nearest_codes_are_the_nearest(heaps):
    codes, _ = heaps
    apart = [float(np.linalg.norm(code - codes[40])) for code in codes]
    assert latent_projection.nearest(codes, codes[40]).tolist() == sorted(range(120), key=apart.__getitem__)[:5]


def test_how_alike_neighbours_are(heaps):
    codes, kinds = heaps
    assert latent_projection.alike(codes, kinds) == 1
    assert latent_projection.alike(codes, np.random.default_rng(0).permutation(kinds)) == pytest.approx(1 / 3, abs=0.1)


def test_what_does_not_belong_together_is_refused(chart):
    with pytest.raises(ValueError, match="expected, got"):
        latent_projection.make(np.zeros((40, 3)), np.zeros((39, 2)), np.zeros(40))
    with pytest.raises(ValueError, match="tsne, pca, vae"):
        latent_projection.own(chart, "umap", chart["codes"][0], chart["vae_codes"][0])


def test_the_shipped_map_holds_the_first_held_out_pictures():
    chart = latent_projection.load()
    assert len(chart["codes"]) == len(chart["label"]) == latent_projection.ROWS and len(np.unique(chart["label"])) == 10
    kept = {kind: latent_projection.alike(chart[kind], chart["label"]) for kind in latent_projection.KINDS}
    assert kept["tsne"] > kept["pca"] > 0.3, "t-SNE keeps neighbours"
    for kind in ("pca", "vae"):  # that they are affine, to the precision that is kept, is what places a new picture
        its = chart["vae_codes" if kind == "vae" else "codes"]
        found = np.stack([latent_projection.affine(its, chart[kind], its[row]) for row in (0, 700, 1999)])
        np.testing.assert_allclose(found, chart[kind][[0, 700, 1999]], atol=1e-3)


def test_a_missing_map_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    latent_projection.load.cache_clear()
    with pytest.raises(weights.WeightsError, match="autoencoders_latent_map"):
        latent_projection.load()  # what is raised is not cached


def test_pictures_are_laid_out_where_their_points_are_and_do_not_cover_each_other():
    places = np.array([[-1, -1], [1, 1], [1, -1], [0.99, 0.99]], "float32")
    pictures = np.full((4, 4, 4), 0.5, "float32") * np.arange(1, 5)[:, None, None] / 2
    laid = latent_projection.scattered(places, pictures, (20, 40), apart=3)
    assert laid.shape == (20, 40)
    assert laid[18, 2] == pictures[0, 0, 0], "lower left"
    assert laid[1, 38] == pictures[1, 0, 0], "upper right, and not the later one beside it"
    assert laid[18, 38] == pictures[2, 0, 0] and laid[1, 2] == 0
    assert (laid > 0).sum() == 3 * 16
