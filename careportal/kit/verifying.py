"""Reading the chains again: was a row changed, removed, slipped in or moved by anything but the portal?

What it cannot find: what somebody does who has SECRET_KEY; rows taken away before they were sealed, within the first
half minute; and a whole database, the ends of its chains included, that was put back to an earlier day.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from careportal.kit.chain import Chained, may_be_unmarked, tables
from careportal.kit.models import Chain

SOON = dt.timedelta(minutes=10)


@dataclass
class Verdict:
    """What was found in one table. `problems` names rows in plain words."""

    table: str
    sealed: int = 0
    unsealed: int = 0
    problems: list[str] = field(default_factory=list)


def verify_all() -> list[Verdict]:
    begun = Chain.objects.exists()
    return [verify(model, begun=begun) for model in tables()]


def verify(model: type[Chained], *, begun: bool = True) -> Verdict:
    """`begun` says that chains exist: then every table has one."""
    chain = Chain.objects.filter(table=model._meta.label).first()
    verdict = Verdict(model._meta.label)
    verdict.problems += _end(chain, begun=begun)
    verdict.problems += _rows(model, chain, verdict)
    verdict.problems += _beyond(model)
    verdict.problems += _unsealed(model, chain, verdict)
    return verdict


def _end(chain: Chain | None, *, begun: bool) -> Iterator[str]:
    if chain is None and begun:
        yield "the end of its chain is missing: rows may be missing too"
    elif chain and not chain.is_as_it_was:
        yield "the end of its chain was changed"


def _rows(model: type[Chained], chain: Chain | None, verdict: Verdict) -> Iterator[str]:
    """One number after the other. A row that is wrong is named, and the next is compared with what it says."""
    last, before = (chain.number, chain.seal) if chain else (0, "")
    expected, after = 1, ""
    sealed = model._base_manager.filter(number__lte=last).order_by("number")
    for row in sealed.iterator(chunk_size=1000):
        verdict.sealed += 1
        number: int = row.number  # type: ignore[assignment]
        if number != expected:
            yield _missing(expected, number - 1)
        elif not row.is_sealed(after=after):
            yield f"row {row.pk} (number {number}) was changed, moved or put in"
        expected, after = number + 1, row.seal
    if expected <= last:
        yield _missing(expected, last)
    elif after != before:
        yield f"number {last} is not the row that was sealed last"


def _missing(first: int, last: int) -> str:
    return f"number {first} is missing" if first == last else f"numbers {first} to {last} are missing"


def _beyond(model: type[Chained]) -> Iterator[str]:
    """Rows with a number that was never given. The end is looked up afterwards: sealing goes on meanwhile."""
    numbered = model._base_manager.exclude(number=None).order_by("-number").values_list("number", flat=True)
    highest = numbered.first() or 0
    given = Chain.objects.filter(table=model._meta.label).values_list("number", flat=True).first() or 0
    if highest > given:
        yield f"there are rows up to number {highest}, but numbers were given up to {given} only"


def _unsealed(model: type[Chained], chain: Chain | None, verdict: Verdict) -> Iterator[str]:
    rows: Any = model._base_manager.filter(number=None).order_by("pk")
    old = 0
    for row in rows.iterator(chunk_size=1000):
        verdict.unsealed += 1
        if not row.is_marked and (row.seal or (chain and not may_be_unmarked(chain))):
            yield f"row {row.pk} was put in or changed before it was sealed"
        elif row.at < timezone.now() - SOON:
            old += 1
    if old:
        yield f"{old} not sealed after ten minutes: the job that seals does not run, or not well"
