"""A visitor's image in the format of MNIST or Fashion-MNIST: 28 x 28 pixels, the object light on dark.

MNIST (LeCun et al. 1998): the digit is fitted into 20 x 20 pixels, its center of mass in the middle of 28 x 28.
Fashion-MNIST (Xiao et al. 2017): the longer side of the garment is 28 pixels, its bounding box in the middle, and the
gray values are negative: bright is dark cloth.
"""

import numpy as np
from PIL import Image

from genmodels.media import object_photo
from genmodels.media.images import BadImage, EmptyImage

SMALL = 0.2  # of the longer side of a photo: an object below it is cut out first
EVEN = 3  # gray levels: a background within them is that of a drawing or of a data set, not a photo's
NOTHING_FOUND = "No object was found in this image: it has one color, or too little contrast."
NOTHING_STANDS_OUT = "No object stands out from the background: use plain paper, a thick pen and more light."


def to_dataset_format(
    image: np.ndarray, *, box: int, center: str, size: int = 28, drawn: bool = False
) -> list[tuple[str, np.ndarray]]:
    """A user's image in the format of MNIST or Fashion-MNIST, with all stages of the conversion.

    image: (H, W, 3) or (H, W) uint8, a photo, scan or drawing of one object. box: longer side of the object in the
    result, in pixels. center: "mass" (a digit: center of mass in the middle of the result) or "box" (a garment: center
    of the bounding box). MNIST: box=20, center="mass". Fashion-MNIST: box=28, center="box". drawn: the image comes
    from the drawing canvas and cannot be a photo.

    An image with an even background is only cropped and centered; of a photo `object_photo` removes the rest first.
    Returns named stages, all (h, w) uint8, the last one (size, size), light on dark. Raises `BadImage` if there is no
    object, `ValueError` on an unknown `center`, a box that does not fit, or a wrong array.
    """
    if center not in ("mass", "box"):
        raise ValueError(f"center must be 'mass' or 'box', got {center!r}")
    if not 1 <= box <= size:
        raise ValueError(f"box must be from 1 to {size}, got {box}")
    rgb = Image.fromarray(_checked(image))
    is_photo_of_digit = center == "mass" and not drawn
    photo = _around_small_object(rgb) if is_photo_of_digit else rgb
    is_small, rgb = photo is not rgb, photo
    gray = _shrink(rgb.convert("L"))
    if drawn or _has_even_background(gray, is_digit=center == "mass"):
        stages = _from_even_background(gray)
    elif center == "mass":
        stages = _from_digit_photo(gray)
    else:
        stages = _from_garment_photo(_shrink(rgb.convert("RGB")))
    clean = stages[-1][1]
    if is_small:  # of few pixels: those around it are blurred ink, or traces of compression
        clean = np.where(clean > 0.4 * clean.max(), clean, 0)
    named = [(name, _bytes(stage if stage.dtype == np.uint8 else 255 * stage)) for name, stage in stages]

    rows, columns = np.flatnonzero(clean.any(axis=1)), np.flatnonzero(clean.any(axis=0))
    clean = clean[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    named.append(("cropped", _bytes(255 * clean)))
    if is_photo_of_digit:
        clean = object_photo.thin_strokes(clean)

    h, w = clean.shape
    scale = box / max(h, w)
    height, width = max(1, round(h * scale)), max(1, round(w * scale))
    small = Image.fromarray(clean).resize(
        (width, height), Image.Resampling.HAMMING if scale < 1 else Image.Resampling.BICUBIC
    )
    ink = np.asarray(small).clip(0, 1)
    ink = ink / max(float(ink.max()), 1e-6)  # thin lines lose brightness when they are scaled down
    named.append((f"fitted into {box} x {box}", _bytes(255 * ink)))
    named.append((f"centered in {size} x {size}", _bytes(255 * _center_in_frame(ink, center, size))))
    return named


def _around_small_object(rgb: Image.Image) -> Image.Image:
    """The part of a photo around its digit, with as much paper on each side, if the digit is small; else the photo.

    Scaled down with the whole photo, it would lose its detail.
    """
    from scipy.ndimage import label

    gray = _shrink(rgb.convert("L")).astype("float32")
    difference = np.abs(gray - np.median(gray))
    parts, _ = label(difference > 0.5 * difference.max(), np.ones((3, 3)))
    areas = np.bincount(parts.ravel())
    areas[0] = 0  # the background
    if difference.max() < 24 or not areas.any():
        return rgb
    large = (areas >= 0.1 * areas.max())[parts]
    rows, columns = np.flatnonzero(large.any(axis=1)), np.flatnonzero(large.any(axis=0))
    size = int(max(rows[-1] - rows[0], columns[-1] - columns[0])) + 1
    if size >= SMALL * max(gray.shape):
        return rgb
    scale = rgb.height / gray.shape[0]
    left, top, right, bottom = (
        round(scale * each) for each in (columns[0] - size, rows[0] - size, columns[-1] + 1 + size, rows[-1] + 1 + size)
    )
    return rgb.crop((max(0, left), max(0, top), min(rgb.width, right), min(rgb.height, bottom)))


def _has_even_background(gray: np.ndarray, *, is_digit: bool) -> bool:
    """Whether all of the border has one gray value, and is not a frame or a desk around a sheet."""
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    if np.abs(border - np.median(border)).max() > EVEN:
        return False
    whole = object_photo.Region(0, gray.shape[0], 0, gray.shape[1])
    if object_photo.inside_frame(gray) != whole:
        return False
    return not is_digit or bool(object_photo.sheet_on_desk(gray).all())


def _from_even_background(gray: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Stages of an image (H, W) uint8 with a plain background; the last one is float32 in [0, 1]."""
    stages = [("gray", gray)]
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]]).astype("float32")
    background = float(np.median(border))
    noise = float(np.median(np.abs(border - background))) * 1.4826  # estimates the standard deviation without outliers
    difference = gray.astype("float32") - background
    # The object is what differs most from the background, lighter or darker.
    sign = -1.0 if _contrast_range(-difference) > _contrast_range(difference) else 1.0
    light = difference * sign
    stages.append(("light on dark", _bytes(light + (background if sign > 0 else 255 - background))))

    # Removes grain and shadows: in a photo, everything within the noise or below a fifth of the brightest ink. An even
    # background (a drawing, a data set) has no noise, and dark clothes are kept.
    top = _contrast_range(light)
    if top < 24:
        raise EmptyImage(NOTHING_FOUND)
    floor = max(4 * noise, (0.2 if noise else 0.04) * top)
    noise = max(4 * noise, 0.02 * top)
    clean = _remove_small_components(np.minimum(light / top, 1), floor / top, noise / top)
    if top <= floor or not clean.any():
        raise BadImage(NOTHING_STANDS_OUT)
    stages.append(("background removed", clean))
    return stages


def _from_digit_photo(gray: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Stages of a photo (H, W) uint8 of a digit; the last one is float32 in [0, 1]."""
    if _contrast_range(np.abs(gray - np.median(gray).astype("float32"))) < 24:
        raise EmptyImage(NOTHING_FOUND)
    stages = [("gray", gray), *object_photo.segment_ink(gray)]
    if not stages[-1][1].any():
        raise BadImage(NOTHING_STANDS_OUT)
    return stages


def _from_garment_photo(rgb: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Stages of a photo (H, W, 3) uint8 of a garment; the last one is float32 in [0, 1]."""
    gray = np.array(Image.fromarray(rgb).convert("L"))
    if _contrast_range(np.abs(gray - np.median(gray).astype("float32"))) < 24:
        raise EmptyImage(NOTHING_FOUND)
    mask, cloth = object_photo.segment_garment(rgb)
    if not mask.any():
        raise BadImage(NOTHING_STANDS_OUT)
    return [("gray", gray), ("mask", mask.astype("float32")), ("background removed", cloth)]


def _contrast_range(difference: np.ndarray) -> float:
    """Largest difference from the background: a high quantile, so that single pixels do not count."""
    return max(0.0, float(np.quantile(difference, 1 - min(0.002, 16 / difference.size))))


def _shrink(gray: Image.Image, max_side: int = 400) -> np.ndarray:
    """(H, W) uint8, width and height at most `max_side`; averaging removes the grain of a camera."""
    if max(gray.size) > max_side:
        gray = gray.copy()
        gray.thumbnail((max_side, max_side), Image.Resampling.BOX)
    return np.array(gray)


def _remove_small_components(light: np.ndarray, floor: float, noise: float) -> np.ndarray:
    """(H, W) with the components above `floor` of at least 1 % of the largest, and their edges above `noise`."""
    from scipy.ndimage import binary_dilation, label

    neighbors = np.ones((3, 3))
    parts, _ = label(light > floor, neighbors)
    areas = np.bincount(parts.ravel())
    areas[0] = 0  # the background
    large = (areas >= max(2, 0.01 * areas.max()))[parts]
    return np.where(binary_dilation(large, neighbors) & (light > noise), light, 0).astype("float32")


def _center_in_frame(ink: np.ndarray, center: str, size: int) -> np.ndarray:
    """(h, w) in an empty (size, size), never cut off."""
    h, w = ink.shape
    if center == "mass":  # on pixel (size / 2, size / 2), as in MNIST
        total = ink.sum()
        y, x = ink.sum(axis=1) @ np.arange(h) / total, ink.sum(axis=0) @ np.arange(w) / total
        top, left = round(size / 2 - float(y)), round(size / 2 - float(x))
    else:
        top, left = (size - h + 1) // 2, (size - w + 1) // 2  # an odd row goes to the top, as in Fashion-MNIST
    top, left = min(max(top, 0), size - h), min(max(left, 0), size - w)
    out = np.zeros((size, size), "float32")
    out[top : top + h, left : left + w] = ink
    return out


def _checked(image: np.ndarray) -> np.ndarray:
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,)) or 0 in image.shape:
        raise ValueError(f"an image must be (H, W) or (H, W, 3) uint8, got {image.shape} {image.dtype}")
    return np.ascontiguousarray(image)


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 255).astype("uint8")
