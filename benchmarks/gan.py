"""Our GANs against the textbook's: `python -m benchmarks.gan [--only sample-grid throughput quality train 2d grid]`.

Every ratio is measured in one run that alternates between the two sides, on a machine with nothing else to do.
`--only textbook` trains the textbook's DCGAN for its 50 epochs (hours; `--resume` continues) and stores its metrics in
`gan_textbook.json`, which `quality` compares ours with. The rest takes minutes and needs the pretrained weights.
Distances are Frechet distances in a Fashion-MNIST classifier's features, not FID.
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

from benchmarks import timing
from genmodels import weights
from genmodels.data import datasets
from genmodels.gan import gan_2d, metrics, training
from genmodels.gan import model as gan
from genmodels.gan.history_recorder import class_labels, generate_samples

N_SAMPLES = 5000  # generated images, and test images
REPEATS, WARM_UP = 30, 3  # of a grid of samples
ROUNDS, ROUND_BATCHES = 3, 40  # of training: rounds, and batches per round
BATCH_SIZE, TEXTBOOK_BATCH_SIZE = 64, 32
EPOCHS = 50  # the book's
LATENT_DIM = 100
TRAIN_MINUTES = (1, 2, 3)
STEPS_2D, SEEDS = 3000, 3  # of the 2-D GAN
STEPS_GRID, SEEDS_GRID = 16_000, 5  # of the 2-D GAN with the preset of the grid
TEXTBOOK_METRICS = Path(__file__).with_name("gan_textbook.json")
CHECKPOINT = Path("checkpoints/gan_textbook")
SAMPLES_FOLDER = Path("checkpoints/gan_train")


# --- the textbook's model -------------------------------------------------------------------


class Textbook:
    """The DCGAN of Hands-On Machine Learning, chapter 17, rewritten: networks, losses, optimizers, loop.

    One setting differs from the book: `jit_compile=False`. By default Keras compiles with XLA, which is several times
    slower for small convolutions on a CPU.
    """

    def __init__(self, seed: int):
        keras.utils.set_random_seed(seed)
        self.generator = keras.Sequential(
            [
                keras.Input((LATENT_DIM,)),
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
        self.both = keras.Sequential([keras.Input((LATENT_DIM,)), self.generator, self.discriminator])
        self.both.compile("rmsprop", "binary_crossentropy", jit_compile=False)
        self.rng = np.random.default_rng(seed)

    def train_on(self, batch: np.ndarray) -> None:
        """One update of each network; batch: (n, 28, 28, 1) float32 in [-1, 1]."""
        n = len(batch)
        noise = self.rng.standard_normal((n, LATENT_DIM), "float32")
        fake = np.asarray(self.generator(noise))
        self.discriminator.trainable = True
        labels = np.repeat(np.float32([[0], [1]]), n, axis=0)
        self.discriminator.train_on_batch(np.concatenate([fake, batch]), labels)
        noise = self.rng.standard_normal((n, LATENT_DIM), "float32")
        self.discriminator.trainable = False
        self.both.train_on_batch(noise, np.ones((n, 1), "float32"))

    def train_step_compiled(self, batch: np.ndarray) -> None:
        """The same updates by the same optimizers, compiled as one function: for the 50 epochs, never timed."""
        z = self.rng.standard_normal((2, len(batch), LATENT_DIM), "float32")
        self._compiled_step(tf.constant(z), tf.constant(batch))

    @cached_property
    def _compiled_step(self) -> Callable:
        entropy = keras.losses.BinaryCrossentropy()

        @tf.function(autograph=False)
        def step(z: tf.Tensor, batch: tf.Tensor) -> None:
            n = batch.shape[0]
            d_input = tf.concat([self.generator(z[0], training=False), batch], axis=0)
            labels = np.repeat(np.float32([[0], [1]]), n, axis=0)
            update(
                lambda: entropy(labels, self.discriminator(d_input, training=True)),
                self.discriminator.weights,
                self.discriminator.optimizer,
            )
            update(
                lambda: entropy(np.ones((n, 1), "float32"), self.both(z[1], training=True)),
                self.generator.trainable_variables,
                self.both.optimizer,
            )

        def update(loss: Callable, variables: list, optimizer: keras.Optimizer) -> None:
            watched = [v.value for v in variables]
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(watched)
                value = loss()
            optimizer.apply(tape.gradient(value, watched), variables)

        return step

    def epoch(self, images: np.ndarray, batch_size: int, *, compiled: bool = False) -> Iterator[None]:
        """One epoch; yields after every batch."""
        order = self.rng.permutation(len(images))
        train_on = self.train_step_compiled if compiled else self.train_on
        for start in range(0, len(images) - batch_size + 1, batch_size):
            train_on(images[order[start : start + batch_size], ..., None] / np.float32(127.5) - 1)
            yield

    def generate(self, n: int) -> np.ndarray:
        """(n, 28, 28) uint8."""
        z = np.random.default_rng(2).standard_normal((n, LATENT_DIM), "float32")
        images = self.generator.predict(z, batch_size=500, verbose=0)[..., 0]
        return np.round(127.5 * (images + 1)).astype("uint8")

    @property
    def variables(self) -> list:
        owners = (self.generator, self.discriminator, self.discriminator.optimizer, self.both.optimizer)
        return [v for owner in owners for v in owner.variables]


def train_textbook(epochs: int, seed: int, *, resume: bool) -> None:
    """Train the textbook's model, measure it on the test set after every epoch, store its metrics."""
    model, images = Textbook(seed), datasets.load("fashion_mnist")[0]
    for _ in model.epoch(images[:64], 32):  # creates the variables of the optimizers
        pass
    first, history = 0, []
    CHECKPOINT.mkdir(parents=True, exist_ok=True)
    if resume and (CHECKPOINT / "progress.json").exists():
        progress = json.loads((CHECKPOINT / "progress.json").read_text(encoding="utf-8"))
        first, history = progress["epochs"], progress["history"]
        with np.load(CHECKPOINT / "state.npz") as archive:
            for k, variable in enumerate(model.variables):
                variable.assign(archive[str(k)])
        model.rng = np.random.default_rng((seed, first))
    for done in range(first + 1, epochs + 1):
        for _ in model.epoch(images, TEXTBOOK_BATCH_SIZE, compiled=True):
            pass
        results = measure(model.generate(N_SAMPLES))
        history.append([done, results["frechet_distance"]])
        print(f"  textbook, epoch {done}: {results}", flush=True)
        np.savez(CHECKPOINT / "state.npz", **{str(k): np.asarray(v) for k, v in enumerate(model.variables)})
        progress = {"epochs": done, "history": history}
        (CHECKPOINT / "progress.json").write_text(json.dumps(progress), encoding="utf-8")
    results = {"epochs": epochs, "seed": seed, "history": history} | results
    if epochs == EPOCHS:  # a shorter run is a test
        TEXTBOOK_METRICS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def measure(images: np.ndarray) -> dict[str, float]:
    """Metrics of images (n, 28, 28) uint8 against as many test images."""
    classifier = metrics.load_classifier("fashion_mnist")
    real = datasets.load("fashion_mnist", "test")[0][: len(images)]
    features = (metrics.features(classifier, each) for each in (real, images))
    diversity = metrics.diversity_metrics(classifier, images[:1000])
    results = {
        "frechet_distance": metrics.frechet_distance(*features),
        "effective_classes": diversity["effective_classes"],
    }
    return {key: round(value, 4) for key, value in results.items()}


# --- comparisons --------------------------------------------------------------------------


def sample_grid_latency() -> None:
    """Milliseconds for a grid of 64 samples: our compiled graph against `predict`, with the same weights."""
    for name in gan.CONFIGS:
        if not (weights.FOLDER / f"gan_{name}.json").exists():
            print(f"  {name}: no weights yet")
            continue
        model = gan.load(name)
        z, labels = gan.sample_latents(model, 64, 0), class_labels(model, 64)
        inputs = [z, *gan.one_hot(model, labels, 64)]
        ours, theirs = _compare_interleaved(
            lambda m=model, z=z, labels=labels: gan.generate(m, z, labels),
            lambda m=model, inputs=inputs: m.generator.predict(inputs, verbose=0),
        )
        megabytes = (weights.FOLDER / f"gan_{name}.weights.h5").stat().st_size / 1e6
        print(f"  {name}: 64 samples {ours:.1f} ms, predict {theirs:.1f} ms; {megabytes:.1f} MB", flush=True)


def _compare_interleaved(ours: Callable, theirs: Callable) -> np.ndarray:
    """Both in turn, REPEATS times; the medians in milliseconds."""
    seconds = np.array([[timing.seconds(ours), timing.seconds(theirs)] for _ in range(WARM_UP + REPEATS)][WARM_UP:])
    return 1000 * np.median(seconds, axis=0)


def throughput() -> None:
    """Real images per second while a DCGAN trains on Fashion-MNIST: our compiled step against two `train_on_batch`."""
    images = datasets.load("fashion_mnist")[0]
    contenders = {
        f"textbook, batches of {TEXTBOOK_BATCH_SIZE} as in the book": textbook_rounds(images, TEXTBOOK_BATCH_SIZE),
        f"textbook, batches of {BATCH_SIZE}": textbook_rounds(images, BATCH_SIZE),
        f"ours, batches of {BATCH_SIZE}, the book's kernel size 5": our_rounds(
            images, gan.Hyperparameters(kernel_size=5)
        ),
        f"ours, batches of {BATCH_SIZE}": our_rounds(images, gan.DEFAULT_HYPERPARAMETERS),
    }
    images_per_second: dict[str, list[float]] = {name: [] for name in contenders}
    cpu_milliseconds: dict[str, list[float]] = {name: [] for name in contenders}
    for rounds in contenders.values():
        next(rounds)  # compiles
    for _ in range(ROUNDS):
        for name, rounds in contenders.items():
            start, cpu_start = time.perf_counter(), time.process_time()
            count = next(rounds)
            images_per_second[name].append(count / (time.perf_counter() - start))
            cpu_milliseconds[name].append(1000 * (time.process_time() - cpu_start) / count)
    base = np.median(images_per_second[f"textbook, batches of {BATCH_SIZE}"])
    for name in contenders:
        speed, milliseconds = np.median(images_per_second[name]), np.median(cpu_milliseconds[name])
        print(
            f"  {name}: {speed:.0f} images/s, {speed / base:.2f} times; {milliseconds:.2f} ms of CPU time per image",
            flush=True,
        )


def textbook_rounds(images: np.ndarray, batch_size: int) -> Iterator[int]:
    """Trains on ROUND_BATCHES * BATCH_SIZE images per `next`, yields their number; the first round also compiles."""
    model, batches = Textbook(0), ROUND_BATCHES * BATCH_SIZE // batch_size
    while True:
        for _ in model.epoch(images[: batches * batch_size], batch_size):
            pass
        yield batches * batch_size


def our_rounds(images: np.ndarray, hyperparameters: gan.Hyperparameters) -> Iterator[int]:
    """The same for our training, including the reports that a page shows."""
    run = training.train(
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
    """Frechet distance to the test set, ours and the textbook's; label accuracy of the conditional models."""
    ours = measure(generate_samples(gan.load("fashion_dcgan"), N_SAMPLES, seed=2))
    print(f"  ours: {ours}", flush=True)
    if TEXTBOOK_METRICS.exists():
        theirs = json.loads(TEXTBOOK_METRICS.read_text(encoding="utf-8"))
        reduction = 1 - ours["frechet_distance"] / theirs["frechet_distance"]
        print(f"  textbook, {theirs['epochs']} epochs: {theirs['frechet_distance']}; ours is {reduction:.0%} lower")
    else:
        print("  no metrics of the textbook's model: run --only textbook")
    real = datasets.load("fashion_mnist")[0][:N_SAMPLES]
    print(f"  real training images instead of generated ones: {measure(real)}", flush=True)
    for name in ("fashion_conditional", "mnist_conditional"):
        if (weights.FOLDER / f"gan_{name}.json").exists():
            model, classifier = gan.load(name), metrics.load_classifier(gan.CONFIGS[name].data)
            predicted = metrics.labels(classifier, generate_samples(model, N_SAMPLES, seed=2))
            accuracy = (predicted == class_labels(model, N_SAMPLES)).mean()
            print(f"  {name}: label accuracy {accuracy:.1%} (by the classifier)", flush=True)


def train() -> None:
    """Frechet distance after TRAIN_MINUTES of the training that the page shows; saves its samples as PNG."""
    from genmodels.media.images import png

    classifier, minutes = metrics.load_classifier("fashion_mnist"), list(TRAIN_MINUTES)
    real_features = metrics.features(classifier, datasets.load("fashion_mnist", "test")[0][:1000])
    SAMPLES_FOLDER.mkdir(parents=True, exist_ok=True)
    for step in training.train(datasets.load("fashion_mnist")[0], architecture="dcgan", epochs=99):
        if step.seconds > 60 * minutes[0]:
            generated = gan.generate(step.model, gan.sample_latents(step.model, 1000, 2))
            distance = metrics.frechet_distance(real_features, metrics.features(classifier, generated))
            print(f"  {minutes[0]} min, {step.done} steps: distance {distance:.1f} (1,000 samples)", flush=True)
            (SAMPLES_FOLDER / f"{minutes.pop(0)}.png").write_bytes(png(step.image, scale=2))
            if not minutes:
                return


def two_d() -> None:
    """2-D GAN with the page's settings: seconds until precision 0.75 and recall 0.95, and both after the last step."""
    for distribution in gan_2d.DISTRIBUTIONS:
        for seed in range(SEEDS):
            points, start, reached = gan_2d.sample_data(distribution, seed=seed), time.perf_counter(), "not reached"
            for step in gan_2d.train(points, steps=STEPS_2D, seed=seed):
                precision, recall = step.metrics["precision"], step.metrics["recall"]
                if reached == "not reached" and precision >= 0.75 and recall >= 0.95:
                    reached = f"after {step.done} steps, {time.perf_counter() - start:.1f} s"
            last = ", ".join(f"{name} {value:.2f}" for name, value in step.metrics.items())
            seconds = time.perf_counter() - start
            print(f"  {distribution}, seed {seed}: {reached}; at the end, {seconds:.1f} s: {last}", flush=True)


def grid() -> None:
    """2-D GAN with the page's preset "Grid of 25 Gaussians": modes covered and high-quality samples of 2,500."""
    points, results = gan_2d.sample_data("grid"), []
    z = np.random.default_rng(99).uniform(-1, 1, (2500, gan_2d.LATENT_DIM))
    for seed in range(SEEDS_GRID):
        state = gan_2d.build(hidden_layers=4, seed=seed)
        controls = gan_2d.Controls(r1_penalty_weight=0.01, learning_rate_schedule="linear decay")
        start, cpu_start, reached = time.perf_counter(), time.process_time(), "not reached"
        for step in gan_2d.train(points, steps=STEPS_GRID, controls=controls, state=state):
            if reached == "not reached" and step.done % 500 == 0:
                now = gan_2d.mode_metrics("grid", gan_2d.generate(state, z))
                if now["modes_covered"] == 25 and now["high_quality_samples"] >= 0.8:
                    reached = f"after {step.done} steps, {time.process_time() - cpu_start:.1f} s"
        results.append(gan_2d.mode_metrics("grid", gan_2d.generate(state, z)))
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
        print(
            f"  seed {seed}: 25 modes and 0.8 {reached}; after {seconds:.1f} s ({cpu_seconds:.1f} s of CPU time): "
            f"{results[-1]['modes_covered']} modes, {results[-1]['high_quality_samples']:.3f} within 3 sigma, "
            f"precision {step.metrics['precision']:.2f}, recall {step.metrics['recall']:.2f}",
            flush=True,
        )
    within = [each["high_quality_samples"] for each in results]
    print(f"  minimum {min(within):.3f}, median {np.median(within):.3f}, maximum {max(within):.3f}", flush=True)


COMPARISONS = {
    "sample-grid": sample_grid_latency,
    "throughput": throughput,
    "quality": quality,
    "train": train,
    "2d": two_d,
    "grid": grid,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*COMPARISONS, "textbook"], default=list(COMPARISONS))
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="textbook: with fewer no metrics are stored")
    parser.add_argument("--seed", type=int, default=0, help="textbook")
    parser.add_argument("--resume", action="store_true", help="textbook: continue from the last epoch")
    args = parser.parse_args()
    print(timing.machine(), flush=True)
    for name in args.only:
        print(name, flush=True)
        if name == "textbook":
            train_textbook(args.epochs, args.seed, resume=args.resume)
        else:
            COMPARISONS[name]()


if __name__ == "__main__":
    main()
