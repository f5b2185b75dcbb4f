"""Images of what an autoencoder has learned: codes, residuals, first-layer weights, activating examples, traversals.

Positive values are orange, negative ones blue, zero is black. Hinton & Salakhutdinov 2006 and Vincent et al. 2010
(JMLR 11, "Stacked denoising autoencoders") visualize their networks in this way.
"""

import numpy as np

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.config import IMAGE_SIZE
from genmodels.autoencoders.model import Autoencoder
from genmodels.media.images import tile

POSITIVE, NEGATIVE = (1.0, 0.55, 0.1), (0.25, 0.6, 1.0)  # orange and blue, RGB in [0, 1]
TAIL = 0.05  # fraction of the codes beyond each end of a latent traversal


def diverging_colormap(values: np.ndarray, max_abs: float | None = None) -> np.ndarray:
    """Signed values as colors: (...) to (..., 3) uint8. max_abs: the value of full brightness, default the largest."""
    v = np.asarray(values, "float32")
    v = v / max(float(np.abs(v).max()) if max_abs is None else max_abs, 1e-12)
    color = np.clip(v, 0, 1)[..., None] * POSITIVE + np.clip(-v, 0, 1)[..., None] * NEGATIVE
    return (255 * color).round().astype("uint8")


def residual_image(images: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """x - x': orange where the reconstruction is too dark, blue where it is too bright.

    images (..., 28, 28) uint8 and reconstructions (..., 28, 28) float32 to (..., 28, 28, 3) uint8.
    """
    return diverging_colormap(images / 255 - reconstructions, max_abs=1.0)


def mean_squared_error(image: np.ndarray, reconstruction: np.ndarray, *, clip: bool = False) -> float:
    """mean (x - x')^2 of one image, pixels in [0, 1]: (28, 28) uint8, and its reconstruction (28, 28) float32.

    clip: limit the reconstruction to [0, 1] first, as it is displayed.
    """
    return float(np.square(image / 255 - (np.clip(reconstruction, 0, 1) if clip else reconstruction)).mean())


def code_heatmap(code: np.ndarray, max_abs: float | None = None) -> np.ndarray:
    """A code (d,) as a grid of colored squares, row by row, about twice as wide as high: (h, w, 3) uint8."""
    d = len(code)
    width = int(np.ceil(np.sqrt(2 * d)))
    width = next((w for w in range(width, d) if d % w == 0 and w <= 2 * width), width)  # a full last row if possible
    grid = np.zeros(-(-d // width) * width, "float32")
    grid[:d] = code
    return diverging_colormap(grid.reshape(-1, width), max_abs)


# --- weights ------------------------------------------------------------------------------------


def first_layer_weights(model: Autoencoder) -> tuple[np.ndarray, str]:
    """The weights of the encoder's first layer, one image per unit, and what an image is: "images of 28 x 28 pixels".

    Dense: (units, 28, 28). Convolutional: (channels, 3, 3). Recurrent: (units, 1, 28), the weights from a row of pixels
    to the cell candidates. float32, each image scaled to [-1, 1].
    """
    config = model.config
    layer = {"linear": "coding", "convolutional": "conv_0", "recurrent": "encoder_lstm"}.get(config.network, "hidden")
    kernel = np.asarray(model.encoder.get_layer(layer).get_weights()[0], "float32")
    if config.network == "convolutional":
        weights, what = kernel[:, :, 0].transpose(2, 0, 1), "kernels of 3 x 3 pixels"
    elif config.network == "recurrent":
        candidates = kernel[:, 2 * config.hidden_units : 3 * config.hidden_units]  # Keras: input, forget, cell, output
        weights, what = candidates.T[:, None], "rows of 28 pixels"
    else:
        weights, what = kernel.T.reshape(-1, IMAGE_SIZE, IMAGE_SIZE), "images of 28 x 28 pixels"
    max_abs = np.abs(weights).max(axis=(1, 2), keepdims=True)
    return weights / np.maximum(max_abs, 1e-12), what


def weight_sheet(weights: np.ndarray) -> np.ndarray:
    """Weights as of `first_layer_weights` as one image, (n, h, w) to (H, W, 3) uint8; zeros fill the last row."""
    columns = {28: 20, 3: 8}.get(weights.shape[1], 4)
    padded = np.zeros((-(-len(weights) // columns) * columns, *weights.shape[1:]), "float32")
    padded[: len(weights)] = weights
    colors = diverging_colormap(padded.reshape(-1, columns, *weights.shape[1:]), max_abs=1.0)
    return tile(colors, gap=1, background=90)


# --- units of the code --------------------------------------------------------------------------


def max_activating_examples(codes: np.ndarray, unit: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the n codes (m, d) with the largest activation of a unit, and of the n with the smallest: (n,) each.

    The extreme ones come first.
    """
    order = np.argsort(-codes[:, unit], kind="stable")
    return order[:n], order[::-1][:n]


def highest_variance_units(codes: np.ndarray, n: int) -> np.ndarray:
    """The units of codes (m, d) that vary most over the images, the largest variance first: at most n, int64."""
    return np.argsort(-codes.std(axis=0), kind="stable")[:n]


def latent_traversal(model: Autoencoder, code: np.ndarray, codes: np.ndarray, unit: int, n: int) -> np.ndarray:
    """One unit of a code (d,) is varied, all others stay fixed: n decoded images, (n, 28, 28) float32.

    codes: (m, d); the unit runs between two quantiles of them, TAIL and 1 - TAIL.
    """
    traversal = np.repeat(np.asarray(code, "float32")[None], n, axis=0)
    low, high = np.quantile(codes[:, unit], (TAIL, 1 - TAIL))
    traversal[:, unit] = np.linspace(low, high, n)
    return autoencoders.decode(model, traversal)


def interpolate(model: Autoencoder, a: np.ndarray, b: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """From image a (28, 28) uint8 to image b in n steps: decoded between their codes, and blended pixel by pixel.

    Both (n, 28, 28) float32 in [0, 1].
    """
    t = np.linspace(0, 1, n, dtype="float32")[:, None]
    x = np.stack([a, b])
    start, end = autoencoders.encode(model, x)
    pixels = autoencoders.scale_pixels(x).reshape(2, -1)
    blended = ((1 - t) * pixels[0] + t * pixels[1]).reshape(n, IMAGE_SIZE, IMAGE_SIZE)
    return np.clip(autoencoders.decode(model, (1 - t) * start + t * end), 0, 1), blended
