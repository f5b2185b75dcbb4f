"""Perceptual losses of fast style transfer: a fixed loss network compares the output with photo and style.

The losses are those of optimization-based style transfer (Gatys et al. 2015, arXiv:1508.06576), computed for a batch;
they train the weights of the stylization network instead of pixels (Johnson et al. 2016, arXiv:1603.08155). Each is
relative to the size of its target, so that one set of weights serves every style.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from genmodels.style_transfer.losses import gram_matrix
from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone

CONTENT_BLOCK, STYLE_BLOCKS = 3, (1, 2, 3, 4)  # of the loss network: the last layer of each
LOSS_WEIGHTS = {"content": 1.0, "style": 3.0, "total_variation": 0.5, "identity": 20.0}


def last_layer_of_block(loss_network: Backbone, block: int) -> str:
    """The last layer of a block, or of the network if it has no such block."""
    names = [name for name in loss_network.layers if name.startswith(f"block{block}_")]
    return names[-1] if names else loss_network.layers[-1]


def style_loss_layers(loss_network: Backbone) -> list[str]:
    return list(dict.fromkeys(last_layer_of_block(loss_network, block) for block in STYLE_BLOCKS))


def style_targets(loss_network: Backbone, styles: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The Gram matrices of style images: for each style layer (styles, channels, channels) float32.

    styles: (h, w, 3) uint8 of any size; the size sets the size of the strokes.
    """
    layers = style_loss_layers(loss_network)
    grams = [[gram_matrix(a) for a in backbone.features(loss_network, style[None], layers)] for style in styles]
    return [np.stack([np.asarray(gram) for gram in of_layer]) for of_layer in zip(*grams, strict=True)]


def _batch_gram_matrices(features: Any) -> Any:
    """`gram_matrix` for each image of a batch: (n, h, w, c) to (n, c, c)."""
    from keras import ops

    n, h, w, c = ops.shape(features)
    f = ops.reshape(features, (n, h * w, c))
    return ops.matmul(ops.transpose(f, (0, 2, 1)), f) / ops.cast(h * w, "float32")


def perceptual_losses(loss_network: Backbone, grams: Sequence[np.ndarray]) -> Callable:
    """f(stylized, photo, blend_weights) to (content, style, total_variation, identity), each (n,).

    stylized, photo: (n, h, w, 3), about in [0, 1]. blend_weights: (n, 1 + styles), the identity first, then the
    styles in the order of `grams`. With F the features of a layer and G their Gram matrices:

        content         = mean (F(stylized) - F(photo))^2 / mean F(photo)^2
        style           = sum over layers |G(stylized) - sum_s w_s G_s|^2 / |sum_s w_s G_s|^2
        total_variation = mean (difference of neighbors)^2, plus 10 mean (excess over [0, 1])^2
        identity        = mean (stylized - photo)^2, weighted by the identity's blend weight

    Content, style and the difference of neighbors are weighted by 1 minus the identity's blend weight.
    """
    from keras import ops

    content_layer, style_layers = last_layer_of_block(loss_network, CONTENT_BLOCK), style_loss_layers(loss_network)
    style_network = backbone.feature_extractor(loss_network, style_layers)
    content_index = style_layers.index(content_layer)
    content_network = backbone.feature_extractor(loss_network, [content_layer])

    def image_mean(x):
        return ops.mean(x, axis=(1, 2, 3))

    def losses(stylized, photo, blend_weights):
        activations = backbone.outputs(style_network, stylized)
        (target,) = backbone.outputs(content_network, photo)
        target = ops.stop_gradient(target)
        stylization = 1 - blend_weights[:, 0]
        squared_difference = ops.square(activations[content_index] - target)
        content = image_mean(squared_difference) / ops.maximum(image_mean(ops.square(target)), 1e-12)
        style = 0.0
        for features, layer_grams in zip(activations, grams, strict=True):
            s, c, _ = layer_grams.shape
            gram = ops.matmul(blend_weights[:, 1:], ops.reshape(layer_grams, (s, c * c)))
            gram = ops.reshape(gram, (-1, c, c))
            distance = ops.sum(ops.square(_batch_gram_matrices(features) - gram), axis=(1, 2))
            style = style + distance / ops.maximum(ops.sum(ops.square(gram), axis=(1, 2)), 1e-12)
        excess = ops.square(stylized - ops.clip(stylized, 0.0, 1.0))
        vertical, horizontal = stylized[:, 1:] - stylized[:, :-1], stylized[:, :, 1:] - stylized[:, :, :-1]
        variation = image_mean(ops.square(vertical)) + image_mean(ops.square(horizontal))
        variation = stylization * variation + 10 * image_mean(excess)
        identity = blend_weights[:, 0] * image_mean(ops.square(stylized - photo))
        return stylization * content, stylization * style, variation, identity

    return losses
