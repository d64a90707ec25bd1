"""Small counts are left out of what stands or is published, also against working them out by subtraction (EX10).

A line is hidden where it counts fewer than five, and with it enough others that the total does not tell it. Where a
period is made up of others, such as a quarter of months, what is hidden in one of them is not told by the rest.
"""

from collections.abc import Callable, Collection, Iterable

from enquiries.periods import DAY, Period, month_of, quarter_of, year_of

SMALLEST = 5
HIDDEN = "fewer than 5, or left out to protect such a number"

Shown = list[int | None]
Counts = Callable[[Period], list[int]]


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST


def tell(hidden: Collection[int]) -> bool:
    """Whether these hidden counts could be told from their sum: it takes two of them, and five in all."""
    return bool(hidden) and (len(hidden) < 2 or sum(hidden) < SMALLEST)


def suppressed(counts: list[int], also: Iterable[int] = (), rather: Collection[int] = ()) -> Shown:
    """The counts without those below five, to be shown with their total or not at all.

    What is hidden must be two counts at least and five in all, or the total would tell it: then the next smallest are
    hidden too, first those that are to be hidden `rather`. Where they are not enough, a zero is.
    """
    hidden = {place for place, count in enumerate(counts) if is_small(count)} | set(also)
    others = [place for place in range(len(counts)) if place not in hidden]
    others.sort(key=lambda place: (counts[place] == 0, place not in rather, counts[place]))
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
    own = counts(period)
    below = [[(counts(one), over_time(one, counts, rest)) for one in level] for level in parts_of(period)]
    hidden = [[_hidden_at(line, level) for level in below] for line in range(len(own) + 1)]
    also = {line for line, levels in enumerate(hidden) if any(tell(found) for found in levels)}
    if rest:
        also |= {line for line, left in enumerate(_summed(rest(period))) if is_small(left)}
    rather = {line for line, levels in enumerate(hidden) if any(levels)}
    total = len(own)
    shown = suppressed(own, also - {total}, rather)
    tells = total in also or is_small(sum(own)) or tell(_hidden(own, shown))
    return [*shown, None if tells else sum(own)]


def crossed(rows: list[list[int]]) -> list[Shown]:
    """A table whose columns make up a whole: each row with its total, and the totals of the columns below.

    Nothing in it can be told from the rest of its row or of its column.
    """
    if not rows:
        return []
    totals = suppressed([sum(row) for row in rows])
    sums = [sum(column) for column in zip(*rows, strict=True)]
    hidden = {(r, c) for r, total in enumerate(totals) if total is None for c in range(len(sums))}
    before = None
    while before != hidden:
        before = set(hidden)
        _hide_in_rows([*rows, sums], hidden)
        _hide_in_columns(rows, hidden)
    shown: list[Shown] = [
        [*(None if (r, c) in hidden else count for c, count in enumerate(row)), totals[r]] for r, row in enumerate(rows)
    ]
    everything = (
        None if tell([sum(row) for row, total in zip(rows, totals, strict=True) if total is None]) else sum(sums)
    )
    return [*shown, [*(None if (len(rows), c) in hidden else count for c, count in enumerate(sums)), everything]]


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


def _hidden_at(line: int, level: list[tuple[list[int], Shown]]) -> list[int]:
    return [_summed(counts)[line] for counts, shown in level if shown[line] is None]


def _summed(counts: list[int]) -> list[int]:
    return [*counts, sum(counts)]


def _hide_in_rows(rows: list[list[int]], hidden: set[tuple[int, int]]) -> None:
    for r, row in enumerate(rows):
        shown = suppressed(row, [c for c in range(len(row)) if (r, c) in hidden])
        hidden |= {(r, c) for c, count in enumerate(shown) if count is None}


def _hide_in_columns(rows: list[list[int]], hidden: set[tuple[int, int]]) -> None:
    for c, column in enumerate(zip(*rows, strict=True)):
        shown = suppressed(list(column), [r for r in range(len(rows)) if (r, c) in hidden])
        hidden |= {(r, c) for r, count in enumerate(shown) if count is None}
