"""The layers of encoder and decoder: dense, convolutional and recurrent.

`model.build` calls `build_networks`; the options are documented in `config.Config`.
"""

from collections.abc import Callable
from typing import Any

from genmodels.autoencoders import sparsity, tied_weights
from genmodels.autoencoders.config import HASH_NOISE_STD, IMAGE_SIZE, Config


def build_networks(config: Config, seed: int) -> tuple[Any, Any, Any]:
    """Encoder, decoder and the full model, (n, 28, 28) to (n, code_size) to (n, 28, 28), as Keras models."""
    import keras
    from keras import layers

    seeds = iter(range(1000 * seed, 1000 * seed + 1000))  # keras.utils.set_random_seed would be process-wide

    def init() -> Any:
        return keras.initializers.GlorotUniform(seed=next(seeds))

    image = keras.Input((IMAGE_SIZE, IMAGE_SIZE), name="image")
    code = keras.Input((config.code_size,), name="code")
    x = _corrupt(config, image, next(seeds))
    build = {"convolutional": _convolutional, "recurrent": _recurrent}.get(config.network, _dense)
    coded, decoded = build(config, x, code, init, next(seeds))
    encoder = keras.Model(image, coded, name="encoder")
    decoder = keras.Model(code, layers.Reshape((IMAGE_SIZE, IMAGE_SIZE), dtype="float32")(decoded), name="decoder")
    return encoder, decoder, keras.Model(image, decoder(encoder(image)), name="autoencoder")


def _corrupt(config: Config, image: Any, seed: int) -> Any:
    """Corrupts the input of a denoising autoencoder during training; the identity at inference."""
    from keras import layers

    if config.noise_type == "gaussian":
        return layers.GaussianNoise(config.noise_level, seed=seed)(image)
    if config.noise_type == "dropout":
        return layers.Dropout(config.noise_level, seed=seed)(image)
    return image


def _dense(config: Config, x: Any, code: Any, init: Callable, seed: int) -> tuple[Any, Any]:
    """784 - hidden_units - code_size, and back. linear: no hidden layers. tied: transposed weights in the decoder."""
    from keras import layers

    x = layers.Flatten()(x)
    if config.network == "linear":
        coded = layers.Dense(config.code_size, kernel_initializer=init(), name="coding")(x)
        return coded, layers.Dense(IMAGE_SIZE * IMAGE_SIZE, kernel_initializer=init(), name="pixels")(code)
    hidden = layers.Dense(config.hidden_units, activation="selu", kernel_initializer=init(), name="hidden")
    activation = (
        "sigmoid" if config.binary_code or config.sparsity_penalty != "none" else None if config.linear_code else "selu"
    )
    if config.binary_code:  # only activations far from zero survive this noise
        coding = layers.Dense(config.code_size, kernel_initializer=init(), name="coding")
        scaled = layers.Rescaling(1 / HASH_NOISE_STD)(coding(hidden(x)))  # Keras limits the noise to 1
        noisy = layers.Rescaling(HASH_NOISE_STD)(layers.GaussianNoise(1.0, seed=seed)(scaled))
        coded = layers.Activation(activation)(noisy)
    else:
        coding = layers.Dense(
            config.code_size,
            activation=activation,
            kernel_initializer=init(),
            activity_regularizer=sparsity.activity_regularizer(config),
            name="coding",
        )
        coded = coding(hidden(x))
    if config.network == "tied":
        Transposed = tied_weights.transposed_layer()
        y = Transposed(coding, activation="selu", name="decoder_hidden")(code)
        return coded, Transposed(hidden, activation="sigmoid", name="pixels")(y)
    y = layers.Dense(config.hidden_units, activation="selu", kernel_initializer=init(), name="decoder_hidden")(code)
    return coded, layers.Dense(IMAGE_SIZE * IMAGE_SIZE, activation="sigmoid", kernel_initializer=init(), name="pixels")(
        y
    )


def _convolutional(config: Config, x: Any, code: Any, init: Callable, seed: int) -> tuple[Any, Any]:
    """Strided convolutions down to 4 x 4 pixels; transposed convolutions in the decoder."""
    from keras import layers

    x = layers.Reshape((IMAGE_SIZE, IMAGE_SIZE, 1))(x)
    for k, channels in enumerate((16, 32, 64)):  # 14, 7, 4 pixels
        conv = layers.Conv2D(channels, 3, 2, "same", activation="selu", kernel_initializer=init(), name=f"conv_{k}")
        x = conv(x)
    coded = layers.Dense(config.code_size, kernel_initializer=init(), name="coding")(layers.Flatten()(x))
    y = layers.Dense(7 * 7 * 32, activation="selu", kernel_initializer=init(), name="decoder_dense")(code)
    y = layers.Reshape((7, 7, 32))(y)
    for k, channels in enumerate((32, 16)):  # 14, 28 pixels; a kernel of 4 is divisible by the stride
        up = layers.Conv2DTranspose(
            channels, 4, 2, "same", activation="selu", kernel_initializer=init(), name=f"conv_transpose_{k}"
        )
        y = up(y)
    return coded, layers.Conv2D(1, 3, 1, "same", activation="sigmoid", kernel_initializer=init(), name="pixels")(y)


def _recurrent(config: Config, x: Any, code: Any, init: Callable, seed: int) -> tuple[Any, Any]:
    """An image is a sequence of 28 rows: one LSTM encodes it, another one generates the rows from the code.

    The code is the output of a dense layer and also sets the initial states of the decoder's LSTM. With the bounded
    output of a second LSTM as the code, training was several times slower.
    """
    import keras
    from keras import layers

    def lstm(units: int, name: str, *, return_sequences: bool = True) -> Any:
        orthogonal = keras.initializers.Orthogonal(seed=seed)
        return layers.LSTM(
            units,
            return_sequences=return_sequences,
            kernel_initializer=init(),
            recurrent_initializer=orthogonal,
            name=name,
        )

    encoded = lstm(config.hidden_units, "encoder_lstm", return_sequences=False)(x)
    coded = layers.Dense(config.code_size, kernel_initializer=init(), name="coding")(encoded)
    hidden_state = layers.Dense(config.hidden_units, "tanh", kernel_initializer=init(), name="hidden_state")(code)
    cell_state = layers.Dense(config.hidden_units, kernel_initializer=init(), name="cell_state")(code)
    repeated = layers.RepeatVector(IMAGE_SIZE)(code)  # the input of every row
    y = lstm(config.hidden_units, "decoder_lstm")(repeated, initial_state=[hidden_state, cell_state])
    return coded, layers.Dense(IMAGE_SIZE, activation="sigmoid", kernel_initializer=init(), name="pixels")(y)
