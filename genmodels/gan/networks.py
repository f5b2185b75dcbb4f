"""The layers of generator and discriminator, among them those that pass batch statistics to the discriminator.

`model.build` calls this; `config.Hyperparameters` says what each option is for.
"""

from collections.abc import Callable, Iterator
from typing import Any

from genmodels.gan.config import LEAKY_RELU_SLOPE, OUTPUT_ACTIVATIONS, STRIDE, Hyperparameters

WIDTHS = {"dcgan": (128, 64), "color": (256, 128, 64)}  # channels of the generator, coarse to fine


def _seeds(seed: int) -> Iterator[int]:
    return iter(range(1000 * seed, 1000 * seed + 1000))  # one per layer: set_random_seed is process-wide


def _widths(architecture: str, hyperparameters: Hyperparameters) -> list[int]:
    return [max(1, round(hyperparameters.width_multiplier * channels)) for channels in WIDTHS[architecture]]


def generator(
    architecture: str,
    shape: tuple[int, int, int],
    latent_dim: int,
    classes: int,
    hyperparameters: Hyperparameters,
    seed: int,
) -> Any:
    """z (n, latent_dim), and one-hot labels, to images (n, h, w, c) in the range of the output activation."""
    import keras
    from keras import layers

    seeds = _seeds(2 * seed)

    def init() -> Any:
        return keras.initializers.GlorotUniform(seed=next(seeds))

    def activation() -> Any:
        if hyperparameters.activation == "relu_and_pooling":
            return layers.ReLU()
        return layers.LeakyReLU(LEAKY_RELU_SLOPE) if architecture == "color" else layers.Activation("selu")

    z = keras.Input((latent_dim,), name="z")
    inputs = [z, keras.Input((classes,), name="label")] if classes else [z]
    x = layers.Concatenate()(inputs) if classes else z
    h, w, c = shape
    output_activation, _ = OUTPUT_ACTIVATIONS[hyperparameters.output_activation]
    if architecture == "dense":
        for units in (100, 150):
            x = activation()(layers.Dense(units, kernel_initializer=init())(x))
        x = layers.Dense(h * w * c, activation=output_activation, kernel_initializer=init())(x)
        return keras.Model(inputs, layers.Reshape(shape)(x), name="generator")
    widths, kernel_size = _widths(architecture, hyperparameters), hyperparameters.kernel_size
    size = h // STRIDE ** len(widths)  # of the first feature maps: 7 or 4 pixels
    x = layers.Dense(size * size * widths[0], kernel_initializer=init())(x)
    x = layers.Reshape((size, size, widths[0]))(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    for channels in widths[1:]:
        x = layers.Conv2DTranspose(channels, kernel_size, STRIDE, "same", kernel_initializer=init())(x)
        x = layers.BatchNormalization(momentum=0.9)(activation()(x))
    x = layers.Conv2DTranspose(
        c, kernel_size, STRIDE, "same", activation=output_activation, kernel_initializer=init(), dtype="float32"
    )(x)
    return keras.Model(inputs, x, name="generator")


def discriminator(
    architecture: str, shape: tuple[int, int, int], classes: int, hyperparameters: Hyperparameters, seed: int
) -> Any:
    """Images (n, h, w, c), and one-hot labels, to logits (n, 1): positive means real."""
    import keras
    from keras import layers

    seeds = _seeds(2 * seed + 1)
    pooling = hyperparameters.activation == "relu_and_pooling"

    def init() -> Any:
        return keras.initializers.GlorotUniform(seed=next(seeds))

    def activation(x: Any) -> Any:
        x = layers.ReLU()(x) if pooling else layers.LeakyReLU(LEAKY_RELU_SLOPE)(x)
        return layers.MaxPooling2D(STRIDE)(x) if pooling and architecture != "dense" else x

    def dropout(x: Any) -> Any:
        return layers.Dropout(hyperparameters.dropout, seed=next(seeds))(x) if hyperparameters.dropout else x

    image = keras.Input(shape, name="image")
    inputs = [image, keras.Input((classes,), name="label")] if classes else [image]
    x = image
    if architecture == "dense":
        x = layers.Flatten()(x)
        for units in (150, 100):
            x = layers.Dense(units, kernel_initializer=init())(x)
            x = activation(x) if pooling else layers.Activation("selu")(x)
            x = dropout(x)
    else:
        for channels in reversed(_widths(architecture, hyperparameters)):
            if pooling:  # the pooling layer halves the size, so the convolution needs no stride
                x = layers.Conv2D(channels, 3, 1, "same", kernel_initializer=init())(x)
            else:
                x = layers.Conv2D(channels, hyperparameters.kernel_size, STRIDE, "same", kernel_initializer=init())(x)
            x = dropout(activation(x))
        x = layers.Flatten()(x)
    features = x
    if hyperparameters.minibatch_layer != "none":
        statistics = minibatch_layer(x, hyperparameters.minibatch_layer, init())
        x = layers.Concatenate(dtype="float32")([x, statistics])
    logit = layers.Dense(1, kernel_initializer=init(), dtype="float32", name="logit")(x)
    if classes:  # projection discriminator: + <embedding of the label, features>
        embedding = layers.Dense(features.shape[-1], use_bias=False, kernel_initializer=init(), name="label_embedding")(
            inputs[1]
        )
        logit = layers.Add(dtype="float32")([logit, layers.Dot(axes=1, dtype="float32")([embedding, features])])
    return keras.Model(inputs, logit, name="discriminator")


# --- batch statistics for the discriminator --------------------------------------------------------


def minibatch_std(x: Any, reference_batch: Any = None) -> Any:
    """Minibatch standard deviation: features (n, d) to (n, 1), the same number in every row.

    The standard deviation of each feature over the batch, averaged over the features; it is small when the generator
    collapses (Karras et al. 2017, arXiv:1710.10196, section 3). reference_batch: (k, d); with it, the batch of each
    row is the row itself and these k.
    """
    from keras import ops

    if reference_batch is None:
        return ops.ones_like(x[:, :1]) * ops.mean(ops.sqrt(ops.var(x, axis=0) + 1e-8))
    n = 1 + reference_batch.shape[0]
    mean, square = ((x**power + ops.sum(reference_batch**power, axis=0)) / n for power in (1, 2))
    return ops.mean(ops.sqrt(ops.maximum(square - mean**2, 0) + 1e-8), axis=1, keepdims=True)


def minibatch_discrimination(m: Any, reference_batch: Any = None) -> Any:
    """Similarity to the rest of the batch: (n, b, c) to (n, b), o_ib = sum_{j != i} exp(-|m_ib - m_jb|_1).

    m: features times a trained matrix (Salimans et al. 2016, arXiv:1606.03498, section 3.2). reference_batch:
    (k, b, c); with it, each row is compared with these k instead of the other rows of m.
    """
    from keras import ops

    others = m if reference_batch is None else reference_batch
    distance = ops.sum(ops.abs(m[:, None] - others[None]), axis=3)  # (n, n or k, b)
    return ops.sum(ops.exp(-distance), axis=1) - (reference_batch is None)  # minus exp(0) of the row itself


def minibatch_layer(x: Any, statistic: str, initializer: Any) -> Any:
    """A layer on features (n, d): `minibatch_std`, or a trained projection and `minibatch_discrimination`.

    It computes in float32 under every dtype policy: half precision is too coarse for sums over a batch.
    """
    from keras import layers

    if statistic == "std":
        return layers.Lambda(minibatch_std, output_shape=(1,), dtype="float32", name="minibatch")(x)
    kernels, dims = 16, 8
    project = layers.Dense(
        kernels * dims, use_bias=False, kernel_initializer=initializer, dtype="float32", name="minibatch_projection"
    )
    m = layers.Reshape((kernels, dims), dtype="float32")(project(x))
    return layers.Lambda(minibatch_discrimination, output_shape=(kernels,), dtype="float32", name="minibatch")(m)


def minibatch_features(discriminator: Any, images: Any) -> Any:
    """The input of the minibatch layer for each image: (n, d), or (n, b, c) for minibatch discrimination."""
    import keras

    layer = discriminator.get_layer("minibatch")
    return keras.Model(discriminator.inputs[:1], layer.input)([images], training=False)


def score_with_reference_batch(discriminator: Any, reference_batch: Any) -> Callable:
    """f(images[, labels]) to logits (n, 1), where each image is compared with the reference batch only.

    Without the reference batch the logit of an image would change with the other images in the batch.
    reference_batch: from `minibatch_features`.
    """
    import keras
    from keras import ops

    layer, kernel = discriminator.get_layer("minibatch"), discriminator.get_layer("logit").kernel
    parts = keras.Model(discriminator.inputs, [discriminator.output, layer.input, layer.output])
    reference = ops.convert_to_tensor(reference_batch, "float32")

    def logits(*inputs: Any) -> Any:
        logit, x, statistics = parts(list(inputs), training=False)
        change = layer.function(x, reference) - statistics
        return logit + ops.matmul(change, kernel[-layer.output.shape[-1] :])

    return logits
