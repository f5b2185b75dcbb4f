"""Train the GANs: `python -m training.gan --model fashion_dcgan --minutes 40`, or `--ablation sigmoid --steps 2400`.

A model trains for a number of minutes, an ablation (`gan.ABLATIONS`) for a number of steps; the learning rates decay
along half a cosine. A checkpoint every few minutes allows `--resume`. The training history of every run is saved.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from genmodels import weights
from genmodels.data import datasets
from genmodels.gan import history_recorder, metrics, training, training_history
from genmodels.gan import model as gan
from genmodels.gan.history_recorder import HistoryRecorder, generate_samples
from genmodels.gan.train_step import TrainState, create_train_state, default_controls, train_step

BATCH_SIZE = 64
CHECKPOINT_MINUTES = 3.0  # between two checkpoints
FIRST_RECORD, RECORD_GROWTH = 5, 1.33  # steps before the first grid of samples; ratio of the steps of two grids
N_SAMPLES = 5000  # generated images, and test images, for the card; a fifth of them for each grid
FINAL_LR_FRACTION = 0.05  # of the learning rates, at the end
CHECKPOINTS = Path("checkpoints")


def load_data(config: gan.Config, split: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Images and, for a conditional model, labels; CIFAR-10 with horizontal flips for training."""
    x, y = gan.load_data(config, split)
    if config.data == "cifar10" and split == "train":  # not Fashion-MNIST: its shoes all point in one direction
        x, y = np.concatenate([x, x[:, :, ::-1]]), None if y is None else np.concatenate([y, y])
    return x, y


def fit(name: str, config: gan.Config, args: argparse.Namespace) -> tuple[TrainState, HistoryRecorder, dict]:
    x, y = load_data(config, "train")
    hyperparameters = config.hyperparameters
    model = gan.build(config.architecture, classes=config.classes, hyperparameters=hyperparameters, seed=args.seed)
    state = create_train_state(model)
    real = load_data(config, "test")[0][: N_SAMPLES // 5]
    recorder = HistoryRecorder(state.ema_model, metrics.load_classifier(config.data), real, args.seed)
    folder = CHECKPOINTS / f"gan_{name}"
    progress: dict[str, Any] = {"steps": 0, "minutes": 0.0}
    if args.resume and (folder / "progress.json").exists():
        progress = history_recorder.restore_checkpoint(state, recorder, folder)
    else:
        recorder.add_samples(0)
    length = f"--minutes {args.minutes:g}" if args.minutes else f"--steps {args.steps}"
    length += f" --dtype {args.dtype}" if args.dtype != "float32" else ""
    progress["lengths"] = list(dict.fromkeys([*progress.get("lengths", []), length]))
    controls, rng = default_controls(hyperparameters), np.random.default_rng((args.seed, progress["steps"]))
    earlier_minutes, start, saved = progress["minutes"], time.monotonic(), progress["minutes"]

    def fraction_done() -> float:
        return progress["minutes"] / args.minutes if args.minutes else progress["steps"] / args.steps

    while fraction_done() < 1:
        for images, labels in training.batches(x, y, BATCH_SIZE, hyperparameters.discriminator_steps, rng):
            cosine = 0.5 + 0.5 * np.cos(np.pi * min(1.0, fraction_done()))
            factor = FINAL_LR_FRACTION + (1 - FINAL_LR_FRACTION) * cosine
            controls.discriminator_learning_rate = factor * hyperparameters.discriminator_learning_rate
            controls.generator_learning_rate = factor * hyperparameters.generator_learning_rate
            numbers = train_step(state, images, labels, controls, rng)
            step = progress["steps"] = progress["steps"] + 1
            progress["minutes"] = earlier_minutes + (time.monotonic() - start) / 60
            recorder.add_losses(step, numbers)
            if step >= max(recorder.rows["steps"][-1] * RECORD_GROWTH, FIRST_RECORD):
                recorder.add_samples(step)
                values = numbers | {"frechet_distance": recorder.rows["frechet_distance"][-1]}
                values = {key: round(value, 3) for key, value in values.items()}
                print(f"{name}: {step} steps, {progress['minutes']:.1f} minutes: {values}", flush=True)
            if progress["minutes"] - saved > CHECKPOINT_MINUTES:
                saved = progress["minutes"]
                history_recorder.save_checkpoint(state, recorder, progress, folder)
            if fraction_done() >= 1:
                break
    if recorder.rows["steps"][-1] < progress["steps"]:
        recorder.add_samples(progress["steps"])
    history_recorder.save_checkpoint(state, recorder, progress, folder)
    n_images = progress["steps"] * hyperparameters.discriminator_steps * BATCH_SIZE
    return state, recorder, progress | {"epochs": max(1, round(n_images / len(x)))}


def evaluate(model: gan.GAN, config: gan.Config) -> dict[str, float]:
    """Metrics against the test set, on as many generated images, at most `N_SAMPLES`."""
    classifier = metrics.load_classifier(config.data)
    real = load_data(config, "test")[0][:N_SAMPLES]
    generated = generate_samples(model, len(real), seed=2)
    features = (metrics.features(classifier, each) for each in (real, generated))
    diversity = metrics.diversity_metrics(classifier, generated[: N_SAMPLES // 5])
    results = {"frechet_distance": metrics.frechet_distance(*features), "samples": len(real)}
    results |= {name: diversity[name] for name in ("effective_classes", "mean_pairwise_distance")}
    if model.classes:
        labels = history_recorder.class_labels(model, len(generated))
        results["label_accuracy"] = float((metrics.labels(classifier, generated) == labels).mean())
    return {key: round(value, 4) for key, value in results.items()}


def save(name: str, config: gan.Config, state: TrainState, facts: dict, *, write: bool) -> dict[str, float]:
    """Write weights and card into weights/ if `write`; metrics of the model as a page loads it, in float32."""
    keras.config.set_dtype_policy("float32")
    model = gan.build(config.architecture, classes=config.classes, hyperparameters=config.hyperparameters)
    both, suffixes = gan.as_keras_model(model), [".weights.h5"]
    both.set_weights(gan.as_keras_model(state.ema_model).get_weights())
    if not write:
        return evaluate(model, config)
    file = weights.FOLDER / f"gan_{name}.weights.h5"
    both.save_weights(file)
    weights.convert_to_float16(file)
    both.load_weights(file)
    if config.hyperparameters.minibatch_layer != "none":
        reference_batch = gan.reference_activations(model, load_data(config, "train")[0])
        np.savez_compressed(weights.FOLDER / f"gan_{name}.arrays.npz", company=reference_batch)  # the file's key
        suffixes.append(".arrays.npz")
    card = {"name": f"gan_{name}"} | facts
    card |= {"architecture": config.architecture, "latent_dim": model.latent_dim, "classes": model.classes}
    card["parameters"] = {each: getattr(model, each).count_params() for each in ("generator", "discriminator")}
    card["held_out"] = evaluate(model, config)
    weights.write_model_card(f"gan_{name}", tuple(suffixes), card)
    return card["held_out"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    run = parser.add_mutually_exclusive_group(required=True)
    run.add_argument("--model", choices=gan.CONFIGS)
    run.add_argument("--ablation", choices=gan.ABLATIONS, help="a short run; only its training history is saved")
    parser.add_argument("--minutes", type=float, help="training time, resumed runs included (40 for a model)")
    parser.add_argument("--steps", type=int, help="or number of training steps (2400 for an ablation)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dtype", default="float32", help="mixed_bfloat16 is faster on some machines")
    parser.add_argument("--resume", action="store_true", help="continue from the last checkpoint")
    parser.add_argument("--dry-run", action="store_true", help="write checkpoints/ only, not weights/")
    args = parser.parse_args()
    if not args.minutes and not args.steps:
        args.minutes, args.steps = (40.0, None) if args.model else (None, 2400)
    keras.config.set_dtype_policy(args.dtype)
    if args.model:
        name, config = args.model, gan.CONFIGS[args.model]
    else:
        name = f"ablation_{args.ablation}" + (f"_seed_{args.seed}" if args.seed else "")
        config = gan.Config("fashion_mnist", "dcgan", hyperparameters=gan.ABLATIONS[args.ablation])
    state, recorder, progress = fit(name, config, args)
    first, *later = progress["lengths"]
    only = (
        f", class {datasets.CLASS_NAMES[config.data][config.only_class]} only" if config.only_class is not None else ""
    )
    facts = {
        "data": f"{config.data}: training set{only}; evaluated on the test set in the features of "
        f"image_classifier_{config.data}",
        "command": f"python -m training.gan {f'--model {args.model}' if args.model else f'--ablation {args.ablation}'} "
        f"{first} --seed {args.seed}" + "".join(f", then {length} --resume" for length in later),
        "seed": args.seed,
        "steps": progress["steps"],
        "epochs": progress["epochs"],
        "training_minutes": round(progress["minutes"], 1),
    }
    if args.model:
        print(json.dumps(save(name, config, state, facts, write=not args.dry_run)), flush=True)
    if not args.dry_run:
        training_history.write(name, recorder.history(), facts)


if __name__ == "__main__":
    main()
