"""The VAE: loss terms, encoder and decoder, training, and the pretrained models."""

import itertools

import numpy as np
import pytest
from scipy import stats

from genmodels import latent_space, weights
from genmodels.vae import model as vae


@pytest.fixture(scope="module")
def model():
    return vae.build(2, seed=3)


@pytest.fixture(scope="module")
def model_10d():
    return vae.build(10, seed=3)


def blobs(n, seed=0):
    """Gaussian blobs, light on dark: (n, 28, 28) uint8, easy to learn."""
    rng = np.random.default_rng(seed)
    y, x = rng.uniform(8, 20, (2, n, 1, 1))
    rows, columns = np.mgrid[:28, :28]
    return np.uint8(255 * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 20))


# --- build --------------------------------------------------------------------------------------


def test_only_the_seed_determines_the_weights():
    np.random.seed(1)  # the process-wide seed must not matter
    first = vae.build(2, seed=5).get_weights()
    np.random.seed(2)
    second, other = vae.build(2, seed=5).get_weights(), vae.build(2, seed=6).get_weights()
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize(("options", "words"), [({"latent_dim": 0}, "at least 1, got 0"), ({"beta": -1}, "negative")])
def test_build_rejects_invalid_arguments(options, words):
    with pytest.raises(ValueError, match=words):
        vae.build(**options)


# --- the terms of the loss ------------------------------------------------------------------------


def test_kl_divergence_equals_its_integral():
    mean, log_var = np.array([[0.0, 1.5, -0.7]], "float32"), np.array([[0.0, -1.0, 0.8]], "float32")
    kl = np.asarray(vae.kl_divergence(mean, log_var))
    z = np.linspace(-15, 15, 200_001)
    for i in range(3):
        q = stats.norm(mean[0, i], np.exp(log_var[0, i] / 2))
        expected = np.trapezoid(q.pdf(z) * (q.logpdf(z) - stats.norm.logpdf(z)), z)
        assert kl[0, i] == pytest.approx(expected, abs=1e-4)


def test_bernoulli_nll_equals_numpy():
    rng = np.random.default_rng(0)
    x, logits = rng.random((4, 28, 28)).astype("float32"), rng.normal(0, 4, (4, 28, 28)).astype("float32")
    p = 1 / (1 + np.exp(-logits.astype("float64")))
    expected = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2))
    np.testing.assert_allclose(np.asarray(vae.bernoulli_nll(x, logits)), expected, rtol=1e-5)


def test_bernoulli_nll_stays_finite():
    logits = np.stack([np.full((28, 28), 1000.0), np.full((28, 28), -1000.0)]).astype("float32")
    nll = np.asarray(vae.bernoulli_nll(np.ones((2, 28, 28), "float32"), logits))
    np.testing.assert_allclose(nll, [0, 1000 * 28 * 28])


def test_reparameterize_shifts_and_scales_the_noise():
    eps = np.random.default_rng(0).standard_normal((50_000, 2)).astype("float32")
    mean, log_var = np.array([[3.0, -1.0]], "float32"), np.array([[0.0, 2.0]], "float32")
    z = np.asarray(vae.reparameterize(mean, log_var, eps))
    np.testing.assert_allclose(z.mean(axis=0), [3, -1], atol=0.05)
    np.testing.assert_allclose(z.std(axis=0), [1, np.e], rtol=0.02)  # not e squared, as in some printings of the book
    np.testing.assert_array_equal(np.asarray(vae.reparameterize(mean, log_var, 0 * eps))[0], mean[0])


def test_sample_has_the_mean_and_standard_deviation_of_the_posterior():
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
    loss = vae.build(2, beta=beta, variational=variational).compute_loss(
        x=x, y_pred={"mean": mean, "log_var": log_var, "logits": logits}
    )
    p = 1 / (1 + np.exp(-logits.astype("float64")))
    reconstruction = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum() / 5
    kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var).sum() / 5
    assert float(loss) == pytest.approx(reconstruction + beta * kl * variational, rel=1e-4)


# --- encode, decode, elbo -------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 7])
def test_encode_and_decode_have_their_shapes(model_10d, n):
    mean, log_var = vae.encode(model_10d, blobs(n))
    assert mean.shape == log_var.shape == (n, 10) and mean.dtype == log_var.dtype == np.float32
    decoded = vae.decode(model_10d, mean)
    assert decoded.shape == (n, 28, 28) and decoded.dtype == np.float32
    assert decoded.min() >= 0 and decoded.max() <= 1
    np.testing.assert_array_equal(vae.reconstruct(model_10d, blobs(n)), decoded)


def test_decode_accepts_float64_and_any_batch_size(model):
    z = np.random.default_rng(0).standard_normal((6, 2))
    one_by_one = np.concatenate([vae.decode(model, z[i : i + 1]) for i in range(6)])
    np.testing.assert_allclose(vae.decode(model, z), one_by_one, atol=1e-5)


@pytest.mark.parametrize("shape", [(2,), (3, 5), (1, 1, 2)])
def test_decode_rejects_other_shapes(model, shape):
    with pytest.raises(ValueError, match=r"\(n, 2\), got"):
        vae.decode(model, np.zeros(shape))


@pytest.mark.parametrize("images", [np.zeros((2, 28, 28)), np.zeros((28, 28), "uint8"), np.zeros((1, 8, 8), "uint8")])
def test_encode_rejects_other_images(model, images):
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


def test_a_plain_autoencoder_has_no_kl_and_no_sampling_noise():
    plain = vae.build(2, variational=False)
    reconstruction, kl = vae.elbo_terms(plain, blobs(4), seed=0)
    np.testing.assert_array_equal(kl, np.zeros(4))
    np.testing.assert_array_equal(vae.negative_elbo(plain, blobs(4), seed=9), reconstruction)
    outputs = [np.asarray(plain(blobs(4).astype("float32") / 255)["logits"]) for _ in range(2)]
    np.testing.assert_array_equal(*outputs)


# --- latent space --------------------------------------------------------------------------------


def test_decode_grid_decodes_the_latent_grid(model):
    decoded = vae.decode_grid(model, 3, half_width=2.0)
    assert decoded.shape == (3, 3, 28, 28)
    np.testing.assert_allclose(decoded[0, 2], vae.decode(model, [[2.0, 2.0]])[0], atol=1e-5)


def test_an_image_concept_vector_is_that_of_the_latent_means(model):
    images, has = blobs(20), np.arange(20) % 2 == 0
    np.testing.assert_array_equal(
        vae.image_concept_vector(model, images, has), latent_space.concept_vector(vae.encode(model, images)[0], has)
    )


# --- training -------------------------------------------------------------------------------------


def total_loss(step, split="held-out"):
    return step.losses[f"{split} reconstruction"] + step.losses[f"{split} kl"]


def small_training(model):
    return vae.train(model, blobs(96), held_out=blobs(16, seed=1), epochs=8, batch_size=32, report_every=6, seed=0)


@pytest.fixture(scope="module")
def steps():
    """All reports of a small training."""
    return list(small_training(vae.build(2, seed=0)))


def test_training_lowers_the_loss(steps):
    for split in ("training", "held-out"):
        assert total_loss(steps[-1], split) < 0.8 * total_loss(steps[0], split)


def test_training_reports_losses_speed_and_a_grid(steps):
    assert [step.done for step in steps] == [1, 6, 12, 18, 24] and {step.total for step in steps} == {24}
    for step in steps:
        assert len(step.losses) == 4 and all(np.isfinite(value) for value in step.losses.values())
        assert step.images_per_second > 0
        assert step.image.shape == (280, 280) and step.image.dtype == np.uint8
    assert not np.array_equal(steps[0].image, steps[-1].image)


@pytest.mark.slow
def test_the_same_seed_repeats_the_training_and_a_closed_training_keeps_its_weights(steps):
    model, test_images = vae.build(2, seed=0), blobs(16, seed=2)
    before = vae.negative_elbo(model, test_images, seed=0).mean()
    again = small_training(model)
    first = list(itertools.islice(again, 3))  # half of it
    again.close()
    assert vae.negative_elbo(model, test_images, seed=0).mean() < 0.9 * before
    for step, expected in zip(first, steps, strict=False):
        assert step.losses == pytest.approx(
            expected.losses, rel=1e-3, abs=1e-3
        )  # the order of summation in threads varies


@pytest.mark.slow
def test_training_with_more_latent_dimensions_reports_samples():
    steps = list(vae.train(vae.build(10), blobs(32), held_out=blobs(8, seed=1), epochs=1, batch_size=16))
    assert [step.done for step in steps] == [1, 2] and steps[0].image.shape == (280, 280)


def test_fewer_images_than_one_batch_are_rejected(model):
    with pytest.raises(ValueError, match="31 images do not fill one batch of 32"):
        next(vae.train(model, blobs(31), held_out=blobs(4), batch_size=32))


# --- pretrained models ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", vae.CONFIGS)
def test_every_config_has_a_pretrained_model(name):
    model, config, card = vae.load(name), vae.CONFIGS[name], weights.model_card(f"vae_{name}")
    assert (model.latent_dim, model.variational) == (config.latent_dim, config.variational)
    assert (card["latent_dim"], card["variational"]) == (config.latent_dim, config.variational)
    assert card["name"] == f"vae_{name}" and card["data"].startswith(f"{config.data}:")
    assert card["beta"] == (config.beta if config.variational else 0)
    decoded = vae.decode(model, np.random.default_rng(0).standard_normal((16, config.latent_dim)))
    assert np.isfinite(decoded).all()
    assert np.abs(decoded - 0.5).mean() > 0.3  # high contrast; the images of an untrained model are gray


def test_an_unknown_model_is_rejected():
    with pytest.raises(ValueError, match="unknown model 'cats': expected one of mnist, fashion_mnist"):
        vae.load("cats")


def test_load_rejects_damaged_weights(tmp_path, monkeypatch):
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
