"""Groups that begin: who has a place is reminded once, two working days before."""

import datetime as dt

from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters_starts as letters
from enquiries.models import Event, Interest, Message
from enquiries.services.chasing import is_time_to_write
from enquiries.services.interests import locked
from enquiries.services.rounds import each, end_of_round
from enquiries.services.writing import write_about
from programmes.models import ClosureDay

WORKING_DAYS_BEFORE = 2


def look_after_starts() -> int:
    """Also in the days of the national return: a beginning does not wait. Returns how many reminders were written."""
    if not is_time_to_write():
        return 0
    today, until = timezone.localdate(), _until()

    def remind(interest_id: int) -> None:
        interest, _ = locked(interest_id)
        interest.remind_of_start(until=until)
        interest.save(update_fields=["reminded_of_start"])
        message = write_about(interest, letters.starts_soon(interest), Message.Kind.REMINDER)
        interest.enquiry.record(Event.Kind.REMINDED, interest=interest.pk, about="start", message=message.pk)

    return each("starts", remind, Interest.objects.starting(today, until), end_of_round())


def count_as_told() -> None:
    """Whoever would be reminded today, is not."""
    for interest in Interest.objects.starting(timezone.localdate(), _until()).select_related("offered_intake"):
        interest.reminded_of_start = interest.begins_on
        interest.save(update_fields=["reminded_of_start"])


def _until() -> dt.date:
    return add_working_days(timezone.localdate(), WORKING_DAYS_BEFORE, ClosureDay.objects.days())
