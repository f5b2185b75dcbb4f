"""The perceptual losses of a batch against style transfer's losses."""

import numpy as np

from genmodels.live_style import losses as live_style_losses
from genmodels.style_transfer import losses
from genmodels.vision import backbone


def test_perceptual_losses_equal_style_transfers_losses(loss_network, photo):
    """For each image of the batch, as `style_transfer.losses` computes them for one."""
    rng = np.random.default_rng(0)
    stylized, image = rng.random((2, 2, 32, 32, 3)).astype("float32")
    grams = live_style_losses.style_targets(loss_network, [photo(32, 32, 1), photo(32, 32, 2)])
    blend_weights = np.array([[0, 1, 0], [0, 0.3, 0.7]], "float32")
    content, style, variation, identity = live_style_losses.perceptual_losses(loss_network, grams)(
        stylized, image, blend_weights
    )
    names = ["block1_conv1", "block2_conv2", "block3_conv1", "block4_conv1"]
    network = backbone.feature_extractor(loss_network, names)
    for k in range(2):
        activations, targets = (backbone.outputs(network, each[k : k + 1]) for each in (stylized, image))
        gram_targets = [np.tensordot(blend_weights[k, 1:], gram, 1) for gram in grams]
        expected = sum(
            losses.style_loss(losses.gram_matrix(f), a) for f, a in zip(activations, gram_targets, strict=True)
        )
        assert np.isclose(style[k], expected, rtol=1e-3)
        assert np.isclose(content[k], losses.content_loss(activations[2], targets[2]), rtol=1e-3)
        assert np.isclose(variation[k], losses.total_variation_loss(stylized[k]), rtol=1e-3)
    assert np.allclose(identity, 0)


def test_the_identity_has_the_pixel_loss_only(loss_network, photo):
    stylized, image = np.random.default_rng(0).random((2, 1, 32, 32, 3)).astype("float32")
    grams = live_style_losses.style_targets(loss_network, [photo(32, 32, 1)])
    content, style, _, identity = live_style_losses.perceptual_losses(loss_network, grams)(
        stylized, image, np.float32([[1, 0]])
    )
    assert content[0] == style[0] == 0
    assert np.isclose(identity[0], np.square(stylized - image).mean())
