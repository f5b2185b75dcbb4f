"""The autoencoder family: shapes, shared weights, what is silent when, penalties against NumPy, phases that freeze."""

from dataclasses import replace

import numpy as np
import pytest

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import networks as autoencoder_networks
from genmodels.autoencoders import training as autoencoder_training
from genmodels.autoencoders.model import FAMILY, MEMBERS, Recipe


@pytest.fixture(scope="module")
def pictures():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (64, 28, 28), dtype="uint8")


@pytest.mark.parametrize("name", FAMILY)
def test_every_member_takes_pictures_and_gives_them_back(name, pictures):
    model = autoencoders.build(FAMILY[name])
    codes = autoencoders.encode(model, pictures[:3])
    assert codes.shape == (3, model.recipe.codings) and codes.dtype == np.float32
    back = autoencoders.decode(model, codes)
    assert back.shape == (3, 28, 28) and back.dtype == np.float32
    if name != "linear":
        assert back.min() >= 0 and back.max() <= 1
    assert np.allclose(autoencoders.reconstruct(model, pictures[:3]), back, atol=1e-5)
    wanted = np.square(back - pictures[:3] / 255).mean(axis=(1, 2))
    assert np.allclose(autoencoders.squared_error(model, pictures[:3]), wanted, atol=1e-5)
    again, other = (autoencoders.encode(autoencoders.build(FAMILY[name], seed=k), pictures[:3]) for k in (0, 1))
    assert np.allclose(codes, again, atol=1e-5) and not np.allclose(codes, other, atol=1e-3)


def test_tied_layers_share_their_storage(pictures):
    tied, free = autoencoders.build(FAMILY["tied"]), autoencoders.build(FAMILY["stacked"])
    kernels = 784 * 100 + 100 * 30
    biases = 100 + 30 + 100 + 784
    assert tied.parameters == kernels + biases and free.parameters == 2 * kernels + biases
    before = autoencoders.decode(tied, np.ones((1, 30)))
    hidden = tied.encoder.get_layer("hidden")
    hidden.kernel.assign(2 * hidden.kernel)  # the encoder's weight
    assert not np.allclose(autoencoders.decode(tied, np.ones((1, 30))), before), "it is the decoder's too"


def test_what_damages_pictures_is_silent_once_it_has_learnt(pictures):
    for name in ("denoising_gaussian", "denoising_dropout", "hashing"):
        model = autoencoders.build(FAMILY[name])
        x = autoencoders.scaled(pictures[:4])
        calm = [np.asarray(model.encoder(x, training=False)) for _ in range(2)]
        loud = [np.asarray(model.encoder(x, training=True)) for _ in range(2)]
        assert np.array_equal(*calm) and not np.allclose(*loud), name
        assert np.allclose(autoencoders.encode(model, pictures[:4]), calm[0], atol=1e-6)


def test_the_kl_penalty_against_numpy():
    q = np.random.default_rng(0).uniform(0.02, 0.9, (50, 7)).astype("float32")
    mean = q.mean(axis=0, dtype="float64")
    wanted = (0.1 * np.log(0.1 / mean) + 0.9 * np.log(0.9 / (1 - mean))).sum()
    assert float(autoencoder_networks.kl_sparsity(q, 0.1)) == pytest.approx(wanted, rel=1e-4)
    assert float(autoencoder_networks.kl_sparsity(np.full((5, 3), 0.1, "float32"), 0.1)) == pytest.approx(0, abs=1e-6)
    assert np.isfinite(float(autoencoder_networks.kl_sparsity(np.zeros((5, 3), "float32"), 0.1)))


@pytest.mark.parametrize("size", [8, 32])
def test_the_penalties_enter_the_loss_at_their_weight(pictures, size):
    """Whatever the size of the batch: what Keras reports beside the squared error is what the recipe says."""
    x = autoencoders.scaled(pictures[:size])
    for name in ("sparse_l1", "sparse_kl"):
        model = autoencoders.build(FAMILY[name])
        codes, weight = autoencoders.encode(model, pictures[:size]), FAMILY[name].weight
        model.whole.compile("sgd", "mse", metrics=["mse"], jit_compile=False)
        told = model.whole.test_on_batch(x, x, return_dict=True)
        penalty = float(autoencoder_networks.kl_sparsity(codes, 0.1))
        wanted = weight * (np.abs(codes).sum(axis=1).mean() if name == "sparse_l1" else penalty)
        assert told["loss"] - told["mse"] == pytest.approx(wanted, rel=1e-3), name


def test_three_steps_of_training_report_and_lower_the_error(pictures):
    smooth = np.repeat(np.linspace(0, 255, 28, dtype="uint8")[None, :, None], 28, axis=2)
    x = np.concatenate([smooth, smooth[:, ::-1]] * 16)
    model = autoencoders.build(Recipe(codings=4, hidden=16))
    steps = list(
        autoencoder_training.train(
            model, x, held_out=x[:12], epochs=8, batch_size=16, learning_rate=0.01, report_every=1
        )
    )
    assert [step.done for step in steps] == list(range(1, 17)) and steps[-1].total == 16
    assert steps[-1].losses["held-out error"] < 0.5 * steps[0].losses["held-out error"]
    assert steps[0].image.shape == (56, 280) and steps[0].image.dtype == np.uint8
    assert {step.phase for step in steps} == {"all layers"} and steps[-1].images_per_second > 0
    error = autoencoders.squared_error(model, x[:12]).mean()
    assert steps[-1].losses["held-out error"] == pytest.approx(error, abs=1e-5)


def test_greedy_phases_freeze_what_they_must(pictures):
    model = autoencoders.build(replace(FAMILY["greedy"], hidden=12, codings=3))

    def state():
        layers = [layer for half in (model.encoder, model.decoder) for layer in half.layers if layer.weights]
        return {layer.name: np.concatenate([w.ravel() for w in layer.get_weights()]) for layer in layers}

    seen, before, last = {}, state(), None
    for step in autoencoder_training.train(
        model, pictures, held_out=pictures[:10], epochs=3, batch_size=32, report_every=1
    ):
        if last not in (None, step.phase):
            before = seen["after"]
        seen["after"], last = state(), step.phase
        moved = {name for name, now in seen["after"].items() if not np.array_equal(now, before[name])}
        inner, outer = {"coding", "hidden_back"}, {"hidden", "pixels"}
        allowed = {"outer layers": outer, "inner layers": inner, "all layers": inner | outer}[step.phase]
        assert moved <= allowed and (moved == allowed or step.done % 2), (step.phase, moved)
    assert last == "all layers" and step.done == step.total == 6


def test_a_hash_comes_to_be_binary():
    """Noise louder than the signal: to be understood, a bit has to be far on one side or the other."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 256, (4, 28, 28), dtype="uint8")
    x = np.repeat(kinds, 32, axis=0)
    model = autoencoders.build(Recipe(codings=4, hidden=32, binary=True))
    before = autoencoders.encode(model, kinds)
    for _ in autoencoder_training.train(model, x, held_out=x[:10], epochs=60, batch_size=32, learning_rate=0.02):
        pass
    after = autoencoders.encode(model, kinds)

    def doubt(codes):
        return float(np.minimum(codes, 1 - codes).mean())

    assert doubt(after) < 0.1 < doubt(before)
    assert len({tuple(row) for row in (after > 0.5).astype(int)}) > 1


def test_damage_is_as_described(pictures):
    clean = autoencoders.scaled(pictures)
    noisy = autoencoders.corrupted(pictures, "gaussian", 0.3, 1)
    assert (noisy - clean).std() == pytest.approx(0.3, rel=0.05) and (noisy != clean).all()
    dropped = autoencoders.corrupted(pictures, "dropout", 0.25, 1)
    gone = dropped == 0
    assert gone.mean() == pytest.approx(0.25, abs=0.02) and np.allclose(dropped[~gone], clean[~gone] / 0.75, atol=1e-5)
    assert np.array_equal(autoencoders.corrupted(pictures, "gaussian", 0.3, 1), noisy)
    assert np.array_equal(autoencoders.corrupted(pictures, "none", 0.3, 1), clean)
    with pytest.raises(ValueError, match="kind must be one of"):
        autoencoders.corrupted(pictures, "rain", 0.3, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"network": "spiking"},
        {"corruption": "rain"},
        {"sparsity": "l3"},
        {"codings": 0},
        {"hidden": 0},
        {"weight": -1},
        {"corruption": "dropout", "amount": 1.0},
    ],
    ids=str,
)
def test_impossible_recipes_are_refused(wrong):
    with pytest.raises(ValueError, match=r"expected|must be"):
        autoencoders.build(Recipe(**wrong))


def test_what_does_not_fit_is_refused(pictures, monkeypatch, tmp_path):
    model = autoencoders.build(Recipe(codings=4, hidden=8))
    with pytest.raises(ValueError, match="pictures must be"):
        autoencoders.encode(model, pictures[:, :14])
    with pytest.raises(ValueError, match="codes must have shape"):
        autoencoders.decode(model, np.zeros((2, 5)))
    with pytest.raises(ValueError, match="do not fill one batch"):
        next(autoencoder_training.train(model, pictures, held_out=pictures, batch_size=100))
    with pytest.raises(ValueError, match="unknown autoencoder"):
        autoencoders.load("variational")
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(weights.WeightsError):
        autoencoders.load("stacked")
    assert set(FAMILY) < set(MEMBERS) and MEMBERS["size_2"].codings == 2
