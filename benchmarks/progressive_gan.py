"""The ProGAN: `python -m benchmarks.progressive_gan [--only convolution image]`, on an idle machine.

`convolution` compares the fused resampling with the textbook's layers, upsampling and then a convolution, and a
convolution and then average pooling. `image` times the images of every stage.
"""

import argparse
from collections.abc import Callable

import numpy as np

from benchmarks import timing
from genmodels import weights
from genmodels.progressive_gan import model as progressive_gan

WARM_UP, REPEATS = 3, 15
BATCH_SIZE, SIZE, CHANNELS = 32, 16, 64  # of the convolutions; SIZE: the lower resolution
N_SAMPLES = 64


def convolution() -> None:
    """Upsampling and convolution, convolution and downsampling: fused into one, and one after the other."""
    import tensorflow as tf

    from genmodels.progressive_gan import layers

    rng = np.random.default_rng(0)
    low = tf.constant(rng.standard_normal((BATCH_SIZE, SIZE, SIZE, CHANNELS)), tf.float32)
    high = tf.constant(rng.standard_normal((BATCH_SIZE, 2 * SIZE, 2 * SIZE, CHANNELS)), tf.float32)
    kernel = tf.constant(rng.standard_normal((3, 3, CHANNELS, CHANNELS)) / 24, tf.float32)
    pairs: dict[str, tuple[Callable, Callable]] = {
        "upsample": (
            lambda: layers.upsample_conv(low, kernel),
            lambda: tf.nn.conv2d(layers.upsample(low), kernel, 1, "SAME"),
        ),
        "downsample": (
            lambda: layers.conv_downsample(high, kernel),
            lambda: layers.downsample(tf.nn.conv2d(high, kernel, 1, "SAME")),
        ),
    }
    for name, (ours, reference) in pairs.items():
        fused, separate = tf.function(ours), tf.function(reference)
        difference = np.abs(fused().numpy() - separate().numpy()).max()
        seconds = [[timing.seconds(fused), timing.seconds(separate)] for _ in range(WARM_UP + REPEATS)]
        a, b = 1000 * np.median(seconds[WARM_UP:], axis=0)
        print(f"  {name}: fused {a:.2f} ms, two layers {b:.2f} ms, {b / a:.2f} times; difference {difference:.1e}")


def image() -> None:
    """One image, and 64, of every stage."""
    model = progressive_gan.load()
    for stage in progressive_gan.STAGES:
        medians = []
        for n in (1, N_SAMPLES):
            z = progressive_gan.sample_latents(n, 0)
            seconds = [timing.seconds(progressive_gan.generate, model, z, stage) for _ in range(WARM_UP + REPEATS)]
            medians.append(1000 * np.median(seconds[WARM_UP:]))
        print(f"  {stage}: one image {medians[0]:.2f} ms, {N_SAMPLES} images {medians[1]:.1f} ms")
    files = weights.FOLDER.glob("progressive_gan_fashion.*")
    print(f"  {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")


COMPARISONS = {"convolution": convolution, "image": image}


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
