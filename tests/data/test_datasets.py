import gzip
import io
import urllib.error
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genmodels import weights
from genmodels.data import datasets
from genmodels.vae import model as vae


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty data folder and an empty Keras cache."""
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def cache(folder, monkeypatch):
    """An empty Keras cache, without a network."""
    from keras.src.backend import config
    from keras.src.utils import file_utils

    def off(origin, target, hook=None):
        raise urllib.error.URLError("no network in this test")

    home = folder.parent / "keras"
    (home / "datasets").mkdir(parents=True)
    monkeypatch.setattr(config, "_KERAS_DIR", str(home))  # keras reads KERAS_HOME only once
    monkeypatch.setattr(file_utils, "urlretrieve", off)
    return home / "datasets"


def tiny(shape, n=3):
    rng = np.random.default_rng(0)
    arrays = {}
    for split in ("train", "test"):
        arrays[f"x_{split}"] = rng.integers(0, 256, (n, *shape), dtype="uint8")
        arrays[f"y_{split}"] = np.arange(n, dtype="uint8")
    return arrays


# --- digits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("split", "n"), [("train", 1500), ("test", 297)])
def test_digits_are_always_available(folder, split, n):
    assert datasets.available("digits")
    images, labels = datasets.load("digits", split)
    assert images.shape == (n, 8, 8) and images.dtype == np.uint8 and images.max() == 255 and images.min() == 0
    assert labels.shape == (n,) and labels.dtype == np.int64 and set(labels) == set(range(10))
    again, _ = datasets.load("digits", split)
    np.testing.assert_array_equal(images, again)


def test_the_splits_of_digits_are_disjoint():
    train, test = (datasets.load("digits", split)[0].reshape(-1, 64) for split in ("train", "test"))
    assert not {row.tobytes() for row in train} & {row.tobytes() for row in test}


@pytest.mark.parametrize("name", datasets.NAMES)
def test_every_data_set_has_ten_class_names(name):
    assert len(set(datasets.CLASS_NAMES[name])) == 10


@pytest.mark.parametrize("ask", [datasets.load, datasets.available])
def test_an_unknown_name_is_refused(ask):
    with pytest.raises(ValueError, match="unknown data set 'mnits': expected one of digits, mnist"):
        ask("mnits")


def test_an_unknown_split_is_refused():
    with pytest.raises(ValueError, match="'train' or 'test', got 'valid'"):
        datasets.load("digits", "valid")


# --- a folder of one's own --------------------------------------------------------------------


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_data_folder_is_read_first(folder, split):
    assert not datasets.available("mnist")
    arrays = tiny((28, 28))
    np.savez(folder / "mnist.npz", **arrays)
    assert datasets.available("mnist")
    images, labels = datasets.load("mnist", split)
    np.testing.assert_array_equal(images, arrays[f"x_{split}"])
    assert labels.dtype == np.int64 and list(labels) == [0, 1, 2]


def as_flat(a):
    return a.reshape(len(a), -1)


def as_float(a):
    return (a / 255).astype("float32")


@pytest.mark.parametrize(
    "change",
    [
        as_flat,
        lambda a: a[..., None],
        lambda a: a[:, None],
        as_float,
        lambda a: as_float(as_flat(a)),
        lambda a: as_float(a[..., None]),
        lambda a: a.astype("float64"),
        lambda a: a.astype("int64"),
    ],
    ids=["flat", "channels last", "channels first", "0 to 1", "flat 0 to 1", "all", "float 0 to 255", "int64"],
)
@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_images_of_other_shapes_are_accepted(folder, name, change):
    arrays = tiny((28, 28))
    np.savez(folder / f"{name}.npz", **arrays | {"x_train": change(arrays["x_train"])})
    images, _ = datasets.load(name)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images, arrays["x_train"])


@pytest.mark.parametrize("change", [as_float, lambda a: np.moveaxis(a, -1, 1)], ids=["0 to 1", "channels first"])
def test_color_images_of_other_shapes_are_accepted(folder, change):
    arrays = tiny((32, 32, 3))
    np.savez(folder / "cifar10.npz", **arrays | {"x_train": change(arrays["x_train"])})
    np.testing.assert_array_equal(datasets.load("cifar10")[0], arrays["x_train"])


@pytest.mark.parametrize(
    "labels",
    [np.array([[2], [0], [1]]), np.array([[2, 0, 1]]), np.eye(10)[[2, 0, 1]], np.array([2.0, 0.0, 1.0])],
    ids=["a column", "a row", "one-hot", "float"],
)
def test_labels_of_other_shapes_are_accepted(folder, labels):
    np.savez(folder / "mnist.npz", **tiny((28, 28)) | {"y_train": labels})
    _, found = datasets.load("mnist")
    assert found.dtype == np.int64 and list(found) == [2, 0, 1]


UNCLEAR = {  # arrays of a file, and what the message says
    "another size": ({"x_train": np.ones((3, 32, 32), "uint8")}, r"x_train of .*\(3, 32, 32\).*\(n, 28, 28\) uint8"),
    "color": ({"x_train": np.ones((3, 28, 28, 3), "uint8")}, r"x_train of .*\(3, 28, 28, 3\).*\(n, 28, 28\)"),
    "one image": ({"x_train": np.ones((28, 28), "uint8")}, r"x_train of .*\(28, 28\).*\(n, 28, 28\)"),
    "no image": ({"x_train": np.ones((0, 28, 28), "uint8")}, r"x_train of .*\(0, 28, 28\)"),
    "a number": ({"x_train": np.array(3)}, r"x_train of .*shape \(\)"),
    "words": ({"x_train": np.array(["a", "b"])}, r"x_train of .*type <U1"),
    "-1 to 1": ({"x_train": np.linspace(-1, 1, 3 * 784).reshape(3, 28, 28)}, r"x_train of .*from -1 to 1.*\[0, 255\]"),
    "NaN": ({"x_train": np.full((3, 28, 28), np.nan)}, r"x_train of .*from nan to nan"),
    "16 bit": ({"x_train": np.full((3, 28, 28), 40_000)}, r"x_train of .*from 40000 to 40000"),
    "fewer labels": ({"y_train": np.arange(2)}, r"y_train of .*\(2,\).*\(3,\) integers from 0 to 9"),
    "words as labels": ({"y_train": np.array(["a", "b", "c"])}, r"y_train of .*<U1"),
    "label 10": ({"y_train": np.array([1, 2, 10])}, r"y_train of .*from 1 to 10; expected .*from 0 to 9"),
    "soft labels": ({"y_train": np.full((3, 10), 0.1)}, r"y_train of .*\(3, 10\).*one-hot \(3, 10\)"),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_an_array_that_is_not_clear_is_named_with_its_shape(folder, case):
    changes, message = UNCLEAR[case]
    np.savez(folder / "mnist.npz", **tiny((28, 28)) | changes)
    with pytest.raises(datasets.DatasetMissing, match=rf"{message}.*GENMODELS_DATA_DIR") as caught:
        datasets.load("mnist")
    assert "mnist.npz" in str(caught.value)


@pytest.mark.parametrize(("held", "missing"), [("x_train", "y_train"), ("x", "x_train"), ("y_train", "x_train")])
def test_a_missing_array_is_named_with_those_found(folder, held, missing):
    np.savez(folder / "mnist.npz", **{held: np.ones((3, 28, 28), "uint8")})
    with pytest.raises(
        datasets.DatasetMissing, match=rf"mnist\.npz has no array {missing}: it has {held}; expected x_tr"
    ):
        datasets.load("mnist")


def test_jpeg_packed_images_are_unpacked(folder):
    flat = np.repeat(np.array([20, 120, 220], "uint8"), 32 * 32 * 3).reshape(3, 32, 32, 3)
    parts = []
    for image in flat:
        out = io.BytesIO()
        Image.fromarray(image).save(out, "JPEG", quality=95)
        parts.append(out.getvalue())
    np.savez(
        folder / "cifar10.npz",
        x_test_jpeg=np.frombuffer(b"".join(parts), "uint8"),
        x_test_offsets=np.cumsum([0, *map(len, parts)]),
        y_test=np.arange(3, dtype="uint8"),
    )
    images, labels = datasets.load("cifar10", "test")
    assert images.shape == flat.shape and images.dtype == np.uint8 and list(labels) == [0, 1, 2]
    np.testing.assert_allclose(images.astype(int), flat, atol=3)


def test_every_20th_photo_is_in_the_split_val(folder):
    with pytest.raises(datasets.DatasetMissing, match=r"photos_288\.npz"):
        datasets.photos()
    parts = []
    for level in range(0, 250, 10):
        out = io.BytesIO()
        Image.fromarray(np.full((288, 288, 3), level, "uint8")).save(out, "JPEG", quality=95)
        parts.append(out.getvalue())
    np.savez(
        folder / "photos_288.npz",
        x_jpeg=np.frombuffer(b"".join(parts), "uint8"),
        x_offsets=np.cumsum([0, *map(len, parts)]),
    )
    train, val = datasets.photos(), datasets.photos("val")
    assert train.shape == (23, 288, 288, 3) and train.dtype == np.uint8
    np.testing.assert_allclose(val[:, 0, 0, 0].astype(int), [0, 200], atol=2)
    with pytest.raises(ValueError, match="split"):
        datasets.photos("test")


def broken(kind, data):
    if kind == "incomplete":
        return data[: len(data) // 2]
    if kind == "changed inside":
        middle = len(data) // 3
        return data[:middle] + bytes(byte ^ 255 for byte in data[middle : middle + 64]) + data[middle + 64 :]
    return {"empty": b"", "text": b"not a data set at all"}[kind]


@pytest.mark.parametrize("kind", ["incomplete", "changed inside", "empty", "text"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_damaged_file_is_reported_with_a_remedy(folder, kind, save):
    file = folder / "mnist.npz"
    save(file, **tiny((28, 28)))
    file.write_bytes(broken(kind, file.read_bytes()))
    with pytest.raises(datasets.DatasetMissing, match=r"mnist\.npz is not a readable data set.*GENMODELS_DATA_DIR"):
        datasets.load("mnist")


def test_a_file_without_the_arrays_is_reported(folder):
    np.savez(folder / "mnist.npz", y_train=np.arange(3))
    with pytest.raises(datasets.DatasetMissing, match="x_train"):
        datasets.load("mnist")


def test_pickles_are_not_loaded(folder):
    np.savez(folder / "mnist.npz", x_train=np.array([{}], dtype=object), y_train=np.arange(1))
    with pytest.raises(datasets.DatasetMissing, match="not a readable data set"):
        datasets.load("mnist")


# --- the Keras cache and the network ------------------------------------------------------------


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_without_a_network_the_message_gives_three_ways(cache, name):
    assert not datasets.available(name)
    with pytest.raises(datasets.DatasetMissing) as caught:
        datasets.load(name)
    message = str(caught.value)
    assert "no network in this test" in message
    for way in ("connect to the internet", f"GENMODELS_DATA_DIR to a folder that holds {name}.npz", str(cache)):
        assert way in message


def fashion_files():
    """The files of the public copy of Fashion-MNIST, with five images."""
    rng = np.random.default_rng(0)
    files = {}
    for prefix in ("train", "t10k"):
        images = rng.integers(0, 256, (5, 28, 28), dtype="uint8")
        files[f"{prefix}-images-idx3-ubyte.gz"] = gzip.compress(bytes(16) + images.tobytes())
        files[f"{prefix}-labels-idx1-ubyte.gz"] = gzip.compress(bytes(8) + bytes(range(5)))
    return files


@pytest.fixture
def network(cache, monkeypatch):
    """A network with the small Fashion-MNIST; returns the list of downloads."""
    from keras.src.utils import file_utils

    files, fetched = fashion_files(), []

    def fetch(origin, target, hook=None):
        name = origin.rsplit("/", 1)[1]
        fetched.append(name)
        Path(target).write_bytes(files[name])

    monkeypatch.setattr(file_utils, "urlretrieve", fetch)
    return fetched


def test_a_download_is_cached(cache, network):
    images, labels = datasets.load("fashion_mnist")
    assert images.shape == (5, 28, 28) and images.dtype == np.uint8
    assert labels.dtype == np.int64 and list(labels) == [0, 1, 2, 3, 4]
    assert len(network) == 4 and datasets.available("fashion_mnist")
    held_out, _ = datasets.load("fashion_mnist", "test")
    assert len(network) == 4 and not np.array_equal(images, held_out)


@pytest.mark.parametrize("name", list(fashion_files()))
def test_an_incomplete_file_in_the_cache_is_downloaded_again(cache, network, name):
    expected, _ = datasets.load("fashion_mnist")
    file = cache / "fashion-mnist" / name
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    images, _ = datasets.load("fashion_mnist")
    np.testing.assert_array_equal(images, expected)
    assert file.read_bytes() == whole


def test_an_incomplete_file_without_a_network_is_reported(cache):
    (cache / "fashion-mnist").mkdir()
    for name, data in fashion_files().items():
        (cache / "fashion-mnist" / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(datasets.DatasetMissing, match="Three ways"):
        datasets.load("fashion_mnist")


# --- the real data ------------------------------------------------------------------------------


@pytest.mark.data
@pytest.mark.parametrize(
    ("data", "shape"), [("mnist", (28, 28)), ("fashion_mnist", (28, 28)), ("cifar10", (32, 32, 3))]
)
def test_the_real_data_sets(data, shape):
    images, labels = datasets.load(data, "test")
    assert images.shape == (len(labels), *shape) and images.dtype == np.uint8 and len(labels) >= 5000
    assert labels.dtype == np.int64 and set(labels) == set(range(10))
    if shape == (28, 28):
        assert np.median(images[:, 0]) == 0  # light on dark


@pytest.mark.data
@pytest.mark.parametrize(("name", "data"), [(name, config.data) for name, config in vae.CONFIGS.items()])
def test_the_pretrained_models_reach_the_metrics_of_their_cards(name, data):
    images, _ = datasets.load(data, "test")
    stated = weights.model_card(f"vae_{name}")["held_out"]["negative_elbo_nats"]
    found = vae.negative_elbo(vae.load(name), images[:5000], seed=1).mean()
    assert found == pytest.approx(stated, abs=1.0)
