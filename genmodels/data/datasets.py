"""Data sets: read from this machine or downloaded once, never silently replaced.

Searched in this order: `<name>.npz` in the folder `GENMODELS_DATA_DIR`, the Keras cache (`~/.keras/datasets`), and
the public copy that `keras.datasets` downloads. `digits` comes with scikit-learn.
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

# Files in the cache of keras.datasets, as glob patterns.
_KERAS_FILES = {"mnist": "mnist.npz", "fashion_mnist": "fashion-mnist/*.gz", "cifar10": "cifar-10-batches-py*"}


class DatasetMissing(RuntimeError):
    """The data set is not on this machine and could not be downloaded."""


def available(name: str) -> bool:
    """True if `load(name)` needs no download."""
    _check(name)
    return name == "digits" or _local_file(name) is not None or any(_keras_cache().glob(_KERAS_FILES[name]))


def load(name: str, split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of one split.

    Returns images `(n, h, w)` or `(n, h, w, 3)` uint8 in [0, 255], light on dark, and labels
    `(n,)` int64. `digits` is 8x8 (its 17 gray levels scaled to 0-255), split 1,500 / 297;
    `mnist` and `fashion_mnist` are 28x28; `cifar10` is 32x32x3.

    Raises `ValueError` for an unknown name or split, and `DatasetMissing`, with three ways to get the data, if it is
    not on this machine and cannot be downloaded.
    """
    _check(name)
    if split not in ("train", "test"):
        raise ValueError(f"split must be 'train' or 'test', got {split!r}")
    if name == "digits":
        return _digits(split)
    if (path := _local_file(name)) is not None:
        return _read(path, split)
    return _from_keras(name, split)


def tiny_imagenet(split: str = "train") -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Tiny ImageNet: photos of 200 classes, 64 x 64 pixels.

    Returns images `(n, 64, 64, 3)` uint8, labels `(n,)` int64 and the names of the 200 classes in the
    order of the labels. split: "train" or "val". Read from `tiny_imagenet_<split>*.npz` in the folder that
    `GENMODELS_DATA_DIR` names, or from the folder `tiny-imagenet-200` there, as Stanford's archive
    (cs231n.stanford.edu/tiny-imagenet-200.zip) unpacks. Raises `ValueError` for another split and
    `DatasetMissing` if neither exists.
    """
    if split not in ("train", "val"):
        raise ValueError(f"split must be 'train' or 'val', got {split!r}")
    folder = Path(os.environ.get("GENMODELS_DATA_DIR", "."))
    if archives := sorted(folder.glob(f"tiny_imagenet_{split}*.npz")):
        parts = []
        for file in archives:
            with np.load(file) as archive:
                names = tuple(str(name).split(",")[0] for name in archive["class_names"])
                parts.append((_unpack(archive["x_jpeg"].tobytes(), archive["x_offsets"]), archive["y"].astype("int64")))
        images, labels = (np.concatenate(each) for each in zip(*parts, strict=True))
        return images, labels, names
    if (subfolder := folder / "tiny-imagenet-200").is_dir():
        return _tiny_imagenet_folder(subfolder, split)
    raise DatasetMissing(
        "Tiny ImageNet is not on this machine. Unpack cs231n.stanford.edu/tiny-imagenet-200.zip into a folder and "
        "set GENMODELS_DATA_DIR to that folder."
    )


def _tiny_imagenet_folder(folder: Path, split: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    wnids = sorted(each.name for each in (folder / "train").iterdir())
    words = dict(line.split("\t", 1) for line in (folder / "words.txt").read_text(encoding="utf-8").splitlines())
    if split == "train":
        files = [(file, k) for k, wnid in enumerate(wnids) for file in (folder / "train" / wnid).rglob("*.JPEG")]
    else:
        lines = (folder / "val" / "val_annotations.txt").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines]
        files = [(folder / "val" / "images" / row[0], wnids.index(row[1])) for row in rows]
    images = np.stack([np.asarray(Image.open(file).convert("RGB")) for file, _ in files])
    names = tuple(words[wnid].split(",")[0].strip() for wnid in wnids)
    return images, np.array([k for _, k in files], "int64"), names


def photos(split: str = "train") -> np.ndarray:
    """Various photos: (n, 288, 288, 3) uint8; every 20th is in the split "val".

    Read from `photos_288.npz` in the folder that `GENMODELS_DATA_DIR` names, JPEG-packed. Raises
    `ValueError` for a split other than "train" and "val" and `DatasetMissing` if the file is missing.
    """
    if split not in ("train", "val"):
        raise ValueError(f"split must be 'train' or 'val', got {split!r}")
    if (path := _local_file("photos_288")) is None:
        raise DatasetMissing(
            "The photos are not on this machine. Set GENMODELS_DATA_DIR to a folder with photos_288.npz: JPEG files, "
            "288 x 288 pixels, concatenated in x_jpeg, and the offset of each in x_offsets."
        )
    with np.load(path) as archive:
        images = _unpack(archive["x_jpeg"].tobytes(), archive["x_offsets"])
    is_val = np.arange(len(images)) % 20 == 0
    return images[is_val == (split == "val")]


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
    import keras  # here, because the import takes seconds and few calls need it

    loaders: dict[str, Callable] = {
        "mnist": keras.datasets.mnist.load_data,
        "fashion_mnist": keras.datasets.fashion_mnist.load_data,
        "cifar10": keras.datasets.cifar10.load_data,
    }
    try:
        train, test = loaders[name]()
    except (EOFError, gzip.BadGzipFile, ValueError, zlib.error, zipfile.BadZipFile, tarfile.TarError):
        # An interrupted download leaves an incomplete file in the cache: delete it and download again.
        _delete_cached(name)
        train, test = _download_again(name, loaders[name])
    except Exception as error:  # keras.utils.get_file raises a bare Exception without a network
        raise DatasetMissing(_how_to_get(name, error)) from error
    images, labels = train if split == "train" else test
    return images, labels.reshape(-1).astype("int64")


def _download_again(name: str, loader: Callable) -> tuple:
    try:
        return loader()
    except Exception as error:  # as above
        raise DatasetMissing(_how_to_get(name, error)) from error


def _delete_cached(name: str) -> None:
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
