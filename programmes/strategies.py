"""What is asked about the strategy: work streams by objective and year, and the programmes that carry them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from programmes.models import Objective, Programme, Workstream
from programmes.models.strategy import WorkstreamQuerySet, name_of_year


@dataclass(frozen=True)
class Year:
    """A financial year as it is read, 2016/17, and as it stands in an address, 2016-17."""

    number: int

    def __str__(self) -> str:
        return name_of_year(self.number)

    @property
    def address(self) -> str:
        return str(self).replace("/", "-")


@dataclass(frozen=True)
class Line:
    """An objective with its work streams of each year that the strategy has, the newest first."""

    objective: Objective
    cells: list[tuple[Year, list[Workstream]]]


def public() -> WorkstreamQuerySet:
    """Work streams as the public reads them, the newest first, each with the programmes that are listed."""
    listed = Prefetch("programmes", Programme.objects.listed().order_by("title"), to_attr="listed")
    found = Workstream.objects.by_year().select_related("objective", "lead", "continues", "continued_by")
    return found.prefetch_related("partners", listed)


def side_by_side(objectives: Iterable[Objective], workstreams: Iterable[Workstream]) -> list[Line]:
    """A line for each objective, with the same years in each."""
    found: dict[tuple[int, int], list[Workstream]] = defaultdict(list)
    for one in workstreams:
        found[one.objective_id, one.year].append(one)
    years = [Year(number) for number in sorted({year for _, year in found}, reverse=True)]
    return [Line(each, [(year, found[each.pk, year.number]) for year in years]) for each in objectives]


def year_in(address: str) -> int | None:
    """The year that 2016-17 means; None for what is no financial year."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", address)
    return int(found[1]) if found and Year(int(found[1])).address == address else None


def served_by(programme: Programme) -> "list[Objective]":
    """The objectives that the programme works towards, in whatever year."""
    if programme.pk is None:  # a preview of one that is not there yet
        return []
    carried = Workstream.objects.filter(programmes=programme.pk).values("objective")
    return list(Objective.objects.filter(pk__in=carried))
