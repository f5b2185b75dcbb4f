"""Our VAE beside the textbook's: `python -m benchmarks.vae [--only decode elbo train sprite]`.

Every ratio is taken in one run, the two contenders in turn, on a machine with nothing else to do.
`--only textbook` trains the textbook's model (half an hour) and keeps its figures in
`vae_textbook.json`; everything else takes a few minutes and needs the shipped weights.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from genmodels.data import datasets
from genmodels.vae import latent_map
from genmodels.vae import model as vae

DATA = ("mnist", "fashion_mnist")
BATCH_SIZE = 128
SAMPLES = 10  # codes per picture in the estimate of the ELBO
REPEATS = 50  # timed calls, after WARM_UP untimed ones
WARM_UP = 5
ROUNDS, ROUND_BATCHES = 3, 100  # training: rounds, taken in turn, and batches a round
HELD_OUT = 500  # pictures a live report is measured on
# Held-out nats on Fashion-MNIST at which clothes are recognisable. At 320 the plane is blobs, at 300
# most of it is one torso; at 285 boots, trousers and tops each have their own region and outline.
RECOGNISABLE = 285
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
    """The model of the keras.io example "Variational AutoEncoder", made by `textbook`."""

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
    """The keras.io example's networks, loss and optimizer in our words; float32, untrained.

    One thing is set that the example leaves alone: `jit_compile=False`. By default Keras compiles
    with XLA, with which a picture costs about a third more processor time on a CPU.
    """
    keras.utils.set_random_seed(seed)
    image = keras.Input((vae.SIZE, vae.SIZE, 1))
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(image)  # (n, 14, 14, 32)
    x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)  # (n, 7, 7, 64)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    z_mean = layers.Dense(latent_dim, name="z_mean")(x)
    z_log_var = layers.Dense(latent_dim, name="z_log_var")(x)
    encoder = keras.Model(image, [z_mean, z_log_var, Sampling(seed)([z_mean, z_log_var])], name="encoder")

    code = keras.Input((latent_dim,))
    x = layers.Dense(7 * 7 * 64, activation="relu")(code)
    x = layers.Reshape((7, 7, 64))(x)
    x = layers.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu")(x)  # (n, 14, 14, 64)
    x = layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu")(x)  # (n, 28, 28, 32)
    decoder = keras.Model(code, layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid")(x), name="decoder")

    model = Textbook(encoder, decoder)
    model.compile(optimizer=keras.optimizers.Adam(), jit_compile=False)
    return model


def textbook_rows(images: np.ndarray) -> np.ndarray:
    """(n, 28, 28) uint8 to (n, 28, 28, 1) float32 in [0, 1]."""
    return images[..., None].astype("float32") / 255


def as_ours(model: Textbook) -> SimpleNamespace:
    """The textbook's model with the handles of ours, so that `vae.elbo_terms` itself measures both."""
    return SimpleNamespace(
        latent_dim=model.decoder.input_shape[-1],
        variational=True,
        fast_encode=lambda x: model.encoder.predict(x[..., None], batch_size=500, verbose=0)[:2],
        fast_decode=lambda z: model.decoder.predict(z, batch_size=500, verbose=0)[..., 0],
    )


def parameters(model: Textbook | vae.VAE) -> int:
    return model.encoder.count_params() + model.decoder.count_params()


def negative_elbo(model: vae.VAE | SimpleNamespace, images: np.ndarray) -> dict[str, float]:
    """Means over the pictures, in nats."""
    reconstruction, kl = (float(term.mean()) for term in vae.elbo_terms(model, images, seed=0, samples=SAMPLES))
    return {"negative_elbo": reconstruction + kl, "reconstruction": reconstruction, "kl": kl}


def train_textbook(data: str, *, epochs: int, seed: int, rows: int | None) -> None:
    """Fit the textbook's model on our training rows, measure it on our held-out rows, keep the figures."""
    model, images, held_out = textbook(seed=seed), datasets.load(data)[0][:rows], datasets.load(data, "test")[0]
    begun = time.perf_counter()
    model.fit(textbook_rows(images), epochs=epochs, batch_size=BATCH_SIZE, verbose=2)
    minutes = (time.perf_counter() - begun) / 60
    nats = {name: round(value, 2) for name, value in negative_elbo(as_ours(model), held_out).items()}
    found = {"epochs": epochs, "seed": seed, "minutes": round(minutes, 1), "parameters": parameters(model)}
    found |= {"training_rows": len(images), "held_out_rows": len(held_out), "nats": nats}
    print(f"textbook, {data}: {json.dumps(found)}", flush=True)
    if rows is None:  # a run on fewer rows is a rehearsal
        kept = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
        FIGURES.write_text(json.dumps(kept | {data: found}, indent=2) + "\n", encoding="utf-8")


# --- the comparisons --------------------------------------------------------------------------


def elbo() -> None:
    """Held-out negative ELBO: ours from the shipped weights, now; the textbook's as it was kept."""
    kept = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    for data in DATA:
        model, held_out = vae.load(data), datasets.load(data, "test")[0]
        ours = negative_elbo(model, held_out)
        _elbo_line(f"{data}, ours, {parameters(model):,} parameters", ours)
        if data not in kept:
            print(f"  {data}: no figures of the textbook's, run --only textbook --data {data}")
            continue
        theirs = kept[data]
        what = f"{data}, textbook, {theirs['parameters']:,} parameters, {theirs['epochs']} epochs"
        _elbo_line(what, theirs["nats"])
        print(f"  {data}: ours is {theirs['nats']['negative_elbo'] - ours['negative_elbo']:.2f} nats lower")
        if theirs["held_out_rows"] != len(held_out):
            print(f"  {data}: NOT COMPARABLE, the textbook was measured on {theirs['held_out_rows']} held-out rows")


def _elbo_line(what: str, nats: dict[str, float]) -> None:
    print(f"  {what}: {nats['negative_elbo']:.2f} = {nats['reconstruction']:.2f} + {nats['kl']:.2f} nats")


def decode() -> None:
    """Milliseconds a call: our compiled graph against `predict`, on the same weights."""
    model = vae.load("mnist")
    grid, picture = vae.grid_codes(20), datasets.load("mnist", "test")[0][:1]
    rows = textbook_rows(picture)[..., 0]
    _beside("decode 400 codes", lambda: vae.decode(model, grid), lambda: model.decoder.predict(grid, verbose=0))
    _beside("decode 1 code", lambda: vae.decode(model, grid[:1]), lambda: model.decoder.predict(grid[:1], verbose=0))
    _beside("encode 1 picture", lambda: vae.encode(model, picture), lambda: model.encoder.predict(rows, verbose=0))


def _beside(what: str, ours: Callable, theirs: Callable) -> None:
    """Both in turn, REPEATS times; the medians."""
    seconds = np.array([[_seconds(ours), _seconds(theirs)] for _ in range(WARM_UP + REPEATS)][WARM_UP:])
    a, b = 1000 * np.median(seconds, axis=0)
    print(f"  {what}: {a:.2f} ms, predict {b:.2f} ms, {b / a:.1f} times", flush=True)


def _seconds(call: Callable) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def train() -> None:
    """Images a second while learning, and the seconds until the plane shows something."""
    images, held_out = datasets.load("fashion_mnist")[0], datasets.load("fashion_mnist", "test")[0][:HELD_OUT]
    contenders = {
        "ours, float32": train_ours(images, held_out, "float32"),
        "ours, mixed_bfloat16": train_ours(images, held_out, "mixed_bfloat16"),
        "textbook, fit": fit_textbook(images),
    }
    for contender in contenders.values():
        next(contender)  # a round that is not timed: it compiles
    rates = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, contender in contenders.items():
            rates[name].append(ROUND_BATCHES * BATCH_SIZE / _seconds(lambda c=contender: next(c)))
    for name, rate in rates.items():
        ratio = np.median(rate) / np.median(rates["textbook, fit"])
        print(f"  {name}: {np.median(rate):,.0f} images/s, {ratio:.2f} times the textbook's", flush=True)
    for dtype in ("float32", "mixed_bfloat16"):
        seconds, batches = until_recognisable(images, held_out, dtype)
        print(f"  {dtype}: under {RECOGNISABLE} held-out nats after {seconds:.1f} s, {batches} batches", flush=True)


def train_ours(images: np.ndarray, held_out: np.ndarray, dtype: str) -> Iterator[None]:
    """ROUND_BATCHES batches, live report included, each time it is asked; the first time also compiles."""
    model = vae.build(2, dtype=dtype)
    for step in vae.train(model, images, held_out=held_out, batch_size=BATCH_SIZE, report_every=ROUND_BATCHES):
        if step.done > 1:  # the very first report comes after one batch
            yield


def fit_textbook(images: np.ndarray) -> Iterator[None]:
    """The same number of batches through the textbook's `fit`, on the same rows."""
    model, x = textbook(), textbook_rows(images)
    for first in range(0, len(x), ROUND_BATCHES * BATCH_SIZE):
        model.fit(x[first : first + ROUND_BATCHES * BATCH_SIZE], batch_size=BATCH_SIZE, epochs=1, verbose=0)
        yield


def until_recognisable(images: np.ndarray, held_out: np.ndarray, dtype: str) -> tuple[float, int]:
    """Seconds from the call, building and compiling included, and batches until the plane is readable."""
    begun = time.perf_counter()
    for step in vae.train(vae.build(2, dtype=dtype), images, held_out=held_out, batch_size=BATCH_SIZE):
        if step.losses["held-out reconstruction"] + step.losses["held-out kl"] < RECOGNISABLE:
            return time.perf_counter() - begun, step.done
    raise RuntimeError(f"{dtype}: never under {RECOGNISABLE} nats")


def sprite() -> None:
    """How far the blended sheet, which the browser draws under the pointer, is from the exact picture."""
    for name in DATA:
        extent = float(latent_map.load(name)["extent"])
        z = np.random.default_rng(0).uniform(-extent, extent, (500, 2)).astype("float32")
        drawn = np.stack([latent_map.blend(name, code) for code in z])
        error = 255 * np.abs(drawn - vae.decode(vae.load(name), z)).mean(axis=(1, 2))
        print(f"  {name}: mean absolute error {error.mean():.2f} of 255, worst of 500 points {error.max():.1f}")


def machine() -> str:
    """Versions, cores, how busy they are, and what the processor has for small floats."""
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text().split() if cpuinfo.exists() else []
    known = [f"{flag} {'yes' if flag in flags else 'no'}" for flag in ("avx512f", "avx512_bf16", "amx_bf16")]
    versions = f"Python {platform.python_version()}, Keras {keras.__version__}, TensorFlow {tf.__version__}"
    cores = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"  # above 0.5 before we start: do not keep the run
    return f"{versions}, NumPy {np.__version__}; {cores}; {', '.join(known) if flags else 'CPU unknown'}"


COMPARISONS = {"decode": decode, "elbo": elbo, "train": train, "sprite": sprite}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS, "textbook"], default=list(COMPARISONS))
    parser.add_argument("--data", choices=DATA, help="textbook: one data set instead of both")
    parser.add_argument("--epochs", type=int, default=30, help="textbook: 30 are the example's")
    parser.add_argument("--rows", type=int, help="textbook: rehearse on the first rows, keep nothing")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    print(machine(), flush=True)
    for name in args.only:
        print(name, flush=True)
        if name != "textbook":
            COMPARISONS[name]()
            continue
        for data in [args.data] if args.data else DATA:
            train_textbook(data, epochs=args.epochs, seed=args.seed, rows=args.rows)


if __name__ == "__main__":
    main()
