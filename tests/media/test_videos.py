"""Films in: what ffmpeg may read, and what it refuses."""

import numpy as np
import pytest

from genmodels.media import images, videos

FRAMES = [np.full((50, 70, 3), 10 * k, "uint8") for k in range(20)]


@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_a_film_comes_in_at_its_pace(kind):
    film = videos.decode(images.animate(FRAMES, kind, fps=20), fps=10)
    assert film.frames.shape[1:] == (50, 70, 3) and 9 <= len(film.frames) <= 11
    brightness = film.frames.mean(axis=(1, 2, 3))
    assert (np.diff(brightness) > 10).all() and film.note == ""


def test_large_and_long_films_are_cut():
    film = videos.decode(images.animate(FRAMES, "mp4", fps=15), max_side=32, max_frames=5)
    assert film.frames.shape == (5, 22, 32, 3) and "first 5" in film.note


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
def test_what_is_no_film_is_refused_in_a_sentence(data):
    with pytest.raises(images.BadImage, match=r"film|file"):
        videos.decode(data)


def test_a_film_that_is_cut_short_is_refused():
    whole = images.animate(FRAMES, "mp4")
    with pytest.raises(images.BadImage):
        videos.decode(whole[: len(whole) // 2])


def test_a_file_that_is_too_large_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(videos, "MAX_BYTES", 10)
    with pytest.raises(images.BadImage, match="MB"):
        videos.decode(bytes(11))
