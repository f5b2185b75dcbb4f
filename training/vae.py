"""Train the shipped VAEs: `python -m training.vae --model mnist` (or `--model all`).

Fits on the training rows, measures on the test rows, writes `weights/vae_<model>.weights.h5`, the
map of codes beside it and the card. A checkpoint after every epoch lets `--resume` go on.
"""

import argparse
import json
import time
from pathlib import Path

import keras
import numpy as np

from genmodels import weights
from genmodels.data import datasets
from genmodels.vae import latent_map
from genmodels.vae import model as vae

EPOCHS = 40
BATCH_SIZE = 128
LEARNING_RATE = 1.5e-3  # peak; falls to zero along a cosine
WARMUP = 500  # batches over which the learning rate rises
CHECKPOINTS = Path("checkpoints")


def fit(name: str, *, epochs: int, dtype: str, seed: int, resume: bool, kl_warmup: int) -> vae.VAE:
    recipe = vae.RECIPES[name]
    keras.utils.set_random_seed(seed)  # the order of the rows
    x_train, _ = datasets.load(recipe.data)
    x_train = x_train.astype("float32") / 255
    model = vae.build(recipe.latent_dim, beta=recipe.beta, variational=recipe.variational, dtype=dtype, seed=seed)
    steps = epochs * (len(x_train) // BATCH_SIZE + 1)
    schedule = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / 10, steps - WARMUP, warmup_target=LEARNING_RATE, warmup_steps=WARMUP
    )
    # No XLA: for small convolutions on a CPU it is slower.
    model.compile(optimizer=keras.optimizers.Adam(schedule), jit_compile=False)
    backup = CHECKPOINTS / f"vae_{name}"
    warmup = [vae.KlWarmup(model, kl_warmup * len(x_train) // BATCH_SIZE)] if kl_warmup else []
    if not resume and backup.exists():
        for file in backup.iterdir():
            file.unlink()
    # BackupAndRestore keeps the optimizer and the epoch, and deletes its file when all is done.
    model.fit(
        x_train,
        batch_size=BATCH_SIZE,
        epochs=epochs,
        verbose=2,
        callbacks=[keras.callbacks.BackupAndRestore(str(backup)), *warmup],
    )
    return model


def report(model: vae.VAE, images: np.ndarray) -> dict[str, float]:
    reconstruction, kl = vae.elbo_terms(model, images, seed=0, samples=10)
    mse = np.mean((vae.reconstruct(model, images) - images / 255.0) ** 2)
    return {
        "negative_elbo_nats": round(float((reconstruction + kl).mean()), 2),
        "reconstruction_nats": round(float(reconstruction.mean()), 2),
        "kl_nats": round(float(kl.mean()), 2),
        "mean_squared_error": round(float(mse), 5),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=[*vae.RECIPES, "all"], default="all")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--dtype", default="float32", help="mixed_bfloat16 saves time on some machines")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kl-warmup", type=int, default=0, help="epochs over which the KL term comes in")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    args = parser.parse_args()
    for name in vae.RECIPES if args.model == "all" else [args.model]:
        recipe, start = vae.RECIPES[name], time.time()
        trained = fit(
            name,
            epochs=args.epochs,
            dtype=args.dtype,
            seed=args.seed,
            resume=args.resume,
            kl_warmup=args.kl_warmup,
        )
        file = weights.FOLDER / f"vae_{name}.weights.h5"
        model = vae.build(recipe.latent_dim, beta=recipe.beta, variational=recipe.variational)
        model.encoder.set_weights(trained.encoder.get_weights())  # a fresh model: no optimizer in the file
        model.decoder.set_weights(trained.decoder.get_weights())
        model.save_weights(file)
        weights.convert_to_float16(file)
        model.load_weights(file)  # measured as it is used, from the file
        x_test, y_test = datasets.load(recipe.data, "test")
        arrays = latent_map.make(model, x_test, y_test, digits=recipe.data == "mnist")
        np.savez_compressed(weights.FOLDER / f"vae_{name}.arrays.npz", **arrays)  # type: ignore[arg-type]  # the stub takes every keyword for allow_pickle
        card = {
            "name": f"vae_{name}",
            "data": f"{recipe.data}: its training rows; measured on {len(x_test):,} held-out test rows",
            "command": f"python -m training.vae --model {name} --epochs {args.epochs} --seed {args.seed} "
            f"--dtype {args.dtype}" + (f" --kl-warmup {args.kl_warmup}" if args.kl_warmup else ""),
            "latent_dim": recipe.latent_dim,
            "beta": recipe.beta if recipe.variational else 0.0,
            "variational": recipe.variational,
            "seed": args.seed,
            "epochs": args.epochs,
            "parameters": model.encoder.count_params() + model.decoder.count_params(),
            "training_minutes": round((time.time() - start) / 60, 1),
            "held_out": report(model, x_test),
        }
        weights.write_model_card(f"vae_{name}", (".weights.h5", ".arrays.npz"), card)
        print(json.dumps(card["held_out"]), flush=True)


if __name__ == "__main__":
    main()
