"""Looking into a network, ours beside the textbook's way: `python -m benchmarks.convnet_visualization [--only cam climb]`.

Both sides run on the same built-in network in one run and in turn. Grad-CAM: ours against the
book's two models and a tape, eager, one run for each class. Climb: one step for a batch of filters
against the book's loop over filters, eager as well as compiled.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from genmodels.convnet_visualization import methods as convnet_visualization
from genmodels.data import sample_photos
from genmodels.media import images
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone

LAYER = "block5_conv2"
CLASSES = (0, 31, 64, 100, 150)  # as many as the page shows
FILTERS, SIDE, STEPS = 16, 64, 8
REPEATS, WARM_UP = 20, 3


# --- the textbook's way -----------------------------------------------------------------------


def book_models(model: Backbone, layer: str) -> tuple[keras.Model, keras.Model]:
    """Up to the last layer, and from it on: layer by layer, as the book has it."""
    network = model.network
    last = network.get_layer(layer)
    below = keras.Model(network.input, last.output)
    x = image = keras.Input(shape=last.output.shape[1:])
    for each in network.layers[network.layers.index(last) + 1 :]:
        x = each(x)
    return below, keras.Model(image, x)


def book_grad_cam(below: keras.Model, above: keras.Model, photo: np.ndarray, target: int) -> np.ndarray:
    with tf.GradientTape() as tape:
        answers = below(photo)
        tape.watch(answers)
        score = above(answers)[:, target]
    slopes = tf.reduce_mean(tape.gradient(score, answers), axis=(0, 1, 2)).numpy()
    found = answers.numpy()[0]
    for k in range(slopes.shape[-1]):
        found[:, :, k] *= slopes[k]
    found = np.maximum(np.mean(found, axis=-1), 0)
    return found / max(found.max(), 1e-12)


def book_step(extractor: keras.Model, image: tf.Tensor, channel: int, rate: float = 10.0) -> tf.Tensor:
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = tf.reduce_mean(extractor(image)[:, 2:-2, 2:-2, channel])
    return image + rate * tf.math.l2_normalize(tape.gradient(loss, image))


# --- both, in turn ------------------------------------------------------------------------------


def medians(*contenders: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """Median seconds of each, taken in turn."""
    times: list[list[float]] = [[] for _ in contenders]
    for turn in range(WARM_UP + repeats):
        for kept, call in zip(times, contenders, strict=True):
            begun = time.perf_counter()
            call()
            if turn >= WARM_UP:
                kept.append(time.perf_counter() - begun)
    return [statistics.median(kept) for kept in times]


def cam(model: Backbone) -> None:
    photo = sample_photos.load("Cat", 400)
    below, above = book_models(model, LAYER)
    side = 2 * model.side  # what Grad-CAM looks at where the network takes any size
    small = images.resize(photo[None], side).astype("float32") / 255
    ours_maps = convnet_visualization.grad_cam(model, photo, LAYER, CLASSES)
    off = max(np.abs(a - book_grad_cam(below, above, small, k)).max() for a, k in zip(ours_maps, CLASSES, strict=True))
    one, one_book = medians(
        lambda: convnet_visualization.grad_cam(model, photo, LAYER, CLASSES[:1]),
        lambda: book_grad_cam(below, above, images.resize(photo[None], side).astype("float32") / 255, CLASSES[0]),
    )
    five, five_book = medians(
        lambda: convnet_visualization.grad_cam(model, photo, LAYER, CLASSES),
        lambda: [
            book_grad_cam(below, above, images.resize(photo[None], side).astype("float32") / 255, k) for k in CLASSES
        ],
    )
    print(f"Grad-CAM, the same maps within {off:.1e}")
    print(f"  one class: ours {one * 1e3:.1f} ms, the book's {one_book * 1e3:.1f} ms, {one_book / one:.1f} times")
    print(f"  five: ours {five * 1e3:.1f} ms, the book's {five_book * 1e3:.1f} ms, {five_book / five:.1f} times")


def climb(model: Backbone) -> None:
    layer = "block4_conv2"
    extractor = keras.Model(model.network.input, model.network.get_layer(layer).output)
    whole = SIDE + 2 * (SIDE // 8)  # we climb on a larger picture than we show: so does the book here
    compiled = tf.function(book_step)

    def ours() -> None:
        for _ in convnet_visualization.look_for(model, layer, range(FILTERS), side=SIDE, steps=STEPS):
            pass

    def book(step: Callable) -> None:
        for channel in range(FILTERS):
            image = tf.random.uniform((1, whole, whole, 3), 0.4, 0.6)
            for _ in range(STEPS):
                image = step(extractor, image, tf.constant(channel))

    times = medians(ours, lambda: book(book_step), lambda: book(compiled), repeats=5)
    mine, eager, graph = (seconds / FILTERS / STEPS for seconds in times)
    print(f"Climb, {FILTERS} filters of {layer} at {SIDE} px, a filter and step")
    print(f"  ours {mine * 1e3:.2f} ms, the book's eager {eager * 1e3:.2f} ms, {eager / mine:.1f} times")
    print(f"  the book's in a tf.function {graph * 1e3:.2f} ms, {graph / mine:.1f} times", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=["cam", "climb"], default=["cam", "climb"])
    args = parser.parse_args()
    print(f"load at the start: {os.getloadavg()[0]:.1f}")
    model = backbone.load()
    for part in args.only:
        {"cam": cam, "climb": climb}[part](model)


if __name__ == "__main__":
    main()
