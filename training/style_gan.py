"""Train the StyleGANs: `python -m training.style_gan --model fashion --images 2000000`, or `--ablation gamma_10`.

A model is trained on a number of real images, with a learning rate that is constant and falls to a tenth in the last
fifth. A checkpoint every few minutes allows `--resume`; without one, `--resume` starts with the stored weights. The
weights are written every `--save-every` minutes, so that a long training can be used before its end.
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
from genmodels.gan import metrics as gan_metrics
from genmodels.media import images as image_files
from genmodels.progressive_gan import checkpoints
from genmodels.progressive_gan import training as progressive_training
from genmodels.progressive_gan.train_step import TrainState
from genmodels.style_gan import metrics, training
from genmodels.style_gan import model as style_gan
from genmodels.style_gan.config import ABLATIONS, CONFIGS, MAX_WEIGHT_BYTES, Config

CHECKPOINTS = Path("checkpoints")
CHECKPOINT_MINUTES = 5.0
N_SAMPLES, SHEET_ROWS = 5000, 8
DECAY_FRACTION, FINAL_FACTOR = 0.2, 0.1  # the last part of a training, and what the learning rate falls to


def learning_rate_factor(fraction_done: float) -> float:
    """1, and from 1 to `FINAL_FACTOR` along half a cosine in the last `DECAY_FRACTION`."""
    t = max(0.0, (fraction_done - 1 + DECAY_FRACTION) / DECAY_FRACTION)
    return FINAL_FACTOR + (1 - FINAL_FACTOR) * (0.5 + 0.5 * np.cos(np.pi * min(1.0, t)))


class Trainer:
    """A training run: data, state and progress."""

    def __init__(self, name: str, config: Config, args: argparse.Namespace):
        self.name, self.config, self.args = name, config, args
        self.folder = CHECKPOINTS / f"style_gan_{name}"
        x, self.y = datasets.load(config.data)
        self.x = progressive_training.pad_images(x)
        self.state: TrainState = training.create_state(config, self.x, self.y, seed=args.seed)
        self.progress: dict[str, Any] = {"minutes": 0.0, "lengths": [], "curve": []}
        self.model = style_gan.StyleGAN(self.state.ema_generator, config)
        self.classifier = gan_metrics.load_classifier(config.data)
        self.test = datasets.load(config.data, "test")

    def resume(self) -> None:
        """Continue from the checkpoint, else from the weights of an earlier run."""
        progress = checkpoints.read_progress(self.folder)
        if progress is not None:
            checkpoints.restore(self.state, self.folder)
            self.progress |= progress
            return
        card = weights.model_card(f"style_gan_{self.name}")
        networks = {"generator": self.state.generator, "discriminator": self.state.discriminator}
        weights.combine(**networks).load_weights(weights.path(f"style_gan_{self.name}"))
        self.state.ema_generator.set_weights(self.state.generator.get_weights())
        self.state.images = card["images"]
        self.progress |= {"minutes": card["training_minutes"], "lengths": card["lengths"], "curve": card["curve"]}

    def fit(self) -> None:
        """Train until `--images` are shown; writes a checkpoint, a sheet and the figures every few minutes."""
        state, batch_size = self.state, self.config.hyperparameters.batch_size
        rng = np.random.default_rng((self.args.seed, state.steps))
        start, saved, written = time.monotonic(), time.monotonic(), time.monotonic()
        earlier, numbers = self.progress["minutes"], []
        length = f"--images {self.args.images}"
        self.progress["lengths"] = list(dict.fromkeys([*self.progress["lengths"], length]))
        while state.images < self.args.images:
            for rows in training.batch_rows(self.y, batch_size, rng):
                rate = self.config.hyperparameters.learning_rate
                rate *= learning_rate_factor(state.images / self.args.images)
                numbers.append(
                    training.train_on_batch(state, self.config, self.x[rows], self.y[rows], rng, learning_rate=rate)
                )
                now = time.monotonic()
                self.progress["minutes"] = earlier + (now - start) / 60
                if now - saved > 60 * CHECKPOINT_MINUTES or state.images >= self.args.images:
                    self.report(numbers)
                    numbers, saved = [], now
                if self.args.save_every and now - written > 60 * self.args.save_every:
                    self.save()
                    written = now
                if state.images >= self.args.images:
                    break

    def report(self, numbers: list[dict[str, float]]) -> None:
        """A line with the mean losses and the distance, a sheet of samples, and a checkpoint."""
        means = {key: float(np.mean([each[key] for each in numbers])) for key in numbers[0]}
        images, labels = metrics.sample_images(self.model, 2000, seed=1)
        images = metrics.classifier_input(images, self.classifier)
        real = self.test[0][: len(images)]
        distance = gan_metrics.frechet_distance(*(gan_metrics.features(self.classifier, x) for x in (real, images)))
        accuracy = float((gan_metrics.labels(self.classifier, images) == labels).mean())
        point = [self.state.images, distance, accuracy, means["discriminator"], means["generator"]]
        self.progress["curve"].append([round(value, 4) for value in point])
        checkpoints.save(self.state, self.progress, self.folder)
        rows = min(SHEET_ROWS, len(images) // self.model.classes)  # one column per class
        sheet = images[: rows * self.model.classes].reshape(rows, self.model.classes, *images.shape[1:])
        (self.folder / f"samples_{self.state.images:08d}.png").write_bytes(
            image_files.png(image_files.tile(sheet), scale=2)
        )
        text = ", ".join(f"{key} {value:.3f}" for key, value in means.items())
        print(
            f"{self.name}: {self.state.images:,} images, {self.progress['minutes']:.1f} minutes: {text}; "
            f"distance {distance:.3f}, label accuracy {accuracy:.3f}",
            flush=True,
        )

    def save(self) -> dict[str, float]:
        """Write weights and card into weights/; returns the metrics of the stored weights."""
        stem, is_ablation = f"style_gan_{self.name}", self.name.startswith("ablation_")
        networks, file = {"generator": self.state.ema_generator}, weights.FOLDER / f"{stem}.weights.h5"
        if not is_ablation:  # the discriminator lets a later run continue
            networks["discriminator"] = self.state.discriminator
        weights.combine(**networks).save_weights(file)
        weights.convert_to_float16(file)
        model = style_gan.build(self.config)
        weights.combine(generator=model.generator).load_weights(file)
        images, _ = metrics.sample_images(model, SHEET_ROWS * model.classes, seed=3)
        sheet = images.reshape(SHEET_ROWS, model.classes, *images.shape[1:])  # one column per class
        (weights.FOLDER / f"{stem}.samples.webp").write_bytes(image_files.webp(image_files.tile(sheet), quality=90))
        suffixes = (".weights.h5", ".samples.webp")
        size = sum((weights.FOLDER / f"{stem}{suffix}").stat().st_size for suffix in suffixes)
        if size > MAX_WEIGHT_BYTES:
            raise ValueError(f"the files of {stem} have {size:,} bytes: at most {MAX_WEIGHT_BYTES:,} are allowed")
        held_out = metrics.evaluate(model, self.classifier, *self.test, n=N_SAMPLES)
        kind = "--ablation" if is_ablation else "--model"
        first, *later = self.progress["lengths"]
        script = f"python -m training.style_gan {kind} {self.name.removeprefix('ablation_')}"
        card = {
            "name": stem,
            "data": f"{self.config.data}: training set; evaluated on the test set in the features of "
            f"image_classifier_{self.config.data}",
            "command": f"{script} {first} --seed {self.args.seed}"
            + "".join(f", then {each} --resume" for each in later),
            "seed": self.args.seed,
            "images": self.state.images,
            "epochs": max(1, round(self.state.images / len(self.x))),
            "training_minutes": round(self.progress["minutes"], 1),
            "parameters": {
                "mapping": model.generator.mapping.count_params(),
                "synthesis": model.generator.synthesis.count_params(),
                "discriminator": self.state.discriminator.count_params(),
            },
            "lengths": [first, *later],
            "curve": self.progress["curve"],
            "held_out": held_out,
        }
        weights.write_model_card(stem, suffixes, card)
        print(f"{stem}: {json.dumps(held_out)}", flush=True)
        return held_out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    run = parser.add_mutually_exclusive_group(required=True)
    run.add_argument("--model", choices=CONFIGS)
    run.add_argument("--ablation", choices=ABLATIONS)
    parser.add_argument("--images", type=int, help="real images shown, resumed runs included")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="continue from the checkpoint or the stored weights")
    parser.add_argument("--save-every", type=float, default=0, help="minutes; 0: only at the end")
    parser.add_argument("--dry-run", action="store_true", help="write checkpoints/ only, not weights/")
    args = parser.parse_args()
    name = args.model or f"ablation_{args.ablation}"
    args.images = args.images or (2_000_000 if args.model else 120_000)
    keras.utils.set_random_seed(args.seed)
    trainer = Trainer(name, style_gan.config_of(name), args)
    if args.resume:
        trainer.resume()
    trainer.fit()
    if not args.dry_run:
        trainer.save()


if __name__ == "__main__":
    main()
