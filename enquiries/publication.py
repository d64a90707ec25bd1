"""Figures that may be published: small counts are left out, also against working them out from a total (EX10).

Only two tables go out, of whole quarters that are over and without filters. Neither table can be worked out from the
other, and no two periods overlap: differences between files give nothing away either.
"""

import datetime as dt
from collections import Counter

from enquiries import figures
from enquiries.figures import Scope
from enquiries.models import Enquiry
from enquiries.periods import DAY, Period, quarter_of
from enquiries.small_numbers import HIDDEN, added_up, months_of, over_time, suppressed, with_total

__all__ = ["HIDDEN", "last_quarter", "suppressed", "tables", "with_total"]

Table = tuple[str, list[tuple[str, int | None]]]


def tables(quarter: Period) -> list[Table]:
    """Safe beside reports of its months, too: what is hidden there cannot be worked out from here."""
    everything = Scope()
    asked = {month: figures.by_programme(month, everything) for month in months_of(quarter)}
    came = {month: figures.by_channel(month, everything) for month in months_of(quarter)}
    found = figures.programmes(everything).filter(pk__in={pk for counts in asked.values() for pk in counts})
    programmes = list(found.only("pk", "title"))
    return [
        (
            "Enquiries received",
            _lines(
                [str(one.label) for one in Enquiry.Channel],
                quarter,
                {month: [counts[one] for one in Enquiry.Channel] for month, counts in came.items()},
            ),
        ),
        (
            "Programmes asked for",
            _lines(
                [one.title for one in programmes],
                quarter,
                {
                    month: [counts.get(one.pk, Counter()).total() for one in programmes]
                    for month, counts in asked.items()
                },
            ),
        ),
    ]


def _lines(labels: list[str], quarter: Period, by_month: dict[Period, list[int]]) -> list[tuple[str, int | None]]:
    return list(zip([*labels, "All"], over_time(quarter, added_up(by_month)), strict=True))


def last_quarter(today: dt.date) -> Period:
    """The last one that is over."""
    return quarter_of(quarter_of(today).first - DAY)
