"""Analysis of a dream: gradient stages, layer activations, predictions."""

import numpy as np
import pytest

from genmodels.deep_dream import analysis
from genmodels.deep_dream import dream as deep_dream
from tests.deep_dream.conftest import LAYERS


def last(*args, **settings):
    *_, step = deep_dream.dream(*args, octaves=1, steps=8, step_size=0.02, **settings)
    return step


def test_gradient_stages_are_images_around_gray(model, photo):
    stages = analysis.gradient_stages(photo, model=model, layers=LAYERS)
    assert list(stages) == ["Raw gradient", "Laplacian-normalized", "Color-corrected"]
    for image in stages.values():
        assert image.shape == photo.shape and image.dtype == np.uint8
    assert abs(stages["Laplacian-normalized"].mean() - 127.5) < 4, "low frequencies are removed"


def test_activations_of_the_maximized_layer_rise(model, photo):
    step = last(photo, model=model, layers={"block3_conv1": 1.0})
    before, after = analysis.layer_activations(model, photo), analysis.layer_activations(model, step.image)
    assert list(before) == list(model.layers)
    assert after["block3_conv1"] > 1.2 * before["block3_conv1"]


def test_the_probability_of_the_maximized_class_rises(model, photo):
    step = last(photo, model=model, target=3)
    before, after = analysis.predict(model, photo), analysis.predict(model, step.image)
    assert before.shape == (5,) and before.sum() == pytest.approx(1, rel=1e-5)
    assert after[3] > before[3]
