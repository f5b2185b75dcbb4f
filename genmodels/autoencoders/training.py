"""Training of an autoencoder: all layers at once, or greedy layer-wise.

Greedy layer-wise training (Hinton & Salakhutdinov 2006, doi:10.1126/science.1127647; Bengio et al. 2007) has three
phases: the outer layers as a shallow autoencoder; the inner layers on the outputs of the frozen outer encoder; all
layers together.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.config import IMAGE_SIZE
from genmodels.autoencoders.model import Autoencoder
from genmodels.media.images import tile

N_EXAMPLES = 10  # test images in a report


@dataclass(frozen=True)
class Step:
    """One report of a running training."""

    done: int  # batches
    total: int
    losses: dict[str, float]  # mean squared errors, pixels in [0, 1]: "training error" of the batch, "test error"
    image: np.ndarray  # test images above their reconstructions, (2 * 28, N_EXAMPLES * 28) uint8
    phase: str  # "outer layers", "inner layers" or "all layers"
    images_per_second: float


@dataclass(frozen=True, eq=False)
class TrainingPhase:
    """One phase of a training."""

    name: str
    network: Any  # keras.Model that is trained to reproduce `inputs`
    inputs: np.ndarray
    pathway: Any  # keras.Model from images to reconstructions in this phase
    epochs: int


def training_phases(model: Autoencoder, x: np.ndarray, epochs: int) -> Iterator[TrainingPhase]:
    """The phases of a training in their order. Train each before you take the next one, which builds on it.

    x: (n, 28, 28) float32. With `greedy` there are three phases, which share the epochs; otherwise one.
    """
    import keras
    from keras import layers

    if not model.config.greedy:
        yield TrainingPhase("all layers", model.full_model, x, model.full_model, epochs)
        return
    image = keras.Input((IMAGE_SIZE, IMAGE_SIZE))
    layer = {layer.name: layer for half in (model.encoder, model.decoder) for layer in half.layers}
    hidden = layer["hidden"](layers.Flatten()(image))  # (n, hidden_units)
    outer = keras.Model(image, layers.Reshape((IMAGE_SIZE, IMAGE_SIZE))(layer["pixels"](hidden)))
    per_phase = max(1, epochs // 3)
    yield TrainingPhase("outer layers", outer, x, outer, per_phase)
    inner_input = keras.Input((model.config.hidden_units,))
    inner = keras.Model(inner_input, layer["decoder_hidden"](layer["coding"](inner_input)))
    activations = keras.Model(image, hidden).predict(x, batch_size=1000, verbose=0)
    yield TrainingPhase("inner layers", inner, activations, model.full_model, per_phase)
    yield TrainingPhase("all layers", model.full_model, x, model.full_model, max(1, epochs - 2 * per_phase))


def train(
    model: Autoencoder,
    images: np.ndarray,
    *,
    test_images: np.ndarray,
    epochs: int = 10,
    batch_size: int = 128,
    learning_rate: float = 2e-3,
    report_every: int = 50,
    seed: int = 0,
) -> Iterator[Step]:
    """Fit an untrained model with Adam; in each phase the learning rate falls to zero along half a cosine.

    images, test_images: (n, 28, 28) uint8. A Step is yielded after the first batch, every `report_every` batches, and
    at the end of each phase. The caller may stop after any step; the model keeps its current weights. Raises
    `ValueError` for fewer images than one batch.
    """
    import keras

    if len(images) < batch_size:
        raise ValueError(f"{len(images)} images do not fill one batch of {batch_size}")
    x, x_test = autoencoders.scale_pixels(images), autoencoders.scale_pixels(test_images)
    rng = np.random.default_rng(seed)
    batches = len(x) // batch_size
    phase_epochs = [max(1, epochs // 3)] * 2 if model.config.greedy else []
    total = batches * (sum(phase_epochs) + max(1, epochs - sum(phase_epochs)))
    done, last, clock = 0, 0, time.perf_counter()
    for phase in training_phases(model, x, epochs):
        adam = keras.optimizers.Adam(learning_rate)
        # XLA is slower for small layers on a CPU.
        phase.network.compile(adam, "mse", metrics=["mse"], jit_compile=False)
        length, first = phase.epochs * batches, done
        for _ in range(phase.epochs):
            order = rng.permutation(len(x))[: batches * batch_size].reshape(batches, batch_size)
            for rows in order:
                adam.learning_rate.assign(learning_rate * (0.5 + 0.5 * np.cos(np.pi * (done - first) / length)))
                batch = phase.inputs[rows]
                metrics = phase.network.train_on_batch(batch, batch, return_dict=True)
                phase.network.reset_metrics()
                done += 1
                if done % report_every and done - first not in (1, length):
                    continue
                y = phase.pathway.predict_on_batch(x_test)
                losses = {
                    "training error": float(metrics["mse"]),
                    "test error": float(np.square(y - x_test).mean()),
                }
                speed = (done - last) * batch_size / (time.perf_counter() - clock)
                examples = tile(np.stack([x_test[:N_EXAMPLES], np.clip(y[:N_EXAMPLES], 0, 1)]))
                yield Step(done, total, losses, examples, phase.name, speed)
                last, clock = done, time.perf_counter()


def reconstruction_sheet(model: Autoencoder, images: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Rows of images, each above a row of their reconstructions: (2 * rows * 28, columns * 28) with small gaps.

    images: at least rows * columns of (n, 28, 28) uint8 or float32, the inputs of the encoder.
    """
    x = autoencoders.scale_pixels(images[: rows * columns])
    both = np.stack([x, autoencoders.reconstruct(model, x)]).reshape(2, rows, columns, IMAGE_SIZE, IMAGE_SIZE)
    return tile(both.swapaxes(0, 1).reshape(2 * rows, columns, IMAGE_SIZE, IMAGE_SIZE), gap=2)
