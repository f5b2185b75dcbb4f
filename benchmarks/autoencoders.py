"""The autoencoders beside the textbook's: `python -m benchmarks.autoencoders [--only latency quality textbook]`.

latency: one image through all models, ours and by `Model.predict`, in turns. quality: test errors of all models, beside
those that the book's notebook prints. textbook: the book's stacked autoencoder trained here by its own recipe, which
takes a few minutes. The first part needs the weights, the others Fashion-MNIST too.
"""

import argparse
import os
import platform
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from genmodels import weights
from genmodels.autoencoders import denoising
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.config import ALL_MODELS, MODELS
from genmodels.data import datasets, fashion_samples

DATA = "fashion_mnist"
REPEATS, WARM_UP = 30, 3
BOOK = {  # test errors (MSE) that the notebook of Hands-On Machine Learning, chapter 17, prints
    "stacked": 0.0132,
    "tied": 0.0133,
    "greedy": 0.0133,
    "convolutional": 0.0121,
    "recurrent": 0.0104,
    "denoising_dropout": 0.0166,
    "sparse_l1": 0.0111,
    "sparse_kl": 0.0099,
}
EPOCHS = 10  # of the book's stacked autoencoder


def textbook_model() -> keras.Model:
    """The stacked autoencoder of the chapter: 784 - 100 - 30 and back, SELU, cross-entropy, SGD with a rate of 1.5."""
    encoder = keras.Sequential(
        [layers.Flatten(), layers.Dense(100, activation="selu"), layers.Dense(30, activation="selu")]
    )
    decoder = keras.Sequential(
        [layers.Dense(100, activation="selu"), layers.Dense(784, activation="sigmoid"), layers.Reshape([28, 28])]
    )
    model = keras.Sequential([keras.Input((28, 28)), encoder, decoder])
    model.compile(keras.optimizers.SGD(learning_rate=1.5), "binary_crossentropy", jit_compile=False)
    return model


def all_models_latency() -> None:
    """Milliseconds for one image through all models, both methods in turns."""
    models = [autoencoders.load(name) for name in MODELS]
    image = fashion_samples.generated_images().images[:1]
    x = autoencoders.scale_pixels(image)
    methods = {
        "ours": lambda: [autoencoders.reconstruct(model, image) for model in models],
        "Model.predict": lambda: [model.full_model.predict(x, verbose=0) for model in models],
    }
    milliseconds: dict[str, list[float]] = {name: [] for name in methods}
    for repeat in range(WARM_UP + REPEATS):
        for name, method in methods.items():
            started = time.perf_counter()
            method()
            if repeat >= WARM_UP:
                milliseconds[name].append(1000 * (time.perf_counter() - started))
    ours, predict = (float(np.median(milliseconds[name])) for name in methods)
    ratio = predict / ours
    print(f"  {len(models)} models, one image: {ours:.1f} ms; Model.predict {predict:.0f} ms, {ratio:.1f} times")
    files = list(weights.FOLDER.glob("autoencoders_*"))
    print(f"  weights together: {sum(file.stat().st_size for file in files) / 1e6:.1f} MB in {len(files)} files")
    longest = max(weights.model_card(f"autoencoders_{name}")["training_minutes"] for name in ALL_MODELS)
    print(f"  longest training of a model, on its card: {longest:.1f} minutes")


def quality() -> None:
    """Mean squared errors on the test images."""
    x = datasets.load(DATA, "test")[0]
    for name in ALL_MODELS:
        model = autoencoders.load(name)
        error = float(autoencoders.squared_error(model, x).mean())
        line = f"{error:.4f}"
        if name in BOOK:
            line += f", the book {BOOK[name]:.4f}: {BOOK[name] / error:.2f} times ours"
        if name == "denoising_dropout":  # the book measures it on clean images
            corrupted = denoising.corrupt(x, "dropout", 0.5, seed=0)
            line += f"; {float(autoencoders.squared_error(model, corrupted, x).mean()):.4f} from corrupted images"
        print(f"  {name:20} {line}")


def textbook_training() -> None:
    """The book's recipe, here: its test error and its time."""
    x, x_test = (autoencoders.scale_pixels(datasets.load(DATA, split)[0]) for split in ("train", "test"))
    keras.utils.set_random_seed(0)
    model = textbook_model()
    started = time.perf_counter()
    model.fit(x, x, epochs=EPOCHS, verbose=0)
    minutes = (time.perf_counter() - started) / 60
    textbook_error = float(np.square(model.predict(x_test, verbose=0) - x_test).mean())
    error = float(autoencoders.squared_error(autoencoders.load("stacked"), x_test).mean())
    card = weights.model_card("autoencoders_stacked")
    print(f"  the book's stacked, {EPOCHS} epochs in {minutes:.1f} minutes: {textbook_error:.4f} on test images")
    ratio = textbook_error / error
    print(f"  ours, {card['epochs']} epochs in {card['training_minutes']} minutes: {error:.4f}; {ratio:.2f} times")


PARTS = {"latency": all_models_latency, "quality": quality, "textbook": textbook_training}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=["latency", "quality"])
    args = parser.parse_args()
    versions = f"Python {platform.python_version()}, Keras {keras.__version__}, TensorFlow {tf.__version__}"
    print(f"{versions}, NumPy {np.__version__}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name in args.only:
        print(name)
        PARTS[name]()


if __name__ == "__main__":
    main()
