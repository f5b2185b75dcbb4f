"""The Grad-CAM heatmap over the photo, and the heatmaps with randomized weights beside it."""

from collections.abc import Sequence

import numpy as np

from genmodels.convnet_visualization import grad_cam
from genmodels.convnet_visualization.grad_cam import Stage
from genmodels.convnet_visualization.inputs import CLASSES
from pages.convnet_visualization import common
from ui.component import component

_heatmap_overlay = component("heatmap_overlay", __file__)


def show(
    photo: np.ndarray, heatmap: np.ndarray, stages: Sequence[Stage], *, title: str, caption: str, key: str
) -> None:
    """Draws a heatmap (h, w) in [0, 1] over the photo, and those of the randomization test, if any, beside it."""
    _heatmap_overlay(
        key=key,
        data={
            "photo": common.photo_url(photo),
            "colormap": common.colormap_bytes(),
            "size": list(heatmap.shape),
            "map": _to_bytes(heatmap),
            "title": title,
            "caption": caption,
            "stages": [
                {
                    "map": _to_bytes(stage.heatmap),
                    "label": common.short_layer_name(stage.layer),
                    "title": "output layer" if stage.layer == CLASSES else f"output layer down to {stage.layer}",
                    "caption": f"Rank correlation: {grad_cam.rank_correlation(heatmap, stage.heatmap):.2f}",
                }
                for stage in stages
            ],
        },
    )


def _to_bytes(values: np.ndarray) -> list[int]:
    return np.round(255 * values).astype(int).ravel().tolist()
