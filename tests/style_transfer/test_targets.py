"""Gram matrices of photo, style and result."""

import pytest

from genmodels.style_transfer import losses, targets
from genmodels.style_transfer.transfer import transfer

STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1")


@pytest.mark.slow
def test_stylized_image_has_a_lower_style_loss_at_every_layer(model, photo, style):
    *_, step = transfer(photo, style, model=model, content_weight=0.0, tv_weight=0.0, steps_per_scale=25, n_scales=1)
    grams = targets.style_grams_by_layer(model, photo, step.image, [style])
    assert tuple(grams) == STYLE_LAYERS
    for target, before, after in grams.values():
        layer_losses = losses.style_loss_per_layer([before, after], [target, target])
        assert layer_losses[1] < layer_losses[0]
