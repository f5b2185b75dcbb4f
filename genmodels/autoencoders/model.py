"""Autoencoders: an encoder compresses an image into a code, a decoder reconstructs the image from it.

Both are trained to minimize the reconstruction error L = mean (x - D(E(x)))^2. With a large code and no constraint
they would learn the identity function, so each variant adds a constraint: a small code, tied weights, corrupted
inputs, a sparse code or a binary one.

Rumelhart, Hinton & Williams 1986, doi:10.1038/323533a0, and Hinton & Salakhutdinov 2006,
doi:10.1126/science.1127647. The variants are those of Hands-On Machine Learning, chapter 17. Differences:

- All minimize the squared error, by which they are compared; the book uses the cross-entropy for some. The
  output activation is a sigmoid, except for the linear autoencoder.
- The code has 30 units unless the constraint is about its size, so that the effect of the constraint is visible.
- The code of the recurrent autoencoder is the output of a dense layer; in the book it is the output of a second LSTM.
- Adam with a cosine learning-rate schedule, and more epochs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.autoencoders import networks
from genmodels.autoencoders.config import ALL_MODELS, IMAGE_SIZE, NETWORKS, NOISE_TYPES, SPARSITY_PENALTIES, Config


@dataclass(frozen=True, eq=False)
class Autoencoder:
    """An encoder and a decoder, made by `build`. A model from `load` is shared by all visitors: read-only.

    encoder: images (n, 28, 28) float32 in [0, 1] to codes (n, code_size). decoder: codes to images. full_model: both
    in one Keras model, including the noise and the penalties of training.
    """

    encoder: Any  # keras.Model
    decoder: Any  # keras.Model
    full_model: Any  # keras.Model
    config: Config

    @cached_property
    def fast_encode(self) -> Callable:
        return _compile(self.encoder, (None, IMAGE_SIZE, IMAGE_SIZE))

    @cached_property
    def fast_decode(self) -> Callable:
        return _compile(self.decoder, (None, self.config.code_size))

    @property
    def parameters(self) -> int:
        """The number of trained parameters; tied weights count once."""
        return int(self.full_model.count_params())


def _compile(network: Any, shape: tuple) -> Callable:
    """One graph for all batch sizes. Only this function depends on the Keras backend."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return lambda x: network(x, training=False)
    import tensorflow as tf

    signature = [tf.TensorSpec(shape, tf.float32)]
    return tf.function(lambda x: network(x, training=False), input_signature=signature, autograph=False)


# --- loading ------------------------------------------------------------------------------------


def build(config: Config, *, seed: int = 0) -> Autoencoder:
    """An untrained autoencoder. Raises `ValueError` for an unknown option or a number out of its range."""
    options = {"network": NETWORKS, "noise_type": NOISE_TYPES, "sparsity_penalty": SPARSITY_PENALTIES}
    for field, allowed in options.items():
        if getattr(config, field) not in allowed:
            raise ValueError(f"{field} must be one of {', '.join(allowed)}, got {getattr(config, field)!r}")
    if min(config.code_size, config.hidden_units) < 1 or config.noise_level < 0 or config.sparsity_weight < 0:
        raise ValueError(
            f"expected code_size and hidden_units of at least 1, noise_level and sparsity_weight of at least 0, "
            f"got {config}"
        )
    if config.noise_type == "dropout" and config.noise_level >= 1:
        raise ValueError(f"noise_level must be below 1 for dropout, got {config.noise_level}")
    return Autoencoder(*networks.build_networks(config, seed), config)


def load(name: str) -> Autoencoder:
    """A trained autoencoder, one of `ALL_MODELS`. It is shared by all visitors: read-only.

    Raises `ValueError` for an unknown name and `weights.WeightsError` for missing or damaged weights.
    """
    if name not in ALL_MODELS:
        raise ValueError(f"unknown autoencoder {name!r}: expected one of {', '.join(ALL_MODELS)}")
    model = build(ALL_MODELS[name])
    model.full_model.load_weights(weights.path(f"autoencoders_{name}"))
    # Run once, so that both functions are compiled before the first interaction.
    decode(model, encode(model, np.zeros((1, IMAGE_SIZE, IMAGE_SIZE), "uint8")))
    return model


# --- inference ----------------------------------------------------------------------------------


def encode(model: Autoencoder, images: np.ndarray) -> np.ndarray:
    """Codes of images: (n, 28, 28) uint8, or float32 in [0, 1], to (n, code_size) float32."""
    return np.asarray(model.fast_encode(scale_pixels(images)))


def decode(model: Autoencoder, codes: np.ndarray) -> np.ndarray:
    """Images from codes: (n, code_size) to (n, 28, 28) float32 in [0, 1]; those of "linear" may leave the range.

    Raises `ValueError` for codes of another shape.
    """
    codes = np.asarray(codes, "float32")
    if codes.ndim != 2 or codes.shape[1] != model.config.code_size:
        raise ValueError(f"codes must have shape (n, {model.config.code_size}), got {codes.shape}")
    return np.asarray(model.fast_decode(codes))


def reconstruct(model: Autoencoder, images: np.ndarray) -> np.ndarray:
    """Encode, then decode: (n, 28, 28) uint8, or float32 in [0, 1], to float32 of the same shape."""
    return decode(model, encode(model, images))


def squared_error(model: Autoencoder, images: np.ndarray, targets: np.ndarray | None = None) -> np.ndarray:
    """Mean squared error of each reconstruction, pixels in [0, 1]: (n, 28, 28) to (n,). targets: default `images`."""
    target = scale_pixels(images if targets is None else targets)
    return np.square(reconstruct(model, images) - target).mean(axis=(1, 2))


def scale_pixels(images: np.ndarray) -> np.ndarray:
    """(n, 28, 28) uint8 to float32 in [0, 1]; float32 stays as it is. Raises `ValueError` for anything else."""
    if images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE) or images.dtype not in (np.uint8, np.float32):
        expected = f"(n, {IMAGE_SIZE}, {IMAGE_SIZE}) uint8 or float32"
        raise ValueError(f"images must be {expected}, got {images.shape} {images.dtype}")
    return images.astype("float32") / 255 if images.dtype == np.uint8 else images
