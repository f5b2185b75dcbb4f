"""Variational autoencoder (VAE): encoder, reparameterization, decoder, the two loss terms, and training.

The encoder maps an image to a Gaussian posterior q(z|x), the decoder maps a latent vector z to an image, and the KL
term keeps each posterior near the prior N(0, I). Latent vectors sampled from the prior therefore decode to new images.

Kingma & Welling 2013, "Auto-Encoding Variational Bayes", arXiv:1312.6114. The models are those of
Deep Learning with Python, section 8.4 (convolutional, 2-D latent space), and Hands-On Machine Learning,
chapter 17 (10-D latent space). Differences:

- The encoder outputs the *log variance*, so the standard deviation is `exp(log_var / 2)`. Some printings
  of the first book use `exp(log_var)`, which is the variance.
- The KL term is summed over latent dimensions and the reconstruction loss over pixels, without any
  scaling. The loss is therefore the negative ELBO in nats per image. (Gray levels are used as
  targets of the Bernoulli likelihood, as in both books.)
- The decoder starts with three dense layers: the map from two latent dimensions to ten classes is
  strongly nonlinear, and dense layers fit it better than convolutions alone.
- The beta-VAE (Higgins et al. 2017) multiplies the KL term by `beta`. The plain autoencoder
  (`variational=False`) has neither the KL term nor the sampling noise.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops

from genmodels import weights
from genmodels.latent_space import concept_vector, latent_grid
from genmodels.media.images import tile

IMAGE_SIZE = 28  # pixels; images are IMAGE_SIZE x IMAGE_SIZE, grayscale, light on dark


@dataclass(frozen=True)
class Config:
    """The settings of a pretrained model."""

    data: str
    latent_dim: int = 2
    beta: float = 1.0  # KL weight
    variational: bool = True  # False: a plain autoencoder, without sampling noise and KL term


CONFIGS = {
    "mnist": Config("mnist"),
    "fashion_mnist": Config("fashion_mnist"),
    "fashion_mnist_10d": Config("fashion_mnist", latent_dim=10),
    "mnist_10d": Config("mnist", latent_dim=10),
    "mnist_ae": Config("mnist", variational=False),
    "mnist_beta_025": Config("mnist", beta=0.25),
    "mnist_beta_4": Config("mnist", beta=4.0),
}


@dataclass(frozen=True)
class Step:
    """A report during training."""

    done: int  # batches
    total: int  # batches
    losses: dict[str, float]  # nats per image: "training kl", "held-out reconstruction", ...
    image: np.ndarray  # images decoded from fixed latent vectors, (h, w) uint8
    images_per_second: float


# --- the model ------------------------------------------------------------------------------


class VAE(keras.Model):
    """Encoder, sampling, decoder and loss; created by `build`."""

    def __init__(self, encoder: keras.Model, decoder: keras.Model, *, beta: float, variational: bool, seed: int):
        super().__init__(name="vae")
        self.encoder, self.decoder = encoder, decoder
        self.latent_dim = decoder.input_shape[-1]
        self.beta, self.variational = beta, variational
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.reconstruction_mean = keras.metrics.Mean(name="reconstruction")
        self.kl_mean = keras.metrics.Mean(name="kl")
        self.built = True  # both networks are functional models: their weights exist
        image_shape, z_shape = (None, IMAGE_SIZE, IMAGE_SIZE), (None, self.latent_dim)
        self.compiled_encode = _compile(lambda x: self.encoder(x, training=False), image_shape)
        self.compiled_decode = _compile(lambda z: ops.sigmoid(self.decoder(z, training=False)), z_shape)

    def call(self, x, training=False):
        mean, log_var = self.encoder(x, training=training)  # (n, d), (n, d)
        if self.variational:
            eps = keras.random.normal(ops.shape(mean), dtype=mean.dtype, seed=self.seed_generator)
            z = reparameterize(mean, log_var, eps)
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
    """A new, untrained model.

    latent_dim: dimensions of z, at least 1. beta: KL weight. variational: False for a plain autoencoder.
    dtype: a Keras dtype policy; `"mixed_bfloat16"` trains faster if the CPU supports bfloat16 (the weights stay
    float32). seed: fixes the initial weights and the sampling noise of the training. Raises `ValueError` on a
    latent_dim below 1 or a negative beta.
    """
    if latent_dim < 1:
        raise ValueError(f"latent_dim must be at least 1, got {latent_dim}")
    if beta < 0:
        raise ValueError(f"beta must not be negative, got {beta}")
    seeds = iter(range(1000 * seed, 1000 * seed + 1000))  # a seed per layer, because set_random_seed is process-wide

    def init() -> keras.initializers.Initializer:
        return keras.initializers.GlorotUniform(seed=next(seeds))

    def dense(units, activation="relu", dtype=dtype):
        return layers.Dense(units, activation=activation, kernel_initializer=init(), dtype=dtype)

    def conv(layer, filters, strides, activation="relu"):
        return layer(filters, 3, strides, "same", activation=activation, kernel_initializer=init(), dtype=dtype)

    image = keras.Input((IMAGE_SIZE, IMAGE_SIZE))
    x = layers.Reshape((IMAGE_SIZE, IMAGE_SIZE, 1))(image)
    x = conv(layers.Conv2D, 32, 2)(x)  # (n, 14, 14, 32)
    x = conv(layers.Conv2D, 64, 2)(x)  # (n, 7, 7, 64)
    x = conv(layers.Conv2D, 64, 2)(x)  # (n, 4, 4, 64)
    x = dense(256)(layers.Flatten()(x))
    mean = dense(latent_dim, None, "float32")(x)
    log_var = dense(latent_dim, None, "float32")(x)
    encoder = keras.Model(image, [mean, log_var], name="encoder")

    z = keras.Input((latent_dim,))
    x = dense(256)(z)
    x = dense(256)(x)
    x = dense(512)(x)
    x = layers.Reshape((7, 7, 32))(dense(7 * 7 * 32)(x))
    x = conv(layers.Conv2DTranspose, 32, 2)(x)  # (n, 14, 14, 32)
    x = conv(layers.Conv2DTranspose, 16, 2)(x)  # (n, 28, 28, 16)
    x = conv(layers.Conv2D, 1, 1, None)(x)
    logits = layers.Reshape((IMAGE_SIZE, IMAGE_SIZE), dtype="float32")(x)
    decoder = keras.Model(z, logits, name="decoder")
    return VAE(encoder, decoder, beta=beta, variational=variational, seed=next(seeds))


def load(name: str = "fashion_mnist") -> VAE:
    """A pretrained model: one of `CONFIGS`. Shared instance: read-only.

    Raises `ValueError` for an unknown name and `weights.WeightsError` for damaged weights.
    """
    config = _config(name)
    model = build(config.latent_dim, beta=config.beta, variational=config.variational)
    model.load_weights(weights.path(f"vae_{name}"))
    # Run both once, so that they are compiled before the first interaction.
    model.compiled_decode(np.zeros((1, model.latent_dim), "float32"))
    model.compiled_encode(np.zeros((1, IMAGE_SIZE, IMAGE_SIZE), "float32"))
    return model


def _config(name: str) -> Config:
    if name not in CONFIGS:
        raise ValueError(f"unknown model {name!r}: expected one of {', '.join(CONFIGS)}")
    return CONFIGS[name]


def _compile(f: Callable, shape: tuple) -> Callable:
    """One graph for all batch sizes. The only function of this module that depends on the Keras backend."""
    if keras.backend.backend() != "tensorflow":
        return f
    import tensorflow as tf

    return tf.function(f, input_signature=[tf.TensorSpec(shape, tf.float32)])


# --- loss terms -----------------------------------------------------------------------------


def reparameterize(mean, log_var, eps):
    """The reparameterization trick: a sample of q(z|x), z = mean + exp(log_var / 2) * eps, all (n, d).

    eps: standard normal noise. It is an input, so z is differentiable with respect to mean and log_var
    (Kingma & Welling 2013, section 2.4).
    """
    return mean + ops.exp(log_var / 2) * eps


def kl_divergence(mean, log_var):
    """KL(N(mean, exp(log_var)) || N(0, 1)) = (mean^2 + exp(log_var) - 1 - log_var) / 2.

    The KL divergence of the posterior from the prior, (n, d) to (n, d), in nats per dimension; the loss
    sums it over the last axis (Kingma & Welling 2013, appendix B).
    """
    return (ops.square(mean) + ops.exp(log_var) - 1 - log_var) / 2


def bernoulli_nll(x, logits):
    """-log p(x | z) = -sum_i [x_i log p_i + (1 - x_i) log(1 - p_i)], p = sigmoid(logits).

    The reconstruction loss: x (n, 28, 28) in [0, 1] and logits of the same shape to (n,) nats. Computed from
    logits to avoid the logarithm of zero: max(l, 0) - l x + log(1 + exp(-|l|)).
    """
    logits = ops.cast(logits, "float32")
    per_pixel = ops.maximum(logits, 0) - logits * x + ops.log1p(ops.exp(-ops.abs(logits)))
    return ops.sum(per_pixel, axis=(1, 2))


# --- inference ------------------------------------------------------------------------------


def encode(model: VAE, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and log variance of the posterior q(z|x) of each image.

    images: (n, 28, 28) uint8, light on dark. Returns two (n, latent_dim) float32. Raises `ValueError` on other shapes
    or dtypes.
    """
    mean, log_var = model.compiled_encode(_scaled(images))
    return np.asarray(mean), np.asarray(log_var)


def sample(mean: np.ndarray, log_var: np.ndarray, seed: int) -> np.ndarray:
    """One sample z ~ q(z|x) per posterior: mean + exp(log_var / 2) * eps, (n, d) float32."""
    eps = np.random.default_rng(seed).standard_normal(np.shape(mean), dtype="float32")
    return mean + np.exp(log_var / 2) * eps


def decode(model: VAE, z: np.ndarray) -> np.ndarray:
    """Decoded images: z (n, latent_dim) to (n, 28, 28) float32 in [0, 1]. Raises `ValueError` on other shapes."""
    z = np.asarray(z, "float32")
    if z.ndim != 2 or z.shape[1] != model.latent_dim:
        raise ValueError(f"z must have shape (n, {model.latent_dim}), got {z.shape}")
    return np.asarray(model.compiled_decode(z))


def reconstruct(model: VAE, images: np.ndarray) -> np.ndarray:
    """Images decoded from the posterior mean: (n, 28, 28) uint8 to float32 in [0, 1]."""
    return decode(model, encode(model, images)[0])


def elbo_terms(model: VAE, images: np.ndarray, seed: int, *, samples: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The two terms of the negative ELBO of each image, in nats: reconstruction (n,) and KL (n,).

    -ELBO(x) = E_q(z|x)[-log p(x | z)] + KL(q(z | x) || p(z)). The expectation is a Monte Carlo estimate with
    `samples` samples of z, at least one; the KL is exact. For a plain autoencoder the KL is 0. Raises `ValueError` on
    fewer samples.
    """
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    mean, log_var = encode(model, images)
    x = _scaled(images)
    if not model.variational:
        return _nll(x, decode(model, mean)), np.zeros(len(x), "float32")
    reconstructions = [_nll(x, decode(model, sample(mean, log_var, seed + i))) for i in range(samples)]
    return np.mean(reconstructions, axis=0), np.asarray(kl_divergence(mean, log_var)).sum(axis=1)


def negative_elbo(model: VAE, images: np.ndarray, seed: int, *, samples: int = 1) -> np.ndarray:
    """-ELBO of each image, an upper bound on -log p(x): (n, 28, 28) uint8 to (n,) nats."""
    reconstruction, kl = elbo_terms(model, images, seed, samples=samples)
    return reconstruction + kl


def _scaled(images: np.ndarray) -> np.ndarray:
    if images.dtype != np.uint8 or images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
        raise ValueError(f"images must be (n, {IMAGE_SIZE}, {IMAGE_SIZE}) uint8, got {images.shape} {images.dtype}")
    return images.astype("float32") / 255


def _nll(x: np.ndarray, p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -(x * np.log(p) + (1 - x) * np.log1p(-p)).sum(axis=(1, 2))


# --- latent space ---------------------------------------------------------------------------


def decode_grid(model: VAE, images_per_side: int, *, spacing: str = "linear", half_width: float = 3.0) -> np.ndarray:
    """The decoded latent plane of a 2-D model: (images_per_side, images_per_side, 28, 28) float32 in [0, 1].

    Top row first; spacing, half_width: see `latent_space.latent_grid`.
    """
    z = latent_grid(images_per_side, spacing=spacing, half_width=half_width)
    return decode(model, z).reshape(images_per_side, images_per_side, IMAGE_SIZE, IMAGE_SIZE)


def image_concept_vector(model: VAE, images: np.ndarray, labels_or_scores: np.ndarray) -> np.ndarray:
    """`latent_space.concept_vector` of images (n, 28, 28) uint8 and an attribute (n,): (latent_dim,) float32."""
    return concept_vector(encode(model, images)[0], labels_or_scores)


# --- training -------------------------------------------------------------------------------


class KlWarmup(keras.callbacks.Callback):
    """KL warm-up: beta rises linearly from 0 to its value over the first batches.

    With the full KL weight from the start, latent dimensions that carry no information yet collapse to the
    prior (posterior collapse) and stay inactive (Bowman et al. 2016, arXiv:1511.06349; Sonderby et al. 2016).
    """

    def __init__(self, model: VAE, batches: int):
        super().__init__()
        self.final_beta, self.batches = model.beta, batches
        self.beta = model.beta = keras.Variable(0.0, trainable=False)  # a variable, because the compiled step reads it

    def on_train_batch_begin(self, batch, logs=None):
        batches_done = int(self.model.optimizer.iterations)  # correct after --resume, too
        self.beta.assign(self.final_beta * min(1.0, batches_done / self.batches))


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
    """Fit `model` to `images` with Adam; yields a report every `report_every` batches.

    images, held_out: (n, 28, 28) uint8. learning_rate: of Adam. The generator may be closed after any step; the model
    keeps its weights. The image of a report is the decoded plane of a 2-D model; for other models, images decoded
    from 100 latent vectors sampled once from the prior. Raises `ValueError` on fewer images than one batch.
    """
    import time

    if len(images) < batch_size:
        raise ValueError(f"{len(images)} images do not fill one batch of {batch_size}")
    x, x_held_out = _scaled(images), _scaled(held_out)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), jit_compile=False)
    rng = np.random.default_rng(seed)
    if model.latent_dim == 2:
        fixed_latents = latent_grid(10, half_width=2.5)
    else:
        fixed_latents = rng.standard_normal((100, model.latent_dim))
    batches = len(x) // batch_size
    total, done, last_report, start = epochs * batches, 0, 0, time.perf_counter()
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for b in range(batches):
            logs = model.train_on_batch(x[order[b * batch_size : (b + 1) * batch_size]], return_dict=True)
            done += 1
            if done % report_every and done != total and done != 1:
                continue
            images_per_second = (done - last_report) * batch_size / (time.perf_counter() - start)
            model.reset_metrics()
            held_out_logs = model.test_on_batch(x_held_out, return_dict=True)
            model.reset_metrics()
            losses = {f"training {k}": float(logs[k]) for k in ("reconstruction", "kl")}
            losses |= {f"held-out {k}": float(held_out_logs[k]) for k in ("reconstruction", "kl")}
            decoded = decode(model, fixed_latents).reshape(10, 10, IMAGE_SIZE, IMAGE_SIZE)
            yield Step(done, total, losses, tile(decoded), images_per_second)
            last_report, start = done, time.perf_counter()
