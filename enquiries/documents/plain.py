"""Text and tables of text: nothing but characters that people read, and no cell that a program would work out."""

import csv
import io
import re
from typing import IO

from enquiries.documents.names import ending_of
from enquiries.exceptions import DocumentRefused

_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_OTHER_KINDS = re.compile(r"\s*(<(!doctype|html|svg|script|\?xml|\?php|!--)|#!|\{\\rtf)", re.IGNORECASE)
_FORMULA = re.compile(r"\s*([=@]|[+-][^|!]*[|!(])")


def kind_of(file: IO[bytes]) -> str:
    text = _text(file.read())
    kind = ending_of(getattr(file, "name", "") or "")
    if _CONTROL.search(text) or _OTHER_KINDS.match(text):
        raise DocumentRefused("The selected file has the ending of a text, but is something else. Save it as PDF.")
    if kind == "csv":
        _refuse_formulas(text)
    return kind


def _text(content: bytes) -> str:
    """In UTF-8, or as Windows writes it."""
    for charset in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    raise DocumentRefused("We cannot read this text. Save it as UTF-8, or as PDF.")


def _refuse_formulas(text: str) -> None:
    """Whoever opens it would run them."""
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            if any(_FORMULA.match(cell) for cell in row):
                raise DocumentRefused("This table has formulas in it. Save it as .xlsx, or without formulas.")
    except csv.Error as wrong:
        raise DocumentRefused("We cannot read this table. Save it as .xlsx or as PDF.") from wrong
