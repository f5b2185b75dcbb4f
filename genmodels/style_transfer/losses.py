"""What a picture shows, and in what manner: three losses that tell two pictures apart.

A layer of a network answers a picture with a map for each of its channels. The maps themselves say
what is where: that is the content. How often two channels answer at the same place, summed over all
places, says nothing of where: that is the style, the Gram matrix. The third loss knows no network:
how much neighbouring pixels differ. Gatys, Ecker & Bethge 2015, "A Neural Algorithm of Artistic
Style", arXiv:1508.06576. Where we differ:

- Content and style losses are divided by the size of what they are to reach, so that 1 means "as
  far away as a picture that says nothing" at every layer of every network, and a weight of 1 weighs
  the same everywhere. In the paper a layer's share depends on how loud it happens to be.
- Total variation is squared: with absolute values, pictures fall into flat blocks.

Features are (h, w, channels), or (1, h, w, channels), as a network gives them; all functions take
NumPy arrays and tensors, and give tensors.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone

LAYERS = {  # of each public network: those that say the style, and the one that says the content
    "vgg19": (tuple(f"block{b}_conv1" for b in range(1, 6)), "block4_conv2"),  # the paper's
    "inception_v3": (("mixed0", "mixed2", "mixed4", "mixed6"), "mixed3"),
}

KEPT = 4  # compiled objectives of a network, one for each choice of layers


def gram_matrix(features: Any, mask: Any = None) -> Any:
    """Which channels answer together: (h, w, c) to (c, c), the mean over places of products of two channels.

    G_ab = (1 / sum_ij m_ij) sum_ij m_ij F_ija F_ijb

    mask: (h, w) or (1, h, w, 1), 0 to 1, how much each place counts; None: all the same.
    """
    from keras import ops

    c = features.shape[-1]
    f = ops.reshape(features, (-1, c))  # (places, c)
    if mask is None:
        return _products(f) / ops.cast(ops.shape(f)[0], f.dtype)
    m = ops.reshape(mask, (-1, 1))
    return _products(ops.sqrt(m) * f) / ops.maximum(ops.sum(m), 1e-6)


def _products(f: Any) -> Any:
    """F'F for (places, c) to (c, c), with its gradient in one product, F (U + U'), where two are usual.

    Both are sums over all places: a tenth of a step's time on the built-in network, a twentieth on VGG19.
    """
    from keras import ops

    @ops.custom_gradient
    def both(f: Any) -> Any:
        def back(*given: Any, upstream: Any = None) -> Any:
            u = given[0] if upstream is None else upstream  # backends differ in how they hand it over
            return ops.matmul(f, u + ops.transpose(u))

        return ops.matmul(ops.transpose(f), f), back

    return both(f)


def content_loss(features: Any, target: Any) -> Any:
    """sum (F - P)^2 / sum P^2: how far a layer's answer F is from its answer P to the photo. A scalar."""
    from keras import ops

    return ops.sum(ops.square(features - target)) / ops.maximum(ops.sum(ops.square(target)), 1e-12)


def style_loss(gram: Any, target: Any) -> Any:
    """sum (G - A)^2 / sum A^2 for one layer: G and A (c, c), of the picture and of the style. A scalar."""
    from keras import ops

    return ops.sum(ops.square(gram - target)) / ops.maximum(ops.sum(ops.square(target)), 1e-12)


def total_variation_loss(image: Any) -> Any:
    """The mean squared difference of pixels that are neighbours, below and beside, (h, w, 3) in [0, 1]; a scalar.

    mean_ijc (x_{i+1,j,c} - x_ijc)^2 + mean_ijc (x_{i,j+1,c} - x_ijc)^2
    """
    from keras import ops

    down = image[..., 1:, :, :] - image[..., :-1, :, :]
    right = image[..., :, 1:, :] - image[..., :, :-1, :]
    return ops.mean(ops.square(down)) + ops.mean(ops.square(right))


# --- of a network's layers ------------------------------------------------------------------------


def layers_of(model: Backbone) -> tuple[tuple[str, ...], str]:
    """The layers that say the style, one of every block, and the one that says the content."""
    if model.name in LAYERS:
        return LAYERS[model.name]
    first = {name.split("_")[0]: name for name in reversed(model.layers)}  # of each block
    return tuple(reversed(first.values())), "block4_conv2" if "block4_conv2" in model.layers else model.layers[-1]


def objective(model: Backbone, style_layers: tuple[str, ...], content_layer: str, masked: bool) -> Callable:
    """f(image, weights, *targets) to (losses, gradient of weights @ losses), compiled once for these layers.

    losses: content, each style layer, total variation. targets: the photo's features, a Gram matrix for each
    style layer, and, where `masked`, a mask (1, h', w', 1) for each.
    """
    key = ("style transfer", style_layers, content_layer, masked)
    evaluate = model.compiled.get(key)
    if evaluate is None:
        names = list(dict.fromkeys([content_layer, *style_layers]))
        network, n = backbone.feature_extractor(model, names), len(style_layers)
        if model.name != "builtin":  # it is small: constants would delay its first picture more than they save
            network = backbone.frozen_function(network)
        channels = {name: model.network.get_layer(name).output.shape[-1] for name in names}

        def losses(image: Any, features: Any, *others: Any) -> Any:
            from keras import ops

            answers = (ops.cast(a, "float32") for a in backbone.outputs(network, image))  # of a bfloat16 network too
            found = dict(zip(names, answers, strict=True))
            grams, masks = others[:n], others[n:] or [None] * n
            styles = [
                style_loss(gram_matrix(found[name], mask), gram)
                for name, gram, mask in zip(style_layers, grams, masks, strict=True)
            ]
            return ops.stack([content_loss(found[content_layer], features), *styles, total_variation_loss(image)])

        shapes: list[tuple[int | None, ...]] = [(1, None, None, 3), (n + 2,), (1, None, None, channels[content_layer])]
        shapes += [(channels[name], channels[name]) for name in style_layers]
        shapes += [(1, None, None, 1)] * n * masked
        for old in [known for known in list(model.compiled) if known[0] == key[0]][: 1 - KEPT]:
            model.compiled.pop(old, None)  # each has a copy of the weights; whoever paints with it still holds it
        evaluate = model.compiled[key] = _compiled(losses, shapes)
    return evaluate


def _compiled(losses: Callable, shapes: list[tuple[int | None, ...]]) -> Callable:
    """The one place of this module where a backend has to be named: several losses, and one gradient of their sum."""
    from keras import backend, ops

    if backend.backend() == "tensorflow":
        import tensorflow as tf

        @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32) for shape in shapes], autograph=False)
        def both(image, weights, *targets):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(image)
                parts = losses(image, *targets)
                total = tf.tensordot(weights, parts, 1)
            return parts, tape.gradient(total, image)
    else:
        import jax

        def total(image, weights, *targets):
            parts = losses(image, *targets)
            return ops.sum(weights * parts), parts

        traced = jax.jit(jax.value_and_grad(total, has_aux=True))

        def both(image, weights, *targets):
            (_, parts), grad = traced(image, weights, *targets)
            return parts, grad

    def run(image: np.ndarray, weights: np.ndarray, *targets: Any) -> tuple[np.ndarray, np.ndarray]:
        parts, grad = both(ops.convert_to_tensor(image), ops.convert_to_tensor(weights), *targets)
        return ops.convert_to_numpy(parts), ops.convert_to_numpy(grad)

    return run


# --- to look at -----------------------------------------------------------------------------------


def grams_of(model: Backbone, picture: np.ndarray, layers: Sequence[str]) -> list[np.ndarray]:
    """The Gram matrices of a picture: (h, w, 3) uint8 to a (c, c) float32 array for each layer."""
    from keras import ops

    found = backbone.features(model, picture[None], layers)
    return [ops.convert_to_numpy(gram_matrix(ops.convert_to_tensor(a.astype("float32")))) for a in found]


def distances(grams: Sequence[np.ndarray], targets: Sequence[np.ndarray]) -> list[float]:
    """The style loss of each layer."""
    return [float(np.square(g - a).sum() / max(np.square(a).sum(), 1e-12)) for g, a in zip(grams, targets, strict=True)]


def heat(grams: Sequence[np.ndarray], style: np.ndarray, channels: int = 32) -> list[np.ndarray]:
    """Gram matrices of one layer as pictures, (n, n) float32 in [0, 1], all in one order and on one scale.

    The `channels` that `style` (c, c) uses most, its strongest first; 1 is the strongest of its entries.
    Square roots are shown: else the one strongest pair would leave the others black.
    """
    order = np.argsort(-np.diag(style))[:channels]
    top = max(float(style[order[0], order[0]]), 1e-12)
    return [np.sqrt(np.clip(gram[np.ix_(order, order)] / top, 0, 1)).astype("float32") for gram in grams]
