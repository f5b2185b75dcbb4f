"""Train the classifiers that evaluate generated images: `python -m training.image_classifier --data fashion_mnist`.

Trains on the training set, measures the accuracy on the test set, writes `weights/image_classifier_<data>.weights.h5`
and the card. A few minutes for digits and clothes, 31 for CIFAR-10 on two CPU cores with other load: the features only
have to be good enough for the Frechet distance.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from genmodels import weights
from genmodels.data import datasets
from genmodels.vision import image_classifier

MOMENTUM = 0.9
CROP_PADDING = 4  # pixels by which a training image of CIFAR-10 is shifted at most


@dataclass(frozen=True)
class Recipe:
    """How the classifier of a data set is trained. The learning rate decays to zero along half a cosine."""

    optimizer: Callable[[], keras.Optimizer]
    learning_rate: float
    label_smoothing: float
    epochs: int
    batch_size: int = 128
    warmup: float = 0.0  # fraction of the steps over which the learning rate rises
    augment: bool = False  # random crops and flips: not for digits, nor for shoes, which all point in one direction


def _adam() -> keras.Optimizer:
    return keras.optimizers.Adam(1.0, weight_decay=2e-4)


def _sgd() -> keras.Optimizer:
    # Keras' decay is not accumulated by the momentum: 5e-3 here is 5e-4 in a loss with momentum 0.9
    optimizer = keras.optimizers.SGD(1.0, momentum=MOMENTUM, nesterov=True, weight_decay=5e-3)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


RECIPES = {
    "fashion_mnist": Recipe(_adam, 3e-3, label_smoothing=0.05, epochs=8),
    "mnist": Recipe(_adam, 3e-3, label_smoothing=0.05, epochs=2),
    "cifar10": Recipe(_sgd, 0.2, label_smoothing=0.1, epochs=12, warmup=0.15, augment=True),
    "landscapes": Recipe(_sgd, 0.1, label_smoothing=0.1, epochs=120, warmup=0.15, augment=True),  # 3,000 images
}


def learning_rate(recipe: Recipe, progress: float) -> float:
    """At `progress` in [0, 1] of the training: a linear rise, then half a cosine down to zero."""
    if progress < recipe.warmup:
        return recipe.learning_rate * progress / recipe.warmup
    decay = (progress - recipe.warmup) / (1 - recipe.warmup)
    return recipe.learning_rate * (0.5 + 0.5 * np.cos(np.pi * decay))


def augment(padded: np.ndarray, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random crops, half of them flipped: rows (n,) of images padded by `CROP_PADDING` to (n, h, w, c).

    One lookup for the whole batch: each crop is a range of row and of column indices, reversed for a flip.
    """
    n, (height, width) = len(rows), (each - 2 * CROP_PADDING for each in padded.shape[1:3])
    top, left = rng.integers(0, 2 * CROP_PADDING + 1, (2, n, 1))
    y, x = top + np.arange(height), left + np.arange(width)
    flipped = rng.random(n) < 0.5
    x[flipped] = x[flipped, ::-1]
    return padded[rows[:, None, None], y[:, :, None], x[:, None, :]]


def fit(data: str, *, epochs: int, seed: int) -> image_classifier.Classifier:
    keras.utils.set_random_seed(seed)  # the order of the batches
    recipe = RECIPES[data]
    x, y = datasets.load(data)
    x = x.reshape(len(x), *image_classifier.SHAPES[data])
    if recipe.augment:
        x = np.pad(x, ((0, 0), (CROP_PADDING,) * 2, (CROP_PADDING,) * 2, (0, 0)), "reflect")
    classifier = image_classifier.build(data, seed=seed)
    network = keras.Model(classifier.network.inputs, classifier.network.outputs[1])  # the logits
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=recipe.label_smoothing)
    steps = epochs * (len(x) // recipe.batch_size)
    optimizer = recipe.optimizer()
    network.compile(optimizer, loss, metrics=["accuracy"], jit_compile=keras.backend.backend() == "jax")
    rng, done = np.random.default_rng(seed), 0
    for epoch in range(epochs):
        start = time.monotonic()
        batches = len(x) // recipe.batch_size
        for rows in np.split(rng.permutation(len(x))[: batches * recipe.batch_size], batches):
            optimizer.learning_rate.assign(learning_rate(recipe, done / steps))
            batch = (augment(x, rows, rng) if recipe.augment else x[rows]).astype("float32") / 255
            logs = network.train_on_batch(batch, np.eye(image_classifier.CLASSES)[y[rows]], return_dict=True)
            done += 1
        metrics = {key: round(float(value), 4) for key, value in logs.items()}
        print(f"{data}, epoch {epoch + 1}: {metrics}, {time.monotonic() - start:.0f} s", flush=True)
        network.reset_metrics()
    return classifier


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=[*image_classifier.DATA, "all"], default="all")
    parser.add_argument("--epochs", type=int, help="default: those of the recipe")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    for data in image_classifier.DATA if args.data == "all" else [args.data]:
        start = time.monotonic()
        name, epochs = f"image_classifier_{data}", args.epochs or RECIPES[data].epochs
        classifier = fit(data, epochs=epochs, seed=args.seed)
        file = weights.FOLDER / f"{name}.weights.h5"
        classifier.network.save_weights(file)
        weights.convert_to_float16(file)
        classifier.network.load_weights(file)  # evaluate the stored weights
        x, y = datasets.load(data, "test")
        is_correct = image_classifier.labels(classifier, x) == y
        card = {
            "name": name,
            "data": f"{data}: its training rows; measured on {len(x):,} held-out test rows",
            "command": f"python -m training.image_classifier --data {data} --epochs {epochs} --seed {args.seed}",
            "seed": args.seed,
            "epochs": epochs,
            "parameters": classifier.network.count_params(),
            "training_minutes": round((time.monotonic() - start) / 60, 1),
            "held_out": {"accuracy": round(float(is_correct.mean()), 4)},
        }
        weights.write_model_card(name, (".weights.h5",), card)
        print(json.dumps(card["held_out"]), flush=True)


if __name__ == "__main__":
    main()
