"""Grad-CAM: the image regions that support a class, and the sanity check that every heatmap has to pass.

Selvaraju et al. 2016, arXiv:1610.02391; Chollet, Deep Learning with Python, section 5.4.3. Each channel of a layer is
weighted by the mean gradient of the class logit and summed. The sanity check repeats this with randomized weights: a
heatmap that stays the same shows edges of the photo and not what the network learned (Adebayo et al. 2018,
arXiv:1810.03292). Where we differ from the book: the network runs once per photo up to the layer, and from the layer
on once for each class, in one batch.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.convnet_visualization.inputs import CLASSES, check_image, one_hot
from genmodels.media import images
from genmodels.vision import gradient_ascent
from genmodels.vision.backbone import Backbone


def grad_cam(model: Backbone, image: np.ndarray, layer: str, targets: Sequence[int]) -> np.ndarray:
    """Heatmaps of classes for an image: (H, W, 3) uint8 to (n, h, w) float32 in [0, 1], one per class in `targets`.

    ReLU(sum_k alpha_k A^k), with alpha_k the mean of dy/dA^k over the positions of the layer and y the class logit,
    divided by its maximum; all zeros if no channel supports the class. The image is resized to the square that the
    network was trained on, or to twice that if the network accepts any size; a heatmap covers the whole image.

    Raises `ValueError` on another kind of array, an unknown layer or class, or no class.
    """
    check_image(image)
    selected = one_hot(targets, len(model.class_names), f"{model.name} has no class")
    key = ("grad_cam", layer)
    if key not in model.compiled:
        model.compiled[key] = _compile(model.classifier, layer, f"{model.name} has no layer")
    return model.compiled[key](_preprocess(model, image), selected)


@dataclass(frozen=True)
class Stage:
    """Grad-CAM with a part of the weights randomized."""

    done: int
    total: int
    layer: str  # the lowest randomized layer, `CLASSES` first
    heatmap: np.ndarray  # (h, w) float32 in [0, 1]


def randomization_test(
    model: Backbone, image: np.ndarray, layer: str, target: int, *, seed: int = 0
) -> Iterator[Stage]:
    """Grad-CAM while the weights are randomized layer by layer, from the output layer down to the first one.

    Random kernels have the standard deviation of the trained ones; biases are zero. If the random logit of the class
    is negative, most of its heatmap is empty, so the next class with a positive logit is used: with random output
    weights the classes are interchangeable. Raises the errors of `grad_cam`.
    """
    import keras

    check_image(image)
    selected = one_hot([target], len(model.class_names), f"{model.name} has no class")
    rng, x = np.random.default_rng(seed), _preprocess(model, image)
    copy = keras.models.clone_model(model.classifier)  # `model` is shared and read-only
    copy.set_weights(model.classifier.get_weights())
    copy.jit_compile = False
    heatmaps = _compile(copy, layer, f"{model.name} has no layer")
    trained, names = list(copy.layers), (CLASSES, *model.layers[::-1])
    for k, name in enumerate(names, 1):
        next_name = names[k] if k < len(names) else None
        while trained and trained[-1].name != next_name:
            _randomize(trained.pop(), rng)
        is_positive = np.roll(copy.predict_on_batch(x)[0], -target) > 0
        yield Stage(k, len(names), name, heatmaps(x, np.roll(selected, is_positive.argmax(), axis=1))[0])


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation of two heatmaps, as in Adebayo et al.: 1 for equal ranks, 0 for unrelated ones.

    0 if one of them is constant.
    """
    from scipy.stats import spearmanr

    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(spearmanr(a, b, axis=None).statistic)


def _compile(classifier: Any, layer: str, message: str) -> Callable:
    """A compiled function of image (1, side, side, 3) and selected (n, classes) that returns heatmaps (n, h, w)."""
    import keras
    from keras import ops

    if layer not in {each.name for each in classifier.layers}:
        raise ValueError(f"{message} {layer}")
    feature_map = classifier.get_layer(layer).output
    below, above = keras.Model(classifier.input, feature_map), keras.Model(feature_map, classifier.outputs[0])
    below.jit_compile = False  # XLA is slow for convolutions on a CPU

    def class_logit(a, selected):
        return ops.sum(above(a, training=False) * selected)

    shapes = [(None, *feature_map.shape[1:]), (None, classifier.outputs[0].shape[-1])]
    gradient = gradient_ascent.gradient(class_logit, shapes)

    def heatmaps(x: np.ndarray, selected: np.ndarray) -> np.ndarray:
        a = below.predict_on_batch(x)  # (1, h, w, channels)
        _, grads = gradient(np.repeat(a, len(selected), axis=0), selected)
        alpha = grads.mean(axis=(1, 2))  # (n, channels)
        weighted = np.maximum(np.einsum("hwk,nk->nhw", a[0], alpha), 0)
        return weighted / np.maximum(weighted.max(axis=(1, 2), keepdims=True), 1e-12)

    return heatmaps


def _preprocess(model: Backbone, image: np.ndarray) -> np.ndarray:
    """(1, size, size, 3) float32 in [0, 1]; twice the input size, for a finer heatmap, if the network accepts it."""
    size = model.input_size * (2 if model.any_size else 1)
    return images.resize(image[None], size).astype("float32") / 255


def _randomize(layer: Any, rng: np.random.Generator) -> None:
    """Replaces the kernel by normal noise. Normalization layers keep their statistics, which are not features."""
    if hasattr(layer, "kernel"):
        kernel, *biases = layer.get_weights()
        layer.set_weights([rng.normal(0, kernel.std(), kernel.shape), *(0 * each for each in biases)])
