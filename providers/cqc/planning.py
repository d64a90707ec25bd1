"""Compares a file with what is stored, and writes down what would change. Nothing is locked or changed meanwhile."""

import datetime as dt
import json
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

from django.utils import timezone

from providers.cqc.headings import headed
from providers.cqc.layouts import Kind, Layout
from providers.cqc.odd import Oddities
from providers.cqc.records import Found, Reader
from providers.cqc.rows import Row
from providers.cqc.service_types import plain
from providers.cqc.values import Days
from providers.exceptions import FileRefused
from providers.models import DirectoryImport, RegisteredLocation
from providers.signals import DirectoryChanges

AT_ONCE = 500
WRITTEN = [one.attname for one in RegisteredLocation._meta.concrete_fields if not one.primary_key]
_COMPARED = [name for name in WRITTEN if name != "search_text"]

T = TypeVar("T")
Told = Callable[[], None]


@dataclass
class Plan:
    """What importing a file would do. The rows to write lie in a file of their own: their number does not matter."""

    layout: Layout
    reader: Reader
    to_write: IO[str]
    after: int  # the import that it was made after
    produced_on: dt.date | None = None
    before: int = 0
    added: int = 0
    changed: int = 0
    seen: set[str] = field(default_factory=set)
    apart: dict[str, int] = field(default_factory=dict)  # locations without an overall rating so far, and their line
    changes: DirectoryChanges = field(default_factory=DirectoryChanges)

    @property
    def odd(self) -> Oddities:
        return self.reader.odd

    @property
    def removed(self) -> int:
        return len(self.changes.removed)

    def rows(self) -> Iterator[RegisteredLocation]:
        """What is to be written, added and changed ones alike."""
        self.to_write.seek(0)
        for line in self.to_write:
            yield RegisteredLocation(**json.loads(line))


def last_import() -> int:
    return DirectoryImport.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def newer_import(made: Plan) -> DirectoryImport | None:
    """A file of the same kind that was imported before and is of a later day."""
    imports = DirectoryImport.objects.filter(kind=made.layout.kind)
    return imports.filter(produced_on__gt=made.produced_on).first() if made.produced_on else None


@contextmanager
def planned(rows: Generator[Row, None, None], told: Told, *, months_first: bool = False) -> Iterator[Plan]:
    with closing(rows), TemporaryFile("w+", encoding="utf-8") as to_write:
        heading, produced_on, below = headed(rows)
        reader = Reader(heading, Days(timezone.localdate(), months_first=months_first))
        made = Plan(heading.layout, reader, to_write, last_import())
        _fill(made, reader.read(below), told)
        made.produced_on = produced_on or reader.days.newest
        yield made


def _fill(made: Plan, found: Iterator[Found], told: Told) -> None:
    may_change_facts = _may_change_facts(made.layout.kind)
    for batch in batches(found):
        _compare(made, batch, may_change_facts=may_change_facts)
        told()
    _finish(made)


def batches(things: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(things)
    while batch := list(islice(iterator, AT_ONCE)):
        yield batch


def _may_change_facts(kind: Kind) -> bool:
    """Ratings have old addresses. They say what a location is only as long as no other file has."""
    return kind != Kind.RATINGS or not DirectoryImport.objects.exclude(kind=Kind.RATINGS).exists()


def _compare(made: Plan, batch: list[Found], *, may_change_facts: bool) -> None:
    ids = [found.cqc_location_id for found in batch]
    stored = {row.cqc_location_id: row for row in RegisteredLocation.objects.filter(cqc_location_id__in=ids)}
    for found in batch:
        number = found.cqc_location_id
        if not found.is_overall:
            made.apart.setdefault(number, found.line)
        elif number in made.seen:
            made.odd.note("location ID that came before; only its first line counts", found.line)
        else:
            made.seen.add(number)
            _one(made, found, stored.get(number), may_change_facts=may_change_facts)


def _one(made: Plan, found: Found, row: RegisteredLocation | None, *, may_change_facts: bool) -> None:
    if row is None:
        made.added += 1
        _write(made, _merged(RegisteredLocation(cqc_location_id=found.cqc_location_id), found, facts=True))
        return
    before = _values(row)
    after = _values(_merged(row, found, facts=may_change_facts))
    if before != after:
        made.changed += 1
        _write(made, row)
        _note_changes(made.changes, before, after)


def _merged(row: RegisteredLocation, found: Found, *, facts: bool) -> RegisteredLocation:
    """An older rating never takes the place of a newer one."""
    for name, value in found.facts.items() if facts else ():
        setattr(row, name, value)
    is_newer = not (row.rated_on and found.rated_on and found.rated_on < row.rated_on)
    if found.rating and is_newer:
        row.rating, row.rated_on = found.rating, found.rated_on
    row.search_text = row.searched
    return row


def _note_changes(changes: DirectoryChanges, before: dict[str, Any], after: dict[str, Any]) -> None:
    number = after["cqc_location_id"]
    if any(plain(before[name]) != plain(after[name]) for name in ("address", "postcode")):
        changes.moved.add(number)
    if before["cqc_provider_id"] != after["cqc_provider_id"]:
        changes.sold.add(number)


def _values(row: RegisteredLocation) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COMPARED}


def _write(made: Plan, row: RegisteredLocation) -> None:
    values = {name: getattr(row, name) for name in WRITTEN}
    made.to_write.write(json.dumps(values, default=dt.date.isoformat) + "\n")


def _finish(made: Plan) -> None:
    """What can be said only at the end: which locations are gone, and which were named without being described."""
    for number, line in made.apart.items():
        if number not in made.seen:
            made.odd.note("location without an overall rating, left out", line)
    if not made.seen:
        raise FileRefused("The file names no location. The data are as they were.")
    made.before = RegisteredLocation.objects.count()
    if made.layout.is_whole:
        ids = RegisteredLocation.objects.order_by().values_list("cqc_location_id", flat=True)
        made.changes.removed.update(number for number in ids.iterator() if number not in made.seen)
