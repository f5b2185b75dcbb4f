"""The encoding of a text file: detected or given, and decoded without losing the rest of a damaged file."""

import codecs
import re

from charset_normalizer import from_bytes

ENCODINGS = {  # Python's name: title. In the order of preference if two are equally likely
    "utf_8": "UTF-8",
    "cp1252": "Western (Windows-1252)",
    "mac_roman": "Western (Mac)",
    "cp850": "Western (DOS 850)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859_2": "Central European (ISO 8859-2)",
    "cp1257": "Baltic (Windows-1257)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8_u": "Cyrillic (KOI8-R, KOI8-U)",
    "cp866": "Cyrillic (DOS 866)",
    "iso8859_5": "Cyrillic (ISO 8859-5)",
    "mac_cyrillic": "Cyrillic (Mac)",
    "cp1253": "Greek (Windows-1253)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "iso8859_6": "Arabic (ISO 8859-6)",
    "cp874": "Thai (Windows-874)",
    "gb18030": "Chinese (GBK, GB 18030)",
    "big5hkscs": "Chinese (Big5)",
    "cp932": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "cp949": "Korean (EUC-KR, CP949)",
    "utf_16_le": "UTF-16 LE",
    "utf_16_be": "UTF-16 BE",
}
_MARKS = {  # UTF-32 before UTF-16, whose mark is a prefix of it
    codecs.BOM_UTF32_LE: "utf_32",
    codecs.BOM_UTF32_BE: "utf_32",
    codecs.BOM_UTF16_LE: "utf_16",
    codecs.BOM_UTF16_BE: "utf_16",
    codecs.BOM_UTF8: "utf_8_sig",
}
_NOT_DETECTED = {"utf_8", "utf_16_le", "utf_16_be", "mac_cyrillic"}  # the last: as cp1251, apart from capital letters
_SAMPLE = 12_000  # bytes, from which an encoding is detected
_WESTERN = frozenset("ÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜßàâäáãåæçéèêëíìîïñóòôöõøœúùûü’‘“”„«»–—…¿¡°§€£·\xa0")
_WRONG_CASE = re.compile("[a-zß-öø-ÿ][À-ÖØ-Þ]|õ(?!e)")  # "cafÉ"; õ (Portuguese: õe) would be Hungarian ő
# Supplementary characters that were written as two surrogates of three bytes each (CESU-8).
_SURROGATE_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")


def is_certain(data: bytes) -> bool:
    """True if the encoding needs no guess: a byte order mark, or valid UTF-8 without NUL bytes."""
    return data.startswith(tuple(_MARKS)) or (b"\0" not in data and not decode(data, "utf_8")[1])


def detect(data: bytes) -> str:
    """The most likely encoding of a text file, as Python's codecs name it.

    A byte order mark decides. UTF-8 with a few bad bytes is UTF-8. Else Western European letters in plausible
    places decide for an encoding of these, and `charset-normalizer` (plausibility of the characters, then frequencies
    of the letters in 40 languages) between the other `ENCODINGS`. Windows-1252 if nothing fits.
    """
    if (mark := next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)) is not None:
        return mark
    text, invalid = decode(data, "utf_8")
    if not invalid or invalid <= sum(c > "\x7f" and c != "\ufffd" for c in text):
        return "utf_8"
    sample = data[:_SAMPLE]
    if len(high := re.findall(rb"[\x80-\xff]", sample)) <= 0.2 * len(sample):
        if not high:  # the bad bytes come later: look at these, and what is around them
            first = next(k for k, byte in enumerate(data) if byte > 0x7F)
            sample = data[max(0, first - 1000) : first + _SAMPLE]
        for encoding in ("cp1252", "mac_roman", "cp850"):
            if _is_western(decode(sample, encoding)[0]):
                return encoding
    scores = {encoding: _score(sample, encoding) for encoding in ENCODINGS if encoding not in _NOT_DETECTED}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] > -1 else "cp1252"


def decode(data: bytes, encoding: str) -> tuple[str, int]:
    """The text, with U+FFFD for what is invalid, and the number of invalid bytes (UTF-8) or characters (others)."""
    if codecs.lookup(encoding).name not in ("utf-8", "utf-8-sig"):
        text = data.decode(encoding, errors="replace")
        return text, text.count("\ufffd")
    data = _SURROGATE_PAIR.sub(lambda pair: _join_surrogates(pair[0]), data)
    # each invalid byte becomes a lone surrogate, so that U+FFFD in the file itself is not counted
    return re.subn("[\udc80-\udcff]", "\ufffd", data.decode(encoding, errors="surrogateescape"))


def _join_surrogates(pair: bytes) -> bytes:
    return pair.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()


def _is_western(text: str) -> bool:
    """True if (nearly) all characters beyond ASCII are Western European letters or punctuation, in plausible places."""
    others = [c for c in text if c > "\x7f"]
    implausible = sum(c not in _WESTERN for c in others) + len(_WRONG_CASE.findall(text))
    return implausible <= len(others) / 12


def _score(sample: bytes, encoding: str) -> float:
    """Letter frequencies of the best language (0 to 1) minus implausible characters; −inf if it cannot be decoded."""
    text, invalid = decode(sample, encoding)
    if invalid > 0.02 * len(text):
        return -float("inf")
    valid = text.replace("\ufffd", "").encode(encoding, errors="ignore")  # charset-normalizer refuses damaged texts
    match = from_bytes(valid, cp_isolation=[encoding], threshold=0.6).best()
    if match is None:
        return -float("inf")
    score = match.coherence - 2 * match.chaos
    others = [c for c in text if c > "\x7f"]
    if encoding in ("cp932", "euc_jp"):  # coherence is low for scripts with thousands of characters
        score += 0.5 * (sum("\u3040" <= c <= "\u30ff" for c in others) > 0.2 * len(others))  # kana
    elif encoding == "cp949":
        score += 0.5 * (sum("\uac00" <= c <= "\ud7a3" for c in others) > 0.8 * len(others))  # Hangul
    elif encoding in ("cp1252", "mac_roman", "cp850"):
        score -= 0.15  # the letters are not those of Western Europe
    elif encoding == "iso8859_2":
        score += 0.02 * (not re.search(rb"[\x80-\x9f]", sample))  # where Windows-1250 has š and ž
    return score
