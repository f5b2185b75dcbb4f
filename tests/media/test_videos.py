"""Decoding of videos: formats, limits, refused files."""

import io
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from genmodels.media import images, videos

FRAMES = [np.full((50, 70, 3), 10 * k, "uint8") for k in range(20)]


@pytest.mark.parametrize("format", ["gif", "mp4"])
def test_a_video_is_decoded_at_the_requested_rate(format):
    video = videos.decode(images.animate(FRAMES, format, fps=20), fps=10)
    assert video.frames.shape[1:] == (50, 70, 3) and 9 <= len(video.frames) <= 11
    brightness = video.frames.mean(axis=(1, 2, 3))
    assert (np.diff(brightness) > 10).all() and video.note == ""


def test_large_and_long_videos_are_reduced():
    video = videos.decode(images.animate(FRAMES, "mp4", fps=15), max_side=32, max_frames=5)
    assert video.frames.shape == (5, 22, 32, 3) and "first 5" in video.note


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"#EXTM3U\nfile:///etc/hostname",
        b"GIF89a" + bytes(40),
        bytes(4) + b"ftyp" + bytes(200),
        b"\x1a\x45\xdf\xa3x",
    ],
)
def test_other_files_are_refused_with_a_sentence(data):
    with pytest.raises(images.BadImage, match=r"video|file"):
        videos.decode(data)


def test_an_incomplete_video_is_refused():
    whole = images.animate(FRAMES, "mp4")
    with pytest.raises(images.BadImage):
        videos.decode(whole[: len(whole) // 2])


def test_a_file_that_is_too_large_is_not_decoded(monkeypatch):
    monkeypatch.setattr(videos, "MAX_BYTES", 10)
    with pytest.raises(images.BadImage, match="MB"):
        videos.decode(bytes(11))


# --- kinds of videos --------------------------------------------------------------------------


def encoded(tmp_path, filters, *options, name="video.mp4", inputs=()):
    """A file of ffmpeg's source filter with these options."""
    file = tmp_path / name
    source = [*inputs, "-f", "lavfi", "-i", filters]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *source, *options, str(file)]
    subprocess.run(command, check=True, capture_output=True)
    return file.read_bytes()


H264 = ("-c:v", "libx264", "-pix_fmt", "yuv444p")
RED = "color=c=#C82828:s=64x64:r=15:d=0.3"


def test_pixels_that_are_not_square_become_square(tmp_path):
    data = encoded(tmp_path, "testsrc=s=720x576:r=25:d=0.2,setsar=64/45", *H264)
    assert videos.decode(data).frames.shape[1:] == (270, 480, 3)


@pytest.mark.parametrize("rate", [30, 60])
def test_a_video_of_one_frame_is_decoded(tmp_path, rate):
    data = encoded(tmp_path, f"testsrc=s=64x48:r={rate}", "-frames:v", "1", *H264)
    assert videos.decode(data).frames.shape == (1, 48, 64, 3)


@pytest.mark.parametrize("transfer", ["arib-std-b67", "smpte2084"])
def test_hdr_becomes_srgb(tmp_path, transfer):
    to_hdr = (
        "format=gbrp,setparams=color_primaries=bt709:color_trc=bt709:colorspace=gbr:range=pc,zscale=t=linear:npl=100,"
        f"format=gbrpf32le,zscale=p=bt2020,zscale=t={transfer}:m=bt2020nc:r=tv:npl=100,format=yuv420p10le"
    )
    tags = ["-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc"]
    codec = ["-c:v", "libx265", "-x265-params", "log-level=error"]
    frames = videos.decode(encoded(tmp_path, f"{RED},{to_hdr}", *codec, *tags, name="video.mov")).frames
    assert np.abs(frames[0].astype(int) - (200, 40, 40)).max() <= 12


def clear_with_square(tmp_path, name, color):
    """A square of a color on a transparent ground."""
    pixels = np.zeros((48, 64, 4), "uint8")
    pixels[16:32, 24:40] = (*color, 255)
    picture = tmp_path / "frame.png"
    Image.fromarray(pixels).save(picture)
    if name.endswith("gif"):
        out = io.BytesIO()
        frame = Image.fromarray(pixels)
        frame.save(out, "GIF", save_all=True, append_images=[Image.fromarray(pixels[::-1])], duration=100, disposal=2)
        return out.getvalue()
    codec = ["-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p"] if name.endswith("webm") else ["-c:v", "qtrle"]
    file = tmp_path / name
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-loop", "1", "-r", "15", "-i", str(picture)]
    subprocess.run([*command, "-frames:v", "5", *codec, str(file)], check=True)
    return file.read_bytes()


@pytest.mark.parametrize(("color", "ground"), [((200, 0, 0), 255), ((255, 255, 255), 0)])
@pytest.mark.parametrize("name", ["video.webm", "video.mov", "video.gif"])
def test_transparent_pixels_have_the_ground_of_pictures(tmp_path, name, color, ground):
    data = clear_with_square(tmp_path, name, color)
    video = videos.decode(data)
    assert np.abs(video.frames[0][:8].astype(int) - ground).max() <= 3
    assert np.abs(video.frames[0][24, 32].astype(int) - color).max() <= 12
    assert ("black" in video.note) == (ground == 0)
    if name.endswith("gif"):
        assert (images.decode(data)[0][0, 0] == ground).all()
    else:
        assert len(video.frames) == 5


@pytest.mark.parametrize(("size", "words"), [("1x1", "1 x 1"), ("3x201", "3 x 201"), ("2000x20", "scaled to 480 x 4")])
def test_a_video_that_is_too_thin_is_refused(tmp_path, size, words):
    data = encoded(tmp_path, f"color=s={size}:r=15:d=0.2", *H264)
    with pytest.raises(images.BadImage, match=f"{words}.*at least 16 x 16 are needed"):
        videos.decode(data)


@pytest.mark.parametrize("kind", ["sound.mp4", "cover.mp4", "sound.mp3", "sound.ogg", "no index"])
def test_a_file_without_a_picture_is_refused_with_a_sentence_that_says_so(tmp_path, kind):
    tone = "sine=d=0.3"
    if kind == "cover.mp4":
        Image.new("RGB", (40, 40), "red").save(tmp_path / "cover.png")
        maps = ["-map", "0", "-map", "1", "-c:v", "png", "-disposition:v:0", "attached_pic"]
        data = encoded(tmp_path, tone, *maps, inputs=["-i", str(tmp_path / "cover.png")])
    elif kind == "no index":
        data = encoded(tmp_path, "testsrc=s=64x48:r=15:d=0.3", *H264)
        data = data[: data.index(b"moov")]
    else:
        data = encoded(tmp_path, tone, name=kind)
    with pytest.raises(images.BadImage, match="There is no image in this file"):
        videos.decode(data)


def test_the_video_beside_a_cover_is_decoded(tmp_path):
    Image.new("RGB", (40, 40), "blue").save(tmp_path / "cover.png")
    maps = ["-map", "0", "-map", "1", "-c:v:0", "png", "-c:v:1", "libx264", "-disposition:v:0", "attached_pic"]
    data = encoded(tmp_path, RED, *maps, inputs=["-i", str(tmp_path / "cover.png")])
    assert videos.decode(data).frames.shape[1:] == (64, 64, 3)
