"""The autoencoder family: a picture squeezed into a few numbers and back, under one constraint or another.

An encoder makes a code of a picture, a decoder a picture of the code, and both learn to lose as little as
they can on the way: L = mean (x - D(E(x)))^2. Left alone with enough numbers, they would learn to copy; each
member of the family is kept from it in its own way: too few numbers, weights that have to serve twice,
pictures that arrive damaged, numbers that should mostly be silent, or one bit each.

Rumelhart, Hinton & Williams 1986, doi:10.1038/323533a0, and Hinton & Salakhutdinov 2006,
doi:10.1126/science.1127647. The members are those of Hands-On Machine Learning, chapter 17. Where we differ:

- All minimise the squared error, which is what they are compared by; the book has some minimise the
  cross-entropy. All pictures leave through a sigmoid.
- A code has 30 numbers wherever the constraint is not about their number, so that one sees what the rest does.
- The recurrent one's code is a dense layer's, where the book has a second LSTM's last output.
- Adam with a rate that falls to zero, and more epochs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from genmodels import weights

SIZE = 28  # pixels; every picture here is SIZE x SIZE, grey, light on dark
CODINGS = 30
NETWORKS = ("linear", "stacked", "tied", "convolutional", "recurrent")
CORRUPTIONS = ("none", "gaussian", "dropout")
SPARSITIES = ("none", "l1", "kl")
TARGET = 0.1  # of a sparse code by KL divergence: how active each of its numbers should be on average


@dataclass(frozen=True)
class Recipe:
    """What tells one member from another."""

    network: str = "stacked"
    codings: int = CODINGS
    hidden: int = 100  # units of the layer before the code, and of the one after it
    corruption: str = "none"  # of the pictures that the encoder is shown while it learns
    amount: float = 0.0  # standard deviation of the noise, or share of pixels that are dropped
    sparsity: str = "none"
    weight: float = 0.0  # of the sparsity in the loss
    greedy: bool = False  # trained a layer at a time
    linear_code: bool = False  # no activation on the code
    binary: bool = False  # a code of bits: noise before a sigmoid pushes it to its ends


FAMILY = {
    "linear": Recipe("linear"),
    "stacked": Recipe(),
    "tied": Recipe("tied"),
    "greedy": Recipe(greedy=True),
    "convolutional": Recipe("convolutional"),
    "recurrent": Recipe("recurrent"),
    "denoising_gaussian": Recipe(corruption="gaussian", amount=0.2),
    "denoising_dropout": Recipe(corruption="dropout", amount=0.5),
    "sparse_l1": Recipe(codings=300, sparsity="l1", weight=1e-4),
    "sparse_kl": Recipe(codings=300, sparsity="kl", weight=5e-3),
    "hashing": Recipe(codings=16, binary=True),
}
SIZES = (2, 4, 8, 16, 64, 128, 300, 1000)  # codings of further stacked ones: from far too few to more than pixels
FREE = {"sparse_off": Recipe(codings=300, sparsity="l1", weight=0.0)}  # the sparse ones, without their penalty
FEW = 8  # codings; up to here a code has no activation: SELU is flat far below zero, and who falls there stays silent
MEMBERS = FAMILY | FREE | {f"size_{n}": Recipe(codings=n, hidden=300, linear_code=n <= FEW) for n in SIZES}
BIT_NOISE = 15.0  # standard deviation of what is added to a bit before its sigmoid (Salakhutdinov & Hinton 2009)


@dataclass(frozen=True, eq=False)
class Autoencoder:
    """An encoder and a decoder; made by `build`. What `load` gives is shared by all: do not train or change it.

    encoder: pictures (n, 28, 28) float32 in [0, 1] to codes (n, codings); decoder: the way back; whole: both, in
    one Keras model, with what makes learning harder.
    """

    encoder: Any  # keras.Model
    decoder: Any  # keras.Model
    whole: Any  # keras.Model
    recipe: Recipe

    @cached_property
    def fast_encode(self) -> Callable:
        return _compiled(self.encoder, (None, SIZE, SIZE))

    @cached_property
    def fast_decode(self) -> Callable:
        return _compiled(self.decoder, (None, self.recipe.codings))

    @property
    def parameters(self) -> int:
        """Numbers that were learnt: those that both halves share are counted once."""
        return int(self.whole.count_params())


def _compiled(network: Any, shape: tuple) -> Callable:
    """One graph for all batch sizes. The only lines here that know which backend runs."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return lambda x: network(x, training=False)
    import tensorflow as tf

    signature = [tf.TensorSpec(shape, tf.float32)]
    return tf.function(lambda x: network(x, training=False), input_signature=signature, autograph=False)


# --- to have and to ask -------------------------------------------------------------------------


def build(recipe: Recipe, *, seed: int = 0) -> Autoencoder:
    """A fresh, untrained one. Raises `ValueError` on a recipe that says something unknown or impossible."""
    from genmodels.autoencoders import networks as autoencoder_networks

    for field, allowed in {"network": NETWORKS, "corruption": CORRUPTIONS, "sparsity": SPARSITIES}.items():
        if getattr(recipe, field) not in allowed:
            raise ValueError(f"{field} must be one of {', '.join(allowed)}, got {getattr(recipe, field)!r}")
    if min(recipe.codings, recipe.hidden) < 1 or recipe.amount < 0 or recipe.weight < 0:
        raise ValueError(f"codings and hidden from 1, amount and weight from 0 expected, got {recipe}")
    if recipe.corruption == "dropout" and recipe.amount >= 1:
        raise ValueError(f"of all pixels dropped nothing can be learnt: amount must be below 1, got {recipe.amount}")
    return Autoencoder(*autoencoder_networks.networks(recipe, seed), recipe)


def load(name: str) -> Autoencoder:
    """A trained member: one of `MEMBERS`. Shared by all who ask: do not train or change it.

    Raises `ValueError` for an unknown name and `weights.WeightsError` for missing or damaged weights.
    """
    if name not in MEMBERS:
        raise ValueError(f"unknown autoencoder {name!r}: expected one of {', '.join(MEMBERS)}")
    model = build(MEMBERS[name])
    model.whole.load_weights(weights.path(f"autoencoders_{name}"))
    decode(model, np.asarray(encode(model, np.zeros((1, SIZE, SIZE), "uint8"))))  # compile now, not under a hand
    return model


def encode(model: Autoencoder, images: np.ndarray) -> np.ndarray:
    """Codes of pictures: (n, 28, 28) uint8, or float32 in [0, 1], to (n, codings) float32."""
    return np.asarray(model.fast_encode(scaled(images)))


def decode(model: Autoencoder, codes: np.ndarray) -> np.ndarray:
    """Pictures of codes: (n, codings) to (n, 28, 28) float32 in [0, 1]."""
    codes = np.asarray(codes, "float32")
    if codes.ndim != 2 or codes.shape[1] != model.recipe.codings:
        raise ValueError(f"codes must have shape (n, {model.recipe.codings}), got {codes.shape}")
    return np.asarray(model.fast_decode(codes))


def reconstruct(model: Autoencoder, images: np.ndarray) -> np.ndarray:
    """Pictures through the code and back: (n, 28, 28) uint8, or float32 in [0, 1], to float32 in [0, 1]."""
    return decode(model, encode(model, images))


def squared_error(model: Autoencoder, images: np.ndarray, clean: np.ndarray | None = None) -> np.ndarray:
    """Each picture's mean squared error, pixels in [0, 1]: (n, 28, 28) to (n,). clean: what it should have been."""
    target = scaled(images if clean is None else clean)
    return np.square(reconstruct(model, images) - target).mean(axis=(1, 2))


def scaled(images: np.ndarray) -> np.ndarray:
    """(n, 28, 28) uint8 to float32 in [0, 1]; float32 is taken as it is. Raises `ValueError` on anything else."""
    if images.shape[1:] != (SIZE, SIZE) or images.dtype not in (np.uint8, np.float32):
        raise ValueError(f"pictures must be (n, {SIZE}, {SIZE}) uint8 or float32, got {images.shape} {images.dtype}")
    return images.astype("float32") / 255 if images.dtype == np.uint8 else images


def corrupted(images: np.ndarray, kind: str, amount: float, seed: int) -> np.ndarray:
    """Pictures as a denoising one may be shown them: (n, 28, 28) to float32.

    gaussian: noise of this standard deviation is added; values may leave [0, 1] as they do in training. dropout: this
    share of the pixels is black, and the rest divided by what is left of 1, as Keras does it. Raises `ValueError` on
    another kind.
    """
    x, rng = scaled(images), np.random.default_rng(seed)
    if kind == "gaussian":
        return x + np.float32(amount) * rng.standard_normal(x.shape, dtype="float32")
    if kind == "dropout":
        return np.where(rng.random(x.shape) < amount, 0, x / max(1 - amount, 1e-6)).astype("float32")
    if kind != "none":
        raise ValueError(f"kind must be one of {', '.join(CORRUPTIONS)}, got {kind!r}")
    return x
