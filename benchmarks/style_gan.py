"""The StyleGAN's inference: `python -m benchmarks.style_gan [--only image grid convolution]`, on an idle machine.

`image` and `grid` compare our compiled functions with `predict` of the same Keras networks. `convolution` compares the
modulated convolution, which scales its input and its output, with the textbook's way of one scaled kernel per image.
"""

import argparse
from collections.abc import Callable

import numpy as np

from benchmarks import timing
from genmodels import weights
from genmodels.style_gan import model as style_gan
from genmodels.style_gan.config import CONFIGS

WARM_UP, REPEATS = 3, 15
GRID = 5  # rows and columns of the mixing grid
BATCH_SIZE, SIZE, CHANNELS = 25, 16, 128  # of the convolution


def compare(title: str, ours: Callable, reference: Callable) -> None:
    """Medians of REPEATS interleaved calls, in milliseconds."""
    seconds = [[timing.seconds(ours), timing.seconds(reference)] for _ in range(WARM_UP + REPEATS)]
    a, b = 1000 * np.median(seconds[WARM_UP:], axis=0)
    print(f"  {title}: {a:.1f} ms, textbook's way {b:.1f} ms, {b / a:.1f} times", flush=True)


def pretrained() -> dict[str, style_gan.StyleGAN]:
    names = [name for name in CONFIGS if (weights.FOLDER / f"style_gan_{name}.json").is_file()]
    return {name: style_gan.load(name) for name in names}


def image() -> None:
    """One image: mapping, truncation and synthesis with noise."""
    for name, model in pretrained().items():
        z, noise = style_gan.sample_latents(model, 1, 0), style_gan.sample_noise(model, 1, 0)
        w = style_gan.map_latents(model, z, [0])
        layers = style_gan.repeat_for_layers(model, w)
        mapping, synthesis = model.generator.mapping, model.generator.synthesis

        def reference(z=z, noise=noise, layers=layers, mapping=mapping, synthesis=synthesis, model=model):
            mapping(z, style_gan.one_hot(model, [0], 1))
            synthesis(layers, noise)

        compare(
            f"{name}: one image",
            lambda model=model, z=z, noise=noise: style_gan.generate(model, z, [0], psi=0.7, noise=noise),
            reference,
        )
        files = weights.FOLDER.glob(f"style_gan_{name}.*")
        print(f"  {name}: {sum(file.stat().st_size for file in files) / 1e6:.1f} MB", flush=True)


def grid() -> None:
    """A style mixing grid: the w of rows and columns, and all pairs."""
    for name, model in pretrained().items():
        z = style_gan.sample_latents(model, 2 * GRID, 0)
        w = style_gan.map_latents(model, z, np.zeros(2 * GRID, int))
        layers = style_gan.style_ranges(model)["coarse"]

        def ours(model=model, w=w, layers=layers):
            mixed = style_gan.mixing_grid(model, w[:GRID], w[GRID:], layers)
            return style_gan.synthesize(model, mixed.reshape(GRID**2, *mixed.shape[2:]))

        def reference(model=model, w=w, layers=layers):
            noise = np.zeros((1, model.generator.synthesis.noise_size), "float32")
            for each in style_gan.mixing_grid(model, w[:GRID], w[GRID:], layers).reshape(GRID**2, 1, -1, w.shape[1]):
                model.generator.synthesis(each, noise)

        compare(f"{name}: mixing grid of {GRID} x {GRID}", ours, reference)


def convolution() -> None:
    """One modulated convolution of a batch."""
    import tensorflow as tf

    from genmodels.style_gan.networks import demodulate

    rng = np.random.default_rng(0)
    x = tf.constant(rng.standard_normal((BATCH_SIZE, SIZE, SIZE, CHANNELS)), tf.float32)
    kernel = tf.constant(rng.standard_normal((3, 3, CHANNELS, CHANNELS)) / 34, tf.float32)
    style = tf.constant(rng.standard_normal((BATCH_SIZE, CHANNELS)), tf.float32)

    @tf.function
    def ours():
        return demodulate(tf.nn.conv2d(x * style[:, None, None], kernel, 1, "SAME"), kernel, style)

    @tf.function
    def reference():  # one kernel per image, and one convolution per image
        scaled = kernel[None] * style[:, None, None, :, None]
        scaled *= tf.math.rsqrt(tf.reduce_sum(tf.square(scaled), axis=(1, 2, 3), keepdims=True) + 1e-8)
        return tf.map_fn(
            lambda pair: tf.nn.conv2d(pair[0][None], pair[1], 1, "SAME")[0], (x, scaled), fn_output_signature=tf.float32
        )

    difference = np.abs(ours().numpy() - reference().numpy()).max()
    print(f"  maximum difference {difference:.1e}")
    compare(f"modulated convolution, {BATCH_SIZE} images of {SIZE} x {SIZE}, {CHANNELS} channels", ours, reference)


COMPARISONS = {"image": image, "grid": grid, "convolution": convolution}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS], default=list(COMPARISONS))
    args = parser.parse_args()
    print(timing.machine(), flush=True)
    for name in args.only:
        print(name)
        COMPARISONS[name]()


if __name__ == "__main__":
    main()
