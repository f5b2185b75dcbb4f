"""The layers of the adversarial networks: generators from a code to a picture, discriminators back to one number.

`gan.build` is the way to call this; what the parts are for is told there, and in `gan.Tricks`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from genmodels.gan.model import OUTPUTS, SLOPE, STRIDE, Tricks

WIDTHS = {"dcgan": (128, 64), "color": (256, 128, 64)}  # channels of the generator, coarse to fine


def _seeds(seed: int) -> Iterator[int]:
    return iter(range(1000 * seed, 1000 * seed + 1000))  # own seeds: set_random_seed is process-wide


def _widths(architecture: str, tricks: Tricks) -> list[int]:
    return [max(1, round(tricks.width * channels)) for channels in WIDTHS[architecture]]


def generator(
    architecture: str, shape: tuple[int, int, int], codings: int, classes: int, tricks: Tricks, seed: int
) -> Any:
    """Codes (n, codings), and one-hot labels, to pictures (n, h, w, c) in the range of `tricks.output`."""
    import keras
    from keras import layers

    seeds = _seeds(2 * seed)

    def init() -> Any:
        return keras.initializers.GlorotUniform(seed=next(seeds))

    def bent() -> Any:  # what comes after each layer
        if tricks.activation == "relu_and_pooling":
            return layers.ReLU()
        return layers.LeakyReLU(SLOPE) if architecture == "color" else layers.Activation("selu")

    code = keras.Input((codings,), name="code")
    inputs = [code, keras.Input((classes,), name="label")] if classes else [code]
    x = layers.Concatenate()(inputs) if classes else code
    h, w, c = shape
    last, _ = OUTPUTS[tricks.output]
    if architecture == "dense":
        for units in (100, 150):
            x = bent()(layers.Dense(units, kernel_initializer=init())(x))
        x = layers.Dense(h * w * c, activation=last, kernel_initializer=init())(x)
        return keras.Model(inputs, layers.Reshape(shape)(x), name="generator")
    widths = _widths(architecture, tricks)
    side = h // STRIDE ** len(widths)  # 7 or 4 pixels to begin with
    x = layers.Dense(side * side * widths[0], kernel_initializer=init())(x)
    x = layers.Reshape((side, side, widths[0]))(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    for channels in widths[1:]:
        x = layers.Conv2DTranspose(channels, tricks.kernel, STRIDE, "same", kernel_initializer=init())(x)
        x = layers.BatchNormalization(momentum=0.9)(bent()(x))
    x = layers.Conv2DTranspose(
        c, tricks.kernel, STRIDE, "same", activation=last, kernel_initializer=init(), dtype="float32"
    )(x)
    return keras.Model(inputs, x, name="generator")


def discriminator(architecture: str, shape: tuple[int, int, int], classes: int, tricks: Tricks, seed: int) -> Any:
    """Pictures (n, h, w, c), and one-hot labels, to logits (n, 1): above 0 is taken for real."""
    import keras
    from keras import layers

    seeds = _seeds(2 * seed + 1)

    def init() -> Any:
        return keras.initializers.GlorotUniform(seed=next(seeds))

    def bent(x: Any) -> Any:
        pooled = tricks.activation == "relu_and_pooling"
        x = layers.ReLU()(x) if pooled else layers.LeakyReLU(SLOPE)(x)
        return layers.MaxPooling2D(STRIDE)(x) if pooled and architecture != "dense" else x

    def dropped(x: Any) -> Any:
        return layers.Dropout(tricks.dropout, seed=next(seeds))(x) if tricks.dropout else x

    image = keras.Input(shape, name="image")
    inputs = [image, keras.Input((classes,), name="label")] if classes else [image]
    x = image
    if architecture == "dense":
        x = layers.Flatten()(x)
        for units in (150, 100):
            x = layers.Dense(units, kernel_initializer=init())(x)
            x = bent(x) if tricks.activation == "relu_and_pooling" else layers.Activation("selu")(x)
            x = dropped(x)
    else:
        for channels in reversed(_widths(architecture, tricks)):
            if tricks.activation == "relu_and_pooling":  # the stride is the pooling's: no pixel is left out
                x = layers.Conv2D(channels, 3, 1, "same", kernel_initializer=init())(x)
            else:
                x = layers.Conv2D(channels, tricks.kernel, STRIDE, "same", kernel_initializer=init())(x)
            x = dropped(bent(x))
        x = layers.Flatten()(x)
    features = x
    if tricks.minibatch != "none":
        x = layers.Concatenate(dtype="float32")([x, told_of_the_batch(x, tricks.minibatch, init())])
    logit = layers.Dense(1, kernel_initializer=init(), dtype="float32", name="logit")(x)
    if classes:  # <v_label, features>: does what is seen fit what was asked for?
        wanted = layers.Dense(features.shape[-1], use_bias=False, kernel_initializer=init(), name="wanted")(inputs[1])
        logit = layers.Add(dtype="float32")([logit, layers.Dot(axes=1, dtype="float32")([wanted, features])])
    return keras.Model(inputs, logit, name="discriminator")


# --- what a discriminator is told of the batch as a whole -----------------------------------------


def minibatch_std(x: Any, company: Any = None) -> Any:
    """How much a batch varies: (n, d) to (n, 1), the same number in every row.

    The standard deviation of each feature over the batch, averaged over the features. A generator that
    draws one thing only is found out by it (Karras et al. 2017, arXiv:1710.10196, section 3). company:
    (k, d); with it, each row's batch is itself and these.
    """
    from keras import ops

    if company is None:
        return ops.ones_like(x[:, :1]) * ops.mean(ops.sqrt(ops.var(x, axis=0) + 1e-8))
    n = 1 + company.shape[0]
    mean, square = ((x**power + ops.sum(company**power, axis=0)) / n for power in (1, 2))
    return ops.mean(ops.sqrt(ops.maximum(square - mean**2, 0) + 1e-8), axis=1, keepdims=True)


def minibatch_discrimination(m: Any, company: Any = None) -> Any:
    """How near the others of a batch are: (n, b, c) to (n, b), o_ib = sum_{j != i} exp(-|m_ib - m_jb|_1).

    m: features times a learnt matrix (Salimans et al. 2016, arXiv:1606.03498, section 3.2). company:
    (k, b, c); with it, the others are these and no row of m.
    """
    from keras import ops

    others = m if company is None else company
    apart = ops.sum(ops.abs(m[:, None] - others[None]), axis=3)  # (n, n or k, b)
    return ops.sum(ops.exp(-apart), axis=1) - (company is None)  # without itself


def told_of_the_batch(x: Any, kind: str, initializer: Any) -> Any:
    """A layer on features (n, d): `minibatch_std`, or a learnt projection and `minibatch_discrimination`.

    In float32 whatever the rest computes in: sums over a batch lose too much in half as many bits.
    """
    from keras import layers

    if kind == "std":
        return layers.Lambda(minibatch_std, output_shape=(1,), dtype="float32", name="told")(x)
    kernels, dims = 16, 8
    m = layers.Dense(kernels * dims, use_bias=False, kernel_initializer=initializer, dtype="float32", name="minibatch")(
        x
    )
    m = layers.Reshape((kernels, dims), dtype="float32")(m)
    return layers.Lambda(minibatch_discrimination, output_shape=(kernels,), dtype="float32", name="told")(m)


def compared(discriminator: Any, pictures: Any) -> Any:
    """What a discriminator that is told of the batch compares of each picture: (n, d) or, projected, (n, b, c)."""
    import keras

    return keras.Model(discriminator.inputs[:1], discriminator.get_layer("told").input)([pictures], training=False)


def judge(discriminator: Any, company: Any) -> Callable:
    """f(pictures[, labels]) to logits (n, 1), each picture judged in the same company: it and these are the batch.

    Told of the batch as a whole, a discriminator would else say something different of a picture with
    everything that is shown beside it. company: as `compared` gives it.
    """
    import keras
    from keras import ops

    layer, kernel = discriminator.get_layer("told"), discriminator.get_layer("logit").kernel
    parts = keras.Model(discriminator.inputs, [discriminator.output, layer.input, layer.output])
    known = ops.convert_to_tensor(company, "float32")

    def judged(*inputs: Any) -> Any:
        logit, x, of_the_batch = parts(list(inputs), training=False)
        return logit + ops.matmul(layer.function(x, known) - of_the_batch, kernel[-layer.output.shape[-1] :])

    return judged
