"""Losses for neural style transfer: content, style and total variation.

A convolutional layer outputs one feature map per channel. The maps say what is where: they are the content. The
mean product of two maps over all positions does not depend on where: all pairs form the Gram matrix, the style.
The third loss needs no network: the squared difference of neighboring pixels. Gatys, Ecker & Bethge 2015, "A
Neural Algorithm of Artistic Style", arXiv:1508.06576. Where we differ:

- Content and style losses are divided by the squared size of their targets (relative losses), so that a weight of 1
  means the same at every layer of every network. In the paper the contribution of a layer depends on the scale of
  its activations.
- Total variation is squared: absolute differences produce flat regions with hard borders.

Features are (h, w, channels) or (1, h, w, channels), as a network outputs them. All functions take NumPy arrays and
tensors, and return tensors.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone

DEFAULT_LAYERS = {  # of each public network: its style layers and its content layer
    "vgg19": (tuple(f"block{b}_conv1" for b in range(1, 6)), "block4_conv2"),  # as in the paper
    "inception_v3": (("mixed0", "mixed2", "mixed4", "mixed6"), "mixed3"),
}

MAX_COMPILED = 4  # compiled losses per network, one for each choice of layers


def gram_matrix(features: Any, mask: Any = None) -> Any:
    """Correlation of feature maps: (h, w, c) to (c, c), the mean over positions of the product of two channels.

    G_ab = (1 / sum_ij m_ij) sum_ij m_ij F_ija F_ijb

    mask: (h, w) or (1, h, w, 1) in [0, 1], the weight of each position; None: all positions weigh the same.
    """
    from keras import ops

    c = features.shape[-1]
    f = ops.reshape(features, (-1, c))  # (positions, c)
    if mask is None:
        return _inner_products(f) / ops.cast(ops.shape(f)[0], f.dtype)
    m = ops.reshape(mask, (-1, 1))
    return _inner_products(ops.sqrt(m) * f) / ops.maximum(ops.sum(m), 1e-6)


def _inner_products(f: Any) -> Any:
    """F'F, (positions, c) to (c, c), with its gradient as one matrix product F (U + U') instead of two.

    Both run over all positions: this saves a tenth of a step's time on the built-in network, a twentieth on VGG19.
    """
    from keras import ops

    @ops.custom_gradient
    def products(f: Any) -> Any:
        def gradient(*args: Any, upstream: Any = None) -> Any:
            u = args[0] if upstream is None else upstream  # backends differ in how they pass it
            return ops.matmul(f, u + ops.transpose(u))

        return ops.matmul(ops.transpose(f), f), gradient

    return products(f)


def content_loss(features: Any, target: Any) -> Any:
    """sum (F - P)^2 / sum P^2 for the features F of the image and P of the photo at one layer. A scalar."""
    from keras import ops

    return ops.sum(ops.square(features - target)) / ops.maximum(ops.sum(ops.square(target)), 1e-12)


def style_loss(gram: Any, target: Any) -> Any:
    """sum (G - A)^2 / sum A^2 for the Gram matrices (c, c) G of the image and A of the style at one layer. A scalar."""
    from keras import ops

    return ops.sum(ops.square(gram - target)) / ops.maximum(ops.sum(ops.square(target)), 1e-12)


def total_variation_loss(image: Any) -> Any:
    """The mean squared difference of vertical and horizontal neighbors, (h, w, 3) in [0, 1]; a scalar.

    mean_ijc (x_{i+1,j,c} - x_ijc)^2 + mean_ijc (x_{i,j+1,c} - x_ijc)^2
    """
    from keras import ops

    vertical = image[..., 1:, :, :] - image[..., :-1, :, :]
    horizontal = image[..., :, 1:, :] - image[..., :, :-1, :]
    return ops.mean(ops.square(vertical)) + ops.mean(ops.square(horizontal))


# --- the losses of a network's layers, compiled -----------------------------------------------------


def default_layers(model: Backbone) -> tuple[tuple[str, ...], str]:
    """The style layers, one of every block, and the content layer."""
    if model.name in DEFAULT_LAYERS:
        return DEFAULT_LAYERS[model.name]
    first = {name.split("_")[0]: name for name in reversed(model.layers)}  # of each block
    return tuple(reversed(first.values())), "block4_conv2" if "block4_conv2" in model.layers else model.layers[-1]


def losses_and_gradient(model: Backbone, style_layers: tuple[str, ...], content_layer: str, masked: bool) -> Callable:
    """f(image, weights, *targets) to (losses, gradient of weights @ losses), compiled once for these layers.

    losses: content, each style layer, total variation. targets: the photo's features, a Gram matrix for each
    style layer, and, where `masked`, a mask (1, h', w', 1) for each.
    """
    key = ("style transfer", style_layers, content_layer, masked)
    evaluate = model.compiled.get(key)
    if evaluate is None:
        names = list(dict.fromkeys([content_layer, *style_layers]))
        network, n = backbone.feature_extractor(model, names), len(style_layers)
        if model.name != "builtin":  # for the small one, constants would delay the first image more than they save
            network = backbone.frozen_function(network)
        channels = {name: model.network.get_layer(name).output.shape[-1] for name in names}

        def losses(image: Any, content_target: Any, *others: Any) -> Any:
            from keras import ops

            outputs = (ops.cast(a, "float32") for a in backbone.outputs(network, image))  # also of a bfloat16 network
            activations = dict(zip(names, outputs, strict=True))
            grams, masks = others[:n], others[n:] or [None] * n
            styles = [
                style_loss(gram_matrix(activations[name], mask), gram)
                for name, gram, mask in zip(style_layers, grams, masks, strict=True)
            ]
            content = content_loss(activations[content_layer], content_target)
            return ops.stack([content, *styles, total_variation_loss(image)])

        shapes: list[tuple[int | None, ...]] = [(1, None, None, 3), (n + 2,), (1, None, None, channels[content_layer])]
        shapes += [(channels[name], channels[name]) for name in style_layers]
        shapes += [(1, None, None, 1)] * n * masked
        for old in [known for known in list(model.compiled) if known[0] == key[0]][: 1 - MAX_COMPILED]:
            model.compiled.pop(
                old, None
            )  # each holds a copy of the weights; a running transfer keeps its own reference
        evaluate = model.compiled[key] = _compile(losses, shapes)
    return evaluate


def _compile(losses: Callable, shapes: list[tuple[int | None, ...]]) -> Callable:
    """The loss terms and one gradient of their weighted sum. The only backend-specific code of this module."""
    from keras import backend, ops

    if backend.backend() == "tensorflow":
        import tensorflow as tf

        @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32) for shape in shapes], autograph=False)
        def terms_and_gradient(image, weights, *targets):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(image)
                terms = losses(image, *targets)
                total = tf.tensordot(weights, terms, 1)
            return terms, tape.gradient(total, image)
    else:
        import jax

        def total(image, weights, *targets):
            terms = losses(image, *targets)
            return ops.sum(weights * terms), terms

        traced = jax.jit(jax.value_and_grad(total, has_aux=True))

        def terms_and_gradient(image, weights, *targets):
            (_, terms), gradient = traced(image, weights, *targets)
            return terms, gradient

    def evaluate(image: np.ndarray, weights: np.ndarray, *targets: Any) -> tuple[np.ndarray, np.ndarray]:
        terms, gradient = terms_and_gradient(ops.convert_to_tensor(image), ops.convert_to_tensor(weights), *targets)
        return ops.convert_to_numpy(terms), ops.convert_to_numpy(gradient)

    return evaluate


# --- Gram matrices as arrays and as images ----------------------------------------------------------


def gram_matrices(model: Backbone, image: np.ndarray, layers: Sequence[str]) -> list[np.ndarray]:
    """The Gram matrices of an image: (h, w, 3) uint8 to a (c, c) float32 array for each layer."""
    from keras import ops

    activations = backbone.features(model, image[None], layers)
    return [ops.convert_to_numpy(gram_matrix(ops.convert_to_tensor(a.astype("float32")))) for a in activations]


def style_loss_per_layer(grams: Sequence[np.ndarray], targets: Sequence[np.ndarray]) -> list[float]:
    """`style_loss` of each layer, for Gram matrices (c, c) as NumPy arrays."""
    return [float(np.square(g - a).sum() / max(np.square(a).sum(), 1e-12)) for g, a in zip(grams, targets, strict=True)]


def gram_heatmaps(grams: Sequence[np.ndarray], style: np.ndarray, n_channels: int = 32) -> list[np.ndarray]:
    """Gram matrices (c, c) of one layer as (n, n) float32 in [0, 1], all in one channel order and on one scale.

    The `n_channels` channels with the largest diagonal entries of `style` (c, c), in falling order; 1 is the largest
    of its entries. Square roots are shown, because a few large entries would make all others black.
    """
    order = np.argsort(-np.diag(style))[:n_channels]
    largest = max(float(style[order[0], order[0]]), 1e-12)
    return [np.sqrt(np.clip(gram[np.ix_(order, order)] / largest, 0, 1)).astype("float32") for gram in grams]
