"""Rows of an Excel workbook, read as they come."""

import datetime as dt
from collections.abc import Iterator
from typing import IO, Any

import openpyxl

from providers.cqc.rows import NOT_AS_PUBLISHED, Row
from providers.exceptions import FileRefused


def rows(file: IO[bytes]) -> Iterator[Row]:
    book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the sheet says of its own size is not believed
            for line, cells in enumerate(sheet.iter_rows(), 1):
                yield Row(sheet.title, line, _trimmed([_text(cell, line) for cell in cells]))
    finally:
        book.close()


def _trimmed(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: Any, line: int) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise FileRefused(f"Row {line:,} holds a formula. {NOT_AS_PUBLISHED}")
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
