"""The losses of style transfer against NumPy, and their compiled form."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from genmodels.style_transfer import losses
from genmodels.vision import backbone

STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1")


def test_gram_matrix_is_the_mean_of_products():
    features = np.random.default_rng(0).random((5, 7, 3), "float32")
    expected = np.zeros((3, 3))
    for i in range(5):
        for j in range(7):
            expected += np.outer(features[i, j], features[i, j])
    np.testing.assert_allclose(losses.gram_matrix(features), expected / 35, rtol=1e-5)
    np.testing.assert_allclose(losses.gram_matrix(features[None]), expected / 35, rtol=1e-5)


def test_masked_gram_matrix_is_that_of_the_region():
    features = np.random.default_rng(1).random((6, 4, 3), "float32")
    mask = np.zeros((6, 4), "float32")
    mask[:3] = 1
    np.testing.assert_allclose(losses.gram_matrix(features, mask), losses.gram_matrix(features[:3]), rtol=1e-5)


@pytest.mark.parametrize("masked", [False, True])
def test_gram_matrix_gradient_equals_numpy(masked):
    """dF = m F (U + U') / sum m for the gradient U with respect to G."""
    rng = np.random.default_rng(8)
    f, u = rng.random((4, 5, 3), "float32"), rng.standard_normal((3, 3)).astype("float32")
    mask = rng.random((4, 5), "float32") if masked else np.ones((4, 5), "float32")
    mask[1, 2] = 0 if masked else 1
    x = tf.Variable(f)
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(u * losses.gram_matrix(x, mask if masked else None))
    expected = mask[..., None] * (f @ (u + u.T)) / mask.sum()
    np.testing.assert_allclose(tape.gradient(value, x), expected, rtol=1e-4, atol=1e-6)


def test_gram_matrix_has_no_spatial_information():
    features = np.random.default_rng(2).random((36, 4), "float32")
    shuffled = np.random.default_rng(3).permutation(features)
    one, other = (losses.gram_matrix(each.reshape(6, 6, 4)) for each in (features, shuffled))
    np.testing.assert_allclose(one, other, rtol=1e-5)


def test_losses_equal_numpy():
    rng = np.random.default_rng(4)
    a, b = rng.random((2, 1, 5, 6, 3), "float32")
    relative = ((a.astype(float) - b) ** 2).sum() / (b.astype(float) ** 2).sum()
    assert float(losses.content_loss(a, b)) == pytest.approx(relative, rel=1e-5)
    g, h = a[0, :3, :3, 0], b[0, :3, :3, 0]
    assert float(losses.style_loss(g, h)) == pytest.approx(((g - h) ** 2).sum() / (h**2).sum(), rel=1e-5)
    assert losses.style_loss_per_layer([g], [h]) == pytest.approx([float(losses.style_loss(g, h))], rel=1e-5)
    variation = np.square(np.diff(a[0], axis=0)).mean() + np.square(np.diff(a[0], axis=1)).mean()
    assert float(losses.total_variation_loss(a)) == pytest.approx(variation, rel=1e-5)
    assert float(losses.total_variation_loss(a[0])) == pytest.approx(variation, rel=1e-5)


def test_compiled_losses_and_gradient(model, photo, style):
    evaluate = losses.losses_and_gradient(model, STYLE_LAYERS, "block3_conv1", False)
    content = backbone.features(model, photo[None], ["block3_conv1"])[0]
    grams = losses.gram_matrices(model, style, STYLE_LAYERS)
    x = np.random.default_rng(5).random((1, 48, 72, 3), "float32")
    weights = np.array([1.0, 0.5, 2.0, 3.0, 4.0], "float32")
    terms, grad = evaluate(x, weights, content, *grams)
    assert grad.shape == x.shape and terms.shape == (5,)
    assert terms[-1] == pytest.approx(float(losses.total_variation_loss(x)), rel=1e-4)
    direction = np.random.default_rng(6).standard_normal(x.shape).astype("float32")
    h = np.float32(2e-4)  # small, because of the kinks of the ReLUs
    ahead, behind = (weights.astype(float) @ evaluate(x + t * direction, weights, content, *grams)[0] for t in (h, -h))
    assert (ahead - behind) / (2 * h) == pytest.approx(float((grad * direction).sum()), rel=0.05)


@pytest.mark.slow
def test_number_of_compiled_losses_is_limited(photo, style):
    """Each holds a copy of a public network's weights, so their number must not grow with the choices of layers."""
    network = backbone.build(((4,), (6,), (8,)), classes=5, seed=1)
    model = backbone.from_keras(network, list("abcde"), name="vgg19")
    content = backbone.features(model, photo[None], ["block3_conv1"])[0]
    grams = dict(zip(STYLE_LAYERS, losses.gram_matrices(model, style, STYLE_LAYERS), strict=True))
    x = np.random.default_rng(9).random((1, 48, 72, 3), "float32")

    def loss_terms(layers):
        evaluate = losses.losses_and_gradient(model, layers, "block3_conv1", False)
        return evaluate(x, np.ones(len(layers) + 2, "float32"), content, *(grams[name] for name in layers))[0]

    subsets = [layers for n in (1, 2, 3) for layers in itertools.combinations(STYLE_LAYERS, n)]
    by_layers = {layers: loss_terms(layers) for layers in subsets}
    assert sum(key[0] == "style transfer" for key in model.compiled) == losses.MAX_COMPILED < len(subsets)
    np.testing.assert_array_equal(loss_terms(subsets[0]), by_layers[subsets[0]])
    builtin = losses.losses_and_gradient(
        backbone.from_keras(network, list("abcde")), STYLE_LAYERS, "block3_conv1", False
    )
    all_terms = builtin(x, np.ones(5, "float32"), content, *grams.values())[0]  # compiled as for the built-in network
    for layers, terms in by_layers.items():
        expected = [all_terms[0], *(all_terms[1 + STYLE_LAYERS.index(name)] for name in layers), all_terms[-1]]
        np.testing.assert_allclose(terms, expected, rtol=1e-4)


def test_heatmaps_have_one_order_and_scale():
    gram = np.diag([1.0, 4.0, 0.25]).astype("float32")
    one, half = losses.gram_heatmaps([gram, gram / 4], gram, n_channels=2)
    np.testing.assert_allclose(one, [[1, 0], [0, 0.5]])
    np.testing.assert_allclose(half, one / 2)


def test_default_layers_are_one_of_each_block(model):
    assert losses.default_layers(model) == (STYLE_LAYERS, "block3_conv1")
    style_layers, content_layer = losses.default_layers(backbone.from_keras(backbone.build(), []))
    assert style_layers == tuple(f"block{b}_conv1" for b in range(1, 6)) and content_layer == "block4_conv2"
