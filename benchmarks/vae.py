"""Our VAE and the textbook's: `python -m benchmarks.vae [--only decode elbo train sheet]`.

Every ratio is measured in one run, the two sides interleaved, on an idle machine.
`--only textbook` trains the textbook's model (half an hour) and writes its figures to
`vae_textbook.json`; the others take a few minutes and need the pretrained weights.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from benchmarks import timing
from genmodels import latent_space
from genmodels.data import datasets
from genmodels.vae import latent_map
from genmodels.vae import model as vae

DATA = ("mnist", "fashion_mnist")
BATCH_SIZE = 128
SAMPLES = 10  # samples of z per image in the estimate of the ELBO
REPEATS = 50  # timed calls, after WARM_UP untimed ones
WARM_UP = 5
ROUNDS, ROUND_BATCHES = 3, 100  # training: interleaved rounds, and batches per round
HELD_OUT = 500  # test images that a report of the training is computed on
# Negative ELBO on Fashion-MNIST test images at which the decoded plane is recognizable: at 320 nats it shows blobs, at
# 300 mostly one torso; at 285 boots, trousers and tops each have their own region and outline.
NATS_THRESHOLD = 285
FIGURES = Path(__file__).with_name("vae_textbook.json")


# --- the textbook's model -------------------------------------------------------------------


class Sampling(layers.Layer):
    """z = z_mean + exp(0.5 z_log_var) * eps."""

    def __init__(self, seed: int):
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        eps = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * eps


class Textbook(keras.Model):
    """The model of the keras.io example "Variational AutoEncoder", created by `textbook`."""

    def __init__(self, encoder: keras.Model, decoder: keras.Model):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("loss", "reconstruction", "kl")}

    @property
    def metrics(self):
        return list(self.trackers.values())

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            per_pixel = keras.losses.binary_crossentropy(data, self.decoder(z))  # (n, 28, 28)
            reconstruction = ops.mean(ops.sum(per_pixel, axis=(1, 2)))
            kl = -0.5 * (1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var))
            kl = ops.mean(ops.sum(kl, axis=1))
            loss = reconstruction + kl
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        for name, value in {"loss": loss, "reconstruction": reconstruction, "kl": kl}.items():
            self.trackers[name].update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}


def textbook(latent_dim: int = 2, *, seed: int = 0) -> Textbook:
    """The networks, loss and optimizer of the keras.io example, written again; float32, untrained.

    One difference: `jit_compile=False`. Keras compiles with XLA by default, which takes about a third
    more processor time per image on a CPU.
    """
    keras.utils.set_random_seed(seed)
    image = keras.Input((vae.IMAGE_SIZE, vae.IMAGE_SIZE, 1))
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(image)  # (n, 14, 14, 32)
    x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)  # (n, 7, 7, 64)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    z_mean = layers.Dense(latent_dim, name="z_mean")(x)
    z_log_var = layers.Dense(latent_dim, name="z_log_var")(x)
    encoder = keras.Model(image, [z_mean, z_log_var, Sampling(seed)([z_mean, z_log_var])], name="encoder")

    z = keras.Input((latent_dim,))
    x = layers.Dense(7 * 7 * 64, activation="relu")(z)
    x = layers.Reshape((7, 7, 64))(x)
    x = layers.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu")(x)  # (n, 14, 14, 64)
    x = layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu")(x)  # (n, 28, 28, 32)
    decoder = keras.Model(z, layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid")(x), name="decoder")

    model = Textbook(encoder, decoder)
    model.compile(optimizer=keras.optimizers.Adam(), jit_compile=False)
    return model


def textbook_input(images: np.ndarray) -> np.ndarray:
    """(n, 28, 28) uint8 to (n, 28, 28, 1) float32 in [0, 1]."""
    return images[..., None].astype("float32") / 255


def as_ours(model: Textbook) -> SimpleNamespace:
    """The textbook's model with the attributes of ours, so that `vae.elbo_terms` evaluates both."""
    return SimpleNamespace(
        latent_dim=model.decoder.input_shape[-1],
        variational=True,
        compiled_encode=lambda x: model.encoder.predict(x[..., None], batch_size=500, verbose=0)[:2],
        compiled_decode=lambda z: model.decoder.predict(z, batch_size=500, verbose=0)[..., 0],
    )


def parameters(model: Textbook | vae.VAE) -> int:
    return model.encoder.count_params() + model.decoder.count_params()


def negative_elbo(model: vae.VAE | SimpleNamespace, images: np.ndarray) -> dict[str, float]:
    """Means over the images, in nats."""
    reconstruction, kl = (float(term.mean()) for term in vae.elbo_terms(model, images, seed=0, samples=SAMPLES))
    return {"negative_elbo": reconstruction + kl, "reconstruction": reconstruction, "kl": kl}


def train_textbook(data: str, *, epochs: int, seed: int, rows: int | None) -> None:
    """Fit the textbook's model on our training images, evaluate it on our test images, write the figures."""
    model, images, held_out = textbook(seed=seed), datasets.load(data)[0][:rows], datasets.load(data, "test")[0]
    start = time.perf_counter()
    model.fit(textbook_input(images), epochs=epochs, batch_size=BATCH_SIZE, verbose=2)
    minutes = (time.perf_counter() - start) / 60
    nats = {name: round(value, 2) for name, value in negative_elbo(as_ours(model), held_out).items()}
    figures = {"epochs": epochs, "seed": seed, "minutes": round(minutes, 1), "parameters": parameters(model)}
    figures |= {"training_rows": len(images), "held_out_rows": len(held_out), "nats": nats}
    print(f"textbook, {data}: {json.dumps(figures)}", flush=True)
    if rows is None:  # figures of a run on fewer images are not comparable
        saved = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
        FIGURES.write_text(json.dumps(saved | {data: figures}, indent=2) + "\n", encoding="utf-8")


# --- the comparisons --------------------------------------------------------------------------


def elbo() -> None:
    """Negative ELBO of the test images: ours from the pretrained weights; the textbook's as saved."""
    saved = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    for data in DATA:
        model, held_out = vae.load(data), datasets.load(data, "test")[0]
        ours = negative_elbo(model, held_out)
        _elbo_line(f"{data}, ours, {parameters(model):,} parameters", ours)
        if data not in saved:
            print(f"  {data}: no figures of the textbook's, run --only textbook --data {data}")
            continue
        reference = saved[data]
        title = f"{data}, textbook, {reference['parameters']:,} parameters, {reference['epochs']} epochs"
        _elbo_line(title, reference["nats"])
        print(f"  {data}: ours is {reference['nats']['negative_elbo'] - ours['negative_elbo']:.2f} nats lower")
        if reference["held_out_rows"] != len(held_out):
            print(f"  {data}: NOT COMPARABLE, the textbook was measured on {reference['held_out_rows']} test images")


def _elbo_line(title: str, nats: dict[str, float]) -> None:
    print(f"  {title}: {nats['negative_elbo']:.2f} = {nats['reconstruction']:.2f} + {nats['kl']:.2f} nats")


def decode() -> None:
    """Milliseconds per call: our compiled graph and `predict`, with the same weights."""
    model = vae.load("mnist")
    z, image = latent_space.latent_grid(20), datasets.load("mnist", "test")[0][:1]
    x = textbook_input(image)[..., 0]
    predict = model.decoder.predict
    _compare_interleaved("decode 400 latent vectors", lambda: vae.decode(model, z), lambda: predict(z, verbose=0))
    _compare_interleaved("decode 1 latent vector", lambda: vae.decode(model, z[:1]), lambda: predict(z[:1], verbose=0))
    _compare_interleaved(
        "encode 1 image", lambda: vae.encode(model, image), lambda: model.encoder.predict(x, verbose=0)
    )


def _compare_interleaved(title: str, ours: Callable, reference: Callable) -> None:
    """Medians of REPEATS interleaved calls."""
    seconds = np.array([[timing.seconds(ours), timing.seconds(reference)] for _ in range(WARM_UP + REPEATS)][WARM_UP:])
    a, b = 1000 * np.median(seconds, axis=0)
    print(f"  {title}: {a:.2f} ms, predict {b:.2f} ms, {b / a:.1f} times", flush=True)


def train() -> None:
    """Images per second during training, and the seconds until the decoded plane is recognizable."""
    images, held_out = datasets.load("fashion_mnist")[0], datasets.load("fashion_mnist", "test")[0][:HELD_OUT]
    trainings = {
        "ours, float32": train_ours(images, held_out, "float32"),
        "ours, mixed_bfloat16": train_ours(images, held_out, "mixed_bfloat16"),
        "textbook, fit": fit_textbook(images),
    }
    for training in trainings.values():
        next(training)  # not timed: the first round compiles
    rates = {name: [] for name in trainings}
    for _ in range(ROUNDS):
        for name, training in trainings.items():
            rates[name].append(ROUND_BATCHES * BATCH_SIZE / timing.seconds(lambda c=training: next(c)))
    for name, rate in rates.items():
        ratio = np.median(rate) / np.median(rates["textbook, fit"])
        print(f"  {name}: {np.median(rate):,.0f} images/s, {ratio:.2f} times the textbook's", flush=True)
    for dtype in ("float32", "mixed_bfloat16"):
        seconds, batches = time_to_threshold(images, held_out, dtype)
        print(
            f"  {dtype}: below {NATS_THRESHOLD} nats on test images after {seconds:.1f} s, {batches} batches",
            flush=True,
        )


def train_ours(images: np.ndarray, held_out: np.ndarray, dtype: str) -> Iterator[None]:
    """ROUND_BATCHES batches and a report per `next`; the first also compiles."""
    model = vae.build(2, dtype=dtype)
    for step in vae.train(model, images, held_out=held_out, batch_size=BATCH_SIZE, report_every=ROUND_BATCHES):
        if step.done > 1:  # the first report comes after one batch
            yield


def fit_textbook(images: np.ndarray) -> Iterator[None]:
    """The same number of batches with the textbook's `fit`, on the same images."""
    model, x = textbook(), textbook_input(images)
    for first in range(0, len(x), ROUND_BATCHES * BATCH_SIZE):
        model.fit(x[first : first + ROUND_BATCHES * BATCH_SIZE], batch_size=BATCH_SIZE, epochs=1, verbose=0)
        yield


def time_to_threshold(images: np.ndarray, held_out: np.ndarray, dtype: str) -> tuple[float, int]:
    """Seconds, including building and compiling, and batches until the loss is below NATS_THRESHOLD."""
    start = time.perf_counter()
    for step in vae.train(vae.build(2, dtype=dtype), images, held_out=held_out, batch_size=BATCH_SIZE):
        if step.losses["held-out reconstruction"] + step.losses["held-out kl"] < NATS_THRESHOLD:
            return time.perf_counter() - start, step.done
    raise RuntimeError(f"{dtype}: never below {NATS_THRESHOLD} nats")


def sheet() -> None:
    """Error of the interpolated sheet, which the browser shows during a drag, against the decoder."""
    for name in DATA:
        half_width = latent_map.half_width(name)
        points = np.random.default_rng(0).uniform(-half_width, half_width, (500, 2)).astype("float32")
        interpolated = np.stack([latent_map.interpolate_sheet(name, z) for z in points])
        error = 255 * np.abs(interpolated - vae.decode(vae.load(name), points)).mean(axis=(1, 2))
        print(f"  {name}: mean absolute error {error.mean():.2f} of 255, worst of 500 points {error.max():.1f}")


COMPARISONS = {"decode": decode, "elbo": elbo, "train": train, "sheet": sheet}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS, "textbook"], default=list(COMPARISONS))
    parser.add_argument("--data", choices=DATA, help="textbook: one data set instead of both")
    parser.add_argument("--epochs", type=int, default=30, help="textbook: the example uses 30")
    parser.add_argument("--rows", type=int, help="textbook: trial run on the first images, writes nothing")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    print(timing.machine(), flush=True)
    for name in args.only:
        print(name, flush=True)
        if name != "textbook":
            COMPARISONS[name]()
            continue
        for data in [args.data] if args.data else DATA:
            train_textbook(data, epochs=args.epochs, seed=args.seed, rows=args.rows)


if __name__ == "__main__":
    main()
