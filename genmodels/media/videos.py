"""Videos in: the frames of a user's video or GIF, decoded by ffmpeg.

The first bytes of a file select one of ffmpeg's readers, and that reader may open no other file, so that a playlist
with the name of a video is refused.
"""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genmodels.media.images import BadImage, ground_color

MAX_BYTES = 20_000_000  # as the upload limit of the app
MAX_FRAMES = 180
MAX_SOURCE = 8192  # pixels, width and height
MIN_SIDE = 16  # pixels, after scaling
_READERS = ((0, b"GIF8", "gif"), (4, b"ftyp", "mov"), (0, b"\x1a\x45\xdf\xa3", "matroska"), (8, b"AVI ", "avi"))
_AUDIO = ((0, b"ID3"), (0, b"fLaC"), (0, b"OggS"), (8, b"WAVE"), (0, b"\xff\xfb"), (0, b"\xff\xf1"))
_NO_IMAGE = "There is no image in this file: choose a GIF or a short video."
_HDR = ("arib-std-b67", "smpte2084")  # HLG and PQ, as ffmpeg names them
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}  # ffmpeg's own decoders ignore the transparency of WEBM
_ALPHA_FORMATS = ("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16", "pal8")
# To linear light, 1.0 is 100 nits; the primaries of sRGB; brighter light is compressed, below 0.6 nothing changes.
_TONE_MAPPING = (
    ",zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:param=0.6:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv444p"
)


@dataclass(frozen=True, eq=False)
class Video:
    """frames: (n, h, w, 3) uint8. fps: frames per second. note: on the conversion, "" without one."""

    frames: np.ndarray
    fps: float
    note: str


def decode(data: bytes, *, max_side: int = 480, fps: float = 15, max_frames: int = MAX_FRAMES) -> Video:
    """The frames of a GIF, MP4, MOV, WEBM, MKV or AVI file, at most `fps` per second and `max_frames` in all.

    Width and height are even and at most `max_side` pixels; pixels are square, HDR becomes sRGB, and transparent
    pixels white, or black where the others are almost white. Raises `BadImage`, with a sentence for the user, for
    other formats, damaged files, files without a video stream, above 20 MB and below 16 pixels per side.
    """
    import imageio_ffmpeg  # here, because few pages need it

    if not data:
        raise BadImage("This file is empty: choose a GIF or a short video.")
    if len(data) > MAX_BYTES:
        raise BadImage(f"This file has {len(data) / 1e6:.0f} MB: choose one of at most {MAX_BYTES // 10**6} MB.")
    reader = next((name for at, mark, name in _READERS if data[at : at + len(mark)] == mark), None)
    if reader is None:
        if any(data[at : at + len(mark)] == mark for at, mark in _AUDIO):
            raise BadImage(_NO_IMAGE)
        raise BadImage("This file is not a readable video: choose a GIF, MP4, MOV, WEBM, MKV or AVI.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "video"
        file.write_bytes(data)
        source = ["-protocol_whitelist", "file", "-f", reader]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *source, "-i", str(file)]
        header = subprocess.run(command, capture_output=True).stderr.decode(errors="replace")
        stream = _video_stream(header)
        if stream is None:
            raise BadImage(_NO_IMAGE if "Duration: " in header else f"{_NO_IMAGE} It may be damaged or incomplete.")
        size = re.search(r", (\d+)x(\d+)", stream)
        if size and max(map(int, size.groups())) > MAX_SOURCE:
            raise BadImage(f"This video is far too large: choose one of at most {MAX_SOURCE} pixels per side.")
        codec = stream.split("Video: ")[1].split()[0].strip(",")
        has_alpha = any(name in stream for name in _ALPHA_FORMATS)
        if codec in _ALPHA_DECODERS and re.search(r"alpha_mode\s*: 1", header):
            source, has_alpha = [*source, "-c:v", _ALPHA_DECODERS[codec]], True
        # `sar` is the width of a pixel divided by its height.
        scale = f"min(1,{max_side}/max(iw*sar,ih))"
        fit = ":".join(f"{side}='max(2,trunc({of}*{scale}/2+0.01)*2)'" for side, of in (("w", "iw*sar"), ("h", "ih")))
        filters = f"scale={fit},setsar=1" + (_TONE_MAPPING if any(name in stream for name in _HDR) else "")
        rate = f"setpts=PTS+0.001/TB,fps={fps:g}:round=down"  # WEBM rounds times to 1 ms, some down to the frame before
        frames = _frames(file, source, f"{rate},{filters}", has_alpha, max_frames + 1)
        if not frames:  # a single frame that lasts less than one at `fps`
            frames = _frames(file, source, filters, has_alpha, 1)
    if not frames:
        raise BadImage(f"{_NO_IMAGE} It may be damaged or incomplete.")
    h, w, _ = frames[0].shape
    if min(h, w) < MIN_SIDE:
        pixels = " x ".join(size.groups()) if size else f"{w} x {h}"
        scaled = f", scaled to {w} x {h}" if max(map(int, size.groups()) if size else (w, h)) > max_side else ""
        raise BadImage(f"This video has {pixels} pixels{scaled}: at least {MIN_SIDE} x {MIN_SIDE} are needed.")
    is_cut = len(frames) > max_frames
    stacked = np.stack(frames[:max_frames])
    notes = [f"its first {max_frames} frames at {fps:g} per second"] if is_cut else []
    if has_alpha:
        ground = ground_color(stacked[:: max(1, len(stacked) // 8)])
        stacked = _on_ground(stacked, ground)
        notes += ["transparent pixels are black here, because the others are almost white"] if ground == 0 else []
    return Video(stacked, fps, "; ".join(notes))


def _video_stream(header: str) -> str | None:
    """ffmpeg's line about the first video stream that is not the cover of an album."""
    lines = [line for line in header.splitlines() if re.match(r"\s*Stream #\d.* Video: ", line)]
    return next((line for line in lines if "(attached pic)" not in line), None)


def _frames(file: Path, source: list[str], filters: str, has_alpha: bool, max_frames: int) -> list[np.ndarray]:
    """The first frames, (h, w, 3) or (h, w, 4) uint8 each."""
    import imageio_ffmpeg

    channels = 4 if has_alpha else 3
    reads = imageio_ffmpeg.read_frames(
        str(file),
        pix_fmt="rgba" if has_alpha else "rgb24",
        bpp=channels,
        input_params=source,
        output_params=["-map", "0:V:0", "-an", "-vf", filters, "-frames:v", str(max_frames)],
    )
    try:
        w, h = next(reads)["size"]
        return [np.frombuffer(each, "uint8").reshape(h, w, channels) for each in reads]
    except (OSError, RuntimeError, KeyError, ValueError, IndexError, AttributeError) as error:
        raise BadImage("This video is damaged or incomplete: save it again.") from error
    finally:
        reads.close()


def _on_ground(frames: np.ndarray, ground: int) -> np.ndarray:
    """(n, h, w, 4) uint8 on a gray value, (n, h, w, 3) uint8."""
    out = np.empty((*frames.shape[:3], 3), "uint8")
    for i, frame in enumerate(frames):  # one by one, to save memory
        alpha = frame[..., 3:].astype("float32") / 255
        out[i] = (alpha * frame[..., :3] + (1 - alpha) * ground).round().astype("uint8")
    return out


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
