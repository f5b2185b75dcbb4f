"""A small convolutional classifier for each data set, for evaluating generated images.

It predicts the class of a generated image, and its features (the average of the last feature maps) are those in which
the Fréchet distance between generated and real images is computed, see `gan.metrics`. Digits and clothes need four
convolutions; photos need six with more channels, of which the first halves the resolution, so that training takes
minutes on a CPU, and their features and logits are averaged over each image and its mirror image.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from genmodels import weights

DATA = ("fashion_mnist", "mnist", "cifar10", "landscapes")
SHAPES = {"fashion_mnist": (28, 28, 1), "mnist": (28, 28, 1), "cifar10": (32, 32, 3), "landscapes": (64, 64, 3)}
PHOTOS = ("cifar10", "landscapes")
CLASSES = 10
FEATURE_DIM = 64  # numbers per image
BATCH = 500  # images per call


@dataclass(frozen=True, eq=False)
class Classifier:
    """A small convolutional network; made by `build`. What `load` returns may be shared: it is read-only.

    network: (n, h, w, c) in [0, 1] to features (n, FEATURE_DIM) and logits (n, CLASSES).
    """

    network: Any  # keras.Model
    shape: tuple[int, int, int]
    average_mirrored: bool = False  # outputs: means over an image and its mirror image

    @cached_property
    def predict(self) -> Any:
        """(n, h, w, c) float32 to features and logits, compiled once for all batch sizes."""
        import keras

        def predict(x):
            outputs = self.network(x, training=False)
            if not self.average_mirrored:
                return outputs
            mirrored = self.network(keras.ops.flip(x, axis=2), training=False)
            return [(a + b) / 2 for a, b in zip(outputs, mirrored, strict=True)]

        if keras.backend.backend() != "tensorflow":
            return predict
        import tensorflow as tf

        return tf.function(predict, input_signature=[tf.TensorSpec((None, *self.shape), tf.float32)], autograph=False)


def build(data: str, *, seed: int = 0) -> Classifier:
    """A new, untrained classifier. Raises `ValueError` for unknown data."""
    import keras
    from keras import layers

    if data not in DATA:
        raise ValueError(f"no classifier for {data!r}: expected one of {', '.join(DATA)}")
    seeds = iter(range(1000 * seed, 1000 * seed + 1000))

    def conv(x, channels, kernel_size=3, strides=1):
        init = keras.initializers.HeNormal(seed=next(seeds))
        x = layers.Conv2D(channels, kernel_size, strides, padding="same", use_bias=False, kernel_initializer=init)(x)
        return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))

    image = keras.Input(SHAPES[data], name="image")
    if data in PHOTOS:
        x = conv(image, 48, kernel_size=4, strides=2)
        if data == "landscapes":  # twice as large
            x = layers.MaxPooling2D()(x)
        x = layers.MaxPooling2D()(conv(x, 64))
        x = layers.MaxPooling2D()(conv(conv(x, 128), 128))
        x = conv(conv(x, 128), FEATURE_DIM)
    else:
        x = layers.MaxPooling2D()(conv(image, 24))
        x = layers.MaxPooling2D()(conv(x, 48))
        x = layers.Dropout(0.2, seed=next(seeds))(conv(conv(x, 64), FEATURE_DIM))
    features = layers.GlobalAveragePooling2D(name="features")(x)
    init = keras.initializers.GlorotUniform(seed=next(seeds))
    logits = layers.Dense(CLASSES, kernel_initializer=init, name="logits")(features)
    network = keras.Model(image, [features, logits], name="image_classifier")
    return Classifier(network, SHAPES[data], average_mirrored=data in PHOTOS)


def load(data: str) -> Classifier:
    """The trained classifier for a data set, one of `DATA`.

    Raises `ValueError` for unknown data and `weights.WeightsError` for missing or damaged weights.
    """
    classifier = build(data)
    classifier.network.load_weights(weights.path(f"image_classifier_{data}"))
    return classifier


def features(classifier: Classifier, images: np.ndarray) -> np.ndarray:
    """Features before the output layer: uint8 (n, h, w[, 3]) to (n, FEATURE_DIM) float32."""
    return _forward(classifier, images)[0]


def probabilities(classifier: Classifier, images: np.ndarray) -> np.ndarray:
    """The probability of each class: uint8 (n, h, w[, 3]) to (n, CLASSES) float32."""
    logits = _forward(classifier, images)[1]
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def labels(classifier: Classifier, images: np.ndarray) -> np.ndarray:
    """The most probable class: uint8 (n, h, w[, 3]) to (n,) int64."""
    return _forward(classifier, images)[1].argmax(axis=1)


def _forward(classifier: Classifier, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x = images[..., None] if images.ndim == 3 else images
    if images.dtype != np.uint8 or x.ndim != 4 or x.shape[1:] != classifier.shape or not len(x):
        raise ValueError(
            f"images must be (n, h, w) or (n, h, w, 3) uint8 of {classifier.shape}, got {images.shape} {images.dtype}"
        )
    parts = [classifier.predict(x[i : i + BATCH].astype("float32") / 255) for i in range(0, len(x), BATCH)]
    features, logits = (np.concatenate([np.asarray(each) for each in both]) for both in zip(*parts, strict=True))
    return features, logits
