"""When a provider can be called: the hours of a day, and days of the week to avoid. Council staff call on working days.

Times are minutes after midnight in the council's own time, so that a filter compares them with one number.
"""

import datetime as dt

from django.db import models
from django.db.models import Exists, F, Q
from django.utils import timezone

from careportal.kit.working_days import is_working_day
from programmes.models import ClosureDay

EARLIEST, LATEST = 8 * 60, 18 * 60  # nobody is called before or after, whatever they say
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
EVERY_DAY = 2 ** len(WEEKDAYS) - 1

CALL_TIMES_MAKE_SENSE = Q(
    call_from__gte=EARLIEST, call_until__lte=LATEST, call_until__gt=F("call_from"), call_not_on__lt=EVERY_DAY
)


class Calling(models.Model):
    """The part of an enquiry that says when its contact can be called. Without another word: whenever we call."""

    call_from = models.PositiveSmallIntegerField(
        default=EARLIEST, db_default=EARLIEST, help_text="Can be called from then, in minutes after midnight."
    )
    call_until = models.PositiveSmallIntegerField(
        default=LATEST, db_default=LATEST, help_text="Can be called until then, in minutes after midnight."
    )
    call_not_on = models.PositiveSmallIntegerField(
        "not to be called on", default=0, db_default=0, help_text="Days to avoid, one bit each; Monday is 1."
    )

    CALL_TIMES = ("call_from", "call_until", "call_not_on")

    class Meta:
        abstract = True

    @property
    def call_times(self) -> tuple[int, int, int]:
        return self.call_from, self.call_until, self.call_not_on

    @property
    def call_times_said(self) -> str:
        return said(*self.call_times)

    @property
    def has_call_times(self) -> bool:
        """Whether the provider asked for certain times."""
        return self.call_times != (EARLIEST, LATEST, 0)

    def may_be_called_at(self, moment: dt.datetime) -> bool:
        """Whether this is one of its times. Whether it is a working day is for whoever knows the closure days."""
        minute, bit = _minute_and_day(moment)
        return self.call_from <= minute < self.call_until and not self.call_not_on & bit


def callable_at(moment: dt.datetime) -> Q:
    """What can be called at this moment: on a working day, an open enquiry with a number, at one of its times."""
    today = timezone.localdate(moment)
    if not is_working_day(today):
        return Q(pk__in=[])
    minute, bit = _minute_and_day(moment)
    closed = Exists(ClosureDay.objects.filter(on=today))
    without_today = [days for days in range(EVERY_DAY) if not days & bit]  # a list: the database knows how many fit
    on_this_day = Q(call_not_on__in=without_today) & ~Q(closed)
    reachable = ~Q(state="closed") & ~Q(contact_telephone="")
    return reachable & Q(call_from__lte=minute, call_until__gt=minute) & on_this_day


def bits(days: list[int]) -> int:
    """Days of the week, Monday is 0, as one number."""
    return sum({1 << day for day in days})


def days_in(number: int) -> list[int]:
    return [day for day in range(len(WEEKDAYS)) if number & (1 << day)]


def said(call_from: int, call_until: int, call_not_on: int) -> str:
    """As a person would say it: 2:30pm to 3:30pm, not on Mondays."""
    hours = (
        "At any time"
        if (call_from, call_until) == (EARLIEST, LATEST)
        else f"{time_in_words(call_from)} to {time_in_words(call_until)}"
    )
    avoided = [f"{WEEKDAYS[day]}s" for day in days_in(call_not_on)]
    if not avoided:
        return hours
    return f"{hours}, not on {' or '.join(filter(None, [', '.join(avoided[:-1]), avoided[-1]]))}"


def time_in_words(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    if minute == 12 * 60:
        return "midday"
    return f"{(hour - 1) % 12 + 1}{f':{rest:02}' if rest else ''}{'am' if hour < 12 else 'pm'}"


def _minute_and_day(moment: dt.datetime) -> tuple[int, int]:
    local = timezone.localtime(moment)
    return local.hour * 60 + local.minute, 1 << local.weekday()
