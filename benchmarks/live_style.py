"""Frames per second of the fast style transfer network and of Johnson's, at two sizes, interleaved in one run.

`python -m benchmarks.live_style [--only speed quality]`: about ten minutes on an idle machine. Johnson's network is
that of Johnson et al. 2016 (arXiv:1603.08155, its supplement) with instance normalization, rewritten: 32, 64 and 128
channels at full, half and a quarter of the resolution, five residual blocks, also compiled. Its weights are random,
which takes the same time.
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks import timing
from genmodels import tensorflow_preload
from genmodels.data import datasets, style_images
from genmodels.live_style import losses
from genmodels.live_style import network as live_style
from genmodels.live_style import training as style_training
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision import backbone

SIZES = ((640, 480), (256, 256))
ROUNDS = 15  # timed, after three untimed ones
PHOTOS = 5  # held-out photos
SHEET = Path("checkpoints/live_style/comparison.webp")  # has photos of the data folder: not for the repository


def johnson_network(dtype: str = "float32") -> keras.Model:
    """(1, h, w, 3) in [0, 1] to the same."""
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
    """Milliseconds from a frame to its stylized frame, median of ROUNDS."""
    reference = [johnson_network(dtype) for dtype in ("float32", *_half_precision())]
    ours = [live_style.build_untrained(style_images.NAMES)]
    for dtype in _half_precision():
        keras.mixed_precision.set_dtype_policy(dtype)
        ours.append(live_style.build_untrained(style_images.NAMES))
        keras.mixed_precision.set_dtype_policy("float32")
    tensorflow_preload.freeze_gc()
    runs = [*(_stylize(model) for model in ours), *(_forward(model) for model in reference)]
    names = [f"{who}, {dtype}" for who in ("ours", "Johnson's") for dtype in ("float32", *_half_precision())]
    for w, h in SIZES:
        frame = np.random.default_rng(0).integers(0, 256, (h, w, 3), dtype="uint8")
        rounds = [[timing.seconds(run, frame) for run in runs] for _ in range(3 + ROUNDS)]
        for name, seconds in zip(names, np.median(rounds[3:], axis=0), strict=True):
            print(f"  {w} x {h}, {name}: {1000 * seconds:.1f} ms, {1 / seconds:.1f} frames per second", flush=True)
    if not _half_precision():
        print("  bfloat16 was skipped: this processor does not support it")


def _half_precision() -> list[str]:
    return ["mixed_bfloat16"] if timing.has_bfloat16() else []


def _stylize(model: LiveStyle) -> Callable:
    blend_weights = np.eye(len(model.names))[0]
    return lambda frame: live_style.stylize(model, frame, blend_weights)


def _forward(model: keras.Model) -> Callable:
    @tf.function(input_signature=[tf.TensorSpec((1, None, None, 3), tf.uint8)])
    def run(frame):
        x = model(tf.cast(frame, tf.float32) / 255, training=False)
        return tf.cast(tf.round(255 * x), tf.uint8)

    return lambda frame: run(frame[None]).numpy()


def quality() -> None:
    """Style loss on held-out photos, for each style: of one pass, of the photos, and of optimization-based transfer."""
    from training.live_style import STYLE_SIZE, load_styles  # only this needs the data folder

    if not os.environ.get("GENMODELS_DATA_DIR"):
        print("  skipped: set GENMODELS_DATA_DIR to the folder with photos_288.npz and styles/")
        return
    model, styles = live_style.load(), load_styles()
    loss_network, photos = backbone.load(), datasets.photos("val")[:PHOTOS]
    optimized: list[np.ndarray] = []
    grams = losses.style_targets(loss_network, [styles[name] for name in model.names])

    def optimize(photo: np.ndarray, k: int) -> np.ndarray:
        scale = STYLE_SIZE / max(photo.shape)  # strokes of the same size
        *_, last = style_transfer.transfer(photo, styles[model.names[k]], model=loss_network, style_image_scale=scale)
        optimized.append(last.image)
        return last.image

    one_pass = style_training.evaluate(model, loss_network, grams, photos)
    optimization = style_training.evaluate(model, loss_network, grams, photos, optimize)
    for name, values in one_pass.items():
        text = " ".join(f"{key} {values[key]:.3f}" for key in ("style", "unstylized", "content"))
        other = optimization[name]
        ratio = values["style"] / other["style"]
        print(f"  {name}: {text}; optimized {other['style']:.3f} content {other['content']:.3f}; {ratio:.2f} times")
    stylized = [live_style.stylize(model, photo, row) for row in np.eye(len(model.names)) for photo in photos]
    SHEET.parent.mkdir(parents=True, exist_ok=True)
    rows = [np.stack(each).reshape(len(model.names), PHOTOS, *photos.shape[1:]) for each in (stylized, optimized)]
    SHEET.write_bytes(images.webp(images.tile(np.concatenate(rows, axis=1), gap=4, background=255)))
    print(f"  one row per style, left one pass, right optimized: {SHEET}")


COMPARISONS = {"speed": speed, "quality": quality}


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
