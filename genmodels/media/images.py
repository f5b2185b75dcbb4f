"""Images in and out: decode, orient, convert to a data set's format, resize, tile, encode, animate.

User files of any kind (rotated phone photos, drawings with a transparent background, 16-bit scans) become uint8
arrays, or are refused with a sentence that says why.
"""

import io
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from struct import error as StructError

import numpy as np
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000  # of what is decoded
MAX_JPEG_PIXELS = 120_000_000  # of a JPEG, which is decoded at 1/2, 1/4 or 1/8 of its size: phones have 108 megapixels
MIN_SIDE = 4  # pixels
MAX_CLEAR_FRAMES = 100  # how many transparent frames at the start of an animation are skipped
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")  # common formats only: PIL's rare readers have had security holes
_MEGAPIXELS = f"{MAX_PIXELS // 10**6} megapixels"
_ORIENTATION = 0x0112  # the EXIF tag
_END_MARKERS = {"PNG": b"IEND", "JPEG": b"\xff\xd9", "MPO": b"\xff\xd9", "GIF": b";"}
_DAMAGE = (OSError, ValueError, SyntaxError, StructError, EOFError, LookupError, TypeError, MemoryError)
_decoding = threading.Lock()  # PIL's LOAD_TRUNCATED_IMAGES holds for all threads
Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS  # `_read` has its own, smaller limits


class BadImage(ValueError):
    """An image that cannot be used; the message is a sentence for the user."""


class EmptyImage(BadImage):
    """An image of one color: there is no object in it."""


# --- input ------------------------------------------------------------------------------------


def decode(data: bytes, *, max_side: int = 1024, min_side: int = MIN_SIDE) -> tuple[np.ndarray, str]:
    """The image of a PNG, JPEG, WEBP or GIF file, upright and in sRGB, and a note on its conversion.

    Returns (H, W, 3) uint8, width and height from `min_side` to `max_side` pixels, and "" or e.g. "scaled from
    6000 x 4000 to 1024 x 683 pixels; first frame of an animation". Transparent pixels become white, or black where
    the rest is almost white. Damaged files are decoded as far as possible. Raises `BadImage` for other formats, files
    that hold less than half of the image, below `min_side` pixels, above 20 MB or 40 megapixels (JPEG: 120).
    """
    if not data:
        raise BadImage("This file is empty: choose a PNG, JPEG, WEBP or GIF image.")
    if len(data) > MAX_BYTES:
        raise BadImage(f"This file has {len(data) / 1e6:.0f} MB: choose one of at most {MAX_BYTES // 10**6} MB.")
    with _decoding:
        try:
            image, notes = _read(data, max_side, min_side)
        except BadImage:
            raise
        except _DAMAGE:
            image, notes = _read_damaged(data, max_side, min_side)
    return np.array(image), "; ".join(notes)


def _read_damaged(data: bytes, max_side: int, min_side: int) -> tuple[Image.Image, list[str]]:
    """As `_read`, of a file with missing bytes or wrong checksums: what is there."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        image, notes = _read(data, max_side, min_side)
    except UnidentifiedImageError as error:
        raise BadImage("This file is not a readable image: choose a PNG, JPEG, WEBP or GIF.") from error
    except BadImage:
        raise
    except _DAMAGE as error:
        raise BadImage("This image file is damaged or incomplete: save it again.") from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    format = "PNG" if data.startswith(b"\x89PNG") else "GIF" if data.startswith(b"GIF8") else "JPEG"
    if _END_MARKERS[format] not in data[-16:]:
        pixels = np.asarray(image).astype("int16")
        # The decoder fills the missing rows with one color.
        is_filled = (np.abs(pixels - pixels[-1, -1]) <= 2).all(axis=(1, 2))[::-1]
        n_missing = len(is_filled) if is_filled.all() else int(np.argmin(is_filled))
        if n_missing > len(is_filled) / 2:
            raise BadImage(f"This {format} file is damaged or incomplete: save it again.")
    return image, [*notes, "the file is damaged or incomplete, and shown as far as it can be read"]


def _read(data: bytes, max_side: int, min_side: int) -> tuple[Image.Image, list[str]]:
    """The RGB image and notes. Raises `BadImage`, or what PIL raises on a damaged file."""
    try:
        file = Image.open(io.BytesIO(data), formats=FORMATS)  # reads the header only
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage(f"This image is far too large: choose one of at most {_MEGAPIXELS}.") from error
    width, height = file.size
    is_jpeg = file.format in ("JPEG", "MPO")
    if width * height > (MAX_JPEG_PIXELS if is_jpeg else MAX_PIXELS):
        limit = f"{MAX_JPEG_PIXELS // 10**6} megapixels" if is_jpeg else _MEGAPIXELS
        raise BadImage(f"This image has {width} x {height} pixels: choose one of at most {limit}.")
    # MPO files of phones hold a second, small image, which is no animation frame.
    is_animated = file.format != "MPO" and getattr(file, "is_animated", False)  # n_frames would read the whole GIF
    file.seek(0)
    if file.getexif().get(_ORIENTATION, 1) >= 5:  # rotated by 90 degrees
        width, height = height, width
    w, h = _fitted_size(width, height, max_side, min_side)
    if max(width, height) > max_side:
        file.draft(None, (2 * min(w, h), 2 * min(w, h)))  # a JPEG is decoded at a fraction of its size
    if file.size[0] * file.size[1] > MAX_PIXELS:
        raise BadImage(f"This image has {width} x {height} pixels: choose one of at most {_MEGAPIXELS}.")
    notes = []
    n_skipped = _skip_clear_frames(file) if is_animated else 0
    profile = file.info.get("icc_profile")
    image, bits = _to_8_bits(ImageOps.exif_transpose(file))
    if not bits and file.format == "PNG" and data[24] == 16:  # bits per value
        image, bits = _scaled_12_bits(image)
    if max(width, height) > max_side:
        image = image.resize((w, h), Image.Resampling.LANCZOS, reducing_gap=2.0)
        notes.append(f"scaled from {width} x {height} to {w} x {h} pixels")
    if is_animated:
        notes.append(f"first {'visible ' if n_skipped else ''}frame of an animation")
    if bits:
        notes.append(f"{bits}-bit values in 16 bits, scaled to the full range")
    image, ground = _on_ground(_to_srgb(image, profile))
    if ground:
        notes.append(ground)
    return image, notes


def _fitted_size(width: int, height: int, max_side: int, min_side: int) -> tuple[int, int]:
    """The width and height of an image that is scaled down to `max_side`. Raises `BadImage` if it is too small."""
    needed = f"at least {min_side} x {min_side} are needed"
    if min(width, height) < min_side:
        raise BadImage(f"This image has {width} x {height} pixels: {needed}.")
    scale = min(1.0, max_side / max(width, height))
    w, h = max(1, round(scale * width)), max(1, round(scale * height))
    if min(w, h) < min_side:
        raise BadImage(
            f"This image of {width} x {height} pixels is too {'wide' if width > height else 'tall'}: it is scaled to "
            f"{w} x {h}, and {needed}. Crop it, or choose a larger image size."
        )
    return w, h


def _skip_clear_frames(file: Image.Image) -> int:
    """Seeks the first frame of an animation with a pixel that is not transparent; the first if there is none."""
    for k in range(MAX_CLEAR_FRAMES):
        try:
            file.seek(k)
            has_alpha = file.mode in ("RGBA", "LA", "PA") or "transparency" in file.info
            if not has_alpha or file.convert("RGBA").getchannel("A").getbbox():
                return k
        except EOFError:
            break
    file.seek(0)
    return 0


def _to_8_bits(image: Image.Image) -> tuple[Image.Image, int]:
    """Any mode to L, LA, RGB, RGBA or CMYK; and the bits of values that do not use all 16 bits, 0 for others."""
    transparent, bits = image.info.get("transparency"), 0
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):  # convert() would clip at 255
        values = np.asarray(image, "float32")
        largest = float(values.max())
        bits = next((b for b in (8, 10, 12) if 0 < largest < 2**b), 0)
        gray = (values * (255 / (2**bits - 1) if bits else 1 / 257)).clip(0, 255).round().astype("uint8")
        if transparent is None:
            return Image.fromarray(gray), bits
        alpha = np.where(values == transparent, 0, 255).astype("uint8")
        return Image.merge("LA", (Image.fromarray(gray), Image.fromarray(alpha))), bits
    if image.mode == "RGB" and isinstance(transparent, tuple) and max(transparent) > 255:
        # Of 16-bit colors PIL keeps the upper 8 bits, but all 16 of the transparent one.
        clear = (np.asarray(image) == [value >> 8 for value in transparent]).all(axis=2)
        image = image.copy()
        image.putalpha(Image.fromarray(np.where(clear, 0, 255).astype("uint8")))
        return image, 0
    if image.mode == "1":
        image = image.convert("LA" if transparent is not None else "L")
    if image.mode in ("La", "RGBa", "PA", "P") or transparent is not None:
        has_alpha = image.mode not in ("P",) or transparent is not None
        return image.convert("RGBA" if has_alpha else "RGB"), 0
    if image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        image = image.convert("RGB")
    return image, 0


def _scaled_12_bits(image: Image.Image) -> tuple[Image.Image, int]:
    """Color values below 16 of 256, which are the upper half of 12-bit values in 16 bits, scaled up; and 12 or 0."""
    values = np.array(image)
    colors = values[..., :-1] if image.mode in ("LA", "RGBA") else values
    if image.mode not in ("LA", "RGB", "RGBA") or not 0 < colors.max() < 16:
        return image, 0
    colors *= 17
    return Image.fromarray(values), 12


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """L, LA, RGB, RGBA or CMYK to RGB or RGBA, by the file's color profile; a broken one is ignored."""
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colors = image.convert(image.mode[:-1]) if alpha else image
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            space = source.profile.xcolor_space.strip()
            if space == "RGB" and colors.mode == "L":
                colors = colors.convert("RGB")
            if {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}.get(space) == colors.mode:
                converted = ImageCms.profileToProfile(
                    colors,
                    source,
                    ImageCms.createProfile("sRGB"),
                    renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                    outputMode="RGB",
                    flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
                )
                colors = converted or colors
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
            pass
    rgb = colors.convert("RGB")
    if alpha:
        rgb.putalpha(alpha)
    return rgb


def _on_ground(image: Image.Image) -> tuple[Image.Image, str]:
    """RGBA to RGB on white, or on black if it would not be seen on white; and a note."""
    if image.mode != "RGBA":
        return image, ""
    rgba = np.asarray(image)
    if not rgba[..., 3].any():
        return Image.new("RGB", image.size, "white"), "every pixel is transparent"
    ground = ground_color(rgba)
    background = Image.new("RGBA", image.size, (ground,) * 3)
    note = "transparent pixels are black here, because the others are almost white" if ground == 0 else ""
    return Image.alpha_composite(background, image).convert("RGB"), note


def ground_color(rgba: np.ndarray) -> int:
    """The gray value behind transparent pixels, (..., 4) uint8: 255, or 0 if the visible pixels are almost white."""
    alpha = rgba[..., 3].astype("float32")
    if not (alpha < 128).any() or not alpha.any():
        return 255
    darkness = 255 - rgba[..., :3].astype("float32") @ np.array([0.299, 0.587, 0.114], "float32")
    return 0 if float((alpha * darkness).sum() / alpha.sum()) < 24 else 255


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """(n, h, w) or (n, h, w, 3) uint8 to size x size pixels each, bicubic.

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


# --- output -----------------------------------------------------------------------------------


def tile(images: np.ndarray, *, gap: int = 0, background: int = 0) -> np.ndarray:
    """A grid of images as one: (r, c, h, w) or (r, c, h, w, 3), uint8 or float in [0, 1], to (H, W[, 3]) uint8.

    gap: pixels between two images, filled with `background` (0 to 255). Raises `ValueError` on another shape.
    """
    if images.ndim not in (4, 5) or 0 in images.shape:
        raise ValueError(f"images must be (rows, columns, h, w) or with 3 channels, got {images.shape}")
    r, c, h, w, *channels = images.shape
    padded = np.full((r, c, h + gap, w + gap, *channels), background, "uint8")
    padded[:, :, :h, :w] = _as_uint8(images)
    whole = padded.swapaxes(1, 2).reshape(r * (h + gap), c * (w + gap), *channels)
    return whole[: r * (h + gap) - gap, : c * (w + gap) - gap]


def tint(images: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """Gray images in color; black stays black.

    images: (n, h, w) float in [0, 1]; colors: (n, 3) uint8, one for each image. Returns (n, h, w, 3) uint8. Raises
    `ValueError` if the two do not match.
    """
    if images.ndim != 3 or colors.shape != (len(images), 3):
        raise ValueError(f"images (n, h, w) and colors (n, 3) expected, got {images.shape} and {colors.shape}")
    light = np.minimum(colors + 60.0, 255.0)  # lighter, for contrast on black
    return np.round(images[..., None] * light[:, None, None]).astype("uint8")


def png(image: np.ndarray, *, scale: int = 1) -> bytes:
    """A PNG file of (H, W), (H, W, 3) or (H, W, 4), uint8 or float in [0, 1].

    scale: each pixel becomes a square of scale x scale pixels. Raises `ValueError` on
    another shape or a scale below 1.
    """
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (3, 4)) or 0 in image.shape:
        raise ValueError(f"an image must be (H, W), (H, W, 3) or (H, W, 4), got {image.shape}")
    out = io.BytesIO()
    Image.fromarray(_enlarge(_as_uint8(image), scale)).save(
        out, "PNG", compress_level=3
    )  # 6 takes twice the time and saves 2 %
    return out.getvalue()


def webp(image: np.ndarray, *, quality: int = 85) -> bytes:
    """A lossy WebP file of (H, W) or (H, W, 3), uint8 or float in [0, 1]: for large grids."""
    out = io.BytesIO()
    Image.fromarray(_as_uint8(image)).save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()


def animate(frames: Sequence[np.ndarray] | np.ndarray, format: str, *, fps: float = 20, scale: int = 1) -> bytes:
    """An animation: the bytes of a "gif", "webp" (both repeat endlessly; lossless webp) or "mp4" (H.264).

    frames: all of one shape, (H, W) or (H, W, 3), uint8 or float in [0, 1]. fps: frames per second; a GIF counts in
    hundredths of a second and gets the nearest value, at most 50. scale: as in `png`. Odd widths and heights of an
    mp4 are padded by a pixel for H.264. Raises `ValueError` on an empty list, frames of different shapes, or another
    `format`, fps or scale.
    """
    if format not in ("gif", "webp", "mp4"):
        raise ValueError(f"format must be 'gif', 'webp' or 'mp4', got {format!r}")
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
    arrays = [_enlarge(_as_uint8(each), scale) for each in frames]
    if format == "mp4":
        return _mp4(arrays, fps)
    images = [Image.fromarray(each) for each in arrays]
    out = io.BytesIO()
    if format == "webp":
        images[0].save(
            out, "WEBP", save_all=True, append_images=images[1:], duration=round(1000 / fps), loop=0, lossless=True
        )
        return out.getvalue()
    if len(shape) == 3:  # one palette for all frames: no flicker, and ten times faster than one per frame
        pixels = np.concatenate(arrays[:: max(1, len(arrays) // 8)])
        color_table = Image.fromarray(pixels).quantize(255, method=Image.Quantize.FASTOCTREE)
        images = [each.quantize(palette=color_table, dither=Image.Dither.NONE) for each in images]
    hundredths = max(2, round(100 / fps))  # browsers play faster ones more slowly
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=10 * hundredths, loop=0)
    return out.getvalue()


def _mp4(frames: list[np.ndarray], fps: float) -> bytes:
    import imageio_ffmpeg  # here, because few pages need it

    rgb = [each if each.ndim == 3 else np.repeat(each[..., None], 3, axis=2) for each in frames]
    h, w = rgb[0].shape[:2]
    rgb = [np.pad(each, ((0, h % 2), (0, w % 2), (0, 0)), mode="edge") for each in rgb]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "video.mp4"  # a file, because faststart moves the index to the front
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"]
        command += ["-s", f"{w + w % 2}x{h + h % 2}", "-r", f"{fps}", "-i", "-"]
        command += ["-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(target)]
        done = subprocess.run(command, input=b"".join(each.tobytes() for each in rgb), capture_output=True)
        if done.returncode:
            raise RuntimeError(
                f"ffmpeg could not write the video: {done.stderr.decode(errors='replace')[-300:].strip()}"
            )
        return target.read_bytes()


def blend(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    """Interpolation of pixels, for comparison with interpolation in latent space: (h, w), (h, w) to (n, h, w) uint8.

    a, b: uint8 or float in [0, 1]; they are the first and the last image. Raises `ValueError` on unequal
    shapes or n below 2.
    """
    if a.shape != b.shape:
        raise ValueError(f"two images of one shape are needed, got {a.shape} and {b.shape}")
    if n < 2:
        raise ValueError(f"n must be at least 2, got {n}")
    t = np.linspace(0, 1, n).reshape(-1, *[1] * a.ndim)
    return _bytes((1 - t) * _as_uint8(a) + t * _as_uint8(b))


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
