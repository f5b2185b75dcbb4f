import json

import h5py
import numpy as np
import pytest

from genmodels import weights


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A weights folder with one model: `vae_tiny.npz` and its card."""
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    np.savez(tmp_path / "vae_tiny.npz", mean=np.arange(6.0).reshape(3, 2))
    weights.write_model_card("vae_tiny", (".npz",), {"seed": 0})
    return tmp_path


def test_an_undamaged_file_is_loaded(folder):
    assert weights.path("vae_tiny", ".npz") == folder / "vae_tiny.npz"
    np.testing.assert_array_equal(weights.arrays("vae_tiny", ".npz")["mean"], np.arange(6.0).reshape(3, 2))


def test_the_card_holds_the_facts_and_the_sha256(folder):
    card = weights.model_card("vae_tiny")
    assert card["seed"] == 0 and list(card["sha256"]) == ["vae_tiny.npz"]


@pytest.mark.parametrize("place", [0, 57, -1])
def test_one_flipped_bit_is_refused(folder, place):
    weights.path("vae_tiny", ".npz")  # a verified file is remembered: a change must be noticed all the same
    file = folder / "vae_tiny.npz"
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    with pytest.raises(weights.WeightsError, match=r"vae_tiny\.npz is damaged.*python -m training\.vae"):
        weights.path("vae_tiny", ".npz")
    with pytest.raises(weights.WeightsError, match="git checkout"):
        weights.arrays("vae_tiny", ".npz")


def test_a_missing_file_is_reported_with_a_remedy(folder):
    (folder / "vae_tiny.npz").unlink()
    with pytest.raises(weights.WeightsError, match=r"vae_tiny\.npz is missing.*python -m training\.vae"):
        weights.path("vae_tiny", ".npz")


def test_a_missing_card_is_reported_with_a_remedy(folder):
    (folder / "vae_tiny.json").unlink()
    with pytest.raises(weights.WeightsError, match=r"vae_tiny\.json is missing.*python -m training\.vae"):
        weights.path("vae_tiny", ".npz")


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe{}"])
def test_a_card_that_is_not_json_is_refused(folder, text):
    (folder / "vae_tiny.json").write_bytes(text)
    with pytest.raises(weights.WeightsError, match=r"not readable JSON.*git checkout"):
        weights.model_card("vae_tiny")


@pytest.mark.parametrize("text", ["[]", "{}", '{"sha256": "abc"}', "null"])
def test_a_card_without_sha256_is_refused(folder, text):
    (folder / "vae_tiny.json").write_text(text)
    with pytest.raises(weights.WeightsError, match=r"no table of sha256.*git checkout"):
        weights.model_card("vae_tiny")


def test_a_file_that_the_card_does_not_name_is_refused(folder):
    (folder / "vae_tiny.arrays.npz").write_bytes((folder / "vae_tiny.npz").read_bytes())
    with pytest.raises(weights.WeightsError, match=r"does not name vae_tiny\.arrays\.npz"):
        weights.path("vae_tiny", ".arrays.npz")


def test_pickles_are_not_loaded(folder):
    np.savez(folder / "vae_tiny.npz", mean=np.array([{"a": 1}], dtype=object))
    weights.write_model_card("vae_tiny", (".npz",), {})
    with pytest.raises(ValueError, match="allow_pickle"):
        weights.arrays("vae_tiny", ".npz")


def test_convert_to_float16_keeps_the_groups_and_attributes(tmp_path):
    file = tmp_path / "tiny.weights.h5"
    values = np.random.default_rng(0).standard_normal((300, 200)).astype("float32")
    with h5py.File(file, "w") as store:
        store.attrs["made"] = "here"
        group = store.create_group("layers/dense")
        group.attrs["name"] = "dense"
        group.create_dataset("0", data=values)
        group.create_dataset("1", data=np.arange(3))
    before = file.stat().st_size
    weights.convert_to_float16(file)
    assert file.stat().st_size < 0.6 * before and [each.name for each in tmp_path.iterdir()] == [file.name]
    with h5py.File(file) as store:
        assert store.attrs["made"] == "here" and store["layers/dense"].attrs["name"] == "dense"
        assert store["layers/dense/0"].dtype == np.float16 and store["layers/dense/1"].dtype == np.arange(3).dtype
        np.testing.assert_array_equal(store["layers/dense/0"][...], values.astype("float16"))


def test_every_card_has_files_and_every_file_a_card():
    """Of the real folder."""
    named = set()
    cards = sorted(weights.FOLDER.glob("*.json"))
    assert cards
    for file in cards:
        for shipped in json.loads(file.read_text(encoding="utf-8"))["sha256"]:
            assert weights.path(file.stem, shipped.removeprefix(file.stem)).is_file()
            named.add(shipped)
    assert named == {file.name for file in weights.FOLDER.iterdir() if file.suffix in (".h5", ".npz", ".webp")}
