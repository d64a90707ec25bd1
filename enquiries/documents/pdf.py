"""PDF: refused where it has a password, or runs scripts or programs. It is never rewritten: a form stays as filled in.

Scripts hide in packed parts, so every part that can be unpacked is looked into, within a bound. A part that may hold
objects and is packed in another way than programs do it is refused too.
"""

import re
import zlib
from collections.abc import Iterator
from typing import IO

from enquiries.exceptions import DocumentRefused

MOST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 20_000
CHUNK = 1024 * 1024
OVERLAP = 64  # longer than any name that is looked for, with all its letters written as codes
LONGEST_DICTIONARY = 4096
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PART = re.compile(rb"stream\r?\n")
_FILTERS = re.compile(rb"/(\w+Decode|Fl|LZW|AHx|A85|RL|Crypt)\b")
_INDIRECT_FILTER = re.compile(rb"/Filter\s+\d+\s+\d+\s+R")
ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA ", b"/XFA[")
ACTIVE_WORDS = (
    "This PDF has scripts or other files in it, which we do not take. Print it to a new PDF and choose that one."
)
TOO_LARGE = "This PDF is too large when it is unpacked. Print it to a new PDF with fewer pages."


def kind_of(file: IO[bytes]) -> str:
    content = file.read()
    if b"%%EOF" not in content[-2048:]:
        raise DocumentRefused("This PDF is damaged or not complete. Save it again and choose the new file.")
    if b"/Encrypt" in _names(content):
        raise DocumentRefused("This PDF has a password or other protection. Save it without and choose that file.")
    _refuse_active(content)
    left = MOST_UNPACKED
    for number, part in enumerate(_PART.finditer(content)):
        _refuse_odd_packing(content[max(0, part.start() - LONGEST_DICTIONARY) : part.start()])
        left -= _look_into(memoryview(content)[part.end() :], left)
        if left <= 0 or number > MOST_PARTS:
            raise DocumentRefused(TOO_LARGE)
    return "pdf"


def _names(content: bytes) -> bytes:
    """Names may be written with codes for letters: /J#61vaScript."""
    return _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), content)


def _refuse_active(content: bytes) -> None:
    names = _names(content)
    if any(name in names for name in ACTIVE):
        raise DocumentRefused(ACTIVE_WORDS)


def _look_into(packed: memoryview, most: int) -> int:
    """How large a part is when it is unpacked, at most a little more than `most`."""
    size, before = 0, b""
    for piece in _unpacked(packed):
        _refuse_active(before + piece)
        size, before = size + len(piece), piece[-OVERLAP:]
        if size > most:
            break
    return size


def _unpacked(packed: memoryview) -> Iterator[bytes]:
    """A part piece by piece; as far as it can be unpacked, which pictures cannot."""
    unpacking = zlib.decompressobj()
    try:
        for start in range(0, len(packed), CHUNK):
            waiting: bytes | memoryview = packed[start : start + CHUNK]
            while waiting and not unpacking.eof:
                yield unpacking.decompress(waiting, CHUNK)
                waiting = unpacking.unconsumed_tail
            if unpacking.eof:
                return
    except zlib.error:
        return


def _refuse_odd_packing(before: bytes) -> None:
    """Objects that are packed twice, or in a way that we do not look into."""
    dictionary = _names(before[before.rfind(b"obj") :])
    if b"/ObjStm" not in dictionary:
        return
    filters = _FILTERS.findall(dictionary)
    if _INDIRECT_FILTER.search(dictionary) or len(filters) > 1 or set(filters) - {b"FlateDecode", b"Fl"}:
        raise DocumentRefused(ACTIVE_WORDS)
