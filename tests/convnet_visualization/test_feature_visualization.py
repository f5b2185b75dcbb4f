"""Gradient ascent from noise: filters, classes, the parameterization of the image."""

import numpy as np
import pytest

from genmodels.convnet_visualization import feature_visualization
from genmodels.vision import backbone


def last(steps):
    *_, step = steps
    return step


def test_each_image_maximizes_its_own_filter(tiny, noise):
    """Its channel rises above the mean rise of the other images in this channel."""
    step = last(feature_visualization.visualize_filters(tiny, "block2_conv2", range(6), image_size=32, steps=30))
    assert step.images.shape == (6, 32, 32, 3) and step.images.dtype == np.uint8
    before = _means(tiny, "block2_conv2", np.stack([noise(32, 32, seed) // 8 + 112 for seed in range(6)]))
    increase = _means(tiny, "block2_conv2", step.images) - before.mean(axis=0)
    for k in range(6):
        others = np.delete(increase, k, axis=0)[:, k]
        assert increase[k, k] > 0 and increase[k, k] > others.mean()


def _means(model, layer, images) -> np.ndarray:
    """(n, channels): mean activation of each channel for each image."""
    return backbone.features(model, images, [layer])[0].mean(axis=(1, 2))


def test_the_objective_rises(tiny):
    objectives = [
        step.losses["objective"]
        for step in feature_visualization.visualize_filters(tiny, "block3_conv1", [2, 5], image_size=32, steps=25)
    ]
    assert np.mean(objectives[-3:]) > np.mean(objectives[:3])


def test_the_red_filter_gets_a_red_image(red_or_blue):
    step = last(
        feature_visualization.visualize_filters(
            red_or_blue, "block1_conv1", [0, 1], image_size=16, steps=40, step_size=0.3
        )
    )
    red, blue = step.images.mean(axis=(1, 2))
    assert red[0] > red[2] + 60 and blue[2] > blue[0] + 60
    assert np.array_equal(step.image, step.images[0])


def test_the_probability_of_a_visualized_class_rises(tiny, noise):
    step = last(feature_visualization.visualize_classes(tiny, [0, 3, 4], image_size=32, steps=40))
    probabilities, chance = backbone.classify(tiny, step.images), backbone.classify(tiny, noise(32, 32)[None])[0]
    for row, target in zip(probabilities, [0, 3, 4], strict=True):
        assert row[target] > chance[target]


def test_the_same_seed_gives_the_same_image(tiny):
    def image(seed):
        return last(
            feature_visualization.visualize_filters(tiny, "block2_conv1", [1], image_size=24, steps=4, seed=seed)
        ).image

    assert np.array_equal(image(3), image(3))
    assert not np.array_equal(image(3), image(4))


def test_steps_are_counted(tiny):
    steps = list(feature_visualization.visualize_filters(tiny, "block1_conv1", [0], image_size=16, steps=3))
    assert [(step.done, step.total) for step in steps] == [(1, 3), (2, 3), (3, 3)]


def test_without_frequency_decay_the_image_has_higher_frequencies(tiny):
    def mean_difference(decay_power):
        steps = feature_visualization.visualize_filters(
            tiny, "block2_conv2", [0], image_size=32, steps=15, decay_power=decay_power
        )
        image = last(steps).image / 255.0
        return np.abs(np.diff(image, axis=1)).mean() / image.std()

    assert mean_difference(0.0) > mean_difference(1.5)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (
            lambda model: feature_visualization.visualize_filters(model, "block2_conv1", [6]),
            "block2_conv1 has no channel 6: there are 6",
        ),
        (
            lambda model: feature_visualization.visualize_filters(model, "block2_conv1", [0, -1]),
            "has no channel -1",
        ),
        (lambda model: feature_visualization.visualize_filters(model, "block2_conv1", []), "got none"),
        (
            lambda model: feature_visualization.visualize_filters(model, "block2_conv1", [0], image_size=8),
            "image size of 16 pixels or more, got 8",
        ),
        (lambda model: feature_visualization.visualize_filters(model, "block9_conv1", [0]), "has no layers"),
        (lambda model: feature_visualization.visualize_classes(model, [5]), "has no class 5"),
        (lambda model: feature_visualization.visualize_classes(model, []), "got none"),
        (
            lambda model: feature_visualization.visualize_classes(model, [0], image_size=0),
            "image size of 16 pixels",
        ),
    ],
)
def test_unknown_channels_classes_and_sizes_raise(tiny, call, match):
    with pytest.raises(ValueError, match=match):
        next(call(tiny))


def test_backprop_to_the_spectrum_equals_a_difference_quotient():
    rng = np.random.default_rng(0)
    size, z = 16, feature_visualization._noise(1, 16, np.random.default_rng(1)) * 30
    grad = rng.standard_normal((1, size, size, 3))  # of the sum of grad * image
    g = feature_visualization._backprop_to_spectrum(grad, feature_visualization._to_image(z))
    for index in [(0, 3, 2, 0), (0, 5, 4, 1), (0, 14, 1, 2)]:
        for part in (1.0, 1.0j):
            changed = z.copy()
            changed[index] += 0.01 * part
            difference = feature_visualization._to_image(changed) - feature_visualization._to_image(z)
            change = float((grad * difference).sum())
            # A coefficient of half a spectrum stands for two waves of size * size values.
            slope = (g[index] * np.conj(part)).real * 2 / size**2
            np.testing.assert_allclose(change / 0.01, slope, rtol=0.02, atol=1e-4)
