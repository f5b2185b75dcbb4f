"""Make the filter atlas of the built-in network: `python -m training.convnet_visualization --seed 0`.

Visualizes every filter of every layer and every class with `feature_visualization` and saves one sheet of small images
per layer in `weights/convnet_visualization_builtin.arrays.npz`. The card names the weights of the network that it was
made with; run this again when they change.
"""

import argparse
import json
import time
from functools import partial

import numpy as np

from genmodels import weights
from genmodels.convnet_visualization import feature_visualization, filter_atlas
from genmodels.convnet_visualization.inputs import CLASSES
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone

IMAGE_SIZES = {"block1": 24, "block2": 32, "block3": 40, "block4": 48, "block5": 52, CLASSES: 56}  # pixels
COLUMNS = 16  # images in a row of a sheet
BATCH_SIZE = 32
FILTER_STEPS, CLASS_STEPS = 40, 72
QUALITY = 60  # of the WebP file, 0 to 100


def visualize(model: Backbone, layer: str, seed: int, steps: int) -> np.ndarray:
    """Visualizations of each filter of a layer, or of each class: (n, size, size, 3) uint8."""
    if layer == CLASSES:
        method, count = partial(feature_visualization.visualize_classes, model), len(model.class_names)
    else:
        method = partial(feature_visualization.visualize_filters, model, layer)
        count = backbone.channel_count(model, layer)
    image_size = IMAGE_SIZES[layer.split("_")[0]]
    parts = []
    for start in range(0, count, BATCH_SIZE):
        batch = range(start, min(count, start + BATCH_SIZE))
        *_, last = method(batch, image_size=image_size, steps=steps, seed=seed + start)
        parts.append(last.images)
    return np.concatenate(parts)


def identification_accuracy(model: Backbone, layer: str, images: np.ndarray) -> float:
    """Fraction of visualizations for which their own filter has the largest activation, relative to its mean."""
    if layer == CLASSES:
        activations = backbone.classify(model, images)
    else:
        activations = np.concatenate(
            [backbone.features(model, part, [layer])[0].mean(axis=(1, 2)) for part in np.array_split(images, 8)]
        )
        activations = activations / (activations.mean(axis=0) + 1e-9)
    return round(float((activations.argmax(axis=1) == np.arange(len(activations))).mean()), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--filter-steps", type=int, default=FILTER_STEPS)
    parser.add_argument("--class-steps", type=int, default=CLASS_STEPS)
    args = parser.parse_args()
    started, model, card = time.time(), backbone.load(), weights.model_card("backbone_builtin")
    arrays: dict[str, np.ndarray] = {}
    accuracies = {}
    layers = [*model.layers, CLASSES]
    for layer in layers:
        steps = args.class_steps if layer == CLASSES else args.filter_steps
        sheet = filter_atlas.join(visualize(model, layer, args.seed, steps), COLUMNS, quality=QUALITY)
        arrays[layer] = np.frombuffer(sheet.webp, "uint8")
        arrays[f"{layer} columns, count, side"] = np.array([sheet.columns, sheet.count, sheet.image_size])
        accuracy = identification_accuracy(model, layer, filter_atlas.split(sheet))
        accuracies[f"top-1 match, {layer}"] = accuracy
        minutes = (time.time() - started) / 60
        print(f"{layer}: {sheet.count} images, {len(sheet.webp) / 1e3:.0f} kB, ", end="")
        print(f"top-1 match {accuracy:.0%}, {minutes:.1f} minutes", flush=True)
    np.savez(weights.FOLDER / "convnet_visualization_builtin.arrays.npz", **arrays)  # type: ignore[arg-type]  # as in training/vae.py
    facts = {
        "name": "convnet_visualization_builtin",
        "data": "none: optimized from noise with the weights of backbone_builtin",
        "command": f"python -m training.convnet_visualization --seed {args.seed} --filter-steps {args.filter_steps} "
        f"--class-steps {args.class_steps}",
        "seed": args.seed,
        "epochs": card["epochs"],
        "backbone_sha256": card["sha256"]["backbone_builtin.weights.h5"],
        "layers": layers,
        "minutes": round((time.time() - started) / 60, 1),
        "held_out": accuracies,
    }
    weights.write_model_card("convnet_visualization_builtin", (".arrays.npz",), facts)
    print(json.dumps(accuracies), flush=True)


if __name__ == "__main__":
    main()
