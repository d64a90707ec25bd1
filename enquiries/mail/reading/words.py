"""Coded words and character sets: bytes of any sort become text that can be stored and shown."""

import base64
import binascii
import codecs
import quopri
import re

from careportal.kit.cleaning import made_storable, one_line

MOST_VALUE = 8_000  # of one line of the head
_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?]*)\?=")
# Others are no character sets of mails: some of Python's codecs cost time without end, or run what they decode.
_CHARSET = re.compile(
    r"utf-?(8|16|32|7)|ascii|latin|iso8859|cp\d+|koi8|mac|gb|big5|shift_jis|euc_|iso2022|hz|johab|tis", re.ASCII
)


def line(value: str) -> str:
    """A line of the head as people read it: decoded, on one line, without invisible signs."""
    return one_line(made_storable(decoded(value)))


def decoded(value: str) -> str:
    """With its coded words in plain. Words beside each other are one, also where a letter was split between them."""
    text, at = _unescaped(value[:MOST_VALUE]), 0
    said: list[tuple[str, bytes]] = []
    for word in _WORD.finditer(text):
        between = text[at : word.start()]
        if between.strip() or not said:
            said.append(("", between.encode("utf-8", "surrogatepass")))
        _add(said, word[1].lower(), _content(word[2], word[3]))
        at = word.end()
    said.append(("", text[at:].encode("utf-8", "surrogatepass")))
    return "".join(text_of(content, charset or "utf-8") for charset, content in said)


def text_of(content: bytes, charset: str) -> str:
    """Bytes as text. An unknown or wrong character set costs some letters, and nothing else."""
    if known := _codec(charset):
        try:
            return content.decode(known)
        except (UnicodeError, ValueError):
            pass
    try:
        return content.decode("utf-8")
    except UnicodeError:
        return content.decode("cp1252", "replace")


def _codec(charset: str) -> str:
    try:
        name = codecs.lookup(charset[:40]).name
    except (LookupError, ValueError):
        return ""
    return name if _CHARSET.match(name) else ""


def _add(said: list[tuple[str, bytes]], charset: str, content: bytes) -> None:
    if said and said[-1][0] == charset:
        content = said.pop()[1] + content
    said.append((charset, content))


def _content(coding: str, text: str) -> bytes:
    raw = text.encode("ascii", "replace")
    if coding in "qQ":
        return quopri.decodestring(raw, header=True)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return raw


def _unescaped(value: str) -> str:
    """What stood there in 8 bits, which Python keeps as halves of surrogate pairs."""
    flat = value.replace("\r", "").replace("\n", "")
    return text_of(flat.encode("utf-8", "surrogateescape"), "utf-8") if not flat.isascii() else flat
