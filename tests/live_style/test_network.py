"""Stylization: sizes, blending, strength, colors, 2-D interpolation."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.live_style import network
from genmodels.live_style.layers import is_style_layer
from genmodels.live_style.network import LiveStyle


@pytest.mark.parametrize("size", [(40, 56), (33, 47), (1, 5)])
def test_stylize_keeps_any_size(model, size, photo):
    stylized = network.stylize(model, photo(*size), [1, 0, 0, 0])
    assert stylized.shape == (*size, 3) and stylized.dtype == np.uint8


def test_styles_differ_and_stylize_is_deterministic(model, photo):
    image = photo()
    one, again, other = (network.stylize(model, image, row) for row in ([1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]))
    assert np.array_equal(one, again) and np.abs(one.astype(int) - other).mean() > 2


def test_blend_weights_are_normalized(model, photo):
    image = photo()
    assert np.array_equal(network.stylize(model, image, [0, 0, 3.0, 0]), network.stylize(model, image, [0, 0, 1, 0]))


def test_blending_interpolates_the_normalization_parameters(model, photo):
    """Half of two styles is the network with the means of their scales and shifts."""
    half = network.build(2, widths=(4, 6), blocks=1)
    for layer, old in zip(half.layers, model.network.layers, strict=True):
        values = old.get_weights()
        if is_style_layer(layer):
            values = [np.stack([rows[0], (rows[1] + rows[3]) / 2]) for rows in values]
        layer.set_weights(values)
    image = photo()
    blended = network.stylize(model, image, [1, 0, 1, 0]).astype(int)
    assert np.abs(blended - network.stylize(LiveStyle(half, ("half",)), image, [1])).max() <= 1


def test_strength_zero_is_the_identity_for_every_style(model, photo):
    image = photo()
    one, other = (network.stylize(model, image, row, strength=0) for row in ([1, 0, 0, 0], [0, 1, 0, 0]))
    assert np.array_equal(one, other)


def test_preserve_color_changes_luminance_only(model):
    image = np.full((24, 24, 3), (130, 120, 110), "uint8")
    stylized = network.stylize(model, image, [1, 0, 0, 0], preserve_color=True).astype(int)
    unclipped = ((stylized > 0) & (stylized < 255)).all(axis=-1)
    change = (stylized - image)[unclipped]
    assert unclipped.any() and np.ptp(change, axis=-1).max() <= 1


@pytest.mark.parametrize("blend_weights", [[1, 0], [0, 0, 0, 0], [1, -1, 1, 0], [1, np.nan, 0, 0]])
def test_invalid_blend_weights_are_refused(model, blend_weights, photo):
    with pytest.raises(ValueError, match="4 blend weights"):
        network.stylize(model, photo(), blend_weights)


def test_invalid_images_and_strengths_are_refused(model, photo):
    with pytest.raises(ValueError, match="uint8"):
        network.stylize(model, photo() / 255, [1, 0, 0, 0])
    with pytest.raises(ValueError, match="strength"):
        network.stylize(model, photo(), [1, 0, 0, 0], strength=2.5)


def test_interpolate_2d_is_bilinear(model):
    names = ["ink", "dots", "dots", "glass"]
    assert network.interpolate_2d(model, names, 0, 0).tolist() == [0, 0, 1, 0]
    assert network.interpolate_2d(model, names, 1, 1).tolist() == [0, 0, 0, 1]
    assert network.interpolate_2d(model, names, 0.5, 0.5).tolist() == [0.5, 0, 0.25, 0.25]
    assert network.interpolate_2d(model, names, -3, 9).tolist() == [1, 0, 0, 0]
    with pytest.raises(ValueError, match="four styles"):
        network.interpolate_2d(model, ["ink", "dots", "oil", "glass"], 0, 0)


def test_build_arguments_are_recovered():
    assert network.build_arguments(network.build(3, widths=(4, 6), blocks=2)) == {"widths": (4, 6), "blocks": 2}


def test_all_pretrained_weights_are_loaded():
    """Keras stores weights under the names of the layer classes: a renamed class would not find its weights."""
    import h5py

    stored: list[np.ndarray] = []
    with h5py.File(weights.path(network.NAME)) as file:
        file.visititems(lambda _, item: stored.append(item[()]) if isinstance(item, h5py.Dataset) else None)
    model = network.load()
    loaded = model.network.get_weights()
    assert len(model.names) == 16 and sum(w.size for w in stored) == model.network.count_params()
    fingerprint = [sorted(float(np.abs(w.astype("float64")).sum()) for w in group) for group in (stored, loaded)]
    np.testing.assert_allclose(*fingerprint, rtol=1e-6)
