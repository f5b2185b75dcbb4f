"""The networks that see: the built-in one as it is shipped, and the training that made it."""

import keras
import numpy as np
import pytest

from genmodels import weights
from genmodels.data import datasets
from genmodels.media import images
from genmodels.vision import backbone
from training import backbone as training

TINY = ((4,), (6, 6), (8,))  # channels


@pytest.fixture(scope="module")
def tiny() -> backbone.Backbone:
    return backbone.from_keras(backbone.build(TINY, classes=5), [f"thing {k}" for k in range(5)], side=16)


@pytest.fixture(scope="module")
def shipped() -> backbone.Backbone:
    return backbone.load()


def noise(n: int, h: int, w: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, h, w, 3), dtype="uint8")


# --- what is shipped --------------------------------------------------------------------------


def test_the_shipped_network_names_two_hundred_things(shipped):
    names = backbone.class_names(shipped)
    p = backbone.classify(shipped, noise(2, 40, 70))
    assert p.shape == (2, len(names)) == (2, 200) and len(set(names)) > 190
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    assert {"goldfish", "school bus"} <= set(names)


def test_it_has_the_textbooks_layer_names_in_order(shipped):
    assert shipped.layers[0] == "block1_conv1" and list(shipped.layers) == sorted(shipped.layers)
    assert {f"block{b}_conv1" for b in range(1, 6)} | {"block5_conv2"} <= set(shipped.layers)


def test_its_weights_are_small(shipped):
    assert weights.path("backbone_builtin").stat().st_size < 16_000_000


def test_its_layers_halve_from_block_to_block(shipped):
    found = backbone.features(shipped, noise(1, 96, 64), [f"block{b}_conv1" for b in range(1, 6)])
    assert [a.shape[1:3] for a in found] == [(96, 64), (48, 32), (24, 16), (12, 8), (6, 4)]
    assert all(a.dtype == np.float32 and (a >= 0).all() for a in found)  # after ReLU


@pytest.mark.skipif("not __import__('os').environ.get('GENMODELS_DATA_DIR')", reason="needs Tiny ImageNet")
def test_it_is_as_good_as_its_card_says(shipped):
    try:
        photos, labels, names = datasets.tiny_imagenet("val")
    except datasets.DatasetMissing as error:
        pytest.skip(str(error))
    assert names == backbone.class_names(shipped)
    right = backbone.classify(shipped, photos[:1000]).argmax(axis=1) == labels[:1000]
    assert abs(right.mean() - weights.model_card("backbone_builtin")["held_out"][f"top_1_at_{shipped.side}_px"]) < 0.05


# --- asking -----------------------------------------------------------------------------------


def test_features_are_the_networks_own(tiny):
    photo = noise(1, 20, 24)
    (a,) = backbone.features(tiny, photo, ["block1_conv1"])
    kernel, bias = tiny.network.get_layer("block1_conv1").get_weights()
    x = (photo[0].astype("float64") / 255 - backbone.CENTRE) / backbone.SPREAD
    by_hand = np.maximum(0, sum(x[9 + i, 11 + j] @ kernel[1 + i, 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)) + bias)
    np.testing.assert_allclose(a[0, 9, 11], by_hand, rtol=1e-4, atol=1e-5)


def test_features_come_in_the_order_asked_for(tiny):
    late, early = backbone.features(tiny, noise(1, 16, 16), ["block3_conv1", "block1_conv1"])
    assert late.shape[-1] == 8 and early.shape[-1] == 4


def test_weights_as_constants_are_those_of_the_moment(tiny):
    network = backbone.feature_extractor(tiny, tiny.layers[:2])
    image = np.random.default_rng(3).random((1, 16, 24, 3), "float32")
    before = [np.asarray(each) for each in network(image)]
    frozen = backbone.frozen_function(network)
    layer = network.get_layer(tiny.layers[0])
    kept = layer.get_weights()
    layer.set_weights([2 * values + 1 for values in kept])
    after = [np.asarray(each) for each in frozen(image)]
    assert not np.allclose(network(image)[1], before[1])
    layer.set_weights(kept)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_classify_looks_at_images_of_its_own_size(tiny):
    photos = noise(3, 16, 16)
    np.testing.assert_allclose(
        backbone.classify(tiny, photos), keras.ops.softmax(tiny.network(photos / np.float32(255))), atol=1e-6
    )


@pytest.mark.parametrize("layers", [[], ["block9_conv1"], ["block1_conv1", "nonsense"]])
def test_an_unknown_layer_is_refused(tiny, layers):
    with pytest.raises(ValueError, match="expected some of block1_conv1"):
        backbone.features(tiny, noise(1, 16, 16), layers)


def test_an_unknown_network_is_refused():
    with pytest.raises(ValueError, match="vgg16"):
        backbone.load("vgg16")


# --- folding ----------------------------------------------------------------------------------


def test_folding_changes_nothing():
    trained = backbone.build(TINY, classes=5, normalise=True)
    rng = np.random.default_rng(0)
    for layer in trained.layers:
        if layer.name.endswith("_norm"):
            gamma, beta, mean, variance = (rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights())
            layer.set_weights([gamma, beta - 1, mean - 1, variance])
    x = rng.random((2, 20, 20, 3), "float32")
    folded = backbone.fold_batchnorm(trained)
    np.testing.assert_allclose(folded(x), trained(x, training=False), atol=1e-4)
    assert folded.count_params() < trained.count_params()
    assert not any("norm" in layer.name for layer in folded.layers)


# --- training ---------------------------------------------------------------------------------


def learner() -> keras.Model:
    return training.compiled(backbone.build(TINY, classes=5, normalise=True), 0.05, 100)


@pytest.mark.parametrize("steps", [1, 3])
def test_an_attack_misleads_and_stays_near(steps):
    model, rng = learner(), np.random.default_rng(1)
    x, y = rng.random((8, 16, 16, 3), "float32"), np.eye(5, dtype="float32")[rng.integers(5, size=8)]
    moved = training.attack(training.attacker(model, model.loss), x, y, radius=0.5, steps=steps)
    distance = np.sqrt(((moved - x) ** 2).sum(axis=(1, 2, 3)))
    assert distance.max() <= 0.5 + 1e-5 and distance.min() > 0.2
    assert moved.min() >= 0 and moved.max() <= 1
    before, after = (float(model.loss(y, model(each, training=False))) for each in (x, moved))
    assert after > before


def test_batches_are_other_crops_of_the_same_images():
    x = np.repeat(np.arange(130, dtype="uint8")[:, None, None, None], 18, axis=1)
    x = np.broadcast_to(x, (130, 18, 18, 3))
    found = list(training.batches(x, np.arange(130), 16, np.random.default_rng(0)))
    assert [images.shape for images, _ in found] == [(64, 16, 16, 3)] * 2
    rows = np.concatenate([labels for _, labels in found])
    assert len(set(rows)) == 128
    for images_, labels in found:
        light = images_[:, 0, 0, 0] * 255 / np.maximum(labels, 1)
        assert ((light[labels > 0] > 0.79) & (light[labels > 0] < 1.21)).all()


def test_images_get_room_to_be_cropped():
    assert training.with_room(noise(2, 64, 64), 32).shape == (2, 36, 36, 3)
    assert training.with_room(noise(2, 64, 64), 64).shape == (2, 72, 72, 3)


def test_the_learning_rate_rises_and_falls_to_zero():
    slope = training.Slope(0.1, 1000)
    rates = [float(slope(step)) for step in (0, 150, 650, 1000)]
    assert rates[0] < rates[1] and rates[2] == pytest.approx(0.035) and rates[3] == 0


def test_a_checkpoint_goes_on_where_it_stood(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 16, 16, 3), "float32"), np.eye(5, dtype="float32")[rng.integers(5, size=64)]
    first = learner()
    first.optimizer.build(first.trainable_variables)
    first.train_on_batch(x, y)
    training.keep(first, tmp_path / "state.npz")
    second = learner()
    second.optimizer.build(second.trainable_variables)
    training.restore(second, tmp_path / "state.npz")
    first.train_on_batch(x, y)
    second.train_on_batch(x, y)
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_what_is_kept_is_the_average_over_the_last_batches():
    model, rng = learner(), np.random.default_rng(0)
    x, y = noise(200, 18, 18), np.eye(5, dtype="float32")
    for _ in range(5):
        rows = rng.integers(200, size=64)
        model.train_on_batch(x[rows, :16, :16].astype("float32") / 255, y[rng.integers(5, size=64)])
    average = [keras.ops.convert_to_numpy(v) for v in model.optimizer._model_variables_moving_average]
    latest = [keras.ops.convert_to_numpy(v) for v in model.trainable_variables]
    training.averaged(model, x, 16, 0)
    kept = [keras.ops.convert_to_numpy(v) for v in model.trainable_variables]
    assert any(not np.allclose(a, b) for a, b in zip(average, latest, strict=True))
    for a, b in zip(average, kept, strict=True):
        np.testing.assert_allclose(a, b)


# --- Tiny ImageNet ----------------------------------------------------------------------------


def unpacked(folder, n: int = 3) -> None:
    """A folder as Stanford's archive unpacks, with two classes."""
    home = folder / "tiny-imagenet-200"
    (home / "val" / "images").mkdir(parents=True)
    (home / "words.txt").write_text("n01\tgoldfish, Carassius\nn02\tbus\nn03\tnot used\n", encoding="utf-8")
    lines = []
    for k, wnid in enumerate(("n01", "n02")):
        (home / "train" / wnid / "images").mkdir(parents=True)
        for i in range(n):
            picture = images.png(noise(1, 64, 64, seed=10 * k + i)[0])
            (home / "train" / wnid / "images" / f"{wnid}_{i}.JPEG").write_bytes(picture)
        (home / "val" / "images" / f"val_{k}.JPEG").write_bytes(images.png(noise(1, 64, 64, seed=99)[0]))
        lines.append(f"val_{k}.JPEG\t{wnid}\t0\t0\t62\t62")
    (home / "val" / "val_annotations.txt").write_text("\n".join(lines), encoding="utf-8")


def test_the_public_archive_is_read_as_it_unpacks(tmp_path, monkeypatch):
    unpacked(tmp_path)
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    photos, labels, names = datasets.tiny_imagenet()
    assert photos.shape == (6, 64, 64, 3) and sorted(labels) == [0, 0, 0, 1, 1, 1] and names == ("goldfish", "bus")
    photos, labels, _ = datasets.tiny_imagenet("val")
    assert photos.shape == (2, 64, 64, 3) and list(labels) == [0, 1]
    with pytest.raises(ValueError, match="'test'"):
        datasets.tiny_imagenet("test")


def test_where_it_is_not_the_message_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    with pytest.raises(datasets.DatasetMissing, match=r"tiny-imagenet-200\.zip"):
        datasets.tiny_imagenet()
