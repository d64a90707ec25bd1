"""Spreadsheets of referrals: the one that a partner takes away, and the one that comes back with outcomes filled in.

What comes back is read as the directory of the Commission is, with the same guards and much smaller limits (EX6).
"""

import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple

from django.utils.dateparse import parse_date

from careportal.kit.cleaning import one_line
from careportal.kit.exports import Cell
from enquiries import sharing
from enquiries.exceptions import Refused
from enquiries.models import Interest
from programmes.models import SharedField
from providers.cqc import files
from providers.cqc.rows import NOT_AS_PUBLISHED, Row
from providers.exceptions import FileRefused

MOST_BYTES, MOST_UNPACKED, MOST_ROWS, MOST_CELLS = 2 * 1024**2, 8 * 1024**2, 1000, 60
ADVICE = "Fill in the file that you downloaded here, save it as CSV (UTF-8), XLSX or ODS, and send it again."
KEYS = ("Reference", "Programme", "Site")
ASKED = ("Outcome", "Date", "Group", "Reason")
SHARED = [str(field.label) for field in SharedField if field != SharedField.ANSWERS]


class SheetRefused(Refused):
    """A file that is not read at all."""


class Line(NamedTuple):
    """A row of the file that says an outcome, as it was typed."""

    line: int
    reference: str
    programme: str
    site: str
    outcome: str
    date: str
    group: str
    reason: str


def table(interests: Iterable[Interest]) -> tuple[list[str], Iterator[list[Cell]]]:
    """The heading, and a row for each referral: of it only what its sharing rule allows."""
    header = [*KEYS, "State", "Acknowledge by", *SHARED, "Answers", *ASKED]
    return header, (_row(interest) for interest in interests)


def _row(interest: Interest) -> list[Cell]:
    codes = interest.shared_fields if interest.is_shared else []
    told = dict(sharing.shared(interest, [code for code in codes if code != SharedField.ANSWERS]))
    answers = interest.answers if SharedField.ANSWERS in codes else []
    said = "\n".join(f"{question}: {answer}" for question, answer in answers)
    first: list[Cell] = [interest.enquiry.reference, interest.programme_title, told.get("Site", "")]
    shared = [told.get(label, "") for label in SHARED]
    return [*first, interest.get_state_display(), interest.acknowledge_by_on, *shared, said, "", "", "", ""]


def read(file: IO[bytes]) -> list[Line]:
    """The rows with an outcome. Raises SheetRefused."""
    _refuse_bombs(file)
    try:
        return list(_lines(files.rows(file)))
    except FileRefused as refusal:
        raise SheetRefused(f"{_why(refusal)} {ADVICE}") from refusal


def _why(refusal: FileRefused) -> str:
    """In words about this file, and not about one of the Commission's."""
    words = str(refusal).replace(NOT_AS_PUBLISHED, "").strip()
    if "UTF-8" in words:
        return "The file is no spreadsheet that we can read, or its text is not saved as UTF-8."
    return "The file is far too long or too wide." if "Commission" in words else words


def _refuse_bombs(file: IO[bytes]) -> None:
    """No more is unpacked than what the archive says of itself, so that can be looked at before."""
    if file.seek(0, 2) > MOST_BYTES:
        raise SheetRefused(f"The file is larger than 2 MB. {ADVICE}")
    file.seek(0)
    is_archive = file.read(4) == b"PK\x03\x04"
    try:
        size = sum(part.file_size for part in zipfile.ZipFile(file).infolist()) if is_archive else 0
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise SheetRefused(f"The file is damaged. {ADVICE}") from error
    if size > MOST_UNPACKED:
        raise SheetRefused(f"The file is far too large when it is unpacked. {ADVICE}")
    file.seek(0)


def _lines(rows: Iterable[Row]) -> Iterator[Line]:
    columns: dict[str, int] = {}
    sheet = ""
    for count, row in enumerate(rows):
        if count > MOST_ROWS or len(row.cells) > MOST_CELLS:
            raise SheetRefused(f"The file has more than {MOST_ROWS:,} rows or {MOST_CELLS} columns. {ADVICE}")
        if not columns:
            columns, sheet = _headings(row), row.sheet
            continue
        if row.sheet != sheet:  # a second sheet is somebody's own notes
            return
        if _cell(row, columns, "Outcome"):
            yield Line(row.line, *(_cell(row, columns, name) for name in (*KEYS, *ASKED)))


def _headings(row: Row) -> dict[str, int]:
    found = {_plain(cell): number for number, cell in reversed(list(enumerate(row.cells)))}
    missing = [name for name in ("Reference", "Programme", "Outcome") if name.lower() not in found]
    if missing:
        raise SheetRefused(f"The first row has no column called {' or '.join(missing)}. {ADVICE}")
    return {name: found[name.lower()] for name in (*KEYS, *ASKED) if name.lower() in found}


def _cell(row: Row, columns: dict[str, int], name: str) -> str:
    number = columns.get(name, MOST_CELLS)
    return one_line(row.cells[number][:500]).strip().removeprefix("'") if number < len(row.cells) else ""


def _plain(text: str) -> str:
    return one_line(text[:100]).strip().lower()


def day_in(text: str) -> dt.date | None:
    """A day as spreadsheets write it: 2026-11-27, with a time or not, or 27/11/2026. The day comes before the month."""
    try:
        found = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", text, re.ASCII)
        if found:
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        return parse_date(text[:10])
    except ValueError:
        return None
