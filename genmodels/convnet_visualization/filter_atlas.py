"""The filter atlas: precomputed visualizations of every filter of every layer and of every class.

Made by `training/convnet_visualization.py` with `feature_visualization`, one sheet of small images per layer.
"""

from dataclasses import dataclass

import numpy as np

from genmodels import weights
from genmodels.media import images


@dataclass(frozen=True)
class Sheet:
    """The visualizations of all filters of a layer, as one image."""

    webp: bytes  # rows of images
    columns: int
    count: int
    image_size: int  # height and width of each, in pixels


def load(name: str = "builtin") -> dict[str, Sheet]:
    """The sheets of a network by layer, `inputs.CLASSES` last. Raises `WeightsError` on a damaged file."""
    stored = weights.arrays(f"convnet_visualization_{name}", ".arrays.npz")
    return {
        layer: Sheet(stored[layer].tobytes(), *map(int, stored[f"{layer} columns, count, side"]))
        for layer in weights.model_card(f"convnet_visualization_{name}")["layers"]
    }


def matches_weights(name: str = "builtin") -> bool:
    """True if the atlas was made with the weights of the network that are installed."""
    file = f"backbone_{name}.weights.h5"
    weights_sha256 = weights.model_card(f"convnet_visualization_{name}")["backbone_sha256"]
    return weights_sha256 == weights.model_card(f"backbone_{name}")["sha256"][file]


def join(cells: np.ndarray, columns: int, *, quality: int) -> Sheet:
    """A sheet of (count, image_size, image_size, 3) uint8 images; quality: of the WebP file, 0 to 100."""
    count, size, _, _ = cells.shape
    padded = np.zeros((-(-count // columns) * columns, size, size, 3), "uint8")
    padded[:count] = cells
    return Sheet(
        images.webp(images.tile(padded.reshape(-1, columns, size, size, 3)), quality=quality), columns, count, size
    )


def split(sheet: Sheet) -> np.ndarray:
    """The images of a sheet: (count, image_size, image_size, 3) uint8."""
    decoded, _ = images.decode(sheet.webp, max_side=16384)
    size = sheet.image_size
    cells = decoded.reshape(decoded.shape[0] // size, size, sheet.columns, size, 3).swapaxes(1, 2)
    return cells.reshape(-1, size, size, 3)[: sheet.count]
