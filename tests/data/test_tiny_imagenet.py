"""Tiny ImageNet, read from the folder of its archive."""

import numpy as np
import pytest

from genmodels.data import datasets
from genmodels.media import images


def noise(n: int, h: int, w: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, h, w, 3), dtype="uint8")


def write_archive(folder, n: int = 3) -> None:
    """The folder of Stanford's archive, unpacked, with two classes."""
    home = folder / "tiny-imagenet-200"
    (home / "val" / "images").mkdir(parents=True)
    (home / "words.txt").write_text("n01\tgoldfish, Carassius\nn02\tbus\nn03\tnot used\n", encoding="utf-8")
    lines = []
    for k, wnid in enumerate(("n01", "n02")):
        (home / "train" / wnid / "images").mkdir(parents=True)
        for i in range(n):
            photo = images.png(noise(1, 64, 64, seed=10 * k + i)[0])
            (home / "train" / wnid / "images" / f"{wnid}_{i}.JPEG").write_bytes(photo)
        (home / "val" / "images" / f"val_{k}.JPEG").write_bytes(images.png(noise(1, 64, 64, seed=99)[0]))
        lines.append(f"val_{k}.JPEG\t{wnid}\t0\t0\t62\t62")
    (home / "val" / "val_annotations.txt").write_text("\n".join(lines), encoding="utf-8")


def test_the_unpacked_archive_is_read(tmp_path, monkeypatch):
    write_archive(tmp_path)
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    photos, labels, names = datasets.tiny_imagenet()
    assert photos.shape == (6, 64, 64, 3) and sorted(labels) == [0, 0, 0, 1, 1, 1] and names == ("goldfish", "bus")
    photos, labels, _ = datasets.tiny_imagenet("val")
    assert photos.shape == (2, 64, 64, 3) and list(labels) == [0, 1]
    with pytest.raises(ValueError, match="'test'"):
        datasets.tiny_imagenet("test")


@pytest.mark.parametrize("is_packed", [False, True])
def test_only_the_named_classes_are_read_and_labeled_in_their_order(tmp_path, monkeypatch, is_packed):
    write_archive(tmp_path)
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    if is_packed:
        all_photos, labels, _ = datasets.tiny_imagenet()
        files = [images.png(each) for each in all_photos]
        np.savez(
            tmp_path / "tiny_imagenet_train_0.npz",
            x_jpeg=np.frombuffer(b"".join(files), "uint8"),
            x_offsets=np.cumsum([0, *map(len, files)]),
            y=labels,
            class_names=["goldfish, Carassius", "bus"],
        )
    photos, labels, names = datasets.tiny_imagenet(classes=("bus",))
    assert photos.shape == (3, 64, 64, 3) and list(labels) == [0, 0, 0] and names == ("bus",)
    np.testing.assert_array_equal(photos[0], noise(1, 64, 64, seed=10)[0])
    _, labels, names = datasets.tiny_imagenet(classes=("bus", "goldfish"))
    assert sorted(labels) == [0, 0, 0, 1, 1, 1] and names == ("bus", "goldfish")
    with pytest.raises(ValueError, match="'cat'"):
        datasets.tiny_imagenet(classes=("cat", "bus"))


def test_the_landscapes_are_ten_classes_with_a_test_split(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(datasets, "tiny_imagenet", lambda *args: given.append(args) or ("images", "labels", "names"))
    assert datasets.load("landscapes", "test") == ("images", "labels")
    assert given == [("val", datasets.CLASS_NAMES["landscapes"])]
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    assert not datasets.available("landscapes")
    write_archive(tmp_path)
    assert datasets.available("landscapes")


def test_a_missing_data_set_raises_with_the_download_address(tmp_path, monkeypatch):
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    with pytest.raises(datasets.DatasetMissing, match=r"tiny-imagenet-200\.zip"):
        datasets.tiny_imagenet()
