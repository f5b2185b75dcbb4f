"""Projections of codes: neighborhoods are preserved, and a new code is placed among those of its class."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from genmodels import weights
from genmodels.autoencoders import latent_projection


@pytest.fixture(scope="module")
def clusters():
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 3
    return rng.normal(0, 0.3, (120, 12)) + 6 * np.eye(12)[labels], labels


@pytest.mark.parametrize(
    "method", [lambda codes: latent_projection.tsne(codes, perplexity=10), latent_projection.pca], ids=["tsne", "pca"]
)
def test_clusters_stay_separate_and_positions_are_scaled(method, clusters):
    codes, labels = clusters
    positions = method(codes)
    assert positions.shape == (120, 2) and positions.dtype == np.float32 and np.abs(positions).max() == pytest.approx(1)
    distances = np.linalg.norm(positions[:, None] - positions[None], axis=2) + 9 * np.eye(120)
    assert (labels[distances.argmin(axis=1)] == labels).all(), "the nearest point has the same label"
    assert np.array_equal(method(codes), positions)


def test_a_new_code_is_placed_among_its_neighbors(clusters):
    codes, labels = clusters
    positions = latent_projection.pca(codes)
    assert np.allclose(latent_projection.interpolate_position(codes, positions, codes[7]), positions[7], atol=1e-4)
    new = codes[labels == 1].mean(axis=0)
    centers = np.stack([positions[labels == label].mean(axis=0) for label in range(3)])
    position = latent_projection.interpolate_position(codes, positions, new)
    assert np.linalg.norm(centers - position, axis=1).argmin() == 1


def test_too_few_codes_are_refused():
    with pytest.raises(ValueError, match="too few for a perplexity"):
        latent_projection.tsne(np.zeros((30, 4)))


# --- the stored projections ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def projections(clusters):
    codes, labels = clusters
    return latent_projection.make(codes, codes[:, :2] * [1, 3] + 5, labels)


def test_make_gives_codes_and_three_projections(projections, clusters):
    codes, labels = clusters
    assert set(projections) == {"codes", "vae_codes", "label", *latent_projection.PROJECTIONS}
    assert (
        projections["codes"].dtype == projections["vae_codes"].dtype == np.float16
        and projections["codes"].shape == codes.shape
    )
    assert projections["label"].dtype == np.uint8 and (projections["label"] == labels).all()
    for method in latent_projection.PROJECTIONS:
        assert projections[method].shape == (120, 2) and projections[method].dtype == np.float32
        assert np.abs(projections[method]).max() == pytest.approx(1), method
    x, y = np.ptp(projections["vae"], axis=0) / np.ptp(projections["vae_codes"].astype("float64"), axis=0)
    assert x == pytest.approx(y, rel=1e-4), "the VAE's latent space is moved and scaled only"


def test_an_affine_projection_is_recovered_exactly(clusters):
    codes, _ = clusters
    first, rest = codes[:90], codes[90:]
    pca = PCA(2).fit(first)
    function = latent_projection.fit_affine(first, pca.transform(first))
    result = np.stack([latent_projection.apply_affine(function, code) for code in rest])
    np.testing.assert_allclose(result, pca.transform(rest), atol=1e-4)
    assert result.dtype == np.float32


def test_inactive_units_do_not_disturb_an_affine_projection(clusters):
    codes, _ = clusters
    inactive = np.column_stack([codes, np.zeros((120, 3))])  # as a dead ReLU
    positions = latent_projection.pca(codes)
    np.testing.assert_allclose(
        latent_projection.apply_affine(latent_projection.fit_affine(inactive, positions), inactive[3]),
        positions[3],
        atol=1e-4,
    )


@pytest.mark.parametrize("method", latent_projection.PROJECTIONS)
def test_a_known_code_is_projected_onto_its_point(method, projections):
    position, rows = latent_projection.project(
        latent_projection.add_affine(projections), method, projections["codes"][11], projections["vae_codes"][11]
    )
    np.testing.assert_allclose(position, projections[method][11], atol=2e-3)
    assert rows[0] == 11 and len(set(rows)) == latent_projection.N_NEAREST


def test_the_nearest_codes_are_the_nearest(clusters):
    codes, _ = clusters
    distances = [float(np.linalg.norm(code - codes[40])) for code in codes]
    assert latent_projection.nearest(codes, codes[40]).tolist() == sorted(range(120), key=distances.__getitem__)[:5]


def test_neighbor_purity_is_one_for_clusters_and_chance_for_shuffled_labels(clusters):
    codes, labels = clusters
    assert latent_projection.neighbor_purity(codes, labels) == 1
    assert latent_projection.neighbor_purity(codes, np.random.default_rng(0).permutation(labels)) == pytest.approx(
        1 / 3, abs=0.1
    )


def test_shapes_that_do_not_agree_and_unknown_methods_are_refused(projections):
    with pytest.raises(ValueError, match="expected, got"):
        latent_projection.make(np.zeros((40, 3)), np.zeros((39, 2)), np.zeros(40))
    with pytest.raises(ValueError, match="tsne, pca, vae"):
        latent_projection.project(projections, "umap", projections["codes"][0], projections["vae_codes"][0])


def test_the_stored_projections_are_of_the_first_test_images():
    projections = latent_projection.load()
    assert (
        len(projections["codes"]) == len(projections["label"]) == latent_projection.N_IMAGES
        and len(np.unique(projections["label"])) == 10
    )
    purity = {
        method: latent_projection.neighbor_purity(projections[method], projections["label"])
        for method in latent_projection.PROJECTIONS
    }
    assert purity["tsne"] > purity["pca"] > 0.3, "t-SNE preserves neighborhoods"
    for method in ("pca", "vae"):  # affine, to the stored precision
        codes = projections["vae_codes" if method == "vae" else "codes"]
        result = np.stack(
            [latent_projection.apply_affine(projections[f"{method}_affine"], codes[row]) for row in (0, 700, 1999)]
        )
        np.testing.assert_allclose(result, projections[method][[0, 700, 1999]], atol=1e-3)


def test_missing_projections_raise_an_error_with_a_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    latent_projection.load.cache_clear()
    with pytest.raises(weights.WeightsError, match="autoencoders_latent_map"):
        latent_projection.load()  # the error is not cached


def test_thumbnails_are_at_their_positions_and_do_not_overlap():
    positions = np.array([[-1, -1], [1, 1], [1, -1], [0.99, 0.99]], "float32")
    images = np.full((4, 4, 4), 0.5, "float32") * np.arange(1, 5)[:, None, None] / 2
    thumbnails = latent_projection.thumbnail_map(positions, images, (20, 40), min_distance=3)
    assert thumbnails.shape == (20, 40)
    assert thumbnails[18, 2] == images[0, 0, 0], "lower left"
    assert thumbnails[1, 38] == images[1, 0, 0], "upper right, and not the later one beside it"
    assert thumbnails[18, 38] == images[2, 0, 0] and thumbnails[1, 2] == 0
    assert (thumbnails > 0).sum() == 3 * 16


def test_the_sheet_has_a_cell_per_image():
    images = np.arange(3, dtype="uint8")[:, None, None] * np.ones((3, 4, 4), "uint8")
    sheet = latent_projection.image_sheet(images, 2)
    assert sheet.shape == (8, 8) and sheet.dtype == np.uint8
    assert (sheet[:4, 4:] == 1).all() and (sheet[4:, :4] == 2).all() and sheet[4:, 4:].max() == 0


def test_the_affine_functions_are_fitted_once():
    first, second = latent_projection.load(), latent_projection.load()
    assert first is second and first["pca_affine"].shape == (31, 2) and first["vae_affine"].shape == (3, 2)
