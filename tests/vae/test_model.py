import itertools

import numpy as np
import pytest
from scipy import stats

from genmodels import weights
from genmodels.vae import model as vae


@pytest.fixture(scope="module")
def model():
    return vae.build(2, seed=3)


@pytest.fixture(scope="module")
def deep():
    return vae.build(10, seed=3)


def blobs(n, seed=0):
    """Soft round spots, light on dark: (n, 28, 28) uint8. Easy to learn."""
    rng = np.random.default_rng(seed)
    y, x = rng.uniform(8, 20, (2, n, 1, 1))
    rows, columns = np.mgrid[:28, :28]
    return np.uint8(255 * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 20))


def bar(thick=3, lean=0.0):
    """An upright stroke `thick` columns wide that moves `lean` columns right per row up."""
    rows, columns = np.mgrid[:28, :28]
    near = np.abs(columns - 13.5 + lean * (rows - 13.5)) <= thick / 2
    return np.uint8(255 * (near & (rows >= 6) & (rows < 22)))


# --- build --------------------------------------------------------------------------------------


def test_the_seed_fixes_the_weights_and_nothing_else_does():
    np.random.seed(1)  # the process-wide seed must not matter
    first = vae.build(2, seed=5).get_weights()
    np.random.seed(2)
    second, other = vae.build(2, seed=5).get_weights(), vae.build(2, seed=6).get_weights()
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize(("options", "words"), [({"latent_dim": 0}, "at least 1, got 0"), ({"beta": -1}, "negative")])
def test_build_refuses_wrong_arguments(options, words):
    with pytest.raises(ValueError, match=words):
        vae.build(**options)


# --- the terms of the loss ------------------------------------------------------------------------


def test_kl_is_the_integral_it_stands_for():
    mean, log_var = np.array([[0.0, 1.5, -0.7]], "float32"), np.array([[0.0, -1.0, 0.8]], "float32")
    found = np.asarray(vae.kl_divergence(mean, log_var))
    z = np.linspace(-15, 15, 200_001)
    for i in range(3):
        q = stats.norm(mean[0, i], np.exp(log_var[0, i] / 2))
        expected = np.trapezoid(q.pdf(z) * (q.logpdf(z) - stats.norm.logpdf(z)), z)
        assert found[0, i] == pytest.approx(expected, abs=1e-4)


def test_bernoulli_nll_equals_numpy():
    rng = np.random.default_rng(0)
    x, logits = rng.random((4, 28, 28)).astype("float32"), rng.normal(0, 4, (4, 28, 28)).astype("float32")
    p = 1 / (1 + np.exp(-logits.astype("float64")))
    expected = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2))
    np.testing.assert_allclose(np.asarray(vae.bernoulli_nll(x, logits)), expected, rtol=1e-5)


def test_bernoulli_nll_stays_finite():
    logits = np.stack([np.full((28, 28), 1000.0), np.full((28, 28), -1000.0)]).astype("float32")
    found = np.asarray(vae.bernoulli_nll(np.ones((2, 28, 28), "float32"), logits))
    np.testing.assert_allclose(found, [0, 1000 * 28 * 28])


def test_reparameterise_moves_and_scales_the_noise():
    eps = np.random.default_rng(0).standard_normal((50_000, 2)).astype("float32")
    mean, log_var = np.array([[3.0, -1.0]], "float32"), np.array([[0.0, 2.0]], "float32")
    z = np.asarray(vae.reparameterise(mean, log_var, eps))
    np.testing.assert_allclose(z.mean(axis=0), [3, -1], atol=0.05)
    np.testing.assert_allclose(z.std(axis=0), [1, np.e], rtol=0.02)  # not e squared, the misprint
    np.testing.assert_array_equal(np.asarray(vae.reparameterise(mean, log_var, 0 * eps))[0], mean[0])


def test_sample_has_the_asked_mean_and_deviation():
    mean, log_var = np.full((50_000, 2), 2.0, "float32"), np.full((50_000, 2), -1.0, "float32")
    z = vae.sample(mean, log_var, seed=0)
    assert z.shape == mean.shape and z.dtype == np.float32
    np.testing.assert_allclose(z.mean(axis=0), 2, atol=0.02)
    np.testing.assert_allclose(z.std(axis=0), np.exp(-0.5), rtol=0.02)
    np.testing.assert_array_equal(z, vae.sample(mean, log_var, seed=0))
    assert not np.array_equal(z, vae.sample(mean, log_var, seed=1))


@pytest.mark.parametrize(("beta", "variational"), [(1.0, True), (4.0, True), (4.0, False)])
def test_the_loss_is_reconstruction_plus_beta_kl(beta, variational):
    rng = np.random.default_rng(0)
    x, logits = rng.random((5, 28, 28)).astype("float32"), rng.normal(0, 2, (5, 28, 28)).astype("float32")
    mean, log_var = rng.normal(0, 1, (2, 5, 2)).astype("float32")
    found = vae.build(2, beta=beta, variational=variational).compute_loss(
        x=x, y_pred={"mean": mean, "log_var": log_var, "logits": logits}
    )
    p = 1 / (1 + np.exp(-logits.astype("float64")))
    reconstruction = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum() / 5
    kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var).sum() / 5
    assert float(found) == pytest.approx(reconstruction + beta * kl * variational, rel=1e-4)


# --- encode, decode, elbo -------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 7])
def test_encode_and_decode_have_their_shapes(deep, n):
    mean, log_var = vae.encode(deep, blobs(n))
    assert mean.shape == log_var.shape == (n, 10) and mean.dtype == log_var.dtype == np.float32
    pictures = vae.decode(deep, mean)
    assert pictures.shape == (n, 28, 28) and pictures.dtype == np.float32
    assert pictures.min() >= 0 and pictures.max() <= 1
    np.testing.assert_array_equal(vae.reconstruct(deep, blobs(n)), pictures)


def test_decode_does_not_mind_float64_or_the_batch(model):
    z = np.random.default_rng(0).standard_normal((6, 2))
    one_by_one = np.concatenate([vae.decode(model, z[i : i + 1]) for i in range(6)])
    np.testing.assert_allclose(vae.decode(model, z), one_by_one, atol=1e-5)


@pytest.mark.parametrize("shape", [(2,), (3, 5), (1, 1, 2)])
def test_decode_refuses_other_codes(model, shape):
    with pytest.raises(ValueError, match=r"\(n, 2\), got"):
        vae.decode(model, np.zeros(shape))


@pytest.mark.parametrize("images", [np.zeros((2, 28, 28)), np.zeros((28, 28), "uint8"), np.zeros((1, 8, 8), "uint8")])
def test_encode_refuses_other_pictures(model, images):
    with pytest.raises(ValueError, match=r"\(n, 28, 28\) uint8, got"):
        vae.encode(model, images)


def test_elbo_terms_equal_numpy(model):
    images = blobs(6)
    mean, log_var = vae.encode(model, images)
    reconstruction, kl = vae.elbo_terms(model, images, seed=4)
    x, p = images / 255, vae.decode(model, vae.sample(mean, log_var, 4)).astype("float64")
    np.testing.assert_allclose(reconstruction, -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2)), rtol=1e-4)
    deviation = np.exp(log_var.astype("float64")) ** 0.5
    np.testing.assert_allclose(
        kl, (-np.log(deviation) + (deviation**2 + mean**2) / 2 - 0.5).sum(axis=1), rtol=1e-3, atol=1e-5
    )
    assert reconstruction.shape == kl.shape == (6,) and (kl >= 0).all()


def test_negative_elbo_is_the_sum_of_its_terms(model):
    reconstruction, kl = vae.elbo_terms(model, blobs(5), seed=1, samples=3)
    total = vae.negative_elbo(model, blobs(5), seed=1, samples=3)
    np.testing.assert_array_equal(total, reconstruction + kl)
    np.testing.assert_array_equal(total, vae.negative_elbo(model, blobs(5), seed=1, samples=3))
    assert not np.array_equal(total, vae.negative_elbo(model, blobs(5), seed=2, samples=3))


def test_a_plain_autoencoder_has_no_kl_and_no_noise():
    plain = vae.build(2, variational=False)
    reconstruction, kl = vae.elbo_terms(plain, blobs(4), seed=0)
    np.testing.assert_array_equal(kl, np.zeros(4))
    np.testing.assert_array_equal(vae.negative_elbo(plain, blobs(4), seed=9), reconstruction)
    outputs = [np.asarray(plain(blobs(4).astype("float32") / 255)["logits"]) for _ in range(2)]
    np.testing.assert_array_equal(*outputs)


# --- walks ----------------------------------------------------------------------------------------


def test_the_grid_has_its_top_row_up():
    codes = vae.grid_codes(5, extent=2.0).reshape(5, 5, 2)
    assert codes.dtype == np.float32
    np.testing.assert_allclose(codes[0, 0], [-2, 2])
    np.testing.assert_allclose(codes[-1, -1], [2, -2])
    np.testing.assert_allclose(codes[0, :, 0], [-2, -1, 0, 1, 2])
    np.testing.assert_allclose(codes[:, 0, 1], [2, 1, 0, -1, -2])


def test_the_quantile_grid_has_equally_likely_cells():
    ticks = vae.grid_codes(10, spread="quantiles").reshape(10, 10, 2)[0, :, 0]
    np.testing.assert_allclose(stats.norm.cdf(ticks), (np.arange(10) + 0.5) / 10, atol=1e-6)


def test_an_unknown_spread_is_refused():
    with pytest.raises(ValueError, match="'range' or 'quantiles', got 'even'"):
        vae.grid_codes(3, spread="even")


def test_grid_decodes_its_codes(model):
    pictures = vae.grid(model, 3, extent=2.0)
    assert pictures.shape == (3, 3, 28, 28)
    np.testing.assert_allclose(pictures[0, 2], vae.decode(model, [[2.0, 2.0]])[0], atol=1e-5)


@pytest.mark.parametrize("spherical", [False, True])
def test_interpolate_includes_both_ends(spherical):
    a, b = np.random.default_rng(0).standard_normal((2, 10))
    path = vae.interpolate(a, b, 9, spherical=spherical)
    assert path.shape == (9, 10) and path.dtype == np.float32
    np.testing.assert_allclose(path[[0, -1]], [a, b], atol=1e-6)


def test_the_straight_path_has_equal_steps():
    a, b = np.random.default_rng(0).standard_normal((2, 10))
    steps = np.diff(vae.interpolate(a, b, 9), axis=0)
    np.testing.assert_allclose(steps, np.tile((b - a) / 8, (8, 1)), atol=1e-6)


def test_the_arc_keeps_its_length_where_the_line_cuts_through():
    a, b = np.array([2.0, 0.0, 0.0]), np.array([0.0, 2.0, 0.0])
    arc = vae.interpolate(a, b, 7, spherical=True)
    np.testing.assert_allclose(np.linalg.norm(arc, axis=1), 2, rtol=1e-6)
    turns = [x @ y / 4 for x, y in itertools.pairwise(arc)]
    np.testing.assert_allclose(turns, np.cos(np.pi / 12), rtol=1e-5)
    assert np.linalg.norm(vae.interpolate(a, b, 7)[3]) < 1.5


def test_the_length_of_an_arc_changes_evenly():
    lengths = np.linalg.norm(vae.interpolate(np.array([1.0, 0]), np.array([0, 3.0]), 5, spherical=True), axis=1)
    np.testing.assert_allclose(lengths, [1, 1.5, 2, 2.5, 3], rtol=1e-6)


@pytest.mark.parametrize(
    ("a", "b"),
    [([0.0, 0.0], [1.0, 2.0]), ([1.0, 2.0], [0.0, 0.0]), ([1.0, 1.0], [2.0, 2.0]), ([1.0, 1.0], [-2.0, -2.0])],
)
def test_without_an_arc_the_path_is_straight(a, b):
    path = vae.interpolate(np.array(a), np.array(b), 5, spherical=True)
    assert np.isfinite(path).all()
    np.testing.assert_allclose(path, vae.interpolate(np.array(a), np.array(b), 5), atol=1e-6)


def test_the_semantic_grid_keeps_the_originals_and_fills_between():
    corners = np.random.default_rng(0).standard_normal((3, 4, 10)).astype("float32")
    table = vae.semantic_grid(corners)
    assert table.shape == (5, 7, 10) and table.dtype == np.float32
    np.testing.assert_allclose(table[::2, ::2], corners, atol=1e-6)
    np.testing.assert_allclose(table[::2, 1::2], (corners[:, :-1] + corners[:, 1:]) / 2, atol=1e-6)
    np.testing.assert_allclose(table[1::2, ::2], (corners[:-1] + corners[1:]) / 2, atol=1e-6)
    middle = (corners[:-1, :-1] + corners[1:, :-1] + corners[:-1, 1:] + corners[1:, 1:]) / 4
    np.testing.assert_allclose(table[1::2, 1::2], middle, atol=1e-6)


def test_a_semantic_grid_of_one_row_or_one_code():
    corners = np.random.default_rng(0).standard_normal((1, 2, 3)).astype("float32")
    table = vae.semantic_grid(corners, rows=2, columns=3)
    np.testing.assert_allclose(table[0], table[1])
    np.testing.assert_allclose(table[0, 1], corners[0].mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(vae.semantic_grid(corners[:, :1]), np.tile(corners[:, :1], (5, 7, 1)))


# --- concepts -------------------------------------------------------------------------------------


def planted(known):
    rng = np.random.default_rng(1)
    truth = rng.standard_normal(10)
    return truth, rng.normal(0, 0.1, (len(known), 10)) + np.outer(known, truth)


def test_a_planted_label_is_found():
    has = np.random.default_rng(0).random(2000) < 0.3
    truth, codes = planted(has)
    found = vae.concept_direction(codes, has)
    assert found.dtype == np.float32 and found.shape == (10,)
    np.testing.assert_allclose(found, truth, atol=0.05)


def test_a_planted_score_is_found_in_units_of_its_deviation():
    scores = np.random.default_rng(0).normal(5, 3, 2000)
    truth, codes = planted(scores)
    np.testing.assert_allclose(vae.concept_direction(codes, scores), scores.std() * truth, atol=0.05)


@pytest.mark.parametrize("known", [np.ones(4, bool), np.zeros(4, bool), np.full(4, 2.5), np.zeros(0)])
def test_nothing_to_compare_is_refused(known):
    with pytest.raises(ValueError, match="pictures that have it and pictures that do not"):
        vae.concept_direction(np.zeros((len(known), 2)), known)


def test_a_concept_vector_is_the_direction_of_the_codes(model):
    images, has = blobs(20), np.arange(20) % 2 == 0
    np.testing.assert_array_equal(
        vae.concept_vector(model, images, has), vae.concept_direction(vae.encode(model, images)[0], has)
    )


def test_measure_knows_thick_from_thin_and_right_from_left():
    strokes = np.stack([bar(3), bar(7), bar(3, lean=0.4), bar(3, lean=-0.4)])
    found = vae.stroke_features(strokes)
    assert set(found) == {"stroke", "slant", "width"}
    assert all(value.shape == (4,) and value.dtype == np.float32 for value in found.values())
    assert found["stroke"][1] > 1.5 * found["stroke"][0]
    np.testing.assert_allclose(found["slant"], [0, 0, 0.4, -0.4], atol=0.05)  # '/' is positive
    assert found["width"][1] > 1.5 * found["width"][0]
    np.testing.assert_allclose(found["width"][2:], found["width"][0], rtol=0.25)  # the lean is no width


def test_measure_of_an_empty_picture_is_finite():
    assert all(np.isfinite(value).all() for value in vae.stroke_features(np.zeros((1, 28, 28), "uint8")).values())


# --- training -------------------------------------------------------------------------------------


def total_loss(step, which="held-out"):
    return step.losses[f"{which} reconstruction"] + step.losses[f"{which} kl"]


def small_training(model):
    return vae.train(model, blobs(96), held_out=blobs(16, seed=1), epochs=8, batch_size=32, report_every=6, seed=0)


@pytest.fixture(scope="module")
def steps():
    """All reports of one small training."""
    return list(small_training(vae.build(2, seed=0)))


def test_training_lowers_the_loss(steps):
    for which in ("training", "held-out"):
        assert total_loss(steps[-1], which) < 0.8 * total_loss(steps[0], which)


def test_training_reports_what_a_page_needs(steps):
    assert [step.done for step in steps] == [1, 6, 12, 18, 24] and {step.total for step in steps} == {24}
    for step in steps:
        assert len(step.losses) == 4 and all(np.isfinite(value) for value in step.losses.values())
        assert step.images_per_second > 0
        assert step.image.shape == (280, 280) and step.image.dtype == np.uint8
    assert not np.array_equal(steps[0].image, steps[-1].image)


def test_the_same_seed_trains_alike_and_a_dropped_training_keeps_what_was_learnt(steps):
    model, unseen = vae.build(2, seed=0), blobs(16, seed=2)
    before = vae.negative_elbo(model, unseen, seed=0).mean()
    again = small_training(model)
    first = list(itertools.islice(again, 3))  # half of it
    again.close()
    assert vae.negative_elbo(model, unseen, seed=0).mean() < 0.9 * before
    for step, expected in zip(first, steps, strict=False):
        assert step.losses == pytest.approx(expected.losses, rel=1e-3, abs=1e-3)  # threads add up in any order


def test_training_a_deeper_code_shows_samples():
    steps = list(vae.train(vae.build(10), blobs(32), held_out=blobs(8, seed=1), epochs=1, batch_size=16))
    assert [step.done for step in steps] == [1, 2] and steps[0].image.shape == (280, 280)


def test_fewer_pictures_than_one_batch_are_refused(model):
    with pytest.raises(ValueError, match="31 pictures do not fill one batch of 32"):
        next(vae.train(model, blobs(31), held_out=blobs(4), batch_size=32))


# --- what is shipped --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", vae.RECIPES)
def test_every_recipe_is_shipped_and_draws(name):
    model, recipe, card = vae.load(name), vae.RECIPES[name], weights.model_card(f"vae_{name}")
    assert (model.latent_dim, model.variational) == (recipe.latent_dim, recipe.variational)
    assert (card["latent_dim"], card["variational"]) == (recipe.latent_dim, recipe.variational)
    assert card["name"] == f"vae_{name}" and card["data"].startswith(f"{recipe.data}:")
    assert card["beta"] == (recipe.beta if recipe.variational else 0)
    pictures = vae.decode(model, np.random.default_rng(0).standard_normal((16, recipe.latent_dim)))
    assert np.isfinite(pictures).all()
    assert np.abs(pictures - 0.5).mean() > 0.3  # black and white; an untrained model is grey all over


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="unknown model 'cats': expected one of mnist, fashion_mnist"):
        vae.load("cats")


def test_load_refuses_damaged_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    file = tmp_path / "vae_mnist.weights.h5"
    vae.build(2).save_weights(file)
    weights.write_model_card("vae_mnist", (".weights.h5",), {})
    vae.load("mnist")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(weights.WeightsError, match="damaged"):
        vae.load("mnist")
