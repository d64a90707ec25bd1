"""Small counts are left out of what stands or is published, also against working them out by subtraction (EX10).

A line is hidden where it counts fewer than five, and with it enough others that the total does not tell it. Where a
period is made up of others, such as a quarter of months, what is hidden in one of them is not told by the rest.
"""

from collections.abc import Callable, Collection
from typing import Any

from enquiries.periods import DAY, Period, month_of, quarter_of, year_of
from enquiries.subtraction import follows

SMALLEST = 5
HIDDEN = "fewer than 5, or left out to protect such a number"

Shown = list[int | None]
Counts = Callable[[Period], list[int]]


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST


def tell(hidden: Collection[int]) -> bool:
    """Whether these hidden counts could be told from their sum: it takes two of them, and five in all."""
    return bool(hidden) and (len(hidden) < 2 or sum(hidden) < SMALLEST)


def suppressed(counts: list[int]) -> Shown:
    """The counts without those below five, to be shown with their total or not at all.

    What is hidden must be two counts at least and five in all, or the total would tell it: then the next smallest are
    hidden too. Where they are not enough, a zero is.
    """
    hidden = {place for place, count in enumerate(counts) if is_small(count)}
    others = [place for place in range(len(counts)) if place not in hidden]
    others.sort(key=lambda place: (counts[place] == 0, counts[place]))
    while others and tell([counts[place] for place in hidden]):
        hidden.add(others.pop(0))
    return [None if place in hidden else count for place, count in enumerate(counts)]


def with_total(labels: list[str], counts: list[int]) -> list[tuple[str, int | None]]:
    """Lines and their total. The total is left out too where it is small, or hides too little."""
    shown = suppressed(counts)
    return [*zip(labels, shown, strict=True), ("All", None if tell(_hidden(counts, shown)) else sum(counts))]


def over_time(period: Period, counts: Counts, rest: Counts | None = None) -> Shown:
    """The lines of a period and their total, safe beside those of the months and quarters that it is made up of.

    `rest` counts what a filter leaves out: where that is small, the line is hidden too, for the whole less the rest
    would tell it.
    """
    return Over(counts, rest).shown(period)


class Over:
    """Tables of periods that hold each other, with the same lines. What a part shows is settled before the whole."""

    def __init__(self, counts: Counts, rest: Counts | None = None) -> None:
        self.counts: dict[tuple[Period, int], int] = {}
        self.hidden: set[tuple[Period, int]] = set()
        self.sums: list[list[tuple[Period, int]]] = []
        self.done: set[Period] = set()
        self.of, self.rest = counts, rest

    def shown(self, period: Period) -> Shown:
        self._settle(period)
        lines = range(len(self.of(period)) + 1)
        return [None if (period, line) in self.hidden else self.counts[period, line] for line in lines]

    def _settle(self, period: Period) -> None:
        if period in self.done:
            return
        for one in (one for level in parts_of(period) for one in level):
            self._settle(one)
        own = [(period, line) for line in range(len(self.of(period)) + 1)]
        self.counts |= dict(zip(own, _summed(self.of(period)), strict=True))
        self.sums.append(own)
        for level in parts_of(period):
            self.sums += [[*((one, line) for one in level), (period, line)] for _, line in own]
        left_out = _summed(self.rest(period)) if self.rest else [0] * len(own)
        self.hidden |= {cell for cell, left in zip(own, left_out, strict=True) if is_small(left)}
        protect(own, self.counts, self.hidden, self.sums)
        self.done.add(period)


def crossed(rows: list[list[int]], also: Collection[tuple[int, int]] = ()) -> list[Shown]:
    """A table whose columns make up a whole: each row with its total, and the totals of the columns below.

    Nothing in it can be told from the rest of its row or of its column. `also` is hidden because it is elsewhere.
    """
    if not rows:
        return []
    whole = [_summed(row) for row in [*rows, [sum(column) for column in zip(*rows, strict=True)]]]
    counts = {(r, c): count for r, row in enumerate(whole) for c, count in enumerate(row)}
    sums = [[(r, c) for c in range(len(whole[0]))] for r in range(len(whole))]
    sums += [[(r, c) for r in range(len(whole))] for c in range(len(whole[0]))]
    hidden = set(also)
    protect(list(counts), counts, hidden, sums)
    return [[None if (r, c) in hidden else count for c, count in enumerate(row)] for r, row in enumerate(whole)]


def protect(own: list[Any], counts: dict[Any, int], hidden: set[Any], sums: list[list[Any]]) -> None:
    """Hide the small ones of these cells, and others of them until no small one follows from what is shown.

    What is hidden in one sum is two cells at least, and five in all where it can be.
    """
    hidden |= {cell for cell in own if is_small(counts[cell])}
    while open_ones := [cell for cell in own if cell not in hidden]:
        weak = _weak(counts, hidden, sums)
        if not weak:
            return
        beside = {cell for cells in sums for cell in cells if weak & set(cells)}
        hidden.add(min(open_ones, key=lambda cell: (cell not in beside, counts[cell] == 0, counts[cell])))


def _weak(counts: dict[Any, int], hidden: set[Any], sums: list[list[Any]]) -> set[Any]:
    """Small cells that follow from what is shown, or that are hidden together with too little."""
    found = {cell for cell in follows(sums, counts.keys() - hidden) if is_small(counts[cell])}
    for cells in sums:
        left = [cell for cell in cells[:-1] if cell in hidden]
        if cells[-1] not in hidden and tell([counts[cell] for cell in left]):
            found |= set(left)
    return found


def parts_of(period: Period) -> list[list[Period]]:
    """The periods that make it up: months a quarter; quarters, and months, a year. Others are not taken apart."""
    if period == year_of(period.first):
        return [_run(period, quarter_of), _run(period, month_of)]
    return [_run(period, month_of)] if period == quarter_of(period.first) else []


def months_of(period: Period) -> list[Period]:
    return _run(period, month_of)


def added_up(by_month: dict[Period, list[int]]) -> Counts:
    """Counts of any period that whole months make up, from those of its months."""

    def counts(period: Period) -> list[int]:
        months = [found for month, found in by_month.items() if period.first <= month.first <= period.last]
        return [sum(column) for column in zip(*months, strict=True)]

    return counts


def _run(period: Period, kind: Callable[..., Period]) -> list[Period]:
    found = [kind(period.first)]
    while found[-1].last < period.last:
        found.append(kind(found[-1].last + DAY))
    return found


def _hidden(counts: list[int], shown: Shown) -> list[int]:
    return [count for count, seen in zip(counts, shown, strict=True) if seen is None]


def _summed(counts: list[int]) -> list[int]:
    return [*counts, sum(counts)]
