"""Figures that may be published: small counts are left out, also against working them out from a total (EX10).

Only two tables go out, of whole quarters that are over and without filters. Neither table can be worked out from the
other, and no two periods overlap: differences between files give nothing away either.
"""

import datetime as dt

from enquiries import figures
from enquiries.figures import Scope
from enquiries.models import Enquiry
from enquiries.periods import DAY, Period, quarter_of

SMALLEST = 5
HIDDEN = "fewer than 5, or left out to protect such a number"

Table = tuple[str, list[tuple[str, int | None]]]


def suppressed(counts: list[int]) -> list[int | None]:
    """The counts without those below five, to be shown with their total or not at all.

    What is hidden must be two counts at least and five in all, or the total would tell it: then the next smallest are
    hidden too. Where they are not enough, a zero is.
    """
    hidden = {place for place, count in enumerate(counts) if 0 < count < SMALLEST}
    others = sorted(
        (place for place in range(len(counts)) if place not in hidden), key=lambda place: _last_zero(counts[place])
    )
    while hidden and others and (len(hidden) < 2 or sum(counts[place] for place in hidden) < SMALLEST):
        hidden.add(others.pop(0))
    return [None if place in hidden else count for place, count in enumerate(counts)]


def with_total(labels: list[str], counts: list[int]) -> list[tuple[str, int | None]]:
    """Lines and their total. The total is left out too where it is small, or hides too little."""
    shown = suppressed(counts)
    hidden = [count for count, seen in zip(counts, shown, strict=True) if seen is None]
    telling = bool(hidden) and (len(hidden) < 2 or sum(hidden) < SMALLEST)
    return [*zip(labels, shown, strict=True), ("All", None if telling else sum(counts))]


def tables(quarter: Period) -> list[Table]:
    everything = Scope()
    channels = figures.by_channel(quarter, everything)
    asked = figures.by_programme(quarter, everything)
    programmes = list(figures.programmes(everything).filter(pk__in=asked).only("pk", "title"))
    return [
        (
            "Enquiries received",
            with_total([str(one.label) for one in Enquiry.Channel], [channels[one] for one in Enquiry.Channel]),
        ),
        (
            "Programmes asked for",
            with_total([one.title for one in programmes], [asked[one.pk].total() for one in programmes]),
        ),
    ]


def last_quarter(today: dt.date) -> Period:
    """The last one that is over."""
    return quarter_of(quarter_of(today).first - DAY)


def _last_zero(count: int) -> tuple[bool, int]:
    return (count == 0, count)
