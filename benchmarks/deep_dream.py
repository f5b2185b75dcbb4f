"""DeepDream: time of a whole run, time per step compared with the TensorFlow tutorial, and memory.

`python -m benchmarks.deep_dream [--only default tutorial memory]`: a few minutes, on an idle machine. The tutorial is
"DeepDream" of tensorflow.org/tutorials/generative in our own code: its rolled, tiled gradient of the mean activations
of mixed3 and mixed5 of InceptionV3, in one tf.function, and its Python loop over steps. Both use untrained weights,
which take the same time.
"""

import argparse
import os
import time
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from benchmarks import timing
from genmodels import tensorflow_preload
from genmodels.data import sample_photos
from genmodels.deep_dream import dream as deep_dream
from genmodels.vision import backbone, pretrained_backbones
from genmodels.vision.backbone import Backbone

LAYERS = ("mixed3", "mixed5")
STEPS = 5  # timed together in each round
ROUNDS = 7  # timed, after one first_warm-up round
RUNS = 20  # for the memory measurement


# --- default settings ---------------------------------------------------------------------------


def default() -> None:
    """60 steps on a photo of 400 pixels with the built-in network: time to the first step and of the whole run."""
    photo = sample_photos.load("Cat", 400)
    first_cold, first_warm, whole, count = [], [], [], 0
    for _ in range(3):
        model = backbone.load()  # a new model has nothing compiled
        tensorflow_preload.freeze_gc()
        first_cold.append(timing.seconds_from_idle(lambda model=model: next(deep_dream.dream(photo, model=model))))
        for _ in range(2):
            first_warm.append(timing.seconds_from_idle(lambda model=model: next(deep_dream.dream(photo, model=model))))
        started = time.perf_counter()
        count = len(list(deep_dream.dream(photo, model=model)))
        whole.append(time.perf_counter() - started)
    h, w, _ = photo.shape
    print(f"  first step of the first run (compiles): {np.median(first_cold):.2f} s")
    print(f"  first step of a later run: {1000 * np.median(first_warm):.0f} ms")
    print(f"  whole run, {w} x {h}, {count} steps: {np.median(whole):.2f} s (worst {max(whole):.2f} s)")


# --- compared with the tutorial -----------------------------------------------------------------


class TiledGradients(tf.Module):
    """The tutorial's gradient of a randomly rolled image, tile by tile, in our own code."""

    def __init__(self, model: keras.Model):
        super().__init__()
        self.model = model

    @tf.function(
        input_signature=(
            tf.TensorSpec([None, None, 3], tf.float32),
            tf.TensorSpec([2], tf.int32),
            tf.TensorSpec([], tf.int32),
        )
    )
    def __call__(self, image, size, tile):
        shift = tf.random.uniform([2], -tile, tile, tf.int32)
        rolled = tf.roll(image, shift, axis=[0, 1])
        gradients = tf.zeros_like(rolled)
        for y in tf.range(0, size[0], tile):
            for x in tf.range(0, size[1], tile):
                with tf.GradientTape() as tape:
                    tape.watch(rolled)
                    part = rolled[y : y + tile, x : x + tile]
                    loss = tf.add_n([tf.reduce_mean(a) for a in self.model(part[None])])
                gradients += tape.gradient(loss, rolled)
        gradients = tf.roll(gradients, -shift, axis=[0, 1])
        return gradients / (tf.math.reduce_std(gradients) + 1e-8)


def tutorial() -> None:
    """InceptionV3, 300 x 400 pixels: seconds per step, interleaved; ours also in bfloat16 if the processor has it."""
    photo = sample_photos.load("Clouds", 400)
    h, w, _ = photo.shape
    inception = keras.applications.InceptionV3(include_top=False, weights=None)
    theirs = TiledGradients(keras.Model(inception.inputs, [inception.get_layer(name).output for name in LAYERS]))
    bfloat16 = ["mixed_bfloat16"] if timing.has_bfloat16() else []
    ours = [pretrained_backbones.assemble("inception_v3", dtype=dtype) for dtype in ["float32", *bfloat16]]
    image = tf.constant(keras.applications.inception_v3.preprocess_input(photo.astype("float32")))

    def their_steps() -> None:
        x = image
        for _ in range(STEPS):
            x = tf.clip_by_value(x + 0.01 * theirs(x, tf.constant([h, w]), tf.constant(512)), -1, 1)
        x.numpy()

    def our_steps(model: Backbone) -> None:
        settings = {"layers": dict.fromkeys(LAYERS, 1.0), "octaves": 1, "steps": STEPS}
        for _ in deep_dream.dream(photo, model=model, **settings):
            pass

    tensorflow_preload.freeze_gc()
    contenders = [*(partial(our_steps, model) for model in ours), their_steps]
    rounds = [[timing.seconds_from_idle(steps) / STEPS for steps in contenders] for _ in range(1 + ROUNDS)]
    *our_seconds, their_seconds = np.median(rounds[1:], axis=0)
    print(f"  the tutorial {1000 * their_seconds:.0f} ms per step, without an image")
    for dtype, seconds in zip(("float32", "bfloat16"), our_seconds, strict=False):
        print(
            f"  ours in {dtype}: {1000 * seconds:.0f} ms per step with its image; "
            f"{their_seconds / seconds:.2f} times as fast"
        )
    if not bfloat16:
        print("  bfloat16 skipped: this processor does not support it")


# --- memory -------------------------------------------------------------------------------------


def memory() -> None:
    """Growth of the resident memory over 20 runs, after two that load and compile."""
    model, photo = backbone.load(), sample_photos.load("Cat", 400)
    sizes = []
    for k in range(2 + RUNS):
        for _ in deep_dream.dream(photo, model=model, steps=5, seed=k):
            pass
        sizes.append(_resident())
    growth = sizes[-1] - sizes[1]
    print(f"  resident {sizes[1]:.0f} MB after two runs, {sizes[-1]:.0f} MB after {RUNS} more: {growth:+.0f} MB")


def _resident() -> float:
    """Resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


COMPARISONS = {"default": default, "tutorial": tutorial, "memory": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS], default=list(COMPARISONS))
    args = parser.parse_args()
    print(timing.machine(), flush=True)
    for name in args.only:
        print(name, flush=True)
        COMPARISONS[name]()


if __name__ == "__main__":
    main()
