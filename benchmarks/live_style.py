"""Frames a second of the live network, beside the classic one, at two sizes, in one run and in turn.

`python -m benchmarks.live_style [--only speed quality]`: some ten minutes, on a machine with nothing else to
do. The classic network is that of Johnson et al. 2016 (arXiv:1603.08155, its supplement) with instance
normalisation, in our words: 32, 64 and 128 channels, five residual blocks, everything at full or half or a
quarter resolution, compiled too. Its weights are random, which cost the same.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.deep_dream import has_bfloat16
from benchmarks.vae import machine
from genmodels import tensorflow_preload
from genmodels.data import datasets, style_images
from genmodels.live_style import network as live_style
from genmodels.live_style import training as style_training
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision import backbone

SIZES = ((640, 480), (256, 256))
ROUNDS = 15  # timed, after three that are not
PHOTOS = 5  # held-out ones that are painted both ways
SHEET = Path("checkpoints/live_style/beside.webp")  # shows photos of the data folder: not for the repository


def classic(dtype: str = "float32") -> keras.Model:
    """Johnson's network: (1, h, w, 3) in [0, 1] to (1, h, w, 3)."""
    layers = keras.layers

    def norm(x: Any) -> Any:
        return layers.GroupNormalization(groups=-1, epsilon=1e-5, dtype=dtype)(x)

    def conv(x: Any, channels: int, side: int = 3, stride: int = 1) -> Any:
        return norm(layers.Conv2D(channels, side, stride, padding="same", dtype=dtype)(x))

    def up(x: Any, channels: int) -> Any:
        return layers.ReLU()(norm(layers.Conv2DTranspose(channels, 3, 2, padding="same", dtype=dtype)(x)))

    x = image = keras.Input((None, None, 3))
    for channels, side, stride in ((32, 9, 1), (64, 3, 2), (128, 3, 2)):
        x = layers.ReLU()(conv(x, channels, side, stride))
    for _ in range(5):
        x = layers.Add()([x, conv(layers.ReLU()(conv(x, 128)), 128)])
    x = up(up(x, 64), 32)
    x = layers.Conv2D(3, 9, padding="same", activation="sigmoid", dtype="float32")(x)
    return keras.Model(image, x)


def speed() -> None:
    """From a frame to a painted frame, median of ROUNDS."""
    theirs = [classic(dtype) for dtype in ("float32", *_half())]
    ours = [live_style.untrained(style_images.NAMES)]
    for dtype in _half():
        keras.mixed_precision.set_dtype_policy(dtype)
        ours.append(live_style.untrained(style_images.NAMES))
        keras.mixed_precision.set_dtype_policy("float32")
    tensorflow_preload.freeze_gc()
    turns = [*(_paint(model) for model in ours), *(_pass(model) for model in theirs)]
    names = [f"{who}, {dtype}" for who in ("ours", "the classic one") for dtype in ("float32", *_half())]
    for w, h in SIZES:
        frame = np.random.default_rng(0).integers(0, 256, (h, w, 3), dtype="uint8")
        rounds = [[_seconds(turn, frame) for turn in turns] for _ in range(3 + ROUNDS)]
        for name, seconds in zip(names, np.median(rounds[3:], axis=0), strict=True):
            print(f"  {w} x {h}, {name}: {1000 * seconds:.1f} ms, {1 / seconds:.1f} frames a second", flush=True)
    if not _half():
        print("  bfloat16 was left out: this processor does not compute in it")


def _half() -> list[str]:
    return ["mixed_bfloat16"] if has_bfloat16() else []


def _paint(model: LiveStyle) -> Callable:
    mix = np.eye(len(model.names))[0]
    return lambda frame: live_style.stylise(model, frame, mix)


def _pass(model: keras.Model) -> Callable:
    @tf.function(input_signature=[tf.TensorSpec((1, None, None, 3), tf.uint8)])
    def run(frame):
        x = model(tf.cast(frame, tf.float32) / 255, training=False)
        return tf.cast(tf.round(255 * x), tf.uint8)

    return lambda frame: run(frame[None]).numpy()


def _seconds(call: Callable, frame: np.ndarray) -> float:
    begun = time.perf_counter()
    call(frame)
    return time.perf_counter() - begun


def quality() -> None:
    """On held-out photos, for each style: its loss in one pass, as the photos are, and where they are optimised."""
    from training.live_style import STYLE_SIDE, styles  # here: only this needs the data folder

    if not os.environ.get("GENMODELS_DATA_DIR"):
        print("  left out: set GENMODELS_DATA_DIR to the folder with photos_288.npz and styles/")
        return
    model, pictures = live_style.load(), styles()
    eye, seen, made = backbone.load(), datasets.photos("val")[:PHOTOS], []
    grams = style_training.targets(eye, [pictures[name] for name in model.names])

    def optimised(photo: np.ndarray, k: int) -> np.ndarray:
        scale = STYLE_SIDE / max(photo.shape)  # strokes as large as the network has learnt them
        *_, last = style_transfer.transfer(photo, pictures[model.names[k]], model=eye, style_scale=scale)
        made.append(last.image)
        return last.image

    live = style_training.measured(model, eye, grams, seen)
    slow = style_training.measured(model, eye, grams, seen, optimised)
    for name, losses in live.items():
        told = " ".join(f"{key} {losses[key]:.3f}" for key in ("style", "unpainted", "content"))
        other = slow[name]
        ratio = losses["style"] / other["style"]
        print(f"  {name}: {told}; optimised {other['style']:.3f} content {other['content']:.3f}; {ratio:.2f} times")
    painted = [live_style.stylise(model, photo, row) for row in np.eye(len(model.names)) for photo in seen]
    SHEET.parent.mkdir(parents=True, exist_ok=True)
    rows = [np.stack(each).reshape(len(model.names), PHOTOS, *seen.shape[1:]) for each in (painted, made)]
    SHEET.write_bytes(images.webp(images.tile(np.concatenate(rows, axis=1), gap=4, background=255)))
    print(f"  to look at, a row for each style, left in one pass, right optimised: {SHEET}")


COMPARISONS = {"speed": speed, "quality": quality}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS], default=list(COMPARISONS))
    args = parser.parse_args()
    print(machine(), flush=True)
    for name in args.only:
        print(name, flush=True)
        COMPARISONS[name]()


if __name__ == "__main__":
    main()
