"""The layers of the autoencoders: noise is active in training only."""

import numpy as np

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.config import MODELS


def test_noise_layers_are_inactive_at_inference():
    images = np.random.default_rng(0).integers(0, 256, (4, 28, 28), dtype="uint8")
    for name in ("denoising_gaussian", "denoising_dropout", "hashing"):
        model = autoencoders.build(MODELS[name])
        x = autoencoders.scale_pixels(images)
        inference = [np.asarray(model.encoder(x, training=False)) for _ in range(2)]
        training = [np.asarray(model.encoder(x, training=True)) for _ in range(2)]
        assert np.array_equal(*inference) and not np.allclose(*training), name
        assert np.allclose(autoencoders.encode(model, images), inference[0], atol=1e-6)
