"""Train the built-in network: `python -m training.backbone --stages 24:8:0 32:4:0.35 48:2:0.5`.

Each stage is image_size:epochs:radius. image_size: height and width of the training images in pixels, small ones
first. radius: L2 radius of the adversarial attack on images in [0, 1]; 0 turns it off. `--attack-steps` sets the steps
of each attack. A checkpoint is saved after every epoch; `--resume` continues from it, also with stages added.
"""

import argparse
import json
import time
from pathlib import Path

import keras
import numpy as np

from genmodels import weights
from genmodels.convnet_visualization import feature_visualization
from genmodels.data import datasets, sample_photos, style_images
from genmodels.deep_dream import dream as deep_dream
from genmodels.media import images
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision import adversarial_training, architecture, backbone
from genmodels.vision.adversarial_training import ATTACKED, BATCH_SIZE

LEARNING_RATE = 0.15  # peak of the schedule
CHECKPOINTS = Path("checkpoints/backbone")
SAMPLE_CLASSES = (  # visualized in classes.webp
    *("goldfish", "bullfrog", "king penguin", "jellyfish", "monarch"),
    *("ladybug", "golden retriever", "lion", "brown bear", "African elephant"),
    *("school bus", "sports car", "umbrella", "teapot", "suspension bridge"),
    *("mushroom", "orange", "pizza", "alp", "seashore"),
)


def parse_stage(text: str) -> tuple[int, int, float]:
    image_size, epochs, radius = text.split(":")
    return int(image_size), int(epochs), float(radius)


def fit(args: argparse.Namespace) -> tuple[keras.Model, dict]:
    """Trains through all stages, with a checkpoint after each epoch. Returns the model and its training history."""
    x_train, y_train, names = datasets.tiny_imagenet()
    one_hot = np.eye(len(names), dtype="float32")
    epochs = [(image_size, radius) for image_size, count, radius in args.stages for _ in range(count)]
    per_epoch = len(x_train) // BATCH_SIZE
    model = architecture.build(args.widths, classes=len(names), batch_norm=True, seed=args.seed)
    adversarial_training.compile_for_training(model, args.learning_rate, len(epochs) * per_epoch)
    model.optimizer.build(model.trainable_variables)
    history: dict = {"epochs": [], "minutes": 0.0}
    if args.resume and (CHECKPOINTS / "progress.json").exists():
        history = json.loads((CHECKPOINTS / "progress.json").read_text(encoding="utf-8"))
        adversarial_training.restore_checkpoint(model, CHECKPOINTS / "state.npz")
    CHECKPOINTS.mkdir(parents=True, exist_ok=True)
    gradient = adversarial_training.input_gradient(model, model.loss)
    resized: tuple[int, np.ndarray] = (0, x_train)
    for epoch in range(len(history["epochs"]), len(epochs)):
        image_size, radius = epochs[epoch]
        if resized[0] != image_size:
            resized = image_size, adversarial_training.resize_with_margin(x_train, image_size)
        started, rng, metrics = time.perf_counter(), np.random.default_rng([args.seed, epoch]), {}
        for step, (x, labels) in enumerate(adversarial_training.batches(resized[1], y_train, image_size, rng), 1):
            y = one_hot[labels]
            if radius:
                x = adversarial_training.attack(gradient, x, y, radius=radius, steps=args.attack_steps)
            result = model.train_on_batch(x, y, return_dict=True)
            if step % 100 == 0 or step == per_epoch:
                metrics = {name: round(float(result[name]), 3) for name in ("loss", "accuracy")}
                print(f"  {step}/{per_epoch} {metrics} {time.perf_counter() - started:.0f} s", flush=True)
        model.reset_metrics()
        history["minutes"] += (time.perf_counter() - started) / 60
        history["epochs"].append({"image_size": image_size, "radius": radius, **metrics})
        adversarial_training.save_checkpoint(model, CHECKPOINTS / "state.npz")
        (CHECKPOINTS / "progress.json").write_text(json.dumps(history), encoding="utf-8")
        print(f"epoch {epoch + 1}/{len(epochs)} {history['epochs'][-1]}", flush=True)
    return model, history


# --- sample images ----------------------------------------------------------------------------


def sample_classes(model: keras.Model, names: tuple[str, ...]) -> np.ndarray:
    """Class visualizations of SAMPLE_CLASSES in two rows of ten."""
    targets = [names.index(name) for name in SAMPLE_CLASSES]
    network = architecture.from_keras(model, names)
    *_, last = feature_visualization.visualize_classes(network, targets, image_size=72, steps=160)
    return images.tile(last.images.reshape(2, 10, *last.images.shape[1:]), gap=3, background=255)


def sample_dream(model: keras.Model) -> np.ndarray:
    """DeepDream, starting from clouds."""
    layers = {"block3_conv2": 0.5, "block4_conv2": 1.0}
    network = architecture.from_keras(model, ())
    *_, last = deep_dream.dream(sample_photos.clouds(360, 960), model=network, layers=layers, octaves=4)
    return last.image


def sample_style_transfer(model: keras.Model) -> np.ndarray:
    """Two stylized photos side by side."""
    stylized = []
    for photo, style in (("Palace", "Brush strokes"), ("Cat", "Stained glass")):
        network = architecture.from_keras(model, ())
        *_, last = style_transfer.transfer(sample_photos.load(photo), style_images.draw(style), model=network)
        stylized.append(last.image[:264])
    return images.tile(np.stack(stylized)[None], gap=8, background=255)


def inference_ms(model: keras.Model, image_size: int = 224) -> float:
    """Milliseconds per image, median of 20."""
    network, photo, times = architecture.from_keras(model, ()), np.zeros((1, image_size, image_size, 3), "uint8"), []
    for _ in range(21):
        started = time.perf_counter()
        backbone.features(network, photo, network.layers[-1:])
        times.append(1000 * (time.perf_counter() - started))
    return round(float(np.median(times[1:])), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stages", nargs="+", type=parse_stage, default=[(24, 8, 0.0), (32, 4, 0.35), (48, 2, 0.5)])
    parser.add_argument("--widths", type=json.loads, default=architecture.WIDTHS, help="channels, [[32],[64,64],...]")
    parser.add_argument("--attack-steps", type=int, default=1, help="steps of gradient ascent per attack")
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--dtype", default="float32", help="mixed_bfloat16 saves time on some machines")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="continue from the last checkpoint")
    args = parser.parse_args()
    keras.mixed_precision.set_dtype_policy(args.dtype)
    trained, history = fit(args)
    keras.mixed_precision.set_dtype_policy("float32")
    image_size, _, radius = args.stages[-1]
    x_train, _, names = datasets.tiny_imagenet()
    x_test, y_test, _ = datasets.tiny_imagenet("val")
    model = adversarial_training.average_weights(trained, x_train, image_size, args.seed)
    file = weights.FOLDER / "backbone_builtin.weights.h5"
    model.save_weights(file)
    weights.convert_to_float16(file)
    model.load_weights(file)  # evaluated as it is loaded from the file
    accuracy: dict[str, float] = {}
    for size in sorted({image_size, 64}):
        accuracy |= adversarial_training.evaluate(model, x_test, y_test, size=size, radius=radius)
        print(json.dumps(accuracy), flush=True)
    stages = " ".join(f"{a}:{b}:{c:g}" for a, b, c in args.stages)
    card = {
        "name": "backbone_builtin",
        "data": f"Tiny ImageNet: {len(x_train):,} training images; evaluated on {len(x_test):,} validation images, "
        f"under attack on the first {ATTACKED:,}",
        "command": f"python -m training.backbone --stages {stages} --attack-steps {args.attack_steps} "
        f"--learning-rate {args.learning_rate:g} --seed {args.seed} --dtype {args.dtype}",
        "widths": args.widths,
        "input_size": image_size,
        "class_names": names,
        "seed": args.seed,
        "epochs": len(history["epochs"]),
        "parameters": model.count_params(),
        "training_minutes": round(history["minutes"], 1),
        "milliseconds_at_224_px": inference_ms(model),
        "images": "classes.webp: class visualizations of 20 classes; dream.webp: DeepDream starting from clouds; "
        "style.webp: two photos of scikit-image and scikit-learn, stylized with built-in style images",
        "held_out": accuracy,
    }
    samples = {
        ".classes.webp": sample_classes(model, names),
        ".dream.webp": sample_dream(model),
        ".style.webp": sample_style_transfer(model),
    }
    for suffix, sample in samples.items():
        (weights.FOLDER / f"backbone_builtin{suffix}").write_bytes(images.webp(sample))
    weights.write_model_card("backbone_builtin", (".weights.h5", *samples), card)


if __name__ == "__main__":
    main()
