"""How a network for styles learns them: what it paints is seen by another network, and judged there.

The losses are those of style transfer by optimisation (Gatys et al. 2015, arXiv:1508.06576), only that
here no pixel is changed but the weights of the network that makes the pixels (Johnson et al. 2016,
arXiv:1603.08155). Each loss is relative to what is asked for, so that one set of weights serves every
style, bright or pale. A new style needs only its own rows of the normalisation layers (Dumoulin et al.
2017, arXiv:1610.07629): `learn` leaves all else as it is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.live_style import network as live_style
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from genmodels.style_transfer.losses import gram_matrix, style_loss
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone

CONTENT_BLOCK, STYLE_BLOCKS = 3, (1, 2, 3, 4)  # of the network that judges: the last layer of each
LOSSES = {"content": 1.0, "style": 3.0, "variation": 0.5, "photo": 20.0}  # and how much each weighs


# --- what is asked for ------------------------------------------------------------------------


def layer_of(eye: Backbone, block: int) -> str:
    """The last layer of a block, or of the last one there is."""
    names = [name for name in eye.layers if name.startswith(f"block{block}_")]
    return names[-1] if names else eye.layers[-1]


def _seen(eye: Backbone) -> list[str]:
    return list(dict.fromkeys(layer_of(eye, block) for block in STYLE_BLOCKS))


def targets(eye: Backbone, styles: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The Gram matrices of style images: for each of `eye`'s style layers (styles, channels, channels) float32.

    styles: (h, w, 3) uint8, of any size, at the scale at which their strokes are to be painted.
    """
    grams = [[gram_matrix(each) for each in backbone.features(eye, style[None], _seen(eye))] for style in styles]
    return [np.stack([np.asarray(gram) for gram in each]) for each in zip(*grams, strict=True)]


def _grams(features: Any) -> Any:
    """`gram_matrix` for each image of a batch at once: (n, h, w, c) to (n, c, c)."""
    from keras import ops

    n, h, w, c = ops.shape(features)
    f = ops.reshape(features, (n, h * w, c))
    return ops.matmul(ops.transpose(f, (0, 2, 1)), f) / ops.cast(h * w, "float32")


# --- the losses -------------------------------------------------------------------------------


def judge(eye: Backbone, grams: Sequence[np.ndarray]) -> Callable:
    """f(painted, photo, mix) to (content, style, variation, photo), each (n,): what `eye` says of what was painted.

    painted, photo: (n, h, w, 3) in [0, 1], about. mix: (n, 1 + styles), `grams` in that order; the first
    is for no style, the photo as it is. With F the features of a layer and G their Gram matrices:

        content   = mean (F(painted) - F(photo))^2 / mean F(photo)^2
        style     = sum over layers |G(painted) - sum_s mix_s G_s|^2 / |sum_s mix_s G_s|^2
        variation = mean (neighbours' difference)^2, down and to the right, and what leaves [0, 1], squared
        photo     = mean (painted - photo)^2, where the mix asks for the photo
    """
    from keras import ops

    content_layer, style_layers = layer_of(eye, CONTENT_BLOCK), _seen(eye)
    network, at = backbone.feature_extractor(eye, style_layers), style_layers.index(content_layer)
    below = backbone.feature_extractor(eye, [content_layer])

    def mean(x):  # over all but the images
        return ops.mean(x, axis=(1, 2, 3))

    def losses(painted, photo, mix):
        seen = backbone.outputs(network, painted)
        (there,) = backbone.outputs(below, photo)
        there = ops.stop_gradient(there)
        painterly = 1 - mix[:, 0]
        content = mean(ops.square(seen[at] - there)) / ops.maximum(mean(ops.square(there)), 1e-12)
        style = 0.0
        for features, all_grams in zip(seen, grams, strict=True):
            s, c, _ = all_grams.shape
            asked = ops.reshape(ops.matmul(mix[:, 1:], ops.reshape(all_grams, (s, c * c))), (-1, c, c))
            off = ops.sum(ops.square(_grams(features) - asked), axis=(1, 2))
            style = style + off / ops.maximum(ops.sum(ops.square(asked), axis=(1, 2)), 1e-12)
        outside = ops.square(painted - ops.clip(painted, 0.0, 1.0))
        down, right = painted[:, 1:] - painted[:, :-1], painted[:, :, 1:] - painted[:, :, :-1]
        rough = mean(ops.square(down)) + mean(ops.square(right))
        same = mix[:, 0] * mean(ops.square(painted - photo))
        return painterly * content, painterly * style, painterly * rough + 10 * mean(outside), same

    return losses


def trainer(network: Any, judged: Callable, *, learning_rate: float, style_weight: float = 1.0) -> Any:
    """A Keras model around the network whose outputs are its losses, ready for `train_on_batch`.

    Takes photos and mixes; what it is asked for as an answer is always zero.
    """
    import keras

    class Judge(keras.layers.Layer):
        """A layer without weights of its own: the eye behind it is nobody's to train."""

        def call(self, inputs: Any) -> Any:
            return dict(zip(LOSSES, judged(*inputs), strict=True))

        def compute_output_spec(self, inputs: Any) -> Any:
            return {name: keras.KerasTensor((None,)) for name in LOSSES}

    photo, mix = network.inputs
    found = Judge(name="judge")([network([photo, mix]), photo, mix])
    model = keras.Model([photo, mix], found)

    def itself(_, loss):
        return keras.ops.mean(loss)

    model.compile(
        keras.optimizers.Adam(learning_rate),
        loss=dict.fromkeys(LOSSES, itself),
        loss_weights=LOSSES | {"style": LOSSES["style"] * style_weight},
        jit_compile=keras.backend.backend() == "jax",
    )
    return model


def step(model: Any, photos: np.ndarray, mix: np.ndarray) -> dict[str, float]:
    """One step down: photos (n, h, w, 3) float32 in [0, 1], mix (n, 1 + styles). The losses before it."""
    nothing = {name: np.zeros(len(mix), "float32") for name in LOSSES}
    found = model.train_on_batch([photos, mix], nothing, return_dict=True)
    return {name.removesuffix("_loss"): float(value) for name, value in found.items()}


def measured(
    model: LiveStyle, eye: Backbone, grams: Sequence[np.ndarray], images: np.ndarray, paint: Callable | None = None
) -> dict[str, dict[str, float]]:
    """How well each style came out: name to the losses of `judge`, averaged over images (n, h, w, 3) uint8.

    "unpainted" is the style loss of the images as they are. paint: f(image, number of the style) to what is
    measured, (h, w, 3) uint8, in place of what the model paints.
    """
    from keras import ops

    judged, rows = judge(eye, grams), np.eye(1 + len(model.names), dtype="float32")
    found = {}
    for k, (name, row) in enumerate(zip(model.names, rows[1:], strict=True)):
        values = []
        for image in images:
            result = live_style.stylise(model, image, row[1:]) if paint is None else paint(image, k)
            photo, painted = (each[None].astype("float32") / 255 for each in (image, result))
            content, style, _, _ = judged(ops.convert_to_tensor(painted), ops.convert_to_tensor(photo), row[None])
            _, unpainted, _, _ = judged(ops.convert_to_tensor(photo), ops.convert_to_tensor(photo), row[None])
            values.append([float(content[0]), float(style[0]), float(unpainted[0])])
        found[name] = dict(
            zip(("content", "style", "unpainted"), np.mean(values, axis=0).round(4).tolist(), strict=True)
        )
    return found


# --- one style more ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of `learn`."""

    done: int
    total: int
    losses: dict[str, float]  # "content" and "style" of this step's photos
    image: np.ndarray | None  # every few steps: the first photo in the new style, (h, w, 3) uint8
    learnt: LiveStyle  # a network with the new style alone, still learning until the last step: see `extended`


def learn(
    model: LiveStyle,
    style: np.ndarray,
    photos: Sequence[np.ndarray],
    *,
    name: str = "Yours",
    eye: Backbone | None = None,
    steps: int = 300,
    batch_size: int = 2,
    side: int = 128,
    learning_rate: float = 0.02,
    style_weight: float = 1.0,
    preview_every: int = 10,
    seed: int = 0,
) -> Iterator[Step]:
    """Learn the style of a picture (h, w, 3) uint8 on photos (h, w, 3) uint8, and leave every other style as it is.

    Only the scales and shifts of one new style are learnt, about a thousand numbers; they begin as those
    of the style that does best so far. side: pixels of the crops that are learnt from, `batch_size` at a
    time. learning_rate: falls to zero along half a cosine. style_weight: above 1, more of the style and
    less of the photo. Raises `ValueError` without photos, on a smaller photo or style than 32 pixels a
    side, or fewer than one step.
    """
    for picture in (style, *photos):
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or min(picture.shape[:2]) < 32:
            raise ValueError(f"expected (h, w, 3) uint8 of 32 pixels a side or more, got {picture.shape}")
    if not photos or steps < 1:
        raise ValueError(f"expected a photo or more and a step or more, got {len(photos)} and {steps}")
    rng = np.random.default_rng(seed)
    eye = eye or backbone.load()
    grams = targets(eye, [style])
    learnt = _alone(model, name, _nearest(model, eye, grams, _crops(photos, 1, side, rng)))
    for layer in learnt.network.layers:
        layer.trainable = live_style.holds_styles(layer)
    learner = trainer(learnt.network, judge(eye, grams), learning_rate=learning_rate, style_weight=style_weight)
    mix = np.tile(np.array([[0, 1]], "float32"), (batch_size, 1))
    for done in range(1, steps + 1):
        learner.optimizer.learning_rate.assign(learning_rate * (0.5 + 0.5 * np.cos(np.pi * (done - 1) / steps)))
        learner.reset_metrics()  # they would be averages over all steps so far
        losses = step(learner, _crops(photos, batch_size, side, rng), mix)
        look = done % preview_every == 0 or done in (1, steps)
        image = live_style.stylise(learnt, photos[0], [1.0]) if look else None
        yield Step(done, steps, {key: losses[key] for key in ("content", "style")}, image, learnt)


def extended(model: LiveStyle, learnt: LiveStyle) -> LiveStyle:
    """The network of `model` with the style that `learn` left in `learnt` as one more, the last."""
    names = (*model.names, *learnt.names)
    network = live_style.build(1 + len(names), **live_style.plan(model.network))
    for layer, old, new in zip(network.layers, model.network.layers, learnt.network.layers, strict=True):
        values = old.get_weights()
        if live_style.holds_styles(layer):
            values = [np.concatenate([rows, row[1:]]) for rows, row in zip(values, new.get_weights(), strict=True)]
        layer.set_weights(values)
    return LiveStyle(network, names)


def _alone(model: LiveStyle, name: str, row: int) -> LiveStyle:
    """The same network with two styles only: the photo's own, and a copy of row `row` of the others."""
    network = live_style.build(2, **live_style.plan(model.network))
    for layer, old in zip(network.layers, model.network.layers, strict=True):
        values = old.get_weights()
        if live_style.holds_styles(layer):
            values = [rows[[0, 1 + row]] for rows in values]
        layer.set_weights(values)
    return LiveStyle(network, (name,))


def _nearest(model: LiveStyle, eye: Backbone, grams: Sequence[np.ndarray], crops: np.ndarray) -> int:
    """Which style comes nearest to what is asked for, on one crop (1, side, side, 3)."""
    found = []
    for row in np.eye(len(model.names)):
        painted = live_style.stylise(model, np.round(255 * crops[0]).astype("uint8"), row)
        seen = backbone.features(eye, painted[None], _seen(eye))
        found.append(sum(float(style_loss(gram_matrix(f), gram[0])) for f, gram in zip(seen, grams, strict=True)))
    return int(np.argmin(found))


def _crops(photos: Sequence[np.ndarray], count: int, side: int, rng: np.random.Generator) -> np.ndarray:
    """(count, side, side, 3) float32 in [0, 1] from anywhere on photos of any size, some of them mirrored."""
    out = []
    for k in rng.integers(len(photos), size=count):
        h, w, _ = photos[k].shape
        room = int(rng.integers(min(side, h, w), min(h, w) + 1))  # of any scale
        i, j = int(rng.integers(h - room + 1)), int(rng.integers(w - room + 1))
        crop = images.resize(photos[k][None, i : i + room, j : j + room], side)[0]
        out.append(crop[:, ::-1] if rng.random() < 0.5 else crop)
    return np.stack(out).astype("float32") / 255
