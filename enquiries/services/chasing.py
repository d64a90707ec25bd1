"""When providers are written to by the portal itself about what can wait."""

import datetime as dt

from django.utils import timezone

from careportal.kit.working_days import is_working_day
from enquiries.quiet import is_quiet
from programmes.models import ClosureDay

OFFICE_OPENS = dt.time(8)


def is_time_to_write() -> bool:
    """On a working day, and not in the night: then somebody is there to answer the telephone."""
    now = timezone.localtime()
    return now.time() >= OFFICE_OPENS and is_working_day(now.date(), ClosureDay.objects.days())


def is_time_to_chase() -> bool:
    """And not on the quiet days, when providers must send in the national return (N21)."""
    return is_time_to_write() and not is_quiet(timezone.localdate())


def held_back(due_on: dt.date) -> dict[str, str]:
    """For the history: why something is written later than it was due. Nothing, where it is not."""
    return {"held_back": "national_return"} if is_quiet(due_on) else {}
