"""The ProGAN: images of every stage, both paths and their blend, faded images, errors."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.progressive_gan import model as progressive_gan
from genmodels.progressive_gan import networks
from genmodels.progressive_gan.config import LATENT_DIM, RESOLUTIONS, schedule

FADES = [stage for stage in progressive_gan.STAGES if stage.startswith("fade")]


@pytest.fixture(scope="module")
def model():
    return progressive_gan.build(seed=3)


@pytest.fixture(scope="module")
def z():
    return progressive_gan.sample_latents(5, 7)


def test_the_stages_are_those_of_the_schedule():
    assert tuple(stage.name for stage in schedule(1000)) == progressive_gan.STAGES
    assert [progressive_gan.resolution_of(stage) for stage in progressive_gan.STAGES] == [4, 8, 8, 16, 16, 32, 32]


@pytest.mark.parametrize("stage", progressive_gan.STAGES)
def test_images_have_the_resolution_of_their_stage(model, z, stage):
    r = progressive_gan.resolution_of(stage)
    images = progressive_gan.generate(model, z, stage)
    assert images.shape == (5, r, r) and images.dtype == np.uint8 and images.std() > 0


def test_a_color_model_has_three_channels(z):
    assert progressive_gan.generate(progressive_gan.build(3), z, "stable_8").shape == (5, 8, 8, 3)


@pytest.mark.parametrize("stage", FADES)
def test_alpha_0_is_the_old_path_and_alpha_1_the_new_one(model, z, stage):
    old, new, blend = progressive_gan.generate_paths(model, z, stage, 0.0)
    assert np.array_equal(blend, old) and not np.array_equal(old, new)
    assert np.array_equal(old[:, ::2, ::2], old[:, 1::2, 1::2]), "half the resolution, upsampled"
    same_old, same_new, blend = progressive_gan.generate_paths(model, z, stage, 1.0)
    assert np.array_equal(blend, new) and np.array_equal(old, same_old) and np.array_equal(new, same_new)


def test_the_paths_are_blended_before_they_are_clipped(model, z):
    old, new = progressive_gan.path_values(model, z, "fade_16")
    assert old.shape == new.shape == (5, 16, 16, 1) and old.dtype == np.float32
    assert new.min() < 0 or new.max() > 255
    blend = progressive_gan.generate_paths(model, z, "fade_16", 0.25)[2]
    assert np.abs(blend - np.clip(0.75 * old + 0.25 * new, 0, 255)[..., 0]).max() <= 0.51
    middle = progressive_gan.generate_paths(model, z, "fade_16", 0.5)[2]
    assert np.array_equal(progressive_gan.generate(model, z, "fade_16"), middle)


def test_the_lowest_resolution_has_one_path(model, z):
    old, new, blend = progressive_gan.generate_paths(model, z, "stable_4", 0.3)
    assert np.array_equal(old, new) and np.array_equal(new, blend)


def test_many_latents_are_generated_in_parts(model, monkeypatch):
    z = progressive_gan.sample_latents(7, 0)
    whole = progressive_gan.generate(model, z, "stable_8")
    monkeypatch.setattr(progressive_gan, "CHUNK", 3)
    assert np.abs(progressive_gan.generate(model, z, "stable_8").astype(int) - whole).max() <= 1


def test_all_resolutions_of_the_same_latents(model, z):
    samples = progressive_gan.generate_resolutions(model, z)
    assert tuple(samples) == RESOLUTIONS
    for r, images in samples.items():
        assert np.array_equal(images, progressive_gan.generate(model, z, f"stable_{r}"))


def test_latents_depend_on_the_seed_only():
    a, b, c = (progressive_gan.sample_latents(4, seed) for seed in (1, 1, 2))
    assert a.shape == (4, LATENT_DIM) and a.dtype == np.float32
    assert np.array_equal(a, b) and not np.array_equal(a, c)
    assert np.array_equal(progressive_gan.sample_latents(9, 1)[:4], a), "more latents begin with the same ones"


@pytest.mark.parametrize("channels", [(), (3,)])
def test_images_are_faded_as_real_ones(channels):
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 8, *channels)).astype("uint8")
    assert np.array_equal(progressive_gan.fade_images(images, 1.0), images)
    means = images.reshape(3, 4, 2, 4, 2, *channels).mean(axis=(2, 4))
    expected = means.repeat(2, axis=1).repeat(2, axis=2)
    assert np.abs(progressive_gan.fade_images(images, 0.0) - expected).max() <= 0.5
    middle = progressive_gan.fade_images(images, 0.5)
    assert middle.dtype == np.uint8 and np.abs(middle - (expected + images) / 2).max() <= 0.51


def test_enlarged_pixels_are_squares():
    images = np.arange(8, dtype="uint8").reshape(2, 2, 2)
    large = progressive_gan.enlarge(images, 6)
    assert large.shape == (2, 6, 6) and np.array_equal(large[:, 1::3, 2::3], images)
    assert (large[1, :3, :3] == images[1, 0, 0]).all()


def test_errors_name_what_was_expected(model, z):
    with pytest.raises(ValueError, match="unknown stage 'stable_64'"):
        progressive_gan.generate(model, z, "stable_64")
    with pytest.raises(ValueError, match=rf"z must have shape \(n, {LATENT_DIM}\), got \(5, 3\)"):
        progressive_gan.generate(model, z[:, :3])
    for alpha in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="alpha must be from 0 to 1"):
            progressive_gan.generate_paths(model, z, "fade_8", alpha)
        with pytest.raises(ValueError, match="alpha must be from 0 to 1"):
            progressive_gan.fade_images(np.zeros((1, 4, 4), "uint8"), alpha)
    with pytest.raises(ValueError, match="unknown model 'faces'"):
        progressive_gan.load("faces")


@pytest.mark.slow
def test_a_stored_model_is_loaded(model, z, tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(weights.WeightsError, match=r"progressive_gan_fashion\.json is missing"):
        progressive_gan.load()
    weights.combine(**model.generators).save_weights(tmp_path / "progressive_gan_fashion.weights.h5")
    weights.write_model_card("progressive_gan_fashion", (".weights.h5",), {"name": "progressive_gan_fashion"})
    loaded = progressive_gan.load()
    for stage in ("stable_4", "fade_16"):
        assert isinstance(loaded.generators[stage], networks.Generator)
        expected = progressive_gan.generate(model, z, stage)
        assert np.array_equal(progressive_gan.generate(loaded, z, stage), expected)
