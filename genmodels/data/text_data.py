"""Text data: load and decode texts, convert characters to indices, measure generated text."""

import os
import re
import unicodedata
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from anyascii import anyascii

from genmodels.data import text_encoding
from genmodels.data.datasets import DatasetMissing

CORPORA = ("python", "nietzsche")
MAX_CHARACTERS = 2_000_000  # of an uploaded text; the rest is cut
_NIETZSCHE = "https://s3.amazonaws.com/text-datasets/nietzsche.txt"  # the copy that the Keras example fetches


# --- loading ----------------------------------------------------------------------------------


def available(name: str) -> bool:
    """True if `load(name)` needs no download."""
    _check(name)
    return name == "python" or any(file.is_file() for file in _search_paths())


def load(name: str) -> str:
    """A training text: `"python"` is the help text that comes with Python; `"nietzsche"` is searched in
    `GENMODELS_DATA_DIR`, then in the Keras cache, then downloaded once.

    The Python help repeats paragraphs under several headings; each is used once, so that no held-out
    paragraph is also in the training text. Its tables are left out: a small network would learn mostly
    spaces from them. Raises `ValueError` for an unknown name, and `DatasetMissing`, with the three ways
    to get the text, if it is missing or not readable.
    """
    _check(name)
    if name == "python":
        from pydoc_data.topics import topics

        paragraphs = (paragraph for topic in sorted(topics) for paragraph in topics[topic].strip().split("\n\n"))
        is_table = re.compile(r"(?m)^ *[|+]").search
        return "\n\n".join(paragraph for paragraph in dict.fromkeys(paragraphs) if not is_table(paragraph))
    for file in _search_paths():
        if file.is_file():
            try:
                return decode(file.read_bytes())
            except ValueError as error:
                raise DatasetMissing(
                    f"{file} is not a readable text: {error} Remove it, or set GENMODELS_DATA_DIR to a folder with a "
                    "good nietzsche.txt."
                ) from error
    import keras  # takes seconds; needed for the download only

    try:
        return decode(Path(keras.utils.get_file("nietzsche.txt", _NIETZSCHE)).read_bytes())
    except Exception as error:  # get_file raises a bare Exception without a network
        raise DatasetMissing(
            f"The Nietzsche text is missing and could not be downloaded ({error}). Three ways to get it: "
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


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text of a file; line ends become "\\n", bytes that are invalid in its encoding U+FFFD.

    encoding: a name of Python's codecs; None: detected, see `text_encoding.detect`. At most `MAX_CHARACTERS`
    characters. Raises `ValueError`, with a sentence for the user, if the file is empty, no text (NUL bytes, more than
    2 % control characters or 10 % invalid bytes) or one character repeated.
    """
    encoding = encoding or text_encoding.detect(data)
    text, invalid = text_encoding.decode(data, encoding)
    if "\0" in text:
        raise ValueError(
            "This is not a text file: it contains NUL bytes. Save it as plain text (UTF-8), or, if it is UTF-16, "
            "with a byte order mark."
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError("There is no text in this file.")
    controls = {c for c in set(text) - set("\n\t\f") if unicodedata.category(c) == "Cc"}
    unprintable = sum(text.count(c) for c in controls)
    if unprintable > 0.02 * len(text):
        raise ValueError(
            f"This is not a text file: {unprintable:,} of its {len(text):,} characters are control characters. "
            "Save it as plain text (UTF-8)."
        )
    if invalid > 0.1 * len(text):
        title = text_encoding.ENCODINGS.get(encoding, encoding)
        raise ValueError(
            f"This is not a text file in the encoding {title}: {invalid:,} of its {len(text):,} characters are "
            "invalid. Save it as plain text (UTF-8), or choose another encoding."
        )
    if len(set(text)) == 1:
        raise ValueError(f"This text repeats one character ({text[0]!r}): there is nothing to predict.")
    return text[:MAX_CHARACTERS]


# --- characters and indices -------------------------------------------------------------------


def map_to_vocabulary(text: str, vocabulary: str) -> tuple[str, dict[str, str]]:
    """Replace the characters that are not in the vocabulary. Returns the new text and {old: new}.

    A letter and its combining accent are one character (NFC), unless the vocabulary has the accent. Capital letters
    become lower case, typographic quotes and dashes become plain ones, accents are removed, other letters (Latin,
    Greek, Cyrillic) and punctuation are transliterated to ASCII ("ß": "ss"); any other character becomes a space, or
    the first character of a vocabulary without one.
    """
    if not set(text) <= set(vocabulary):
        text = unicodedata.normalize("NFC", text)
    replaced = {c: _nearest(c, vocabulary) for c in dict.fromkeys(text) if c not in vocabulary}
    return "".join(replaced.get(c, c) for c in text), replaced


_PLAIN = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "\t": " ", "\r": "\n"}
_PLAIN |= {"–": "--", "—": "--", "―": "--", "…": "...", "‐": "-", "‑": "-", "[": "(", "]": ")", "&": "and"}


def _nearest(character: str, vocabulary: str) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Cf"):  # an accent that cannot be composed, a soft hyphen, a joiner
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    # Not for emoji and characters of scripts without case: it writes them as words and syllables.
    ascii_ = "" if category in ("So", "Sk", "Lo") else anyascii(character)
    decomposed = unicodedata.normalize("NFD", character)
    candidates = [
        _PLAIN.get(character, ""),
        decomposed,
        plain,
        character.lower(),
        plain.lower(),
        ascii_,
        ascii_.lower(),
    ]
    for candidate in candidates:
        if candidate and set(candidate) <= set(vocabulary):
            return candidate
    return " " if " " in vocabulary else vocabulary[:1]


def character_indices(text: str, vocabulary: str) -> np.ndarray:
    """(n,) int32 indices into the vocabulary. Raises `ValueError` for a character outside it."""
    index_of = {c: k for k, c in enumerate(vocabulary)}
    try:
        return np.array([index_of[c] for c in text], "int32")
    except KeyError as error:
        raise ValueError(
            f"the character {error.args[0]!r} is not in the vocabulary: use map_to_vocabulary first"
        ) from None


# --- metrics of a text ------------------------------------------------------------------------


_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")  # letters, with apostrophes between them


def words(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return _WORD.findall(text.lower())


def out_of_vocabulary_words(text: str, known_hashes: np.ndarray) -> list[tuple[int, int]]:
    """Positions (start, end) of the words of a text that are not in the training text.

    known_hashes: (m,) uint32, from `word_hashes`. The last word is ignored if the text ends inside it.
    """
    matches = [word for word in _WORD.finditer(text) if word.end() < len(text)]
    known = np.isin(word_hashes([word[0].lower() for word in matches]), known_hashes)
    return [word.span() for word, is_known in zip(matches, known, strict=True) if not is_known]


def known_word_rate(text: str, known_hashes: np.ndarray) -> float:
    """Fraction of the words of a text that are in the training text, as `out_of_vocabulary_words` counts them."""
    return 1 - len(out_of_vocabulary_words(text, known_hashes)) / max(1, len(words(text)))


def word_hashes(text_words: Sequence[str]) -> np.ndarray:
    """(n,) uint32, the CRC-32 of each word: enough to test for a word, without storing the text."""
    return np.array([zlib.crc32(word.encode()) for word in text_words], "uint32")


def known_words(text: str, known_hashes: np.ndarray) -> np.ndarray:
    """For each word of a text, whether it is in the training text: (n,) bool. known_hashes: (m,) uint32."""
    return np.isin(word_hashes(words(text)), known_hashes)


def ngram_repetition_rate(text: str, n: int = 12) -> float:
    """Fraction of the character n-grams of a text that occurred before in it; 0 for a text shorter than n."""
    ngrams = [text[k : k + n] for k in range(len(text) - n + 1)]
    return 1 - len(set(ngrams)) / len(ngrams) if ngrams else 0.0
