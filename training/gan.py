"""Train the GANs: `python -m training.gan --model fashion_dcgan --minutes 40`, or `--ablation sigmoid --steps 2400`.

A model trains for so many minutes, a broken run (`gan.ABLATIONS`) for so many steps; the learning rates
fall with what is left of them. A checkpoint every few minutes lets `--resume` go on. Every training is
recorded: what it drew from the same codes, at growing intervals, is written as its flight record.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from genmodels import weights
from genmodels.data import datasets
from genmodels.gan import metrics as gan_metrics
from genmodels.gan import model as gan
from genmodels.gan import training as gan_training
from genmodels.gan import training_history
from genmodels.gan.training import Learner
from genmodels.media import images

BATCH_SIZE = 64
CHECKPOINT = 3.0  # minutes between two
FIRST, GROWTH = 5, 1.33  # the first wall after so many steps, the next after so many times the steps of the last
POINTS = 400  # of a recorded curve, at most
SAMPLES = 5000  # drawn, and held-out rows, for the card; a fifth of them for each wall
FLOOR = 0.05  # of the learning rates: what is left of them at the end
BROKEN = gan.ABLATIONS
CHECKPOINTS = Path("checkpoints")


class Recorder:
    """What will be the flight record; `kept` is plain lists, so that a checkpoint can hold it."""

    def __init__(self, shown: gan.GAN, classifier: Any, reference: np.ndarray, seed: int):
        self.shown, self.classifier = shown, classifier
        self.reference = gan_metrics.features(classifier, reference)
        self.z, self.labels, self.columns = gan_training.wall(shown, seed)
        self.walls: list[np.ndarray] = []
        self.kept: dict[str, list] = {
            name: [] for name in ("steps", "frechet_distance", "histogram", "mean_pairwise_distance", "curve")
        }
        self.every = 1  # steps between two points of the curves
        self.since: list[list[float]] = []  # what came since the last one

    def look(self, step: int) -> None:
        """One wall, with what it measures."""
        seen = drawn(self.shown, len(self.reference), seed=1)
        found = gan_metrics.diversity_metrics(self.classifier, seen[: SAMPLES // 5])
        distance = gan_metrics.frechet_distance(self.reference, gan_metrics.features(self.classifier, seen))
        self.walls.append(gan.generate(self.shown, self.z, self.labels))
        new = {
            "steps": step,
            "frechet_distance": distance,
            "histogram": found["histogram"].tolist(),
            "mean_pairwise_distance": found["mean_pairwise_distance"],
        }
        for name, value in new.items():
            self.kept[name].append(value)

    def point(self, step: int, numbers: dict[str, float]) -> None:
        """One step's losses and accuracies; a point of the curves is their mean over several steps."""
        self.since.append([numbers[name] for name in ("discriminator", "generator", "real", "fake")])
        if step % self.every == 0:
            self.kept["curve"].append([step, *np.mean(self.since, axis=0).tolist()])
            self.since = []
        if len(self.kept["curve"]) > POINTS:
            self.kept["curve"], self.every = self.kept["curve"][1::2], 2 * self.every

    def record(self) -> training_history.TrainingHistory:
        curve = np.array(self.kept["curve"])
        arrays = {
            name: np.array(self.kept[name])
            for name in ("steps", "frechet_distance", "histogram", "mean_pairwise_distance")
        }
        return training_history.TrainingHistory(
            sample_grids=np.stack(self.walls),
            curve_steps=curve[:, 0].astype("int64"),
            losses=curve[:, 1:3],
            accuracy=curve[:, 3:],
            columns=self.columns,
            **arrays,
        )


def drawn(model: gan.GAN, n: int, seed: int) -> np.ndarray:
    """n pictures of codes nobody chose, of all classes in turn; in parts, to stay small in memory."""
    z = gan.sample_latents(model, n, seed)
    parts = (slice(k, k + 500) for k in range(0, n, 500))
    return np.concatenate(
        [gan.generate(model, z[part], asked(model, n)[part] if model.classes else None) for part in parts]
    )


def asked(model: gan.GAN, n: int) -> np.ndarray:
    return np.arange(n) % model.classes


def rows(config: gan.Config, split: str) -> tuple[np.ndarray, np.ndarray | None]:
    """The recipe's pictures, and their labels where it is conditional; colour pictures for training mirrored too."""
    x, y = gan.load_data(config, split)
    if config.data == "cifar10" and split == "train":  # a frog may look either way, a shoe of Fashion-MNIST may not
        x, y = np.concatenate([x, x[:, :, ::-1]]), None if y is None else np.concatenate([y, y])
    return x, y


# --- the training -------------------------------------------------------------------------------


def fit(name: str, config: gan.Config, args: argparse.Namespace) -> tuple[Learner, Recorder, dict]:
    x, y = rows(config, "train")
    model = gan.build(
        config.architecture, classes=config.classes, hyperparameters=config.hyperparameters, seed=args.seed
    )
    learning = gan_training.learner(model)
    classifier = gan_metrics.load_classifier(config.data)
    recorder = Recorder(learning.shown, classifier, rows(config, "test")[0][: SAMPLES // 5], args.seed)
    folder = CHECKPOINTS / f"gan_{name}"
    progress: dict[str, Any] = {"steps": 0, "minutes": 0.0}
    if args.resume and (folder / "progress.json").exists():
        progress = restore(learning, recorder, folder)
    else:
        recorder.look(0)
    length = f"--minutes {args.minutes:g}" if args.minutes else f"--steps {args.steps}"
    length += f" --dtype {args.dtype}" if args.dtype != "float32" else ""
    progress["lengths"] = list(dict.fromkeys([*progress.get("lengths", []), length]))
    folder.mkdir(parents=True, exist_ok=True)
    controls = gan_training.controls_of(config.hyperparameters)
    rng = np.random.default_rng((args.seed, progress["steps"]))
    before, begun, saved = progress["minutes"], time.monotonic(), progress["minutes"]
    k = config.hyperparameters.discriminator_steps
    while (share := progress["minutes"] / args.minutes if args.minutes else progress["steps"] / args.steps) < 1:
        for real, labels in gan_training.batches(x, y, BATCH_SIZE, k, rng):
            fall = FLOOR + (1 - FLOOR) * (0.5 + 0.5 * np.cos(np.pi * min(1.0, share)))
            controls.discriminator_learning_rate = config.hyperparameters.discriminator_learning_rate * fall
            controls.generator_learning_rate = config.hyperparameters.generator_learning_rate * fall
            numbers = gan_training.advance(learning, real, labels, controls, rng)
            step = progress["steps"] = progress["steps"] + 1
            progress["minutes"] = before + (time.monotonic() - begun) / 60
            recorder.point(step, numbers)
            if step >= max(recorder.kept["steps"][-1] * GROWTH, FIRST):
                recorder.look(step)
                said = {key: round(value, 3) for key, value in numbers.items()} | {
                    "distance": round(recorder.kept["frechet_distance"][-1], 2)
                }
                print(f"{name}: {step} steps, {progress['minutes']:.1f} minutes: {said}", flush=True)
            if progress["minutes"] - saved > CHECKPOINT:
                saved = progress["minutes"]
                keep(learning, recorder, progress, folder)
            share = progress["minutes"] / args.minutes if args.minutes else step / args.steps
            if share >= 1:
                break
    if recorder.kept["steps"][-1] < progress["steps"]:
        recorder.look(progress["steps"])
    keep(learning, recorder, progress, folder)
    progress["epochs"] = max(1, round(progress["steps"] * k * BATCH_SIZE / len(x)))
    return learning, recorder, progress


def keep(learning: Learner, recorder: Recorder, progress: dict, folder: Path) -> None:
    """A checkpoint: every variable, the record so far, and a sheet to look at. Written beside, then put in place."""
    arrays = {f"variable_{k}": ops.convert_to_numpy(v) for k, v in enumerate(learning.variables)}
    half = folder / "state.half.npz"
    np.savez(half, walls=np.stack(recorder.walls), **arrays)  # type: ignore[arg-type]  # the stub takes every keyword for allow_pickle
    half.replace(folder / "state.npz")
    whole = progress | {"record": recorder.kept, "every": recorder.every, "since": recorder.since}
    (folder / "progress.json").write_text(json.dumps(whole), encoding="utf-8")
    wall = recorder.walls[-1]
    sheet = images.tile(wall.reshape(-1, recorder.columns, *wall.shape[1:]))
    (folder / "sheet.png").write_bytes(images.png(sheet, scale=2))


def restore(learning: Learner, recorder: Recorder, folder: Path) -> dict:
    progress = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    with np.load(folder / "state.npz") as archive:
        recorder.walls = list(archive["walls"])
        for k, variable in enumerate(learning.variables):
            variable.assign(archive[f"variable_{k}"])
    recorder.kept, recorder.every, recorder.since = (progress.pop(key) for key in ("record", "every", "since"))
    learning.done = progress["steps"]
    return progress


# --- what is kept -------------------------------------------------------------------------------


def report(model: gan.GAN, config: gan.Config) -> dict[str, float]:
    """On held-out rows: as many drawn pictures as there are rows, SAMPLES at most."""
    classifier = gan_metrics.load_classifier(config.data)
    real = rows(config, "test")[0][:SAMPLES]
    seen = drawn(model, len(real), seed=2)
    features = (gan_metrics.features(classifier, each) for each in (real, seen))
    collapse = gan_metrics.diversity_metrics(classifier, seen[: SAMPLES // 5])
    found = {
        "frechet_distance": gan_metrics.frechet_distance(*features),
        "samples": len(real),
        "effective_classes": collapse["effective_classes"],
        "mean_pairwise_distance": collapse["mean_pairwise_distance"],
    }
    if model.classes:
        found["label_accuracy"] = float((gan_metrics.labels(classifier, seen) == asked(model, len(seen))).mean())
    return {key: round(value, 4) for key, value in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--model", choices=gan.CONFIGS)
    what.add_argument(
        "--ablation", dest="broken", choices=BROKEN, help="a short run, a trick less or more; only recorded"
    )
    parser.add_argument("--minutes", type=float, help="time to train, checkpoints before counted in (40 for a model)")
    parser.add_argument("--steps", type=int, help="or steps to train (2400 for a broken run, so that runs compare)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dtype", default="float32", help="mixed_bfloat16 saves time on some machines")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--dry", action="store_true", help="leave weights/ as it is: only checkpoints/ is written")
    args = parser.parse_args()
    if not args.minutes and not args.steps:
        args.minutes, args.steps = (40.0, None) if args.model else (None, 2400)
    keras.config.set_dtype_policy(args.dtype)
    name = args.model or f"ablation_{args.broken}" + (f"_seed_{args.seed}" if args.seed else "")
    config = (
        gan.CONFIGS[name] if args.model else gan.Config("fashion_mnist", "dcgan", hyperparameters=BROKEN[args.broken])
    )
    learning, recorder, progress = fit(name, config, args)
    first, *later = progress["lengths"]
    kept = f" of class {datasets.CLASS_NAMES[config.data][config.only_class]}" if config.only_class is not None else ""
    facts = {
        "data": f"{config.data}: its training rows{kept}; measured on held-out test rows in the features of "
        f"image_classifier_{config.data}",
        "command": f"python -m training.gan {'--model' if args.model else '--ablation'} {args.model or args.broken} "
        f"{first} --seed {args.seed}" + "".join(f", then {length} --resume" for length in later),
        "seed": args.seed,
        "steps": progress["steps"],
        "epochs": progress["epochs"],
        "training_minutes": round(progress["minutes"], 1),
    }
    if args.model:
        print(json.dumps(finish(args.model, config, learning, facts, write=not args.dry)), flush=True)
    if not args.dry:
        training_history.write(name, recorder.record(), facts)


def finish(name: str, config: gan.Config, learning: Learner, facts: dict, *, write: bool) -> dict[str, float]:
    """Weights and card into weights/, or nothing; measured as it is used, from the file and in float32."""
    keras.config.set_dtype_policy("float32")
    shown, files = (
        gan.build(config.architecture, classes=config.classes, hyperparameters=config.hyperparameters),
        [".weights.h5"],
    )
    gan.as_keras_model(shown).set_weights(gan.as_keras_model(learning.shown).get_weights())
    if write:
        file = weights.FOLDER / f"gan_{name}.weights.h5"
        gan.as_keras_model(shown).save_weights(file)
        weights.convert_to_float16(file)
        gan.as_keras_model(shown).load_weights(file)
        if config.hyperparameters.minibatch_layer != "none":
            company = gan.reference_activations(shown, rows(config, "train")[0])
            np.savez_compressed(weights.FOLDER / f"gan_{name}.arrays.npz", company=company)
            files.append(".arrays.npz")
    held_out = report(shown, config)
    if write:
        parameters = {"generator": shown.generator.count_params(), "discriminator": shown.discriminator.count_params()}
        shape = {"architecture": config.architecture, "latent_dim": shown.latent_dim, "classes": shown.classes}
        card = {"name": f"gan_{name}"} | facts | shape | {"parameters": parameters, "held_out": held_out}
        weights.write_model_card(f"gan_{name}", tuple(files), card)
    return held_out


if __name__ == "__main__":
    main()
