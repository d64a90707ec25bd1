"""What the portal does about places by itself, every minute: run-out offers, free places, reminders.

It may stop anywhere and be done twice at once: each step locks its rows in the order of all steps, looks again whether
it is still due, and is a transaction of its own.
"""

import time
from typing import Any

from django.utils import timezone

from enquiries import letters_offers as letters
from enquiries import quiet
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Event, Interest, Message
from enquiries.services.deadlines import last_reminder
from enquiries.services.interests import carry_out, locked
from enquiries.services.offers import give
from enquiries.services.rounds import BATCH, each, end_of_round, tried
from enquiries.services.writing import write_about
from programmes.models import ClosureDay, Intake

NAME = "places"


def look_after_places() -> int:
    """Everything that is due about places, as far as one round of the job goes. Returns how many steps were taken."""
    ends_at, today = end_of_round(), timezone.localdate()
    steps = each(NAME, _let_lapse, Interest.objects.run_out(today), ends_at)
    for intake in Intake.objects.filled_by_itself(today):
        steps += _fill(intake, ends_at)
    return steps + each(NAME, _remind, Interest.objects.to_be_reminded(today), ends_at)


def _let_lapse(interest_id: int) -> None:
    """The place passes on; whoever had the offer waits behind all others, and is told so."""
    interest, _ = locked(interest_id)
    carry_out(interest, None, interest.lapse, kind=Event.Kind.LAPSED)
    write_about(interest, letters.run_out(interest), Message.Kind.REPLY)


def _fill(intake: Intake, ends_at: float) -> int:
    """Offer the group's free places to one after the other, for as long as there are any.

    Who wants more than are free goes on waiting, and does not keep them from those behind.
    """
    seen: list[int] = []
    given = 0
    while time.monotonic() < ends_at and len(seen) < BATCH and _has_places(intake.pk):
        waiting = Interest.objects.offered_by_itself(intake).exclude(pk__in=seen)
        following = waiting.values_list("pk", flat=True).first()
        if following is None:
            break
        seen.append(following)
        given += tried(NAME, lambda number: _offer(number, intake.pk), following)
    return given


def _offer(interest_id: int, intake_id: int) -> None:
    """Raises Refused where it was decided meanwhile, or the last place is gone."""
    interest, intake = locked(interest_id, intake_id)
    if interest.state != Interest.State.WAITING_LIST or not _has_places(intake_id):
        raise TransitionNotAllowed(f"{interest} does not wait any more, or there is no place.")
    give(interest, intake, by=None)


def _has_places(intake_id: int) -> bool:
    return Intake.objects.filled_by_itself().filter(pk=intake_id).exists()


def _remind(interest_id: int) -> None:
    """Not on the quiet days, unless it would come too late after them (N21)."""
    interest, _ = locked(interest_id)
    assert interest.answer_by
    today, due_on, closed = timezone.localdate(), interest.remind_on, ClosureDay.objects.days()
    later = quiet.put_off(today, closed, no_later=interest.answer_by)
    interest.remind(again_on=later or last_reminder(interest.answer_by, closed))
    interest.save(update_fields=["remind_on"])
    told: dict[str, Any] = {"interest": interest.pk, "what": "reminder", "due_on": f"{due_on}"}
    if later:
        interest.enquiry.record(Event.Kind.PUT_OFF, **told, until=f"{later}")
        return
    if quiet.is_quiet(today):
        interest.enquiry.record(Event.Kind.URGENT, **told)
    interest.enquiry.record(Event.Kind.REMINDED, interest=interest.pk)
    write_about(interest, letters.reminder(interest), Message.Kind.REMINDER, answer_by=interest.answer_by)
