"""Rows of an OpenDocument workbook, read as its XML comes, so that its size does not matter."""

from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from providers.cqc.rows import MOST_CELLS, NOT_AS_PUBLISHED, Row, too_large
from providers.exceptions import FileRefused

_TABLE, _TEXT, _OFFICE = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{part}:1.0}}" for part in ("table", "text", "office")
)
MOST_REPEATED = 1000  # of a row that holds something


def rows(content: IO[bytes]) -> Iterator[Row]:
    sheet, line = Element("none"), 0
    for event, element in iterparse(content, events=("start", "end"), forbid_dtd=True):
        if event == "start" and element.tag == f"{_TABLE}table":
            sheet, line, name = element, 0, element.get(f"{_TABLE}name") or "Sheet"
        elif event == "end" and element.tag == f"{_TABLE}table-row":
            repeated = _number(element, "rows")
            cells = _cells(element, line + 1)
            if cells and repeated > MOST_REPEATED:
                raise too_large(line + 1)
            for more in range(repeated if cells else 0):
                yield Row(name, line + 1 + more, list(cells))
            line += repeated
            sheet.clear()


def _cells(row: Element, line: int) -> list[str]:
    """The texts up to the last that is there. Sheets end in thousands of repeated cells with nothing in them."""
    cells: list[str] = []
    empty = 0
    for cell in row:
        text, repeated = _value(cell, line), _number(cell, "columns")
        if not text:
            empty += repeated
            continue
        if len(cells) + empty + repeated > MOST_CELLS:
            raise too_large(line)
        cells += [""] * empty + [text] * repeated
        empty = 0
    return cells


def _value(cell: Element, line: int) -> str:
    if cell.get(f"{_TABLE}formula"):
        raise FileRefused(f"Row {line:,} holds a formula. {NOT_AS_PUBLISHED}")
    kind = cell.get(f"{_OFFICE}value-type")
    if kind == "date":
        return cell.get(f"{_OFFICE}date-value", "")
    if kind == "float":
        return cell.get(f"{_OFFICE}value", "").removesuffix(".0")
    return "\n".join(_text(part) for part in cell if part.tag == f"{_TEXT}p")


def _text(part: Element) -> str:
    """Repeated spaces, tabs and line breaks are elements of their own; each reads as a space."""
    inner = (" " if child.tag in _GAPS else _text(child) for child in part)
    return "".join([part.text or "", *(text + (child.tail or "") for text, child in zip(inner, part, strict=True))])


_GAPS: set[Any] = {f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"}


def _number(element: Element, what: str) -> int:
    return max(1, int(element.get(f"{_TABLE}number-{what}-repeated", "1")[:9]))
