"""The autoencoder family beside the textbook's: `python -m benchmarks.autoencoders [--only wall quality textbook]`.

wall: one picture through every member, ours and by `Model.predict`, in turns. quality: every member on the test rows,
beside what the book's notebook prints. textbook: the book's stacked autoencoder trained here by its own recipe, which
takes a few minutes. The first needs the shipped weights, the others Fashion-MNIST too.
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
from genmodels.autoencoders import model as autoencoders
from genmodels.data import datasets, fashion_samples

DATA = "fashion_mnist"
REPEATS, WARM_UP = 30, 3
BOOK = {  # held-out mean squared errors that the notebook of Hands-On Machine Learning, chapter 17, prints
    "stacked": 0.0132,
    "tied": 0.0133,
    "greedy": 0.0133,
    "convolutional": 0.0121,
    "recurrent": 0.0104,
    "denoising_dropout": 0.0166,
    "sparse_l1": 0.0111,
    "sparse_kl": 0.0099,
}
EPOCHS = 10  # of the book's stacked one


def textbook() -> keras.Model:
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


def wall() -> None:
    """Milliseconds for one picture through all members, the two ways in turn."""
    models = [autoencoders.load(name) for name in autoencoders.FAMILY]
    picture = fashion_samples.generated_images().pictures[:1]
    x = autoencoders.scaled(picture)
    ways = {
        "ours": lambda: [autoencoders.reconstruct(model, picture) for model in models],
        "Model.predict": lambda: [model.whole.predict(x, verbose=0) for model in models],
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(WARM_UP + REPEATS):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            if turn >= WARM_UP:
                spent[name].append(1000 * (time.perf_counter() - begun))
    ours, theirs = (float(np.median(spent[name])) for name in ways)
    print(
        f"  {len(models)} members, one picture: {ours:.1f} ms; Model.predict {theirs:.0f} ms, {theirs / ours:.1f} times"
    )
    files = list(weights.FOLDER.glob("autoencoders_*"))
    print(f"  weights together: {sum(file.stat().st_size for file in files) / 1e6:.1f} MB in {len(files)} files")
    longest = max(weights.model_card(f"autoencoders_{name}")["training_minutes"] for name in autoencoders.MEMBERS)
    print(f"  longest training of a member, on its card: {longest:.1f} minutes")


def quality() -> None:
    """Mean squared errors on the test rows."""
    held_out = datasets.load(DATA, "test")[0]
    for name in autoencoders.MEMBERS:
        model = autoencoders.load(name)
        error = float(autoencoders.squared_error(model, held_out).mean())
        said = f"{error:.4f}"
        if name in BOOK:
            mended = ""
            if name == "denoising_dropout":  # the book measures it on clean pictures
                damaged = autoencoders.corrupted(held_out, "dropout", 0.5, seed=0)
                mended = f"; {float(autoencoders.squared_error(model, damaged, held_out).mean()):.4f} from damaged ones"
            said += f", the book {BOOK[name]:.4f}: {BOOK[name] / error:.2f} times ours{mended}"
        print(f"  {name:20} {said}")


def by_the_book() -> None:
    """The book's recipe, here: how good it gets, and how fast it learns."""
    x, held_out = (autoencoders.scaled(datasets.load(DATA, split)[0]) for split in ("train", "test"))
    keras.utils.set_random_seed(0)
    model = textbook()
    begun = time.perf_counter()
    model.fit(x, x, epochs=EPOCHS, verbose=0)
    minutes = (time.perf_counter() - begun) / 60
    theirs = float(np.square(model.predict(held_out, verbose=0) - held_out).mean())
    ours = float(autoencoders.squared_error(autoencoders.load("stacked"), held_out).mean())
    card = weights.model_card("autoencoders_stacked")
    print(f"  the book's stacked, {EPOCHS} epochs in {minutes:.1f} minutes: {theirs:.4f} on test rows")
    print(
        f"  ours, {card['epochs']} epochs in {card['training_minutes']} minutes: {ours:.4f}; {theirs / ours:.2f} times"
    )


PARTS = {"wall": wall, "quality": quality, "textbook": by_the_book}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=["wall", "quality"])
    args = parser.parse_args()
    versions = f"Python {platform.python_version()}, Keras {keras.__version__}, TensorFlow {tf.__version__}"
    print(f"{versions}, NumPy {np.__version__}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name in args.only:
        print(name)
        PARTS[name]()


if __name__ == "__main__":
    main()
