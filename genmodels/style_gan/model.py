"""StyleGAN: build, load, map latent vectors to w, truncate, mix styles, synthesize images.

A mapping network turns z into w; a synthesis network starts with a learned constant and is controlled by w at every
layer. Early layers set the coarse structure, late ones the fine detail, and noise sets what is random. So the images of
two latent vectors can be mixed layer by layer.

Karras et al. 2019, arXiv:1812.04948, and 2020, arXiv:1912.04958; Hands-On Machine Learning, chapter 17. The networks
are in `networks`, with what differs from the papers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.style_gan.config import ABLATIONS, CONFIGS, W_DIM, Config, Hyperparameters

N_MEAN = 4096  # latent vectors per class for the mean of w
CHUNK = 250  # images synthesized at once, to bound the memory


@dataclass(frozen=True, eq=False)
class StyleGAN:
    """Generator and its configuration; what `load` returns is shared: read-only.

    generator: with `mapping`, z (n, latent_dim) and one-hot labels to w (n, W_DIM), and `synthesis`, w per layer
    (n, layers, W_DIM) and noise (n, noise_size) to images in about [-1, 1].
    """

    generator: Any  # keras.Model
    config: Config

    @property
    def hyperparameters(self) -> Hyperparameters:
        return self.config.hyperparameters

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.config.class_names)

    @property
    def layer_sizes(self) -> list[int]:
        """Pixels per side of the feature maps of each layer."""
        return self.generator.synthesis.layer_sizes

    @cached_property
    def mean_w(self) -> np.ndarray:
        """Mean w of each class, (classes, W_DIM) float32: the center of the truncation."""
        rng = np.random.default_rng(0)
        z = rng.standard_normal((N_MEAN, self.hyperparameters.latent_dim), dtype="float32")
        return np.stack([map_latents(self, z, np.full(N_MEAN, k)).mean(axis=0) for k in range(self.classes)])

    @cached_property
    def compiled_mapping(self) -> Callable:
        """z and one-hot labels to w; compiled once."""
        hyperparameters = self.hyperparameters

        def mapping(z, labels):
            return self.generator.mapping(z, labels)

        return _compiled(mapping, (hyperparameters.latent_dim,), (self.classes,))

    @cached_property
    def compiled_synthesis(self) -> Callable:
        """w per layer and noise to uint8 images; compiled once."""
        from keras import ops

        def synthesize(w, noise):
            x = self.generator.synthesis(w, noise)
            return ops.cast(ops.round(ops.clip((x + 1) * 127.5, 0.0, 255.0)), "uint8")

        return _compiled(synthesize, (len(self.layer_sizes), W_DIM), (self.generator.synthesis.noise_size,))


def _compiled(f: Callable, *shapes: tuple[int, ...]) -> Callable:
    """One graph for all batch sizes. Depends on the backend: only TensorFlow compiles here."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return f
    import tensorflow as tf

    signature = [tf.TensorSpec((None, *shape), tf.float32) for shape in shapes]
    return tf.function(f, input_signature=signature, autograph=False)


# --- building and loading ---------------------------------------------------------------------


def build(config: Config, *, seed: int = 0) -> StyleGAN:
    """A new, untrained generator. seed: fixes the initial weights."""
    from genmodels.style_gan import networks

    generator = networks.Generator(config.hyperparameters, config.image_channels, len(config.class_names), seed=seed)
    return StyleGAN(generator, config)


def load(name: str) -> StyleGAN:
    """A pretrained model: one of `CONFIGS`, or "ablation_" and one of `ABLATIONS`. Shared instance: read-only.

    Raises `ValueError` for an unknown name and `weights.WeightsError` for missing or damaged weights.
    """
    model = build(config_of(name))
    weights.combine(generator=model.generator).load_weights(weights.path(f"style_gan_{name}"))
    synthesize(model, model.mean_w[:1])  # compile before the first use
    return model


def config_of(name: str) -> Config:
    """The configuration of a name that `load` takes. Raises `ValueError` for an unknown name."""
    if name in CONFIGS:
        return CONFIGS[name]
    ablation = name.removeprefix("ablation_")
    if ablation != name and ablation in ABLATIONS:
        fashion = CONFIGS["fashion"]
        return Config(fashion.data, fashion.class_names, fashion.image_channels, ABLATIONS[ablation])
    raise ValueError(f"unknown model {name!r}: expected one of {', '.join(CONFIGS)}, or ablation_<name>")


# --- inference --------------------------------------------------------------------------------


def sample_latents(model: StyleGAN, n: int, seed: int) -> np.ndarray:
    """z (n, latent_dim) float32, standard normal; the same seed gives the same z."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, model.hyperparameters.latent_dim), dtype="float32")


def sample_noise(model: StyleGAN, n: int, seed: int) -> np.ndarray:
    """Noise (n, noise_size) float32 of all layers, standard normal; the same seed gives the same noise."""
    return np.random.default_rng(seed).standard_normal((n, model.generator.synthesis.noise_size), dtype="float32")


def map_latents(model: StyleGAN, z: np.ndarray, labels: Any) -> np.ndarray:
    """The mapping network: z (n, latent_dim) to w (n, W_DIM) float32.

    labels: (n,) integers, or (n, classes) weights of the classes, which mixes classes. Raises `ValueError` for z or
    labels of another shape.
    """
    z = np.asarray(z, "float32")
    if z.ndim != 2 or z.shape[1] != model.hyperparameters.latent_dim:
        raise ValueError(f"z must have shape (n, {model.hyperparameters.latent_dim}), got {z.shape}")
    return np.asarray(model.compiled_mapping(z, one_hot(model, labels, len(z))))


def one_hot(model: StyleGAN, labels: Any, n: int) -> np.ndarray:
    """Labels as weights of the classes: (n, classes) float32. Raises `ValueError` for another shape or range."""
    rows = np.asarray(labels)
    if rows.shape == (n, model.classes):
        return rows.astype("float32")
    if rows.shape == (n,) and rows.size and rows.min() >= 0 and rows.max() < model.classes:
        return np.eye(model.classes, dtype="float32")[rows.astype("int64")]
    raise ValueError(f"labels must be ({n},) from 0 to {model.classes - 1} or ({n}, {model.classes}), got {labels!r}")


def truncate(model: StyleGAN, w: np.ndarray, labels: Any, psi: float, *, cutoff: int | None = None) -> np.ndarray:
    """Truncation: w' = mean + psi (w - mean), for w (n, W_DIM) or (n, layers, W_DIM); returns (n, layers, W_DIM).

    psi below 1 moves w towards the mean of its class: typical images, less diversity. cutoff: number of layers that
    are truncated, from the coarsest; None: all. Karras et al. 2019, appendix B.
    """
    w = repeat_for_layers(model, w)
    mean = (one_hot(model, labels, len(w)) @ model.mean_w)[:, None]
    is_truncated = np.arange(w.shape[1])[None, :, None] < (w.shape[1] if cutoff is None else cutoff)
    return np.where(is_truncated, mean + psi * (w - mean), w).astype("float32")


def repeat_for_layers(model: StyleGAN, w: np.ndarray) -> np.ndarray:
    """The same w for every layer: (n, W_DIM) to (n, layers, W_DIM); (n, layers, W_DIM) is returned as it is."""
    w, n_layers = np.asarray(w, "float32"), len(model.layer_sizes)
    if w.ndim == 2:
        w = np.repeat(w[:, None], n_layers, axis=1)
    if w.ndim != 3 or w.shape[1:] != (n_layers, W_DIM):
        raise ValueError(f"w must have shape (n, {W_DIM}) or (n, {n_layers}, {W_DIM}), got {w.shape}")
    return w


def synthesize(model: StyleGAN, w: np.ndarray, noise: np.ndarray | None = None) -> np.ndarray:
    """The synthesis network: w (n, W_DIM) or (n, layers, W_DIM) to uint8 (n, r, r), or (n, r, r, 3) in color.

    noise: (n, noise_size), or (1, noise_size) for all images; None: no noise. Raises `ValueError` for other shapes.
    """
    w = repeat_for_layers(model, w)
    size = model.generator.synthesis.noise_size
    noise = np.zeros((1, size), "float32") if noise is None else np.asarray(noise, "float32")
    if noise.ndim != 2 or noise.shape[1] != size or len(noise) not in (1, len(w)):
        raise ValueError(f"noise must have shape ({len(w)}, {size}), got {noise.shape}")
    noise = np.broadcast_to(noise, (len(w), size))
    chunks = [
        np.asarray(model.compiled_synthesis(w[k : k + CHUNK], noise[k : k + CHUNK])) for k in range(0, len(w), CHUNK)
    ]
    images = np.concatenate(chunks) if chunks else np.zeros((0, *[model.hyperparameters.resolution] * 2, 1), "uint8")
    return images[..., 0] if images.shape[-1] == 1 else images


def generate(
    model: StyleGAN, z: np.ndarray, labels: Any, *, psi: float = 1.0, noise: np.ndarray | None = None
) -> np.ndarray:
    """G(z): z (n, latent_dim) and labels to uint8 images, see `map_latents`, `truncate` and `synthesize`."""
    return synthesize(model, truncate(model, map_latents(model, z, labels), labels, psi), noise)


# --- style mixing -----------------------------------------------------------------------------


def style_ranges(model: StyleGAN) -> dict[str, list[int]]:
    """The layers of "coarse", "middle" and "fine" styles: up to 8 pixels, 16, and from 32."""
    limits = {"coarse": (0, 8), "middle": (9, 16), "fine": (17, 10_000)}
    return {
        name: [k for k, size in enumerate(model.layer_sizes) if low <= size <= high]
        for name, (low, high) in limits.items()
    }


def mix_styles(model: StyleGAN, w: np.ndarray, source: np.ndarray, layers: Sequence[int]) -> np.ndarray:
    """w, with `layers` taken from `source`: both (n, W_DIM) or (n, layers, W_DIM), to (n, layers, W_DIM).

    Karras et al. 2019, figure 3.
    """
    mixed = repeat_for_layers(model, w).copy()
    mixed[:, list(layers)] = repeat_for_layers(model, source)[:, list(layers)]
    return mixed


def mixing_grid(model: StyleGAN, rows: np.ndarray, columns: np.ndarray, layers: Sequence[int]) -> np.ndarray:
    """All pairs: w of rows (m, layers, W_DIM) with `layers` from columns (n, layers, W_DIM), (m, n, layers, W_DIM)."""
    rows, columns = repeat_for_layers(model, rows), repeat_for_layers(model, columns)
    m, n = len(rows), len(columns)
    mixed = mix_styles(model, np.repeat(rows, n, axis=0), np.tile(columns, (m, 1, 1)), layers)
    return mixed.reshape(m, n, *mixed.shape[1:])


def crop_images(images: np.ndarray, size: int) -> np.ndarray:
    """The center of images (n, r, r[, 3]) at the size of their data, (n, size, size[, 3])."""
    border = (images.shape[1] - size) // 2
    return images[:, border : border + size, border : border + size]
