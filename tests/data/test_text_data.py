"""Text data: decoding files, loading corpora, mapping characters to a vocabulary, metrics."""

import codecs
import unicodedata
import urllib.error
import zlib

import numpy as np
import pytest

from genmodels import weights
from genmodels.data import text_data
from genmodels.data.datasets import DatasetMissing
from genmodels.text_generation import char_rnn
from genmodels.text_generation.generation import generate_text

TEXT = 'the lamp was lit, and the reader asked: "what is it that returns?"\nnobody in the room could say; they went on.'
PROMPT = "what the old book taught was, in a word, patience: "
WORDS = "Größe, naïve café: “so what?”\n"


@pytest.fixture(scope="module")
def model():
    return char_rnn.load("nietzsche")


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
def test_decode_accepts_common_encodings(data):
    assert text_data.decode(data) == WORDS


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "There is no text in this file"),
        (codecs.BOM_UTF8, "There is no text in this file"),
        (b" \n\t \r\n", "There is no text in this file"),
        (b"aaaaaaaa", "repeats one character .'a'."),
        ("😀".encode() * 50, "repeats one character"),
        (b"a text\0with a hole", "NUL bytes"),
        ("plain words".encode("utf-16-le"), "NUL bytes.*byte order mark"),
        (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00", "NUL bytes"),
        (bytes(range(1, 256)) * 20, "not a text file.*control characters"),
        ("一二三四五六".encode("utf-16-le") + b"\x01\x02", "not a text file"),
    ],
    ids=["empty", "a mark alone", "blank", "one letter", "one emoji", "NUL", "utf-16 unmarked", "ELF", "noise", "CJK"],
)
def test_files_that_are_no_text_raise(data, message):
    with pytest.raises(ValueError, match=message):
        text_data.decode(data)


def test_a_damaged_utf_16_file_keeps_its_readable_part():
    assert text_data.decode((WORDS * 5).encode("utf-16") + b"!").startswith(WORDS * 5)


def test_a_few_control_characters_are_accepted():
    text = "A page of words that ends with a form feed.\f" * 5 + "\x1b and one escape"
    assert text_data.decode(text.encode()) == text
    assert text_data.decode(("　段落の始め。" * 20).encode()) == "　段落の始め。" * 20


def test_utf_8_with_a_few_bad_bytes_keeps_its_letters():
    french = "Où sont passés les élèves de l'été ?\n"
    data = (french * 10).encode() + b"\xe9t\xe9 \xff" + french.encode()
    assert text_data.decode(data) == french * 10 + "\ufffdt\ufffd \ufffd" + french
    chinese = "春眠不觉晓，处处闻啼鸟。\n" * 20
    assert text_data.decode(b"\xb4" + chinese.encode()) == f"\ufffd{chinese}"


def test_the_encoding_can_be_given():
    assert text_data.decode("Мороз и солнце".encode("koi8-r"), "koi8_r") == "Мороз и солнце"
    assert text_data.decode("plain words".encode("utf-16-le"), "utf_16_le") == "plain words"
    with pytest.raises(ValueError, match=r"in the encoding UTF-8: 12 of its 14 characters are invalid.*another"):
        text_data.decode("Мороз и солнце".encode("cp1251"), "utf_8")


def test_a_long_text_is_cut():
    assert len(text_data.decode(b"ab" * text_data.MAX_CHARACTERS)) == text_data.MAX_CHARACTERS


# --- corpora ------------------------------------------------------------------------------------


@pytest.fixture
def empty_data_folder(tmp_path, monkeypatch):
    """An empty data folder, an empty Keras cache and no network; gives the folder."""
    from keras.src.backend import config
    from keras.src.utils import file_utils

    def no_network(origin, target, hook=None):
        raise urllib.error.URLError("no network in this test")

    (tmp_path / "data").mkdir()
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(config, "_KERAS_DIR", str(tmp_path / "keras"))  # keras reads KERAS_HOME only once
    monkeypatch.setattr(file_utils, "urlretrieve", no_network)
    return tmp_path / "data"


def test_the_python_help_needs_no_download(empty_data_folder):
    assert text_data.available("python")
    text = text_data.load("python")
    assert len(text) > 150_000 and text == text_data.load("python")
    paragraphs = text.split("\n\n")
    assert len(set(paragraphs)) == len(paragraphs), "a held-out paragraph would be in the training text"
    assert not any(line.lstrip().startswith(("|", "+-")) for line in text.splitlines()), "a table"


def test_a_missing_text_raises_with_three_ways_to_get_it(empty_data_folder):
    assert not text_data.available("nietzsche")
    with pytest.raises(DatasetMissing) as caught:
        text_data.load("nietzsche")
    message = str(caught.value)
    assert "no network in this test" in message
    for way in ("connect to the internet", "GENMODELS_DATA_DIR to a folder that holds nietzsche.txt", "keras"):
        assert way in message


def test_the_data_folder_has_priority_over_the_cache(empty_data_folder):
    cache = empty_data_folder.parent / "keras" / "datasets"
    cache.mkdir(parents=True)
    (cache / "nietzsche.txt").write_text("from the cache", encoding="utf-8")
    assert text_data.available("nietzsche") and text_data.load("nietzsche") == "from the cache"
    (empty_data_folder / "nietzsche.txt").write_text("from the folder", encoding="utf-8")
    assert text_data.load("nietzsche") == "from the folder"


def test_a_damaged_file_raises_with_its_path(empty_data_folder):
    (empty_data_folder / "nietzsche.txt").write_bytes(bytes(100))
    with pytest.raises(DatasetMissing, match=r"nietzsche\.txt is not a readable text: .*NUL.*GENMODELS_DATA_DIR"):
        text_data.load("nietzsche")


@pytest.mark.parametrize("function", [text_data.load, text_data.available])
def test_an_unknown_name_raises(function):
    with pytest.raises(ValueError, match="unknown text 'goethe': expected one of python, nietzsche"):
        function("goethe")


# --- characters ---------------------------------------------------------------------------------


def test_unknown_characters_are_replaced_and_reported():
    text, replaced = text_data.map_to_vocabulary("Ünd “So” — 7😀", 'abcdefghijklmnopqrstuvwxyz "-s')
    assert text == 'und "so" --   '
    assert replaced == {"Ü": "u", "“": '"', "S": "s", "”": '"', "—": "--", "7": " ", "😀": " "}
    assert text_data.map_to_vocabulary("😀x", "ab") == ("aa", {"😀": "a", "x": "a"})  # a vocabulary without a space
    assert text_data.map_to_vocabulary("", "ab") == ("", {})


def test_character_indices_are_positions_in_the_vocabulary():
    indices = text_data.character_indices("cab", "abc")
    assert indices.dtype == np.int32 and list(indices) == [2, 0, 1]
    assert text_data.character_indices("", "abc").shape == (0,)
    with pytest.raises(ValueError, match="the character 'z' is not in the vocabulary: use map_to_vocabulary first"):
        text_data.character_indices("az", "abc")


# --- measures -----------------------------------------------------------------------------------


def test_words_are_letters_with_apostrophes_between():
    assert text_data.words("Don't count 42, naïve one_two — café's!") == [
        "don't",
        "count",
        "naïve",
        "one",
        "two",
        "café's",
    ]


def test_known_words_are_words_of_the_training_text():
    known = text_data.word_hashes(text_data.words("the world as a whole"))
    assert known.dtype == np.uint32
    assert list(text_data.known_words("The whole wrold", known)) == [True, True, False]
    assert text_data.known_words("...", known).shape == (0,)


def test_the_ngram_repetition_rate_of_repeated_text():
    assert text_data.ngram_repetition_rate("abc") == 0.0
    assert text_data.ngram_repetition_rate("abcdefghijklmnopqrstuvwxyz") == 0.0
    assert text_data.ngram_repetition_rate("aaaaaaaaaaaaa") == 0.5  # two 12-grams, one of them new
    assert text_data.ngram_repetition_rate("the same words " * 20) > 0.9


# --- vocabularies and metrics of the pretrained models ----------------------------------------

VOCABULARY = "\n !\"'(),-.0123456789:;?abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("text", "mapped", "replaced"),
    [
        ("plain, as it is.", "plain, as it is.", {}),
        ("", "", {}),
        ("Who? ME", "who? me", {"W": "w", "M": "m", "E": "e"}),
        ("“so” – he’s…", '"so" -- he\'s...', {"“": '"', "”": '"', "–": "--", "’": "'", "…": "..."}),
        ("café, NAÏVE, Ångström", "cafe, naive, angstrom", None),
        ("cafe\u0301 A\u030a", "cafe a", {"é": "e", "Å": "a"}),  # letters and accents apart, as macOS writes them
        ("z\u0335 \u0301 im\xadpossible", "z  impossible", {"\u0335": "", "\u0301": "", "\xad": ""}),
        ("Straße, œuvre, smørrebrød, Łódź", "strasse, oeuvre, smorrebrod, lodz", None),
        ("Æ þ đ ı", "ae th d i", {"Æ": "ae", "þ": "th", "đ": "d", "ı": "i"}),
        ("Мороз, θάλασσα", "moroz, thalassa", None),
        ("ﬁne x²", "fine x2", {"ﬁ": "fi", "²": "2"}),
        ("a\tb\rc", "a b\nc", {"\t": " ", "\r": "\n"}),
        ("[x] & y", "(x) and y", {"[": "(", "]": ")", "&": "and"}),
        ("日本 🙂\0", "     ", {"日": " ", "本": " ", "🙂": " ", "\0": " "}),
    ],
)
def test_map_to_vocabulary_reports_its_replacements(text, mapped, replaced):
    new, by = text_data.map_to_vocabulary(text, VOCABULARY)
    assert new == mapped
    if replaced is not None:
        assert by == replaced
    assert "".join(by.get(c, c) for c in unicodedata.normalize("NFC", text)) == new
    assert len(text_data.character_indices(new, VOCABULARY)) == len(new)  # all in the vocabulary


def test_map_to_vocabulary_composes_only_what_the_vocabulary_lacks():
    decomposed = "ne\u0301"
    assert text_data.map_to_vocabulary(decomposed, "en\u0301") == (decomposed, {})
    assert text_data.map_to_vocabulary("né x", "en\u0301 ") == (f"{decomposed}  ", {"é": "e\u0301", "x": " "})
    assert text_data.map_to_vocabulary(decomposed, "né") == ("né", {})


def test_map_to_vocabulary_keeps_known_characters():
    assert text_data.map_to_vocabulary("Äh “A”", "Ä“”Ah ") == ("Äh “A”", {})
    assert text_data.map_to_vocabulary("Ab", "AB") == (
        "AA",
        {"b": "A"},
    )  # no lower case and no space: the first character
    assert text_data.map_to_vocabulary("x–y", "xy") == (
        "xxy",
        {"–": "x"},
    )  # a dash becomes two hyphens only where there are any


def test_map_to_vocabulary_of_the_pretrained_model(model):
    everything = "".join(map(chr, range(1, 0x3000)))
    mapped, replaced = text_data.map_to_vocabulary(everything, model.vocabulary)
    assert set(mapped) <= set(model.vocabulary) and not set(replaced) & set(model.vocabulary)


def test_character_indices_decode_to_the_text():
    indices = text_data.character_indices("cab\n", VOCABULARY)
    assert indices.dtype == np.int32 and "".join(VOCABULARY[k] for k in indices) == "cab\n"
    assert text_data.character_indices("", VOCABULARY).shape == (0,)
    with pytest.raises(ValueError, match="the character 'Z' is not in the vocabulary: use map_to_vocabulary first"):
        text_data.character_indices("abZ", VOCABULARY)


def test_words_of_odd_texts():
    assert text_data.words("It's 3 o'clock -- Über_all, no?\n'tis a well-known 'thing'") == [
        *("it's", "o'clock", "über", "all", "no", "tis", "a", "well", "known", "thing"),
    ]
    assert text_data.words("12 -- 34!") == text_data.words("") == []


def test_words_are_recognized_by_their_hashes():
    known = text_data.word_hashes(["reader", "lamp", "über"])
    assert known.dtype == np.uint32 and known[0] == zlib.crc32(b"reader")
    assert text_data.known_words("A Lamp, ÜBER the reader's reader.", known).tolist() == [0, 1, 1, 0, 0, 1]
    assert text_data.known_words("... 1", known).shape == (0,) and text_data.word_hashes([]).shape == (0,)


def test_the_pretrained_word_list_separates_words_from_noise(model):
    known = weights.arrays("text_generation_nietzsche", ".arrays.npz")["words"]
    assert text_data.known_words(TEXT, known).mean() > 0.7
    assert text_data.known_words("thrumbled xqzzy wherefrol blimfast", known).mean() < 0.3
    cold = generate_text(model, PROMPT, length=300, temperature=0.3)
    wild = generate_text(model, PROMPT, length=300, temperature=3.0)
    assert text_data.known_words(cold, known).mean() > 0.9 > 0.5 > text_data.known_words(wild, known).mean()


def test_the_ngram_repetition_rate_of_short_texts():
    assert text_data.ngram_repetition_rate("abcdefghijklmnopqrstuvwxyz") == 0
    assert text_data.ngram_repetition_rate("abc" * 30) == pytest.approx(
        1 - 3 / 79
    )  # 79 n-grams of 12, three of them different
    assert text_data.ngram_repetition_rate("aaaa", n=2) == pytest.approx(2 / 3)
    assert text_data.ngram_repetition_rate("too short") == text_data.ngram_repetition_rate("") == 0
    assert text_data.ngram_repetition_rate("exactly 12 c") == 0


def test_the_known_word_rate_counts_words_as_out_of_vocabulary_words_does():
    known = text_data.word_hashes(["the", "lamp"])
    text = "The lamp, a lamp; the las"
    assert [text[start:end] for start, end in text_data.out_of_vocabulary_words(text, known)] == ["a"]
    assert text_data.known_word_rate(text, known) == pytest.approx(5 / 6)
    assert text_data.known_word_rate("", known) == 1
