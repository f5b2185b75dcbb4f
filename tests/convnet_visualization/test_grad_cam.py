"""Grad-CAM heatmaps and the randomization test."""

import keras
import numpy as np
import pytest

from genmodels.convnet_visualization import feature_visualization, grad_cam
from genmodels.convnet_visualization.inputs import CLASSES
from genmodels.vision import backbone
from genmodels.vision.architecture import Backbone
from tests.convnet_visualization.conftest import CLASS_NAMES


def halves() -> np.ndarray:
    """Red at the left, blue at the right."""
    photo = np.zeros((48, 64, 3), "uint8")
    photo[:, :32, 0] = photo[:, 32:, 2] = 255
    return photo


@pytest.mark.parametrize("layer", ["block1_conv1", "block2_conv1"])
def test_the_heatmap_covers_the_region_of_the_class(red_or_blue, layer):
    red, blue = grad_cam.grad_cam(red_or_blue, halves(), layer, [0, 1])
    middle = red.shape[1] // 2
    assert red.max() == blue.max() == 1 and red.min() == blue.min() == 0
    assert red[:, : middle - 1].min() > 0.9 and red[:, middle + 1 :].max() < 0.1
    assert blue[:, middle + 1 :].min() > 0.9 and blue[:, : middle - 1].max() < 0.1


def test_grad_cam_equals_its_equation(tiny, noise):
    """ReLU(sum_k alpha_k A^k): after the last layer come a mean and a matrix, so alpha is that matrix over h w."""
    photo = noise(64, 64)  # twice the input size, as Grad-CAM resizes it
    (a,) = backbone.features(tiny, photo[None], ["block3_conv1"])
    kernel, _ = tiny.network.get_layer("classes").get_weights()
    for target, heatmap in enumerate(grad_cam.grad_cam(tiny, photo, "block3_conv1", range(5))):
        expected = np.maximum(a[0] @ kernel[:, target], 0)
        np.testing.assert_allclose(heatmap, expected / max(expected.max(), 1e-12), atol=1e-4)


def test_a_class_without_positive_evidence_has_an_empty_heatmap(red_or_blue):
    photo = np.zeros((32, 32, 3), "uint8")
    photo[..., 0] = 255
    assert grad_cam.grad_cam(red_or_blue, photo, "block2_conv1", [1])[0].max() == 0


@pytest.mark.parametrize(("targets", "match"), [([5], "has no class 5"), ([-1], "has no class -1"), ([], "got none")])
def test_unknown_classes_raise(tiny, noise, targets, match):
    with pytest.raises(ValueError, match=match):
        grad_cam.grad_cam(tiny, noise(), "block3_conv1", targets)


@pytest.mark.parametrize(
    "image", [np.zeros((4, 4), "uint8"), np.zeros((4, 4, 3), "float32"), np.zeros((0, 4, 3), "uint8")]
)
def test_another_array_raises(tiny, image):
    with pytest.raises(ValueError, match=r"expected an image \(h, w, 3\) uint8"):
        grad_cam.grad_cam(tiny, image, "block3_conv1", [0])
    with pytest.raises(ValueError, match=r"expected an image \(h, w, 3\) uint8"):
        next(grad_cam.randomization_test(tiny, image, "block3_conv1", 0))


def test_unknown_layers_raise(tiny, noise):
    with pytest.raises(ValueError, match="has no layer block9_conv1"):
        grad_cam.grad_cam(tiny, noise(), "block9_conv1", [0])
    with pytest.raises(ValueError, match="has no layer block9_conv1"):
        next(grad_cam.randomization_test(tiny, noise(), "block9_conv1", 0))
    with pytest.raises(ValueError, match="has no class 7"):
        next(grad_cam.randomization_test(tiny, noise(), "block3_conv1", 7))


def test_randomized_weights_change_the_heatmap_but_not_the_model(red_or_blue):
    before = [w.copy() for w in red_or_blue.network.get_weights()]
    trained = grad_cam.grad_cam(red_or_blue, halves(), "block2_conv1", [0])[0]
    stages = list(grad_cam.randomization_test(red_or_blue, halves(), "block2_conv1", 0, seed=1))
    assert [stage.layer for stage in stages] == [CLASSES, "block2_conv1", "block1_conv1"]
    assert [(stage.done, stage.total) for stage in stages] == [(1, 3), (2, 3), (3, 3)]
    assert not np.allclose(stages[-1].heatmap, trained, atol=0.05)
    assert all(np.array_equal(a, b) for a, b in zip(before, red_or_blue.network.get_weights(), strict=True))


def test_the_same_seed_gives_the_same_random_weights(red_or_blue, noise):
    once, again, other = (
        [stage.heatmap for stage in grad_cam.randomization_test(red_or_blue, noise(), "block1_conv1", 0, seed=seed)]
        for seed in (0, 0, 1)
    )
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(once, other, strict=True))


def test_a_classifier_of_a_fixed_size_works(tiny, noise):
    """As in the pretrained networks: the classifier accepts `input_size` pixels, the network any size."""
    image = keras.Input((32, 32, 3), name="image")
    fixed = keras.models.clone_model(tiny.network, input_tensors=image)
    fixed.set_weights(tiny.network.get_weights())
    model = Backbone("fixed", tiny.network, fixed, tiny.layers, CLASS_NAMES, 32)
    assert not model.any_size
    half = Backbone("half", tiny.network, tiny.network, tiny.layers, CLASS_NAMES, 16)  # resized to 32 as well
    same = grad_cam.grad_cam(half, noise(), "block2_conv2", [1])
    np.testing.assert_allclose(grad_cam.grad_cam(model, noise(), "block2_conv2", [1]), same, atol=1e-5)
    assert len(list(grad_cam.randomization_test(model, noise(), "block3_conv1", 0))) == 5
    *_, step = feature_visualization.visualize_classes(model, [2], image_size=24, steps=2)
    assert step.images.shape == (1, 24, 24, 3)


def test_rank_correlation():
    a = np.arange(12.0).reshape(3, 4)
    assert grad_cam.rank_correlation(a, np.exp(a)) == pytest.approx(1)
    assert grad_cam.rank_correlation(a, -a) == pytest.approx(-1)
    assert grad_cam.rank_correlation(a, np.zeros((3, 4))) == 0
