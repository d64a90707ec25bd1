"""An enquiry that came by email and was not filled in: its provider is reminded once, some working days later."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters_filling_in as letters
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, Event, Message, OutgoingMail
from enquiries.services.chasing import held_back, is_time_to_chase
from enquiries.services.correspondence import write_letter
from enquiries.services.rounds import each, end_of_round
from programmes.models import ClosureDay

AFTER_DAYS = 5


def look_after_missing_details() -> int:
    """Not on the quiet days, when providers have another return to send (N21). Returns how many were reminded."""
    return each("missing_details", _remind, _due(), end_of_round()) if is_time_to_chase() else 0


def _due() -> "QuerySet[Enquiry]":
    """Only whoever was told where to fill it in: what was never acknowledged may come from somebody else's address."""
    told = OutgoingMail.objects.filter(enquiry=OuterRef("pk"), kind=OutgoingMail.Kind.ACKNOWLEDGEMENT)
    told = told.exclude(state=OutgoingMail.State.CANCELLED)
    reminded = Event.objects.filter(enquiry=OuterRef("pk"), kind=Event.Kind.REMINDED)
    before = add_working_days(timezone.localdate(), -AFTER_DAYS, ClosureDay.objects.days()) + dt.timedelta(days=1)
    came_before = timezone.make_aware(dt.datetime.combine(before, dt.time()))
    waits = Enquiry.objects.open().incomplete().exclude(state=Enquiry.State.WAITING)
    return waits.filter(Exists(told), ~Exists(reminded), received_at__lt=came_before, answered_at=None)


def _remind(enquiry_id: int) -> None:
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    if not _due().filter(pk=enquiry_id).exists():
        raise TransitionNotAllowed("It was filled in meanwhile, or its provider was reminded.")
    came_on = timezone.localdate(enquiry.received_at)
    due_on = add_working_days(came_on, AFTER_DAYS, ClosureDay.objects.days())
    message = write_letter(enquiry, Message.Kind.REMINDER, letters.reminder(), by=None)
    told: dict[str, Any] = {"message": message.pk, **held_back(due_on)}
    enquiry.record(Event.Kind.REMINDED, **told)
