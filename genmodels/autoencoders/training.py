"""How an autoencoder learns: all at once or, as was once the only way, a layer at a time.

Greedy layerwise training (Hinton & Salakhutdinov 2006, doi:10.1126/science.1127647; Bengio et al. 2007) first
trains the outer layers as an autoencoder of their own, then the inner ones on what the outer encoder makes
of the pictures, which stands still meanwhile; then all of them together for a while.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.model import Autoencoder
from genmodels.media.images import tile

SHOWN = 10  # held-out pictures of a report


@dataclass(frozen=True)
class Step:
    """One report of a running training."""

    done: int  # batches
    total: int
    losses: dict[str, float]  # mean squared errors, pixels in [0, 1]: "training error" of the batch, "held-out error"
    image: np.ndarray  # held-out pictures above what comes back of them, (2 * 28, SHOWN * 28) uint8
    phase: str  # "outer layers", "inner layers" or "all layers"
    images_per_second: float


@dataclass(frozen=True, eq=False)
class Phase:
    """One part of a training: what learns, on what, and the way a picture takes meanwhile."""

    name: str
    network: Any  # keras.Model: what learns, from `inputs` to `inputs`
    inputs: np.ndarray
    path: Any  # keras.Model: from pictures to pictures
    epochs: int


def phases(model: Autoencoder, x: np.ndarray, epochs: int) -> Iterator[Phase]:
    """The parts of a training, one after the other: ask for the next when one is done, it builds on it.

    x: (n, 28, 28) float32. A greedy member has three, which share the epochs; any other has one.
    """
    import keras
    from keras import layers

    if not model.recipe.greedy:
        yield Phase("all layers", model.whole, x, model.whole, epochs)
        return
    image = keras.Input((autoencoders.SIZE, autoencoders.SIZE))
    part = {layer.name: layer for half in (model.encoder, model.decoder) for layer in half.layers}
    seen = part["hidden"](layers.Flatten()(image))  # (n, hidden)
    shape = layers.Reshape((autoencoders.SIZE, autoencoders.SIZE))
    outer = keras.Model(image, shape(part["pixels"](seen)))
    each = max(1, epochs // 3)
    yield Phase("outer layers", outer, x, outer, each)
    middle = keras.Input((model.recipe.hidden,))
    inner = keras.Model(middle, part["hidden_back"](part["coding"](middle)))  # the outer layers stand still
    yield Phase(
        "inner layers", inner, keras.Model(image, seen).predict(x, batch_size=1000, verbose=0), model.whole, each
    )
    yield Phase("all layers", model.whole, x, model.whole, max(1, epochs - 2 * each))


def train(
    model: Autoencoder,
    images: np.ndarray,
    *,
    held_out: np.ndarray,
    epochs: int = 10,
    batch_size: int = 128,
    learning_rate: float = 2e-3,
    report_every: int = 50,
    seed: int = 0,
) -> Iterator[Step]:
    """Fit a fresh model to pictures with Adam, whose rate falls to zero along half a cosine in each phase.

    images, held_out: (n, 28, 28) uint8. A Step comes after the first batch, every `report_every`, and at the end
    of each phase. The generator may be dropped after any step; the model keeps what it learnt so far.
    Raises `ValueError` on fewer pictures than one batch.
    """
    import keras

    if len(images) < batch_size:
        raise ValueError(f"{len(images)} pictures do not fill one batch of {batch_size}")
    x, test = autoencoders.scaled(images), autoencoders.scaled(held_out)
    rng = np.random.default_rng(seed)
    batches = len(x) // batch_size
    lengths = [max(1, epochs // 3)] * 2 if model.recipe.greedy else []
    total = batches * (sum(lengths) + max(1, epochs - sum(lengths)))
    done, last, clock = 0, 0, time.perf_counter()
    for phase in phases(model, x, epochs):
        adam = keras.optimizers.Adam(learning_rate)
        # No XLA: for small layers on a CPU it is slower.
        phase.network.compile(adam, "mse", metrics=["mse"], jit_compile=False)
        length, first = phase.epochs * batches, done
        for _ in range(phase.epochs):
            order = rng.permutation(len(x))[: batches * batch_size].reshape(batches, batch_size)
            for rows in order:
                adam.learning_rate.assign(learning_rate * (0.5 + 0.5 * np.cos(np.pi * (done - first) / length)))
                batch = phase.inputs[rows]
                told = phase.network.train_on_batch(batch, batch, return_dict=True)
                phase.network.reset_metrics()
                done += 1
                if done % report_every and done - first not in (1, length):
                    continue
                back = phase.path.predict_on_batch(test)
                losses = {"training error": float(told["mse"]), "held-out error": float(np.square(back - test).mean())}
                speed = (done - last) * batch_size / (time.perf_counter() - clock)
                shown = tile(np.stack([test[:SHOWN], np.clip(back[:SHOWN], 0, 1)]))
                yield Step(done, total, losses, shown, phase.name, speed)
                last, clock = done, time.perf_counter()
