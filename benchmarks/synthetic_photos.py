"""Photos of a digit or a garment, made from a 28 x 28 image of a data set: what the camera of a phone brings.

Every photo has grain, a light that falls off, a slight rotation, and is saved as JPEG. The kind adds one difficulty:
lines on the paper, a shadow, a desk around the sheet, a frame around the photo, and so on.
"""

import io

import numpy as np
from PIL import Image
from scipy import ndimage

DIGIT_KINDS = (
    "plain paper", "ruled paper", "squared paper", "hard shadow", "soft shadow", "sheet on a dark desk", "frame",
    "letterbox", "blackboard", "small, off-center", "colored ink", "noise and JPEG", "thin pen", "out of focus",
)  # fmt: skip
GARMENT_KINDS = ("white background", "gray background", "dark background", "wood")
WHITE = np.array([1.0, 1.0, 1.0], "float32")


def photo_of_digit(image: np.ndarray, kind: str, seed: int) -> np.ndarray:
    """(28, 28) uint8, light on dark as in MNIST, to a photo of it, (H, W, 3) uint8. kind: of DIGIT_KINDS."""
    if kind not in DIGIT_KINDS:
        raise ValueError(f"kind must be one of {', '.join(DIGIT_KINDS)}, got {kind!r}")
    rng = np.random.default_rng(seed)
    height, width = (int(n) for n in rng.integers(360, 560, 2))
    short = min(height, width)
    side = short * (rng.uniform(0.1, 0.16) if kind == "small, off-center" else rng.uniform(0.45, 0.9))  # of 28 pixels
    if kind in ("sheet on a dark desk", "letterbox"):
        side *= 0.6
    room = 0.5 * side * 20 / 28 + 0.02 * short  # from the center of the digit to the border
    bars = {"letterbox": 0.22, "sheet on a dark desk": 0.25, "frame": 0.05}.get(kind, 0.0)
    spread = 0.5 if kind == "small, off-center" else 0.12
    center = []
    for n in (height, width):
        low, high = bars * n + room, (1 - bars) * n - room
        center.append(float(np.clip(n / 2 + rng.uniform(-spread, spread) * n, min(low, n / 2), max(high, n / 2))))
    ink = _ink(image, (height, width), center, side, rng.uniform(-8, 8), thin=kind == "thin pen")

    paper = WHITE * rng.uniform(205, 250) * rng.uniform(0.97, 1.0, 3)
    pen = WHITE * rng.uniform(20, 80)
    if kind == "colored ink":
        pen = np.array([[30, 50, 170], [190, 30, 40], [20, 120, 60], [110, 40, 140]])[rng.integers(4)].astype("float32")
    if kind == "blackboard":
        paper, pen = np.array([38, 55, 45]) * rng.uniform(0.6, 1.5), WHITE * rng.uniform(185, 245)
    photo = np.broadcast_to(paper, (height, width, 3)).astype("float32")
    if kind in ("ruled paper", "squared paper"):
        photo = _with_rules(photo, rng, squared=kind == "squared paper")
    if kind == "blackboard":
        photo = photo + 12 * _blurred_noise(rng, (height, width), 25)[..., None]
    strength = ink[..., None] * rng.uniform(0.85, 1.0)
    photo = photo * (1 - strength) + pen * strength
    if kind == "sheet on a dark desk":
        photo = _on_desk(photo, rng)
    if kind in ("hard shadow", "soft shadow"):
        photo *= _shadow((height, width), rng, soft=kind == "soft shadow")[..., None]
    photo *= _falling_light((height, width), rng)[..., None]
    if kind == "out of focus":
        photo = ndimage.gaussian_filter(photo, (0.03 * side, 0.03 * side, 0))
    noisy = kind == "noise and JPEG"
    photo = _taken(photo, rng, noise=rng.uniform(10, 18) if noisy else rng.uniform(1.5, 4))
    if kind in ("frame", "letterbox"):
        photo = _with_bars(photo, rng, frame=kind == "frame")
    return _jpeg(photo, int(rng.integers(25, 45) if noisy else rng.integers(75, 95)))


def photo_of_garment(image: np.ndarray, kind: str, seed: int) -> np.ndarray:
    """(28, 28) uint8, as in Fashion-MNIST, to a photo of the garment, (H, W, 3) uint8. kind: of GARMENT_KINDS.

    Fashion-MNIST is the negative of the shop's photos (Xiao et al. 2017): a bright pixel is dark cloth.
    """
    if kind not in GARMENT_KINDS:
        raise ValueError(f"kind must be one of {', '.join(GARMENT_KINDS)}, got {kind!r}")
    rng = np.random.default_rng(seed)
    height, width = (int(n) for n in rng.integers(360, 560, 2))
    short = min(height, width)
    side = short * rng.uniform(0.55, 0.85)
    room = side / 2 + 0.03 * short
    center = [float(np.clip(n / 2 + rng.uniform(-0.1, 0.1) * n, room, n - room)) for n in (height, width)]
    angle = rng.uniform(-5, 5)
    cloth = _placed(image.astype("float32") / 255, (height, width), center, side, angle)
    mask = ndimage.binary_closing(np.pad(image, 2) > 8, iterations=1)[2:-2, 2:-2]
    alpha = _placed(mask.astype("float32"), (height, width), center, side, angle)
    alpha = np.clip((alpha - 0.4) / 0.2, 0, 1)[..., None]
    ground = {"white background": 240, "gray background": 150, "dark background": 35, "wood": 150}[kind]
    photo = np.broadcast_to(ground * rng.uniform(0.9, 1.03) * WHITE, (height, width, 3)).astype("float32")
    if kind == "wood":
        photo = photo * _wood((height, width), rng) * np.array([1.1, 0.8, 0.55], "float32")
    color = 235 * (1 - 0.95 * cloth[..., None]) * rng.uniform(0.93, 1.0, 3)
    photo = photo * (1 - alpha) + color * alpha
    photo = photo * _falling_light((height, width), rng)[..., None]
    return _jpeg(_taken(photo, rng, noise=rng.uniform(1.5, 4)), int(rng.integers(75, 95)))


def _placed(
    image: np.ndarray, shape: tuple[int, int], center: list[float], side: float, angle: float, *, order: int = 3
) -> np.ndarray:
    """An image (28, 28) enlarged to `side` pixels, rotated by `angle` degrees, at `center` of (H, W); 0 around it."""
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    matrix = np.array([[c, s], [-s, c]]) * 28 / side
    offset = 13.5 - matrix @ np.array(center)
    return ndimage.affine_transform(image, matrix, offset, output_shape=shape, order=order).clip(0, 1)


def _ink(
    image: np.ndarray, shape: tuple[int, int], center: list[float], side: float, angle: float, *, thin: bool
) -> np.ndarray:
    """The strokes as a pen draws them: smooth, with a sharp edge; (H, W) float32 in [0, 1]. thin: their middle only."""
    placed = _placed(image.astype("float32") / 255, shape, center, side, angle)
    edge = 28 / side  # of the 28 x 28 image per pixel of the photo
    if thin:
        from skimage.morphology import skeletonize

        stroke = ndimage.distance_transform_edt(~skeletonize(placed > 0.5))
        return np.clip(0.022 * side - stroke + 0.5, 0, 1).astype("float32")
    return np.clip((placed - 0.45) / max(0.12, 0.8 * edge) + 0.5, 0, 1).astype("float32")


def _with_rules(photo: np.ndarray, rng: np.random.Generator, *, squared: bool) -> np.ndarray:
    """Paper with printed lines, slightly rotated; ruled paper may have a red margin."""
    height, width, _ = photo.shape
    y, x = np.mgrid[:height, :width].astype("float32")
    tilt = np.deg2rad(rng.uniform(-2.5, 2.5))
    across, along = y * np.cos(tilt) + x * np.sin(tilt), x * np.cos(tilt) - y * np.sin(tilt)
    spacing = height * (rng.uniform(0.03, 0.06) if squared else rng.uniform(0.06, 0.13))
    thickness = rng.uniform(1.0, 2.5)
    color = np.array([[150, 180, 215], [165, 165, 165], [190, 200, 225], [120, 150, 190]])[rng.integers(4)] / 255
    line = np.clip(thickness / 2 + 0.5 - np.abs((across + rng.uniform(0, 50)) % spacing - spacing / 2), 0, 1)
    if squared:
        second = np.clip(thickness / 2 + 0.5 - np.abs((along + rng.uniform(0, 50)) % spacing - spacing / 2), 0, 1)
        line = np.maximum(line, second)
    out = photo * (1 - line[..., None] * (1 - color))
    if not squared and rng.uniform() < 0.5:
        margin = np.clip(thickness / 2 + 0.5 - np.abs(along - rng.uniform(0.08, 0.16) * width), 0, 1)
        out = out * (1 - margin[..., None] * (1 - np.array([0.85, 0.45, 0.45])))
    return out


def _shadow(shape: tuple[int, int], rng: np.random.Generator, *, soft: bool) -> np.ndarray:
    """The light on the paper behind an edge at any angle through the middle part, (H, W) in (0, 1]."""
    height, width = shape
    y, x = np.mgrid[:height, :width].astype("float32")
    angle = rng.uniform(0, 2 * np.pi)
    distance = (x - width * rng.uniform(0.3, 0.7)) * np.cos(angle) + (y - height * rng.uniform(0.3, 0.7)) * np.sin(
        angle
    )
    penumbra = min(shape) * rng.uniform(0.1, 0.3) if soft else rng.uniform(1, 6)
    dark = rng.uniform(0.4, 0.7)
    return 1 - (1 - dark) / (1 + np.exp(-np.clip(4 * distance / penumbra, -40, 40)))


def _wood(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """The grain of a wooden surface: long, thin, dark and bright fibers; (H, W, 1) around 1."""
    fibers = ndimage.gaussian_filter(rng.normal(size=shape), (2, 60))
    boards = ndimage.gaussian_filter(rng.normal(size=shape), (14, 200))
    return (1 + 0.06 * fibers / fibers.std() + 0.06 * boards / boards.std())[..., None].astype("float32")


def _on_desk(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The middle of the photo as a sheet, slightly rotated, on a dark desk."""
    height, width, _ = photo.shape
    y, x = np.mgrid[:height, :width].astype("float32")
    tilt = np.deg2rad(rng.uniform(-7, 7))
    u = (x - width / 2) * np.cos(tilt) + (y - height / 2) * np.sin(tilt)
    v = (y - height / 2) * np.cos(tilt) - (x - width / 2) * np.sin(tilt)
    w, h = rng.uniform(0.3, 0.42) * width, rng.uniform(0.3, 0.42) * height
    sheet = np.clip(np.minimum(w - np.abs(u), h - np.abs(v)), 0, 1)[..., None]
    desk = _wood((height, width), rng) * rng.uniform(25, 95) * np.array([1.1, 0.95, 0.8], "float32")
    return photo * sheet + desk * (1 - sheet)


def _with_bars(photo: np.ndarray, rng: np.random.Generator, *, frame: bool) -> np.ndarray:
    """Black bars on two sides, or a black line around the photo."""
    out, (height, width, _) = photo.copy(), photo.shape
    ink = rng.uniform(0, 30)
    if frame:
        n = int(rng.uniform(0.01, 0.04) * min(height, width))
        out[:n] = out[-n:] = ink
        out[:, :n] = out[:, -n:] = ink
    elif rng.uniform() < 0.5:
        n = int(rng.uniform(0.08, 0.2) * width)
        out[:, :n] = out[:, -n:] = ink
    else:
        n = int(rng.uniform(0.08, 0.2) * height)
        out[:n] = out[-n:] = ink
    return out


def _falling_light(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    height, width = shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return (1 + rng.uniform(-0.07, 0.07) * y + rng.uniform(-0.07, 0.07) * x).astype("float32")


def _blurred_noise(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> np.ndarray:
    noise = ndimage.gaussian_filter(rng.normal(size=shape), sigma)
    return (noise / np.abs(noise).max()).astype("float32")


def _taken(photo: np.ndarray, rng: np.random.Generator, *, noise: float) -> np.ndarray:
    """Through the lens, with the grain of the sensor."""
    return ndimage.gaussian_filter(photo, (0.6, 0.6, 0)) + rng.normal(0, noise, photo.shape)


def _jpeg(photo: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(photo.clip(0, 255).astype("uint8")).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file))
