"""Autoencoders: shapes, errors against NumPy, configurations and inputs that are refused."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.config import ALL_MODELS, CODE_SIZES, MAX_LINEAR_CODE, MODELS, Config
from genmodels.data import fashion_samples


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (64, 28, 28), dtype="uint8")


@pytest.mark.parametrize("name", MODELS)
def test_every_model_encodes_and_decodes_images(name, images):
    model = autoencoders.build(MODELS[name])
    codes = autoencoders.encode(model, images[:3])
    assert codes.shape == (3, model.config.code_size) and codes.dtype == np.float32
    reconstructions = autoencoders.decode(model, codes)
    assert reconstructions.shape == (3, 28, 28) and reconstructions.dtype == np.float32
    if name != "linear":
        assert reconstructions.min() >= 0 and reconstructions.max() <= 1
    assert np.allclose(autoencoders.reconstruct(model, images[:3]), reconstructions, atol=1e-5)
    expected = np.square(reconstructions - images[:3] / 255).mean(axis=(1, 2))
    assert np.allclose(autoencoders.squared_error(model, images[:3]), expected, atol=1e-5)
    same, other = (autoencoders.encode(autoencoders.build(MODELS[name], seed=k), images[:3]) for k in (0, 1))
    assert np.allclose(codes, same, atol=1e-5) and not np.allclose(codes, other, atol=1e-3)


@pytest.mark.parametrize(
    "invalid",
    [
        {"network": "spiking"},
        {"noise_type": "rain"},
        {"sparsity_penalty": "l3"},
        {"code_size": 0},
        {"hidden_units": 0},
        {"sparsity_weight": -1},
        {"noise_type": "dropout", "noise_level": 1.0},
    ],
    ids=str,
)
def test_invalid_configurations_are_refused(invalid):
    with pytest.raises(ValueError, match=r"expected|must be"):
        autoencoders.build(Config(**invalid))


def test_invalid_inputs_and_names_are_refused(images, monkeypatch, tmp_path):
    model = autoencoders.build(Config(code_size=4, hidden_units=8))
    with pytest.raises(ValueError, match="images must be"):
        autoencoders.encode(model, images[:, :14])
    with pytest.raises(ValueError, match="codes must have shape"):
        autoencoders.decode(model, np.zeros((2, 5)))
    with pytest.raises(ValueError, match="unknown autoencoder"):
        autoencoders.load("variational")
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(weights.WeightsError):
        autoencoders.load("stacked")
    assert set(MODELS) < set(ALL_MODELS) and ALL_MODELS["size_2"].code_size == 2


@pytest.mark.parametrize("n", [size for size in CODE_SIZES if size <= MAX_LINEAR_CODE])
def test_no_unit_of_a_small_code_is_inactive(n):
    codes = autoencoders.encode(autoencoders.load(f"size_{n}"), fashion_samples.generated_images().images[:500])
    assert codes.std(axis=0).min() > 0.1 * codes.std()
