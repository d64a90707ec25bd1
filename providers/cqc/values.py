"""What stands in a cell, as we keep it. What cannot be read is empty, and noted."""

import datetime as dt
import re
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError

from careportal.kit import cleaning
from careportal.kit.addresses import names_a_host
from careportal.kit.fields import PostcodeField
from providers.cqc.rows import NOT_AS_PUBLISHED
from providers.cqc.service_types import known
from providers.exceptions import FileRefused

Note = Callable[[str], None]

_POSTCODE = PostcodeField(required=False)
_ID = re.compile(r"1-[0-9]{9,11}|[A-Z0-9]{3,6}")  # the short ones are of the NHS
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.ASCII)
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2}|[a-z]{3})/(\d{4})(?: .*)?", re.ASCII | re.IGNORECASE)
_RATINGS = {
    one.lower(): one
    for one in (
        *("Outstanding", "Good", "Requires improvement", "Inadequate"),
        *("Inspected but not rated", "Insufficient evidence to rate", "No published rating"),
    )
}


def line_of_text(cell: str, most: int, what: str, note: Note) -> str:
    """The text on one line, cut where the column ends."""
    if not cleaning.storable(cell):
        note(f"{what} with a character that cannot be stored")
    text = cleaning.one_line(cleaning.made_storable(cell)).strip()
    if len(text) > most:
        note(f"{what} longer than {most} characters, cut")
    return text[:most].strip()


def location_id(cell: str, line: int, note: Note) -> str:
    """A file in which a location has none is torn, or is another."""
    text = cleaning.narrow(cleaning.made_storable(cell)[:200]).strip()
    if not text or len(text) > 20:
        raise FileRefused(
            f"Line {line:,} has no CQC location ID where one must be. {NOT_AS_PUBLISHED} If the Commission’s own file "
            "is like this, take the line out."
        )
    if not _ID.fullmatch(text):
        note("location ID of an unknown form")
    return text


def provider_id(cell: str, note: Note) -> str:
    text = cleaning.narrow(cleaning.made_storable(cell)[:200]).strip()
    if not _ID.fullmatch(text):
        note("provider ID of an unknown form" if text else "no provider ID")
    return text[:20]


def postcode(cell: str, note: Note) -> str:
    try:
        text = _POSTCODE.to_python(cleaning.made_storable(cell))
    except ValidationError:
        note("postcode that cannot be read")
        return ""
    if not text:
        note("no postcode")
    return text


def telephone(cell: str, note: Note) -> str:
    """With the 0 that spreadsheets take away."""
    text = re.sub(r"[^0-9+]", "", cleaning.narrow(cell[:100]).removesuffix(".0"))
    text = re.sub(r"^(\+|00)?44(?=[0-9]{9,10}$)", "0", text)
    if len(text) in {9, 10} and not text.startswith("0"):
        text = f"0{text}"
    if cell.strip() and not re.fullmatch(r"0[0-9]{9,10}", text):
        note("telephone number that cannot be right")
    return text if len(text) <= 20 else ""


def website(cell: str, note: Note) -> str:
    """Only what opens a page: http or https. Without either it is http."""
    text = cleaning.made_storable(cell).strip()
    if not text or text == "-":
        return ""
    url = text if re.match(r"[a-z][a-z0-9+.-]*:(?![0-9])", text, re.IGNORECASE) else f"http://{text}"
    scheme, colon, rest = url.partition(":")
    url = f"{scheme.lower()}{colon}{rest}"
    if len(url) > 500 or "." not in url or not names_a_host(url, {"http", "https"}):
        note("website that is no web address")
        return ""
    return url


def address(cells: Iterable[str]) -> str:
    """Its lines with a comma and a space between, however the file has them."""
    parts = re.split(r"\s*,\s*", ",".join(cells))
    return ", ".join(part for part in (cleaning.one_line(part).strip() for part in parts) if part)


def names(cells: Iterable[str]) -> list[str]:
    """Each once, in the order in which they come."""
    tidy = (cleaning.one_line(cleaning.made_storable(cell)).strip() for cell in cells)
    return list(dict.fromkeys(name for name in tidy if name))


def service_types(cells: Iterable[str], note: Note) -> list[str]:
    """By their names in the directory. One that we do not know keeps the name it has."""
    found = []
    for name in names(cells):
        one = known(name)
        if one is None:
            note("service type that is not known here")
        found.append(one.name if one else name[:200])
    return list(dict.fromkeys(found))


def rating(cell: str, note: Note) -> str:
    text = cleaning.one_line(cleaning.made_storable(cell)).strip()
    if text in {"", "-"}:
        return ""
    if text.lower() not in _RATINGS:
        note("rating that is not known here")
    return _RATINGS.get(text.lower(), text[:40])


class Days:
    """Reads dates in the order that is said for the file. It is never guessed from a date."""

    def __init__(self, today: dt.date, *, months_first: bool = False) -> None:
        self.today, self.months_first = today, months_first
        self.newest: dt.date | None = None

    def read(self, cell: str, line: int, note: Note) -> dt.date | None:
        text = cell.strip()
        if not text:
            return None
        try:
            day = self._day(text, line)
        except ValueError:
            note("date that cannot be read")
            return None
        if day > self.today:
            note("date that is still to come")
            return None
        self.newest = max(self.newest or day, day)
        return day

    def _day(self, text: str, line: int) -> dt.date:
        if found := _ISO.fullmatch(text):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        found = _SLASHES.fullmatch(text)
        if not found:
            raise ValueError(text)
        if not found[2].isdigit():
            return dt.date(int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1]))
        day, month = int(found[1]), int(found[2])
        if self.months_first:
            day, month = month, day
        if month > 12 >= day:
            raise self._wrong_order(line)
        return dt.date(int(found[3]), month, day)

    def _wrong_order(self, line: int) -> FileRefused:
        if self.months_first:
            return FileRefused(f"Line {line:,} has a date with the day first. Import the file without --months-first.")
        return FileRefused(
            f"Line {line:,} has a date with the month first: another program has saved this file again. "
            f"{NOT_AS_PUBLISHED} If you only have this copy, say --months-first."
        )
