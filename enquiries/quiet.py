"""Days on which providers are asked for nothing that can wait: they send in a return then (N21). The pack names them.

What is due on such a day goes on the next working day after them, unless that were too late: then it is urgent. Who
puts something off writes it into the history.
"""

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.utils.dateformat import format as formatted

from careportal.kit.working_days import DAY, add_working_days


def is_quiet(day: dt.date) -> bool:
    days = settings.COUNCIL.quiet_days
    return days is not None and days.first <= day.day <= days.last


def next_day(day: dt.date, closed: Collection[dt.date]) -> dt.date:
    """The day itself; where it is a quiet one, the next working day after all of them."""
    return add_working_days(_last(day), 1, closed) if is_quiet(day) else day


def put_off(day: dt.date, closed: Collection[dt.date], *, no_later: dt.date) -> dt.date | None:
    """The day to which what is due on this day is put off. None where it goes on its day, quiet and urgent or not."""
    later = next_day(day, closed)
    return later if day < later <= no_later else None


def why(day: dt.date) -> str:
    """The quiet days around this one, and what they are for, in words for whoever is asked to wait."""
    days = settings.COUNCIL.quiet_days
    assert days
    return f"from {days.first} to {formatted(_last(day), 'j F')} {days.because}"


def last_before(day: dt.date) -> dt.date:
    """The last quiet day before this one."""
    return next(earlier for number in range(1, 32) if is_quiet(earlier := day - number * DAY))


def _last(day: dt.date) -> dt.date:
    assert settings.COUNCIL.quiet_days
    return day.replace(day=settings.COUNCIL.quiet_days.last)
