"""Training of the fast style transfer network: of all styles, or of one more style for a trained network.

A new style needs only its own rows of the conditional instance normalization (Dumoulin et al. 2017,
arXiv:1610.07629): `train_style` freezes everything else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.live_style import network as live_style
from genmodels.live_style.layers import is_style_layer
from genmodels.live_style.losses import LOSS_WEIGHTS, perceptual_losses, style_loss_layers, style_targets
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from genmodels.style_transfer.losses import gram_matrix, style_loss
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone

MIN_SIDE = 32  # pixels of a photo or a style image


# --- all styles -------------------------------------------------------------------------------------


def build_trainer(network: Any, losses: Callable, *, learning_rate: float, style_weight: float = 1.0) -> Any:
    """A compiled Keras model whose outputs are the losses of `network`, for `train_on_batch`.

    losses: of `perceptual_losses`. Inputs: photos and blend weights; the targets are ignored. style_weight: factor of
    the style loss, beside its weight in `LOSS_WEIGHTS`.
    """
    import keras

    class PerceptualLosses(keras.layers.Layer):
        """Computes the perceptual losses with the frozen loss network; has no trainable weights."""

        def call(self, inputs: Any) -> Any:
            return dict(zip(LOSS_WEIGHTS, losses(*inputs), strict=True))

        def compute_output_spec(self, inputs: Any) -> Any:
            return {name: keras.KerasTensor((None,)) for name in LOSS_WEIGHTS}

    photo, blend_weights = network.inputs
    outputs = PerceptualLosses(name="losses")([network([photo, blend_weights]), photo, blend_weights])
    model = keras.Model([photo, blend_weights], outputs)

    def mean_output(_, loss):
        return keras.ops.mean(loss)

    model.compile(
        keras.optimizers.Adam(learning_rate),
        loss=dict.fromkeys(LOSS_WEIGHTS, mean_output),
        loss_weights=LOSS_WEIGHTS | {"style": LOSS_WEIGHTS["style"] * style_weight},
        jit_compile=keras.backend.backend() == "jax",
    )
    return model


def train_step(trainer: Any, photos: np.ndarray, blend_weights: np.ndarray) -> dict[str, float]:
    """One training step: photos (n, h, w, 3) float32 in [0, 1], blend weights (n, 1 + styles). The losses before it."""
    targets = {name: np.zeros(len(blend_weights), "float32") for name in LOSS_WEIGHTS}
    logs = trainer.train_on_batch([photos, blend_weights], targets, return_dict=True)
    return {name.removesuffix("_loss"): float(value) for name, value in logs.items()}


def evaluate(
    model: LiveStyle,
    loss_network: Backbone,
    grams: Sequence[np.ndarray],
    photos: np.ndarray,
    stylize: Callable[[np.ndarray, int], np.ndarray] | None = None,
) -> dict[str, dict[str, float]]:
    """By style, the mean content and style loss over photos (n, h, w, 3) uint8.

    "unstylized" is the style loss of the photos themselves. stylize: f(photo, index of the style) to (h, w, 3)
    uint8, evaluated in place of the model.
    """
    from keras import ops

    losses, rows = perceptual_losses(loss_network, grams), np.eye(1 + len(model.names), dtype="float32")
    by_style = {}
    for k, (name, row) in enumerate(zip(model.names, rows[1:], strict=True)):
        values = []
        for image in photos:
            result = live_style.stylize(model, image, row[1:]) if stylize is None else stylize(image, k)
            photo, stylized = (ops.convert_to_tensor(each[None].astype("float32") / 255) for each in (image, result))
            content, style, _, _ = losses(stylized, photo, row[None])
            _, unstylized, _, _ = losses(photo, photo, row[None])
            values.append([float(content[0]), float(style[0]), float(unstylized[0])])
        means = np.mean(values, axis=0).round(4).tolist()
        by_style[name] = dict(zip(("content", "style", "unstylized"), means, strict=True))
    return by_style


# --- one more style ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of `train_style`."""

    done: int
    total: int
    losses: dict[str, float]  # "content" and "style" of this step's photos
    image: np.ndarray | None  # every few steps: the first photo in the new style, (h, w, 3) uint8
    model: LiveStyle  # a network with the new style alone, in training until the last step: see `add_style`


def train_style(
    model: LiveStyle,
    style: np.ndarray,
    photos: Sequence[np.ndarray],
    *,
    name: str = "Yours",
    loss_network: Backbone | None = None,
    steps: int = 300,
    batch_size: int = 2,
    crop_size: int = 128,
    learning_rate: float = 0.02,
    style_weight: float = 1.0,
    preview_every: int = 10,
    seed: int = 0,
) -> Iterator[Step]:
    """Train one more style on a style image (h, w, 3) uint8 and photos (h, w, 3) uint8; `model` stays unchanged.

    Only the normalization scale and shift of the new style are trained, about 1,000 parameters, starting from the
    built-in style with the lowest loss. crop_size: pixels of the training crops, `batch_size` per step.
    learning_rate: falls to zero with a cosine schedule. style_weight: above 1, more style and less content. Raises
    `ValueError` without photos, on a photo or style smaller than 32 pixels per side, or on fewer than one step.
    """
    for image in (style, *photos):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or min(image.shape[:2]) < MIN_SIDE:
            raise ValueError(f"expected (h, w, 3) uint8 with {MIN_SIDE} pixels per side or more, got {image.shape}")
    if not photos or steps < 1:
        raise ValueError(f"expected one photo and one step or more, got {len(photos)} and {steps}")
    rng = np.random.default_rng(seed)
    loss_network = loss_network or backbone.load()
    grams = style_targets(loss_network, [style])
    closest = _closest_style(model, loss_network, grams, random_crops(photos, 1, crop_size, rng))
    trained = _single_style_model(model, name, closest)
    for layer in trained.network.layers:
        layer.trainable = is_style_layer(layer)
    losses = perceptual_losses(loss_network, grams)
    trainer = build_trainer(trained.network, losses, learning_rate=learning_rate, style_weight=style_weight)
    blend_weights = np.tile(np.array([[0, 1]], "float32"), (batch_size, 1))
    for done in range(1, steps + 1):
        trainer.optimizer.learning_rate.assign(learning_rate * (0.5 + 0.5 * np.cos(np.pi * (done - 1) / steps)))
        trainer.reset_metrics()  # they would be averages over all previous steps
        logs = train_step(trainer, random_crops(photos, batch_size, crop_size, rng), blend_weights)
        has_preview = done % preview_every == 0 or done in (1, steps)
        preview = live_style.stylize(trained, photos[0], [1.0]) if has_preview else None
        yield Step(done, steps, {key: logs[key] for key in ("content", "style")}, preview, trained)


def add_style(model: LiveStyle, trained: LiveStyle) -> LiveStyle:
    """The network of `model` with the style of `trained`, the result of `train_style`, as its last."""
    names = (*model.names, *trained.names)
    network = live_style.build(1 + len(names), **live_style.build_arguments(model.network))
    for layer, old, new in zip(network.layers, model.network.layers, trained.network.layers, strict=True):
        values = old.get_weights()
        if is_style_layer(layer):
            values = [np.concatenate([rows, row[1:]]) for rows, row in zip(values, new.get_weights(), strict=True)]
        layer.set_weights(values)
    return LiveStyle(network, names)


def _single_style_model(model: LiveStyle, name: str, index: int) -> LiveStyle:
    """The same network with two styles only: the identity, and a copy of the style with this index."""
    network = live_style.build(2, **live_style.build_arguments(model.network))
    for layer, old in zip(network.layers, model.network.layers, strict=True):
        values = old.get_weights()
        if is_style_layer(layer):
            values = [rows[[0, 1 + index]] for rows in values]
        layer.set_weights(values)
    return LiveStyle(network, (name,))


def _closest_style(model: LiveStyle, loss_network: Backbone, grams: Sequence[np.ndarray], crops: np.ndarray) -> int:
    """The index of the style with the lowest style loss for these targets, on one crop (1, size, size, 3)."""
    image, losses = np.round(255 * crops[0]).astype("uint8"), []
    for blend_weights in np.eye(len(model.names)):
        stylized = live_style.stylize(model, image, blend_weights)
        activations = backbone.features(loss_network, stylized[None], style_loss_layers(loss_network))
        losses.append(sum(float(style_loss(gram_matrix(a), g[0])) for a, g in zip(activations, grams, strict=True)))
    return int(np.argmin(losses))


def random_crops(
    photos: Sequence[np.ndarray] | np.ndarray,
    count: int,
    size: int,
    rng: np.random.Generator,
    *,
    min_side: int | None = None,
) -> np.ndarray:
    """(count, size, size, 3) float32 in [0, 1]: square crops of photos (h, w, 3) uint8, half of them mirrored.

    Each has a random position and a random side, from `min_side` pixels, `size` where it is None, to the whole photo,
    and is resized to `size`.
    """
    crops = []
    for k in rng.integers(len(photos), size=count):
        h, w, _ = photos[k].shape
        side = int(rng.integers(min(min_side or size, h, w), min(h, w) + 1))
        i, j = int(rng.integers(h - side + 1)), int(rng.integers(w - side + 1))
        crop = images.resize(photos[k][None, i : i + side, j : j + side], size)[0]
        crops.append(crop[:, ::-1] if rng.random() < 0.5 else crop)
    return np.stack(crops).astype("float32") / 255
