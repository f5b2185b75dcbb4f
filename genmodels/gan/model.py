"""Generative adversarial networks: one network draws, the other says whether it is fooled.

A generator turns noise into pictures; a discriminator sees real ones and drawn ones and gives the
probability that a picture is real. Each is trained against the other, and where neither can improve
the drawn pictures are distributed as the real ones are. How they learn is in `gan_training`, how well
they did in `gan_measures`.

Goodfellow et al. 2014, "Generative Adversarial Networks", arXiv:1406.2661; the convolutional ones
Radford et al. 2015 (DCGAN), arXiv:1511.06434; conditional ones Mirza & Osindero 2014, arXiv:1411.1784.
The architectures are those of Hands-On Machine Learning, chapter 17 (`dense`, `dcgan`) and Deep Learning
with Python, section 8.5 (`color`, made narrower: theirs takes a graphics card). Where we differ:

- Kernels are divisible by the stride (4 by 2, not 5 by 2), so that every pixel is written as often as
  its neighbour: no checkerboard (Odena et al. 2016). `Tricks(kernel=5)` has it back.
- `color` has batch normalisation in its generator, as the DCGAN paper asks, and tanh with data in
  [-1, 1]; the book has neither: its generator ends in tanh, its data lies in [0, 1].
- A conditional discriminator compares the label with what it sees by an inner product (Miyato & Koyama
  2018, arXiv:1802.05637), and so needs no image of the label as an input.
- It is shown real pictures with a wrong label too, as fakes (Reed et al. 2016, arXiv:1605.05396): else it
  learns slowly that a good shirt is no answer to "trousers". `Tricks(matching=True)`.
- What is shipped and shown is a moving average of the generator's weights (Karras et al. 2017,
  arXiv:1710.10196): the generator itself is never at rest.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.data import datasets


@dataclass(frozen=True)
class Tricks:
    """Every trick of the sources, each at the value that works; what happens without one is a field away."""

    output: str = "tanh"  # or another of `OUTPUTS`: the generator's last activation, and the data's range
    latent: str = "normal"  # or "uniform", in [-1, 1]: where codes come from
    label_noise: float = 0.05  # "real" is a number in [1 - noise, 1], "fake" one in [0, noise]
    dropout: float = 0.4  # share of the discriminator's features that are left out
    activation: str = "leaky_relu"  # or "relu_and_pooling": ReLU, and max pooling where strides were
    kernel: int = 4  # pixels; 5 is not divisible by the stride of 2
    replay: float = 0.0  # share of the fakes shown to the discriminator that are old ones
    minibatch: str = "none"  # or "std", "discrimination": what it is told of a batch as a whole
    clip: float = 0.0  # no component of a gradient is longer; 0: off
    decay: float = 0.0  # share of the learning rates that is gone at the end
    matching: bool = False  # conditional ones: real pictures with a wrong label count as fakes too
    objective: str = "gan"  # or "wgan_gp"
    discriminator_rate: float = 1e-3  # Adam's learning rates
    generator_rate: float = 2e-3
    discriminator_steps: int = 1  # of the discriminator for one of the generator
    width: float = 1.0  # share of the convolutions' channels: narrower is quicker, and draws less well
    average: float = 0.999  # of the shown generator: the share it keeps of itself at a step; 0: off


OUTPUTS = {  # last activation, and where black lies in the data; white is 1
    "tanh": ("tanh", -1.0),
    "sigmoid": ("sigmoid", 0.0),
    "tanh_0_1": ("tanh", 0.0),  # as Deep Learning with Python has it: half of the range is never wanted
}
LATENTS = ("normal", "uniform")
ACTIVATIONS = ("leaky_relu", "relu_and_pooling")
MINIBATCH = ("none", "std", "discrimination")
OBJECTIVES = ("gan", "wgan_gp")
COMPANY = 63  # pictures among which one is judged where batches are compared: with it a batch, as in training
STRIDE = 2  # of every convolution that changes the size
SLOPE = 0.2  # of LeakyReLU below zero
GOOD = Tricks()


@dataclass(frozen=True)
class Recipe:
    """What tells one shipped model from another."""

    data: str
    architecture: str
    classes: int = 0  # 0: nobody asks for a class
    keep: int | None = None  # the one class it was trained on; None: all of them
    tricks: Tricks = GOOD


WGAN_GP = Tricks(
    objective="wgan_gp",
    discriminator_steps=3,  # the paper has 5, and graphics cards
    dropout=0.0,
    label_noise=0.0,
    discriminator_rate=5e-4,
    generator_rate=1e-3,
)
COLOR = Tricks(clip=1.0, decay=0.5, discriminator_rate=5e-4, generator_rate=1e-3)
RECIPES = {
    "fashion_dense": Recipe("fashion_mnist", "dense", tricks=Tricks(output="sigmoid")),
    "fashion_dcgan": Recipe("fashion_mnist", "dcgan", tricks=Tricks(minibatch="discrimination")),
    "frogs": Recipe("cifar10", "color", keep=6, tricks=replace(COLOR, minibatch="discrimination")),
    "cifar10": Recipe("cifar10", "color", classes=10, tricks=COLOR),
    "fashion_conditional": Recipe("fashion_mnist", "dcgan", classes=10, tricks=Tricks(matching=True)),
    "mnist_conditional": Recipe("mnist", "dcgan", classes=10, tricks=Tricks(matching=True)),
    "fashion_wgan_gp": Recipe("fashion_mnist", "dcgan", tricks=replace(WGAN_GP, width=0.5)),
}
# Short runs of one recipe, each without one of its tricks; half as wide, so that they can be repeated at home.
HALF = Tricks(width=0.5)
BROKEN = {
    "baseline": HALF,
    "sigmoid": replace(HALF, output="sigmoid"),
    "tanh_0_1": replace(HALF, output="tanh_0_1"),
    "uniform_latent": replace(HALF, latent="uniform"),
    "no_label_noise": replace(HALF, label_noise=0.0),
    "no_dropout": replace(HALF, dropout=0.0),
    "relu_and_pooling": replace(HALF, activation="relu_and_pooling"),
    "checkerboard": replace(HALF, kernel=5),
    "strong_discriminator": replace(HALF, discriminator_rate=4e-3, discriminator_steps=3, dropout=0.0),
}
# What the sources add where a generator collapses; their runs compare with those above.
ADDED = {
    "replay": replace(HALF, replay=0.5),
    "minibatch_std": replace(HALF, minibatch="std"),
    "minibatch_discrimination": replace(HALF, minibatch="discrimination"),
}
ARCHITECTURES = ("dense", "dcgan", "color")
CODINGS = {"dense": 30, "dcgan": 100, "color": 32}
SHAPES = {"dense": (28, 28, 1), "dcgan": (28, 28, 1), "color": (32, 32, 3)}


@dataclass(frozen=True, eq=False)
class GAN:
    """Two networks; made by `build`. What `load` gives is shared by all visitors: do not train or change it.

    generator: codes (n, codings), and one-hot labels (n, classes) where it is conditional, to pictures
    (n, h, w, c) in the range of its last activation. discriminator: pictures (and labels) to logits (n, 1).
    """

    generator: Any  # keras.Model
    discriminator: Any  # keras.Model
    shape: tuple[int, int, int]
    codings: int
    classes: int
    tricks: Tricks
    company: np.ndarray | None = None  # see `company_of`

    @cached_property
    def draw(self) -> Callable:
        """Codes, and labels, to (n, h, w, c) uint8; compiled once."""
        from keras import ops

        def draw(*inputs):
            x = self.generator(list(inputs), training=False)
            _, black = OUTPUTS[self.tricks.output]
            grey = 255 * (x - black) / (1 - black)
            return ops.cast(ops.round(ops.clip(grey, 0.0, 255.0)), "uint8")

        return _compiled(draw, self.generator)

    @cached_property
    def judge(self) -> Callable:
        """Pictures (n, h, w, c) in the range of the data, and labels, to (n, 1) logits; compiled once."""
        if self.company is None:
            return _compiled(lambda *inputs: self.discriminator(list(inputs), training=False), self.discriminator)
        from genmodels.gan import networks as gan_networks

        judged = gan_networks.judge(self.discriminator, self.company)
        return _compiled(judged, self.discriminator)


def _compiled(f: Callable, network: Any) -> Callable:
    """One graph for all batch sizes. The only lines here that know which backend runs."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return f
    import tensorflow as tf

    signature = [tf.TensorSpec(each.shape, tf.float32) for each in network.inputs]
    return tf.function(f, input_signature=signature, autograph=False)


# --- the networks -----------------------------------------------------------------------------


def build(architecture: str, *, classes: int = 0, tricks: Tricks = GOOD, seed: int = 0) -> GAN:
    """A fresh, untrained pair of networks.

    architecture: one of `ARCHITECTURES`. classes: how many there are to choose from, 0 for none. seed:
    fixes the initial weights and the dropout. Raises `ValueError` on anything unknown.
    """
    from genmodels.gan import networks as gan_networks

    if architecture not in ARCHITECTURES:
        raise ValueError(f"unknown architecture {architecture!r}: expected one of {', '.join(ARCHITECTURES)}")
    if classes < 0:
        raise ValueError(f"classes must not be negative, got {classes}")
    _check(tricks)
    shape, codings = SHAPES[architecture], CODINGS[architecture]
    generator = gan_networks.generator(architecture, shape, codings, classes, tricks, seed)
    discriminator = gan_networks.discriminator(architecture, shape, classes, tricks, seed)
    return GAN(generator, discriminator, shape, codings, classes, tricks)


def _check(tricks: Tricks) -> None:
    for field, allowed in {
        "output": OUTPUTS,
        "latent": LATENTS,
        "activation": ACTIVATIONS,
        "minibatch": MINIBATCH,
        "objective": OBJECTIVES,
    }.items():
        if getattr(tricks, field) not in allowed:
            raise ValueError(f"{field} must be one of {', '.join(allowed)}, got {getattr(tricks, field)!r}")
    for field in ("label_noise", "replay", "decay"):
        if not 0 <= getattr(tricks, field) <= 1:
            raise ValueError(f"{field} must be from 0 to 1, got {getattr(tricks, field)}")
    for field in ("dropout", "average"):
        if not 0 <= getattr(tricks, field) < 1:
            raise ValueError(f"{field} must be from 0 to below 1, got {getattr(tricks, field)}")
    if not 0 < tricks.width <= 1:
        raise ValueError(f"width must be above 0 and at most 1, got {tricks.width}")
    if tricks.kernel < 2 or tricks.discriminator_steps < 1 or tricks.clip < 0:
        raise ValueError(f"kernel from 2, discriminator_steps from 1 and clip from 0 expected, got {tricks}")


def load(name: str) -> GAN:
    """A trained model: one of `RECIPES`. Shared by all who ask: do not train or change it.

    Raises `ValueError` for an unknown name and `weights.WeightsError` for missing or damaged weights.
    """
    if name not in RECIPES:
        raise ValueError(f"unknown model {name!r}: expected one of {', '.join(RECIPES)}")
    recipe = RECIPES[name]
    model = build(recipe.architecture, classes=recipe.classes, tricks=recipe.tricks)
    pair(model).load_weights(weights.path(f"gan_{name}"))
    if recipe.tricks.minibatch != "none":
        with np.load(weights.path(f"gan_{name}", ".arrays.npz")) as archive:
            model = replace(model, company=archive["company"])
    generate(model, draw_codes(model, 1, 0), [0] if model.classes else None)  # compile now, not under a hand
    return model


def data(recipe: Recipe, split: str = "train") -> tuple[np.ndarray, np.ndarray | None]:
    """The pictures a recipe is trained on, uint8, and their labels (n,) where it is conditional, else None.

    Raises `datasets.DatasetMissing` where they are not on this machine.
    """
    images, labels = datasets.load(recipe.data, split)
    if recipe.keep is not None:
        images = images[labels == recipe.keep]
    return images, labels if recipe.classes else None


def pair(model: GAN) -> Any:
    """Both networks as one Keras model, so that one file holds the weights of both."""
    import keras

    class Pair(keras.Model):
        """A shelf for two, never called."""

    both = Pair(name="gan")
    both.generator, both.discriminator = model.generator, model.discriminator
    both.built = True
    return both


def company_of(model: GAN, real: np.ndarray) -> np.ndarray:
    """What the discriminator compares of `COMPANY` pictures, half of them real: float16, a row to each.

    A discriminator that is told of the batch knows a drawn picture by its like, and a real one likewise; in
    a mixed company each has to speak for itself. real: uint8, at least half of `COMPANY`; the others are
    drawn from seed 0.
    """
    from genmodels.gan import networks as gan_networks

    half = COMPANY - COMPANY // 2
    labels = np.arange(COMPANY - half) % model.classes if model.classes else None
    drawn = generate(model, draw_codes(model, COMPANY - half, 0), labels)
    pictures = scaled(np.concatenate([real[:half], drawn]), model.tricks)
    return np.asarray(gan_networks.compared(model.discriminator, pictures)).astype("float16")


# --- what one does with them ------------------------------------------------------------------


def draw_codes(model: GAN, n: int, seed: int) -> np.ndarray:
    """(n, codings) float32 from the distribution the model was trained on; the same seed, the same codes."""
    rng = np.random.default_rng(seed)
    return codes(model.tricks, (n, model.codings), rng)


def codes(tricks: Tricks, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    if tricks.latent == "uniform":
        return rng.uniform(-1, 1, shape).astype("float32")
    return rng.standard_normal(shape, dtype="float32")


def generate(model: GAN, z: np.ndarray, labels: Any = None) -> np.ndarray:
    """Pictures of codes: (n, codings) to uint8 (n, h, w), or (n, h, w, 3) in colour.

    labels: for a conditional model (n,) whole numbers, or (n, classes) shares of each class, which mixes
    them. Raises `ValueError` on codes or labels of another shape.
    """
    z = np.asarray(z, "float32")
    if z.ndim != 2 or z.shape[1] != model.codings:
        raise ValueError(f"codes must have shape (n, {model.codings}), got {z.shape}")
    images = np.asarray(model.draw(z, *one_hot(model, labels, len(z))))
    return images[..., 0] if model.shape[2] == 1 else images


def discriminate(model: GAN, images: np.ndarray, labels: Any = None) -> np.ndarray:
    """The probability that each picture is real: uint8 (n, h, w) or (n, h, w, 3) to (n,) float32 in [0, 1].

    The critic of a "wgan_gp" gives no probability: its score has no bounds, higher is more real. One that
    is told of the batch judges these pictures as a batch, or, where the model has a `company`, each of them
    in that company. labels as for `generate`. Raises `ValueError` on pictures or labels of another shape.
    """
    x = scaled(images, model.tricks)
    if x.shape[1:] != model.shape:
        raise ValueError(f"pictures must be (n, {', '.join(map(str, model.shape))}) uint8, got {np.shape(images)}")
    logits = np.asarray(model.judge(x, *one_hot(model, labels, len(x))))[:, 0]
    return logits if model.tricks.objective == "wgan_gp" else 1 / (1 + np.exp(-np.clip(logits, -60, 60)))


def scaled(images: np.ndarray, tricks: Tricks) -> np.ndarray:
    """uint8 (n, h, w[, 3]) to float32 (n, h, w, c) in the range of the generator's last activation."""
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise ValueError(f"pictures must be (n, h, w) or (n, h, w, 3) uint8, got {images.shape} {images.dtype}")
    x = images[..., None] if images.ndim == 3 else images
    _, black = OUTPUTS[tricks.output]
    return x.astype("float32") * np.float32((1 - black) / 255) + np.float32(black)


def one_hot(model: GAN, labels: Any, n: int) -> tuple[np.ndarray, ...]:
    """The second input of a conditional model, ((n, classes) float32,), and () for one that takes none."""
    if not model.classes:
        if labels is not None:
            raise ValueError("this model takes no labels")
        return ()
    rows = np.asarray(labels if labels is not None else -1)
    if rows.ndim == 1 and len(rows) == n and rows.size and rows.min() >= 0 and rows.max() < model.classes:
        return (np.eye(model.classes, dtype="float32")[rows.astype("int64")],)
    if rows.shape == (n, model.classes):
        return (rows.astype("float32"),)
    raise ValueError(f"labels must be ({n},) from 0 to {model.classes - 1} or ({n}, {model.classes}), got {labels!r}")
