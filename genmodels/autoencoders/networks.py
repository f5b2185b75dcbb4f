"""The layers of the autoencoder family, and the penalties that keep a code sparse.

`autoencoders.build` is the way to call this; what the parts are for is told there, and in `autoencoders.Recipe`.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from genmodels.autoencoders.model import BIT_NOISE, SIZE, TARGET, Recipe


def networks(recipe: Recipe, seed: int) -> tuple[Any, Any, Any]:
    """Encoder, decoder and both in one, (n, 28, 28) to (n, codings) to (n, 28, 28), as Keras models."""
    import keras
    from keras import layers

    seeds = iter(range(1000 * seed, 1000 * seed + 1000))  # own seeds: set_random_seed is process-wide

    def init() -> Any:
        return keras.initializers.GlorotUniform(seed=next(seeds))

    image = keras.Input((SIZE, SIZE), name="image")
    code = keras.Input((recipe.codings,), name="code")
    x = _damaged(recipe, image, next(seeds))
    make = {"convolutional": _convolutional, "recurrent": _recurrent}.get(recipe.network, _dense)
    coded, decoded = make(recipe, x, code, init, next(seeds))
    encoder = keras.Model(image, coded, name="encoder")
    decoder = keras.Model(code, layers.Reshape((SIZE, SIZE), dtype="float32")(decoded), name="decoder")
    return encoder, decoder, keras.Model(image, decoder(encoder(image)), name="autoencoder")


def _damaged(recipe: Recipe, image: Any, seed: int) -> Any:
    """What the encoder sees of a picture while it learns; silent once it has learnt."""
    from keras import layers

    if recipe.corruption == "gaussian":
        return layers.GaussianNoise(recipe.amount, seed=seed)(image)
    if recipe.corruption == "dropout":
        return layers.Dropout(recipe.amount, seed=seed)(image)
    return image


def _dense(recipe: Recipe, x: Any, code: Any, init: Callable, seed: int) -> tuple[Any, Any]:
    """784 - hidden - codings, and back; linear: 784 - codings, and back; tied: back through the same weights."""
    from keras import layers

    x = layers.Flatten()(x)
    if recipe.network == "linear":
        coded = layers.Dense(recipe.codings, kernel_initializer=init(), name="coding")(x)
        return coded, layers.Dense(SIZE * SIZE, kernel_initializer=init(), name="pixels")(code)
    hidden = layers.Dense(recipe.hidden, activation="selu", kernel_initializer=init(), name="hidden")
    activation = "sigmoid" if recipe.binary or recipe.sparsity != "none" else None if recipe.linear_code else "selu"
    if recipe.binary:  # through noise this loud comes only what is far on one side or the other
        coding = layers.Dense(recipe.codings, kernel_initializer=init(), name="coding")
        quiet = layers.Rescaling(1 / BIT_NOISE)(coding(hidden(x)))  # Keras has noise of 1 at most
        noisy = layers.Rescaling(BIT_NOISE)(layers.GaussianNoise(1.0, seed=seed)(quiet))
        coded = layers.Activation(activation)(noisy)
    else:
        penalty = sparsity(recipe)
        coding = layers.Dense(
            recipe.codings,
            activation=activation,
            kernel_initializer=init(),
            activity_regularizer=penalty,
            name="coding",
        )
        coded = coding(hidden(x))
    if recipe.network == "tied":
        Transposed = _transposed()
        y = Transposed(coding, activation="selu", name="hidden_back")(code)
        return coded, Transposed(hidden, activation="sigmoid", name="pixels")(y)
    y = layers.Dense(recipe.hidden, activation="selu", kernel_initializer=init(), name="hidden_back")(code)
    return coded, layers.Dense(SIZE * SIZE, activation="sigmoid", kernel_initializer=init(), name="pixels")(y)


def _convolutional(recipe: Recipe, x: Any, code: Any, init: Callable, seed: int) -> tuple[Any, Any]:
    """Strided convolutions down to 4 x 4, and transposed ones back."""
    from keras import layers

    x = layers.Reshape((SIZE, SIZE, 1))(x)
    for k, channels in enumerate((16, 32, 64)):  # 14, 7, 4 pixels
        conv = layers.Conv2D(channels, 3, 2, "same", activation="selu", kernel_initializer=init(), name=f"down_{k}")
        x = conv(x)
    coded = layers.Dense(recipe.codings, kernel_initializer=init(), name="coding")(layers.Flatten()(x))
    y = layers.Dense(7 * 7 * 32, activation="selu", kernel_initializer=init(), name="spread")(code)
    y = layers.Reshape((7, 7, 32))(y)
    for k, channels in enumerate((32, 16)):  # 14, 28 pixels; a kernel of 4 is divisible by the stride
        up = layers.Conv2DTranspose(
            channels, 4, 2, "same", activation="selu", kernel_initializer=init(), name=f"up_{k}"
        )
        y = up(y)
    return coded, layers.Conv2D(1, 3, 1, "same", activation="sigmoid", kernel_initializer=init(), name="pixels")(y)


def _recurrent(recipe: Recipe, x: Any, code: Any, init: Callable, seed: int) -> tuple[Any, Any]:
    """A picture is a sequence of 28 rows: read from the top, and written again from the code alone.

    The code is a dense layer's, and sets the writer's memory too: out of an LSTM, whose output is bent at both ends,
    the way back was learnt several times more slowly.
    """
    import keras
    from keras import layers

    def lstm(units: int, name: str, *, rows: bool = True) -> Any:
        square = keras.initializers.Orthogonal(seed=seed)
        return layers.LSTM(
            units, return_sequences=rows, kernel_initializer=init(), recurrent_initializer=square, name=name
        )

    read = lstm(recipe.hidden, "read", rows=False)(x)
    coded = layers.Dense(recipe.codings, kernel_initializer=init(), name="coding")(read)
    shown = layers.Dense(recipe.hidden, "tanh", kernel_initializer=init(), name="shown")(code)
    memory = layers.Dense(recipe.hidden, kernel_initializer=init(), name="memory")(code)
    same = layers.RepeatVector(SIZE)(code)  # at every row
    y = lstm(recipe.hidden, "write")(same, initial_state=[shown, memory])
    return coded, layers.Dense(SIZE, activation="sigmoid", kernel_initializer=init(), name="pixels")(y)


# --- tied weights -------------------------------------------------------------------------------


@cache
def _transposed() -> type:
    """The layer of a tied decoder, made when Keras is there."""
    import keras
    from keras import layers, ops

    class Transposed(layers.Layer):
        """y = f(x W^T + b): a dense layer backwards, with its weights W, and a bias of its own."""

        def __init__(self, dense: Any, activation: str, **rest: Any):
            super().__init__(**rest)
            self.kernel_of = lambda: dense.kernel  # behind a function: the weights belong to `dense` alone
            self.outputs, self.activation = dense.input_spec.axes[-1], keras.activations.get(activation)

        def build(self, shape: Any) -> None:
            self.bias = self.add_weight(shape=(self.outputs,), initializer="zeros", name="bias")

        def call(self, x: Any) -> Any:
            return self.activation(ops.matmul(x, ops.transpose(self.kernel_of())) + self.bias)

    return Transposed


# --- sparse codes -------------------------------------------------------------------------------


def sparsity(recipe: Recipe) -> Any:
    """The penalty on a code's activity, as a Keras regulariser; None where there is none."""
    import keras
    from keras import ops

    if recipe.sparsity == "l1":  # weight sum |a|, a mean over the batch
        return keras.regularizers.L1(recipe.weight)
    if recipe.sparsity == "kl":  # Keras divides what a regulariser says of a batch by its size
        return lambda a: recipe.weight * kl_sparsity(a, TARGET) * ops.cast(ops.shape(a)[0], a.dtype)
    return None


def kl_sparsity(activity: Any, target: float) -> Any:
    """sum_j KL(target || mean_j) = sum_j [p log(p / q_j) + (1 - p) log((1 - p) / (1 - q_j))], p the target.

    activity: (n, codings) in [0, 1]; q_j is the mean of its column j, how active a number of the code is over the
    batch. It pulls harder than a square the farther off they are (Ng 2011, "Sparse autoencoder", CS294A notes).
    """
    from keras import ops

    q = ops.clip(ops.mean(activity, axis=0), 1e-6, 1 - 1e-6)
    return ops.sum(target * ops.log(target / q) + (1 - target) * ops.log((1 - target) / (1 - q)))
