"""Decoding of videos: formats, limits, refused files."""

import numpy as np
import pytest

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
