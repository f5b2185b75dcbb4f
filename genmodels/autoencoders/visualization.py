"""What can be seen of an autoencoder: its codes and weights as pictures, and what each of its numbers answers to.

Positive is orange, negative is blue, and nothing is black: on one scale within a picture, so that what is far from
zero stands out. Hinton & Salakhutdinov 2006 and Vincent et al. 2010 (JMLR 11, "Stacked denoising autoencoders")
show what such networks have learnt in this way.
"""

import numpy as np

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.model import SIZE, Autoencoder

PLUS, MINUS = (1.0, 0.55, 0.1), (0.25, 0.6, 1.0)  # orange, blue
ENDS = 0.05  # share of the codes beyond each end of a sweep: what lies farther out is rare


def signed(values: np.ndarray, reach: float | None = None) -> np.ndarray:
    """Numbers of either sign as colours: (...) to (..., 3) uint8. reach: what is drawn at full strength."""
    v = np.asarray(values, "float32")
    v = v / max(float(np.abs(v).max()) if reach is None else reach, 1e-12)
    colour = np.clip(v, 0, 1)[..., None] * PLUS + np.clip(-v, 0, 1)[..., None] * MINUS
    return (255 * colour).round().astype("uint8")


def errors(pictures: np.ndarray, back: np.ndarray) -> np.ndarray:
    """What was lost in orange, what was added in blue: (..., 28, 28) uint8 and float32 to (..., 28, 28, 3) uint8."""
    return signed(pictures / 255 - back, reach=1.0)


def squared_error(picture: np.ndarray, back: np.ndarray) -> float:
    """Of one picture, mean (x - x')^2, pixels in [0, 1]: (28, 28) uint8, and (28, 28) float32 what came back."""
    return float(np.square(picture / 255 - back).mean())


def code_picture(code: np.ndarray, reach: float | None = None) -> np.ndarray:
    """A code (d,) as a block of squares, row after row, about twice as wide as high: (h, w, 3) uint8."""
    d = len(code)
    width = int(np.ceil(np.sqrt(2 * d)))
    width = next((w for w in range(width, d) if d % w == 0 and w <= 2 * width), width)  # without a gap, if it can be
    block = np.zeros(-(-d // width) * width, "float32")
    block[:d] = code
    return signed(block.reshape(-1, width), reach)


def filters(model: Autoencoder) -> tuple[np.ndarray, str]:
    """The weights of the encoder's first layer, a picture for each unit, and what it is called.

    Dense: (units, 28, 28), how much each pixel counts. Convolutional: (channels, 3, 3). Recurrent: (units, 1, 28), how
    much each pixel of a row counts for what may enter a cell. float32, each scaled to [-1, 1].
    """
    recipe = model.recipe
    layer = {"linear": "coding", "convolutional": "down_0", "recurrent": "read"}.get(recipe.network, "hidden")
    kernel = np.asarray(model.encoder.get_layer(layer).get_weights()[0], "float32")
    if recipe.network == "convolutional":
        found, said = kernel[:, :, 0].transpose(2, 0, 1), "kernels of 3 x 3 pixels"
    elif recipe.network == "recurrent":
        candidates = kernel[:, 2 * recipe.hidden : 3 * recipe.hidden]  # Keras: input, forget, cell, output
        found, said = candidates.T[:, None], "rows of 28 pixels"
    else:
        found, said = kernel.T.reshape(-1, SIZE, SIZE), "pictures of 28 x 28 pixels"
    reach = np.abs(found).max(axis=(1, 2), keepdims=True)
    return found / np.maximum(reach, 1e-12), said


def strongest(codes: np.ndarray, number: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of (m, d) codes whose `number`-th is largest, and those where it is smallest: (n,) each, extremes first."""
    order = np.argsort(-codes[:, number], kind="stable")
    return order[:n], order[::-1][:n]


def busiest(codes: np.ndarray, n: int) -> np.ndarray:
    """Which numbers of (m, d) codes vary most over the pictures, most first: at most n, int64."""
    return np.argsort(-codes.std(axis=0), kind="stable")[:n]


def sweep(model: Autoencoder, code: np.ndarray, codes: np.ndarray, number: int, n: int) -> np.ndarray:
    """One number of a code (d,) moved through what it usually is, the rest held: n pictures, (n, 28, 28) float32.

    codes: (m, d), which say what is usual.
    """
    moved = np.repeat(np.asarray(code, "float32")[None], n, axis=0)
    low, high = np.quantile(codes[:, number], (ENDS, 1 - ENDS))
    moved[:, number] = np.linspace(low, high, n)
    return autoencoders.decode(model, moved)


def between(model: Autoencoder, a: np.ndarray, b: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """From one picture (28, 28) uint8 to another in n steps: decoded between their codes, and faded pixel by pixel.

    Both (n, 28, 28) float32 in [0, 1].
    """
    t = np.linspace(0, 1, n, dtype="float32")[:, None]
    x = np.stack([a, b])
    start, end = autoencoders.encode(model, x)
    pixels = autoencoders.scaled(x).reshape(2, -1)
    faded = ((1 - t) * pixels[0] + t * pixels[1]).reshape(n, SIZE, SIZE)
    return np.clip(autoencoders.decode(model, (1 - t) * start + t * end), 0, 1), faded


def mending(model: Autoencoder, pictures: np.ndarray, kind: str, amounts: np.ndarray, seed: int = 0) -> np.ndarray:
    """How far from the clean picture it ends, by how much was damaged: (k,) amounts to (k,) mean squared errors."""
    damaged = (autoencoders.corrupted(pictures, kind, float(amount), seed) for amount in amounts)
    return np.array([autoencoders.squared_error(model, each, pictures).mean() for each in damaged])


def penalties(active: np.ndarray, target: float) -> dict[str, np.ndarray]:
    """What it costs a number to be active this much on average, (n,) in (0, 1), instead of `target`.

    KL(target || q) = p log(p / q) + (1 - p) log((1 - p) / (1 - q)), in nats; and the square (q - p)^2 beside it.
    """
    q, p = np.asarray(active, "float64"), target
    kl = p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
    return {"KL divergence": kl, "square": np.square(q - p)}
