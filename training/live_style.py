"""Train the network of `live_style`: `python -m training.live_style --minutes 50`.

It trains for so many minutes, not for so many steps: the learning rate falls with the time that is left.
A checkpoint every few minutes, with a sheet to look at, lets `--resume` go on with what is left of them.
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
from genmodels.live_style import network as live_style
from genmodels.live_style import training as style_training
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from genmodels.vision import backbone
from genmodels.vision.adversarial_training import restore_checkpoint, save_checkpoint

LEARNING_RATE = 2e-3  # peak; falls to zero along half a cosine
WARMUP = 100  # steps over which it rises
BATCH_SIZE = 4
SIDE = 144  # pixels of the crops
STYLE_SIDE = 384  # pixels of a style's longer side: how large its strokes are
CHECKPOINT = 4.0  # minutes between two
PAINTINGS = {"composition_vii": "Composition VII", "wave": "The great wave"}  # names that a file's name does not give
SHOWN = "Cat"  # the photo on the sheet
CHECKPOINTS = Path("checkpoints/live_style")


def styles() -> dict[str, np.ndarray]:
    """Name to picture: the paintings of the data folder, where there are any, and what this program draws."""
    found = {}
    for file in sorted((Path(os.environ.get("GENMODELS_DATA_DIR", ".")) / "styles").glob("*.jpg")):
        name = PAINTINGS.get(file.stem, file.stem.replace("_", " ").capitalize())
        found[name], _ = images.decode(file.read_bytes(), max_side=STYLE_SIDE)
    return found | {name: style_images.draw(name, STYLE_SIDE) for name in style_images.NAMES}


def contents() -> np.ndarray:
    """(n, 288, 288, 3) uint8: photos, and skies of noise, for smooth places are rare on photos."""
    seen = datasets.photos()
    skies = [sample_photos.clouds(288, 288, seed=seed) for seed in range(1 + len(seen) // 20)]
    return np.concatenate([seen, skies])


def batches(pool: np.ndarray, count: int, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For ever: (BATCH_SIZE, SIDE, SIDE, 3) float32 in [0, 1] and mixes of `count` styles, the photo's own first.

    Crops of any scale, mirrored, lit and blurred as cameras do.
    """
    order: list[int] = []
    while True:
        x = []
        for picture in pool[rng.integers(len(pool), size=BATCH_SIZE)]:
            side = int(rng.integers(SIDE * 2 // 3, picture.shape[0] + 1))
            i, j = rng.integers(picture.shape[0] - side + 1, size=2)
            crop = images.resize(picture[None, i : i + side, j : j + side], SIDE)[0]
            x.append(crop[:, ::-1] if rng.random() < 0.5 else crop)
        light, contrast = rng.uniform(-0.1, 0.1, (2, BATCH_SIZE, 1, 1, 1))
        photo = np.clip((np.stack(x) / 255 - 0.5) * (1 + 2 * contrast) + 0.5 + light, 0, 1)
        while len(order) < BATCH_SIZE:
            order += list(rng.permutation(1 + count))  # all of them get their turn
        rows, order = order[:BATCH_SIZE], order[BATCH_SIZE:]
        yield photo.astype("float32"), np.eye(1 + count, dtype="float32")[rows]


def fit(args: argparse.Namespace, pictures: dict[str, np.ndarray]) -> tuple[LiveStyle, dict]:
    rng = np.random.default_rng(args.seed)
    grams = style_training.targets(backbone.load(), list(pictures.values()))
    model = LiveStyle(live_style.build(1 + len(pictures), seed=args.seed), tuple(pictures))
    learner = style_training.trainer(
        model.network, style_training.judge(backbone.load(), grams), learning_rate=args.learning_rate
    )
    learner.optimizer.build(learner.trainable_variables)
    progress: dict = {"steps": 0, "minutes": 0.0, "history": []}
    if args.resume and (CHECKPOINTS / "progress.json").exists():
        progress = json.loads((CHECKPOINTS / "progress.json").read_text(encoding="utf-8"))
        restore_checkpoint(learner, CHECKPOINTS / "state.npz")
    CHECKPOINTS.mkdir(parents=True, exist_ok=True)
    before, begun, saved = progress["minutes"], time.monotonic(), progress["minutes"]
    for photo, mix in batches(contents(), len(pictures), rng):
        share = progress["minutes"] / args.minutes
        if share >= 1:
            break
        rise = min(1.0, (progress["steps"] + 1) / WARMUP)
        learner.optimizer.learning_rate.assign(args.learning_rate * rise * (0.5 + 0.5 * np.cos(np.pi * share)))
        losses = style_training.step(learner, photo, mix)  # averaged since the last reset
        progress["steps"] += 1
        progress["minutes"] = before + (time.monotonic() - begun) / 60
        if progress["steps"] % 50 == 0:
            learner.reset_metrics()
            shown = {key: round(value, 4) for key, value in losses.items()}
            progress["history"].append({"step": progress["steps"]} | shown)
            print(f"{progress['steps']} steps, {progress['minutes']:.1f} minutes: {shown}", flush=True)
        if progress["minutes"] - saved > CHECKPOINT:
            saved = progress["minutes"]
            save_checkpoint(learner, CHECKPOINTS / "state.npz")
            (CHECKPOINTS / "progress.json").write_text(json.dumps(progress), encoding="utf-8")
            (CHECKPOINTS / "sheet.webp").write_bytes(images.webp(sheet(model)))
    save_checkpoint(learner, CHECKPOINTS / "state.npz")
    (CHECKPOINTS / "progress.json").write_text(json.dumps(progress), encoding="utf-8")
    return model, progress


# --- what is kept -------------------------------------------------------------------------------


def sheet(model: LiveStyle, side: int = 192) -> np.ndarray:
    """One photo of scikit-image in every style, as one picture, rows of four."""
    photo = sample_photos.load(SHOWN, 400)
    h, w, _ = photo.shape
    square = images.resize(photo[None, :, (w - h) // 2 : (w + h) // 2], 256)[0]
    painted = [live_style.stylise(model, square, row) for row in np.eye(len(model.names))]
    table = np.full((-(-len(painted) // 4) * 4, side, side, 3), 255, "uint8")
    table[: len(painted)] = images.resize(np.stack(painted), side)
    return images.tile(table.reshape(-1, 4, side, side, 3))


def report(model: LiveStyle, pictures: dict[str, np.ndarray], count: int) -> dict[str, dict[str, float]]:
    """For each style its losses on `count` photos that no training saw, and the style loss of the photos themselves."""
    grams = style_training.targets(backbone.load(), list(pictures.values()))
    seen = datasets.photos("val")[:count]
    return style_training.measured(model, backbone.load(), grams, seen)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=50.0, help="time to train, checkpoints before counted in")
    parser.add_argument("--styles", nargs="+", help="some of them by name, to try things out")
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--dry", action="store_true", help="leave weights/ as it is: only checkpoints/ is written")
    args = parser.parse_args()
    pictures = styles()
    if args.styles:
        pictures = {name: pictures[name] for name in args.styles}
    model, progress = fit(args, pictures)
    print(f"{progress['steps']} steps", flush=True)
    (CHECKPOINTS / "sheet.webp").write_bytes(images.webp(sheet(model)))
    if args.dry:
        return
    file = weights.FOLDER / f"{live_style.NAME}.weights.h5"
    model.network.save_weights(file)
    weights.convert_to_float16(file)
    model.network.load_weights(file)  # measured as it is used, from the file
    (weights.FOLDER / f"{live_style.NAME}.styles.webp").write_bytes(images.webp(sheet(model), quality=80))
    held_out = report(model, pictures, 20)
    pool = contents()
    card = {
        "name": live_style.NAME,
        "data": f"photos_288.npz: {len(datasets.photos()):,} photos, and {len(pool) - len(datasets.photos())} skies of "
        "noise; measured on 20 held-out photos",
        "command": f"python -m training.live_style --minutes {args.minutes:g} --learning-rate {args.learning_rate:g} "
        f"--seed {args.seed}",
        "styles": list(pictures),
        "widths": live_style.WIDTHS,
        "blocks": live_style.BLOCKS,
        "seed": args.seed,
        "steps": progress["steps"],
        "epochs": -(-progress["steps"] * BATCH_SIZE // len(pool)),
        "parameters": model.network.count_params(),
        "training_minutes": round(progress["minutes"], 1),
        "pictures": f"styles.webp: the photo '{SHOWN}' in every style, in their order, rows of four",
        "held_out_by_style": held_out,
        "held_out": {
            key: round(float(np.mean([each[key] for each in held_out.values()])), 4)
            for key in ("content", "style", "unpainted")
        },
    }
    weights.write_model_card(live_style.NAME, (".weights.h5", ".styles.webp"), card)


if __name__ == "__main__":
    main()
