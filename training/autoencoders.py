"""Train the autoencoder family: `python -m training.autoencoders --member stacked` (or `--member all`).

Fits on Fashion-MNIST's training rows, measures on its test rows, writes `weights/autoencoders_<member>.weights.h5`
and the card. One to ten minutes each: what is there already is left alone unless asked for by its name.
"""

import argparse
import json
import time

import numpy as np

from genmodels import autoencoder_training, autoencoders, datasets, weights
from genmodels.autoencoders import Autoencoder

DATA = "fashion_mnist"
EPOCHS = {"convolutional": 12, "recurrent": 12, "greedy": 60}  # the others:
USUAL = 40
RATES = {"linear": 1e-3, "recurrent": 4e-3, "hashing": 1e-3}
RATE = 2e-3
BATCH_SIZE = 128
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--member", choices=[*autoencoders.MEMBERS, "all"], default="all")
    parser.add_argument("--epochs", type=int, help=f"{USUAL}, but for {EPOCHS}")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    every = [each for each in autoencoders.MEMBERS if not (weights.FOLDER / f"autoencoders_{each}.json").exists()]
    rows = len(datasets.load(DATA, "test")[0])
    for member in every if args.member == "all" else [args.member]:
        begun, epochs = time.monotonic(), args.epochs or EPOCHS.get(member, USUAL)
        model = fit(member, epochs, args.seed)
        name = f"autoencoders_{member}"
        file = weights.FOLDER / f"{name}.weights.h5"
        model.whole.save_weights(file)
        weights.halve(file)
        fresh = autoencoders.build(autoencoders.MEMBERS[member])  # without an optimizer; measured from the file
        fresh.whole.load_weights(file)
        fresh.whole.save_weights(file)
        weights.halve(file)
        card = {
            "name": name,
            "data": f"{DATA}: its training rows; measured on {rows:,} held-out test rows",
            "command": f"python -m training.autoencoders --member {member} --epochs {epochs} --seed {args.seed}",
            "seed": args.seed,
            "epochs": epochs,
            "codings": fresh.recipe.codings,
            "parameters": fresh.parameters,
            "training_minutes": round((time.monotonic() - begun) / 60, 1),
            "held_out": report(fresh),
        }
        weights.write_card(name, (".weights.h5",), card)
        print(json.dumps(card["held_out"]), flush=True)


if __name__ == "__main__":
    main()
