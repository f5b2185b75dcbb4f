"""Texts: where they come from, in characters that a model knows, as numbers, and measured."""

import codecs
import os
import re
import unicodedata
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from genmodels.data.datasets import DatasetMissing

CORPORA = ("python", "nietzsche")
MAX_CHARACTERS = 2_000_000  # characters of an uploaded text that are read
_NIETZSCHE = "https://s3.amazonaws.com/text-datasets/nietzsche.txt"  # the copy that the Keras example fetches


# --- where texts come from --------------------------------------------------------------------


def available(name: str) -> bool:
    """True if `load(name)` needs no network."""
    _check(name)
    return name == "python" or any(file.is_file() for file in _search_paths())


def load(name: str) -> str:
    """A text to learn from: `"python"` is the language's own help, which comes with it; `"nietzsche"` is looked
    for in `GENMODELS_DATA_DIR`, then in the Keras cache, then downloaded once.

    The help says many things under several headings; each paragraph is taken once, or what is held
    out of it would have been read before. Its tables are left out: a small network learns from them
    to write spaces. Raises `ValueError` for an unknown name, and
    `DatasetMissing`, with the three ways to get the text, where it is not there or not readable.
    """
    _check(name)
    if name == "python":
        from pydoc_data.topics import topics

        paragraphs = (one for topic in sorted(topics) for one in topics[topic].strip().split("\n\n"))
        return "\n\n".join(one for one in dict.fromkeys(paragraphs) if not re.search(r"(?m)^ *[|+]", one))
    for file in _search_paths():
        if file.is_file():
            try:
                return decode(file.read_bytes())
            except ValueError as error:
                raise DatasetMissing(
                    f"{file} is not a readable text: {error} Remove it, or set GENMODELS_DATA_DIR to a folder with a "
                    "good nietzsche.txt."
                ) from error
    import keras  # here, not above: it takes seconds, and most callers never get this far

    try:
        return decode(Path(keras.utils.get_file("nietzsche.txt", _NIETZSCHE)).read_bytes())
    except Exception as error:  # get_file raises a bare Exception where there is no network
        raise DatasetMissing(
            f"The Nietzsche text is not on this machine and could not be downloaded ({error}). Three ways to get it: "
            "connect to the internet and try again; set GENMODELS_DATA_DIR to a folder that holds nietzsche.txt; "
            f"or copy {_search_paths()[-1]} from a machine that has it."
        ) from error


def _check(name: str) -> None:
    if name not in CORPORA:
        raise ValueError(f"unknown text {name!r}: expected one of {', '.join(CORPORA)}")


def _search_paths() -> list[Path]:
    cache = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets" / "nietzsche.txt"
    folder = os.environ.get("GENMODELS_DATA_DIR")
    return [Path(folder) / "nietzsche.txt", cache] if folder else [cache]


def decode(data: bytes) -> str:
    """The text in a file: UTF-8, or UTF-16 or UTF-32 that say so, else Windows' Western letters; "\\n" line ends.

    Of a long one the first `LONGEST` characters. Raises `ValueError`, with a sentence for the visitor,
    where it is empty, no text (NUL bytes, or control characters throughout) or all one character.
    """
    marks = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"}  # before UTF-16, which begins alike
    marks |= {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}
    said = next((name for mark, name in marks.items() if data.startswith(mark)), None)
    try:
        text = data.decode(said or "utf-8", errors="replace" if said else "strict")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise ValueError(
            "This is not a text file: it has NUL bytes in it. Save it as plain text (UTF-8), or, if it is UTF-16, "
            "with a byte order mark."
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError("There is no text in this file.")
    controls = {c for c in set(text) - set("\n\t\f") if c == "\ufffd" or unicodedata.category(c) == "Cc"}
    strange = sum(text.count(c) for c in controls)
    if strange > 0.02 * len(text):
        raise ValueError(
            f"This is not a text file: {strange:,} of its {len(text):,} characters are none that can be written. "
            "Save it as plain text (UTF-8)."
        )
    if len(set(text)) == 1:
        raise ValueError(f"This text is one character over and over ({text[0]!r}): there is nothing to predict in it.")
    return text[:MAX_CHARACTERS]


# --- characters and numbers -------------------------------------------------------------------


def fit_text(text: str, vocabulary: str) -> tuple[str, dict[str, str]]:
    """A text in the model's own characters, and what was replaced by what to make it so.

    Capital letters become small ones where the model knows no capitals, typographic quotes and
    dashes become plain ones, accents are dropped; for the rest stands a space, or where there is
    none in the vocabulary the vocabulary's first character.
    """
    replaced = {c: _nearest(c, vocabulary) for c in dict.fromkeys(text) if c not in vocabulary}
    return "".join(replaced.get(c, c) for c in text), replaced


_PLAIN = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "\t": " ", "\r": "\n"}
_PLAIN |= {"–": "--", "—": "--", "―": "--", "…": "...", "‐": "-", "‑": "-", "[": "(", "]": ")", "&": "and"}


def _nearest(character: str, vocabulary: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    for candidate in (_PLAIN.get(character, ""), plain, character.lower(), plain.lower()):
        if candidate and set(candidate) <= set(vocabulary):
            return candidate
    return " " if " " in vocabulary else vocabulary[:1]


def indices(text: str, vocabulary: str) -> np.ndarray:
    """(n,) int32 places in the vocabulary. Raises `ValueError` on a character that is not in it (see `fit_text`)."""
    places = {c: k for k, c in enumerate(vocabulary)}
    try:
        return np.array([places[c] for c in text], "int32")
    except KeyError as error:
        raise ValueError(f"the model does not know the character {error.args[0]!r}: use fit_text first") from None


# --- how good a text is -----------------------------------------------------------------------


_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")  # letters, with apostrophes between them


def words(text: str) -> list[str]:
    """The words of a text, in small letters."""
    return _WORD.findall(text.lower())


def out_of_vocabulary_words(text: str, known: np.ndarray) -> list[tuple[int, int]]:
    """Where in a text the words stand that the training text does not have: (begin, end) of each.

    known: (m,) uint32, from `hashes`. The last word is left out where the text breaks off in it.
    """
    found = [word for word in _WORD.finditer(text) if word.end() < len(text)]
    old = np.isin(hashes([word[0].lower() for word in found]), known)
    return [word.span() for word, is_old in zip(found, old, strict=True) if not is_old]


def hashes(text_words: Sequence[str]) -> np.ndarray:
    """(n,) uint32, one number a word: enough to recognise a word list, not to read it."""
    return np.array([zlib.crc32(word.encode()) for word in text_words], "uint32")


def known_words(text: str, known: np.ndarray) -> np.ndarray:
    """Which of the words of a text occur in the training text: (n,) bool. known: (m,) uint32, from `hashes`."""
    return np.isin(hashes(words(text)), known)


def ngram_repetition_rate(text: str, n: int = 12) -> float:
    """The share of its pieces of `n` characters that stood in the text before; 0 for a text shorter than that."""
    pieces = [text[k : k + n] for k in range(len(text) - n + 1)]
    return 1 - len(set(pieces)) / len(pieces) if pieces else 0.0
