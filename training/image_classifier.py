"""Train the classifiers that evaluate generated images: `python -m training.image_classifier --data fashion_mnist`.

Trains on the training set, measures the accuracy on the test set, writes `weights/image_classifier_<data>.weights.h5`
and the card. A few minutes each: their features only have to be good enough for the Frechet distance.
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
LEARNING_RATE = 3e-3  # initial; decays to zero along half a cosine
LABEL_SMOOTHING = 0.05


def fit(data: str, *, epochs: int, seed: int) -> image_classifier.Classifier:
    keras.utils.set_random_seed(seed)  # the order of the batches
    x, y = datasets.load(data)
    scaled = x.reshape(len(x), *image_classifier.SHAPES[data]).astype("float32") / 255
    classifier = image_classifier.build(data, seed=seed)
    network = keras.Model(classifier.network.inputs, classifier.network.outputs[1])  # the logits
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=LABEL_SMOOTHING)
    steps = epochs * (len(x) // BATCH_SIZE)
    optimizer = keras.optimizers.Adam(1.0, weight_decay=2e-4)
    network.compile(optimizer, loss, metrics=["accuracy"], jit_compile=keras.backend.backend() == "jax")
    rng, done = np.random.default_rng(seed), 0
    for epoch in range(epochs):
        start = time.monotonic()
        for rows in np.split(rng.permutation(len(x))[: len(x) // BATCH_SIZE * BATCH_SIZE], len(x) // BATCH_SIZE):
            optimizer.learning_rate.assign(LEARNING_RATE * (0.5 + 0.5 * np.cos(np.pi * done / steps)))
            batch = scaled[rows]
            if data == "cifar10":  # not digits, and not Fashion-MNIST: its shoes all point in one direction
                flipped = rng.random(len(batch)) < 0.5
                batch[flipped] = batch[flipped, :, ::-1]
            logs = network.train_on_batch(batch, np.eye(image_classifier.CLASSES)[y[rows]], return_dict=True)
            done += 1
        metrics = {key: round(float(value), 4) for key, value in logs.items()}
        print(f"{data}, epoch {epoch + 1}: {metrics}, {time.monotonic() - start:.0f} s", flush=True)
        network.reset_metrics()
    return classifier


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=[*image_classifier.DATA, "all"], default="all")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    for data in image_classifier.DATA if args.data == "all" else [args.data]:
        start = time.monotonic()
        classifier = fit(data, epochs=args.epochs, seed=args.seed)
        name = f"image_classifier_{data}"
        file = weights.FOLDER / f"{name}.weights.h5"
        classifier.network.save_weights(file)
        weights.convert_to_float16(file)
        classifier.network.load_weights(file)  # evaluate the stored weights
        x, y = datasets.load(data, "test")
        is_correct = image_classifier.labels(classifier, x) == y
        card = {
            "name": name,
            "data": f"{data}: its training rows; measured on {len(x):,} held-out test rows",
            "command": f"python -m training.image_classifier --data {data} --epochs {args.epochs} --seed {args.seed}",
            "seed": args.seed,
            "epochs": args.epochs,
            "parameters": classifier.network.count_params(),
            "training_minutes": round((time.monotonic() - start) / 60, 1),
            "held_out": {"accuracy": round(float(is_correct.mean()), 4)},
        }
        weights.write_model_card(name, (".weights.h5",), card)
        print(json.dumps(card["held_out"]), flush=True)


if __name__ == "__main__":
    main()
