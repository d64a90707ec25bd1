"""Working days in England and Wales: neither weekends, nor bank holidays, nor days on which the council is closed.

The day on which something begins is day 0, whatever the hour; each working day after it counts one.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from functools import lru_cache

from govuk_bank_holidays.bank_holidays import BankHolidays

DAY = dt.timedelta(days=1)
SATURDAY = 5


def is_working_day(day: dt.date, closed: Collection[dt.date] = ()) -> bool:
    """`closed` are the council's own closure days."""
    return day.weekday() < SATURDAY and day not in bank_holidays() and day not in closed


def add_working_days(day: dt.date, number: int, closed: Collection[dt.date] = ()) -> dt.date:
    """The day that is so many working days after this one; before it, when the number is negative."""
    step = DAY if number > 0 else -DAY
    left = abs(number)
    while left:
        day += step
        left -= is_working_day(day, closed)
    return day


def working_days_between(first: dt.date, last: dt.date, closed: Collection[dt.date] = ()) -> int:
    """How many working days come after the first day, up to and with the last. None when the last is not later."""
    return sum(is_working_day(day, closed) for day in _days_after(first, last))


@lru_cache
def bank_holidays() -> frozenset[dt.date]:
    """As far as they are known: they come with a package, and are never fetched."""
    known = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return frozenset(holiday["date"] for holiday in known)


def _days_after(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + number * DAY for number in range(1, (last - first).days + 1))
