"""Groups that have changed: everybody concerned is told and asked whether it is still fine.

A change is told once nothing has changed for ten minutes, and nobody hears of one group more than once an hour: what
changes meanwhile is told together. It may stop anywhere and be done twice at once: each step locks its rows in the
order of all steps, and looks again whether it is still due.
"""

import datetime as dt
import time
from collections.abc import Iterator
from functools import partial
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from enquiries import letters_intakes as letters
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.models import Event, IntakeAnswer, Interest, Message, OutgoingMail
from enquiries.models.waiting import InterestQuerySet
from enquiries.services.hearing import note_news
from enquiries.services.interests import carry_out, locked
from enquiries.services.rounds import each, end_of_round
from enquiries.services.withdrawals import open_again, withdraw_for_provider
from enquiries.services.writing import write_about
from programmes.models import Intake, IntakeChange, what_changed

SETTLED = dt.timedelta(minutes=10)
AT_MOST_EVERY = dt.timedelta(hours=1)
Changes = list[IntakeChange]


def look_after_intakes() -> int:
    """Tell of what has settled, as far as one round of the job goes. Returns how many letters were written."""
    ends_at, written = end_of_round(), 0
    for intake, changes in _due():
        what = what_changed(changes[0].before, intake)
        concerned = _untold(intake, changes[-1]) if what else Interest.objects.none()
        written += each("intakes", partial(_tell, changes[-1], what), concerned, ends_at)
        if time.monotonic() < ends_at and not (what and _untold(intake, changes[-1]).exists()):
            IntakeChange.objects.filter(pk__in=[one.pk for one in changes]).update(told_at=timezone.now())
    return written


@transaction.atomic
def answer_intake(*, told_id: int, answer: str, shown: str) -> IntakeAnswer:
    """Keep what the provider says, once, and do what it means: a place is free at once for whoever waits.

    Raises ChangedMeanwhile when the page showed something else, TransitionNotAllowed, TooMany.
    """
    told = _locked(told_id)
    if shown != told.shown_as:
        raise ChangedMeanwhile("The group changed after you opened the page. Nothing was sent.")
    told.give(answer)
    told.save()
    kept = {"interest": told.interest_id, "intake": told.intake_id, "answer": answer}
    told.interest.enquiry.record_for_provider(Event.Kind.INTAKE_ANSWERED, **kept)
    if answer == IntakeAnswer.Answer.OTHER_DATE:
        _look_for_another_date(told)
    elif answer == IntakeAnswer.Answer.NOT_ANY_MORE:
        one = told.interest
        withdraw_for_provider(enquiry_id=one.enquiry_id, shown={one.pk: one.shown_as}, why="dates")
    return told


def _due() -> Iterator[tuple[Intake, Changes]]:
    """Groups with what is to be told of them now, the oldest first."""
    now = timezone.now()
    untold = IntakeChange.objects.untold().select_related("intake__programme").order_by("intake", "at", "pk")
    for _, found in groupby(untold, key=lambda change: change.intake_id):
        changes = list(found)
        has_settled = changes[-1].at <= now - SETTLED or changes[0].at <= now - AT_MOST_EVERY
        lately = IntakeChange.objects.filter(intake=changes[0].intake_id, told_at__gt=now - AT_MOST_EVERY)
        if has_settled and not lately.exists():
            yield changes[0].intake, changes


def _untold(intake: Intake, newest: IntakeChange) -> InterestQuerySet:
    told = IntakeAnswer.objects.filter(intake=intake, newest__gte=newest.pk)
    return Interest.objects.concerned(intake).exclude(pk__in=told.values("interest"))


def _tell(newest: IntakeChange, what: list[str], interest_id: int) -> None:
    interest, _ = locked(interest_id, newest.intake_id)
    intake = Intake.objects.get(pk=newest.intake_id)
    if not _untold(intake, newest).filter(pk=interest_id).exists():
        raise TransitionNotAllowed(f"{interest} has been told already, or is not concerned any more.")
    told = IntakeAnswer.objects.filter(interest=interest, intake=intake).select_related("message__mail").first()
    told = told or IntakeAnswer(interest=interest, intake=intake)
    told.interest, told.intake = interest, intake
    _stop_unsent(told)
    told.tell(newest, what)
    told.save()
    told.message = write_about(
        interest, letters.changed(told), Message.Kind.REPLY, address=letters.intake_address(told)
    )
    told.save(update_fields=["message"])
    interest.enquiry.record(
        Event.Kind.INTAKE_CHANGED, interest=interest_id, intake=intake.pk, what=told.what, message=told.message.pk
    )


def _stop_unsent(told: IntakeAnswer) -> None:
    """A letter that still waits to be sent is out of date: the new one takes its place. One under way is let go."""
    if told.message is None or told.message.mail_id is None:
        return
    waiting = OutgoingMail.objects.select_for_update(of=("self",), skip_locked=True).filter(state="queued")
    if mail := waiting.filter(pk=told.message.mail_id).first():
        mail.cancel()
        mail.save(update_fields=["state"])
        told.interest.enquiry.record(Event.Kind.MAIL_CANCELLED, mail=mail.pk)


def _look_for_another_date(told: IntakeAnswer) -> None:
    interest = told.interest
    if interest.offered_intake and interest.offered_intake_id == told.intake_id:
        held = interest.offered_intake  # the very row whose places are saved with the step
        carry_out(interest, None, partial(interest.ask_for_another_date, held), by="provider")
        open_again(interest.enquiry, [interest])
    else:
        interest.ask_for_another_date(told.intake)
        interest.save(update_fields=["passed_up"])
    interest.save(update_fields=["intake"])
    note_news(interest.enquiry, "an answer from the provider about a changed group")


def _locked(told_id: int) -> IntakeAnswer:
    """The row with its interest and group, and its enquiry locked before it, as for all steps."""
    row = IntakeAnswer.objects.values_list("interest", "intake").get(pk=told_id)
    interest, group = locked(*row)
    told = IntakeAnswer.objects.select_for_update(of=("self",)).get(pk=told_id)
    assert group
    told.interest, told.intake = interest, group
    return told
