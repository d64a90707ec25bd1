"""Tables as files for spreadsheet programs: CSV and XLSX, row by row, in which no text is ever taken for a formula.

In an XLSX file every text is typed as a text, so it stands there as it is. A CSV file has no types: a text that a
program would take for a formula begins with an apostrophe there, which programs show, and so is a text. Amounts such
as -12.50 and telephone numbers with spaces such as +44 20 7946 0958 hold nothing to work out and stay as they are.
"""

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import IO, Any, Protocol

import xlsxwriter
from django.utils import timezone

from careportal.kit import cleaning

Cell = str | int | float | Decimal | bool | dt.date | dt.datetime | None

FORMULA_SIGNS = "=+-@|%"
_HARMLESS = re.compile(r"-[0-9]+([.,][0-9]+)*|\+[0-9]+( [0-9]+)+")
_BEFORE_A_FORMULA = re.compile(f"^[\\s\x00-\x20{cleaning.BIDI}{cleaning.ZERO_WIDTH}\u200c\u200d]+")
_NO_WORDS = re.compile(r"[\W_]+")
LONGEST_CELL = 32_767
CUT = " … (cut here: it is longer than a cell can be)"


class TableFile(Protocol):
    """A file that takes one row after the other. It is complete only once it is closed."""

    def add(self, row: Sequence[Cell]) -> None: ...

    def close(self) -> None: ...


def formula_safe(text: str) -> str:
    """The text for a CSV file: with an apostrophe before it when a spreadsheet program might work it out."""
    if _HARMLESS.fullmatch(text):
        return text
    visible = unicodedata.normalize("NFKC", _BEFORE_A_FORMULA.sub("", text)[:1])
    return f"'{text}" if visible[:1] in tuple(FORMULA_SIGNS) or text[:1] in tuple("\t\r\n") else text


class CsvFile:
    """UTF-8 with the mark by which Excel knows it; commas; lines end as RFC 4180 has it."""

    media_type = "text/csv; charset=utf-8"

    def __init__(self, file: IO[bytes], header: Sequence[str], **_: Any) -> None:
        self._text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self._rows = csv.writer(self._text)
        self.add(header)

    def add(self, row: Sequence[Cell]) -> None:
        self._rows.writerow([_in_csv(cell) for cell in row])

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


class XlsxFile:
    """One sheet. Rows leave memory as they come; what waits to be packed lies in `folder`, which is the caller's."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, file: IO[bytes], header: Sequence[str], *, title: str = "Sheet", folder: Path) -> None:
        options = {"constant_memory": True, "tmpdir": str(folder), "default_date_format": "yyyy-mm-dd"}
        self._book = xlsxwriter.Workbook(file, options)
        self._book.set_properties({"author": "", "comments": ""})
        self._moments = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._sheet = self._book.add_worksheet(sheet_name(title))
        self._next = 0
        self.add(header)
        self._sheet.freeze_panes(1, 0)

    def add(self, row: Sequence[Cell]) -> None:
        for column, cell in enumerate(row):
            self._write(column, cell)
        self._next += 1

    def close(self) -> None:
        self._book.close()

    def _write(self, column: int, cell: Cell) -> None:
        if isinstance(cell, str):
            self._sheet.write_string(self._next, column, _short(cleaning.made_storable(cell)))
        elif isinstance(cell, dt.datetime):
            self._sheet.write_datetime(self._next, column, _here(cell), self._moments)
        elif isinstance(cell, dt.date):
            self._sheet.write_datetime(self._next, column, cell)
        elif isinstance(cell, bool):
            self._sheet.write_string(self._next, column, _yes_or_no(cell))
        elif cell is not None:
            self._sheet.write_number(self._next, column, cell)


FORMATS: dict[str, type[CsvFile] | type[XlsxFile]] = {"csv": CsvFile, "xlsx": XlsxFile}


def sheet_name(text: str) -> str:
    """The text as the name of a sheet: its words, as far as there is room."""
    return _NO_WORDS.sub(" ", unicodedata.normalize("NFKC", text)).strip()[:31].strip() or "Sheet"


def file_name(text: str, ending: str) -> str:
    """The text as a file name that is plain on every system: letters, digits, hyphens, and the ending."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return f"{_NO_WORDS.sub('-', plain).strip('-')[:80].lower() or 'export'}.{ending}"


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A small table as a whole file."""
    table = CsvFile(file := BytesIO(), header)
    for row in rows:
        table.add(row)
    table.close()
    return file.getvalue()


def _in_csv(cell: Cell) -> str | int | float | Decimal:
    if isinstance(cell, str):
        return formula_safe(cleaning.made_storable(cell))
    if isinstance(cell, bool):
        return _yes_or_no(cell)
    if isinstance(cell, dt.datetime):
        return f"{_here(cell):%Y-%m-%d %H:%M}"
    return "" if cell is None else cell.isoformat() if isinstance(cell, dt.date) else cell


def _here(moment: dt.datetime) -> dt.datetime:
    """The moment as clocks show it here, without a zone: spreadsheets know none."""
    return timezone.localtime(moment).replace(tzinfo=None) if timezone.is_aware(moment) else moment


def _yes_or_no(value: bool) -> str:
    return "Yes" if value else "No"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT
