"""The color map of activations and heatmaps."""

import numpy as np

from genmodels.convnet_visualization import colormap


def test_colors_grow_lighter_from_black_to_light_yellow():
    colors = colormap.colors().astype(int)
    luminance = colors @ [0.2126, 0.7152, 0.0722]
    assert colors.shape == (256, 3) and (np.diff(luminance) > -0.8).all()
    assert luminance[0] < 3 and luminance[-1] > 200
    assert np.array_equal(colormap.colorize(np.array([[0.0, 1.0]]))[0, 1], colors[-1])
