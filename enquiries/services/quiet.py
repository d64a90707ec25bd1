"""When providers are written to by the portal itself about what can wait."""

import datetime as dt

from django.utils import timezone

from careportal.kit.working_days import is_working_day
from enquiries.services.offers import CAPACITY_TRACKER
from programmes.models import ClosureDay

OFFICE_OPENS = dt.time(8)


def is_time_to_write() -> bool:
    """On a working day, and not in the night: then somebody is there to answer the telephone."""
    now = timezone.localtime()
    return now.time() >= OFFICE_OPENS and is_working_day(now.date(), ClosureDay.objects.days())


def is_time_to_chase() -> bool:
    """And not in the days in which providers must send in the national return (N21)."""
    return is_time_to_write() and timezone.localdate().day not in CAPACITY_TRACKER


def held_back(due_on: dt.date) -> dict[str, str]:
    """For the history: why something is written later than it was due. Nothing, where it is not."""
    return {"held_back": "national_return"} if due_on.day in CAPACITY_TRACKER else {}
