"""Pictures in and out: decode, orient, resize, tile, frame, animate.

Whatever a visitor brings (a phone photo lying on its side, a drawing with a transparent
background, a 16-bit scan) leaves here as plain uint8, or is refused in a sentence that says why.
With datasets.py the only module that imports PIL.
"""

import io
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from struct import error as StructError

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
MIN_SIDE = 4  # pixels
_MEGAPIXELS = f"{MAX_PIXELS // 10**6} megapixels"
_ORIENTATION = 0x0112  # the EXIF tag
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")  # no exotic readers: those have the security history


class BadImage(ValueError):
    """A picture that cannot be used; the message is a sentence for the visitor."""


# --- in ---------------------------------------------------------------------------------------


def decode(data: bytes, *, max_side: int = 1024) -> tuple[np.ndarray, str]:
    """The picture in a PNG, JPEG, WEBP or GIF file, upright, and a note on what was done to it.

    Returns (H, W, 3) uint8, no side longer than `max_side` pixels, transparency laid over white,
    and "" or e.g. "scaled from 6000 x 4000; first frame of 12". Raises `BadImage` for anything
    else: other formats, damaged files, below 4 pixels a side, above 20 MB or 40 megapixels.
    """
    if not data:
        raise BadImage("This file is empty: choose a PNG, JPEG, WEBP or GIF picture.")
    if len(data) > MAX_BYTES:
        raise BadImage(f"This file has {len(data) / 1e6:.0f} MB: choose one of at most {MAX_BYTES // 10**6} MB.")
    try:
        file = Image.open(io.BytesIO(data), formats=FORMATS)  # reads the header only
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage(f"This picture is far too large: choose one of at most {_MEGAPIXELS}.") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, StructError, EOFError) as error:
        raise BadImage("This is not a picture that can be read here: choose a PNG, JPEG, WEBP or GIF.") from error
    width, height = file.size
    if width * height > MAX_PIXELS:
        raise BadImage(f"This picture has {width} x {height} pixels: choose one of at most {_MEGAPIXELS}.")
    if min(width, height) < MIN_SIDE:
        raise BadImage(f"This picture has {width} x {height} pixels: at least {MIN_SIDE} x {MIN_SIDE} are needed.")
    try:
        # Phones put a second, small picture behind the first one: that is no animation.
        frames = getattr(file, "n_frames", 1) if file.format != "MPO" else 1
        file.seek(0)
        if file.getexif().get(_ORIENTATION, 1) >= 5:  # lies on its side
            width, height = height, width
        if max(width, height) > max_side:
            file.draft("RGB", (max_side, max_side))  # a JPEG is decoded at a fraction of its size
        picture = _flatten(ImageOps.exif_transpose(file))
    except (OSError, ValueError, SyntaxError, StructError, EOFError, LookupError, TypeError, MemoryError) as error:
        raise BadImage(f"This {file.format} file is damaged or cut short: save it anew.") from error
    notes = []
    if max(width, height) > max_side:
        picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
        notes.append(f"scaled from {width} x {height}")
    if frames > 1:
        notes.append(f"first frame of {frames}")
    return np.array(picture), "; ".join(notes)


def _flatten(picture: Image.Image) -> Image.Image:
    """Any mode to RGB: 16 bits to 8, transparency over white."""
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):  # convert() would clip at 255
        picture = Image.fromarray((np.asarray(picture, "float32") / 257).clip(0, 255).round().astype("uint8"))
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("RGB")


def to_dataset_format(image: np.ndarray, *, box: int, centre: str, size: int = 28) -> list[tuple[str, np.ndarray]]:
    """One's own picture in the shape of a data set, stage by stage, for the visitor to see.

    image: (H, W, 3) or (H, W) uint8, on a plain background. box: the longer side of what is on
    it, in pixels of the result; centre: "mass" (the middle of the ink) or "box" (the middle of its
    outline). MNIST: box=20, centre="mass". Fashion-MNIST: box=28, centre="box".

    Returns named stages, all (h, w) uint8, the last one (size, size), light on dark. Raises
    `BadImage` where nothing is on it, `ValueError` on an unknown `centre`, a box that does not fit, or a wrong array.
    """
    if centre not in ("mass", "box"):
        raise ValueError(f"centre must be 'mass' or 'box', got {centre!r}")
    if not 1 <= box <= size:
        raise ValueError(f"box must be from 1 to {size}, got {box}")
    picture = _picture(image)
    grey = _shrink(Image.fromarray(picture).convert("L"))
    stages = [("grey", grey)]

    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]).astype("float32")
    ground = float(np.median(border))
    noise = float(np.median(np.abs(border - ground))) * 1.4826  # as a standard deviation, but deaf to outliers
    away = grey.astype("float32") - ground
    # The thing is what differs most from the background, on either side of it.
    sign = -1.0 if _contrast_range(-away) > _contrast_range(away) else 1.0
    light = away * sign
    stages.append(("light on dark", _bytes(light + (ground if sign > 0 else 255 - ground))))

    # Grain and shadows go: in a photo, what is within the noise or below a fifth of the brightest ink is
    # background. An even background (a drawing, a data set) has neither, and dark clothes may stay.
    top = _contrast_range(light)
    if top < 24:
        raise BadImage("The drawing is empty: draw something first.")
    floor = max(4 * noise, (0.2 if noise else 0.04) * top)
    noise = max(4 * noise, 0.02 * top)
    clean = _remove_small_components(np.minimum(light / top, 1), floor / top, noise / top)
    if top <= floor or not clean.any():
        raise BadImage("Nothing stands out from the background: use plain paper, a thick pen and more light.")
    stages.append(("background removed", _bytes(255 * clean)))

    rows, columns = np.flatnonzero(clean.any(axis=1)), np.flatnonzero(clean.any(axis=0))
    clean = clean[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    stages.append(("cropped", _bytes(255 * clean)))

    h, w = clean.shape
    scale = box / max(h, w)
    height, width = max(1, round(h * scale)), max(1, round(w * scale))
    small = Image.fromarray(clean).resize(
        (width, height), Image.Resampling.HAMMING if scale < 1 else Image.Resampling.BICUBIC
    )
    ink = np.asarray(small).clip(0, 1)
    ink = ink / max(float(ink.max()), 1e-6)  # a thin line lost its brightness in shrinking
    stages.append((f"fitted into {box} x {box}", _bytes(255 * ink)))
    stages.append((f"centred in {size} x {size}", _bytes(255 * _center_in_frame(ink, centre, size))))
    return stages


def _contrast_range(away: np.ndarray) -> float:
    """How far the picture gets from its background: a high quantile, so that no single pixel decides."""
    return max(0.0, float(np.quantile(away, 1 - min(0.002, 16 / away.size))))


def _shrink(grey: Image.Image, side: int = 400) -> np.ndarray:
    """(H, W) uint8, no side above `side`: far more than 28 pixels need, and averaging removes a camera's grain."""
    if max(grey.size) > side:
        grey = grey.copy()
        grey.thumbnail((side, side), Image.Resampling.BOX)
    return np.array(grey)


def _remove_small_components(light: np.ndarray, floor: float, noise: float) -> np.ndarray:
    """(H, W) with only what is above `floor`, its soft edge above `noise`, and no part tiny beside the largest."""
    from scipy.ndimage import binary_dilation, label

    corners_too = np.ones((3, 3))
    parts, _ = label(light > floor, corners_too)
    areas = np.bincount(parts.ravel())
    areas[0] = 0  # the background
    kept = (areas >= max(2, 0.01 * areas.max()))[parts]
    return np.where(binary_dilation(kept, corners_too) & (light > noise), light, 0).astype("float32")


def _center_in_frame(ink: np.ndarray, centre: str, size: int) -> np.ndarray:
    """(h, w) on an empty (size, size), never cut off."""
    h, w = ink.shape
    if centre == "mass":  # comes to lie on pixel (size / 2, size / 2), as in MNIST
        total = ink.sum()
        y, x = ink.sum(axis=1) @ np.arange(h) / total, ink.sum(axis=0) @ np.arange(w) / total
        top, left = round(size / 2 - float(y)), round(size / 2 - float(x))
    else:
        top, left = (size - h + 1) // 2, (size - w + 1) // 2  # the spare row on top, as in Fashion-MNIST
    top, left = min(max(top, 0), size - h), min(max(left, 0), size - w)
    out = np.zeros((size, size), "float32")
    out[top : top + h, left : left + w] = ink
    return out


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """(n, h, w) or (n, h, w, 3) uint8 to the same n, size x size pixels, smoothly.

    Raises `ValueError` on another array or a size below 1.
    """
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise ValueError(f"images must be (n, h, w) or (n, h, w, 3) uint8, got {images.shape} {images.dtype}")
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size}")
    out = np.empty((len(images), size, size, *images.shape[3:]), "uint8")
    for i, image in enumerate(images):
        out[i] = Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC)
    return out


# --- out --------------------------------------------------------------------------------------


def tile(pictures: np.ndarray, *, gap: int = 0, background: int = 0) -> np.ndarray:
    """A table of pictures as one: (r, c, h, w) or (r, c, h, w, 3), uint8 or float in [0, 1], to (H, W[, 3]) uint8.

    gap: pixels between two, filled with `background` (0 to 255). Raises `ValueError` on another shape.
    """
    if pictures.ndim not in (4, 5) or 0 in pictures.shape:
        raise ValueError(f"pictures must be (rows, columns, h, w) or with 3 channels, got {pictures.shape}")
    r, c, h, w, *channels = pictures.shape
    padded = np.full((r, c, h + gap, w + gap, *channels), background, "uint8")
    padded[:, :, :h, :w] = _as_uint8(pictures)
    whole = padded.swapaxes(1, 2).reshape(r * (h + gap), c * (w + gap), *channels)
    return whole[: r * (h + gap) - gap, : c * (w + gap) - gap]


def tint(pictures: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Grey pictures in colour, black staying black.

    pictures: (n, h, w) float in [0, 1]; colours: (n, 3) uint8, one each. Returns (n, h, w, 3)
    uint8. Raises `ValueError` where the two do not match.
    """
    if pictures.ndim != 3 or colours.shape != (len(pictures), 3):
        raise ValueError(f"pictures (n, h, w) and colours (n, 3) expected, got {pictures.shape} and {colours.shape}")
    light = np.minimum(colours + 60.0, 255.0)  # lifted a little: full ink should shine on black
    return np.round(pictures[..., None] * light[:, None, None]).astype("uint8")


def png(image: np.ndarray, *, scale: int = 1) -> bytes:
    """A PNG file of (H, W), (H, W, 3) or (H, W, 4), uint8 or float in [0, 1].

    scale: each pixel becomes a square of scale x scale, edges kept sharp. Raises `ValueError` on
    another shape or a scale below 1.
    """
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (3, 4)) or 0 in image.shape:
        raise ValueError(f"a picture must be (H, W), (H, W, 3) or (H, W, 4), got {image.shape}")
    out = io.BytesIO()
    Image.fromarray(_enlarge(_as_uint8(image), scale)).save(
        out, "PNG", compress_level=3
    )  # 6: twice the time, 2 % smaller
    return out.getvalue()


def webp(image: np.ndarray, *, quality: int = 85) -> bytes:
    """A lossy WebP file of (H, W) or (H, W, 3), uint8 or float in [0, 1]: small enough to send a large sheet."""
    out = io.BytesIO()
    Image.fromarray(_as_uint8(image)).save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()


def animate(frames: Sequence[np.ndarray] | np.ndarray, kind: str, *, fps: float = 20, scale: int = 1) -> bytes:
    """A film of frames: the bytes of a "gif", "webp" (both loop for ever, lossless webp) or "mp4" (H.264).

    frames: all of one shape, (H, W) or (H, W, 3), uint8 or float in [0, 1]. fps: frames per
    second; a GIF counts in hundredths of a second and gets the nearest, at most 50. scale: as in
    `png`. Odd sides of an mp4 are padded by a pixel, as H.264 needs. Raises `ValueError` without
    frames, on frames that differ or another `kind`, fps or scale.
    """
    if kind not in ("gif", "webp", "mp4"):
        raise ValueError(f"kind must be 'gif', 'webp' or 'mp4', got {kind!r}")
    if not fps > 0:
        raise ValueError(f"fps must be positive, got {fps}")
    if len(frames) == 0:
        raise ValueError("an animation needs at least one frame, got none")
    shape = np.shape(frames[0])
    for i, each in enumerate(frames):
        if np.shape(each) != shape:
            raise ValueError(f"frames must have one shape: frame 0 is {shape}, frame {i} is {np.shape(each)}")
    if len(shape) not in (2, 3) or shape[2:] not in ((), (3,)) or 0 in shape:
        raise ValueError(f"frames must be (H, W) or (H, W, 3), got {shape}")
    film = [_enlarge(_as_uint8(each), scale) for each in frames]
    if kind == "mp4":
        return _mp4(film, fps)
    pictures = [Image.fromarray(each) for each in film]
    out = io.BytesIO()
    if kind == "webp":
        pictures[0].save(
            out, "WEBP", save_all=True, append_images=pictures[1:], duration=round(1000 / fps), loop=0, lossless=True
        )
        return out.getvalue()
    if len(shape) == 3:  # one palette for the whole film: no flicker, and ten times faster than one each
        picked = np.concatenate(film[:: max(1, len(film) // 8)])
        palette = Image.fromarray(picked).quantize(255, method=Image.Quantize.FASTOCTREE)
        pictures = [each.quantize(palette=palette, dither=Image.Dither.NONE) for each in pictures]
    hundredths = max(2, round(100 / fps))  # browsers slow down what is faster
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=10 * hundredths, loop=0)
    return out.getvalue()


def _mp4(film: list[np.ndarray], fps: float) -> bytes:
    import imageio_ffmpeg  # here, not above: most pages never make a film

    rgb = [each if each.ndim == 3 else np.repeat(each[..., None], 3, axis=2) for each in film]
    h, w = rgb[0].shape[:2]
    rgb = [np.pad(each, ((0, h % 2), (0, w % 2), (0, 0)), mode="edge") for each in rgb]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "film.mp4"  # faststart moves the index to the front, which a pipe cannot do
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"]
        command += ["-s", f"{w + w % 2}x{h + h % 2}", "-r", f"{fps}", "-i", "-"]
        command += ["-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(target)]
        done = subprocess.run(command, input=b"".join(each.tobytes() for each in rgb), capture_output=True)
        if done.returncode:
            raise RuntimeError(
                f"ffmpeg could not write the film: {done.stderr.decode(errors='replace')[-300:].strip()}"
            )
        return target.read_bytes()


def blend(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    """A cross-fade of pixels, for contrast with a walk in latent space: (h, w), (h, w) to (n, h, w) uint8.

    a, b: uint8 or float in [0, 1]; both are included as they are. Raises `ValueError` on unequal
    shapes or n below 2.
    """
    if a.shape != b.shape:
        raise ValueError(f"two pictures of one shape are needed, got {a.shape} and {b.shape}")
    if n < 2:
        raise ValueError(f"n must be at least 2, got {n}")
    t = np.linspace(0, 1, n).reshape(-1, *[1] * a.ndim)
    return _bytes((1 - t) * _as_uint8(a) + t * _as_uint8(b))


def _picture(image: np.ndarray) -> np.ndarray:
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,)) or 0 in image.shape:
        raise ValueError(f"a picture must be (H, W) or (H, W, 3) uint8, got {image.shape} {image.dtype}")
    return np.ascontiguousarray(image)


def _as_uint8(image: np.ndarray) -> np.ndarray:
    """uint8 as it is; float in [0, 1] to [0, 255]."""
    image = np.asarray(image)
    return image if image.dtype == np.uint8 else _bytes(255 * image)


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 255).astype("uint8")


def _enlarge(image: np.ndarray, scale: int) -> np.ndarray:
    if scale < 1:
        raise ValueError(f"scale must be at least 1, got {scale}")
    return image.repeat(scale, axis=0).repeat(scale, axis=1)
