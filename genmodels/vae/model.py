"""Variational autoencoder: a picture in, a small cloud in latent space, a picture out.

An encoder turns a picture into a Gaussian over codes, a decoder turns codes back into pictures,
and a penalty pulls all the Gaussians towards one standard normal, so that the plane between the
codes is filled with pictures too. That is what makes a VAE a *generator*, and a latent space a
place to walk in.

Kingma & Welling 2013, "Auto-Encoding Variational Bayes", arXiv:1312.6114. The models are those of
Deep Learning with Python, section 8.4 (convolutional, 2-D latent), and Hands-On Machine Learning,
chapter 17 (10-D latent). Where we differ:

- The encoder gives the *log variance*, so the standard deviation is `exp(log_var / 2)`. Printings
  of the first book use `exp(log_var)`, which squares it.
- The KL term is summed over latent dimensions and the reconstruction over pixels; nothing is
  divided or re-weighted. The loss is therefore a true negative ELBO, in nats per picture. (Grey
  levels stand in for probabilities of ink in the Bernoulli term, as in both sources.)
- The decoder starts with three dense layers: a plane has to be folded many times before ten
  classes fit on it, and dense layers fold.
- beta-VAE (Higgins et al. 2017) and the plain autoencoder are the same code with the KL weighted
  by `beta`, or left out together with the noise.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops

from genmodels import weights

# Most of these are used by pages and scripts only: whoever reads about the VAE looks for them here.
from genmodels.latent_space import (  # noqa: F401
    concept_direction,
    grid_codes,
    interpolate,
    prior_cdf,
    prior_quantile,
    semantic_grid,
    shift_along,
    stroke_features,
    traverse,
)
from genmodels.media.images import tile

SIZE = 28  # pixels; every picture here is SIZE x SIZE, grey, light on dark


@dataclass(frozen=True)
class Recipe:
    """What tells one shipped model from another."""

    data: str
    latent_dim: int = 2
    beta: float = 1.0  # weight of the KL term
    variational: bool = True  # False: no noise, no KL, a plain autoencoder


RECIPES = {
    "mnist": Recipe("mnist"),
    "fashion_mnist": Recipe("fashion_mnist"),
    "fashion_mnist_10d": Recipe("fashion_mnist", latent_dim=10),
    "mnist_10d": Recipe("mnist", latent_dim=10),
    "mnist_ae": Recipe("mnist", variational=False),
    "mnist_beta_025": Recipe("mnist", beta=0.25),
    "mnist_beta_4": Recipe("mnist", beta=4.0),
}


@dataclass(frozen=True)
class Step:
    """One report of a running training."""

    done: int  # batches
    total: int  # batches
    losses: dict[str, float]  # nats per picture: "training kl", "held-out reconstruction", ...
    image: np.ndarray  # the grid as it is now, (h, w) uint8
    images_per_second: float


# --- the model ------------------------------------------------------------------------------


class VAE(keras.Model):
    """Encoder, sampling, decoder, and the loss; made by `build`."""

    def __init__(self, encoder: keras.Model, decoder: keras.Model, *, beta: float, variational: bool, seed: int):
        super().__init__(name="vae")
        self.encoder, self.decoder = encoder, decoder
        self.latent_dim = decoder.input_shape[-1]
        self.beta, self.variational = beta, variational
        self.noise = keras.random.SeedGenerator(seed)
        self.reconstruction_mean = keras.metrics.Mean(name="reconstruction")
        self.kl_mean = keras.metrics.Mean(name="kl")
        self.built = True  # both networks are functional: every weight exists already
        image, code = (None, SIZE, SIZE), (None, self.latent_dim)
        self.fast_encode = _compiled(lambda x: self.encoder(x, training=False), image)
        self.fast_decode = _compiled(lambda z: ops.sigmoid(self.decoder(z, training=False)), code)

    def call(self, x, training=False):
        mean, log_var = self.encoder(x, training=training)  # (n, d), (n, d)
        if self.variational:
            eps = keras.random.normal(ops.shape(mean), dtype=mean.dtype, seed=self.noise)
            z = reparameterise(mean, log_var, eps)
        else:
            z = mean
        return {"mean": mean, "log_var": log_var, "logits": self.decoder(z, training=training)}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        reconstruction = ops.mean(bernoulli_nll(x, y_pred["logits"]))
        kl = ops.mean(ops.sum(kl_divergence(y_pred["mean"], y_pred["log_var"]), axis=-1))
        self.reconstruction_mean.update_state(reconstruction)
        self.kl_mean.update_state(kl)
        return reconstruction + self.beta * kl if self.variational else reconstruction


def build(
    latent_dim: int = 2, *, beta: float = 1.0, variational: bool = True, dtype: str = "float32", seed: int = 0
) -> VAE:
    """A fresh, untrained model.

    latent_dim: size of the code, at least 1. beta: weight of the KL term. dtype: a Keras dtype
    policy; `"mixed_bfloat16"` trains faster where the CPU has bfloat16 (the weights stay float32).
    seed: fixes the initial weights and the training noise. Raises `ValueError` on a latent_dim
    below 1 or a negative beta.
    """
    if latent_dim < 1:
        raise ValueError(f"latent_dim must be at least 1, got {latent_dim}")
    if beta < 0:
        raise ValueError(f"beta must not be negative, got {beta}")
    seeds = iter(range(1000 * seed, 1000 * seed + 1000))  # own seeds: set_random_seed is process-wide

    def init() -> keras.initializers.Initializer:
        return keras.initializers.GlorotUniform(seed=next(seeds))

    def dense(units, activation="relu", dtype=dtype):
        return layers.Dense(units, activation=activation, kernel_initializer=init(), dtype=dtype)

    def conv(layer, filters, strides, activation="relu"):
        return layer(filters, 3, strides, "same", activation=activation, kernel_initializer=init(), dtype=dtype)

    image = keras.Input((SIZE, SIZE))
    x = layers.Reshape((SIZE, SIZE, 1))(image)
    x = conv(layers.Conv2D, 32, 2)(x)  # (n, 14, 14, 32)
    x = conv(layers.Conv2D, 64, 2)(x)  # (n, 7, 7, 64)
    x = conv(layers.Conv2D, 64, 2)(x)  # (n, 4, 4, 64)
    x = dense(256)(layers.Flatten()(x))
    mean = dense(latent_dim, None, "float32")(x)
    log_var = dense(latent_dim, None, "float32")(x)
    encoder = keras.Model(image, [mean, log_var], name="encoder")

    code = keras.Input((latent_dim,))
    x = dense(256)(code)
    x = dense(256)(x)
    x = dense(512)(x)
    x = layers.Reshape((7, 7, 32))(dense(7 * 7 * 32)(x))
    x = conv(layers.Conv2DTranspose, 32, 2)(x)  # (n, 14, 14, 32)
    x = conv(layers.Conv2DTranspose, 16, 2)(x)  # (n, 28, 28, 16)
    x = conv(layers.Conv2D, 1, 1, None)(x)
    logits = layers.Reshape((SIZE, SIZE), dtype="float32")(x)
    decoder = keras.Model(code, logits, name="decoder")
    return VAE(encoder, decoder, beta=beta, variational=variational, seed=next(seeds))


def load(name: str = "fashion_mnist") -> VAE:
    """A trained model: one of `RECIPES`. Shared by all who ask: do not train or change it.

    Raises `ValueError` for an unknown name and `weights.WeightsError` for damaged weights.
    """
    recipe = _recipe(name)
    model = build(recipe.latent_dim, beta=recipe.beta, variational=recipe.variational)
    model.load_weights(weights.path(f"vae_{name}"))
    model.fast_decode(np.zeros((1, model.latent_dim), "float32"))  # compile now, not under a hand
    model.fast_encode(np.zeros((1, SIZE, SIZE), "float32"))
    return model


def _recipe(name: str) -> Recipe:
    if name not in RECIPES:
        raise ValueError(f"unknown model {name!r}: expected one of {', '.join(RECIPES)}")
    return RECIPES[name]


def _compiled(f: Callable, shape: tuple) -> Callable:
    """One graph for all batch sizes. The only lines here that know which backend runs."""
    if keras.backend.backend() != "tensorflow":
        return f
    import tensorflow as tf

    return tf.function(f, input_signature=[tf.TensorSpec(shape, tf.float32)])


# --- the two terms of the loss --------------------------------------------------------------


def reparameterise(mean, log_var, eps):
    """A sample that gradients can pass through: z = mean + exp(log_var / 2) * eps.

    All (n, d); eps is standard normal noise. The noise is an input, so z is differentiable in
    mean and log_var (Kingma & Welling 2013, section 2.4).
    """
    return mean + ops.exp(log_var / 2) * eps


def kl_divergence(mean, log_var):
    """KL(N(mean, exp(log_var)) || N(0, 1)) = (mean^2 + exp(log_var) - 1 - log_var) / 2.

    (n, d) to (n, d), nats per dimension: sum over the last axis for the term of the loss
    (Kingma & Welling 2013, appendix B).
    """
    return (ops.square(mean) + ops.exp(log_var) - 1 - log_var) / 2


def bernoulli_nll(x, logits):
    """-log p(x | z) = -sum_i [x_i log p_i + (1 - x_i) log(1 - p_i)], p = sigmoid(logits).

    x: (n, 28, 28) in [0, 1]; logits the same shape; (n,) nats. Written on logits, so that no
    logarithm of zero can occur: max(l, 0) - l x + log(1 + exp(-|l|)).
    """
    logits = ops.cast(logits, "float32")
    per_pixel = ops.maximum(logits, 0) - logits * x + ops.log1p(ops.exp(-ops.abs(logits)))
    return ops.sum(per_pixel, axis=(1, 2))


# --- what one does with it ------------------------------------------------------------------


def encode(model: VAE, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and log variance of the code of each picture.

    images: (n, 28, 28) uint8, light on dark. Returns two (n, latent_dim) float32.
    """
    mean, log_var = model.fast_encode(_scaled(images))
    return np.asarray(mean), np.asarray(log_var)


def sample(mean: np.ndarray, log_var: np.ndarray, seed: int) -> np.ndarray:
    """One code drawn from each Gaussian: mean + exp(log_var / 2) * eps, (n, d) float32."""
    eps = np.random.default_rng(seed).standard_normal(np.shape(mean), dtype="float32")
    return mean + np.exp(log_var / 2) * eps


def decode(model: VAE, z: np.ndarray) -> np.ndarray:
    """Pictures of codes: (n, latent_dim) to (n, 28, 28) float32, ink in [0, 1]."""
    z = np.asarray(z, "float32")
    if z.ndim != 2 or z.shape[1] != model.latent_dim:
        raise ValueError(f"codes must have shape (n, {model.latent_dim}), got {z.shape}")
    return np.asarray(model.fast_decode(z))


def reconstruct(model: VAE, images: np.ndarray) -> np.ndarray:
    """Pictures through the mean of their codes and back: (n, 28, 28) uint8 to float32 in [0, 1]."""
    return decode(model, encode(model, images)[0])


def elbo_terms(model: VAE, images: np.ndarray, seed: int, *, samples: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The two terms of each picture's negative ELBO, in nats: reconstruction (n,) and KL (n,).

    -ELBO(x) = E_q(z|x)[-log p(x | z)] + KL(q(z | x) || p(z)). The expectation is estimated with
    `samples` codes, at least one; the KL is exact. A plain autoencoder has no KL term: its second array is zero.
    """
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    mean, log_var = encode(model, images)
    x = _scaled(images)
    if not model.variational:
        return _nll(x, decode(model, mean)), np.zeros(len(x), "float32")
    draws = [_nll(x, decode(model, sample(mean, log_var, seed + i))) for i in range(samples)]
    kl = (mean**2 + np.exp(log_var) - 1 - log_var).sum(axis=1) / 2
    return np.mean(draws, axis=0), kl


def negative_elbo(model: VAE, images: np.ndarray, seed: int, *, samples: int = 1) -> np.ndarray:
    """-ELBO of each picture, an upper bound on its code length: (n, 28, 28) uint8 to (n,) nats."""
    reconstruction, kl = elbo_terms(model, images, seed, samples=samples)
    return reconstruction + kl


def _scaled(images: np.ndarray) -> np.ndarray:
    if images.dtype != np.uint8 or images.shape[1:] != (SIZE, SIZE):
        raise ValueError(f"images must be (n, {SIZE}, {SIZE}) uint8, got {images.shape} {images.dtype}")
    return images.astype("float32") / 255


def _nll(x: np.ndarray, p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -(x * np.log(p) + (1 - x) * np.log1p(-p)).sum(axis=(1, 2))


# --- walks through the latent space -----------------------------------------------------------


def grid(model: VAE, n: int, *, spread: str = "range", extent: float = 3.0) -> np.ndarray:
    """The plane of a 2-D model as one picture: (n, n, 28, 28) float32 in [0, 1], top row first."""
    return decode(model, grid_codes(n, spread=spread, extent=extent)).reshape(n, n, SIZE, SIZE)


def concept_vector(model: VAE, images: np.ndarray, labels_or_scores: np.ndarray) -> np.ndarray:
    """The direction in latent space that carries a concept: (latent_dim,) float32, see `direction`."""
    return concept_direction(encode(model, images)[0], labels_or_scores)


# --- training ---------------------------------------------------------------------------------


class KlWarmup(keras.callbacks.Callback):
    """Let the KL term in slowly: beta rises from 0 to its value over the first batches.

    Where it has its full weight from the start, dimensions that have not yet found anything to say
    are silenced for good (Bowman et al. 2016, arXiv:1511.06349; Sonderby et al. 2016).
    """

    def __init__(self, model: VAE, batches: int):
        super().__init__()
        self.full, self.batches = model.beta, batches
        self.beta = model.beta = keras.Variable(0.0, trainable=False)  # so that the compiled step sees it rise

    def on_train_batch_begin(self, batch, logs=None):
        seen = int(self.model.optimizer.iterations)  # also right after --resume
        self.beta.assign(self.full * min(1.0, seen / self.batches))


def train(
    model: VAE,
    images: np.ndarray,
    *,
    held_out: np.ndarray,
    epochs: int = 10,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    report_every: int = 20,
    seed: int = 0,
) -> Iterator[Step]:
    """Fit `model` to `images` with Adam, reporting every `report_every` batches.

    images, held_out: (n, 28, 28) uint8. The generator may be dropped after any step; the model
    keeps what it learnt so far. A 2-D model's report shows its plane, any other's shows codes
    drawn once from the prior. Raises `ValueError` on fewer pictures than one batch.
    """
    import time

    if len(images) < batch_size:
        raise ValueError(f"{len(images)} pictures do not fill one batch of {batch_size}")
    x, x_held = _scaled(images), _scaled(held_out)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), jit_compile=False)
    rng = np.random.default_rng(seed)
    fixed = grid_codes(10, extent=2.5) if model.latent_dim == 2 else rng.standard_normal((100, model.latent_dim))
    batches = len(x) // batch_size
    total, done, last, clock = epochs * batches, 0, 0, time.perf_counter()
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for b in range(batches):
            logs = model.train_on_batch(x[order[b * batch_size : (b + 1) * batch_size]], return_dict=True)
            done += 1
            if done % report_every and done != total and done != 1:
                continue
            speed = (done - last) * batch_size / (time.perf_counter() - clock)
            model.reset_metrics()
            held = model.test_on_batch(x_held, return_dict=True)
            model.reset_metrics()
            losses = {f"training {k}": float(logs[k]) for k in ("reconstruction", "kl")}
            losses |= {f"held-out {k}": float(held[k]) for k in ("reconstruction", "kl")}
            pictures = decode(model, fixed).reshape(10, 10, SIZE, SIZE)
            yield Step(done, total, losses, tile(pictures), speed)
            last, clock = done, time.perf_counter()
