"""Video stylization: frame by frame, with temporal smoothing against flicker, and at a resolution that keeps up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.live_style.network import LiveStyle, stylize

CAMERA_SIZES = (160, 240, 320, 400, 480, 560, 640)  # pixels: the longer side of a camera's frame
INPUT_TOLERANCE, OUTPUT_TOLERANCE = 12.0, 24.0  # of `temporal_smoothing`: strokes change more than the camera's noise


@dataclass(frozen=True)
class Step:
    """One stylized frame."""

    done: int
    total: int
    image: np.ndarray  # (h, w, 3) uint8


def temporal_smoothing(
    previous: np.ndarray, frame: np.ndarray, *, smoothing: float = 0.7, tolerance: float = INPUT_TOLERANCE
) -> np.ndarray:
    """A frame whose static regions are blended with the previous frame: (h, w, 3) uint8, and the same back.

    x_t + smoothing exp(-(d / tolerance)^2) (x_{t-1} - x_t), with d the mean absolute difference of a pixel's
    colors: noise and flicker are reduced, moving regions stay. tolerance: on the scale of 0 to 255. smoothing: 0 to
    1, the weight of the previous frame. Raises `ValueError` on frames of two shapes.
    """
    if previous.shape != frame.shape:
        raise ValueError(f"frames must have one shape, got {previous.shape} and {frame.shape}")
    difference = previous.astype("float32") - frame
    d = np.abs(difference).mean(axis=-1, keepdims=True)
    return np.round(frame + smoothing * np.exp(-np.square(d / tolerance)) * difference).astype("uint8")


def stylize_video(
    model: LiveStyle,
    frames: Sequence[np.ndarray],
    style_blend_weights: Sequence[float] | np.ndarray,
    *,
    strength: float = 1.0,
    preserve_color: bool = False,
    smoothing: float = 0.7,
) -> Iterator[Step]:
    """Stylize a video frame by frame: frames (h, w, 3) uint8 of one shape, a `Step` for each stylized one.

    smoothing: 0 to 1, the weight of the previous frame in static regions, applied to the input and to the output,
    because the network turns small noise into different strokes. Raises as `stylize` does.
    """
    smoothed, stylized = None, None
    for done, frame in enumerate(frames, 1):
        smoothed, stylized = stylize_frame(
            model, frame, smoothed, stylized, style_blend_weights,
            strength=strength, preserve_color=preserve_color, smoothing=smoothing,
        )  # fmt: skip
        yield Step(done, len(frames), stylized)


def stylize_frame(
    model: LiveStyle,
    frame: np.ndarray,
    previous_frame: np.ndarray | None,
    previous_stylized: np.ndarray | None,
    style_blend_weights: Sequence[float] | np.ndarray,
    *,
    strength: float = 1.0,
    preserve_color: bool = False,
    smoothing: float = 0.7,
) -> tuple[np.ndarray, np.ndarray]:
    """The smoothed frame and its stylized version, (h, w, 3) uint8 each: the previous ones of the next frame."""
    if previous_frame is not None:
        frame = temporal_smoothing(previous_frame, frame, smoothing=smoothing)
    stylized = stylize(model, frame, style_blend_weights, strength=strength, preserve_color=preserve_color)
    if previous_stylized is not None:
        stylized = temporal_smoothing(previous_stylized, stylized, smoothing=smoothing, tolerance=OUTPUT_TOLERANCE)
    return frame, stylized


def adapt_resolution(size: int, milliseconds: float, *, fps: float = 15) -> int:
    """The longer side of the next camera frames, one of `CAMERA_SIZES`, given the time per frame at `size`.

    Smaller where `fps` is not reached; larger only where that leaves a fifth of the time unused.
    """
    index, budget = CAMERA_SIZES.index(size), 1000 / fps
    if milliseconds > budget and index > 0:
        return CAMERA_SIZES[index - 1]
    if index + 1 < len(CAMERA_SIZES) and milliseconds * (CAMERA_SIZES[index + 1] / size) ** 2 < 0.8 * budget:
        return CAMERA_SIZES[index + 1]
    return size
