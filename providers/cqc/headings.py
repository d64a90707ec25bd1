"""Finds the heading of a file, and with it which file it is. What stands above the heading may tell its date."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from providers.cqc.layouts import LAYOUTS, Kind, Layout
from providers.cqc.rows import NOT_AS_PUBLISHED, Row
from providers.cqc.service_types import plain
from providers.exceptions import FileRefused

WITHIN = 40  # rows of a sheet
_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
_PRODUCED = re.compile(
    rf"produced on\D{{0,20}}(\d{{1,2}})(?:st|nd|rd|th)? ({'|'.join(_MONTHS)}) (\d{{4}})", re.IGNORECASE
)


@dataclass(frozen=True)
class Heading:
    """Where in a row each of our columns is."""

    layout: Layout
    width: int
    places: dict[str, int]
    one_hot: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    @property
    def missing(self) -> set[str]:
        return set(self.layout.required) - self.places.keys() - self.one_hot.keys()

    @property
    def found(self) -> int:
        return len(self.places) + len(self.one_hot)

    def has(self, *columns: str) -> bool:
        return any(column in self.places or column in self.one_hot for column in columns)


class Headed(NamedTuple):
    heading: Heading
    produced_on: dt.date | None
    rows: Iterator[Row]


def headed(rows: Iterator[Row]) -> Headed:
    """The heading, and the rows of its sheet that follow it."""
    seen: Counter[str] = Counter()
    produced_on, nearest = None, None
    for row in rows:
        seen[row.sheet] += 1
        if seen[row.sheet] > WITHIN:
            continue
        produced_on = produced_on or _day_in(row.cells)
        heading = _heading(row.cells)
        if heading and not heading.missing:
            return Headed(heading, produced_on, _of_sheet(row.sheet, rows))
        nearest = nearest or heading
    raise _refusal(nearest)


def _of_sheet(sheet: str, rows: Iterator[Row]) -> Iterator[Row]:
    return takewhile(lambda row: row.sheet == sheet, rows)


def _heading(cells: list[str]) -> Heading | None:
    """The layout that most of these cells belong to, complete ones first. None if they are no heading at all."""
    headings = [_as(layout, cells) for layout in LAYOUTS]
    best = max(headings, key=lambda one: (not one.missing, one.found))
    return best if best.found > 3 else None


def _as(layout: Layout, cells: list[str]) -> Heading:
    names = [plain(cell) for cell in cells]
    places = {
        column: next(names.index(name) for name in known if name in names)
        for column, known in layout.columns.items()
        if set(known) & set(names)
    }
    one_hot = {column: list(_one_hot(prefix, cells)) for column, prefix in layout.one_hot.items()}
    return Heading(layout, len(cells), places, {column: found for column, found in one_hot.items() if found})


def _one_hot(prefix: str, cells: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Some names hold a second " - ", so the first one ends the prefix."""
    for place, cell in enumerate(cells):
        first, dash, name = cell.partition(" - ")
        if dash and plain(first) == prefix:
            yield place, name.strip()


def _day_in(cells: list[str]) -> dt.date | None:
    found = _PRODUCED.search(" ".join(cells)[:2000])
    if not found:
        return None
    try:
        return dt.date(int(found[3]), _MONTHS.index(found[2].capitalize()) + 1, int(found[1]))
    except ValueError:
        return None


def _refusal(nearest: Heading | None) -> FileRefused:
    if nearest is None:
        known = ", ".join(Kind(layout.kind).label for layout in LAYOUTS)
        return FileRefused(f"This is none of the Commission’s files that are known here ({known}). {NOT_AS_PUBLISHED}")
    missing = ", ".join(nearest.layout.columns.get(one, (one,))[0] for one in sorted(nearest.missing))
    return FileRefused(
        f"This looks like “{Kind(nearest.layout.kind).label}”, but has no column for: {missing}. {NOT_AS_PUBLISHED}"
    )
