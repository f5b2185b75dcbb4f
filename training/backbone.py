"""Train the built-in network: `python -m training.backbone --stages 24:8:0 32:4:0.35 48:2:0.5`.

Each stage is size:epochs:radius. Size: the side of the training images in pixels; small ones first,
where an epoch takes a tenth of the time (progressive resizing). Radius: how far, in L2 over an
image with values in [0, 1], each image is moved in the direction that misleads the network most
(one step of gradient ascent on the loss; `--attacks 3` takes three, where there is a GPU); 0 leaves
images as they are, which teaches the first epochs faster (Gupta et al. 2020). A checkpoint after every epoch lets
`--resume` go on, also with stages added.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import ops

from genmodels import weights
from genmodels.convnet_visualization import feature_visualization
from genmodels.data import datasets, sample_photos, style_images
from genmodels.deep_dream import dream as deep_dream
from genmodels.media import images
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision import backbone

LEARNING_RATE = 0.15  # peak; falls to zero along a line
WARMUP = 300  # batches over which it rises
BATCH_SIZE = 64
DECAY = 5e-4  # weight decay, on the kernels
SMOOTHING = 0.1  # of the labels
AVERAGE = 0.999  # the weights that are kept are an average over about the last thousand batches
ATTACKED = 1000  # held-out images that are attacked too, in ten steps each: that takes time
CHECKPOINTS = Path("checkpoints/backbone")
SHOWN = (  # classes on the sheet that tells a person what the network knows
    *("goldfish", "bullfrog", "king penguin", "jellyfish", "monarch"),
    *("ladybug", "golden retriever", "lion", "brown bear", "African elephant"),
    *("school bus", "sports car", "umbrella", "teapot", "suspension bridge"),
    *("mushroom", "orange", "pizza", "alp", "seashore"),
)


class Slope(keras.optimizers.schedules.LearningRateSchedule):
    """Up along a line for WARMUP batches, then down along another to zero at `steps`."""

    def __init__(self, peak: float, steps: int):
        self.peak, self.steps = peak, steps

    def __call__(self, step):
        step = ops.cast(step, "float32")
        return self.peak * ops.minimum((step + 1) / WARMUP, ops.maximum(1 - step / self.steps, 0.0))

    def get_config(self):
        return {"peak": self.peak, "steps": self.steps}


def compiled(model: keras.Model, peak: float, steps: int) -> keras.Model:
    optimizer = keras.optimizers.SGD(
        Slope(peak, steps), momentum=0.9, nesterov=True, weight_decay=DECAY, use_ema=True, ema_momentum=AVERAGE
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTHING)
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=keras.backend.backend() == "jax")
    return model


def attacker(model: keras.Model, loss: keras.losses.Loss) -> Callable:
    """The gradient of the loss with respect to the images: (x, y) to dL/dx, the network as it is at the time.

    The one place that a backend has to be named for.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        @tf.function(reduce_retracing=True)
        def gradient(x, y):
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = loss(y, model(x, training=False))
            return tape.gradient(value, x)

        return lambda x, y: gradient(tf.constant(x), tf.constant(y)).numpy()

    import jax

    def value(x, y, trainable, others):
        logits, _ = model.stateless_call(trainable, others, x, training=False)
        return loss(y, logits)

    gradient = jax.jit(jax.grad(value))
    return lambda x, y: np.asarray(
        gradient(x, y, [v.value for v in model.trainable_variables], [v.value for v in model.non_trainable_variables])
    )


def attack(gradient: Callable, x: np.ndarray, y: np.ndarray, *, radius: float, steps: int) -> np.ndarray:
    """x' within `radius` of x (L2, each image), in `steps` steps up the loss; Madry et al. 2017, arXiv:1706.06083."""
    moved, step = x, radius if steps == 1 else 2.5 * radius / steps
    for _ in range(steps):
        moved = x + _shorten(moved + step * _unit(gradient(moved, y)) - x, radius)
    return np.clip(moved, 0, 1)


def _norm(d: np.ndarray) -> np.ndarray:
    return np.sqrt((d * d).sum(axis=(1, 2, 3), keepdims=True)) + 1e-12


def _unit(d: np.ndarray) -> np.ndarray:
    return d / _norm(d)


def _shorten(d: np.ndarray, radius: float) -> np.ndarray:
    return d * np.minimum(1, radius / _norm(d))


def batches(x: np.ndarray, y: np.ndarray, size: int, rng: np.random.Generator):
    """One epoch of (BATCH_SIZE, size, size, 3) float32 in [0, 1] and labels, cropped, mirrored and lit at random."""
    order = rng.permutation(len(x))[: len(x) // BATCH_SIZE * BATCH_SIZE].reshape(-1, BATCH_SIZE)
    room = x.shape[1] - size + 1
    for rows in order:
        at = rng.integers(room, size=(BATCH_SIZE, 2))
        crops = np.stack([x[r, i : i + size, j : j + size] for r, (i, j) in zip(rows, at, strict=True)])
        mirrored = rng.random(BATCH_SIZE) < 0.5
        crops[mirrored] = crops[mirrored, :, ::-1]
        light = rng.uniform(0.8, 1.2, (BATCH_SIZE, 1, 1, 1)).astype("float32")
        yield np.clip(crops.astype("float32") * (light / 255), 0, 1), y[rows]


def with_room(x: np.ndarray, size: int) -> np.ndarray:
    """Images an eighth larger than `size`, so that crops can differ."""
    side = size + size // 8
    if side >= x.shape[1]:
        pad = (side - x.shape[1] + 1) // 2
        return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "reflect") if pad else x
    return images.resize(x, side)


def stage_of(text: str) -> tuple[int, int, float]:
    size, epochs, radius = text.split(":")
    return int(size), int(epochs), float(radius)


def fit(args: argparse.Namespace) -> tuple[keras.Model, dict]:
    x_train, y_train, names = datasets.tiny_imagenet()
    classes = len(names)
    one_hot = np.eye(classes, dtype="float32")
    epochs = [(size, radius) for size, many, radius in args.stages for _ in range(many)]
    per_epoch = len(x_train) // BATCH_SIZE
    model = backbone.build(args.widths, classes=classes, normalise=True, seed=args.seed)
    compiled(model, args.learning_rate, len(epochs) * per_epoch)
    model.optimizer.build(model.trainable_variables)
    progress: dict = {"epochs": [], "minutes": 0.0}
    if args.resume and (CHECKPOINTS / "progress.json").exists():
        progress = json.loads((CHECKPOINTS / "progress.json").read_text(encoding="utf-8"))
        restore(model, CHECKPOINTS / "state.npz")
    CHECKPOINTS.mkdir(parents=True, exist_ok=True)
    gradient = attacker(model, model.loss)
    shown: tuple[int, np.ndarray] = (0, x_train)
    for epoch in range(len(progress["epochs"]), len(epochs)):
        size, radius = epochs[epoch]
        if shown[0] != size:
            shown = size, with_room(x_train, size)
        begun, rng, found = time.perf_counter(), np.random.default_rng([args.seed, epoch]), np.zeros(2)
        for step, (x, rows) in enumerate(batches(shown[1], y_train, size, rng), 1):
            y = one_hot[rows]
            if radius:
                x = attack(gradient, x, y, radius=radius, steps=args.attacks)
            result = model.train_on_batch(x, y, return_dict=True)
            if step % 100 == 0:
                found = np.array([float(result["loss"]), float(result["accuracy"])])
                seconds = time.perf_counter() - begun
                print(f"  {step}/{per_epoch} loss {found[0]:.3f} accuracy {found[1]:.3f} {seconds:.0f} s", flush=True)
        model.reset_metrics()
        minutes = (time.perf_counter() - begun) / 60
        progress["minutes"] += minutes
        progress["epochs"].append(
            {"size": size, "radius": radius, "loss": round(found[0], 3), "accuracy": round(found[1], 3)}
        )
        keep(model, CHECKPOINTS / "state.npz")
        (CHECKPOINTS / "progress.json").write_text(json.dumps(progress), encoding="utf-8")
        print(f"epoch {epoch + 1}/{len(epochs)} {progress['epochs'][-1]} {minutes:.1f} minutes", flush=True)
    return model, progress


def keep(model: keras.Model, file: Path) -> None:
    """Every variable of the model and its optimizer, so that `restore` goes on where it stood."""
    values = [ops.convert_to_numpy(v) for v in [*model.variables, *model.optimizer.variables]]
    half = file.with_suffix(".half.npz")
    np.savez(half, **{str(k): v for k, v in enumerate(values)})
    half.replace(file)


def restore(model: keras.Model, file: Path) -> None:
    with np.load(file) as archive:
        for k, variable in enumerate([*model.variables, *model.optimizer.variables]):
            variable.assign(archive[str(k)])


# --- what is kept -------------------------------------------------------------------------------


def averaged(model: keras.Model, x: np.ndarray, size: int, seed: int) -> keras.Model:
    """The average over the last batches in place of the weights, normalisation measured anew for it, folded."""
    if model.optimizer.use_ema:
        model.optimizer.finalize_variable_values(model.trainable_variables)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(x))[: 120 * BATCH_SIZE]
    for batch, _ in batches(with_room(x[rows], size), np.zeros(len(rows), "int64"), size, rng):
        model(batch, training=True)
    return backbone.fold_batchnorm(model)


def report(model: keras.Model, x: np.ndarray, labels: np.ndarray, *, size: int, radius: float) -> dict:
    """Clean top-1 and top-5 over held-out images, and over ATTACKED of them top-1 under attack within `radius`."""
    one_hot = np.eye(model.output_shape[-1], dtype="float32")
    gradient = attacker(model, keras.losses.CategoricalCrossentropy(from_logits=True))
    seen = x if size == x.shape[1] else images.resize(x, size)
    top1, top5, robust = [], [], []
    for at in range(0, len(x), 250):
        batch, true = seen[at : at + 250].astype("float32") / 255, labels[at : at + 250]
        ranked = np.argsort(-ops.convert_to_numpy(model(batch)), axis=1)[:, :5]
        top1.append(ranked[:, 0] == true)
        top5.append((ranked == true[:, None]).any(axis=1))
        if at >= ATTACKED:
            continue
        moved = attack(gradient, batch, one_hot[true], radius=radius, steps=10)
        robust.append(ops.convert_to_numpy(model(moved)).argmax(axis=1) == true)
    share = {"top_1": top1, "top_5": top5, f"top_1_attacked_{radius:g}": robust}
    return {f"{key}_at_{size}_px": round(float(np.concatenate(right).mean()), 4) for key, right in share.items()}


def sheet(model: keras.Model, names: tuple[str, ...]) -> np.ndarray:
    """Pictures of the classes SHOWN, made by the network itself from noise, as one, two rows of ten."""
    seen = backbone.from_keras(model, names)
    *_, last = feature_visualization.synthesise(seen, [names.index(name) for name in SHOWN], side=72, steps=160)
    return images.tile(last.images.reshape(2, 10, *last.images.shape[1:]), gap=3, background=255)


def dreamt(model: keras.Model) -> np.ndarray:
    """A dream on clouds."""
    layers = {"block3_conv2": 0.5, "block4_conv2": 1.0}
    *_, last = deep_dream.dream(
        sample_photos.clouds(360, 960), model=backbone.from_keras(model, ()), layers=layers, octaves=4
    )
    return last.image


def painted(model: keras.Model) -> np.ndarray:
    """Two photos in drawn manners, side by side."""
    found = []
    for photo, manner in (("Palace", "Brush strokes"), ("Cat", "Stained glass")):
        seen = backbone.from_keras(model, ())
        *_, last = style_transfer.transfer(sample_photos.load(photo), style_images.draw(manner), model=seen)
        found.append(last.image[:264])
    return images.tile(np.stack(found)[None], gap=8, background=255)


def forward(model: keras.Model, side: int = 224) -> float:
    """Milliseconds that the network needs for one image, median of 20."""
    seen, photo, times = backbone.from_keras(model, ()), np.zeros((1, side, side, 3), "uint8"), []
    for _ in range(21):
        begun = time.perf_counter()
        backbone.features(seen, photo, seen.layers[-1:])
        times.append(1000 * (time.perf_counter() - begun))
    return round(float(np.median(times[1:])), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stages", nargs="+", type=stage_of, default=[(24, 8, 0.0), (32, 4, 0.35), (48, 2, 0.5)])
    parser.add_argument("--widths", type=json.loads, default=backbone.WIDTHS, help="channels, [[32],[64,64],...]")
    parser.add_argument("--attacks", type=int, default=1, help="steps of each attack")
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--dtype", default="float32", help="mixed_bfloat16 saves time on some machines")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    args = parser.parse_args()
    keras.mixed_precision.set_dtype_policy(args.dtype)
    trained, progress = fit(args)
    keras.mixed_precision.set_dtype_policy("float32")
    size, _, radius = args.stages[-1]
    x_train, _, names = datasets.tiny_imagenet()
    x_test, y_test, _ = datasets.tiny_imagenet("val")
    model = averaged(trained, x_train, size, args.seed)
    file = weights.FOLDER / "backbone_builtin.weights.h5"
    model.save_weights(file)
    weights.convert_to_float16(file)
    model.load_weights(file)  # measured as it is used, from the file
    held_out: dict[str, float] = {}
    for side in sorted({size, 64}):
        held_out |= report(model, x_test, y_test, size=side, radius=radius)
        print(json.dumps(held_out), flush=True)
    stages = " ".join(f"{a}:{b}:{c:g}" for a, b, c in args.stages)
    card = {
        "name": "backbone_builtin",
        "data": f"Tiny ImageNet: {len(x_train):,} training images; measured on {len(x_test):,} validation images, "
        f"attacked on the first {ATTACKED:,}",
        "command": f"python -m training.backbone --stages {stages} --attacks {args.attacks} "
        f"--learning-rate {args.learning_rate:g} --seed {args.seed} --dtype {args.dtype}",
        "widths": args.widths,
        "side": size,
        "class_names": names,
        "seed": args.seed,
        "epochs": len(progress["epochs"]),
        "parameters": model.count_params(),
        "training_minutes": round(progress["minutes"], 1),
        "milliseconds_at_224_px": forward(model),
        "pictures": "classes.webp: what 20 classes look like to it; dream.webp: what it sees in clouds of noise; "
        "style.webp: photos of scikit-image and scikit-learn painted with it in drawn styles",
        "held_out": held_out,
    }
    pictures = {".classes.webp": sheet(model, names), ".dream.webp": dreamt(model), ".style.webp": painted(model)}
    for suffix, picture in pictures.items():
        (weights.FOLDER / f"backbone_builtin{suffix}").write_bytes(images.webp(picture))
    weights.write_model_card("backbone_builtin", (".weights.h5", *pictures), card)


if __name__ == "__main__":
    main()
