"""Periods of the figures: months, and quarters of the financial year, which begins in April."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From a first to a last day, both counted."""

    first: dt.date
    last: dt.date
    name: str = ""

    def __str__(self) -> str:
        return self.name or f"{_said(self.first)} to {_said(self.last)}"

    @property
    def begins_at(self) -> dt.datetime:
        return _midnight(self.first)

    @property
    def ends_at(self) -> dt.datetime:
        """The moment after it."""
        return _midnight(self.last + DAY)

    @property
    def before(self) -> "Period":
        """What it is compared with: the quarter or month before, or as many days before."""
        eve = self.first - DAY
        for kind in (month_of, quarter_of, year_of):
            if kind(self.first) == self:
                return kind(eve)
        return Period(eve - (self.last - self.first), eve)


def month_of(day: dt.date) -> Period:
    first = day.replace(day=1)
    return Period(first, _months_later(first, 1) - DAY, f"{first:%B %Y}")


def quarter_of(day: dt.date) -> Period:
    """April to June is the first of a financial year."""
    first = dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    last = _months_later(first, 3) - DAY
    number = (first.month - 4) % 12 // 3 + 1
    return Period(first, last, f"Quarter {number} of {_year_name(first)} ({first:%B} to {last:%B %Y})")


def year_of(day: dt.date) -> Period:
    first = dt.date(day.year - (day.month < 4), 4, 1)
    return Period(first, dt.date(first.year + 1, 3, 31), f"Financial year {_year_name(first)}")


def _year_name(day: dt.date) -> str:
    year = day.year - (day.month < 4)
    return f"{year}/{(year + 1) % 100:02}"


def _months_later(first: dt.date, number: int) -> dt.date:
    months = first.year * 12 + first.month - 1 + number
    return dt.date(months // 12, months % 12 + 1, 1)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _said(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
