"""Questions whose day comes: one reminder on the working day before; after it an officer has the enquiry again.

What is due on the quiet days waits until after them, be it on the last day, unless that were too late (N21).
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from careportal.kit.working_days import DAY, add_working_days
from enquiries import letters_provider as letters
from enquiries import quiet
from enquiries.models import Enquiry, Event, Message
from enquiries.services.correspondence import write_letter
from programmes.models import ClosureDay

OFFICE_OPENS = dt.time(8)
AT_A_TIME = 200


def look_after() -> None:
    """Not in the night: a mail at that hour says that a machine wrote it, and nobody is there to answer the telephone.

    What was asked today needs no reminder yet.
    """
    if timezone.localtime().time() < OFFICE_OPENS:
        return
    today = timezone.localdate()
    closed = ClosureDay.objects.days()
    next_day = add_working_days(today, 1, closed)
    was_quiet = quiet.is_quiet(add_working_days(today, -1, closed))
    first = today if was_quiet else today + DAY  # what waited until today may be due on its very last day
    awaited = Message.objects.awaited()
    for late in awaited.filter(answer_by__lt=today).order_by("pk")[:AT_A_TIME]:
        _take_back(late.pk)
    soon = awaited.filter(answer_by__range=(first, next_day), at__date__lt=today)
    for question in soon.without_reminder().order_by("pk")[:AT_A_TIME]:
        later = quiet.put_off(today, closed, no_later=question.answer_by or today)
        if later:
            _put_off(question.pk, due_on=today, until=later)
        else:
            _remind(question.pk)


@transaction.atomic
def _put_off(question_id: int, *, due_on: dt.date, until: dt.date) -> None:
    """Nothing is written until then. The history says so once."""
    enquiry = _locked(question_id)
    if not enquiry.events.filter(kind=Event.Kind.PUT_OFF, detail__question=question_id).exists():
        told: dict[str, Any] = {"question": question_id, "what": "reminder", "due_on": f"{due_on}"}
        enquiry.record(Event.Kind.PUT_OFF, **told, until=f"{until}")


@transaction.atomic
def _remind(question_id: int) -> None:
    enquiry = _locked(question_id)
    question = Message.objects.awaited().without_reminder().filter(pk=question_id).first()
    if question is None or question.answer_by is None:
        return  # answered or reminded of meanwhile
    said, address = letters.reminder(question), letters.answer_address(question.pk)
    message = write_letter(enquiry, Message.Kind.REMINDER, said, by=None, answer_by=question.answer_by, address=address)
    if quiet.is_quiet(timezone.localdate()):
        enquiry.record(Event.Kind.URGENT, question=question_id, what="reminder")
    enquiry.record(Event.Kind.REMINDED, message=message.pk)


@transaction.atomic
def _take_back(question_id: int) -> None:
    """The clocks go on, so that it is due one day and an officer sees it. An answer is taken still."""
    enquiry = _locked(question_id)
    if not Message.objects.awaited().filter(pk=question_id).exists():
        return
    before = enquiry.state
    enquiry.resume_triage()
    enquiry.save(update_fields=["state", *Enquiry.CLOCKS])
    enquiry.record(Event.Kind.RESUMED, question=question_id, before=before, after=enquiry.state)


def _locked(question_id: int) -> Enquiry:
    return Enquiry.objects.select_for_update(of=("self",)).get(messages=question_id)
