"""What is done to text before anything else looks at it. All of it is quick on hostile input: callers bound lengths."""

import re
import unicodedata

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0"
_INVISIBLE = str.maketrans(dict.fromkeys(BIDI + ZERO_WIDTH))
# Joiners belong to names in Persian and Sinhala, and to emoji: they stay between two characters beyond ASCII.
_LOOSE_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
_NEWLINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_WORDS = re.compile(r"[^\W_]+")


def storable(text: str) -> bool:
    """Whether every database takes it: no NUL, no half of a surrogate pair."""
    return not _UNSTORABLE.search(text)


def made_storable(text: str) -> str:
    """The text with what no database takes replaced by a mark."""
    return _UNSTORABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The text as one line: spaces and line breaks collapsed, controls and invisible marks gone, composed (NFC)."""
    visible = _LOOSE_JOINER.sub("", text.translate(_INVISIBLE))
    return unicodedata.normalize("NFC", " ".join(_CONTROL.sub(" ", visible).split()))


def many_lines(text: str) -> str:
    """The text with plain line feeds and without controls; otherwise as it was typed."""
    return _CONTROL.sub("", _NEWLINE.sub("\n", text))


def narrow(text: str) -> str:
    """Full-width letters and digits as plain ones (NFKC), on one line. For codes and numbers, not for names."""
    return one_line(unicodedata.normalize("NFKC", text))


_QUOTES = str.maketrans("\u2018\u2019\u02bc", "'''")


def fold(text: str) -> str:
    """Text to search in and by: one line, small letters, no accents, plain quotes. Folding twice changes nothing."""
    if text.isascii():
        return one_line(made_storable(text).lower())
    plain = unicodedata.normalize("NFKD", made_storable(text).translate(_QUOTES)).casefold()
    letters = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    return one_line(letters).strip()


def whole_words(text: str) -> str:
    """The words of a text, folded, each with spaces around it: what is found in this is found as whole words."""
    words = " ".join(_WORDS.findall(fold(text)))
    return f" {words} "
