"""Twelve style images, generated procedurally.

Style transfer needs style images with clear colors and strokes. Paintings and photographs of them are owned by
museums and photographers; these images are free, because a few lines of NumPy generate each: tiles by the nearest of
scattered points (Worley 1996, "A cellular texture basis function"), strokes along the contours of a smooth random
field (Haeberli 1990, "Paint by numbers"), halftone dots, woven threads. The same name and seed give the same image at
every size.
"""

from collections.abc import Callable

import numpy as np

from genmodels.data import procedural_drawing

NIGHT = ("#0b1437", "#15307a", "#2f6fc1", "#7db7dd", "#f4e9b4", "#f3c53c", "#d9822b", "#16244f")
GLASS = ("#0b2a8f", "#1766c9", "#0e8f86", "#f2b51d", "#e4572e", "#b3122f", "#6a1b8a", "#f7dc7a")
SMALTI = ("#12355b", "#2a7f9e", "#8fc1b5", "#f1e3c0", "#e0a63a", "#c1502e", "#7a1f2b", "#123a2e")
SUNSET = ("#2b1055", "#7d1f6f", "#d3365a", "#f4793b", "#fbc04f", "#fff0b8")
SEA = ("#0d2238", "#173f6b", "#2d6d9a", "#7fb0c0", "#f0e7d0", "#e9d8b4")
GARDEN = ("#23395b", "#3a7d44", "#8fbf4d", "#f4d35e", "#ee6c4d", "#b23a67", "#f7c6d0", "#5aa9c9")


def draw(name: str, size: int = 384, seed: int = 0) -> np.ndarray:
    """The style image of that name, one of `NAMES`: (size, size, 3) uint8.

    size: 32 pixels or more; the image is the same at every size, only finer or coarser. seed: another image in the
    same style. Raises `ValueError` on another name or a smaller size.
    """
    if name not in _STYLES:
        raise ValueError(f"no style is named {name!r}: expected one of {', '.join(NAMES)}")
    if size < 32:
        raise ValueError(f"a style image needs 32 pixels per side or more, got {size}")
    image = _STYLES[name](size, np.random.default_rng([seed, NAMES.index(name)]))
    return np.round(255 * np.clip(image, 0, 1)).astype("uint8")


# --- the styles -----------------------------------------------------------------------------------


def _mosaic(size: int, rng: np.random.Generator) -> np.ndarray:
    """Small stones in bands of color, set in dark mortar."""
    field = procedural_drawing.noise_field(size, rng, finest=5)
    positions = procedural_drawing.jittered_grid(34, rng, 0.55)
    cell, border = procedural_drawing.voronoi_cells(size, positions)
    tones = np.clip(procedural_drawing.sample_at(field, positions) + 0.05 * rng.standard_normal(len(positions)), 0, 1)
    tones = (np.floor(tones * 2 * len(SMALTI)) + 0.5) / (2 * len(SMALTI))
    stones = procedural_drawing.color_ramp(tones, SMALTI) * rng.uniform(0.8, 1.12, (len(positions), 1))
    gold = rng.random(len(positions)) < 0.06
    stones[gold] = procedural_drawing.to_rgb(["#e8b64c"]) * rng.uniform(0.8, 1.15, (gold.sum(), 1))
    y, x = procedural_drawing.pixel_coordinates(size)
    tilt = 0.16 * ((positions[cell][..., 0] - y) + (positions[cell][..., 1] - x)) * 34  # each stone is slightly tilted
    mortar = procedural_drawing.antialiased_edge(border - 0.0032 * size)[..., None]
    return mortar * (stones[cell] + tilt[..., None]) + (1 - mortar) * procedural_drawing.to_rgb(["#2a2320"])


def _stained_glass(size: int, rng: np.random.Generator) -> np.ndarray:
    """Large panes of saturated color, lit from behind, with lead between them."""
    positions = procedural_drawing.jittered_grid(9, rng, 0.95)
    cell, border = procedural_drawing.voronoi_cells(size, positions)
    tones = np.clip(
        procedural_drawing.sample_at(procedural_drawing.noise_field(size, rng, finest=4), positions)
        + 0.2 * rng.standard_normal(len(positions)),
        0,
        1,
    )
    panes = procedural_drawing.color_ramp((np.floor(tones * 7.99) + 0.5) / 8, GLASS)
    panes = panes[cell] * (0.72 + 0.55 * procedural_drawing.noise_field(size, rng, finest=20, falloff=1.2))[..., None]
    y, x = procedural_drawing.pixel_coordinates(size)
    sun = np.exp(-((y - 0.38) ** 2 + (x - 0.55) ** 2) / 0.12)[..., None]
    panes = panes + 0.22 * sun + 0.25 * np.exp(-border / (0.03 * size))[..., None] * -1 * panes
    lead = procedural_drawing.antialiased_edge(border - 0.011 * size)[..., None]
    highlight = np.exp(-((border - 0.006 * size) ** 2) / (0.003 * size) ** 2)[..., None]
    return lead * panes + (1 - lead) * (procedural_drawing.to_rgb(["#0c0c10"]) + 0.16 * highlight)


def _ink(size: int, rng: np.random.Generator) -> np.ndarray:
    """Mountains in mist in wet ink, leaves in front of them in dry ink, and a red sun."""
    image = (
        procedural_drawing.to_rgb(["#f2e8d3"])
        - 0.08 * procedural_drawing.noise_field(size, rng, finest=60, falloff=0.5)[..., None]
    )
    y, x = procedural_drawing.pixel_coordinates(size)
    sun = procedural_drawing.antialiased_edge((0.085 - np.hypot(y - 0.2, x - 0.7)) * size)[..., None]
    image = image * (1 - sun) + sun * procedural_drawing.to_rgb(["#c2321f"])
    wobble = 0.05 * (procedural_drawing.noise_field(size, rng, finest=30, falloff=0.9) - 0.5)
    for k in range(6):
        ridge = (
            0.14
            + 0.15 * k
            + 0.3 * (procedural_drawing.noise_field(size, rng, finest=14, falloff=1.35)[size // 2] - 0.5)
        )
        depth = y + wobble * (1 + 0.5 * k) - ridge
        mist = np.exp(-np.maximum(depth, 0) / (0.05 + 0.02 * k))
        wash = (procedural_drawing.antialiased_edge(depth * size / 2.5) * (0.3 + 0.12 * k) * mist)[..., None]
        rim = (np.exp(-((depth / 0.006) ** 2)) * (0.12 + 0.1 * k))[..., None]
        image = image * (1 - wash) + wash * procedural_drawing.to_rgb(["#1d2430"])
        image = image * (1 - rim) + rim * procedural_drawing.to_rgb(["#0d0f14"])
    for _ in range(9):
        root, lean = np.array([1.05, rng.random()]), rng.uniform(-0.5, 0.5)
        for _ in range(11):
            height = rng.uniform(0.05, 0.6)
            position = root + height * np.array([-1.0, lean]) + 0.03 * rng.standard_normal(2)
            dry = np.repeat(rng.uniform(0, 0.4, 10) ** 2, 2)
            procedural_drawing.stroke(
                image,
                position,
                rng.uniform(-0.5, 1.2) + np.pi * (rng.random() < 0.5),
                rng.uniform(0.1, 0.22),
                rng.uniform(0.012, 0.03),
                procedural_drawing.to_rgb(["#101218"])[0],
                bend=rng.uniform(-0.12, 0.12),
                taper=0.95,
                alpha=rng.uniform(0.55, 0.95),
                bristles=dry,
            )
    return image


def _halftone(size: int, rng: np.random.Generator) -> np.ndarray:
    """Four inks printed as dots on four grids, each at its own angle, on white paper."""
    y, x = procedural_drawing.pixel_coordinates(size)
    rings = 0.5 + 0.5 * np.sin(
        34 * np.hypot(y - 0.42, x - 0.56) + 5 * procedural_drawing.noise_field(size, rng, finest=3)
    )
    image = procedural_drawing.color_ramp(
        0.55 * procedural_drawing.noise_field(size, rng, finest=4) + 0.45 * rings, (*SUNSET[1:], "#36c6d8", "#1b4fa0")
    )
    black = 1 - image.max(axis=-1)
    inks = [*np.moveaxis((1 - image - black[..., None]) / np.maximum(1 - black[..., None], 1e-3), -1, 0), 0.8 * black]
    page = np.ones((size, size, 3)) * procedural_drawing.to_rgb(["#fdf8ec"])
    pitch = 1 / 46
    for alpha, angle, ink in zip(inks, (15, 75, 0, 45), ("#00a4dc", "#e6127e", "#ffe100", "#1c1a22"), strict=True):
        a = np.radians(angle)
        u, v = (x * np.cos(a) + y * np.sin(a)) / pitch, (y * np.cos(a) - x * np.sin(a)) / pitch
        distance = np.hypot(u - np.round(u), v - np.round(v)) * pitch * size  # pixels to the center of the dot
        radius = 0.72 * np.sqrt(np.clip(alpha, 0, 1)) * pitch * size
        dot = (procedural_drawing.antialiased_edge(radius - distance) * (radius > 0.3))[..., None]
        page = page * (1 - dot + dot * procedural_drawing.to_rgb([ink]))
    return page


def _pencil(size: int, rng: np.random.Generator) -> np.ndarray:
    """Layers of hatching in graphite and colored pencils on rough paper; dark regions have more layers."""
    tooth = procedural_drawing.noise_field(size, rng, finest=min(150, size // 2 - 1), falloff=0.1)
    image = procedural_drawing.to_rgb(["#f8f2e4"]) - 0.06 * tooth[..., None]
    y, x = procedural_drawing.pixel_coordinates(size)
    tone = 0.85 * procedural_drawing.noise_field(size, rng, finest=4) + 0.15
    layers = [(0.15, 0.75, 40, "#e09a3e"), (0.32, 0.5, 46, "#2f6ea8"), (0.46, 2.25, 44, "#3a3d47"),
              (0.6, 1.45, 48, "#b23a48"), (0.72, 0.8, 52, "#22242b"), (0.85, 2.7, 56, "#17181d")]  # fmt: skip
    for limit, angle, lines, pencil in layers:
        bow = 0.05 * (procedural_drawing.noise_field(size, rng, finest=3) - 0.5)
        u = x * np.cos(angle) + y * np.sin(angle)
        v = (y * np.cos(angle) - x * np.sin(angle) + bow) * lines
        line = np.floor(v).astype(int)
        start = rng.random(400)[line % 400]  # each line consists of strokes with a random start
        stroke = (u * 7 + start * 3) % 1
        pressed = np.clip((tone - limit) * 5, 0, 1) * np.minimum(1, 5 * (1 - stroke)) * np.minimum(1, 12 * stroke)
        width = (0.1 + 0.16 * pressed) * size / lines
        marks = procedural_drawing.antialiased_edge(width - np.abs(v - line - 0.5) * size / lines) * pressed
        alpha = (0.9 * marks * (0.6 + 0.4 * (tooth > 0.4)))[..., None]
        image = image * (1 - alpha) + alpha * procedural_drawing.to_rgb([pencil])
    return image


def _brush(size: int, rng: np.random.Generator) -> np.ndarray:
    """Thick oil paint in strokes along the contours of a night sky."""
    swirl = procedural_drawing.noise_field(size, rng, finest=4, falloff=1.4)
    angles, tone = (
        procedural_drawing.contour_angles(swirl),
        np.clip(0.75 * swirl + 0.35 * procedural_drawing.noise_field(size, rng, finest=6) - 0.05, 0, 1),
    )
    canvas = procedural_drawing.color_ramp(tone, NIGHT) * 0.7
    for rows, length, width in ((14, 0.14, 0.038), (22, 0.09, 0.02), (28, 0.065, 0.012)):
        positions = rng.permutation(procedural_drawing.jittered_grid(rows, rng, 1.2))
        tones = np.clip(
            procedural_drawing.sample_at(tone, positions) + 0.07 * rng.standard_normal(len(positions)), 0, 1
        )
        for position, color, angle in zip(
            positions,
            procedural_drawing.color_ramp(tones, NIGHT),
            procedural_drawing.sample_at(angles, positions),
            strict=True,
        ):
            color = color * rng.uniform(0.82, 1.18) + 0.03 * rng.standard_normal(3)
            bristles = np.repeat(0.09 * rng.standard_normal(9), 2) + np.linspace(0.08, -0.1, 18)  # lit from above
            procedural_drawing.stroke(
                canvas,
                position,
                angle + 0.12 * rng.standard_normal(),
                length * rng.uniform(0.7, 1.3),
                width,
                color,
                bend=rng.uniform(-0.08, 0.08),
                taper=0.35,
                alpha=0.94,
                bristles=bristles,
            )
    return canvas


def _waves(size: int, rng: np.random.Generator) -> np.ndarray:
    """A printed sea: rows of blue scales with foam on their rims, and warm white paper between them."""
    paper = (
        procedural_drawing.to_rgb(["#efe4c8"])
        - 0.06 * procedural_drawing.noise_field(size, rng, finest=80, falloff=0.4)[..., None]
    )
    image = np.broadcast_to(paper, (size, size, 3)).copy()
    y, x = procedural_drawing.pixel_coordinates(size)
    lift = 0.09 * (procedural_drawing.noise_field(size, rng, finest=3) - 0.5)
    rows = 13
    for row in range(-1, 2 * rows + 3):
        center = row / (2 * rows) + 0.05
        top, bottom = max(0, int((center - 0.13) * size)), max(0, int((center + 0.13) * size))
        columns = np.arange(-1, rows // 2 + 3) * 2 / rows + (row % 2) / rows
        nearest = columns[np.abs(x[0][:, None] - columns[None]).argmin(axis=1)][None]
        distance = np.hypot((y + lift)[top:bottom] - center, x[top:bottom] - nearest) * rows  # 1: the rim
        inside = procedural_drawing.antialiased_edge((1 - distance) * size / rows)[..., None]
        rings = 0.5 + 0.5 * np.cos(2 * np.pi * 3.5 * distance)
        tone = np.clip(0.42 * (1 - distance) + 0.28 * (row % 3) / 2 + 0.12 * rings, 0, 1)
        foam = np.maximum(
            procedural_drawing.antialiased_edge((rings - 0.86) * 9),
            procedural_drawing.antialiased_edge((distance - 0.9) * size / rows),
        )[..., None]
        scale = foam * paper[top:bottom] + (1 - foam) * procedural_drawing.color_ramp(0.06 + 0.62 * tone, SEA)
        line = procedural_drawing.antialiased_edge((distance - 0.965) * size / rows)[..., None]
        region = image[top:bottom]
        region += inside * ((1 - line) * scale + line * procedural_drawing.to_rgb(["#12233c"]) - region)
    return image


def _woven(size: int, rng: np.random.Generator) -> np.ndarray:
    """A twill of colored warp and weft threads."""
    threads = 52
    y, x = procedural_drawing.pixel_coordinates(size)
    runs = rng.integers(2, 6, 60)
    warp_and_weft = [np.repeat(rng.integers(0, len(GARDEN), 60), runs)[: threads + 1] for _ in range(2)]
    table = procedural_drawing.to_rgb(GARDEN)
    wobble = 0.25 * (procedural_drawing.noise_field(size, rng, finest=20, falloff=0.8) - 0.5)
    u, v = x * threads + wobble, y * threads + wobble.T
    i, j = np.clip(np.floor(u), 0, threads).astype(int), np.clip(np.floor(v), 0, threads).astype(int)
    warp_on_top = (i + j) % 4 < 2  # a twill: each thread passes over two threads and under two
    thread_x, thread_y = np.where(warp_on_top, u - i, v - j) - 0.5, np.where(warp_on_top, v - j, u - i) - 0.5
    color = np.where(warp_on_top[..., None], table[warp_and_weft[0][i]], table[warp_and_weft[1][j]])
    fiber = 0.1 * np.sin(2 * np.pi * (3 * thread_x + 1.2 * thread_y)) + 0.12 * (
        procedural_drawing.noise_field(size, rng, finest=90, falloff=0.1) - 0.5
    )
    light = 1.12 * np.sqrt(np.clip(1 - (1.75 * thread_x) ** 2, 0.05, 1)) * (1 - 0.5 * thread_y**2) + fiber
    return color * light[..., None]


def _marble(size: int, rng: np.random.Generator) -> np.ndarray:
    """Marbled paper: bands of ink, combed, with drops."""
    y, x = procedural_drawing.pixel_coordinates(size)
    a, b = procedural_drawing.noise_field(size, rng, finest=3), procedural_drawing.noise_field(size, rng, finest=5)
    comb = 0.05 * np.abs(((x * 7 + 0.6 * a) % 1) * 2 - 1) ** 0.6 * 2
    t = 5.2 * (y + comb + 0.32 * a + 0.14 * b)
    inks = ("#1d2f5f", "#f2e6cf", "#c8402f", "#f2e6cf", "#e3a12f", "#1f7a74", "#f2e6cf", "#7a1f3d", "#e8b7a0")
    veins = procedural_drawing.to_rgb(inks)[np.floor(t * 2.2).astype(int) % len(inks)]
    distance = np.abs(t * 2.2 - np.round(t * 2.2))
    slope = np.maximum(np.hypot(*np.gradient(t * 2.2)), 1e-6)
    line = procedural_drawing.antialiased_edge(distance / slope - 0.0025 * size)[..., None]
    image = line * veins + (1 - line) * procedural_drawing.to_rgb(["#14203f"])
    drops = procedural_drawing.jittered_grid(11, rng, 1.3)
    for position, u, k in zip(drops, rng.random(len(drops)), rng.integers(0, len(inks), len(drops)), strict=True):
        if u > 0.45:
            procedural_drawing.stroke(image, position, 0, 0, 0.012 + 0.035 * u**6, procedural_drawing.to_rgb(inks)[k])
    return image


def _woodcut(size: int, rng: np.random.Generator) -> np.ndarray:
    """Lines along the contours, thick in dark regions and thin in light ones, over two flat inks."""
    shape, tone = (
        procedural_drawing.noise_field(size, rng, finest=3),
        procedural_drawing.noise_field(size, rng, finest=4),
    )
    slope = np.maximum(np.hypot(*np.gradient(shape * 26)), 1e-6)
    distance = np.abs((shape * 26) % 1 - 0.5)  # 0 at the center of a line, 0.5 between two lines
    jag = 0.1 * (procedural_drawing.noise_field(size, rng, finest=60, falloff=0.3) - 0.5)
    black = procedural_drawing.antialiased_edge(((0.06 + 0.4 * tone + jag) - distance) / slope)[..., None]
    edge = np.hypot(*np.gradient(tone)) + 1e-6
    ground = procedural_drawing.to_rgb(["#f4dfae"]) * np.ones((size, size, 1))
    for limit, ink in ((0.36, "#e9a03b"), (0.62, "#c23b22")):
        alpha = procedural_drawing.antialiased_edge((tone - limit) / edge)[..., None]
        ground = ground * (1 - alpha) + alpha * procedural_drawing.to_rgb([ink])
    grain = 0.1 * procedural_drawing.noise_field(size, rng, finest=90, falloff=0.2)[..., None]
    return ground * (1 - black) + black * procedural_drawing.to_rgb(["#17120f"]) + grain - 0.05


def _dots(size: int, rng: np.random.Generator) -> np.ndarray:
    """Pointillism: dots of pure color side by side."""
    tone = np.clip(
        0.8 * procedural_drawing.noise_field(size, rng, finest=4)
        + 0.25 * procedural_drawing.pixel_coordinates(size)[0]
        - 0.05,
        0,
        1,
    )
    canvas = procedural_drawing.color_ramp(tone, GARDEN) * 0.35 + 0.6 * procedural_drawing.to_rgb(["#f3ead2"])
    for rows, width in ((34, 0.028), (46, 0.019)):
        positions = rng.permutation(procedural_drawing.jittered_grid(rows, rng, 1.0))
        tones = np.clip(
            procedural_drawing.sample_at(tone, positions) + 0.13 * rng.standard_normal(len(positions)), 0, 1
        )
        opposite = rng.random(len(positions)) < 0.12
        tones[opposite] = (tones[opposite] + 0.5) % 1
        for position, color in zip(positions, procedural_drawing.color_ramp(tones, GARDEN), strict=True):
            procedural_drawing.stroke(
                canvas,
                position,
                rng.uniform(0, 3),
                0.006,
                width * rng.uniform(0.75, 1.15),
                np.clip(1.12 * color - 0.04, 0, 1),
                alpha=0.94,
            )
    return canvas


def _facets(size: int, rng: np.random.Generator) -> np.ndarray:
    """Cubism: overlapping planes, each shaded from edge to edge."""
    y, x = procedural_drawing.pixel_coordinates(size)
    earth = ("#2b2a2c", "#6b3f2e", "#b4603a", "#dba55c", "#f3e2b6", "#9fb8a8", "#3f7489", "#1f3d55")
    image = procedural_drawing.color_ramp(procedural_drawing.noise_field(size, rng, finest=2), earth)
    for k in range(60):
        cy, cx, angle = *rng.random(2), rng.uniform(0, np.pi)
        extent = rng.uniform(0.1, 0.36) * (1 - 0.5 * k / 60)
        top, left = (max(0, int((c - 1.9 * extent) * size)) for c in (cy, cx))
        window = np.s_[top : int((cy + 1.9 * extent) * size) + 1, left : int((cx + 1.9 * extent) * size) + 1]
        right, down = x[window] - cx, y[window] - cy
        u, v = right * np.cos(angle) + down * np.sin(angle), down * np.cos(angle) - right * np.sin(angle)
        low, low_v = extent * rng.uniform(0.4, 1), extent * rng.uniform(0.2, 0.7)
        skew, turn = rng.uniform(-1, 1), rng.uniform(-0.6, 0.6)
        distance = np.minimum.reduce([u + low, extent - u - skew * v, v + low_v, extent * 0.6 - v + turn * u]) * size
        inside, rim = (
            procedural_drawing.antialiased_edge(distance)[..., None] * 0.88,
            np.exp(-((distance / (0.004 * size)) ** 2))[..., None] * 0.75,
        )
        plane = (
            procedural_drawing.color_ramp(rng.random((1, 1)), earth)
            * (0.5 + 0.7 * np.clip(0.5 + 0.5 * u / extent, 0, 1))[..., None]
        )
        image[window] += inside * (plane - image[window])
        image[window] += rim * (procedural_drawing.to_rgb(["#1a1512"]) - image[window])
    return image * (0.93 + 0.14 * procedural_drawing.noise_field(size, rng, finest=90, falloff=0.2)[..., None])


_STYLES: dict[str, Callable[[int, np.random.Generator], np.ndarray]] = {
    "Brush strokes": _brush,
    "Mosaic": _mosaic,
    "Stained glass": _stained_glass,
    "Waves": _waves,
    "Ink": _ink,
    "Woodcut": _woodcut,
    "Halftone": _halftone,
    "Pencil": _pencil,
    "Marble": _marble,
    "Woven": _woven,
    "Dots": _dots,
    "Facets": _facets,
}
NAMES: tuple[str, ...] = tuple(_STYLES)
