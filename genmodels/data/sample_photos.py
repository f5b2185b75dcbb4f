"""Photos to try things on, without a network: those that libraries carry, and a sky drawn here.

scikit-image and scikit-learn bring a few photos along for their own examples. They are read from the
packages' own files, through the same door as a visitor's (`images.decode`). The clouds are noise with
the spectrum of clouds (amplitude falling as 1/f^1.7, about; Voss 1985, "Random fractal forgeries"):
where nothing is to be seen, a dream shows what the network brings.
"""

import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np

from genmodels.media import images

_FILES = {  # name: package, and the photo's place in it
    "Cat": ("skimage", "data/chelsea.png"),
    "Flower": ("sklearn", "datasets/images/flower.jpg"),
    "Palace": ("sklearn", "datasets/images/china.jpg"),
    "Astronaut": ("skimage", "data/astronaut.png"),
    "Coffee": ("skimage", "data/coffee.png"),
    "Rocket": ("skimage", "data/rocket.jpg"),
}
NAMES = (*_FILES, "Clouds")
CREDITS = {  # who took them, from the packages' own notes
    "Cat": "Stéfan van der Walt; from scikit-image",
    "Flower": "flickr.com/photos/vultilion, CC BY 2.0; from scikit-learn",
    "Palace": "flickr.com/photos/danielbuechele, CC BY 2.0; from scikit-learn",
    "Astronaut": "NASA; from scikit-image",
    "Coffee": "Rachel Michetti; from scikit-image",
    "Rocket": "SpaceX; from scikit-image",
    "Clouds": "noise, drawn by this program",
}


def load(name: str, max_side: int = 400) -> np.ndarray:
    """The photo of that name, one of `NAMES`: (h, w, 3) uint8, no side longer than `max_side` pixels.

    Raises `ValueError` on another name, and `FileNotFoundError` where its package is not installed.
    """
    if name not in NAMES:
        raise ValueError(f"no photo is named {name!r}: expected one of {', '.join(NAMES)}")
    data = images.png(clouds()) if name == "Clouds" else _file(*_FILES[name]).read_bytes()
    return images.decode(data, max_side=max_side)[0]


def _file(package: str, place: str) -> Path:
    found = importlib.util.find_spec(package)  # finds the folder without importing all of the package
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(f"{package} is not installed: pip install -r requirements.txt")
    return Path(found.submodule_search_locations[0]) / place


@lru_cache(maxsize=1)
def clouds(h: int = 600, w: int = 800, *, seed: int = 11) -> np.ndarray:
    """A sky: (h, w, 3) uint8. The same seed gives the same sky."""
    rng = np.random.default_rng(seed)
    fy, fx = np.fft.fftfreq(h)[:, None] * h, np.fft.rfftfreq(w)[None] * w * h / w
    frequency = np.maximum(np.hypot(1.6 * fy, fx), 1.0)  # clouds are wider than high
    waves = rng.standard_normal(frequency.shape) + 1j * rng.standard_normal(frequency.shape)
    height = np.fft.irfft2(waves / frequency**1.7, (h, w))
    cover = 1 / (1 + np.exp(-2.4 * (height - height.mean()) / height.std()))[..., None]  # 0: blue, 1: white
    down = np.linspace(0, 1, h)[:, None, None]
    blue = (1 - down) * np.array([0.23, 0.44, 0.74]) + down * np.array([0.60, 0.76, 0.92])
    white = 0.97 - 0.16 * cover**3 * np.array([1.0, 0.9, 0.75])  # thick clouds are darker inside
    return np.round(255 * ((1 - cover) * blue + cover * white)).astype("uint8")
