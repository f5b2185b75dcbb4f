"""Adversarial training: attack, data augmentation, schedule, checkpoints."""

import keras
import numpy as np
import pytest

from genmodels.vision import adversarial_training, architecture


def noise(n: int, h: int, w: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, h, w, 3), dtype="uint8")


def new_model() -> keras.Model:
    return adversarial_training.compile_for_training(
        architecture.build(((4,), (6, 6), (8,)), classes=5, batch_norm=True), 0.05, 100
    )


@pytest.mark.parametrize("steps", [1, 3])
def test_an_attack_raises_the_loss_within_the_radius(steps):
    model, rng = new_model(), np.random.default_rng(1)
    x, y = rng.random((8, 16, 16, 3), "float32"), np.eye(5, dtype="float32")[rng.integers(5, size=8)]
    gradient = adversarial_training.input_gradient(model, model.loss)
    adversarial = adversarial_training.attack(gradient, x, y, radius=0.5, steps=steps)
    distance = np.sqrt(((adversarial - x) ** 2).sum(axis=(1, 2, 3)))
    assert distance.max() <= 0.5 + 1e-5 and distance.min() > 0.2
    assert adversarial.min() >= 0 and adversarial.max() <= 1
    before, after = (float(model.loss(y, model(each, training=False))) for each in (x, adversarial))
    assert after > before


def test_batches_are_augmented_images_with_their_labels():
    x = np.repeat(np.arange(130, dtype="uint8")[:, None, None, None], 18, axis=1)
    x = np.broadcast_to(x, (130, 18, 18, 3))
    epoch = list(adversarial_training.batches(x, np.arange(130), 16, np.random.default_rng(0)))
    assert [images.shape for images, _ in epoch] == [(64, 16, 16, 3)] * 2
    rows = np.concatenate([labels for _, labels in epoch])
    assert len(set(rows)) == 128
    for images, labels in epoch:
        brightness = images[:, 0, 0, 0] * 255 / np.maximum(labels, 1)
        assert ((brightness[labels > 0] > 0.79) & (brightness[labels > 0] < 1.21)).all()


def test_images_get_a_margin_for_crops():
    assert adversarial_training.resize_with_margin(noise(2, 64, 64), 32).shape == (2, 36, 36, 3)
    assert adversarial_training.resize_with_margin(noise(2, 64, 64), 64).shape == (2, 72, 72, 3)


def test_the_learning_rate_warms_up_and_decays_to_zero():
    schedule = adversarial_training.WarmupLinearDecay(0.1, 1000)
    rates = [float(schedule(step)) for step in (0, 150, 650, 1000)]
    assert rates[0] < rates[1] and rates[2] == pytest.approx(0.035) and rates[3] == 0


@pytest.mark.slow
def test_training_continues_from_a_checkpoint(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 16, 16, 3), "float32"), np.eye(5, dtype="float32")[rng.integers(5, size=64)]
    first = new_model()
    first.optimizer.build(first.trainable_variables)
    first.train_on_batch(x, y)
    adversarial_training.save_checkpoint(first, tmp_path / "state.npz")
    second = new_model()
    second.optimizer.build(second.trainable_variables)
    adversarial_training.restore_checkpoint(second, tmp_path / "state.npz")
    first.train_on_batch(x, y)
    second.train_on_batch(x, y)
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.slow
def test_the_final_weights_are_a_moving_average():
    model, rng = new_model(), np.random.default_rng(0)
    x, y = noise(200, 18, 18), np.eye(5, dtype="float32")
    for _ in range(5):
        rows = rng.integers(200, size=64)
        model.train_on_batch(x[rows, :16, :16].astype("float32") / 255, y[rng.integers(5, size=64)])
    average = [keras.ops.convert_to_numpy(v) for v in model.optimizer._model_variables_moving_average]
    latest = [keras.ops.convert_to_numpy(v) for v in model.trainable_variables]
    adversarial_training.average_weights(model, x, 16, 0)
    final = [keras.ops.convert_to_numpy(v) for v in model.trainable_variables]
    assert any(not np.allclose(a, b) for a, b in zip(average, latest, strict=True))
    for a, b in zip(average, final, strict=True):
        np.testing.assert_allclose(a, b)


def test_evaluation_counts_correct_predictions():
    model = architecture.build(((4,), (6, 6), (8,)), classes=5)
    x, predicted = noise(30, 16, 16), None
    logits = keras.ops.convert_to_numpy(model(x.astype("float32") / 255))
    predicted = logits.argmax(axis=1)
    labels = np.where(np.arange(30) < 12, predicted, logits.argmin(axis=1))
    accuracy = adversarial_training.evaluate(model, x, labels, size=16, radius=0.0)
    assert accuracy["top_1_at_16_px"] == pytest.approx(12 / 30, abs=1e-3)
    assert accuracy["top_5_at_16_px"] == 1 and accuracy["top_1_attacked_0_at_16_px"] == pytest.approx(12 / 30, abs=1e-3)
