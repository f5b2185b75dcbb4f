"""The networks that see: our own, and two public ones.

A convolutional network that was trained to name what is on a photo has found out, on its way,
about edges, textures, eyes and wheels. DeepDream, style transfer and every picture of "what
convnets see" are made with what it found out. The built-in network has the plan of VGG (Simonyan &
Zisserman 2014, arXiv:1409.1556), small, with its layer names: `block1_conv1` ... `block5_conv2`.
Where we differ:

- Pooling takes the average, not the maximum: its gradient reaches every pixel, and pictures made
  with it are smoother (Gatys et al. 2015, arXiv:1508.06576).
- It was trained on images shifted, each time, in the direction that misleads it most (Madry et al.
  2017, arXiv:1706.06083; Goodfellow et al. 2014, arXiv:1412.6572). A network that resists that
  has gradients that look like things to people (Engstrom et al. 2019, arXiv:1906.00945; Santurkar
  et al. 2019, arXiv:1906.09453).
- Batch normalisation served in training; here it is folded into the weights of each layer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.media import images as pictures

NAMES = ("builtin", "vgg19", "inception_v3")
WIDTHS = ((32,), (64, 64), (96, 96), (192, 192), (320, 320))  # channels of each layer, block by block
CENTRE, SPREAD = 0.45, 0.25  # of the pixels of photos, about: what the network subtracts and divides by


@dataclass(frozen=True, eq=False)
class Backbone:
    """A network ready to be looked into. Made by `load`; shared, so nobody trains or changes it.

    network: Keras model, (n, h, w, 3) float32 in [0, 1], images of any size, its own preprocessing
    inside. classifier: Keras model, (n, side, side, 3) float32 in [0, 1] to (n, classes) logits; the
    same one where it takes any size. layers: names of the network's layers that are worth a look,
    from the image on. class_names: what the outputs stand for. side: pixels of the images that it
    names best.
    """

    name: str
    network: Any
    classifier: Any
    layers: tuple[str, ...]
    class_names: tuple[str, ...]
    side: int
    compiled: dict[Any, Callable] = field(default_factory=dict, repr=False)  # by what they compute: compiled once

    @property
    def any_size(self) -> bool:
        """True where it names images of any size, not of `side` pixels only."""
        return self.classifier is self.network


# --- to have and to ask -----------------------------------------------------------------------


def load(name: str = "builtin") -> Backbone:
    """The network of that name, one of `NAMES`.

    Raises `ValueError` on another name, `WeightsError` where its file is missing or damaged, and
    `public_backbones.NotFetched` for a public network that is not on this machine yet.
    """
    if name == "builtin":
        card = weights.model_card("backbone_builtin")
        model = build(tuple(map(tuple, card["widths"])), classes=len(card["class_names"]))
        model.load_weights(weights.path("backbone_builtin"))
        return from_keras(model, tuple(card["class_names"]), name=name, side=card["side"])
    from genmodels.vision import pretrained_backbones  # here: it stands on this module

    return pretrained_backbones.load(name)


def from_keras(model: Any, class_names: Sequence[str], *, name: str = "builtin", side: int = 64) -> Backbone:
    """A `Backbone` around a model of `build`'s kind."""
    layers = tuple(layer.name for layer in model.layers if layer.name.startswith("block") and "_conv" in layer.name)
    return Backbone(name, model, model, layers, tuple(class_names), side)


def class_names(model: Backbone) -> tuple[str, ...]:
    """What the outputs of `classify` stand for, in their order."""
    return model.class_names


def classify(model: Backbone, images: np.ndarray) -> np.ndarray:
    """What is on the images: (n, h, w, 3) uint8 to (n, classes) float32 probabilities.

    The images are brought to the size that the network was trained on, square.
    """
    run = _compiled(model, "classify", model.classifier, (None, model.side, model.side, 3))
    (logits,) = run(pictures.resize(images, model.side).astype("float32") / 255)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def features(model: Backbone, images: np.ndarray, layers: Sequence[str]) -> list[np.ndarray]:
    """What layers say: (n, h, w, 3) uint8 to one (n, h', w', channels) float32 array for each name in `layers`.

    Raises `ValueError` on a name that the network does not have.
    """
    run = _compiled(model, ("features", *layers), feature_extractor(model, layers), (None, None, None, 3))
    return run(images.astype("float32") / 255)


def feature_extractor(model: Backbone, layers: Sequence[str]) -> Any:
    """The network up to these layers: a Keras model with a list of outputs. Raises `ValueError` on an unknown layer."""
    import keras

    known = {layer.name for layer in model.network.layers}
    if not layers or set(layers) - known:
        raise ValueError(f"{model.name} has no layers {list(layers)}: expected some of {', '.join(model.layers)}")
    return keras.Model(model.network.input, [model.network.get_layer(name).output for name in layers])


def outputs(network: Any, images: Any) -> list:
    """What a network of `part` says, float32, as a list also where it is one layer."""
    from keras import ops

    found = network(images, training=False)
    return [ops.cast(a, "float32") for a in (found if isinstance(found, list | tuple) else [found])]


def frozen_function(network: Any) -> Callable:
    """`network` as a function of images, to be compiled, with its weights as constants.

    A compiler has constants brought into the processor's order once, variables at every call: with VGG19 that is
    a seventh of a step's time. Each function compiled so holds a copy of the weights.
    """
    import keras
    from keras import ops

    kept = [(variable, ops.convert_to_numpy(variable)) for variable in network.variables]

    def call(images: Any, training: bool = False) -> Any:
        with keras.StatelessScope([(variable, ops.convert_to_tensor(value)) for variable, value in kept]):
            return network(images, training=training)

    return call


def _compiled(model: Backbone, what: Any, network: Any, shape: tuple[int | None, ...]) -> Callable:
    if what not in model.compiled:
        from keras import backend, ops

        def call(x: Any) -> list:
            return outputs(network, x)

        if backend.backend() == "tensorflow":
            import tensorflow as tf

            call = tf.function(call, input_signature=[tf.TensorSpec(shape, tf.float32)], autograph=False)

        def run(x: np.ndarray) -> list[np.ndarray]:
            return [ops.convert_to_numpy(each) for each in call(x)]

        model.compiled[what] = run
    return model.compiled[what]


# --- the built-in network ---------------------------------------------------------------------


def build(
    widths: tuple[tuple[int, ...], ...] = WIDTHS, *, classes: int = 200, normalise: bool = False, seed: int = 0
) -> Any:
    """A fresh Keras model: (n, h, w, 3) float32 in [0, 1] to (n, classes) logits, images of any size.

    widths: channels of every layer, block by block; the resolution halves from block to block.
    normalise: with batch normalisation, as it is trained; without, as it is used (see `fold`).
    """
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    x = image = keras.Input((None, None, 3), name="image")
    x = layers.Rescaling(1 / SPREAD, -CENTRE / SPREAD, name="scale")(x)
    for b, block in enumerate(widths, 1):
        if b > 1:
            x = layers.AveragePooling2D(2, name=f"block{b - 1}_pool")(x)
        for k, channels in enumerate(block, 1):
            name = f"block{b}_conv{k}"
            if normalise:
                x = layers.Conv2D(
                    channels, 3, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
                )(x)
                x = layers.BatchNormalization(momentum=0.95, epsilon=1e-3, name=f"{name}_norm")(x)
                x = layers.ReLU(name=f"{name}_relu")(x)
            else:
                x = layers.Conv2D(channels, 3, padding="same", activation="relu", name=name)(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(image, layers.Dense(classes, name="classes")(x), name="backbone")


def fold_batchnorm(trained: Any) -> Any:
    """The same function without batch normalisation, whose constants move into each layer's weights."""
    names = [layer.name for layer in trained.layers if layer.name.endswith("_norm")]
    blocks: dict[str, list[int]] = {}
    for name in names:
        blocks.setdefault(name.split("_")[0], []).append(trained.get_layer(name).gamma.shape[0])
    kernel, bias = trained.get_layer("classes").get_weights()
    model = build(tuple(map(tuple, blocks.values())), classes=len(bias))
    for name in names:
        norm, conv = trained.get_layer(name), name.removesuffix("_norm")
        (w,) = trained.get_layer(conv).get_weights()
        model.get_layer(conv).set_weights(fold_into_kernel(w, norm))
    model.get_layer("classes").set_weights([kernel, bias])
    return model


def fold_into_kernel(w: np.ndarray, norm: Any) -> list[np.ndarray]:
    """Kernel and bias of a convolution (kh, kw, in, out) that does what `w` and the batch normalisation after it do.

    gamma (W x - mean) / sqrt(var + eps) + beta = (s W) x + (beta - s mean) with s = gamma / sqrt(var + eps).
    """
    *gamma, beta, mean, variance = norm.get_weights()  # InceptionV3 does without gamma
    s = (gamma[0] if gamma else 1) / np.sqrt(variance + norm.epsilon)
    return [w * s, beta - s * mean]
