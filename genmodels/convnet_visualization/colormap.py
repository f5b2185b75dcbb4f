"""The color map "magma" of Matplotlib, for activations and heatmaps."""

import numpy as np

_MAGMA = np.array(  # coefficients of polynomials in [0, 1], fitted by Matt Zucker
    [
        [-0.0021, -0.0007, -0.0054],
        [0.2517, 0.6775, 2.4940],
        [8.3537, -3.5777, 0.3145],
        [-27.6687, 14.2647, -13.6492],
        [52.1761, -27.9436, 12.9442],
        [-50.7685, 29.0466, 4.2342],
        [18.6557, -11.4898, -5.6020],
    ]
)


def colors() -> np.ndarray:
    """(256, 3) uint8 from black over violet and orange to light yellow, perceptually uniform."""
    t = np.linspace(0, 1, 256)[:, None]
    return np.round(255 * np.clip(sum(c * t**k for k, c in enumerate(_MAGMA)), 0, 1)).astype("uint8")


def colorize(values: np.ndarray) -> np.ndarray:
    """Values in [0, 1] as colors: (..., h, w) to (..., h, w, 3) uint8."""
    return colors()[np.round(255 * np.clip(values, 0, 1)).astype("uint8")]
