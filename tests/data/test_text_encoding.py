"""The encoding of a text file: detection in many languages, damaged files, byte order marks."""

import codecs

import pytest

from genmodels.data import text_encoding

FRENCH = "Où sont passés les élèves ? « Ils sont déjà à la forêt », répondit le maître, l’air naïf.\n"
TEXTS = {  # our own words
    "French": (FRENCH, ["cp1252", "mac_roman"]),
    "German": ("Über der Brücke lag Nebel. Die Straße führte an den Häusern vorbei zur größten Mühle.\n", ["cp1252"]),
    "Spanish": ("La niña salió al jardín. ¿Quién había dejado abierta la puerta? Su corazón latía.\n", ["cp1252"]),
    "English": ("It’s a “smart” quote – and the reader asks: “what is this?” It isn’t hard.\n", ["cp1252"]),
    "cafe": ("One day a café opened at the end of the road, and everybody came.\n", ["cp1252", "mac_roman", "cp850"]),
    "Polish": (
        "Wieczorem wszyscy usiedli przy stole. Babcia opowiadała, jak dawniej żyło się na wsi: zimą śnieg sięgał "
        "okien, a latem łąki pachniały świeżym sianem.\n",
        ["cp1250", "iso8859_2"],
    ),
    "Hungarian": (
        "Az idős nő a kertből jött, és gyümölcsöt hozott. Először nem szólt, csak ült a székben. A fűben egy kisfiú "
        "játszott, ő is hallgatott.\n",
        ["cp1250"],
    ),
    "Turkish": (
        "Çocuklar okuldan çıkınca doğruca deniz kıyısına koşardı. Yaşlı balıkçı ağlarını onarırken onlara eski "
        "günleri anlatırdı.\n",
        ["cp1254"],
    ),
    "Russian": (
        "Старик сидел на берегу и смотрел на воду. Утром пришли дети и попросили его рассказать, как раньше жили "
        "в деревне.\n",
        ["cp1251", "koi8_r", "cp866", "iso8859_5"],
    ),
    "Greek": (
        "Ο γέρος καθόταν στην ακτή και κοίταζε τη θάλασσα. Το πρωί ήρθαν τα παιδιά και του ζήτησαν να τους μιλήσει.\n",
        ["cp1253"],
    ),
    "Hebrew": ("הזקן ישב על החוף והביט במים. בבוקר באו הילדים וביקשו ממנו לספר להם איך חיו פעם בכפר.\n", ["cp1255"]),
    "Arabic": (
        "جلس الشيخ على الشاطئ ينظر إلى الماء. وفي الصباح جاء الأطفال وطلبوا منه أن يحكي لهم كيف كان الناس.\n",
        ["cp1256"],
    ),
    "Thai": ("ชายชรานั่งอยู่ริมฝั่งและมองดูน้ำ ตอนเช้าเด็กๆมาขอให้เขาเล่าเรื่องชีวิตของคนในหมู่บ้าน\n", ["cp874"]),
    "Chinese": ("老人坐在岸边，望着河水。早晨孩子们来了，请他讲一讲从前村子里的人是怎样生活的。\n", ["gbk"]),
    "traditional": ("老人坐在岸邊，望著河水。早晨孩子們來了，請他講一講從前村子裡的人是怎樣生活的。\n", ["big5"]),
    "Japanese": ("老人は岸に座って、水を見ていた。朝になると子供たちが来て、昔の話を頼んだ。\n", ["cp932", "euc_jp"]),
    "Korean": ("노인은 강가에 앉아 물을 바라보고 있었다. 아침이 되자 아이들이 와서 이야기를 청했다.\n", ["euc_kr"]),
}
CASES = [(language, encoding) for language, (_, encodings) in TEXTS.items() for encoding in encodings]


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_encodings_are_detected_by_the_letters(language, encoding):
    text = TEXTS[language][0] * 4
    data = text.encode(encoding)
    assert text_encoding.decode(data, text_encoding.detect(data)) == (text, 0)
    assert not text_encoding.is_certain(data)


@pytest.mark.parametrize("language", TEXTS)
def test_utf_8_is_detected_in_spite_of_bad_bytes(language):
    text = TEXTS[language][0] * 4
    assert text_encoding.is_certain(text.encode()) and text_encoding.detect(text.encode()) == "utf_8"
    data = text.encode() + b"\xe9 and \xff"
    assert text_encoding.detect(data) == "utf_8" and not text_encoding.is_certain(data)
    assert text_encoding.decode(data, "utf_8") == (f"{text}\ufffd and \ufffd", 2)


@pytest.mark.parametrize(("language", "encoding"), [("Chinese", "gbk"), ("French", "cp1252"), ("Russian", "koi8_r")])
def test_one_bad_byte_does_not_change_a_guess(language, encoding):
    text = TEXTS[language][0] * 40
    data = text.encode(encoding) + b"\xff\n" + text.encode(encoding)
    found, _ = text_encoding.decode(data, text_encoding.detect(data))
    assert found.startswith(text) and found.endswith(text)


def test_letters_far_from_the_beginning_are_found():
    data = b"plain words\n" * 20_000 + FRENCH.encode("cp1252")
    assert text_encoding.detect(data) == "cp1252"


def test_a_byte_order_mark_decides():
    for encoding, name in (("utf-8-sig", "utf_8_sig"), ("utf-16", "utf_16"), ("utf-32", "utf_32")):
        data = FRENCH.encode(encoding)
        assert text_encoding.detect(data) == name and text_encoding.is_certain(data)
        assert text_encoding.decode(data, name) == (FRENCH, 0)
    assert text_encoding.detect(codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be")) == "utf_16"


def test_emoji_of_two_surrogates_are_joined():
    pair = "😀".encode("utf-16-be")
    cesu = b"".join(chr(int.from_bytes(pair[k : k + 2], "big")).encode("utf-8", "surrogatepass") for k in (0, 2))
    data = b"a smile " + cesu + b" here"
    assert text_encoding.decode(data, text_encoding.detect(data)) == ("a smile 😀 here", 0)
    assert text_encoding.decode(cesu[:3], "utf_8") == ("\ufffd" * 3, 3)  # one alone is invalid


def test_the_replacement_character_of_the_file_itself_is_not_counted():
    assert text_encoding.decode("é\ufffd".encode() + b"\xff", "utf_8") == ("é\ufffd\ufffd", 1)


@pytest.mark.parametrize("data", [b"", b"\xff", bytes(range(256)) * 4, b"\x80" * 300, bytes(100)])
def test_anything_has_an_encoding(data):
    text_encoding.decode(data, text_encoding.detect(data))


def test_every_encoding_of_the_list_exists():
    assert len({codecs.lookup(name).name for name in text_encoding.ENCODINGS}) == len(text_encoding.ENCODINGS)
