"""To draw with: smooth random fields, colours between colours, cells, and strokes of a brush.

Everything is measured in the side of a square picture, so that the same numbers give the same picture at
every size. Pictures are (side, side, 3) float in [0, 1]; places are (n, 2), y and x, in [0, 1].
"""

from collections.abc import Sequence

import numpy as np

Colours = Sequence[str]  # "#rrggbb", in the order in which they meet


def to_rgb(names: Colours) -> np.ndarray:
    """(n, 3) float in [0, 1]."""
    return np.array([[int(name[k : k + 2], 16) for k in (1, 3, 5)] for name in names]) / 255


def color_ramp(t: np.ndarray, names: Colours) -> np.ndarray:
    """Numbers in [0, 1], of any shape, to colours between the given ones."""
    table = to_rgb(names)
    at = np.linspace(0, 1, len(table))
    return np.stack([np.interp(t, at, channel) for channel in table.T], axis=-1)


def noise_field(side: int, rng: np.random.Generator, *, finest: int = 12, falloff: float = 1.6) -> np.ndarray:
    """(side, side) smooth and random, evenly spread over [0, 1]; up to `finest` waves across the picture."""
    n = min(finest, side // 2 - 1)
    fy, fx = np.fft.fftfreq(2 * finest + 1, 1 / (2 * finest + 1))[:, None], np.arange(finest + 1)[None]
    waves = rng.standard_normal((2 * finest + 1, finest + 1)) + 1j * rng.standard_normal((2 * finest + 1, finest + 1))
    frequency = np.hypot(fy, fx)
    waves = waves / np.maximum(frequency, 1) ** falloff * ((frequency > 0) & (frequency <= finest))
    whole = np.zeros((side, side // 2 + 1), complex)
    whole[: n + 1, : n + 1], whole[-n:, : n + 1] = waves[: n + 1, : n + 1], waves[-n:, : n + 1]
    z = np.fft.irfft2(whole, (side, side))
    return 1 / (1 + np.exp(-1.7 * (z - z.mean()) / z.std()))


def pixel_coordinates(side: int) -> tuple[np.ndarray, np.ndarray]:
    """y and x of every pixel's middle, 0 to 1."""
    at = (np.arange(side) + 0.5) / side
    return np.meshgrid(at, at, indexing="ij")


def contour_angles(field: np.ndarray) -> np.ndarray:
    """The direction of a field's level lines, as an angle, at each pixel."""
    down, right = np.gradient(field)
    return np.arctan2(right, -down)


def sample_at(field: np.ndarray, places: np.ndarray) -> np.ndarray:
    """What a picture has at places (n, 2) in [0, 1]."""
    rows, columns = np.clip((places * len(field)).astype(int), 0, len(field) - 1).T
    return field[rows, columns]


def antialiased_edge(x: np.ndarray) -> np.ndarray:
    """From 0 to 1 within the pixel around x = 0, x in pixels: a line without steps."""
    return np.clip(x + 0.5, 0, 1)


def jittered_grid(rows: int, rng: np.random.Generator, loose: float = 0.9) -> np.ndarray:
    """(n, 2) places, one in each cell of a grid that reaches over the edge; loose: how far from its middle."""
    at = (np.arange(-1, rows + 1) + 0.5) / rows
    grid = np.stack(np.meshgrid(at, at, indexing="ij"), axis=-1).reshape(-1, 2)
    return grid + loose * rng.uniform(-0.5, 0.5, grid.shape) / rows


def voronoi_cells(side: int, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which place is nearest to each pixel, and how many pixels it is from there to the border of its cell."""
    from scipy.spatial import cKDTree

    y, x = pixel_coordinates(side)
    found, order = cKDTree(places).query(np.stack([y.ravel(), x.ravel()], axis=1), k=2)
    between = np.linalg.norm(places[order[:, 0]] - places[order[:, 1]], axis=1)
    border = (found[:, 1] ** 2 - found[:, 0] ** 2) / (2 * np.maximum(between, 1e-9))
    return order[:, 0].reshape(side, side), border.reshape(side, side) * side


def stroke(
    canvas: np.ndarray,
    place: np.ndarray,
    angle: float,
    length: float,
    width: float,
    colour: np.ndarray,
    *,
    bend: float = 0.0,
    taper: float = 0.0,
    cover: float = 1.0,
    bristles: np.ndarray | None = None,
) -> None:
    """Paint one stroke onto a canvas (side, side, 3), in place; of no length it is a dot.

    place (2,), length and width: in units of the picture's side. bend: of its middle, in lengths.
    taper: how much thinner it ends than it begins. bristles (n,): light and dark across it.
    """
    side = len(canvas)
    reach = (length * (0.5 + abs(bend)) + width) * side + 2
    (top, left), (bottom, right) = np.floor(place * side - reach), np.ceil(place * side + reach)
    top, left, bottom, right = max(0, int(top)), max(0, int(left)), min(side, int(bottom)), min(side, int(right))
    if top >= bottom or left >= right:
        return
    y = (np.arange(top, bottom) + 0.5 - place[0] * side)[:, None]
    x = (np.arange(left, right) + 0.5 - place[1] * side)[None]
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    half = max(length * side / 2, 1e-6)
    share = np.clip(u / half, -1, 1)
    v = v - bend * 2 * half * (1 - share**2)
    radius = width * side / 2 * (1 - taper * (share + 1) / 2)
    inside = antialiased_edge(radius - np.hypot(u - share * half, v)) * cover
    paint = np.broadcast_to(colour, (*inside.shape, 3))
    if bristles is not None:
        across = np.clip((v / np.maximum(radius, 0.5) + 1) / 2 * len(bristles), 0, len(bristles) - 1).astype(int)
        paint = paint + bristles[across][..., None]
    part = canvas[top:bottom, left:right]
    part += inside[..., None] * (paint - part)
