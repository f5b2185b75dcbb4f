"""Make the atlas of the built-in network: `python -m training.convnet_visualization --seed 0`.

What every filter of every layer looks for, and every class, by `look_for` and `synthesise`, as one
sheet of small pictures a layer: `weights/convnet_visualization_builtin.arrays.npz`. The card says from which
weights of the network it was made: to be made anew when they change.
"""

import argparse
import json
import time
from functools import partial

import numpy as np

from genmodels import weights
from genmodels.convnet_visualization import methods as convnet_visualization
from genmodels.convnet_visualization.methods import CLASSES
from genmodels.media import images
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone

SIDES = {"block1": 24, "block2": 32, "block3": 40, "block4": 48, "block5": 52, CLASSES: 56}  # pixels of a picture
COLUMNS = 16  # pictures in a row of a sheet
BATCH_SIZE = 32
FILTER_STEPS, CLASS_STEPS = 40, 72
QUALITY = 60  # of the WebP file, of 100


def made(model: Backbone, layer: str, seed: int, steps: int) -> np.ndarray:
    """What each filter of a layer, or each class, looks for: (n, side, side, 3) uint8."""
    if layer == CLASSES:
        look, count = partial(convnet_visualization.synthesise, model), len(model.class_names)
    else:
        look = partial(convnet_visualization.look_for, model, layer)
        count = backbone.feature_extractor(model, [layer]).outputs[0].shape[-1]
    parts = []
    for at in range(0, count, BATCH_SIZE):
        batch = range(at, min(count, at + BATCH_SIZE))
        *_, last = look(batch, side=SIDES[layer.split("_")[0]], steps=steps, seed=seed + at)
        parts.append(last.images)
    return np.concatenate(parts)


def sheet(pictures: np.ndarray) -> np.ndarray:
    """(n, side, side, 3) in rows of `COLUMNS`, the last one filled up with black."""
    n, side, _, _ = pictures.shape
    full = np.zeros((-(-n // COLUMNS) * COLUMNS, side, side, 3), "uint8")
    full[:n] = pictures
    return images.tile(full.reshape(-1, COLUMNS, side, side, 3))


def named_right(model: Backbone, layer: str, pictures: np.ndarray) -> float:
    """The share of pictures that their own filter answers more than any other, each against its own mean answer."""
    if layer == CLASSES:
        answers = backbone.classify(model, pictures)
    else:
        answers = np.concatenate(
            [backbone.features(model, part, [layer])[0].mean(axis=(1, 2)) for part in np.array_split(pictures, 8)]
        )
        answers = answers / (answers.mean(axis=0) + 1e-9)
    return round(float((answers.argmax(axis=1) == np.arange(len(answers))).mean()), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--filter-steps", type=int, default=FILTER_STEPS)
    parser.add_argument("--class-steps", type=int, default=CLASS_STEPS)
    args = parser.parse_args()
    begun, model, card = time.time(), backbone.load(), weights.model_card("backbone_builtin")
    arrays: dict[str, np.ndarray] = {}
    held_out = {}
    layers = [*model.layers, CLASSES]
    for layer in layers:
        steps = args.class_steps if layer == CLASSES else args.filter_steps
        pictures = made(model, layer, args.seed, steps)
        stored = convnet_visualization.Sheet(
            images.webp(sheet(pictures), quality=QUALITY), COLUMNS, len(pictures), pictures.shape[1]
        )
        arrays[layer] = np.frombuffer(stored.webp, "uint8")
        arrays[f"{layer} columns, count, side"] = np.array([stored.columns, stored.count, stored.side])
        held_out[f"named right, {layer}"] = named_right(model, layer, convnet_visualization.pictures(stored))
        minutes, share = (time.time() - begun) / 60, held_out[f"named right, {layer}"]
        print(f"{layer}: {len(pictures)} pictures, {len(stored.webp) / 1e3:.0f} kB, ", end="")
        print(f"{share:.0%} named right, {minutes:.1f} minutes", flush=True)
    np.savez(weights.FOLDER / "convnet_visualization_builtin.arrays.npz", **arrays)  # type: ignore[arg-type]  # as in training/vae.py
    facts = {
        "name": "convnet_visualization_builtin",
        "data": "none: made from noise and the weights of backbone_builtin",
        "command": f"python -m training.convnet_visualization --seed {args.seed} --filter-steps {args.filter_steps} "
        f"--class-steps {args.class_steps}",
        "seed": args.seed,
        "epochs": card["epochs"],
        "backbone_sha256": card["sha256"]["backbone_builtin.weights.h5"],
        "layers": layers,
        "minutes": round((time.time() - begun) / 60, 1),
        "held_out": held_out,
    }
    weights.write_model_card("convnet_visualization_builtin", (".arrays.npz",), facts)
    print(json.dumps(held_out), flush=True)


if __name__ == "__main__":
    main()
