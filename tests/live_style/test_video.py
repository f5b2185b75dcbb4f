"""Temporal smoothing and video stylization."""

import numpy as np
import pytest

from genmodels.live_style import video


def test_temporal_smoothing_keeps_static_and_releases_moving_regions():
    before = np.full((8, 8, 3), 100, "uint8")
    noisy = before + 3
    moving = np.full((8, 8, 3), 220, "uint8")
    assert (video.temporal_smoothing(before, noisy) < noisy).all()
    assert np.array_equal(video.temporal_smoothing(before, moving), moving)
    assert np.array_equal(video.temporal_smoothing(before, noisy, smoothing=0), noisy)
    with pytest.raises(ValueError, match="one shape"):
        video.temporal_smoothing(before, before[:4])


def test_smoothing_reduces_flicker(model, photo):
    rng = np.random.default_rng(0)
    static = photo(32, 32)
    frames = [np.clip(static + rng.normal(0, 3, static.shape), 0, 255).astype("uint8") for _ in range(5)]

    def flicker(smoothing):
        steps = list(video.stylize_video(model, frames, [1, 0, 0, 0], smoothing=smoothing))
        assert [step.done for step in steps] == [1, 2, 3, 4, 5] and steps[0].total == 5
        return np.abs(np.diff([step.image.astype(int) for step in steps], axis=0)).mean()

    assert flicker(0.8) < 0.7 * flicker(0)
