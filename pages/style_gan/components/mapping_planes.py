"""The mapping network in two dimensions: a part of the sphere in Z, and where each of its layers maps it."""

import base64
import colorsys
from dataclasses import dataclass

import numpy as np

from pages.style_gan.components.image_table import SHEET_COLUMNS, sheet_png
from ui.component import component

RINGS, SPOKES = 6, 12
RING_POINTS, SPOKE_POINTS = 96, 25  # points of a line
MAX_ANGLE = 90.0  # degrees from the center to the outer ring

_mapping_planes = component("mapping_planes", __file__)


@dataclass(frozen=True, eq=False)
class PolarGrid:
    """Rings and spokes: positions (n, 2) in radians; lines as (first, last + 1, hue or None); nodes with an image."""

    positions: np.ndarray
    lines: list[tuple[int, int, float | None]]
    nodes: list[int]  # the center, then ring by ring


def polar_grid() -> PolarGrid:
    radius = np.deg2rad(MAX_ANGLE)
    parts, lines, start = [], [], 0
    for ring in range(1, RINGS + 1):
        angle = np.linspace(0, 2 * np.pi, RING_POINTS + 1)
        parts.append(radius * ring / RINGS * np.stack([np.cos(angle), np.sin(angle)], axis=1))
        lines.append((start, start + len(angle), None))
        start += len(angle)
    for k in range(SPOKES):
        angle, length = 2 * np.pi * k / SPOKES, np.linspace(0, radius, SPOKE_POINTS)[:, None]
        parts.append(length * np.array([[np.cos(angle), np.sin(angle)]]))
        lines.append((start, start + SPOKE_POINTS, k / SPOKES))
        start += SPOKE_POINTS
    first_spoke, step = RINGS * (RING_POINTS + 1), (SPOKE_POINTS - 1) // RINGS
    nodes = [first_spoke]
    nodes += [first_spoke + k * SPOKE_POINTS + ring * step for ring in range(1, RINGS + 1) for k in range(SPOKES)]
    return PolarGrid(np.concatenate(parts).astype("float32"), lines, nodes)


def show(
    grid: PolarGrid, stages: list[np.ndarray], explained: list[float], images: np.ndarray, *, token: str, key: str
) -> None:
    """Draw the grid: stages (n, 2) after each layer, the first in Z; images (nodes, h, w[, 3]) uint8.

    explained: part of the variance that each stage shows. token: of the data; another one starts at W again.
    """
    degrees = np.rad2deg(np.linalg.norm(grid.positions[grid.nodes], axis=1))
    nodes = [
        {"point": point, "image": k, "text": "z of the seed" if k == 0 else f"{degrees[k]:.0f}° from z"}
        for k, point in enumerate(grid.nodes)
    ]
    data = {
        "token": token,
        "sheet": base64.b64encode(sheet_png(images)).decode(),
        "sheetColumns": SHEET_COLUMNS,
        "imageSize": images.shape[1],
        "stages": [base64.b64encode(np.ascontiguousarray(each, "<f4").tobytes()).decode() for each in stages],
        "explained": explained,
        "lines": [{"start": first, "end": last, "color": _color(hue)} for first, last, hue in grid.lines],
        "nodes": nodes,
        "nodesPerRing": SPOKES,
        "extent": 1.12 * max(float(np.abs(each).max()) for each in stages),
        "texts": {
            "before": f"Z: the sphere around z, rings every {MAX_ANGLE / RINGS:.0f}°",
            "after": "W: two principal components",
        },
    }
    _mapping_planes(key=key, data=data)


def _color(hue: float | None) -> str:
    """Rings gray, spokes in all hues; readable on white and on black."""
    if hue is None:
        return "#8a8a8a"
    return "#" + "".join(f"{round(255 * each):02x}" for each in colorsys.hls_to_rgb(hue, 0.5, 0.65))
