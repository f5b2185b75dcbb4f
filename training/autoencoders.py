"""Train the autoencoders: `python -m training.autoencoders --model stacked` (or `--model all`).

Fits on Fashion-MNIST's training images, measures on its test images, writes `weights/autoencoders_<model>.weights.h5`
and the model card. One to ten minutes each; existing files are trained again only if their name is given. `latent_map`
and `pretraining` are computed from the trained models: projections of codes, and classifiers for few labeled images.
"""

import argparse
import json
import time
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.autoencoders import denoising, latent_projection, semantic_hashing, sparsity, training
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import unsupervised_pretraining as pretraining
from genmodels.autoencoders.config import ALL_MODELS, CODE_SIZES
from genmodels.autoencoders.model import Autoencoder
from genmodels.data import datasets
from genmodels.media import images
from genmodels.vae import model as vae

DATA = "fashion_mnist"
EPOCHS = {"convolutional": 12, "recurrent": 12, "greedy": 60} | {f"size_{n}": 20 for n in CODE_SIZES}
DEFAULT_EPOCHS = 40  # of the others
LEARNING_RATES = {"linear": 1e-3, "recurrent": 4e-3, "hashing": 1e-3}
DEFAULT_LEARNING_RATE = 2e-3
BATCH_SIZE = 128
BATCHES_PER_EPOCH = 469
VALIDATION_SUBSET = 1000  # test images measured during the training
MAP_SIZE = (480, 1120)  # pixels, height and width of the thumbnail map


def fit(name: str, epochs: int, seed: int) -> Autoencoder:
    model = autoencoders.build(ALL_MODELS[name], seed=seed)
    run = training.train(
        model,
        datasets.load(DATA)[0],
        test_images=datasets.load(DATA, "test")[0][:VALIDATION_SUBSET],
        epochs=epochs,
        batch_size=BATCH_SIZE,
        learning_rate=LEARNING_RATES.get(name, DEFAULT_LEARNING_RATE),
        report_every=5 * BATCHES_PER_EPOCH,
        seed=seed,
    )
    for step in run:
        error = step.losses["test error"]
        print(f"{name}, {step.phase}: {step.done} of {step.total}, test error {error:.5f}", flush=True)
    return model


def report(model: Autoencoder) -> dict[str, float]:
    """On all test images: the squared error, also from corrupted images, and measures of the code."""
    config, x = model.config, datasets.load(DATA, "test")[0]
    codes = autoencoders.encode(model, x)
    errors = autoencoders.squared_error(model, x)
    measures = {
        "mean_squared_error": float(errors.mean()),
        "mean_squared_error_99th_percentile": float(np.quantile(errors, 0.99)),
    }
    if config.noise_type != "none":
        corrupted = denoising.corrupt(x, config.noise_type, config.noise_level, seed=0)
        measures["mean_squared_error_corrupted"] = float(autoencoders.squared_error(model, corrupted, x).mean())
    if config.sparsity_penalty != "none":
        measures["mean_activity"] = float(codes.mean())
        measures["fraction_active"] = float((codes > sparsity.ACTIVE).mean())
    if config.binary_code:
        measures["mean_distance_to_bit"] = float(np.minimum(codes, 1 - codes).mean())
        residual = autoencoders.decode(model, semantic_hashing.binarize(codes)) - x / 255
        measures["mean_squared_error_binary"] = float(np.square(residual).mean())
    return {key: round(value, 5) for key, value in measures.items()}


def train_model(name: str, epochs: int, seed: int) -> None:
    """Train one autoencoder; write its weights and their card."""
    started, n_test = time.monotonic(), len(datasets.load(DATA, "test")[0])
    trained, model = fit(name, epochs, seed), autoencoders.build(ALL_MODELS[name])
    model.full_model.set_weights(trained.full_model.get_weights())  # a copy without the optimizer's state
    stem = f"autoencoders_{name}"
    file = weights.FOLDER / f"{stem}.weights.h5"
    model.full_model.save_weights(file)
    weights.convert_to_float16(file)
    model.full_model.load_weights(file)  # measured with the precision of the file
    card = {
        "name": stem,
        "data": f"{DATA}: training images; measured on {n_test:,} test images",
        "command": f"python -m training.autoencoders --model {name} --epochs {epochs} --seed {seed}",
        "seed": seed,
        "epochs": epochs,
        "code_size": model.config.code_size,
        "parameters": model.parameters,
        "training_minutes": round((time.monotonic() - started) / 60, 1),
        "held_out": report(model),
    }
    weights.write_model_card(stem, (".weights.h5",), card)
    print(json.dumps(card["held_out"]), flush=True)


def make_latent_map(seed: int) -> None:
    """Project the codes of the first test images, of the stacked autoencoder and of the VAE; draw the thumbnail map."""
    x, labels = (each[: latent_projection.N_IMAGES] for each in datasets.load(DATA, "test"))
    stacked = autoencoders.load("stacked")
    vae_codes = vae.encode(vae.load(DATA), x)[0]
    arrays = latent_projection.make(autoencoders.encode(stacked, x), vae_codes, labels, seed=seed)
    purity = {
        f"neighbor_purity_{method}": round(latent_projection.neighbor_purity(arrays[method], labels), 4)
        for method in latent_projection.PROJECTIONS
    }
    decoded = autoencoders.decode(stacked, arrays["codes"])
    thumbnails = latent_projection.thumbnail_map(arrays["tsne"], decoded, MAP_SIZE, min_distance=20)
    (weights.FOLDER / "autoencoders_latent_map.images.webp").write_bytes(images.webp(thumbnails))
    data = f"{DATA}: codes of the first {len(x):,} test images; the images shown are decoded from them"
    _save("latent_map", arrays, (".arrays.npz", ".images.webp"), data, purity, seed)


def compare_pretraining(seed: int) -> None:
    """Unsupervised pretraining: every initialization, number of labels and seed, measured on the test images."""
    stacked, train, test = autoencoders.load("stacked"), datasets.load(DATA), datasets.load(DATA, "test")
    results: tuple[pretraining.Result, ...] = ()
    for step in pretraining.compare(stacked, train, test):
        results = step.results
        print(f"{step.done} of {step.total}: {results[-1]}", flush=True)
    accuracies = {
        f"accuracy_{row.initialization}_{row.labels}": round(row.mean, 4) for row in pretraining.summary(results)
    }
    data = f"{DATA}: 50 to 5,000 training labels; measured on test images"
    _save("pretraining", pretraining.to_arrays(results), (".arrays.npz",), data, accuracies, seed)


def _save(name: str, arrays: dict[str, Any], endings: tuple[str, ...], data: str, measures: dict, seed: int) -> None:
    stem = f"autoencoders_{name}"
    np.savez_compressed(weights.FOLDER / f"{stem}.arrays.npz", **arrays)
    command = f"python -m training.autoencoders --model {name} --seed {seed}"
    epochs = weights.model_card("autoencoders_stacked")["epochs"]  # of the model that was used
    card = {"name": stem, "data": data, "command": command, "seed": seed, "epochs": epochs, "held_out": measures}
    weights.write_model_card(stem, endings, card)
    print(json.dumps(measures), flush=True)


FROM_TRAINED = {"latent_map": make_latent_map, "pretraining": compare_pretraining}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [*ALL_MODELS, *FROM_TRAINED]
    parser.add_argument("--model", choices=[*names, "all"], default="all")
    parser.add_argument("--epochs", type=int, help=f"of one model, instead of its default of {DEFAULT_EPOCHS} or fewer")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    missing = [name for name in names if not (weights.FOLDER / f"autoencoders_{name}.json").exists()]
    for name in missing if args.model == "all" else [args.model]:
        if name in FROM_TRAINED:
            FROM_TRAINED[name](args.seed)
        else:
            train_model(name, args.epochs or EPOCHS.get(name, DEFAULT_EPOCHS), args.seed)


if __name__ == "__main__":
    main()
