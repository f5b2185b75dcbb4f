"""Train the pretrained VAEs: `python -m training.vae --model mnist` (or `--model all`).

Fits on the training set, evaluates on the test set, writes `weights/vae_<model>.weights.h5`, the latent map
(`vae_<model>.arrays.npz`) and the model card. A checkpoint is saved after every epoch; `--resume` continues from it.
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
LEARNING_RATE = 1.5e-3  # maximum; decays to zero along a cosine
WARMUP_BATCHES = 500  # linear warm-up of the learning rate
CHECKPOINTS = Path("checkpoints")


def fit(name: str, *, epochs: int, dtype: str, seed: int, resume: bool, kl_warmup: int) -> vae.VAE:
    config = vae.CONFIGS[name]
    keras.utils.set_random_seed(seed)  # order of the training images
    x_train, _ = datasets.load(config.data)
    x_train = x_train.astype("float32") / 255
    model = vae.build(config.latent_dim, beta=config.beta, variational=config.variational, dtype=dtype, seed=seed)
    steps = epochs * (len(x_train) // BATCH_SIZE + 1)
    schedule = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / 10, steps - WARMUP_BATCHES, warmup_target=LEARNING_RATE, warmup_steps=WARMUP_BATCHES
    )
    # No XLA: it is slower for small convolutions on a CPU.
    model.compile(optimizer=keras.optimizers.Adam(schedule), jit_compile=False)
    backup = CHECKPOINTS / f"vae_{name}"
    callbacks = [vae.KlWarmup(model, kl_warmup * len(x_train) // BATCH_SIZE)] if kl_warmup else []
    if not resume and backup.exists():
        for file in backup.iterdir():
            file.unlink()
    # BackupAndRestore saves optimizer and epoch, and deletes its file at the end of the training.
    model.fit(
        x_train,
        batch_size=BATCH_SIZE,
        epochs=epochs,
        verbose=2,
        callbacks=[keras.callbacks.BackupAndRestore(str(backup)), *callbacks],
    )
    return model


def report(model: vae.VAE, images: np.ndarray) -> dict[str, float]:
    reconstruction, kl = vae.elbo_terms(model, images, seed=0, samples=10)
    mse = np.mean((vae.reconstruct(model, images) - images / 255.0) ** 2, axis=(1, 2))
    return {
        "negative_elbo_nats": round(float((reconstruction + kl).mean()), 2),
        "reconstruction_nats": round(float(reconstruction.mean()), 2),
        "kl_nats": round(float(kl.mean()), 2),
        "mean_squared_error": round(float(mse.mean()), 5),
        "mean_squared_error_99th_percentile": round(float(np.quantile(mse, 0.99)), 5),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=[*vae.CONFIGS, "all"], default="all")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--dtype", default="float32", help="mixed_bfloat16 is faster if the CPU supports bfloat16")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kl-warmup", type=int, default=0, help="epochs over which the KL weight rises to beta")
    parser.add_argument("--resume", action="store_true", help="continue from the last checkpoint")
    args = parser.parse_args()
    for name in vae.CONFIGS if args.model == "all" else [args.model]:
        config, start = vae.CONFIGS[name], time.time()
        trained = fit(
            name,
            epochs=args.epochs,
            dtype=args.dtype,
            seed=args.seed,
            resume=args.resume,
            kl_warmup=args.kl_warmup,
        )
        file = weights.FOLDER / f"vae_{name}.weights.h5"
        model = vae.build(config.latent_dim, beta=config.beta, variational=config.variational)
        model.encoder.set_weights(trained.encoder.get_weights())  # a new model, so that the file holds no optimizer
        model.decoder.set_weights(trained.decoder.get_weights())
        model.save_weights(file)
        weights.convert_to_float16(file)
        model.load_weights(file)  # evaluate the float16 weights that the file holds
        x_test, y_test = datasets.load(config.data, "test")
        arrays = latent_map.make(model, x_test, y_test, digits=config.data == "mnist")
        np.savez_compressed(weights.FOLDER / f"vae_{name}.arrays.npz", **arrays)  # type: ignore[arg-type]  # the stub takes every keyword for allow_pickle
        card = {
            "name": f"vae_{name}",
            "data": f"{config.data}: training set; evaluated on {len(x_test):,} test images",
            "command": f"python -m training.vae --model {name} --epochs {args.epochs} --seed {args.seed} "
            f"--dtype {args.dtype}" + (f" --kl-warmup {args.kl_warmup}" if args.kl_warmup else ""),
            "latent_dim": config.latent_dim,
            "beta": config.beta if config.variational else 0.0,
            "variational": config.variational,
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
