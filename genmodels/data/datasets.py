"""Data sets: read from this machine or downloaded once, never silently replaced.

Searched in this order: `<name>.npz` in the folder `GENMODELS_DATA_DIR`, the Keras cache (`~/.keras/datasets`), and
the public copy that `keras.datasets` downloads. `digits` comes with scikit-learn.
"""

import gzip
import io
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

NAMES = ("digits", "mnist", "fashion_mnist", "cifar10", "landscapes")

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
    "landscapes": (  # of Tiny ImageNet
        "alp",
        "cliff",
        "lakeside",
        "seashore",
        "coral reef",
        "beacon",
        "viaduct",
        "steel arch bridge",
        "suspension bridge",
        "dam",
    ),
}

SHAPES: dict[str, tuple[int, ...]] = {  # of one image
    "digits": (8, 8),
    "mnist": (28, 28),
    "fashion_mnist": (28, 28),
    "cifar10": (32, 32, 3),
    "landscapes": (64, 64, 3),
}

# Files in the cache of keras.datasets, as glob patterns.
_KERAS_FILES = {"mnist": "mnist.npz", "fashion_mnist": "fashion-mnist/*.gz", "cifar10": "cifar-10-batches-py*"}


class DatasetMissing(RuntimeError):
    """The data set is not on this machine and could not be downloaded, or its file cannot be used."""


def available(name: str) -> bool:
    """True if `load(name)` needs no download."""
    _check(name)
    if name == "landscapes":
        folder = _data_folder()
        return any(folder.glob("tiny_imagenet_train*.npz")) or (folder / "tiny-imagenet-200").is_dir()
    return name == "digits" or _local_file(name) is not None or any(_keras_cache().glob(_KERAS_FILES[name]))


def load(name: str, split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of one split.

    Returns images `(n, h, w)` or `(n, h, w, 3)` uint8 in [0, 255], light on dark, and labels `(n,)` int64. `digits` is
    8x8 (its 17 gray levels scaled to 0-255), split 1,500 / 297; `mnist` and `fashion_mnist` are 28x28; `cifar10` is
    32x32x3; `landscapes` is 64x64x3, ten classes of Tiny ImageNet, whose validation images are the split "test" (see
    `tiny_imagenet`; never downloaded). A file in `GENMODELS_DATA_DIR` may also hold images that are flat, with a
    channel axis or float in [0, 1], and labels that are (n, 1) or one-hot.

    Raises `ValueError` for an unknown name or split, and `DatasetMissing`, with three ways to get the data, if it is
    not on this machine and cannot be downloaded, or with what was found and expected, if its file cannot be used.
    """
    _check(name)
    if split not in ("train", "test"):
        raise ValueError(f"split must be 'train' or 'test', got {split!r}")
    if name == "digits":
        return _digits(split)
    if name == "landscapes":
        images, labels, _ = tiny_imagenet("val" if split == "test" else split, CLASS_NAMES[name])
        return images, labels
    if (path := _local_file(name)) is not None:
        return _read(path, split)
    return _from_keras(name, split)


def tiny_imagenet(
    split: str = "train", classes: Sequence[str] | None = None
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Tiny ImageNet: photos of 200 classes, 64 x 64 pixels.

    Returns images `(n, 64, 64, 3)` uint8, labels `(n,)` int64 and the names of the classes in the order of the labels.
    split: "train" or "val". classes: names of those to read; None: all 200. Read from `tiny_imagenet_<split>*.npz` in
    the folder that `GENMODELS_DATA_DIR` names, or from the folder `tiny-imagenet-200` there, as Stanford's archive
    (cs231n.stanford.edu/tiny-imagenet-200.zip) unpacks. Raises `ValueError` for another split or class and
    `DatasetMissing` if neither exists.
    """
    if split not in ("train", "val"):
        raise ValueError(f"split must be 'train' or 'val', got {split!r}")
    folder = _data_folder()
    if archives := sorted(folder.glob(f"tiny_imagenet_{split}*.npz")):
        parts = []
        for file in archives:
            with np.load(file) as archive:
                names = tuple(str(name).split(",")[0] for name in archive["class_names"])
                labels = _position(names, classes)[archive["y"]]
                rows = np.flatnonzero(labels >= 0)
                parts.append((_unpack(archive["x_jpeg"].tobytes(), archive["x_offsets"], rows), labels[rows]))
        images, labels = (np.concatenate(each) for each in zip(*parts, strict=True))
        return images, labels, names if classes is None else tuple(classes)
    if (subfolder := folder / "tiny-imagenet-200").is_dir():
        return _tiny_imagenet_folder(subfolder, split, classes)
    raise DatasetMissing(
        "Tiny ImageNet is not on this machine. Unpack cs231n.stanford.edu/tiny-imagenet-200.zip into a folder and "
        "set GENMODELS_DATA_DIR to that folder."
    )


def _position(names: Sequence[str], classes: Sequence[str] | None) -> np.ndarray:
    """The new label of each old one, (len(names),) int64: the position of its name in `classes`, -1 if not there."""
    if classes is None:
        return np.arange(len(names))
    if unknown := sorted(set(classes) - set(names)):
        raise ValueError(f"Tiny ImageNet has no class {unknown[0]!r}")
    return np.array([classes.index(name) if name in classes else -1 for name in names])


def _tiny_imagenet_folder(
    folder: Path, split: str, classes: Sequence[str] | None
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    wnids = sorted(each.name for each in (folder / "train").iterdir())
    words = dict(line.split("\t", 1) for line in (folder / "words.txt").read_text(encoding="utf-8").splitlines())
    if split == "train":
        files = [(file, k) for k, wnid in enumerate(wnids) for file in (folder / "train" / wnid).rglob("*.JPEG")]
    else:
        lines = (folder / "val" / "val_annotations.txt").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines]
        files = [(folder / "val" / "images" / row[0], wnids.index(row[1])) for row in rows]
    names = tuple(words[wnid].split(",")[0].strip() for wnid in wnids)
    position = _position(names, classes)
    files = [(file, position[k]) for file, k in files if position[k] >= 0]
    images = np.stack([np.asarray(Image.open(file).convert("RGB")) for file, _ in files])
    labels = np.array([k for _, k in files], "int64")
    return images, labels, names if classes is None else tuple(classes)


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


def _data_folder() -> Path:
    return Path(os.environ.get("GENMODELS_DATA_DIR", "."))


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
    name = path.stem
    try:
        with np.load(path) as archive:  # allow_pickle stays False
            x = f"x_{split}"
            if x in archive:
                images = _as_images(archive[x], f"{x} of {path}", SHAPES[name])
            elif f"{x}_jpeg" in archive:
                images = _unpack(archive[f"{x}_jpeg"].tobytes(), archive[f"{x}_offsets"])
                images = _as_images(images, f"{x}_jpeg of {path}", SHAPES[name])
            else:
                raise DatasetMissing(_missing_array(path, x, archive.files))
            y = f"y_{split}"
            if y not in archive:
                raise DatasetMissing(_missing_array(path, y, archive.files))
            return images, _as_labels(archive[y], f"{y} of {path}", len(images), len(CLASS_NAMES[name]))
    except (OSError, KeyError, ValueError, EOFError, AttributeError, zlib.error, zipfile.BadZipFile) as error:
        raise DatasetMissing(
            f"{path} is not a readable data set ({error}). Replace the file, or unset GENMODELS_DATA_DIR."
        ) from error


def _missing_array(path: Path, name: str, found: list[str]) -> str:
    return (
        f"{path} has no array {name}: it has {', '.join(found) or 'no arrays'}; expected x_train, y_train, x_test and "
        "y_test, as keras.datasets names them. Replace the file, or unset GENMODELS_DATA_DIR."
    )


def _wrong_array(what: str, array: np.ndarray, expected: str) -> DatasetMissing:
    return DatasetMissing(
        f"The array {what} has the shape {array.shape} and the type {array.dtype}; expected {expected}. Replace the "
        "file, or unset GENMODELS_DATA_DIR."
    )


def _as_images(x: np.ndarray, what: str, shape: tuple[int, ...]) -> np.ndarray:
    """Images (n, *shape) uint8 of an array whose rows may be flat, with a channel axis, or float in [0, 1]."""
    size, channels_first = int(np.prod(shape)), (shape[-1], *shape[:-1])
    expected = f"({', '.join(['n', *map(str, shape)])}) uint8 in [0, 255]"
    accepted = {shape, (size,), (*shape, 1), (1, *shape)} if len(shape) == 2 else {shape, channels_first}
    if not (x.dtype.kind in "buif" and x.size and x.shape[1:] in accepted):
        raise _wrong_array(what, x, expected)
    if len(shape) == 3 and x.shape[1:] == channels_first:
        x = np.moveaxis(x, 1, -1)
    x = x.reshape(-1, *shape)
    if x.dtype == np.uint8 and x.max() > 1:
        return x
    low, high = float(x.min()), float(x.max())
    if not (np.isfinite(low) and np.isfinite(high) and low >= 0 and high <= 255 and high > 0):
        raise DatasetMissing(
            f"The array {what} has values from {low:g} to {high:g}; expected {expected}, or float in [0, 1]. Replace "
            "the file, or unset GENMODELS_DATA_DIR."
        )
    return np.round(x * (255.0 if high <= 1 else 1.0)).astype("uint8")


def _as_labels(y: np.ndarray, what: str, n: int, classes: int) -> np.ndarray:
    """Labels (n,) int64 of an array (n,), (n, 1), (1, n) or, one-hot, (n, classes)."""
    expected = f"({n},) integers from 0 to {classes - 1}, one per image"
    if y.dtype.kind not in "buif":
        raise _wrong_array(what, y, expected)
    if y.shape == (n, classes) and np.all((y == 0) | (y == 1)) and np.all(y.sum(axis=1) == 1):
        return y.argmax(axis=1).astype("int64")
    if y.shape not in {(n,), (n, 1), (1, n)}:
        raise _wrong_array(what, y, f"{expected}, or one-hot ({n}, {classes})")
    labels = y.reshape(-1)
    if not np.all(np.isfinite(labels) & (labels >= 0) & (labels < classes) & (labels == np.floor(labels))):
        raise DatasetMissing(
            f"The array {what} has labels from {labels.min():g} to {labels.max():g}; expected {expected}. Replace the "
            "file, or unset GENMODELS_DATA_DIR."
        )
    return labels.astype("int64")


def _unpack(jpeg: bytes, offsets: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
    """JPEG-packed images: image i is the bytes `jpeg[offsets[i]:offsets[i + 1]]`. rows: those to read; None: all."""
    rows = np.arange(len(offsets) - 1) if rows is None else rows
    images = (Image.open(io.BytesIO(jpeg[offsets[i] : offsets[i + 1]])) for i in rows)
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
