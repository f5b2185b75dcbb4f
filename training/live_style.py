"""Train the fast style transfer network: `python -m training.live_style --minutes 50`.

Training ends after a number of minutes, not of steps: the learning rate falls with the remaining time. A checkpoint
every few minutes, with the preview photo in every style, lets `--resume` continue with the remaining minutes.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from genmodels import weights
from genmodels.data import datasets, sample_photos, style_images
from genmodels.live_style import losses, network, training
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from genmodels.vision import backbone
from genmodels.vision.adversarial_training import restore_checkpoint, save_checkpoint

LEARNING_RATE = 2e-3  # peak; falls to zero with a cosine schedule
WARMUP_STEPS = 100
BATCH_SIZE = 4
CROP_SIZE = 144  # pixels
STYLE_SIZE = 384  # pixels of a style image's longer side: it sets the size of the strokes
CHECKPOINT_MINUTES = 4.0
TITLES = {"composition_vii": "Composition VII", "wave": "The great wave"}  # of paintings whose file has a short name
PREVIEW_PHOTO = "Cat"
FOLDER = Path("checkpoints/live_style")


def load_styles() -> dict[str, np.ndarray]:
    """Name to style image: the paintings of the data folder, if there are any, and the generated images."""
    styles = {}
    for file in sorted((Path(os.environ.get("GENMODELS_DATA_DIR", ".")) / "styles").glob("*.jpg")):
        name = TITLES.get(file.stem, file.stem.replace("_", " ").capitalize())
        styles[name], _ = images.decode(file.read_bytes(), max_side=STYLE_SIZE)
    return styles | {name: style_images.draw(name, STYLE_SIZE) for name in style_images.NAMES}


def load_photos() -> np.ndarray:
    """(n, 288, 288, 3) uint8: photos, and generated clouds, because smooth regions are rare in the photos."""
    photos = datasets.photos()
    clouds = [sample_photos.clouds(288, 288, seed=seed) for seed in range(1 + len(photos) // 20)]
    return np.concatenate([photos, clouds])


def batches(photos: np.ndarray, n_styles: int, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Without end: photos (BATCH_SIZE, CROP_SIZE, CROP_SIZE, 3) float32 in [0, 1], and one-hot blend weights.

    Crops of random scale, mirrored, with random brightness and contrast. Blend weights: (BATCH_SIZE, 1 + n_styles),
    the identity first; every style comes up equally often.
    """
    queue: list[int] = []
    while True:
        crops = training.random_crops(photos, BATCH_SIZE, CROP_SIZE, rng, min_side=CROP_SIZE * 2 // 3)
        brightness, contrast = rng.uniform(-0.1, 0.1, (2, BATCH_SIZE, 1, 1, 1))
        x = np.clip((crops - 0.5) * (1 + 2 * contrast) + 0.5 + brightness, 0, 1)
        while len(queue) < BATCH_SIZE:
            queue += list(rng.permutation(1 + n_styles))
        rows, queue = queue[:BATCH_SIZE], queue[BATCH_SIZE:]
        yield x.astype("float32"), np.eye(1 + n_styles, dtype="float32")[rows]


def fit(args: argparse.Namespace, styles: dict[str, np.ndarray]) -> tuple[LiveStyle, dict]:
    rng = np.random.default_rng(args.seed)
    grams = losses.style_targets(backbone.load(), list(styles.values()))
    model = LiveStyle(network.build(1 + len(styles), seed=args.seed), tuple(styles))
    loss_terms = losses.perceptual_losses(backbone.load(), grams)
    trainer = training.build_trainer(model.network, loss_terms, learning_rate=args.learning_rate)
    trainer.optimizer.build(trainer.trainable_variables)
    progress: dict = {"steps": 0, "minutes": 0.0, "history": []}
    if args.resume and (FOLDER / "progress.json").exists():
        progress = json.loads((FOLDER / "progress.json").read_text(encoding="utf-8"))
        restore_checkpoint(trainer, FOLDER / "state.npz")
    FOLDER.mkdir(parents=True, exist_ok=True)
    previous_minutes, start, saved = progress["minutes"], time.monotonic(), progress["minutes"]
    for photos, blend_weights in batches(load_photos(), len(styles), rng):
        fraction = progress["minutes"] / args.minutes
        if fraction >= 1:
            break
        warmup = min(1.0, (progress["steps"] + 1) / WARMUP_STEPS)
        trainer.optimizer.learning_rate.assign(args.learning_rate * warmup * (0.5 + 0.5 * np.cos(np.pi * fraction)))
        logs = training.train_step(trainer, photos, blend_weights)  # means since the last reset
        progress["steps"] += 1
        progress["minutes"] = previous_minutes + (time.monotonic() - start) / 60
        if progress["steps"] % 50 == 0:
            trainer.reset_metrics()
            rounded = {name: round(value, 4) for name, value in logs.items()}
            progress["history"].append({"step": progress["steps"]} | rounded)
            print(f"{progress['steps']} steps, {progress['minutes']:.1f} minutes: {rounded}", flush=True)
        if progress["minutes"] - saved > CHECKPOINT_MINUTES:
            saved = progress["minutes"]
            _save(trainer, model, progress)
    _save(trainer, model, progress)
    return model, progress


def _save(trainer, model: LiveStyle, progress: dict) -> None:
    save_checkpoint(trainer, FOLDER / "state.npz")
    (FOLDER / "progress.json").write_text(json.dumps(progress), encoding="utf-8")
    (FOLDER / "sheet.webp").write_bytes(images.webp(styles_sheet(model)))


def styles_sheet(model: LiveStyle, size: int = 192) -> np.ndarray:
    """The preview photo in every style, as one image with four columns."""
    photo = sample_photos.load(PREVIEW_PHOTO, 400)
    h, w, _ = photo.shape
    square = images.resize(photo[None, :, (w - h) // 2 : (w + h) // 2], 256)[0]
    stylized = [network.stylize(model, square, row) for row in np.eye(len(model.names))]
    cells = np.full((-(-len(stylized) // 4) * 4, size, size, 3), 255, "uint8")
    cells[: len(stylized)] = images.resize(np.stack(stylized), size)
    return images.tile(cells.reshape(-1, 4, size, size, 3))


def save(model: LiveStyle, progress: dict, styles: dict[str, np.ndarray], args: argparse.Namespace) -> None:
    """Weights, sheet and model card; the card's losses are those of the saved file on 20 held-out photos."""
    file = weights.FOLDER / f"{network.NAME}.weights.h5"
    model.network.save_weights(file)
    weights.convert_to_float16(file)
    model.network.load_weights(file)
    (weights.FOLDER / f"{network.NAME}.styles.webp").write_bytes(images.webp(styles_sheet(model), quality=80))
    grams = losses.style_targets(backbone.load(), list(styles.values()))
    by_style = training.evaluate(model, backbone.load(), grams, datasets.photos("val")[:20])
    n_photos, n_images = len(datasets.photos()), len(load_photos())
    card = {
        "name": network.NAME,
        "data": f"photos_288.npz: {n_photos:,} photos, and {n_images - n_photos} generated clouds; evaluated on 20 "
        "held-out photos",
        "command": f"python -m training.live_style --minutes {args.minutes:g} --learning-rate {args.learning_rate:g} "
        f"--seed {args.seed}",
        "styles": list(styles),
        "widths": network.WIDTHS,
        "blocks": network.BLOCKS,
        "seed": args.seed,
        "steps": progress["steps"],
        "epochs": -(-progress["steps"] * BATCH_SIZE // n_images),
        "parameters": model.network.count_params(),
        "training_minutes": round(progress["minutes"], 1),
        "images": f"styles.webp: the photo '{PREVIEW_PHOTO}' in every style, in their order, in rows of four",
        "held_out_by_style": by_style,
        "held_out": {
            key: round(float(np.mean([values[key] for values in by_style.values()])), 4)
            for key in ("content", "style", "unstylized")
        },
    }
    weights.write_model_card(network.NAME, (".weights.h5", ".styles.webp"), card)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=50.0, help="training time, including earlier checkpoints")
    parser.add_argument("--styles", nargs="+", help="train some of the styles only, by name")
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="continue from the last checkpoint")
    parser.add_argument("--dry-run", action="store_true", help="write to checkpoints/ only, not to weights/")
    args = parser.parse_args()
    styles = load_styles()
    if args.styles:
        styles = {name: styles[name] for name in args.styles}
    model, progress = fit(args, styles)
    print(f"{progress['steps']} steps", flush=True)
    if not args.dry_run:
        save(model, progress, styles, args)


if __name__ == "__main__":
    main()
