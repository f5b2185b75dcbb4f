"""Grad-CAM and filter visualization compared with the textbook's code.

`python -m benchmarks.convnet_visualization [--only grad-cam gradient-ascent]`. Both use the built-in network, in one
process and interleaved. Grad-CAM: ours compared with the book's two models and a gradient tape, eager, once per class.
Gradient ascent: one step for a batch of filters compared with the book's loop over filters, eager and compiled.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from genmodels.convnet_visualization import feature_visualization
from genmodels.convnet_visualization import grad_cam as grad_cam_method
from genmodels.data import sample_photos
from genmodels.media import images
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone

LAYER = "block5_conv2"
CLASSES = (0, 31, 64, 100, 150)  # as many as the page shows
FILTERS, IMAGE_SIZE, STEPS = 16, 64, 8
REPEATS, WARM_UP = 20, 3


# --- the textbook's code ----------------------------------------------------------------------


def book_models(model: Backbone, layer: str) -> tuple[keras.Model, keras.Model]:
    """The network up to the layer and from it on, layer by layer, as in the book."""
    network = model.network
    last = network.get_layer(layer)
    below = keras.Model(network.input, last.output)
    x = image = keras.Input(shape=last.output.shape[1:])
    for each in network.layers[network.layers.index(last) + 1 :]:
        x = each(x)
    return below, keras.Model(image, x)


def book_grad_cam(below: keras.Model, above: keras.Model, photo: np.ndarray, target: int) -> np.ndarray:
    with tf.GradientTape() as tape:
        a = below(photo)
        tape.watch(a)
        score = above(a)[:, target]
    alpha = tf.reduce_mean(tape.gradient(score, a), axis=(0, 1, 2)).numpy()
    weighted = a.numpy()[0]
    for k in range(alpha.shape[-1]):
        weighted[:, :, k] *= alpha[k]
    heatmap = np.maximum(np.mean(weighted, axis=-1), 0)
    return heatmap / max(heatmap.max(), 1e-12)


def book_step(extractor: keras.Model, image: tf.Tensor, channel: int, step_size: float = 10.0) -> tf.Tensor:
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = tf.reduce_mean(extractor(image)[:, 2:-2, 2:-2, channel])
    return image + step_size * tf.math.l2_normalize(tape.gradient(loss, image))


# --- both, interleaved ------------------------------------------------------------------------


def medians(*contenders: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """Median seconds of each, measured interleaved."""
    times: list[list[float]] = [[] for _ in contenders]
    for repeat in range(WARM_UP + repeats):
        for durations, call in zip(times, contenders, strict=True):
            started = time.perf_counter()
            call()
            if repeat >= WARM_UP:
                durations.append(time.perf_counter() - started)
    return [statistics.median(durations) for durations in times]


def grad_cam(model: Backbone) -> None:
    photo = sample_photos.load("Cat", 400)
    below, above = book_models(model, LAYER)
    size = 2 * model.input_size  # as Grad-CAM resizes the photo if the network accepts any size
    small = images.resize(photo[None], size).astype("float32") / 255
    heatmaps = grad_cam_method.grad_cam(model, photo, LAYER, CLASSES)
    errors = [np.abs(a - book_grad_cam(below, above, small, k)).max() for a, k in zip(heatmaps, CLASSES, strict=True)]
    one, one_book = medians(
        lambda: grad_cam_method.grad_cam(model, photo, LAYER, CLASSES[:1]),
        lambda: book_grad_cam(below, above, images.resize(photo[None], size).astype("float32") / 255, CLASSES[0]),
    )
    five, five_book = medians(
        lambda: grad_cam_method.grad_cam(model, photo, LAYER, CLASSES),
        lambda: [
            book_grad_cam(below, above, images.resize(photo[None], size).astype("float32") / 255, k) for k in CLASSES
        ],
    )
    print(f"Grad-CAM, maximum difference of the heatmaps {max(errors):.1e}")
    print(
        f"  one class: ours {one * 1e3:.1f} ms, the book's {one_book * 1e3:.1f} ms, {one_book / one:.1f} times as fast"
    )
    print(
        f"  five classes: ours {five * 1e3:.1f} ms, the book's {five_book * 1e3:.1f} ms, "
        f"{five_book / five:.1f} times as fast"
    )


def gradient_ascent(model: Backbone) -> None:
    layer = "block4_conv2"
    extractor = keras.Model(model.network.input, model.network.get_layer(layer).output)
    size = IMAGE_SIZE + 2 * (IMAGE_SIZE // 8)  # ours optimizes a margin too, so the book gets one as well
    compiled = tf.function(book_step)

    def ours() -> None:
        for _ in feature_visualization.visualize_filters(
            model, layer, range(FILTERS), image_size=IMAGE_SIZE, steps=STEPS
        ):
            pass

    def book(step: Callable) -> None:
        for channel in range(FILTERS):
            image = tf.random.uniform((1, size, size, 3), 0.4, 0.6)
            for _ in range(STEPS):
                image = step(extractor, image, tf.constant(channel))

    times = medians(ours, lambda: book(book_step), lambda: book(compiled), repeats=5)
    ours_seconds, eager, graph = (seconds / FILTERS / STEPS for seconds in times)
    print(f"Gradient ascent, {FILTERS} filters of {layer} at {IMAGE_SIZE} px, per filter and step")
    print(
        f"  ours {ours_seconds * 1e3:.2f} ms, the book's eager {eager * 1e3:.2f} ms, "
        f"{eager / ours_seconds:.1f} times as fast"
    )
    print(f"  the book's in a tf.function {graph * 1e3:.2f} ms, {graph / ours_seconds:.1f} times as fast", flush=True)


COMPARISONS = {"grad-cam": grad_cam, "gradient-ascent": gradient_ascent}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS], default=[*COMPARISONS])
    args = parser.parse_args()
    print(f"load at the start: {os.getloadavg()[0]:.1f}")
    model = backbone.load()
    for part in args.only:
        COMPARISONS[part](model)


if __name__ == "__main__":
    main()
