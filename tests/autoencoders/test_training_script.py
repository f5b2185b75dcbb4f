"""The training script of the autoencoders, on a few generated images."""

import json
import sys

import numpy as np
import pytest

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.data import datasets
from training import autoencoders as script

SLOW = {"greedy", "hashing", "denoising_dropout", "sparse_kl"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else [])
        for name in ("tied", "greedy", "sparse_kl", "hashing", "denoising_dropout")
    ],
)
def test_the_script_writes_weights_and_a_correct_card(name, monkeypatch, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (160, 28, 28), dtype="uint8")
    monkeypatch.setattr(datasets, "load", lambda name, split="train": (x, np.arange(160) % 10))
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["training.autoencoders", "--model", name, "--epochs", "3"])
    script.main()
    card = json.loads((tmp_path / f"autoencoders_{name}.json").read_text())
    model = autoencoders.load(name)
    error = autoencoders.squared_error(model, x).mean()
    assert card["held_out"]["mean_squared_error"] == pytest.approx(error, abs=1e-4)
    assert card["parameters"] == model.parameters and card["command"].endswith(f"--model {name} --epochs 3 --seed 0")
    assert ("mean_squared_error_corrupted" in card["held_out"]) == (name == "denoising_dropout")
    assert ("mean_activity" in card["held_out"]) == (name == "sparse_kl")
    assert ("mean_distance_to_bit" in card["held_out"]) == (name == "hashing")
    size = (tmp_path / f"autoencoders_{name}.weights.h5").stat().st_size
    assert size < 2 * model.parameters + 60_000, "half precision, without the optimizer's state"
