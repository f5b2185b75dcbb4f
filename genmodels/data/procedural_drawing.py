"""Procedural drawing: smooth random fields, color ramps, Voronoi cells and brush strokes.

Lengths are in units of the side of a square image, so that the same numbers give the same image at every size.
Images are (size, size, 3) float in [0, 1]; positions are (n, 2), y and x, in [0, 1].
"""

from collections.abc import Sequence

import numpy as np

Colors = Sequence[str]  # "#rrggbb"


def to_rgb(names: Colors) -> np.ndarray:
    """(n, 3) float in [0, 1]."""
    return np.array([[int(name[k : k + 2], 16) for k in (1, 3, 5)] for name in names]) / 255


def color_ramp(t: np.ndarray, names: Colors) -> np.ndarray:
    """Linear interpolation between colors: t in [0, 1], of any shape, to (..., 3) float in [0, 1]."""
    table = to_rgb(names)
    stops = np.linspace(0, 1, len(table))
    return np.stack([np.interp(t, stops, channel) for channel in table.T], axis=-1)


def noise_field(size: int, rng: np.random.Generator, *, finest: int = 12, falloff: float = 1.6) -> np.ndarray:
    """A smooth random field, (size, size) in [0, 1], with up to `finest` periods bristle the image."""
    n = min(finest, size // 2 - 1)
    fy, fx = np.fft.fftfreq(2 * finest + 1, 1 / (2 * finest + 1))[:, None], np.arange(finest + 1)[None]
    waves = rng.standard_normal((2 * finest + 1, finest + 1)) + 1j * rng.standard_normal((2 * finest + 1, finest + 1))
    frequency = np.hypot(fy, fx)
    waves = waves / np.maximum(frequency, 1) ** falloff * ((frequency > 0) & (frequency <= finest))
    spectrum = np.zeros((size, size // 2 + 1), complex)
    spectrum[: n + 1, : n + 1], spectrum[-n:, : n + 1] = waves[: n + 1, : n + 1], waves[-n:, : n + 1]
    z = np.fft.irfft2(spectrum, (size, size))
    return 1 / (1 + np.exp(-1.7 * (z - z.mean()) / z.std()))


def pixel_coordinates(size: int) -> tuple[np.ndarray, np.ndarray]:
    """y and x of every pixel's center, (size, size) each, in [0, 1]."""
    centers = (np.arange(size) + 0.5) / size
    return np.meshgrid(centers, centers, indexing="ij")


def contour_angles(field: np.ndarray) -> np.ndarray:
    """The angle of the contour line through each pixel of a field, in radians."""
    down, right = np.gradient(field)
    return np.arctan2(right, -down)


def sample_at(field: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The values of a field at positions (n, 2) in [0, 1]."""
    rows, columns = np.clip((positions * len(field)).astype(int), 0, len(field) - 1).T
    return field[rows, columns]


def antialiased_edge(x: np.ndarray) -> np.ndarray:
    """From 0 to 1 within one pixel around x = 0, x in pixels: an edge without aliasing."""
    return np.clip(x + 0.5, 0, 1)


def jittered_grid(rows: int, rng: np.random.Generator, jitter: float = 0.9) -> np.ndarray:
    """(n, 2) positions, one per cell of a grid that extends beyond the edge; jitter: in units of a cell, 0 to 1."""
    centers = (np.arange(-1, rows + 1) + 0.5) / rows
    grid = np.stack(np.meshgrid(centers, centers, indexing="ij"), axis=-1).reshape(-1, 2)
    return grid + jitter * rng.uniform(-0.5, 0.5, grid.shape) / rows


def voronoi_cells(size: int, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each pixel, the index of the nearest position and the distance in pixels to the border of its cell."""
    from scipy.spatial import cKDTree

    y, x = pixel_coordinates(size)
    distances, order = cKDTree(positions).query(np.stack([y.ravel(), x.ravel()], axis=1), k=2)
    spacing = np.linalg.norm(positions[order[:, 0]] - positions[order[:, 1]], axis=1)
    border = (distances[:, 1] ** 2 - distances[:, 0] ** 2) / (2 * np.maximum(spacing, 1e-9))
    return order[:, 0].reshape(size, size), border.reshape(size, size) * size


def stroke(
    canvas: np.ndarray,
    position: np.ndarray,
    angle: float,
    length: float,
    width: float,
    color: np.ndarray,
    *,
    bend: float = 0.0,
    taper: float = 0.0,
    alpha: float = 1.0,
    bristles: np.ndarray | None = None,
) -> None:
    """Draw one stroke on a canvas (size, size, 3) in place; a stroke of length 0 is a dot.

    position (2,), length and width: in units of the image's side. bend: offset of the center, in lengths. taper:
    relative loss of width from start to end. alpha: opacity. bristles (n,): brightness offsets bristle the stroke.
    """
    size = len(canvas)
    extent = (length * (0.5 + abs(bend)) + width) * size + 2
    (top, left), (bottom, right) = np.floor(position * size - extent), np.ceil(position * size + extent)
    top, left, bottom, right = max(0, int(top)), max(0, int(left)), min(size, int(bottom)), min(size, int(right))
    if top >= bottom or left >= right:
        return
    y = (np.arange(top, bottom) + 0.5 - position[0] * size)[:, None]
    x = (np.arange(left, right) + 0.5 - position[1] * size)[None]
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    half_length = max(length * size / 2, 1e-6)
    t = np.clip(u / half_length, -1, 1)
    v = v - bend * 2 * half_length * (1 - t**2)
    radius = width * size / 2 * (1 - taper * (t + 1) / 2)
    inside = antialiased_edge(radius - np.hypot(u - t * half_length, v)) * alpha
    paint = np.broadcast_to(color, (*inside.shape, 3))
    if bristles is not None:
        bristle = np.clip((v / np.maximum(radius, 0.5) + 1) / 2 * len(bristles), 0, len(bristles) - 1).astype(int)
        paint = paint + bristles[bristle][..., None]
    region = canvas[top:bottom, left:right]
    region += inside[..., None] * (paint - region)
