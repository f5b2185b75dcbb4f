"""Backbones: trained convolutional networks whose activations the techniques on photos compute with.

A network trained to classify photos learns features such as edges, textures, eyes and wheels on the way. DeepDream,
convnet visualization and style transfer read and maximize them. The built-in network was trained on adversarial
examples (Madry et al. 2017, arXiv:1706.06083; Goodfellow et al. 2014, arXiv:1412.6572): gradients of a robust network
with respect to the pixels show recognizable objects (Engstrom et al. 2019, arXiv:1906.00945; Santurkar et al. 2019,
arXiv:1906.09453).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.media import images as image_files
from genmodels.vision import pretrained_backbones
from genmodels.vision.architecture import Backbone, build, from_keras

NAMES = ("builtin", "vgg19", "inception_v3")


# --- loading and inference --------------------------------------------------------------------


def load(name: str = "builtin") -> Backbone:
    """The network of that name, one of `NAMES`.

    Raises `ValueError` on another name, `WeightsError` if its file is missing or damaged, and
    `pretrained_backbones.DownloadError` if a network of keras.applications is not downloaded yet.
    """
    if name != "builtin":
        return pretrained_backbones.load(name)
    card = weights.model_card("backbone_builtin")
    model = build(tuple(map(tuple, card["widths"])), classes=len(card["class_names"]))
    model.load_weights(weights.path("backbone_builtin"))
    return from_keras(model, tuple(card["class_names"]), name=name, input_size=card["input_size"])


def classify(model: Backbone, images: np.ndarray) -> np.ndarray:
    """Class probabilities: (n, h, w, 3) uint8 to (n, classes) float32.

    The images are resized to the square that the network was trained on.
    """
    size = model.input_size
    run = _compile_once(model, "classify", model.classifier, (None, size, size, 3))
    (logits,) = run(image_files.resize(images, size).astype("float32") / 255)
    return softmax(logits)


def softmax(logits: np.ndarray) -> np.ndarray:
    """(..., classes) logits to probabilities."""
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def features(model: Backbone, images: np.ndarray, layers: Sequence[str]) -> list[np.ndarray]:
    """Activations: (n, h, w, 3) uint8 to one (n, h', w', channels) float32 array per name in `layers`.

    Raises `ValueError` on a name that the network does not have.
    """
    run = _compile_once(model, ("features", *layers), feature_extractor(model, layers), (None, None, None, 3))
    return run(images.astype("float32") / 255)


def feature_extractor(model: Backbone, layers: Sequence[str]) -> Any:
    """A Keras model from the input to the outputs of `layers`. Raises `ValueError` on an unknown layer."""
    import keras

    known = {layer.name for layer in model.network.layers}
    if not layers or set(layers) - known:
        raise ValueError(f"{model.name} has no layers {list(layers)}: expected some of {', '.join(model.layers)}")
    return keras.Model(model.network.input, [model.network.get_layer(name).output for name in layers])


def channel_count(model: Backbone, layer: str) -> int:
    """Number of channels of a layer. Raises `ValueError` on a layer that the network does not have."""
    return feature_extractor(model, [layer]).outputs[0].shape[-1]


# --- for functions that are compiled ----------------------------------------------------------


def outputs(network: Any, images: Any) -> list:
    """The outputs of a `feature_extractor` as float32, in a list even if there is one."""
    from keras import ops

    activations = network(images, training=False)
    if not isinstance(activations, list | tuple):
        activations = [activations]
    return [ops.cast(a, "float32") for a in activations]


def frozen_function(network: Any) -> Callable:
    """`network` as a function of images, to be compiled, with its weights as constants.

    The compiler arranges constants for the processor once, variables at every call: with VGG19 that saves a seventh
    of a step's time. Each function compiled this way holds a copy of the weights.
    """
    import keras
    from keras import ops

    constants = [(variable, ops.convert_to_numpy(variable)) for variable in network.variables]

    def call(images: Any, training: bool = False) -> Any:
        with keras.StatelessScope([(variable, ops.convert_to_tensor(value)) for variable, value in constants]):
            return network(images, training=training)

    return call


def _compile_once(model: Backbone, key: Any, network: Any, shape: tuple[int | None, ...]) -> Callable:
    if key not in model.compiled:
        from keras import backend, ops

        def call(x: Any) -> list:
            return outputs(network, x)

        if backend.backend() == "tensorflow":
            import tensorflow as tf

            call = tf.function(call, input_signature=[tf.TensorSpec(shape, tf.float32)], autograph=False)

        def run(x: np.ndarray) -> list[np.ndarray]:
            return [ops.convert_to_numpy(each) for each in call(x)]

        model.compiled[key] = run
    return model.compiled[key]
