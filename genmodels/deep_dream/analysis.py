"""What a dream changes: the gradient of the first step, the activations of all layers, the predicted classes."""

from collections.abc import Mapping

import numpy as np

from genmodels.deep_dream.dream import color_projection
from genmodels.deep_dream.objectives import objective
from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone


def gradient_stages(
    image: np.ndarray,
    *,
    model: Backbone,
    layers: Mapping[str, float] | None = None,
    channel: tuple[str, int] | None = None,
    target: int | None = None,
    guide: np.ndarray | None = None,
    border_crop: int = 2,
    laplacian_levels: int = 5,
    color_preservation: float = 0.5,
) -> dict[str, np.ndarray]:
    """The gradient of the first step after each stage of processing: title to (h, w, 3) uint8, gray = 0.

    Each image is scaled to the 99th percentile of its absolute values. Arguments as of `dream`.
    """
    objective_fn, arrays = objective(model, layers, channel, target, guide, border_crop)
    photo = image.astype("float32") / 255
    _, grad = gradient_ascent.tiled_gradient(objective_fn, photo, *arrays)
    normalized = gradient_ascent.laplacian_normalize(grad, laplacian_levels) if laplacian_levels else grad
    corrected = normalized @ color_projection(photo, color_preservation)
    stages = {"Raw gradient": grad, "Laplacian-normalized": normalized, "Color-corrected": corrected}
    return {title: _around_gray(values) for title, values in stages.items()}


def _around_gray(grad: np.ndarray) -> np.ndarray:
    limit = max(float(np.quantile(np.abs(grad), 0.99)), 1e-12)
    return np.round(127.5 + 127.5 * np.clip(grad / limit, -1, 1)).astype("uint8")


def predict(model: Backbone, image: np.ndarray) -> np.ndarray:
    """Class probabilities (classes,) of an image (h, w, 3) uint8, as the class objective evaluates it.

    A network that accepts any size sees the image at its own size; `backbone.classify` resizes it to the size that the
    network was trained on.
    """
    if not model.any_size:
        return backbone.classify(model, image[None])[0]
    ((logits,),) = backbone.features(model, image[None], [model.network.layers[-1].name])
    return backbone.softmax(logits)


def layer_activations(model: Backbone, image: np.ndarray) -> dict[str, float]:
    """Mean squared activation of each layer for an image (h, w, 3) uint8."""
    activations = backbone.features(model, image[None], model.layers)
    return {name: float(np.square(a).mean()) for name, a in zip(model.layers, activations, strict=True)}
