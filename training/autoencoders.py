"""Train the autoencoder family: `python -m training.autoencoders --member stacked` (or `--member all`).

Fits on Fashion-MNIST's training rows, measures on its test rows, writes `weights/autoencoders_<member>.weights.h5`
and the card. One to ten minutes each: what is there already is left alone unless asked for by its name. `map` and
`pretraining` are made of the trained ones: places for codes, and the curve of a classifier with few labels.
"""

import argparse
import json
import time
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.autoencoders import latent_projection, unsupervised_pretraining
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import training as autoencoder_training
from genmodels.autoencoders.model import Autoencoder
from genmodels.data import datasets
from genmodels.media import images
from genmodels.vae import model as vae

DATA = "fashion_mnist"
EPOCHS = {"convolutional": 12, "recurrent": 12, "greedy": 60} | {f"size_{n}": 20 for n in autoencoders.SIZES}
USUAL = 40  # of the others
RATES = {"linear": 1e-3, "recurrent": 4e-3, "hashing": 1e-3}
RATE = 2e-3
BATCH_SIZE = 128
SHEET = (480, 1120)  # pixels: height and width of the map as a picture
ON_THE_WAY = 1000  # held-out pictures that are looked at while it learns


def fit(name: str, epochs: int, seed: int) -> Autoencoder:
    model = autoencoders.build(autoencoders.MEMBERS[name], seed=seed)
    x, held_out = datasets.load(DATA)[0], datasets.load(DATA, "test")[0][:ON_THE_WAY]
    rate, said = RATES.get(name, RATE), 0
    run = autoencoder_training.train(
        model,
        x,
        held_out=held_out,
        epochs=epochs,
        batch_size=BATCH_SIZE,
        learning_rate=rate,
        report_every=469,
        seed=seed,
    )
    for step in run:
        if step.done - said >= 5 * 469 or step.done == step.total:
            said = step.done
            error = step.losses["held-out error"]
            print(f"{name}, {step.phase}: {step.done} of {step.total}, held-out error {error:.5f}", flush=True)
    return model


def report(model: Autoencoder) -> dict[str, float]:
    """On all test rows: the squared error, of damaged pictures too where it learnt to mend them, and the code."""
    recipe, held_out = model.recipe, datasets.load(DATA, "test")[0]
    codes = autoencoders.encode(model, held_out)
    found = {"mean_squared_error": float(autoencoders.squared_error(model, held_out).mean())}
    if recipe.corruption != "none":
        damaged = autoencoders.corrupted(held_out, recipe.corruption, recipe.amount, seed=0)
        found["mean_squared_error_mended"] = float(autoencoders.squared_error(model, damaged, held_out).mean())
    if recipe.sparsity != "none":
        found["mean_activity"] = float(codes.mean())
        found["share_active"] = float((codes > 0.1).mean())
    if recipe.binary:
        found["doubt"] = float(np.minimum(codes, 1 - codes).mean())  # 0: every number of a code is 0 or 1
        rounded = autoencoders.decode(model, codes > 0.5) - held_out / 255
        found["mean_squared_error_of_bits"] = float(np.square(rounded).mean())
    return {key: round(value, 5) for key, value in found.items()}


def member(name: str, epochs: int, seed: int) -> None:
    """Train one member; leave its weights and their card."""
    begun, rows = time.monotonic(), len(datasets.load(DATA, "test")[0])
    trained, model = fit(name, epochs, seed), autoencoders.build(autoencoders.MEMBERS[name])
    model.whole.set_weights(trained.whole.get_weights())  # into one without an optimizer, which would be saved too
    stem = f"autoencoders_{name}"
    file = weights.FOLDER / f"{stem}.weights.h5"
    model.whole.save_weights(file)
    weights.convert_to_float16(file)
    model.whole.load_weights(file)  # measured as it is kept
    card = {
        "name": stem,
        "data": f"{DATA}: its training rows; measured on {rows:,} held-out test rows",
        "command": f"python -m training.autoencoders --member {name} --epochs {epochs} --seed {seed}",
        "seed": seed,
        "epochs": epochs,
        "codings": model.recipe.codings,
        "parameters": model.parameters,
        "training_minutes": round((time.monotonic() - begun) / 60, 1),
        "held_out": report(model),
    }
    weights.write_model_card(stem, (".weights.h5",), card)
    print(json.dumps(card["held_out"]), flush=True)


def code_map(seed: int) -> None:
    """The map of codes: places for the first test rows, from the stacked member's codes and the VAE's."""
    x, labels = (each[: latent_projection.ROWS] for each in datasets.load(DATA, "test"))
    means = vae.encode(vae.load(DATA), x)[0]
    arrays = latent_projection.make(autoencoders.encode(autoencoders.load("stacked"), x), means, labels, seed=seed)
    kept = {
        f"neighbours_of_a_kind_{kind}": round(latent_projection.alike(arrays[kind], labels), 4)
        for kind in latent_projection.KINDS
    }
    facts = {"held_out": kept}
    back = autoencoders.decode(autoencoders.load("stacked"), arrays["codes"])
    sheet = latent_projection.scattered(arrays["tsne"], back, SHEET, apart=20)
    (weights.FOLDER / "autoencoders_latent_map.images.webp").write_bytes(images.webp(sheet))
    _keep("map", arrays, f"{DATA}: codes of its first {len(x):,} test rows; what is seen was decoded", facts, seed)


def few_labels(seed: int) -> None:
    """The curve of unsupervised pretraining: every start, number of labels and seed, measured on the test rows."""
    results: tuple[unsupervised_pretraining.Result, ...] = ()
    for step in unsupervised_pretraining.compare(
        autoencoders.load("stacked"), datasets.load(DATA), datasets.load(DATA, "test")
    ):
        results = step.results
        print(f"{step.done} of {step.total}: {results[-1]}", flush=True)
    held_out = {
        f"accuracy_{start}_{n}": round(
            float(np.mean([r.accuracy for r in results if (r.start, r.labels) == (start, n)])), 4
        )
        for start in unsupervised_pretraining.STARTS
        for n in unsupervised_pretraining.LABELS
    }
    rows = f"{DATA}: 50 to 5,000 of its training labels; measured on its test rows"
    _keep("pretraining", unsupervised_pretraining.arrays(results), rows, {"held_out": held_out}, seed)


def _keep(name: str, arrays: dict[str, Any], data: str, facts: dict, seed: int) -> None:
    stem = f"autoencoders_{name}"
    np.savez_compressed(weights.FOLDER / f"{stem}.arrays.npz", **arrays)
    command = f"python -m training.autoencoders --member {name} --seed {seed}"
    endings = (".arrays.npz", ".images.webp") if name == "map" else (".arrays.npz",)
    epochs = weights.model_card("autoencoders_stacked")["epochs"]  # of the network it is made with
    card = {"name": stem, "data": data, "command": command, "seed": seed, "epochs": epochs}
    weights.write_model_card(stem, endings, card | facts)
    print(json.dumps(facts["held_out"]), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    every = [*autoencoders.MEMBERS, *AFTER]
    parser.add_argument("--member", choices=[*every, "all"], default="all")
    parser.add_argument("--epochs", type=int, help=f"for one of them, in place of the usual {USUAL} or fewer")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    missing = [each for each in every if not (weights.FOLDER / f"autoencoders_{each}.json").exists()]
    for name in missing if args.member == "all" else [args.member]:
        if name in AFTER:
            AFTER[name](args.seed)
        else:
            member(name, args.epochs or EPOCHS.get(name, USUAL), args.seed)


AFTER = {"map": code_map, "pretraining": few_labels}  # what is made of the trained ones


if __name__ == "__main__":
    main()
