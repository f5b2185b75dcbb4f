"""Train the classifiers that measure drawn pictures: `python -m training.image_classifier --data fashion_mnist`.

Fits on the training rows, measures on the test rows, writes `weights/image_classifier_<data>.weights.h5`
and the card. A few minutes each: they are features for a distance, not a record.
"""

import argparse
import json
import time

import keras
import numpy as np

from genmodels import weights
from genmodels.data import datasets
from genmodels.vision import image_classifier

BATCH_SIZE = 128
LEARNING_RATE = 3e-3  # peak; falls to zero along half a cosine
SMOOTHING = 0.05  # of the labels


def fit(data: str, *, epochs: int, seed: int) -> image_classifier.Classifier:
    keras.utils.set_random_seed(seed)  # the order of the rows
    x, y = datasets.load(data)
    scaled = x.reshape(len(x), *image_classifier.SHAPES[data]).astype("float32") / 255
    made = image_classifier.build(data, seed=seed)
    network = keras.Model(made.network.inputs, made.network.outputs[1])  # the logits alone have a loss
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTHING)
    steps = epochs * (len(x) // BATCH_SIZE)
    optimizer = keras.optimizers.Adam(1.0, weight_decay=2e-4)
    network.compile(optimizer, loss, metrics=["accuracy"], jit_compile=keras.backend.backend() == "jax")
    rng, done = np.random.default_rng(seed), 0
    for epoch in range(epochs):
        begun = time.monotonic()
        for rows in np.split(rng.permutation(len(x))[: len(x) // BATCH_SIZE * BATCH_SIZE], len(x) // BATCH_SIZE):
            optimizer.learning_rate.assign(LEARNING_RATE * (0.5 + 0.5 * np.cos(np.pi * done / steps)))
            batch = scaled[rows]
            if data == "cifar10":  # a mirrored digit is none, and the shoes of Fashion-MNIST all look one way
                mirrored = rng.random(len(batch)) < 0.5
                batch[mirrored] = batch[mirrored, :, ::-1]
            logs = network.train_on_batch(batch, np.eye(image_classifier.CLASSES)[y[rows]], return_dict=True)
            done += 1
        shown = {key: round(float(value), 4) for key, value in logs.items()}
        print(f"{data}, epoch {epoch + 1}: {shown}, {time.monotonic() - begun:.0f} s", flush=True)
        network.reset_metrics()
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=[*image_classifier.DATA, "all"], default="all")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    for data in image_classifier.DATA if args.data == "all" else [args.data]:
        begun = time.monotonic()
        made = fit(data, epochs=args.epochs, seed=args.seed)
        name = f"image_classifier_{data}"
        file = weights.FOLDER / f"{name}.weights.h5"
        made.network.save_weights(file)
        weights.convert_to_float16(file)
        made.network.load_weights(file)  # measured as it is used, from the file
        x, y = datasets.load(data, "test")
        right = image_classifier.labels(made, x) == y
        card = {
            "name": name,
            "data": f"{data}: its training rows; measured on {len(x):,} held-out test rows",
            "command": f"python -m training.image_classifier --data {data} --epochs {args.epochs} --seed {args.seed}",
            "seed": args.seed,
            "epochs": args.epochs,
            "parameters": made.network.count_params(),
            "training_minutes": round((time.monotonic() - begun) / 60, 1),
            "held_out": {"accuracy": round(float(right.mean()), 4)},
        }
        weights.write_model_card(name, (".weights.h5",), card)
        print(json.dumps(card["held_out"]), flush=True)


if __name__ == "__main__":
    main()
