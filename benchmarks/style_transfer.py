"""A style transfer from click to end, a step of it beside the Keras example's, and both on their way to one loss.

`python -m benchmarks.style_transfer [--only default steps quality bfloat16]`: some ten minutes, on a machine
with nothing else to do; `--short` takes a few steps of each, to see that it runs. The example's side is
keras.io/examples/generative/neural_style_transfer in our words: photo, style and picture go through the whole
network together at every step; its losses and its layers. All sides of `steps` have untrained weights,
which cost the same.
"""

import argparse
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.vae import machine
from genmodels import tensorflow_preload
from genmodels.data import sample_photos, style_images
from genmodels.style_transfer import transfer as style_transfer
from genmodels.style_transfer.losses import layers_of
from genmodels.vision import backbone, pretrained_backbones
from genmodels.vision.backbone import Backbone

CONTENT = "block5_conv2"  # the example's
STYLES = tuple(f"block{b}_conv1" for b in range(1, 6))


# --- the default picture --------------------------------------------------------------------------


def default(short: bool) -> None:
    """What a visitor gets who changes nothing: 400 pixels, the built-in network."""
    photo, style = sample_photos.load("Palace", 400), style_images.draw("Brush strokes")
    settings = {"steps": 3} if short else {"steps": 40}  # the page's
    first, warm, whole = [], [], []
    for _ in range(1 if short else 3):
        model = backbone.load()  # a fresh one has nothing compiled
        tensorflow_preload.freeze_gc()
        first.append(_seconds(lambda model=model: next(style_transfer.transfer(photo, style, model=model))))
        warm.append(_seconds(lambda model=model: next(style_transfer.transfer(photo, style, model=model))))
        whole.append(_seconds(lambda model=model: list(style_transfer.transfer(photo, style, model=model, **settings))))
    print(f"  first preview, the very first picture (compiles): {np.median(first):.2f} s")
    print(f"  first preview, any later picture: {1000 * np.median(warm):.0f} ms")
    print(f"  whole picture, {3 * settings['steps']} steps in three sizes: {np.median(whole):.1f} s")


# --- a step beside the example's ------------------------------------------------------------------


class Example:
    """The Keras example's losses and step, in our words. picture, photo, style: (1, h, w, 3) in [0, 1]."""

    def __init__(self, model: Backbone, content_layer: str, style_layers: tuple[str, ...]):
        layers = [layer for layer in model.network.layers if layer.name.startswith("block")]
        self.extract = keras.Model(model.network.inputs, {layer.name: layer.output for layer in layers})
        self.content_layer, self.style_layers = content_layer, style_layers
        self.compiled = tf.function(self.losses_and_gradient)

    def gram(self, x: tf.Tensor) -> tf.Tensor:
        features = tf.reshape(tf.transpose(x, (2, 0, 1)), (tf.shape(x)[2], -1))
        return tf.matmul(features, tf.transpose(features))

    def loss(self, picture: tf.Tensor, photo: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
        features = self.extract(tf.concat([photo, style, picture], axis=0))
        answers = features[self.content_layer]
        loss = 2.5e-8 * tf.reduce_sum(tf.square(answers[2] - answers[0]))
        size = 3 * tf.cast(tf.size(picture) // 3, tf.float32)
        for name in self.style_layers:
            a, g = self.gram(features[name][1]), self.gram(features[name][2])
            share = tf.reduce_sum(tf.square(a - g)) / (4.0 * 9.0 * (size / 3) ** 2)
            loss += 1e-6 / len(self.style_layers) * share
        down = tf.square(picture[:, :-1, :-1] - picture[:, 1:, :-1])
        right = tf.square(picture[:, :-1, :-1] - picture[:, :-1, 1:])
        return loss + 1e-6 * tf.reduce_sum(tf.pow(down + right, 1.25))

    def losses_and_gradient(self, picture: Any, photo: tf.Tensor, style: tf.Tensor) -> tuple:
        with tf.GradientTape() as tape:
            loss = self.loss(tf.convert_to_tensor(picture), photo, style)
        return loss, tape.gradient(loss, picture)


def steps(short: bool) -> None:
    """VGG19, 256 x 256 pixels, float32: seconds a step, in turn."""
    count, rounds = (1, 1) if short else (4, 5)
    model = pretrained_backbones.assemble("vgg19")
    example = Example(model, CONTENT, STYLES)
    photo, style = (np.random.default_rng(k).integers(0, 256, (256, 256, 3), dtype="uint8") for k in (0, 1))
    fixed = [tf.constant(each[None].astype("float32") / 255) for each in (photo, style)]
    picture = tf.Variable(fixed[0])
    rate = 100 / 255**2  # the example's pixels go to 255, ours to 1
    slide = keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(rate, 100, 0.96))

    def theirs(step: Callable) -> None:
        for _ in range(count):
            _, gradient = step(picture, *fixed)
            slide.apply_gradients([(gradient, picture)])
        picture.numpy()

    running = _endless(photo, style, model)
    ways = {
        "ours": lambda: [next(running) for _ in range(count)],
        "compiled": lambda: theirs(example.compiled),
        "eager": lambda: theirs(example.losses_and_gradient),
    }
    tensorflow_preload.freeze_gc()
    seconds = [[_seconds(way) / count for way in ways.values()] for _ in range(1 + rounds)][1:]
    own, compiled, eager = np.median(seconds, axis=0)
    print(f"  ours {own:.2f} s a step, with its frame; the example {compiled:.2f} s compiled, {eager:.2f} s eager")
    print(f"  the example takes {compiled / own:.2f} times ours compiled, {eager / own:.2f} times eager")


def _endless(photo: np.ndarray, style: np.ndarray, model: Backbone) -> Iterator[style_transfer.Step]:
    """Steps of Adam: one look at the picture each, as in the example."""
    weights = dict.fromkeys(STYLES, 1.0)
    return style_transfer.transfer(
        photo, style, model=model, content_layer=CONTENT, style_layer_weights=weights, optimizer="adam",
        size=256, scales=1, steps=100_000,
    )  # fmt: skip


# --- time to quality ------------------------------------------------------------------------------


def quality(short: bool) -> None:
    """The textbook's loop, 400 steps of Adam at full size; and how soon ours reaches the loss where it ends.

    Both on the built-in network at 400 pixels, towards the same loss, compiling counted on both sides. The loop:
    the whole network, photo and style asked again in every step, Adam with steps of 0.02.
    """
    photo, style = sample_photos.load("Palace", 400), style_images.draw("Brush strokes")
    iterations = 4 if short else 400
    model = backbone.load()
    reach = _textbook(model, photo, style, iterations)
    began, count, loss = time.perf_counter(), 0, float("inf")
    model = backbone.load()
    limit = 30 if short else 400
    for step in itertools.islice(_painting(photo, style, model, 4 if short else 40), limit):
        count += 1
        loss = step.losses["total"]
        if step.image.shape == photo.shape and loss <= reach["loss"]:
            break
    ours = time.perf_counter() - began
    print(f"  the textbook: {iterations} steps, {reach['seconds']:.1f} s, to a loss of {reach['loss']:.4f}")
    print(f"  ours: {count} steps, {ours:.1f} s, to {loss:.4f}")
    if loss <= reach["loss"]:
        print(f"  the textbook takes {reach['seconds'] / ours:.1f} times as long")
    else:
        print("  ours did not get there")


def _painting(photo: np.ndarray, style: np.ndarray, model: Backbone, steps: int) -> Iterator[style_transfer.Step]:
    """The default picture, and on from there as the page's button does, for as long as somebody asks."""
    image: str | np.ndarray = "content"
    while True:
        for step in style_transfer.transfer(photo, style, model=model, init=image, steps=steps):
            image = step.image
            yield step


def _textbook(model: Backbone, photo: np.ndarray, style: np.ndarray, iterations: int) -> dict[str, float]:
    """Its seconds, and the loss where it ends, as `style_transfer` measures it."""
    style_layers, content_layer = layers_of(model)
    began = time.perf_counter()
    layers = [layer for layer in model.network.layers if layer.name.startswith("block")]
    extract = keras.Model(model.network.inputs, {layer.name: layer.output for layer in layers})
    content = tf.constant(photo[None].astype("float32") / 255)
    manner = tf.constant(style[None].astype("float32") / 255)
    manner = tf.image.resize(manner, (max(photo.shape), max(photo.shape)), antialias=True)
    picture, adam = tf.Variable(content), keras.optimizers.Adam(0.02)
    weights = style_transfer.WEIGHTS

    def gram(x: tf.Tensor) -> tf.Tensor:
        return tf.linalg.einsum("bijc,bijd->cd", x, x) / tf.cast(tf.shape(x)[1] * tf.shape(x)[2], tf.float32)

    def far(a: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(tf.square(a - target)) / tf.reduce_sum(tf.square(target))

    @tf.function
    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            seen, wanted, asked = extract(picture), extract(content), extract(manner)
            loss = weights["content_weight"] * far(seen[content_layer], wanted[content_layer])
            for name in style_layers:
                loss += weights["style_weight"] / len(style_layers) * far(gram(seen[name]), gram(asked[name]))
            down, right = picture[:, 1:] - picture[:, :-1], picture[:, :, 1:] - picture[:, :, :-1]
            smooth = tf.reduce_mean(tf.square(down)) + tf.reduce_mean(tf.square(right))
            loss += weights["total_variation_weight"] * smooth
        gradient = tape.gradient(loss, picture)
        adam.apply([gradient], [picture])
        picture.assign(tf.clip_by_value(picture, 0.0, 1.0))
        return loss

    for _ in range(iterations):
        step()
    end = picture.numpy()[0]
    seconds = time.perf_counter() - began
    painted = np.round(255 * end).astype("uint8")
    on = style_transfer.transfer(photo, style, model=model, init=painted, optimizer="adam", steps=1)
    return {"seconds": seconds, "loss": next(on).losses["total"]}  # Adam reports the loss before its step


# --- half the bits --------------------------------------------------------------------------------


def bfloat16(short: bool) -> None:
    """The built-in network in mixed bfloat16: seconds a step, and the loss where it ends, measured in float32."""
    if not has_bfloat16():
        print("  skipped: this processor computes no bfloat16 (neither avx512_bf16 nor amx_bf16)")
        return
    photo, style = sample_photos.load("Palace", 400), style_images.draw("Brush strokes")
    plain = backbone.load()
    keras.config.set_dtype_policy("mixed_bfloat16")
    half = backbone.load()
    keras.config.set_dtype_policy("float32")
    found = {}
    for name, model in (("float32", plain), ("bfloat16", half)):
        next(style_transfer.transfer(photo, style, model=model))
        began = time.perf_counter()
        *_, last = style_transfer.transfer(photo, style, model=model, steps=2 if short else 40)
        seconds = time.perf_counter() - began
        on = style_transfer.transfer(photo, style, model=plain, init=last.image, optimizer="adam", steps=1)
        found[name] = seconds, next(on).losses["total"]
        print(f"  {name}: {seconds:.1f} s, to a loss of {found[name][1]:.4f}")
    (a, x), (b, y) = found["float32"], found["bfloat16"]
    print(f"  bfloat16 is {a / b:.2f} times as fast, its loss {100 * (y / x - 1):+.1f} %")


def has_bfloat16() -> bool:
    """True where the processor says that it multiplies bfloat16 (Linux only)."""
    info = Path("/proc/cpuinfo")
    flags = info.read_text(encoding="utf-8").split() if info.exists() else []
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _seconds(call: Callable) -> float:
    time.sleep(0.2)  # until no thread of the one before is still looking for work
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


COMPARISONS = {"default": default, "steps": steps, "quality": quality, "bfloat16": bfloat16}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS], default=list(COMPARISONS))
    parser.add_argument("--short", action="store_true", help="a few steps of each, to see that it runs")
    args = parser.parse_args()
    print(machine(), flush=True)
    for name in args.only:
        print(name, flush=True)
        COMPARISONS[name](args.short)


if __name__ == "__main__":
    main()
