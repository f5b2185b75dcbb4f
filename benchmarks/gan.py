"""Our GANs beside the textbook's: `python -m benchmarks.gan [--only wall throughput quality live 2d]`.

Every ratio is taken in one run, the two contenders in turn, on a machine with nothing else to do.
`--only textbook` trains the textbook's DCGAN for its 50 epochs (hours; `--resume` goes on) and keeps its
figures in `gan_textbook.json`, which `quality` compares ours with; the rest takes minutes and needs the
shipped weights. Distances are Frechet distances in a Fashion-MNIST classifier's features, not FID.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from benchmarks.vae import machine
from genmodels import weights
from genmodels.data import datasets
from genmodels.gan import gan_2d
from genmodels.gan import metrics as gan_metrics
from genmodels.gan import model as gan
from genmodels.gan import training as gan_training

SAMPLES = 5000  # drawn, and held-out rows
REPEATS, WARM_UP = 30, 3  # of a wall
ROUNDS, ROUND_BATCHES = 3, 40  # training: rounds, taken in turn, and batches a round
BATCH_SIZE, TEXTBOOK_BATCH_SIZE = 64, 32
EPOCHS = 50  # the book's
CODINGS = 100
LIVE_MINUTES = (1, 2, 3)
STEPS_2D, SEEDS = 3000, 3  # of the 2-D GAN
FIGURES = Path(__file__).with_name("gan_textbook.json")
CHECKPOINT = Path("checkpoints/gan_textbook")


# --- the textbook's model -------------------------------------------------------------------


class Textbook:
    """The DCGAN of Hands-On Machine Learning, chapter 17, in our words: networks, losses, optimizers, loop.

    One thing is set that the book leaves alone: `jit_compile=False`. By default Keras compiles with XLA,
    which is several times slower for small convolutions on a CPU.
    """

    def __init__(self, seed: int):
        keras.utils.set_random_seed(seed)
        self.generator = keras.Sequential(
            [
                keras.Input((CODINGS,)),
                layers.Dense(7 * 7 * 128),
                layers.Reshape((7, 7, 128)),
                layers.BatchNormalization(),
                layers.Conv2DTranspose(64, 5, 2, "same", activation="selu"),
                layers.BatchNormalization(),
                layers.Conv2DTranspose(1, 5, 2, "same", activation="tanh"),
            ]
        )
        self.discriminator = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.Conv2D(64, 5, 2, "same"),
                layers.LeakyReLU(0.2),
                layers.Dropout(0.4),
                layers.Conv2D(128, 5, 2, "same"),
                layers.LeakyReLU(0.2),
                layers.Dropout(0.4),
                layers.Flatten(),
                layers.Dense(1, activation="sigmoid"),
            ]
        )
        self.discriminator.compile("rmsprop", "binary_crossentropy", jit_compile=False)
        self.discriminator.trainable = False
        self.both = keras.Sequential([keras.Input((CODINGS,)), self.generator, self.discriminator])
        self.both.compile("rmsprop", "binary_crossentropy", jit_compile=False)
        self.rng = np.random.default_rng(seed)

    def train_on(self, batch: np.ndarray) -> None:
        """Two phases: (n, 28, 28, 1) float32 in [-1, 1]."""
        n = len(batch)
        noise = self.rng.standard_normal((n, CODINGS), "float32")
        drawn = np.asarray(self.generator(noise))
        self.discriminator.trainable = True
        labels = np.repeat(np.float32([[0], [1]]), n, axis=0)
        self.discriminator.train_on_batch(np.concatenate([drawn, batch]), labels)
        noise = self.rng.standard_normal((n, CODINGS), "float32")
        self.discriminator.trainable = False
        self.both.train_on_batch(noise, np.ones((n, 1), "float32"))

    def train_sooner_on(self, batch: np.ndarray) -> None:
        """The same two updates by the same optimizers, compiled as one function: for 50 epochs, not for a clock."""
        codes = self.rng.standard_normal((2, len(batch), CODINGS), "float32")
        self._both_phases(tf.constant(codes), tf.constant(batch))

    @cached_property
    def _both_phases(self) -> Callable:
        entropy = keras.losses.BinaryCrossentropy()

        @tf.function(autograph=False)
        def step(codes: tf.Tensor, batch: tf.Tensor) -> None:
            n = batch.shape[0]
            seen = tf.concat([self.generator(codes[0], training=False), batch], axis=0)
            labels = np.repeat(np.float32([[0], [1]]), n, axis=0)
            descend(
                lambda: entropy(labels, self.discriminator(seen, training=True)),
                self.discriminator.weights,
                self.discriminator.optimizer,
            )
            descend(
                lambda: entropy(np.ones((n, 1), "float32"), self.both(codes[1], training=True)),
                self.generator.trainable_variables,
                self.both.optimizer,
            )

        def descend(loss: Callable, variables: list, optimizer: keras.Optimizer) -> None:
            watched = [v.value for v in variables]
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(watched)
                value = loss()
            optimizer.apply(tape.gradient(value, watched), variables)

        return step

    def epoch(self, images: np.ndarray, size: int, *, sooner: bool = False) -> Iterator[None]:
        """Batch after batch, all of them."""
        order = self.rng.permutation(len(images))
        train_on = self.train_sooner_on if sooner else self.train_on
        for start in range(0, len(images) - size + 1, size):
            train_on(images[order[start : start + size], ..., None] / np.float32(127.5) - 1)
            yield

    def drawn(self, n: int) -> np.ndarray:
        """(n, 28, 28) uint8."""
        z = np.random.default_rng(2).standard_normal((n, CODINGS), "float32")
        pictures = self.generator.predict(z, batch_size=500, verbose=0)[..., 0]
        return np.round(127.5 * (pictures + 1)).astype("uint8")

    @property
    def variables(self) -> list:
        parts = (self.generator, self.discriminator, self.discriminator.optimizer, self.both.optimizer)
        return [v for part in parts for v in part.variables]


def train_textbook(epochs: int, seed: int, *, resume: bool) -> None:
    """Train the textbook's model on our training rows, measure it on our held-out rows, keep the figures."""
    model, images = Textbook(seed), datasets.load("fashion_mnist")[0]
    for _ in model.epoch(images[:64], 32):  # the optimizers have their variables from the first batch on
        pass
    first, history = 0, []
    CHECKPOINT.mkdir(parents=True, exist_ok=True)
    if resume and (CHECKPOINT / "progress.json").exists():
        kept = json.loads((CHECKPOINT / "progress.json").read_text(encoding="utf-8"))
        first, history = kept["epochs"], kept["history"]
        with np.load(CHECKPOINT / "state.npz") as archive:
            for k, variable in enumerate(model.variables):
                variable.assign(archive[str(k)])
        model.rng = np.random.default_rng((seed, first))
    for done in range(first + 1, epochs + 1):
        for _ in model.epoch(images, TEXTBOOK_BATCH_SIZE, sooner=True):
            pass
        found = measured(model.drawn(SAMPLES))
        history.append([done, found["frechet_distance"]])
        print(f"  textbook, epoch {done}: {found}", flush=True)
        np.savez(CHECKPOINT / "state.npz", **{str(k): np.asarray(v) for k, v in enumerate(model.variables)})
        kept = {"epochs": done, "history": history}
        (CHECKPOINT / "progress.json").write_text(json.dumps(kept), encoding="utf-8")
    figures = {"epochs": epochs, "seed": seed, "history": history} | found
    if epochs == EPOCHS:  # a shorter run is a rehearsal
        FIGURES.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measured(pictures: np.ndarray) -> dict[str, float]:
    """(n, 28, 28) uint8 against as many held-out rows."""
    eye = gan_metrics.load_classifier("fashion_mnist")
    real = datasets.load("fashion_mnist", "test")[0][: len(pictures)]
    features = (gan_metrics.features(eye, each) for each in (real, pictures))
    collapse = gan_metrics.diversity_metrics(eye, pictures[:1000])
    found = {
        "frechet_distance": gan_metrics.frechet_distance(*features),
        "effective_classes": collapse["effective_classes"],
    }
    return {key: round(value, 4) for key, value in found.items()}


# --- the comparisons --------------------------------------------------------------------------


def wall() -> None:
    """Milliseconds for a wall of 64: our compiled graph against `predict`, on the same weights."""
    for name in gan.CONFIGS:
        if not (weights.FOLDER / f"gan_{name}.json").exists():
            print(f"  {name}: no weights yet")
            continue
        model = gan.load(name)
        z = gan.sample_latents(model, 64, 0)
        labels = np.arange(64) % model.classes if model.classes else None
        inputs = [z, *gan.one_hot(model, labels, 64)]
        ours, theirs = _in_turn(
            lambda m=model, z=z, labels=labels: gan.generate(m, z, labels),
            lambda m=model, inputs=inputs: m.generator.predict(inputs, verbose=0),
        )
        megabytes = (weights.FOLDER / f"gan_{name}.weights.h5").stat().st_size / 1e6
        print(f"  {name}: wall of 64 {ours:.1f} ms, predict {theirs:.1f} ms; {megabytes:.1f} MB", flush=True)


def _in_turn(ours: Callable, theirs: Callable) -> np.ndarray:
    """Both in turn, REPEATS times; the medians in milliseconds."""
    seconds = np.array([[_seconds(ours), _seconds(theirs)] for _ in range(WARM_UP + REPEATS)][WARM_UP:])
    return 1000 * np.median(seconds, axis=0)


def _seconds(call: Callable) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def throughput() -> None:
    """Real images a second while a DCGAN learns Fashion-MNIST: our fused step against two `train_on_batch`."""
    images = datasets.load("fashion_mnist")[0]
    contenders = {
        f"textbook, batches of {TEXTBOOK_BATCH_SIZE} as in the book": textbook_rounds(images, TEXTBOOK_BATCH_SIZE),
        f"textbook, batches of {BATCH_SIZE}": textbook_rounds(images, BATCH_SIZE),
        f"ours, batches of {BATCH_SIZE}, the book's kernels of 5": our_rounds(
            images, gan.Hyperparameters(kernel_size=5)
        ),
        f"ours, batches of {BATCH_SIZE}": our_rounds(images, gan.DEFAULT_HYPERPARAMETERS),
    }
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    cpu: dict[str, list[float]] = {name: [] for name in contenders}
    for rounds in contenders.values():
        next(rounds)  # compiles
    for _ in range(ROUNDS):
        for name, rounds in contenders.items():
            begun, used = time.perf_counter(), time.process_time()
            seen = next(rounds)
            rates[name].append(seen / (time.perf_counter() - begun))
            cpu[name].append(1000 * (time.process_time() - used) / seen)
    base = np.median(rates[f"textbook, batches of {BATCH_SIZE}"])
    for name in contenders:
        rate, milliseconds = np.median(rates[name]), np.median(cpu[name])
        print(
            f"  {name}: {rate:.0f} images/s, {rate / base:.2f} times; {milliseconds:.2f} ms of processor time an image",
            flush=True,
        )


def textbook_rounds(images: np.ndarray, size: int) -> Iterator[int]:
    """ROUND_BATCHES * BATCH_SIZE images each time it is asked, how many; the first time also compiles."""
    model, batches = Textbook(0), ROUND_BATCHES * BATCH_SIZE // size
    while True:
        for _ in model.epoch(images[: batches * size], size):
            pass
        yield batches * size


def our_rounds(images: np.ndarray, hyperparameters: gan.Hyperparameters) -> Iterator[int]:
    """The same of ours, reports included as a page asks for them."""
    run = gan_training.train(
        images, architecture="dcgan", hyperparameters=hyperparameters, batch_size=BATCH_SIZE, epochs=99
    )
    next(run)
    last = 1
    while True:
        for step in run:
            if step.done - last >= ROUND_BATCHES - 1:  # the first report comes after one batch
                break
        yield (step.done - last) * BATCH_SIZE
        last = step.done


def quality() -> None:
    """Our distance from held-out rows, now; the textbook's as it was kept. Label accuracy of the conditional ones."""
    ours = measured(our_pictures("fashion_dcgan"))
    print(f"  ours: {ours}", flush=True)
    if FIGURES.exists():
        theirs = json.loads(FIGURES.read_text(encoding="utf-8"))
        lower = 1 - ours["frechet_distance"] / theirs["frechet_distance"]
        print(f"  textbook, {theirs['epochs']} epochs: {theirs['frechet_distance']}; ours is {lower:.0%} lower")
    else:
        print("  no figures of the textbook's: run --only textbook")
    real = datasets.load("fashion_mnist")[0][:SAMPLES]
    print(f"  real training pictures instead of drawn ones: {measured(real)}", flush=True)
    for name in ("fashion_conditional", "mnist_conditional"):
        if (weights.FOLDER / f"gan_{name}.json").exists():
            eye, wanted = gan_metrics.load_classifier(gan.CONFIGS[name].data), np.arange(SAMPLES) % 10
            right = gan_metrics.labels(eye, our_pictures(name)) == wanted
            print(f"  {name}: drawn as asked for, says the classifier: {right.mean():.1%}", flush=True)


def our_pictures(name: str) -> np.ndarray:
    """SAMPLES of a shipped model, all classes in turn where there are any."""
    model = gan.load(name)
    return gan.generate(
        model, gan.sample_latents(model, SAMPLES, 2), np.arange(SAMPLES) % model.classes if model.classes else None
    )


def live() -> None:
    """How far a live training gets on this machine in LIVE_MINUTES, and a sheet of its wall for each to look at."""
    from genmodels.media.images import png

    eye, due = gan_metrics.load_classifier("fashion_mnist"), list(LIVE_MINUTES)
    real = gan_metrics.features(eye, datasets.load("fashion_mnist", "test")[0][:1000])
    CHECKPOINT.mkdir(parents=True, exist_ok=True)
    for step in gan_training.train(datasets.load("fashion_mnist")[0], architecture="dcgan", epochs=99):
        if step.seconds > 60 * due[0]:
            drawn = gan.generate(step.model, gan.sample_latents(step.model, 1000, 2))
            distance = gan_metrics.frechet_distance(real, gan_metrics.features(eye, drawn))
            print(f"  {due[0]} min, {step.done} steps: distance {distance:.1f} (1,000 samples)", flush=True)
            (CHECKPOINT.with_name("gan_live") / f"{due[0]}.png").parent.mkdir(exist_ok=True)
            (CHECKPOINT.with_name("gan_live") / f"{due.pop(0)}.png").write_bytes(png(step.image, scale=2))
            if not due:
                return


def two_d() -> None:
    """2-D GAN with the page's settings: seconds until precision 0.75 and recall 0.95, and both after the last step."""
    for distribution in gan_2d.DISTRIBUTIONS:
        for seed in range(SEEDS):
            points, start, reached = gan_2d.sample_data(distribution, seed=seed), time.perf_counter(), "not reached"
            for step in gan_2d.train(points, steps=STEPS_2D, seed=seed):
                metrics = step.metrics
                if reached == "not reached" and metrics["precision"] >= 0.75 and metrics["recall"] >= 0.95:
                    reached = f"after {step.done} steps, {time.perf_counter() - start:.1f} s"
            last = ", ".join(f"{name} {value:.2f}" for name, value in step.metrics.items())
            seconds = time.perf_counter() - start
            print(f"  {distribution}, seed {seed}: {reached}; at the end, {seconds:.1f} s: {last}", flush=True)


COMPARISONS = {"wall": wall, "throughput": throughput, "quality": quality, "live": live, "2d": two_d}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS, "textbook"], default=list(COMPARISONS))
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="textbook: fewer are a rehearsal, nothing is kept")
    parser.add_argument("--seed", type=int, default=0, help="textbook")
    parser.add_argument("--resume", action="store_true", help="textbook: go on from the last epoch")
    args = parser.parse_args()
    print(machine(), flush=True)
    for name in args.only:
        print(name, flush=True)
        if name == "textbook":
            train_textbook(args.epochs, args.seed, resume=args.resume)
        else:
            COMPARISONS[name]()


if __name__ == "__main__":
    main()
