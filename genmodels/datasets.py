"""Data sets: found on this machine, or fetched once, never silently replaced.

A data set is looked for in three places, in this order: `<name>.npz` in the folder that
`GENMODELS_DATA_DIR` names, the Keras cache (`~/.keras/datasets`), and the public copy that
`keras.datasets` downloads. `digits` is scikit-learn's and always there.
"""

import gzip
import io
import itertools
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

NAMES = ("digits", "mnist", "fashion_mnist", "cifar10")

CLASS_NAMES: dict[str, tuple[str, ...]] = {
    "digits": tuple("0123456789"),
    "mnist": tuple("0123456789"),
    "fashion_mnist": (
        "T-shirt",
        "Trousers",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    "cifar10": (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ),
}

# Where keras.datasets keeps them in its cache, as glob patterns.
_KERAS_FILES = {"mnist": "mnist.npz", "fashion_mnist": "fashion-mnist/*.gz", "cifar10": "cifar-10-batches-py*"}


class DatasetMissing(RuntimeError):
    """The data set is not on this machine and could not be fetched."""


def available(name: str) -> bool:
    """True if `load(name)` needs no network."""
    _check(name)
    return name == "digits" or _local_file(name) is not None or any(_keras_cache().glob(_KERAS_FILES[name]))


def load(name: str, split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of one split.

    Returns images `(n, h, w)` or `(n, h, w, 3)` uint8 in [0, 255], light on dark, and labels
    `(n,)` int64. `digits` is 8x8 (its 17 grey levels stretched to 0-255), split 1,500 / 297;
    `mnist` and `fashion_mnist` are 28x28; `cifar10` is 32x32x3.

    Raises `ValueError` for an unknown name or split, and `DatasetMissing`, with the three ways
    to get the data, where it is neither here nor to be fetched.
    """
    _check(name)
    if split not in ("train", "test"):
        raise ValueError(f"split must be 'train' or 'test', got {split!r}")
    if name == "digits":
        return _digits(split)
    if (path := _local_file(name)) is not None:
        return _read(path, split)
    return _from_keras(name, split)


def _check(name: str) -> None:
    if name not in NAMES:
        raise ValueError(f"unknown data set {name!r}: expected one of {', '.join(NAMES)}")


def _local_file(name: str) -> Path | None:
    folder = os.environ.get("GENMODELS_DATA_DIR")
    if folder and (path := Path(folder) / f"{name}.npz").is_file():
        return path
    return None


def _keras_cache() -> Path:
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets"


def _digits(split: str) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.round(bunch.images * (255 / 16)).astype("uint8")
    rows = slice(0, 1500) if split == "train" else slice(1500, None)
    return images[rows], bunch.target[rows].astype("int64")


def _read(path: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        with np.load(path) as archive:  # allow_pickle stays False
            labels = archive[f"y_{split}"].astype("int64")
            if f"x_{split}" in archive:
                return archive[f"x_{split}"], labels
            return _unpack(archive[f"x_{split}_jpeg"].tobytes(), archive[f"x_{split}_offsets"]), labels
    except (OSError, KeyError, ValueError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise DatasetMissing(
            f"{path} is not a readable data set ({error}). Replace the file, or unset GENMODELS_DATA_DIR."
        ) from error


def _unpack(jpeg: bytes, offsets: np.ndarray) -> np.ndarray:
    """JPEG-packed images: image i is the bytes `jpeg[offsets[i]:offsets[i + 1]]`."""
    images = (Image.open(io.BytesIO(jpeg[a:b])) for a, b in itertools.pairwise(offsets))
    return np.stack([np.asarray(image.convert("RGB")) for image in images])


def _from_keras(name: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    import keras  # here, not above: it takes seconds, and most callers never get this far

    loaders: dict[str, Callable] = {
        "mnist": keras.datasets.mnist.load_data,
        "fashion_mnist": keras.datasets.fashion_mnist.load_data,
        "cifar10": keras.datasets.cifar10.load_data,
    }
    try:
        train, test = loaders[name]()
    except (EOFError, gzip.BadGzipFile, ValueError, zlib.error, zipfile.BadZipFile, tarfile.TarError):
        # A download killed half-way leaves a short file that keras takes for the whole one:
        # remove it and fetch again.
        _forget(name)
        train, test = _fetch_again(name, loaders[name])
    except Exception as error:  # keras.utils.get_file raises a bare Exception where there is no network
        raise DatasetMissing(_how_to_get(name, error)) from error
    images, labels = train if split == "train" else test
    return images, labels.reshape(-1).astype("int64")


def _fetch_again(name: str, loader: Callable) -> tuple:
    try:
        return loader()
    except Exception as error:  # as above
        raise DatasetMissing(_how_to_get(name, error)) from error


def _forget(name: str) -> None:
    for path in _keras_cache().glob(_KERAS_FILES[name]):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _how_to_get(name: str, error: Exception) -> str:
    return (
        f"{name} is not on this machine and could not be downloaded ({error}). Three ways to get it: "
        f"connect to the internet and try again; set GENMODELS_DATA_DIR to a folder that holds {name}.npz; "
        f"or copy {_keras_cache() / _KERAS_FILES[name]} from a machine that has it."
    )
