"""The architecture of the built-in network, and the record that every trained backbone comes in.

The built-in network is a small VGG (Simonyan & Zisserman 2014, arXiv:1409.1556) with VGG's layer names:
`block1_conv1` ... `block5_conv2`. Where we differ:

- Average pooling instead of max pooling: its gradient reaches every pixel, and optimized images are smoother
  (Gatys et al. 2015, arXiv:1508.06576).
- Batch normalization during training only; for inference it is folded into the weights of each convolution.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

WIDTHS = ((32,), (64, 64), (96, 96), (192, 192), (320, 320))  # channels of each convolution, block by block
MEAN, STD = 0.45, 0.25  # of the pixels of photos, in [0, 1]: the network's preprocessing


@dataclass(frozen=True, eq=False)
class Backbone:
    """A trained convolutional network for inference. Made by `backbone.load`; shared by all visitors and read-only.

    network: Keras model, (n, h, w, 3) float32 in [0, 1], any h and w, its own preprocessing inside. classifier: Keras
    model, (n, input_size, input_size, 3) float32 in [0, 1] to logits (n, classes); the same object as `network` if it
    accepts any size. layers: names of the convolutions to visualize, from the input on. class_names: of the logits.
    input_size: height and width in pixels of the images that it was trained on.
    """

    name: str
    network: Any
    classifier: Any
    layers: tuple[str, ...]
    class_names: tuple[str, ...]
    input_size: int
    compiled: dict[Any, Callable] = field(default_factory=dict, repr=False)  # compiled functions by what they compute

    @property
    def any_size(self) -> bool:
        """True if the classifier accepts images of any size, False if only `input_size`."""
        return self.classifier is self.network


def from_keras(model: Any, class_names: Sequence[str], *, name: str = "builtin", input_size: int = 64) -> Backbone:
    """The `Backbone` of a Keras model that `build` or `fold_batchnorm` made."""
    layers = tuple(layer.name for layer in model.layers if layer.name.startswith("block") and "_conv" in layer.name)
    return Backbone(name, model, model, layers, tuple(class_names), input_size)


def build(
    widths: tuple[tuple[int, ...], ...] = WIDTHS, *, classes: int = 200, batch_norm: bool = False, seed: int = 0
) -> Any:
    """A new, untrained Keras model: (n, h, w, 3) float32 in [0, 1] to logits (n, classes), any h and w.

    widths: channels of each convolution, block by block; average pooling halves the resolution after each block.
    batch_norm: with batch normalization, for training; without, for inference (see `fold_batchnorm`).
    """
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    x = image = keras.Input((None, None, 3), name="image")
    x = layers.Rescaling(1 / STD, -MEAN / STD, name="scale")(x)
    for b, block in enumerate(widths, 1):
        if b > 1:
            x = layers.AveragePooling2D(2, name=f"block{b - 1}_pool")(x)
        for k, channels in enumerate(block, 1):
            name = f"block{b}_conv{k}"
            if batch_norm:
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
    """The same function without batch normalization: a model of `build` with it becomes one of `build` without."""
    norm_names = [layer.name for layer in trained.layers if layer.name.endswith("_norm")]
    widths: dict[str, list[int]] = {}
    for norm_name in norm_names:
        widths.setdefault(norm_name.split("_")[0], []).append(trained.get_layer(norm_name).gamma.shape[0])
    kernel, bias = trained.get_layer("classes").get_weights()
    model = build(tuple(map(tuple, widths.values())), classes=len(bias))
    for norm_name in norm_names:
        conv_name = norm_name.removesuffix("_norm")
        (w,) = trained.get_layer(conv_name).get_weights()
        model.get_layer(conv_name).set_weights(fold_into_kernel(w, trained.get_layer(norm_name)))
    model.get_layer("classes").set_weights([kernel, bias])
    return model


def fold_into_kernel(w: np.ndarray, norm: Any) -> list[np.ndarray]:
    """Kernel (kh, kw, in, out) and bias (out,) of the convolution that equals `w` followed by the layer `norm`.

    gamma (W x - mean) / sqrt(var + eps) + beta = (s W) x + (beta - s mean) with s = gamma / sqrt(var + eps).
    """
    *gamma, beta, mean, variance = norm.get_weights()  # InceptionV3 has no gamma
    s = (gamma[0] if gamma else 1) / np.sqrt(variance + norm.epsilon)
    return [w * s, beta - s * mean]
