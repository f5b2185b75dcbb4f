"""Inference in a real browser: every small network outputs what Keras outputs."""

import base64
from pathlib import Path

import numpy as np
import pytest

from genmodels import browser_export
from genmodels.autoencoders import config as autoencoder_config
from genmodels.gan import config as gan_config

TOLERANCE = 1 / 255  # of an image; of a code, relative to its largest number
VAES = ("mnist", "fashion_mnist", "fashion_mnist_10d", "mnist_10d", "mnist_ae", "mnist_beta_025", "mnist_beta_4")
MODELS = [
    *(("vae", name) for name in VAES),
    *(("autoencoders", name) for name in autoencoder_config.MODELS),
    *(("gan", name) for name in gan_config.CONFIGS),
]
FEW = {("vae", "mnist"), ("autoencoders", "recurrent"), ("autoencoders", "tied"), ("gan", "fashion_wgan_gp")}
N = 100
RUN = """async ({ source, description, weights, inputs }) => {
  const { createNetwork } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const bytes = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0));
  try {
    const network = createNetwork(description, bytes);
    return inputs.map((each) => network.run(...each).map((output) => [...output]));
  } catch (error) {
    return `${error.constructor.name}: ${error.message}`;
  }
}"""


@pytest.fixture(scope="module")
def blank(browser):
    page = browser.new_page()
    yield page
    page.close()


def run(blank, description, weights, inputs) -> list | str:
    """The outputs of each example in the browser, or the message of the error."""
    source = Path("ui/scripts/network.js").read_text(encoding="utf-8")
    n = len(inputs[0])
    data = {
        "source": source,
        "description": description,
        "weights": base64.b64encode(weights).decode(),
        "inputs": [[each[k].reshape(-1).tolist() for each in inputs] for k in range(n)],
    }
    return blank.evaluate(RUN, data)


def networks_of(kind: str, name: str):
    """(model, inputs, output activation) of each network: 100 random latent vectors or images."""
    rng = np.random.default_rng(0)
    images = (rng.random((N, 28, 28)) * (rng.random((N, 28, 28)) < 0.3)).astype("float32")
    if kind == "vae":
        from genmodels.vae import model as vae

        model = vae.load(name)
        yield model.decoder, [rng.standard_normal((N, model.latent_dim), "float32")], "sigmoid"
        yield model.encoder, [images], "linear"
    elif kind == "autoencoders":
        from genmodels.autoencoders import model as autoencoders

        model = autoencoders.load(name)
        yield model.encoder, [images], "linear"
        yield model.decoder, [np.asarray(model.encoder(images))], "linear"
    else:
        from genmodels.gan import model as gan

        generator = gan.load(name).generator
        z, *label = (each.shape[-1] for each in generator.inputs)
        labels = [np.eye(classes, dtype="float32")[rng.integers(0, classes, N)] for classes in label]
        yield generator, [rng.standard_normal((N, z), "float32"), *labels], "linear"


@pytest.mark.parametrize(
    ("kind", "name"), [pytest.param(*each, marks=() if each in FEW else pytest.mark.slow) for each in MODELS]
)
def test_the_browser_outputs_what_keras_outputs(kind, name, blank):
    from keras import ops

    for model, inputs, activation in networks_of(kind, name):
        outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
        expected = [np.asarray(each) for each in (outputs if isinstance(outputs, list) else [outputs])]
        if activation == "sigmoid":
            expected = [np.asarray(ops.sigmoid(each)) for each in expected]
        network = browser_export.export(model, output_activation=activation)
        found = run(blank, network.description, network.weights, inputs)
        assert not isinstance(found, str), found
        for k, each in enumerate(expected):
            ours = np.array([outputs[k] for outputs in found]).reshape(each.shape)
            np.testing.assert_allclose(ours, each, rtol=0, atol=TOLERANCE * max(1.0, float(np.abs(each).max())))


def small_models():
    """Layers and options that no stored model has."""
    import keras
    from keras import layers

    image, vector = keras.Input((5, 6, 3)), keras.Input((4,))
    x = layers.Conv2D(5, (3, 2), (2, 1), "valid", use_bias=False)(image)
    yield keras.Model(image, layers.UpSampling2D((2, 3))(layers.LeakyReLU(0.3)(x))), [(5, 6, 3)]
    x = layers.Conv2DTranspose(4, (2, 5), (3, 2), "valid", activation="tanh")(image)
    yield keras.Model(image, layers.ReLU()(layers.Rescaling(2.0, -0.5)(x))), [(5, 6, 3)]
    x = layers.Concatenate()([vector, layers.Dense(3, "selu")(vector)])
    yield keras.Model(vector, layers.LSTM(6)(layers.RepeatVector(4)(x))), [(4,)]
    second = keras.Input((5, 6, 2))
    yield keras.Model([image, second], layers.Concatenate()([image, second])), [(5, 6, 3), (5, 6, 2)]
    yield keras.Model(image, layers.Conv2DTranspose(2, 5, 2, "same")(image)), [(5, 6, 3)]
    yield keras.Model(image, layers.Conv2D(2, 4, 3, "same")(image)), [(5, 6, 3)]


def test_layers_that_no_stored_model_has(blank):
    rng = np.random.default_rng(1)
    for model, shapes in small_models():
        inputs = [rng.standard_normal((3, *shape), "float32") for shape in shapes]
        network = browser_export.export(model)
        expected = np.asarray(model(inputs if len(inputs) > 1 else inputs[0]))
        found = run(blank, network.description, network.weights, inputs)
        assert not isinstance(found, str), found
        np.testing.assert_allclose(np.array([each[0] for each in found]).reshape(expected.shape), expected, atol=4e-3)


def test_damaged_networks_are_refused_with_a_sentence(blank):
    import keras
    from keras import layers

    z = keras.Input((4,))
    network = browser_export.export(keras.Model(z, layers.Dense(3)(z)))
    description, weights, inputs = network.description, network.weights, [np.zeros((1, 4), "float32")]
    changed = bytes([weights[0] ^ 1]) + weights[1:]
    unknown = description | {"layers": [description["layers"][0] | {"type": "softmax"}]}
    beyond = description | {"layers": [description["layers"][0] | {"kernel": 10}]}
    for case, message in {
        (0, "The weights of the network are incomplete: 28 of 30 bytes arrived."),
        (1, "The weights of the network are damaged: their checksum is wrong."),
        (2, 'This page cannot run the layer "softmax".'),
        (3, "A layer of the network reads weights beyond the end of the buffer."),
        (4, "Input 0 of the network has 4 numbers, not 3."),
    }:
        arguments = [
            (description, weights[:-2], inputs),
            (description, changed, inputs),
            (unknown, weights, inputs),
            (beyond, weights, inputs),
            (description, weights, [np.zeros((1, 3), "float32")]),
        ][case]
        assert run(blank, *arguments) == f"NetworkError: {message}"
