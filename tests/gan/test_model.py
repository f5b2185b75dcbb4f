"""The GAN models: shapes, seeds, kernels, minibatch layers, invalid arguments."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from genmodels import weights
from genmodels.gan import model as gan
from genmodels.gan import networks as gan_networks
from genmodels.gan import training as gan_training
from genmodels.gan.model import Hyperparameters

CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.Conv2DTranspose)
PRETRAINED = [name for name in gan.CONFIGS if (weights.FOLDER / f"gan_{name}.json").exists()]


@pytest.fixture(scope="module")
def plain():
    return gan.build("dense")


@pytest.fixture(scope="module")
def conditional():
    return gan.build("dense", classes=3, hyperparameters=Hyperparameters(output_activation="sigmoid"))


# --- generating and scoring ----------------------------------------------------------------------------


@pytest.mark.parametrize("architecture", gan.ARCHITECTURES)
def test_latents_become_images_and_images_a_probability(architecture):
    model = gan.build(architecture)
    images = gan.generate(model, gan.sample_latents(model, 3, seed=0))
    assert images.dtype == np.uint8 and images.shape == ((3, 32, 32, 3) if architecture == "color" else (3, 28, 28))
    scores = gan.discriminate(model, images)
    assert scores.shape == (3,) and scores.dtype == np.float32 and ((scores > 0) & (scores < 1)).all()


def test_the_same_seed_generates_the_same_images(plain):
    one, again, other = (gan.generate(plain, gan.sample_latents(plain, 2, seed)) for seed in (0, 0, 1))
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    copy = gan.build("dense")
    assert np.array_equal(one, gan.generate(copy, gan.sample_latents(copy, 2, 0)))
    other_weights = gan.build("dense", seed=1)
    assert not np.array_equal(one, gan.generate(other_weights, gan.sample_latents(other_weights, 2, 0)))


def test_an_image_does_not_depend_on_the_others_in_its_batch():
    model = gan.build("dcgan")
    z = gan.sample_latents(model, 5, seed=0)
    assert np.abs(gan.generate(model, z).astype(int)[2:3] - gan.generate(model, z[2:3])).max() <= 1


def test_latents_have_the_configured_distribution():
    normal, uniform = (
        gan.build("dense", hyperparameters=Hyperparameters(latent_distribution=latent))
        for latent in gan.LATENT_DISTRIBUTIONS
    )
    assert np.abs(gan.sample_latents(normal, 500, 0)).max() > 2.5
    z = gan.sample_latents(uniform, 500, 0)
    assert np.abs(z).max() <= 1 and np.abs(z).mean() == pytest.approx(0.5, abs=0.02)


def test_the_data_has_the_range_of_the_output_activation():
    images = np.array([0, 255], "uint8").reshape(2, 1, 1)
    assert gan.scale_images(images, Hyperparameters()).ravel().tolist() == [-1, 1]
    for output in ("sigmoid", "tanh_0_1"):
        assert gan.scale_images(images, Hyperparameters(output_activation=output)).ravel().tolist() == [0, 1]
    assert gan.scale_images(images, Hyperparameters()).shape == (2, 1, 1, 1)


@pytest.mark.parametrize("output", gan.OUTPUT_ACTIVATIONS)
def test_a_generated_image_scales_back_to_the_generators_output(output):
    model = gan.build("dense", hyperparameters=Hyperparameters(output_activation=output))
    z = gan.sample_latents(model, 3, seed=0)
    output_values = np.asarray(model.generator([z], training=False))
    black = -1 if output == "tanh" else 0  # lower values are black, too
    back = gan.scale_images(gan.generate(model, z), model.hyperparameters)
    assert np.abs(back - output_values.clip(black, 1)).max() <= 0.51 * (1 - black) / 255


# --- classes --------------------------------------------------------------------------------------


def test_a_class_changes_the_image_and_its_score(conditional):
    z = gan.sample_latents(conditional, 2, seed=0)
    first, second = gan.generate(conditional, z, [0, 0]), gan.generate(conditional, z, [1, 1])
    assert not np.array_equal(first, second)
    right_label, wrong_label = (
        gan.discriminate(conditional, first, [0, 0]),
        gan.discriminate(conditional, first, [2, 2]),
    )
    assert not np.allclose(right_label, wrong_label)


def test_labels_can_be_interpolated(conditional):
    z = gan.sample_latents(conditional, 1, seed=0)
    from_integer, from_weights = gan.generate(conditional, z, [1]), gan.generate(conditional, z, [[0, 1, 0]])
    assert np.array_equal(from_integer, from_weights)
    assert not np.array_equal(from_integer, gan.generate(conditional, z, [[0.5, 0.5, 0]]))


@pytest.mark.parametrize("labels", [None, [0], [0, 3], [-1, 0], [[1, 0], [0, 1]], 1])
def test_invalid_labels_raise(conditional, labels):
    with pytest.raises(ValueError, match="labels must be"):
        gan.generate(conditional, gan.sample_latents(conditional, 2, 0), labels)


def test_labels_for_an_unconditional_model_raise(plain):
    with pytest.raises(ValueError, match="no labels"):
        gan.generate(plain, gan.sample_latents(plain, 1, 0), [0])


# --- invalid arguments ------------------------------------------------------------------------------


@pytest.mark.parametrize("z", [np.zeros((2, 29)), np.zeros(30), np.zeros((1, 2, 30))])
def test_latents_of_another_shape_raise(plain, z):
    with pytest.raises(ValueError, match=r"\(n, 30\)"):
        gan.generate(plain, z)


@pytest.mark.parametrize(
    "images", [np.zeros((2, 28, 28)), np.zeros((2, 32, 32), "uint8"), np.zeros((2, 28, 28, 3), "uint8")]
)
def test_images_of_another_shape_raise(plain, images):
    with pytest.raises(ValueError, match="uint8"):
        gan.discriminate(plain, images)


@pytest.mark.parametrize(
    "wrong",
    [
        {"output_activation": "relu"},
        {"latent_distribution": "cauchy"},
        {"activation": "tanh"},
        {"minibatch_layer": "some"},
        {"objective": "vae"},
        {"label_noise": 1.5},
        {"replay_fraction": -0.1},
        {"lr_decay": 2.0},
        {"dropout": 1.0},
        {"ema_decay": 1.0},
        {"kernel_size": 1},
        {"width_multiplier": 0.0},
        {"discriminator_steps": 0},
        {"gradient_clip": -1.0},
    ],
)
def test_invalid_hyperparameters_raise(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        gan.build("dense", hyperparameters=replace(gan.DEFAULT_HYPERPARAMETERS, **wrong))


def test_unknown_models_raise():
    with pytest.raises(ValueError, match="expected one of dense, dcgan, color"):
        gan.build("stylegan")
    with pytest.raises(ValueError, match="negative"):
        gan.build("dense", classes=-1)
    with pytest.raises(ValueError, match="expected one of fashion_dense"):
        gan.load("stylegan")


def test_missing_weights_raise(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(weights.WeightsError, match="missing"):
        gan.load("fashion_dense")


# --- files ----------------------------------------------------------------------------------------


def test_one_file_holds_both_networks(monkeypatch, tmp_path, conditional):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setitem(
        gan.CONFIGS,
        "tiny",
        gan.Config(
            "mnist", "dense", classes=3, hyperparameters=Hyperparameters(output_activation="sigmoid", ema_decay=0.0)
        ),
    )
    file = tmp_path / "gan_tiny.weights.h5"
    changed = gan.build("dense", classes=3, hyperparameters=Hyperparameters(output_activation="sigmoid"), seed=5)
    gan.as_keras_model(changed).save_weights(file)
    weights.convert_to_float16(file)
    weights.write_model_card("gan_tiny", (".weights.h5",), {})
    loaded = gan.load("tiny")
    for network in ("generator", "discriminator"):
        for before, after in zip(
            getattr(changed, network).get_weights(), getattr(loaded, network).get_weights(), strict=True
        ):
            assert np.allclose(before, after, atol=1e-3)


@pytest.mark.parametrize("name", PRETRAINED)
def test_pretrained_models_load_and_are_small(name):
    model = gan.load(name)
    assert weights.path(f"gan_{name}").stat().st_size < 8_000_000
    images = gan.generate(model, gan.sample_latents(model, 8, 0), np.arange(8) if model.classes else None)
    assert images.std(axis=0).mean() > 5  # not all the same
    has_minibatch_layer = gan.CONFIGS[name].hyperparameters.minibatch_layer != "none"
    assert (
        len(model.reference_batch) == gan.REFERENCE_BATCH_SIZE if has_minibatch_layer else model.reference_batch is None
    )


# --- hyperparameters -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", gan.CONFIGS)
def test_kernel_sizes_of_pretrained_models_are_divisible_by_their_strides(name):
    config = gan.CONFIGS[name]
    model = gan.build(config.architecture, classes=config.classes, hyperparameters=config.hyperparameters)
    for network in (model.generator, model.discriminator):
        for layer in network.layers:
            if isinstance(layer, CONVOLUTIONS):
                assert all(k % s == 0 for k, s in zip(layer.kernel_size, layer.strides, strict=True)), layer.name


def test_a_kernel_size_that_is_not_divisible_causes_a_checkerboard():
    """A transposed convolution of ones adds unequally often to neighbours, unless the stride divides its kernel."""
    uneven = {}
    for kernel in (4, 5):
        layer = keras.layers.Conv2DTranspose(1, kernel, 2, "same", kernel_initializer="ones")
        inside = np.asarray(layer(np.ones((1, 7, 7, 1), "float32")))[0, 4:10, 4:10, 0]
        uneven[kernel] = float(inside.max() - inside.min())
    assert uneven[4] == 0 and uneven[5] > 0
    model = gan.build("dcgan", hyperparameters=gan.ABLATIONS_REMOVED["checkerboard"])
    assert any(layer.kernel_size == (5, 5) for layer in model.generator.layers if isinstance(layer, CONVOLUTIONS))


def test_relu_and_pooling_has_no_strided_convolution():
    model = gan.build("dcgan", hyperparameters=Hyperparameters(activation="relu_and_pooling"))
    types = [type(layer) for layer in model.discriminator.layers]
    assert types.count(keras.layers.MaxPooling2D) == 2 and keras.layers.LeakyReLU not in types
    assert all(
        layer.strides == (1, 1) for layer in model.discriminator.layers if isinstance(layer, keras.layers.Conv2D)
    )


def test_ablations_differ_from_the_baseline_in_one_hyperparameter():
    baseline = gan.ABLATIONS_REMOVED["baseline"]
    for name, field in {
        "sigmoid": "output_activation",
        "tanh_0_1": "output_activation",
        "uniform_latent": "latent_distribution",
        "no_label_noise": "label_noise",
        "no_dropout": "dropout",
        "relu_and_pooling": "activation",
        "checkerboard": "kernel_size",
    }.items():
        assert replace(gan.ABLATIONS_REMOVED[name], **{field: getattr(baseline, field)}) == baseline, name
        assert gan.ABLATIONS_REMOVED[name] != baseline, name


def test_minibatch_std_equals_numpy():
    x = np.random.default_rng(0).standard_normal((6, 5)).astype("float32")
    std = np.asarray(gan_networks.minibatch_std(x))
    assert std.shape == (6, 1) and np.allclose(std, x.std(axis=0).mean(), atol=1e-5)
    assert np.asarray(gan_networks.minibatch_std(np.ones((4, 5), "float32"))).max() < 1e-3


def test_minibatch_discrimination_equals_numpy():
    m = np.random.default_rng(0).standard_normal((5, 3, 2)).astype("float32")
    expected = np.zeros((5, 3))
    for i in range(5):
        for j in range(5):
            if i != j:
                expected[i] += np.exp(-np.abs(m[i] - m[j]).sum(axis=1))
    assert np.allclose(np.asarray(gan_networks.minibatch_discrimination(m)), expected, atol=1e-5)


@pytest.mark.parametrize("layer", ["std", "discrimination"])
def test_with_a_minibatch_layer_a_logit_depends_on_the_batch(layer):
    model, without = gan.build("dense", hyperparameters=Hyperparameters(minibatch_layer=layer)), gan.build("dense")
    images = np.random.default_rng(0).uniform(-1, 1, (4, 28, 28, 1)).astype("float32")
    in_mixed_batch, in_equal_batch = (np.asarray(model.discriminator([x])) for x in (images, images[[0, 0, 0, 0]]))
    assert abs(in_mixed_batch[0] - in_equal_batch[0]) > 1e-4
    in_mixed_batch, in_equal_batch = (np.asarray(without.discriminator([x])) for x in (images, images[[0, 0, 0, 0]]))
    assert in_mixed_batch[0] == pytest.approx(in_equal_batch[0], abs=1e-5)


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize("layer", ["std", "discrimination"])
def test_with_a_reference_batch_each_image_is_scored_alone(layer, classes):
    model = gan.build("dense", classes=classes, hyperparameters=Hyperparameters(minibatch_layer=layer))
    images = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype="uint8")
    image_labels = np.arange(40) % 3 if classes else None
    scoring = replace(model, reference_batch=gan.reference_activations(model, images))
    assert len(scoring.reference_batch) == gan.REFERENCE_BATCH_SIZE
    together = gan.discriminate(scoring, images[:4], image_labels[:4] if classes else None)
    alone = [
        gan.discriminate(scoring, images[k : k + 1], image_labels[k : k + 1] if classes else None)[0] for k in range(4)
    ]
    assert np.allclose(together, alone, atol=1e-5) and np.ptp(together) > 1e-3
    # The same as the network's logit in a batch of the image and the reference batch.
    labels = np.arange(31) % 3 if classes else None
    fake = gan.generate(model, gan.sample_latents(model, 31, 0), labels)
    batch = [gan.scale_images(np.concatenate([images[:1], images[:32], fake]), model.hyperparameters)]
    batch += gan.one_hot(model, np.zeros(64, int), 64) if classes else ()
    logit = float(np.asarray(model.discriminator(batch, training=False))[0, 0])
    assert together[0] == pytest.approx(1 / (1 + np.exp(-logit)), abs=2e-3)  # the reference batch is stored as float16


def test_a_critic_gives_an_unbounded_score():
    model = gan.build("dense", hyperparameters=gan.WGAN_GP)
    kernel, bias = model.discriminator.get_layer("logit").get_weights()
    model.discriminator.get_layer("logit").set_weights([kernel, bias + 7])
    assert gan.discriminate(model, np.zeros((1, 28, 28), "uint8"))[0] > 1


def test_fixed_latents_of_a_conditional_model_have_a_class_per_column(conditional):
    z, labels, columns = gan_training.fixed_latents(conditional, seed=0)
    assert columns == 3 and len(z) == len(labels) and labels.reshape(-1, 3).tolist() == [[0, 1, 2]] * 6
