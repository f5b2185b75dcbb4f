"""The heat map over the photo and its control beside it, blended in the browser."""

from collections.abc import Sequence

import numpy as np

from genmodels.convnet_visualization import methods as convnet_visualization
from genmodels.convnet_visualization.methods import CLASSES, Stage
from pages.convnet_visualization import common
from ui.component import component

_heat = component("heatmap_overlay", __file__)


def show(photo: np.ndarray, found: np.ndarray, stages: Sequence[Stage], *, title: str, told: str, key: str) -> None:
    """Draw the map (h, w) in [0, 1] over the photo, and those with random weights, if any, beside it."""
    _heat(
        key=key,
        data={
            "photo": common.photo_url(photo),
            "palette": common.palette(),
            "size": list(found.shape),
            "map": _bytes(found),
            "title": title,
            "told": told,
            "stages": [
                {
                    "map": _bytes(stage.map),
                    "short": common.spoken(stage.name),
                    "long": "the class weights" if stage.name == CLASSES else f"all from the classes to {stage.name}",
                    "told": f"Rank correlation with the trained one: {convnet_visualization.alike(found, stage.map):.2f}",
                }
                for stage in stages
            ],
        },
    )


def _bytes(values: np.ndarray) -> list[int]:
    return np.round(255 * values).astype(int).ravel().tolist()
