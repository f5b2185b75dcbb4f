"""What a dream maximizes: the activations of layers, one channel, a class logit, or the features of a guide image.

Each objective is a function of the image (1, h, w, 3) in [0, 1], of an array that selects (weights of layers, a
one-hot channel or class, the guide's features), and of the number of pixels of the whole image, of which `image` may
be a tile. Layers, channels and classes as in lucid's `objectives` (Olah et al. 2017, doi:10.23915/distill.00007); the
guide as in Google's DeepDream notebook (Mordvintsev et al. 2015), with directions instead of raw features.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone

LAYERS = {"block3_conv2": 0.3, "block5_conv2": 1.0}  # layer weights for the built-in network: textures, object parts
MAX_GUIDE_POSITIONS = 1024  # positions of the guide's feature map that are compared


def objective(
    model: Backbone,
    layers: Mapping[str, float] | None = None,
    channel: tuple[str, int] | None = None,
    target: int | None = None,
    guide: np.ndarray | None = None,
    border_crop: int = 2,
) -> tuple[Callable, list[np.ndarray]]:
    """The compiled gradient of the chosen objective, and the arrays that select; arguments and errors as of `dream`.

    Compiled once per layer and kind of objective: another channel, class or weight is another array.
    """
    if target is not None:
        if not 0 <= target < len(model.class_names):
            raise ValueError(f"{model.name} has no class {target}: it has {len(model.class_names)}")
        n = len(model.class_names)
        return _compile_once(model, "class", (n,), lambda: class_objective(model)), [_one_hot(target, n)]
    if channel is not None:
        layer, index = channel
        n = backbone.channel_count(model, layer)
        if not 0 <= index < n:
            raise ValueError(f"{layer} has no channel {index}: it has {n}")
        compiled = _compile_once(
            model, ("channel", layer, border_crop), (n,), lambda: channel_objective(model, layer, border_crop)
        )
        return compiled, [_one_hot(index, n)]
    layers = {name: weight for name, weight in (LAYERS if layers is None else layers).items() if weight}
    if not layers:
        raise ValueError("all layer weights are 0: set at least one above 0")
    if guide is not None:
        layer = max(layers, key=lambda name: abs(layers[name]))
        (a,) = backbone.features(model, guide[None], [layer])
        n = a.shape[-1]
        compiled = _compile_once(
            model, ("guide", layer, border_crop), (None, n), lambda: guide_objective(model, layer, border_crop)
        )
        return compiled, [_directions(a.reshape(-1, n))]
    compiled = _compile_once(
        model,
        ("layers", *layers, border_crop),
        (len(layers),),
        lambda: layers_objective(model, list(layers), border_crop),
    )
    return compiled, [np.array(list(layers.values()), "float32")]


def layers_objective(model: Backbone, layers: Sequence[str], border_crop: int = 2) -> Callable:
    """sum_l w_l mean(a_l^2): f(image, w (len(layers),), pixels ()), without `border_crop` rows and columns of a_l."""
    from keras import ops

    network = backbone.feature_extractor(model, layers)

    def layers_mean(image, w, pixels):
        total = 0.0
        for k, a in enumerate(backbone.outputs(network, image)):
            total = total + w[k] * ops.sum(ops.square(_crop_border(a, border_crop))) / _layer_size(image, a, pixels)
        return total

    return layers_mean


def channel_objective(model: Backbone, layer: str, border_crop: int = 2) -> Callable:
    """sum_c w_c mean(a_c): f(image, w (channels,), pixels ()) for channels of one layer."""
    from keras import ops

    network = backbone.feature_extractor(model, [layer])

    def channel_mean(image, w, pixels):
        (a,) = backbone.outputs(network, image)
        return ops.sum(_crop_border(a, border_crop) * w) / _layer_size(image, a, pixels) * a.shape[-1]

    return channel_mean


def class_objective(model: Backbone) -> Callable:
    """sum_k w_k logit_k: f(image, w (classes,), pixels ())."""
    from keras import ops

    def class_logit(image, w, pixels):
        if not model.any_size:
            image = ops.image.resize(image, (model.input_size, model.input_size), antialias=True)
        return ops.sum(backbone.outputs(model.classifier, image)[0] * w)

    return class_logit


def guide_objective(model: Backbone, layer: str, border_crop: int = 2) -> Callable:
    """mean_ij max_g <a_ij, g>: f(image, guide (n, channels), pixels ()).

    Each position becomes more similar to the position of the guide that it is most similar to already.
    """
    from keras import ops

    network = backbone.feature_extractor(model, [layer])

    def guide_similarity(image, guide, pixels):
        (a,) = backbone.outputs(network, image)
        positions = ops.reshape(_crop_border(a, border_crop), (-1, a.shape[-1]))
        similarity = ops.matmul(positions, ops.transpose(guide))  # (positions, n)
        best = ops.take(guide, ops.argmax(similarity, axis=1), axis=0)
        return ops.sum(positions * ops.stop_gradient(best)) / _layer_size(image, a, pixels)

    return guide_similarity


def _compile_once(model: Backbone, key: Any, selection_shape: tuple[int | None, ...], build: Callable) -> Callable:
    if key not in model.compiled:
        model.compiled[key] = gradient_ascent.gradient(build(), [(1, None, None, 3), selection_shape, ()])
    return model.compiled[key]


def _one_hot(index: int, n: int) -> np.ndarray:
    return np.eye(n, dtype="float32")[index]


def _directions(a: np.ndarray) -> np.ndarray:
    """Features of a guide (n, channels) as at most MAX_GUIDE_POSITIONS unit vectors, their common mean removed.

    Raw features would match every position of the photo to the strongest activation of the guide.
    """
    a = a[np.linspace(0, len(a) - 1, min(len(a), MAX_GUIDE_POSITIONS)).astype(int)]
    a = a - a.mean(axis=0)
    return a / np.maximum(np.linalg.norm(a, axis=1, keepdims=True), 1e-6)


def _crop_border(a: Any, border_crop: int) -> Any:
    """(1, h, w, c) without `border_crop` rows and columns at each edge; at least the center remains."""
    from keras import ops

    h, w = ops.shape(a)[1], ops.shape(a)[2]
    if isinstance(h, int) and isinstance(w, int):
        i, j = min(border_crop, (h - 1) // 2), min(border_crop, (w - 1) // 2)
    else:
        i, j = ops.minimum(border_crop, (h - 1) // 2), ops.minimum(border_crop, (w - 1) // 2)
    return a[:, i : h - i, j : w - j]


def _layer_size(image: Any, a: Any, pixels: Any) -> Any:
    """Number of activations of the layer for the whole image, of which `image` may be a tile."""
    from keras import ops

    image_shape, shape = ops.shape(image), ops.shape(a)
    positions_per_pixel = ops.cast(shape[1] * shape[2], "float32") / ops.cast(
        image_shape[1] * image_shape[2], "float32"
    )
    return pixels * positions_per_pixel * a.shape[-1]
