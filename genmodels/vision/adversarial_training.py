"""Adversarial training of the built-in backbone: data augmentation, attack, learning-rate schedule, checkpoints.

Every training image is moved, within an L2 radius, in the direction that increases the loss most (Goodfellow et al.
2014, arXiv:1412.6572; Madry et al. 2017, arXiv:1706.06083). Training starts on small images without an attack, where
an epoch takes a tenth of the time (progressive resizing; Gupta et al. 2020). The final weights are an exponential
moving average over the last batches.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
from keras import ops

from genmodels.media import images
from genmodels.vision import architecture

WARMUP_STEPS = 300  # batches over which the learning rate rises
BATCH_SIZE = 64
WEIGHT_DECAY = 5e-4  # on the kernels
LABEL_SMOOTHING = 0.1
EMA_MOMENTUM = 0.999  # of the averaged weights: about the last thousand batches
ATTACKED = 1000  # validation images that are also evaluated under attack, which takes ten steps each


class WarmupLinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Learning rate: linear warm-up over WARMUP_STEPS, then linear decay to zero at `steps`."""

    def __init__(self, peak: float, steps: int):
        self.peak, self.steps = peak, steps

    def __call__(self, step):
        step = ops.cast(step, "float32")
        return self.peak * ops.minimum((step + 1) / WARMUP_STEPS, ops.maximum(1 - step / self.steps, 0.0))

    def get_config(self):
        return {"peak": self.peak, "steps": self.steps}


def compile_for_training(model: keras.Model, learning_rate: float, steps: int) -> keras.Model:
    """Compiles a model of `architecture.build` with SGD, the schedule above and an average of the weights."""
    optimizer = keras.optimizers.SGD(
        WarmupLinearDecay(learning_rate, steps),
        momentum=0.9,
        nesterov=True,
        weight_decay=WEIGHT_DECAY,
        use_ema=True,
        ema_momentum=EMA_MOMENTUM,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=LABEL_SMOOTHING)
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=keras.backend.backend() == "jax")
    return model


# --- the attack -------------------------------------------------------------------------------


def input_gradient(model: keras.Model, loss: keras.losses.Loss) -> Callable:
    """A function of (x, y) that returns dL/dx with the model's current weights. Depends on the Keras backend."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        @tf.function(reduce_retracing=True)
        def gradient(x, y):
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = loss(y, model(x, training=False))
            return tape.gradient(value, x)

        return lambda x, y: gradient(tf.constant(x), tf.constant(y)).numpy()

    import jax

    def value(x, y, trainable, others):
        logits, _ = model.stateless_call(trainable, others, x, training=False)
        return loss(y, logits)

    gradient = jax.jit(jax.grad(value))
    return lambda x, y: np.asarray(
        gradient(x, y, [v.value for v in model.trainable_variables], [v.value for v in model.non_trainable_variables])
    )


def attack(gradient: Callable, x: np.ndarray, y: np.ndarray, *, radius: float, steps: int) -> np.ndarray:
    """Adversarial examples within `radius` (L2 per image) of x, (n, h, w, 3) float32 in [0, 1].

    gradient: made by `input_gradient`. y: one-hot labels. Projected gradient ascent on the loss in `steps` steps.
    """
    adversarial, step = x, radius if steps == 1 else 2.5 * radius / steps
    for _ in range(steps):
        g = gradient(adversarial, y)
        change = adversarial + step * g / _norm(g) - x
        adversarial = x + change * np.minimum(1, radius / _norm(change))
    return np.clip(adversarial, 0, 1)


def _norm(d: np.ndarray) -> np.ndarray:
    return np.sqrt((d * d).sum(axis=(1, 2, 3), keepdims=True)) + 1e-12


# --- data -------------------------------------------------------------------------------------


def resize_with_margin(x: np.ndarray, size: int) -> np.ndarray:
    """Images (n, h, h, 3) uint8 resized to an eighth more than `size`, so that random crops differ."""
    margin_size = size + size // 8
    if margin_size >= x.shape[1]:
        pad = (margin_size - x.shape[1] + 1) // 2
        return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "reflect") if pad else x
    return images.resize(x, margin_size)


def batches(
    x: np.ndarray, y: np.ndarray, size: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """One epoch of images (BATCH_SIZE, size, size, 3) float32 in [0, 1] and labels, with data augmentation.

    Random crops, horizontal flips and brightness.
    """
    order = rng.permutation(len(x))[: len(x) // BATCH_SIZE * BATCH_SIZE].reshape(-1, BATCH_SIZE)
    offsets = x.shape[1] - size + 1
    for rows in order:
        corners = rng.integers(offsets, size=(BATCH_SIZE, 2))
        crops = np.stack([x[r, i : i + size, j : j + size] for r, (i, j) in zip(rows, corners, strict=True)])
        flipped = rng.random(BATCH_SIZE) < 0.5
        crops[flipped] = crops[flipped, :, ::-1]
        brightness = rng.uniform(0.8, 1.2, (BATCH_SIZE, 1, 1, 1)).astype("float32")
        yield np.clip(crops.astype("float32") * (brightness / 255), 0, 1), y[rows]


# --- results ----------------------------------------------------------------------------------


def average_weights(model: keras.Model, x: np.ndarray, size: int, seed: int) -> keras.Model:
    """The model for inference: averaged weights, batch statistics computed for them on x (uint8), and folded."""
    if model.optimizer.use_ema:
        model.optimizer.finalize_variable_values(model.trainable_variables)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(x))[: 120 * BATCH_SIZE]
    for batch, _ in batches(resize_with_margin(x[rows], size), np.zeros(len(rows), "int64"), size, rng):
        model(batch, training=True)
    return architecture.fold_batchnorm(model)


def evaluate(model: keras.Model, x: np.ndarray, labels: np.ndarray, *, size: int, radius: float) -> dict[str, float]:
    """Top-1 and top-5 accuracy on images x uint8, and top-1 under attack within `radius` on the first ATTACKED."""
    one_hot = np.eye(model.output_shape[-1], dtype="float32")
    gradient = input_gradient(model, keras.losses.CategoricalCrossentropy(from_logits=True))
    resized = x if size == x.shape[1] else images.resize(x, size)
    top1, top5, robust = [], [], []
    for start in range(0, len(x), 250):
        batch, y = resized[start : start + 250].astype("float32") / 255, labels[start : start + 250]
        ranked = np.argsort(-ops.convert_to_numpy(model(batch)), axis=1)[:, :5]
        top1.append(ranked[:, 0] == y)
        top5.append((ranked == y[:, None]).any(axis=1))
        if start < ATTACKED:
            adversarial = attack(gradient, batch, one_hot[y], radius=radius, steps=10)
            robust.append(ops.convert_to_numpy(model(adversarial)).argmax(axis=1) == y)
    correct = {"top_1": top1, "top_5": top5, f"top_1_attacked_{radius:g}": robust}
    return {f"{name}_at_{size}_px": round(float(np.concatenate(each).mean()), 4) for name, each in correct.items()}


def save_checkpoint(model: keras.Model, file: Path) -> None:
    """Saves every variable of the model and its optimizer."""
    values = [ops.convert_to_numpy(v) for v in [*model.variables, *model.optimizer.variables]]
    partial = file.with_suffix(".partial.npz")
    np.savez(partial, **{str(k): v for k, v in enumerate(values)})
    partial.replace(file)


def restore_checkpoint(model: keras.Model, file: Path) -> None:
    """Restores what `save_checkpoint` saved; the optimizer of `model` must be built."""
    with np.load(file) as archive:
        for k, variable in enumerate([*model.variables, *model.optimizer.variables]):
            variable.assign(archive[str(k)])
