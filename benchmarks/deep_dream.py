"""A dream from click to end, beside the TensorFlow tutorial's, and what it leaves in memory.

`python -m benchmarks.deep_dream [--only default tutorial memory]`: a few minutes, on a machine with
nothing else to do. The tutorial's side is "DeepDream" from tensorflow.org/tutorials/generative, in our
words: its rolled, tiled gradient of the mean activations of mixed3 and mixed5 of InceptionV3, in one
tf.function, and its Python loop over steps. Both sides have untrained weights, which cost the same.
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
STEPS = 5  # timed together, in each round
ROUNDS = 7  # timed, after one that is not
DREAMS = 20


# --- the default dream --------------------------------------------------------------------------


def default() -> None:
    """60 steps on a photo of 400 pixels, on the built-in network: the first frame, and all of it."""
    photo = sample_photos.load("Cat", 400)
    cold, warm, whole, count = [], [], [], 0
    for _ in range(3):
        model = backbone.load()  # a fresh one has nothing compiled
        tensorflow_preload.freeze_gc()
        cold.append(timing.seconds(lambda model=model: next(deep_dream.dream(photo, model=model))))
        for _ in range(2):
            warm.append(timing.seconds(lambda model=model: next(deep_dream.dream(photo, model=model))))
        begun = time.perf_counter()
        count = len(list(deep_dream.dream(photo, model=model)))
        whole.append(time.perf_counter() - begun)
    h, w, _ = photo.shape
    print(f"  first frame, the very first dream (compiles): {np.median(cold):.2f} s")
    print(f"  first frame, any later dream: {1000 * np.median(warm):.0f} ms")
    print(f"  whole dream, {w} x {h}, {count} steps: {np.median(whole):.2f} s (worst {max(whole):.2f} s)")


# --- beside the tutorial ------------------------------------------------------------------------


class TiledGradients(tf.Module):
    """The tutorial's, in our words: the gradient of a randomly rolled image, part by part."""

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
    """InceptionV3, 300 x 400 pixels: seconds a step, in turn; ours in bfloat16 too, where the processor has it."""
    photo = sample_photos.load("Clouds", 400)
    h, w, _ = photo.shape
    made = keras.applications.InceptionV3(include_top=False, weights=None)
    theirs = TiledGradients(keras.Model(made.inputs, [made.get_layer(name).output for name in LAYERS]))
    half = ["mixed_bfloat16"] if timing.has_bfloat16() else []
    ours = [pretrained_backbones.assemble("inception_v3", dtype=dtype) for dtype in ["float32", *half]]
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
    turns = [*(partial(our_steps, model) for model in ours), their_steps]
    rounds = [[timing.seconds(turn) / STEPS for turn in turns] for _ in range(1 + ROUNDS)]
    *own, other = np.median(rounds[1:], axis=0)
    print(f"  the tutorial {1000 * other:.0f} ms a step, without a frame")
    for dtype, seconds in zip(("float32", "bfloat16"), own, strict=False):
        print(
            f"  ours in {dtype}: {1000 * seconds:.0f} ms with its frame; the tutorial takes {other / seconds:.2f} times"
        )
    if not half:
        print("  bfloat16 was left out: this processor does not compute in it")


# --- memory -------------------------------------------------------------------------------------


def memory() -> None:
    """What 20 dreams in a row leave behind, after two that load and compile."""
    model, photo = backbone.load(), sample_photos.load("Cat", 400)
    sizes = []
    for k in range(2 + DREAMS):
        for _ in deep_dream.dream(photo, model=model, steps=5, seed=k):
            pass
        sizes.append(_resident())
    growth = sizes[-1] - sizes[1]
    print(f"  resident {sizes[1]:.0f} MB after two dreams, {sizes[-1]:.0f} MB after {DREAMS} more: {growth:+.0f} MB")


def _resident() -> float:
    """Megabytes of this process that are in memory."""
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
