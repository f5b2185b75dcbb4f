"""The training script of the autoencoder family, on a few made-up pictures."""

import json
import sys

import numpy as np
import pytest

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.data import datasets
from training import autoencoders as script


@pytest.mark.parametrize("member", ["tied", "greedy", "sparse_kl", "hashing", "denoising_dropout"])
def test_a_member_leaves_weights_and_a_card_that_are_true(member, monkeypatch, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (160, 28, 28), dtype="uint8")
    monkeypatch.setattr(datasets, "load", lambda name, split="train": (x, np.arange(160) % 10))
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["training.autoencoders", "--member", member, "--epochs", "3"])
    script.main()
    card = json.loads((tmp_path / f"autoencoders_{member}.json").read_text())
    model = autoencoders.load(member)
    error = autoencoders.squared_error(model, x).mean()
    assert card["held_out"]["mean_squared_error"] == pytest.approx(error, abs=1e-4)
    assert card["parameters"] == model.parameters and card["command"].endswith(f"--member {member} --epochs 3 --seed 0")
    assert ("mean_squared_error_mended" in card["held_out"]) == (member == "denoising_dropout")
    assert ("mean_activity" in card["held_out"]) == (member == "sparse_kl")
    assert ("doubt" in card["held_out"]) == (member == "hashing")
    size = (tmp_path / f"autoencoders_{member}.weights.h5").stat().st_size
    assert size < 2 * model.parameters + 60_000, "half precision, and nothing of the optimizer"
