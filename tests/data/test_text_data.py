"""Texts from bytes, from the machine and from nowhere; and what is measured on them."""

import codecs
import urllib.error

import numpy as np
import pytest

from genmodels.data import text_data
from genmodels.data.datasets import DatasetMissing

WORDS = "Größe, naïve café: “so what?”\n"


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        WORDS.encode(),
        codecs.BOM_UTF8 + WORDS.encode(),
        WORDS.encode("utf-16"),
        codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"),
        WORDS.encode("utf-32"),
        WORDS.encode("cp1252"),
        WORDS.replace("\n", "\r\n").encode(),
        WORDS.replace("\n", "\r").encode(),
    ],
    ids=["utf-8", "with mark", "utf-16", "utf-16-be", "utf-32", "cp1252", "Windows line ends", "old Mac line ends"],
)
def test_a_text_is_read_however_it_was_written(data):
    assert text_data.decode(data) == WORDS


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "There is no text in this file"),
        (codecs.BOM_UTF8, "There is no text in this file"),
        (b" \n\t \r\n", "There is no text in this file"),
        (b"aaaaaaaa", "one character over and over .'a'."),
        ("😀".encode() * 50, "one character over and over"),
        (b"a text\0with a hole", "NUL bytes"),
        ("plain words".encode("utf-16-le"), "NUL bytes.*byte order mark"),
        (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00", "NUL bytes"),
        (bytes(range(1, 256)) * 20, "not a text file.*none that can be written"),
        ("一二三四五六".encode("utf-16-le") + b"\x01\x02", "not a text file"),
    ],
    ids=["empty", "a mark alone", "blank", "one letter", "one emoji", "NUL", "utf-16 unmarked", "ELF", "noise", "CJK"],
)
def test_what_is_no_text_is_told(data, told):
    with pytest.raises(ValueError, match=told):
        text_data.decode(data)


def test_a_damaged_text_that_says_what_it_is_keeps_its_letters():
    assert text_data.decode((WORDS * 5).encode("utf-16") + b"!").startswith(WORDS * 5)


def test_a_few_strange_characters_do_not_make_a_binary():
    text = "A page of words that ends with a form feed.\f" * 5 + "\x1b and one escape"
    assert text_data.decode(text.encode()) == text
    assert text_data.decode(("　段落の始め。" * 20).encode()) == "　段落の始め。" * 20


def test_a_long_text_is_cut():
    assert len(text_data.decode(b"ab" * text_data.MAX_CHARACTERS)) == text_data.MAX_CHARACTERS


# --- corpora ------------------------------------------------------------------------------------


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """An empty data folder, an empty Keras cache, and a network that is off; gives the folder."""
    from keras.src.backend import config
    from keras.src.utils import file_utils

    def off(origin, target, hook=None):
        raise urllib.error.URLError("no network in this test")

    (tmp_path / "data").mkdir()
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(config, "_KERAS_DIR", str(tmp_path / "keras"))  # keras reads KERAS_HOME only once
    monkeypatch.setattr(file_utils, "urlretrieve", off)
    return tmp_path / "data"


def test_pythons_help_is_always_here(nowhere):
    assert text_data.available("python")
    text = text_data.load("python")
    assert len(text) > 150_000 and text == text_data.load("python")
    paragraphs = text.split("\n\n")
    assert len(set(paragraphs)) == len(paragraphs), "what is held out would have been learnt"
    assert not any(line.lstrip().startswith(("|", "+-")) for line in text.splitlines()), "a table"


def test_without_a_network_the_three_ways_are_told(nowhere):
    assert not text_data.available("nietzsche")
    with pytest.raises(DatasetMissing) as caught:
        text_data.load("nietzsche")
    message = str(caught.value)
    assert "no network in this test" in message
    for way in ("connect to the internet", "GENMODELS_DATA_DIR to a folder that holds nietzsche.txt", "keras"):
        assert way in message


def test_the_folder_is_looked_at_first_then_the_cache(nowhere):
    cache = nowhere.parent / "keras" / "datasets"
    cache.mkdir(parents=True)
    (cache / "nietzsche.txt").write_text("from the cache", encoding="utf-8")
    assert text_data.available("nietzsche") and text_data.load("nietzsche") == "from the cache"
    (nowhere / "nietzsche.txt").write_text("from the folder", encoding="utf-8")
    assert text_data.load("nietzsche") == "from the folder"


def test_a_damaged_file_is_told_with_its_place(nowhere):
    (nowhere / "nietzsche.txt").write_bytes(bytes(100))
    with pytest.raises(DatasetMissing, match=r"nietzsche\.txt is not a readable text: .*NUL.*GENMODELS_DATA_DIR"):
        text_data.load("nietzsche")


@pytest.mark.parametrize("ask", [text_data.load, text_data.available])
def test_an_unknown_name_is_refused(ask):
    with pytest.raises(ValueError, match="unknown text 'goethe': expected one of python, nietzsche"):
        ask("goethe")


# --- characters ---------------------------------------------------------------------------------


def test_characters_that_a_model_lacks_are_replaced_and_named():
    text, replaced = text_data.fit_text("Ünd “So” — 7😀", 'abcdefghijklmnopqrstuvwxyz "-s')
    assert text == 'und "so" --   '
    assert replaced == {"Ü": "u", "“": '"', "S": "s", "”": '"', "—": "--", "7": " ", "😀": " "}
    assert text_data.fit_text("😀x", "ab") == ("aa", {"😀": "a", "x": "a"})  # not even a space
    assert text_data.fit_text("", "ab") == ("", {})


def test_characters_are_places_in_the_vocabulary():
    found = text_data.indices("cab", "abc")
    assert found.dtype == np.int32 and list(found) == [2, 0, 1]
    assert text_data.indices("", "abc").shape == (0,)
    with pytest.raises(ValueError, match="does not know the character 'z': use fit_text first"):
        text_data.indices("az", "abc")


# --- measures -----------------------------------------------------------------------------------


def test_words_are_letters_and_what_holds_them_together():
    assert text_data.words("Don't count 42, naïve one_two — café's!") == [
        "don't",
        "count",
        "naïve",
        "one",
        "two",
        "café's",
    ]


def test_known_words_are_those_of_the_training_text():
    known = text_data.hashes(text_data.words("the world as a whole"))
    assert known.dtype == np.uint32
    assert list(text_data.known_words("The whole wrold", known)) == [True, True, False]
    assert text_data.known_words("...", known).shape == (0,)


def test_the_repeat_rate_counts_what_stood_there_before():
    assert text_data.ngram_repetition_rate("abc") == 0.0
    assert text_data.ngram_repetition_rate("abcdefghijklmnopqrstuvwxyz") == 0.0
    assert text_data.ngram_repetition_rate("aaaaaaaaaaaaa") == 0.5  # two pieces of twelve, one of them new
    assert text_data.ngram_repetition_rate("the same words " * 20) > 0.9
