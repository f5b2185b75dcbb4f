"""Films in: a visitor's video or GIF, frame by frame, through the same ffmpeg that writes films.

What a file says it is decides which of ffmpeg's readers may look at it, and that reader may open no
other file: a playlist dressed up as a video is refused.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genmodels.media.images import BadImage

MAX_BYTES = 20_000_000  # what the app takes in at all
MAX_FRAMES = 180
MAX_SOURCE = 8192  # pixels a side
_READERS = ((0, b"GIF8", "gif"), (4, b"ftyp", "mov"), (0, b"\x1a\x45\xdf\xa3", "matroska"), (8, b"AVI ", "avi"))


@dataclass(frozen=True, eq=False)
class Video:
    """frames: (n, h, w, 3) uint8. fps: frames a second. note: what was done to it, "" where nothing was."""

    frames: np.ndarray
    fps: float
    note: str


def decode(data: bytes, *, max_side: int = 480, fps: float = 15, max_frames: int = MAX_FRAMES) -> Video:
    """The frames of a GIF, MP4, MOV, WEBM, MKV or AVI file, at most `fps` a second and `max_frames` of them.

    No side is longer than `max_side` pixels; sides are even. Raises `BadImage`, with a sentence for
    the visitor, for anything else, for damaged files and above 20 MB.
    """
    import imageio_ffmpeg  # here, not above: most pages never see a film

    if not data:
        raise BadImage("This file is empty: choose a GIF or a short video.")
    if len(data) > MAX_BYTES:
        raise BadImage(f"This file has {len(data) / 1e6:.0f} MB: choose one of at most {MAX_BYTES // 10**6} MB.")
    reader = next((name for at, mark, name in _READERS if data[at : at + len(mark)] == mark), None)
    if reader is None:
        raise BadImage("This is not a film that can be read here: choose a GIF, MP4, MOV, WEBM, MKV or AVI.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "film"
        file.write_bytes(data)
        fit = f"fps={fps:g}:round=down,scale=w='max(2,trunc(iw*min(1,{max_side}/max(iw,ih))/2)*2)':h=-2"
        source = ["-protocol_whitelist", "file", "-f", reader]
        found = imageio_ffmpeg.read_frames(
            str(file),
            pix_fmt="rgb24",
            input_params=source,
            output_params=["-an", "-vf", fit, "-frames:v", str(max_frames + 1)],
        )
        try:
            about = next(found)
            w, h = about["size"]
            if max(about["source_size"]) > MAX_SOURCE:
                raise BadImage(f"This film is far too large: choose one of at most {MAX_SOURCE} pixels a side.")
            frames = [np.frombuffer(each, "uint8").reshape(h, w, 3) for each in found]
        except (OSError, RuntimeError, KeyError, ValueError, IndexError) as error:
            if isinstance(error, BadImage):
                raise
            raise BadImage("This film is damaged or cut short: save it anew.") from error
        finally:
            found.close()
    if not frames:
        raise BadImage("There is no picture in this film: choose another one.")
    cut = len(frames) > max_frames
    note = f"its first {max_frames} frames at {fps:g} a second" if cut else ""
    return Video(np.stack(frames[:max_frames]), fps, note)


def pan_over_photo(photo: np.ndarray, *, frames: int = 45, h: int = 240, w: int = 320, fps: float = 15) -> Video:
    """A slow ride over a photo (H, W, 3) uint8 that is larger than the film: once around, back to where it began.

    Raises `ValueError` where the film does not fit on the photo.
    """
    tall, wide = photo.shape[0] - h, photo.shape[1] - w
    if tall < 0 or wide < 0 or frames < 1:
        raise ValueError(f"a film of {frames} frames, {w} x {h} pixels, does not fit on {photo.shape}")
    turn = np.linspace(0, 2 * np.pi, frames, endpoint=False)
    down, right = (0.5 - 0.5 * np.cos(turn)) * tall, (0.5 + 0.5 * np.sin(turn)) * wide
    at = zip(down.round().astype(int), right.round().astype(int), strict=True)
    return Video(np.stack([photo[i : i + h, j : j + w] for i, j in at]), fps, "")
