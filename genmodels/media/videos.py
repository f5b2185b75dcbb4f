"""Videos in: the frames of a user's video or GIF, decoded by ffmpeg.

The first bytes of a file select one of ffmpeg's readers, and that reader may open no other file, so that a playlist
with the name of a video is refused.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genmodels.media.images import BadImage

MAX_BYTES = 20_000_000  # as the upload limit of the app
MAX_FRAMES = 180
MAX_SOURCE = 8192  # pixels, width and height
_READERS = ((0, b"GIF8", "gif"), (4, b"ftyp", "mov"), (0, b"\x1a\x45\xdf\xa3", "matroska"), (8, b"AVI ", "avi"))


@dataclass(frozen=True, eq=False)
class Video:
    """frames: (n, h, w, 3) uint8. fps: frames per second. note: on the conversion, "" without one."""

    frames: np.ndarray
    fps: float
    note: str


def decode(data: bytes, *, max_side: int = 480, fps: float = 15, max_frames: int = MAX_FRAMES) -> Video:
    """The frames of a GIF, MP4, MOV, WEBM, MKV or AVI file, at most `fps` per second and `max_frames` in all.

    Width and height are even and at most `max_side` pixels. Raises `BadImage`, with a sentence for the user, for
    other formats, damaged files and above 20 MB.
    """
    import imageio_ffmpeg  # here, because few pages need it

    if not data:
        raise BadImage("This file is empty: choose a GIF or a short video.")
    if len(data) > MAX_BYTES:
        raise BadImage(f"This file has {len(data) / 1e6:.0f} MB: choose one of at most {MAX_BYTES // 10**6} MB.")
    reader = next((name for at, mark, name in _READERS if data[at : at + len(mark)] == mark), None)
    if reader is None:
        raise BadImage("This file is not a readable video: choose a GIF, MP4, MOV, WEBM, MKV or AVI.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "video"
        file.write_bytes(data)
        fit = f"fps={fps:g}:round=down,scale=w='max(2,trunc(iw*min(1,{max_side}/max(iw,ih))/2)*2)':h=-2"
        source = ["-protocol_whitelist", "file", "-f", reader]
        reads = imageio_ffmpeg.read_frames(
            str(file),
            pix_fmt="rgb24",
            input_params=source,
            output_params=["-an", "-vf", fit, "-frames:v", str(max_frames + 1)],
        )
        try:
            properties = next(reads)
            w, h = properties["size"]
            if max(properties["source_size"]) > MAX_SOURCE:
                raise BadImage(f"This video is far too large: choose one of at most {MAX_SOURCE} pixels per side.")
            frames = [np.frombuffer(each, "uint8").reshape(h, w, 3) for each in reads]
        except (OSError, RuntimeError, KeyError, ValueError, IndexError) as error:
            if isinstance(error, BadImage):
                raise
            raise BadImage("This video is damaged or incomplete: save it again.") from error
        finally:
            reads.close()
    if not frames:
        raise BadImage("This video has no frames: choose another one.")
    is_cut = len(frames) > max_frames
    note = f"its first {max_frames} frames at {fps:g} per second" if is_cut else ""
    return Video(np.stack(frames[:max_frames]), fps, note)


def pan_over_photo(photo: np.ndarray, *, frames: int = 45, h: int = 240, w: int = 320, fps: float = 15) -> Video:
    """A slow camera pan over a photo, (H, W, 3) uint8: one closed loop of a window of h x w pixels.

    Raises `ValueError` if the window does not fit into the photo.
    """
    max_top, max_left = photo.shape[0] - h, photo.shape[1] - w
    if max_top < 0 or max_left < 0 or frames < 1:
        raise ValueError(f"a video of {frames} frames, {w} x {h} pixels, does not fit into {photo.shape}")
    angle = np.linspace(0, 2 * np.pi, frames, endpoint=False)
    top, left = (0.5 - 0.5 * np.cos(angle)) * max_top, (0.5 + 0.5 * np.sin(angle)) * max_left
    corners = zip(top.round().astype(int), left.round().astype(int), strict=True)
    return Video(np.stack([photo[i : i + h, j : j + w] for i, j in corners]), fps, "")
