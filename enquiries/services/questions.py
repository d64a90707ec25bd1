"""Questions whose day comes: one reminder on the working day before; after it an officer has the enquiry again."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters_provider as letters
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
    next_day = add_working_days(today, 1, ClosureDay.objects.days())
    awaited = Message.objects.awaited()
    for late in awaited.filter(answer_by__lt=today).order_by("pk")[:AT_A_TIME]:
        _take_back(late.pk)
    soon = awaited.filter(answer_by__gt=today, answer_by__lte=next_day, at__date__lt=today).without_reminder()
    for question in soon.order_by("pk")[:AT_A_TIME]:
        _remind(question.pk)


@transaction.atomic
def _remind(question_id: int) -> None:
    enquiry = _locked(question_id)
    question = Message.objects.awaited().without_reminder().filter(pk=question_id).first()
    if question is None or question.answer_by is None:
        return  # answered or reminded of meanwhile
    said, address = letters.reminder(question), letters.answer_address(question.pk)
    message = write_letter(enquiry, Message.Kind.REMINDER, said, by=None, answer_by=question.answer_by, address=address)
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
