"""Training: reports, a falling error, phases that freeze layers, binary codes."""

from dataclasses import replace

import numpy as np
import pytest

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import training
from genmodels.autoencoders.config import MODELS, Config


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (64, 28, 28), dtype="uint8")


def test_training_reports_and_lowers_the_error():
    smooth = np.repeat(np.linspace(0, 255, 28, dtype="uint8")[None, :, None], 28, axis=2)
    x = np.concatenate([smooth, smooth[:, ::-1]] * 16)
    model = autoencoders.build(Config(code_size=4, hidden_units=16))
    options = {"epochs": 8, "batch_size": 16, "learning_rate": 0.01, "report_every": 1}
    steps = list(training.train(model, x, test_images=x[:12], **options))
    assert [step.done for step in steps] == list(range(1, 17)) and steps[-1].total == 16
    assert steps[-1].losses["test error"] < 0.5 * steps[0].losses["test error"]
    assert steps[0].image.shape == (56, 280) and steps[0].image.dtype == np.uint8
    assert {step.phase for step in steps} == {"all layers"} and steps[-1].images_per_second > 0
    error = autoencoders.squared_error(model, x[:12]).mean()
    assert steps[-1].losses["test error"] == pytest.approx(error, abs=1e-5)


def test_too_few_images_for_a_batch_are_refused(images):
    model = autoencoders.build(Config(code_size=4, hidden_units=8))
    with pytest.raises(ValueError, match="do not fill one batch"):
        next(training.train(model, images, test_images=images, batch_size=100))


@pytest.mark.slow
def test_greedy_phases_train_their_layers_only(images):
    model = autoencoders.build(replace(MODELS["greedy"], hidden_units=12, code_size=3))

    def state():
        layers = [layer for half in (model.encoder, model.decoder) for layer in half.layers if layer.weights]
        return {layer.name: np.concatenate([w.ravel() for w in layer.get_weights()]) for layer in layers}

    states, before, last = {}, state(), None
    for step in training.train(model, images, test_images=images[:10], epochs=3, batch_size=32, report_every=1):
        if last not in (None, step.phase):
            before = states["after"]
        states["after"], last = state(), step.phase
        changed = {name for name, now in states["after"].items() if not np.array_equal(now, before[name])}
        inner, outer = {"coding", "decoder_hidden"}, {"hidden", "pixels"}
        trained = {"outer layers": outer, "inner layers": inner, "all layers": inner | outer}[step.phase]
        assert changed <= trained and (changed == trained or step.done % 2), (step.phase, changed)
    assert last == "all layers" and step.done == step.total == 6


@pytest.mark.slow
def test_noise_makes_a_code_binary():
    """With noise larger than the activations, only saturated units carry information."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (4, 28, 28), dtype="uint8")
    x = np.repeat(images, 32, axis=0)
    model = autoencoders.build(Config(code_size=4, hidden_units=32, binary_code=True))
    before = autoencoders.encode(model, images)
    for _ in training.train(model, x, test_images=x[:10], epochs=60, batch_size=32, learning_rate=0.02):
        pass
    after = autoencoders.encode(model, images)

    def distance_to_bit(codes):
        return float(np.minimum(codes, 1 - codes).mean())

    assert distance_to_bit(after) < 0.1 < distance_to_bit(before)
    assert len({tuple(row) for row in (after > 0.5).astype(int)}) > 1


def test_the_sheet_has_each_row_of_images_above_its_reconstructions(images):
    model = autoencoders.build(Config(code_size=4, hidden_units=8))
    sheet = training.reconstruction_sheet(model, images, 2, 3)
    assert sheet.shape == (4 * 28 + 3 * 2, 3 * 28 + 2 * 2)
    scale = 255 if sheet.dtype == np.uint8 else 1
    first, fourth = sheet[:28, :28] / scale, sheet[60:88, :28] / scale
    np.testing.assert_allclose(first, images[0] / 255, atol=0.01)
    np.testing.assert_allclose(fourth, images[3] / 255, atol=0.01)
    below = sheet[30:58, :28] / scale
    np.testing.assert_allclose(below, autoencoders.reconstruct(model, images[:1])[0], atol=0.01)
