"""Train the ProGAN: `python -m training.progressive_gan --model fashion --images 1200000`.

The networks grow from 4 to 32 pixels, see `config.schedule`. The generator is stored in the middle of each
fade and at the end of each other stage, with a grid of samples for the training history. A checkpoint every few minutes
allows `--resume`.
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
from genmodels.gan import metrics
from genmodels.media import images as image_files
from genmodels.progressive_gan import checkpoints, training
from genmodels.progressive_gan import model as progressive_gan
from genmodels.progressive_gan.config import BATCH_SIZE, LEARNING_RATE, RESOLUTIONS, Stage, schedule

CHECKPOINTS = Path("checkpoints")
CHECKPOINT_MINUTES = 3.0
RECORD_IMAGES = 20_000  # from one grid of samples of the training history to the next
N_SAMPLES, N_GRID = 5000, 40
FINAL_FACTOR = 0.1  # of the learning rate, at the end of the last stage


class Trainer:
    """A training run: data, state, progress, and the samples of the training history."""

    def __init__(self, name: str, args: argparse.Namespace):
        self.name, self.args = name, args
        self.folder = CHECKPOINTS / f"progressive_gan_{name}"
        self.stages = schedule(args.images)
        self.x = training.pad_images(datasets.load(progressive_gan.DATA[name])[0])
        self.state = training.create_state(self.x.shape[-1], seed=args.seed)
        self.progress: dict[str, Any] = {"minutes": 0.0, "stage": 0, "stage_images": 0, "history": []}
        self.grids: list[np.ndarray] = []
        self.z = progressive_gan.sample_latents(N_GRID, args.seed)

    def resume(self) -> None:
        progress = checkpoints.read_progress(self.folder)
        if progress is None:
            return
        self.progress |= progress
        stage = self.stages[self.progress["stage"]]
        # The optimizers of the checkpoint are those of its resolution.
        training.start_stage(self.state, Stage(stage.resolution, stage.resolution > RESOLUTIONS[0], 0))
        self.grids = list(checkpoints.restore(self.state, self.folder)["grids"])

    def fit(self) -> None:
        rng = np.random.default_rng((self.args.seed, self.state.steps))
        start, saved, earlier = time.monotonic(), time.monotonic(), self.progress["minutes"]
        while self.progress["stage"] < len(self.stages):
            stage = self.stages[self.progress["stage"]]
            is_last = self.progress["stage"] == len(self.stages) - 1
            if self.progress["stage_images"] == 0:
                training.start_stage(self.state, stage)
                self.record(stage)
            while self.progress["stage_images"] < stage.images:
                images_done = self.progress["stage_images"]
                alpha = training.alpha_of(stage, images_done)
                t = images_done / stage.images if is_last else 0.0
                rate = LEARNING_RATE * (FINAL_FACTOR + (1 - FINAL_FACTOR) * (0.5 + 0.5 * np.cos(np.pi * t)))
                batch = self.x[rng.integers(len(self.x), size=BATCH_SIZE)]
                numbers = training.train_on_batch(self.state, stage.resolution, alpha, batch, rng, learning_rate=rate)
                self.progress["stage_images"] = images_done + BATCH_SIZE
                self.progress["minutes"] = earlier + (time.monotonic() - start) / 60
                if stage.is_fading and images_done < stage.images / 2 <= images_done + BATCH_SIZE:
                    self.store(stage)
                if self.state.images % RECORD_IMAGES < BATCH_SIZE:
                    self.record(stage, numbers)
                if time.monotonic() - saved > 60 * CHECKPOINT_MINUTES:
                    checkpoints.save(self.state, self.progress, self.folder, grids=np.stack(self.grids))
                    saved = time.monotonic()
            if not stage.is_fading:
                self.store(stage)
            self.progress |= {"stage": self.progress["stage"] + 1, "stage_images": 0}
        self.record(self.stages[-1])
        self.progress["stage"] = len(self.stages) - 1  # a resumed run with more images continues the last stage
        self.progress["stage_images"] = self.stages[-1].images
        checkpoints.save(self.state, self.progress, self.folder, grids=np.stack(self.grids))

    def store(self, stage: Stage) -> None:
        """The weights of the generator that a page needs for this stage, float16."""
        from genmodels.progressive_gan import networks

        generator = networks.Generator(self.x.shape[-1], stage.resolution)
        source = {v.path.partition("/")[2]: v for v in self.state.ema_generator.variables}
        for variable in generator.variables:
            variable.assign(source[variable.path.partition("/")[2]])
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{stage.name}.weights.h5"
        generator.save_weights(file)
        weights.convert_to_float16(file)

    def record(self, stage: Stage, numbers: dict[str, float] | None = None) -> None:
        """One grid of samples for the training history, at 32 pixels."""
        alpha = training.alpha_of(stage, self.progress["stage_images"])
        x = np.asarray(self.state.ema_generator(self.z, resolution=stage.resolution, alpha=alpha))
        x = np.clip(np.rint((x + 1) * 127.5), 0, 255).astype("uint8")
        k = RESOLUTIONS[-1] // stage.resolution
        x = x.repeat(k, axis=1).repeat(k, axis=2)[..., 0]
        self.grids.append(x)
        row = {"images": self.state.images, "resolution": stage.resolution, "alpha": round(alpha, 4)}
        self.progress["history"].append(row)
        self.folder.mkdir(parents=True, exist_ok=True)
        sheet = image_files.tile(x.reshape(5, 8, *x.shape[1:]))
        (self.folder / f"samples_{self.state.images:08d}.png").write_bytes(image_files.png(sheet, scale=2))
        losses = ", ".join(f"{key} {value:.3f}" for key, value in (numbers or {}).items())
        print(f"{self.name}: {row}, {self.progress['minutes']:.1f} minutes: {losses}", flush=True)

    def save(self) -> dict[str, float]:
        """Write weights, training history and card into weights/; returns the metrics of the stored weights."""
        stem = f"progressive_gan_{self.name}"
        suffixes, file = (".weights.h5", ".history.webp"), weights.FOLDER / f"{stem}.weights.h5"
        model = progressive_gan.build(self.x.shape[-1])
        for stage, generator in model.generators.items():
            generator.load_weights(self.folder / f"{stage}.weights.h5")
        weights.combine(**model.generators).save_weights(file)
        weights.convert_to_float16(file)
        sheet = image_files.tile(np.stack(self.grids))  # one row per point of the history
        (weights.FOLDER / f"{stem}.history.webp").write_bytes(image_files.webp(sheet, quality=85))
        weights.write_model_card(stem, suffixes, {"name": stem})
        data = progressive_gan.DATA[self.name]
        card = {
            "name": stem,
            "data": f"{data}: training set; evaluated on the test set in the features of image_classifier_{data}",
            "command": f"python -m training.progressive_gan --model {self.name} --images {self.args.images} "
            f"--seed {self.args.seed}",
            "seed": self.args.seed,
            "images": self.state.images,
            "epochs": max(1, round(self.state.images / len(self.x))),
            "training_minutes": round(self.progress["minutes"], 1),
            "history": self.progress["history"],
            "held_out": evaluate(progressive_gan.load(self.name), data),
        }
        weights.write_model_card(stem, suffixes, card)
        print(f"{stem}: {json.dumps(card['held_out'])}", flush=True)
        return card["held_out"]


def evaluate(model: progressive_gan.ProgressiveGAN, data: str) -> dict[str, float]:
    """The metrics of the card, on `N_SAMPLES` images of the last stage."""
    classifier = metrics.load_classifier(data)
    real = datasets.load(data, "test")[0][:N_SAMPLES]
    x = progressive_gan.generate(model, progressive_gan.sample_latents(len(real), 2))
    border = (x.shape[1] - real.shape[1]) // 2
    x = x[:, border : border + real.shape[1], border : border + real.shape[1]]
    features = (metrics.features(classifier, each) for each in (real, x))
    diversity = metrics.diversity_metrics(classifier, x[:1000])
    values = {"frechet_distance": metrics.frechet_distance(*features), "samples": len(real)}
    values |= {key: diversity[key] for key in ("effective_classes", "mean_pairwise_distance")}
    return {key: round(value, 4) for key, value in values.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=progressive_gan.NAMES, default="fashion")
    parser.add_argument("--images", type=int, default=1_200_000, help="real images shown")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="continue from the last checkpoint")
    parser.add_argument("--dry-run", action="store_true", help="write checkpoints/ only, not weights/")
    args = parser.parse_args()
    keras.utils.set_random_seed(args.seed)
    trainer = Trainer(args.model, args)
    if args.resume:
        trainer.resume()
    trainer.fit()
    if not args.dry_run:
        trainer.save()


if __name__ == "__main__":
    main()
