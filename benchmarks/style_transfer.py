"""Style transfer: time of the default settings, time per step against the Keras example, time to the textbook's loss.

`python -m benchmarks.style_transfer [--only default steps quality bfloat16]`: about ten minutes on an idle machine;
`--short` runs a few steps of each, as a check. The Keras example is
keras.io/examples/generative/neural_style_transfer, rewritten with its losses and layers: photo, style and image go
through the whole network at every step. `steps` uses untrained weights, which take the same time.
"""

import argparse
import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks import timing
from genmodels import tensorflow_preload
from genmodels.data import sample_photos, style_images
from genmodels.style_transfer import transfer as style_transfer
from genmodels.style_transfer.losses import default_layers
from genmodels.vision import backbone, pretrained_backbones
from genmodels.vision.backbone import Backbone

CONTENT_LAYER = "block5_conv2"  # of the Keras example
STYLE_LAYERS = tuple(f"block{b}_conv1" for b in range(1, 6))


# --- default settings --------------------------------------------------------------------------


def default(short: bool) -> None:
    """The page's default settings: 400 pixels, the built-in network."""
    photo, style = sample_photos.load("Palace", 400), style_images.draw("Brush strokes")
    settings = {"steps_per_scale": 3 if short else 40}
    first, warm, complete = [], [], []
    for _ in range(1 if short else 3):
        model = backbone.load()  # a new one has nothing compiled
        tensorflow_preload.freeze_gc()
        first.append(
            timing.seconds_from_idle(lambda model=model: next(style_transfer.transfer(photo, style, model=model)))
        )
        warm.append(
            timing.seconds_from_idle(lambda model=model: next(style_transfer.transfer(photo, style, model=model)))
        )
        complete.append(
            timing.seconds_from_idle(
                lambda model=model: list(style_transfer.transfer(photo, style, model=model, **settings))
            )
        )
    print(f"  first preview, first transfer (with compilation): {np.median(first):.2f} s")
    print(f"  first preview, later transfers: {1000 * np.median(warm):.0f} ms")
    print(f"  complete transfer, {3 * settings['steps_per_scale']} steps at three scales: {np.median(complete):.1f} s")


# --- time per step ------------------------------------------------------------------


class KerasExample:
    """Losses and training step of the Keras example. image, photo, style: (1, h, w, 3) in [0, 1]."""

    def __init__(self, model: Backbone, content_layer: str, style_layers: tuple[str, ...]):
        layers = [layer for layer in model.network.layers if layer.name.startswith("block")]
        self.extract = keras.Model(model.network.inputs, {layer.name: layer.output for layer in layers})
        self.content_layer, self.style_layers = content_layer, style_layers
        self.compiled = tf.function(self.losses_and_gradient)

    def gram(self, x: tf.Tensor) -> tf.Tensor:
        features = tf.reshape(tf.transpose(x, (2, 0, 1)), (tf.shape(x)[2], -1))
        return tf.matmul(features, tf.transpose(features))

    def loss(self, image: tf.Tensor, photo: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
        features = self.extract(tf.concat([photo, style, image], axis=0))
        activations = features[self.content_layer]
        loss = 2.5e-8 * tf.reduce_sum(tf.square(activations[2] - activations[0]))
        size = 3 * tf.cast(tf.size(image) // 3, tf.float32)
        for name in self.style_layers:
            a, g = self.gram(features[name][1]), self.gram(features[name][2])
            layer_loss = tf.reduce_sum(tf.square(a - g)) / (4.0 * 9.0 * (size / 3) ** 2)
            loss += 1e-6 / len(self.style_layers) * layer_loss
        vertical = tf.square(image[:, :-1, :-1] - image[:, 1:, :-1])
        horizontal = tf.square(image[:, :-1, :-1] - image[:, :-1, 1:])
        return loss + 1e-6 * tf.reduce_sum(tf.pow(vertical + horizontal, 1.25))

    def losses_and_gradient(self, image: Any, photo: tf.Tensor, style: tf.Tensor) -> tuple:
        with tf.GradientTape() as tape:
            loss = self.loss(tf.convert_to_tensor(image), photo, style)
        return loss, tape.gradient(loss, image)


def steps(short: bool) -> None:
    """VGG19, 256 x 256 pixels, float32: seconds per step, interleaved."""
    count, rounds = (1, 1) if short else (4, 5)
    model = pretrained_backbones.assemble("vgg19")
    example = KerasExample(model, CONTENT_LAYER, STYLE_LAYERS)
    photo, style = (np.random.default_rng(k).integers(0, 256, (256, 256, 3), dtype="uint8") for k in (0, 1))
    constants = [tf.constant(each[None].astype("float32") / 255) for each in (photo, style)]
    image = tf.Variable(constants[0])
    rate = 100 / 255**2  # its pixels have the range 0 to 255
    sgd = keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(rate, 100, 0.96))

    def run_example(step: Callable) -> None:
        for _ in range(count):
            _, gradient = step(image, *constants)
            sgd.apply_gradients([(gradient, image)])
        image.numpy()

    transfer = _endless_transfer(photo, style, model)
    runs = {
        "ours": lambda: [next(transfer) for _ in range(count)],
        "compiled": lambda: run_example(example.compiled),
        "eager": lambda: run_example(example.losses_and_gradient),
    }
    tensorflow_preload.freeze_gc()
    seconds = [[timing.seconds_from_idle(run) / count for run in runs.values()] for _ in range(1 + rounds)][1:]
    ours, compiled, eager = np.median(seconds, axis=0)
    print(
        f"  ours {ours:.2f} s per step, with its image; the Keras example {compiled:.2f} s compiled, "
        f"{eager:.2f} s eager"
    )
    print(f"  the Keras example takes {compiled / ours:.2f} times ours compiled, {eager / ours:.2f} times eager")


def _endless_transfer(photo: np.ndarray, style: np.ndarray, model: Backbone) -> Iterator[style_transfer.Step]:
    """Steps of Adam: one evaluation each, as in the Keras example."""
    weights = dict.fromkeys(STYLE_LAYERS, 1.0)
    return style_transfer.transfer(
        photo, style, model=model, content_layer=CONTENT_LAYER, style_layer_weights=weights, optimizer="adam",
        size=256, n_scales=1, steps_per_scale=100_000,
    )  # fmt: skip


# --- time to the textbook's loss ------------------------------------------------------------------------------


def quality(short: bool) -> None:
    """The textbook's loop, 400 steps of Adam at full size, and our time to its final loss.

    Both use the built-in network at 400 pixels and minimize the same loss; compilation counts on both sides. The
    loop evaluates the whole network, photo and style at every step, with Adam and a learning rate of 0.02.
    """
    photo, style = sample_photos.load("Palace", 400), style_images.draw("Brush strokes")
    iterations = 4 if short else 400
    model = backbone.load()
    target = _textbook(model, photo, style, iterations)
    start, count, loss = time.perf_counter(), 0, float("inf")
    model = backbone.load()
    limit = 30 if short else 400
    for step in itertools.islice(_continued_transfer(photo, style, model, 4 if short else 40), limit):
        count += 1
        loss = step.losses["total"]
        if step.image.shape == photo.shape and loss <= target["loss"]:
            break
    ours = time.perf_counter() - start
    print(f"  the textbook: {iterations} steps, {target['seconds']:.1f} s, to a loss of {target['loss']:.4f}")
    print(f"  ours: {count} steps, {ours:.1f} s, to {loss:.4f}")
    if loss <= target["loss"]:
        print(f"  the textbook takes {target['seconds'] / ours:.1f} times as long")
    else:
        print("  ours did not reach this loss")


def _continued_transfer(
    photo: np.ndarray, style: np.ndarray, model: Backbone, steps: int
) -> Iterator[style_transfer.Step]:
    """The default transfer, continued without end, as by the page's button."""
    image: str | np.ndarray = "content"
    while True:
        for step in style_transfer.transfer(photo, style, model=model, init=image, steps_per_scale=steps):
            image = step.image
            yield step


def _textbook(model: Backbone, photo: np.ndarray, style: np.ndarray, iterations: int) -> dict[str, float]:
    """The seconds and the final loss of the textbook's loop, the loss as `style_transfer` computes it."""
    style_layers, content_layer = default_layers(model)
    start = time.perf_counter()
    layers = [layer for layer in model.network.layers if layer.name.startswith("block")]
    extract = keras.Model(model.network.inputs, {layer.name: layer.output for layer in layers})
    content = tf.constant(photo[None].astype("float32") / 255)
    style_image = tf.constant(style[None].astype("float32") / 255)
    style_image = tf.image.resize(style_image, (max(photo.shape), max(photo.shape)), antialias=True)
    image, adam = tf.Variable(content), keras.optimizers.Adam(0.02)
    weights = style_transfer.DEFAULT_WEIGHTS

    def gram(x: tf.Tensor) -> tf.Tensor:
        return tf.linalg.einsum("bijc,bijd->cd", x, x) / tf.cast(tf.shape(x)[1] * tf.shape(x)[2], tf.float32)

    def relative_error(a: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(tf.square(a - target)) / tf.reduce_sum(tf.square(target))

    @tf.function
    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            outputs, targets, style_outputs = extract(image), extract(content), extract(style_image)
            loss = weights["content_weight"] * relative_error(outputs[content_layer], targets[content_layer])
            for name in style_layers:
                loss += (
                    weights["style_weight"]
                    / len(style_layers)
                    * relative_error(gram(outputs[name]), gram(style_outputs[name]))
                )
            vertical, horizontal = image[:, 1:] - image[:, :-1], image[:, :, 1:] - image[:, :, :-1]
            variation = tf.reduce_mean(tf.square(vertical)) + tf.reduce_mean(tf.square(horizontal))
            loss += weights["tv_weight"] * variation
        gradient = tape.gradient(loss, image)
        adam.apply([gradient], [image])
        image.assign(tf.clip_by_value(image, 0.0, 1.0))
        return loss

    for _ in range(iterations):
        step()
    result = image.numpy()[0]
    seconds = time.perf_counter() - start
    stylized = np.round(255 * result).astype("uint8")
    step_of_adam = style_transfer.transfer(
        photo, style, model=model, init=stylized, optimizer="adam", steps_per_scale=1
    )
    return {"seconds": seconds, "loss": next(step_of_adam).losses["total"]}  # Adam reports the loss before its step


# --- bfloat16 --------------------------------------------------------------------------------


def bfloat16(short: bool) -> None:
    """The built-in network in mixed bfloat16: total seconds, and the final loss computed in float32."""
    if not timing.has_bfloat16():
        print("  skipped: this processor computes no bfloat16 (neither avx512_bf16 nor amx_bf16)")
        return
    photo, style = sample_photos.load("Palace", 400), style_images.draw("Brush strokes")
    plain = backbone.load()
    keras.config.set_dtype_policy("mixed_bfloat16")
    half = backbone.load()
    keras.config.set_dtype_policy("float32")
    results = {}
    for name, model in (("float32", plain), ("bfloat16", half)):
        next(style_transfer.transfer(photo, style, model=model))
        start = time.perf_counter()
        *_, last = style_transfer.transfer(photo, style, model=model, steps_per_scale=2 if short else 40)
        seconds = time.perf_counter() - start
        step_of_adam = style_transfer.transfer(
            photo, style, model=plain, init=last.image, optimizer="adam", steps_per_scale=1
        )
        results[name] = seconds, next(step_of_adam).losses["total"]
        print(f"  {name}: {seconds:.1f} s, to a loss of {results[name][1]:.4f}")
    (a, x), (b, y) = results["float32"], results["bfloat16"]
    print(f"  bfloat16 is {a / b:.2f} times as fast, its loss {100 * (y / x - 1):+.1f} %")


COMPARISONS = {"default": default, "steps": steps, "quality": quality, "bfloat16": bfloat16}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS], default=list(COMPARISONS))
    parser.add_argument("--short", action="store_true", help="a few steps of each, as a check")
    args = parser.parse_args()
    print(timing.machine(), flush=True)
    for name in args.only:
        print(name, flush=True)
        COMPARISONS[name](args.short)


if __name__ == "__main__":
    main()
