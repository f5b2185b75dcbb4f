"""The ink of a digit in a photo, and the cloth of a garment: shadows, lines, desk, frame and background are removed.

Digits: a frame is cut off, then the desk around a sheet. The paper's brightness at each pixel is estimated by a
morphological closing, which removes strokes and keeps the edges of shadows; ink is what is darker than the paper, as a
ratio, so that it is as dark in a shadow as in the light. Straight lines across the whole sheet are the paper's own and
are removed; where ink crosses them it is kept. Chalk on a blackboard is the same on the negative.
Garments: the background is a smooth function of the position, fitted to the border, and the garment is what differs.
"""

from typing import NamedTuple

import numpy as np

STROKE = 0.3  # of the shorter side: the widest stroke that is removed from the estimate of the paper
RULE_ANGLES = np.arange(-5, 5.01, 0.5)  # degrees: how far lines on the paper may be from horizontal or vertical
MIN_CONTRAST = 0.08  # of ink to paper; below it there is no ink


class Region(NamedTuple):
    """A rectangle of a photo, in pixels; bottom and right are not part of it."""

    top: int
    bottom: int
    left: int
    right: int


# --- digits -----------------------------------------------------------------------------------


def segment_ink(photo: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """The ink of a digit: (H, W) uint8 gray values of a photo to named stages, (h, w) float32 in [0, 1], 0 for paper.

    h, w: those of the sheet, which is cropped. The last stage is 0 everywhere if there is no ink.
    """
    gray = crop(photo, inside_frame(photo)).astype("float32")
    sheet = sheet_on_desk(gray)
    region = _bounding_box(sheet)
    gray, sheet = crop(np.where(sheet, gray, np.median(gray[sheet])), region), crop(sheet, region)
    ink = np.where(sheet, flatten_light(255 - gray if is_blackboard(gray) else gray), 0)
    without_rules = remove_rules(ink)
    digit = select_digit(stretch(without_rules))
    return [("shadows removed", ink), ("lines removed", without_rules), ("background removed", digit)]


def thin_strokes(digit: np.ndarray, *, thickest: float = 0.2, wanted: float = 0.14) -> np.ndarray:
    """A digit (h, w) float32 in [0, 1] whose strokes are not thicker than those of MNIST; of a bold pen, eroded.

    thickest, wanted: thickness of a stroke, of the longer side: of MNIST's test images the median is 0.10, the 99th
    percentile 0.20. A digit below 40 pixels is unchanged.
    """
    from scipy.ndimage import distance_transform_edt
    from skimage.morphology import skeletonize

    if max(digit.shape) < 40:
        return digit
    padded = np.pad(digit, 1)
    depth = distance_transform_edt(padded > 0.5 * padded.max())
    thickness = 2 * float(np.median(depth[skeletonize(depth > 0)]))
    if thickness <= thickest * max(digit.shape):
        return digit
    thinner = depth > (thickness - wanted * max(digit.shape)) / 2
    rows, columns = np.flatnonzero(thinner.any(axis=1)), np.flatnonzero(thinner.any(axis=0))
    return np.where(thinner, padded, 0)[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def crop(image: np.ndarray, region: Region) -> np.ndarray:
    return image[region.top : region.bottom, region.left : region.right]


def inside_frame(gray: np.ndarray, *, darkest: float = 50, tolerance: float = 14, least_step: float = 40) -> Region:
    """The region without black bars: rows and columns of one gray value below `darkest` along the border.

    gray: (H, W) in [0, 255], of a median at least `least_step` above that of a bar. A bar is at most 40 % of the
    height or width.
    """
    gray = np.asarray(gray, "float32")
    middle = float(np.median(gray))
    limits = []
    for lines in (gray, gray[::-1], gray.T, gray.T[::-1]):
        value = np.median(lines, axis=1)
        n = int(0.4 * len(lines))
        is_even = (np.abs(lines[:n] - value[:n, None]) <= tolerance).mean(axis=1) >= 0.95
        in_bar = is_even & (value[:n] <= min(darkest, middle - least_step))
        k = n if in_bar.all() else int(np.argmin(in_bar))
        limits.append(0 if k in (0, n) else k + 2 + len(lines) // 200)  # with the blurred edge of the bar
    top, bottom, left, right = limits
    return Region(top, len(gray) - bottom, left, gray.shape[1] - right)


def sheet_on_desk(gray: np.ndarray) -> np.ndarray:
    """The pixels of a bright sheet that lies on a dark desk, (H, W) bool; True everywhere if there is none.

    gray: (H, W) in [0, 255]. A sheet covers 12 to 90 % of the photo and is a rectangle of any orientation; the desk is
    dark, and covers most of the border.
    """
    from scipy import ndimage
    from skimage.filters import threshold_otsu
    from skimage.morphology import convex_hull_image

    whole = np.ones(gray.shape, bool)
    step = max(1, min(gray.shape) // 100)
    small = _block_means(gray, step)
    if np.ptp(small) < 40:
        return whole
    bright = small > threshold_otsu(small)
    border = np.concatenate([bright[0], bright[-1], bright[:, 0], bright[:, -1]])
    parts, n = ndimage.label(bright)
    if border.mean() > 0.3 or not n:
        return whole
    largest = parts == 1 + int(np.argmax(ndimage.sum_labels(bright, parts, range(1, n + 1))))
    hull = convex_hull_image(largest)
    if not 0.12 <= hull.mean() <= 0.9 or largest.sum() < 0.72 * hull.sum() or _rectangularity(hull) < 0.86:
        return whole
    if np.median(small[~hull]) > 0.62 * np.median(small[largest]):
        return whole
    inner = ndimage.binary_erosion(np.pad(hull, 1), np.ones((3, 3)), iterations=2)[1:-1, 1:-1]
    rows, columns = (np.minimum(np.arange(n) // step, m - 1) for n, m in zip(gray.shape, small.shape, strict=True))
    return inner[rows[:, None], columns] if inner.any() else whole


def _bounding_box(mask: np.ndarray) -> Region:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return Region(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)


def _rectangularity(mask: np.ndarray) -> float:
    """The area of a convex mask (H, W) as a part of that of the smallest rectangle around it, of any orientation."""
    y, x = np.nonzero(mask)
    angles = np.deg2rad(np.arange(0, 90, 3))[:, None]
    u, v = x * np.cos(angles) + y * np.sin(angles), y * np.cos(angles) - x * np.sin(angles)
    return float(len(x) / ((np.ptp(u, axis=1) + 1) * (np.ptp(v, axis=1) + 1)).min())


def is_blackboard(gray: np.ndarray) -> bool:
    """Whether the strokes are brighter than what is around them: compared are both differences from a wide median.

    gray: (H, W) in [0, 255]; differences are taken of logarithms, in which ink differs more from the paper than a
    shadow. A difference counts only for what is narrower than a stroke may be, so that the edge of a shadow, or the
    inside of a loop, is none.
    """
    from scipy import ndimage

    small = np.log(_block_means(gray, max(1, min(gray.shape) // 120)) + 8)
    coarse = _block_means(small, 5)
    median = ndimage.median_filter(coarse, max(5, min(coarse.shape) // 2))
    rows, columns = (np.minimum(np.arange(n) // 5, m - 1) for n, m in zip(small.shape, median.shape, strict=True))
    ground = median[rows[:, None], columns]
    size = _stroke_size(small)
    dark = np.minimum(ndimage.grey_closing(small, size) - small, ground - small)
    light = np.minimum(small - ndimage.grey_opening(small, size), small - ground)
    return float(np.quantile(light, 1 - 8 / light.size)) > float(np.quantile(dark, 1 - 8 / dark.size))


def _block_means(values: np.ndarray, n: int) -> np.ndarray:
    """Means of blocks of n x n, (H // n, W // n)."""
    h, w = values.shape[0] // n, values.shape[1] // n
    return values[: h * n, : w * n].reshape(h, n, w, n).mean(axis=(1, 3))


def _stroke_size(gray: np.ndarray) -> int:
    return max(5, int(STROKE * min(gray.shape)))


def flatten_light(gray: np.ndarray) -> np.ndarray:
    """How much darker each pixel is than the paper there, as a part of the paper's brightness: (H, W) in [0, 1].

    gray: (H, W) in [0, 255]. The paper is the closing of the photo with a square wider than a stroke (STROKE).
    """
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(gray, 0.8 * min(gray.shape) / 400)
    paper = ndimage.grey_closing(smooth, _stroke_size(gray))
    return np.clip(1 - smooth / np.maximum(paper, 1), 0, 1).astype("float32")


def remove_rules(ink: np.ndarray) -> np.ndarray:
    """Without the lines of ruled and squared paper, (H, W) in [0, 1]: straight lines across the whole sheet."""
    cleaned = _remove_near_horizontal(ink)
    return np.ascontiguousarray(_remove_near_horizontal(cleaned.T).T)


def _remove_near_horizontal(ink: np.ndarray, block: int = 8) -> np.ndarray:
    """Without the lines that run from the left to the right border, at most 5 degrees from horizontal.

    At each angle of RULE_ANGLES, a line is where nearly all of its pieces of `block` pixels are darker than the paper
    above and below.
    """
    from scipy import ndimage

    h, w = ink.shape
    n = w // block
    if n < 8 or h < 8:
        return ink
    thickness = max(2, round(0.012 * min(h, w)))
    ridge = ink - ndimage.grey_opening(ink, (2 * thickness + 1, 1))  # thin horizontal strokes only
    pieces = ridge[:, : n * block].reshape(h, n, block).mean(axis=2)
    slopes = np.tan(np.deg2rad(RULE_ANGLES))
    centers = (np.arange(n) + 0.5) * block - w / 2
    rows = np.arange(h)[None, :, None] + np.round(slopes[:, None, None] * centers).astype(int)  # (angles, h, n)
    strength = np.quantile(pieces[rows % h, np.arange(n)], 0.12, axis=2)  # (angles, h): the weakest pieces but a few
    best = strength.max(axis=0)
    noise = 1.5 * float(np.median(ridge)) + 0.012
    is_rule, level = np.zeros(ink.shape, bool), np.zeros(ink.shape, "float32")
    columns = np.arange(w)
    for y in np.flatnonzero(best > noise):
        slope = slopes[int(strength[:, y].argmax())]
        line = y + np.round(slope * (columns - w / 2)).astype(int)
        at = (line + np.arange(-thickness, thickness + 1)[:, None]) % h, columns
        is_rule[at] = True
        level[at] = np.maximum(level[at], np.median(ink[at], axis=1).max())
    if not is_rule.any():
        return ink
    darker = ink > np.maximum(1.6 * level + 0.05, level + 0.15)
    cleaned = np.where(is_rule & ~darker, 0, ink)
    # Ink that crosses a line as dark as itself: between ink above and ink below it.
    bridged = ndimage.grey_closing(cleaned, (4 * thickness + 3, 1))
    return np.where(is_rule, np.maximum(cleaned, np.minimum(bridged, ink)), cleaned).astype("float32")


def stretch(ink: np.ndarray) -> np.ndarray:
    """Noise to 0 and ink to 1, (H, W) in [0, 1], by Otsu's threshold of what is darker than the noise."""
    from skimage.filters import threshold_otsu

    noise = float(np.median(ink)) + 3 * 1.4826 * float(np.median(np.abs(ink - np.median(ink))))
    top = float(np.quantile(ink, 1 - min(0.004, 16 / ink.size * 10)))
    if top < max(MIN_CONTRAST, 1.5 * noise):
        return np.zeros_like(ink)
    floor = max(noise, 0.15 * top)
    threshold = float(np.clip(threshold_otsu(ink[ink > floor]) if (ink > floor).any() else 0, 0.35 * top, 0.6 * top))
    width = 0.5 * threshold
    return np.clip((ink - threshold + width) / (2 * width), 0, 1).astype("float32")


def select_digit(ink: np.ndarray) -> np.ndarray:
    """Only the strokes of the digit: the heaviest component and those near it; not what runs along the border."""
    from scipy import ndimage

    labels, n = ndimage.label(ink > 0.3, np.ones((3, 3)))
    if not n:
        return np.zeros_like(ink)
    h, w = ink.shape
    mass = ndimage.sum_labels(ink, labels, range(1, n + 1))
    boxes = ndimage.find_objects(labels)
    margin = max(1, round(0.01 * min(h, w)))
    scores = []
    for k, (rows, columns) in enumerate(boxes):
        sides = [rows.start <= margin, rows.stop >= h - margin, columns.start <= margin, columns.stop >= w - margin]
        size = max(rows.stop - rows.start, columns.stop - columns.start)
        weight = mass[k] * (0.02 if any(sides) else 1.0)
        if size < 0.03 * min(h, w):
            weight *= 0.1
        scores.append(weight)
    main = int(np.argmax(scores))
    rows, columns = boxes[main]
    reach = 0.5 * max(rows.stop - rows.start, columns.stop - columns.start)
    keep = []
    for k, (r, c) in enumerate(boxes):
        gap = max(r.start - rows.stop, rows.start - r.stop, c.start - columns.stop, columns.start - c.stop, 0)
        if k == main or (scores[k] >= 0.03 * scores[main] and gap <= reach):
            keep.append(k + 1)
    near = ndimage.maximum_filter(np.isin(labels, keep), 5)
    return np.where(near, ink, 0).astype("float32")


# --- garments ---------------------------------------------------------------------------------


def segment_garment(photo: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The garment on a background that changes smoothly: (H, W, 3) uint8 to a mask and the cloth, both (H, W).

    mask: bool, what differs from the background, which is a quadratic function of the position, fitted to the border;
    False everywhere if nothing does. cloth: float32 in [0, 1], the negative of the photo inside the mask, as in
    Fashion-MNIST: bright is dark cloth.
    """
    from scipy import ndimage
    from skimage.filters import threshold_otsu

    h, w, _ = photo.shape
    smooth = ndimage.gaussian_filter(photo.astype("float32"), (0.006 * min(h, w), 0.006 * min(h, w), 0))
    y, x = (np.linspace(-1, 1, n, dtype="float32") for n in (h, w))
    y, x = np.meshgrid(y, x, indexing="ij")
    basis = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    n = max(2, round(0.03 * min(h, w)))
    border = np.ones((h, w), bool)
    border[n:-n, n:-n] = False
    used = border
    for _ in range(3):  # without what of the garment touches the border
        coefficients = np.linalg.lstsq(basis[used], smooth[used], rcond=None)[0]
        difference = np.sqrt(np.square(smooth - basis @ coefficients).mean(axis=2))
        used = border & (difference <= 2.5 * np.median(difference[border]) + 2)
    noise = float(np.quantile(difference[used], 0.98))
    if float(np.quantile(difference, 0.98)) < 1.5 * noise + 8:
        return np.zeros((h, w), bool), np.zeros((h, w), "float32")
    mask = difference > max(1.2 * noise, min(0.6 * float(threshold_otsu(difference)), 4 * noise), 6)
    size = max(3, round(0.012 * min(h, w)))
    mask = ndimage.binary_fill_holes(ndimage.grey_opening(ndimage.grey_closing(mask.astype("uint8"), size), size))
    parts, n_parts = ndimage.label(mask)
    if not n_parts:
        return mask, np.zeros((h, w), "float32")
    areas = ndimage.sum_labels(mask, parts, range(1, n_parts + 1))
    mask = np.isin(parts, 1 + np.flatnonzero(areas >= 0.1 * areas.max()))  # a pair of shoes has two
    negative = 1 - photo.astype("float32") @ np.array([0.299, 0.587, 0.114], "float32") / 255
    top = float(np.quantile(negative[mask], 0.995))
    return mask, np.where(mask, np.clip(negative / max(top, 0.1), 0.02, 1), 0).astype("float32")
