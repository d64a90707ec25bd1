"""How it went: asked at the end, after three months and after six; each once, with one reminder."""

import datetime as dt
from functools import partial

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters_outcomes as letters
from enquiries.exceptions import TransitionNotAllowed
from enquiries.letters import Letter
from enquiries.models import Event, Interest, Message, OutcomeAnswer
from enquiries.models.waiting import InterestQuerySet
from enquiries.services.chasing import held_back, is_time_to_chase
from enquiries.services.interests import locked
from enquiries.services.rounds import each, end_of_round
from enquiries.services.writing import write_about
from programmes.models import ClosureDay

DAY = dt.timedelta(days=1)
NOT_LATER_THAN = 30 * DAY  # whoever could not be asked for so long is not asked out of the blue
REMIND_AFTER = 10  # working days


def look_after_outcomes() -> int:
    """Ask whoever is to be asked today, and remind once. Returns how many letters were written."""
    if not is_time_to_chase():
        return 0
    ends_at, reminders = end_of_round(), OutcomeAnswer.objects.to_be_reminded(timezone.localdate())
    asked = sum(each("outcomes", partial(_ask, time), _to_be_asked(time), ends_at) for time in OutcomeAnswer.Time)
    return asked + each("outcomes", _remind, reminders, ends_at)


@transaction.atomic
def answer_outcome(*, outcome_id: int, **answers: str) -> OutcomeAnswer:
    """Keep what the provider says, once."""
    outcome = _locked(outcome_id)
    outcome.answer(**answers)
    return _keep(outcome, Event.Kind.OUTCOME_GIVEN)


@transaction.atomic
def stop_asking(*, outcome_id: int) -> OutcomeAnswer:
    """The provider wants no more questions about this programme: none follows, and no reminder. Twice is once."""
    outcome = _locked(outcome_id)
    if outcome.stopped_at:
        return outcome
    outcome.stop()
    return _keep(outcome, Event.Kind.OUTCOME_STOPPED)


def count_as_asked() -> None:
    """Whoever would be asked today, is not, and nobody is reminded."""
    due = [OutcomeAnswer(interest=one, time=time) for time in OutcomeAnswer.Time for one in _to_be_asked(time)]
    OutcomeAnswer.objects.bulk_create(due)
    OutcomeAnswer.objects.update(remind_on=None)


def _to_be_asked(time: str) -> InterestQuerySet:
    """About ends of so long ago: never on the last day itself, when the programme may still be going on."""
    today = timezone.localdate()
    last = min(today - relativedelta(months=OutcomeAnswer.MONTHS[time]), today - DAY)
    return Interest.objects.to_be_asked(time, last - NOT_LATER_THAN, last)


def _ask(time: str, interest_id: int) -> None:
    interest, _ = locked(interest_id)
    if interest.over_on is None or not _to_be_asked(time).filter(pk=interest_id).exists():
        raise TransitionNotAllowed(f"{interest} is not to be asked about any more.")
    remind_on = add_working_days(timezone.localdate(), REMIND_AFTER, ClosureDay.objects.days())
    outcome = OutcomeAnswer.objects.create(interest=interest, time=time, remind_on=remind_on)
    due_on = interest.over_on + relativedelta(months=OutcomeAnswer.MONTHS[time]) + DAY
    message = _write(outcome, letters.question(outcome), Message.Kind.OUTCOME)
    _record(outcome, Event.Kind.OUTCOME_ASKED, message=message.pk, **held_back(due_on))


def _remind(outcome_id: int) -> None:
    outcome = _locked(outcome_id)
    due_on = outcome.remind_on
    outcome.remind()
    outcome.save(update_fields=["remind_on"])
    message = _write(outcome, letters.reminder(outcome), Message.Kind.REMINDER)
    _record(outcome, Event.Kind.REMINDED, message=message.pk, **(held_back(due_on) if due_on else {}))


def _locked(outcome_id: int) -> OutcomeAnswer:
    """The row with its interest, and its enquiry locked before it, as for all steps."""
    interest, _ = locked(OutcomeAnswer.objects.values_list("interest", flat=True).get(pk=outcome_id))
    outcome = OutcomeAnswer.objects.select_for_update(of=("self",)).get(pk=outcome_id)
    outcome.interest = interest
    return outcome


def _write(outcome: OutcomeAnswer, letter: Letter, kind: Message.Kind) -> Message:
    return write_about(outcome.interest, letter, kind, address=letters.outcome_address(outcome))


def _keep(outcome: OutcomeAnswer, kind: Event.Kind) -> OutcomeAnswer:
    outcome.save(update_fields=["remind_on", "answered_at", "stopped_at", *OutcomeAnswer.ANSWERS])
    _record(outcome, kind, by="provider")
    return outcome


def _record(outcome: OutcomeAnswer, kind: Event.Kind, **detail: int | str) -> None:
    """Its time and numbers; what was answered stands in the row alone."""
    told = {"interest": outcome.interest_id, "outcome": outcome.pk, "time": outcome.time, **detail}
    Event.objects.create(enquiry=outcome.interest.enquiry, kind=kind, detail=told)
