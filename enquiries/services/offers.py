"""Offering a place, the provider's answer, and moving to another group. Each writes its letter in its transaction."""

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as formatted

from careportal.kit.working_days import add_working_days, working_days_between
from enquiries import letters_offers as letters
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.models import Event, Interest, Message
from enquiries.services.interests import carry_out, locked
from enquiries.services.writing import write_about
from programmes.models import ClosureDay, Intake, Programme

if TYPE_CHECKING:
    from careportal.accounts.models import User

DAY = dt.timedelta(days=1)
MOST_DAYS = 90
CAPACITY_TRACKER = range(8, 15)  # the days of a month in which providers must send in the national return


def offer(
    *,
    interest_id: int,
    officer: "User",
    intake_id: int | None = None,
    answer_by: dt.date | None = None,
    shown: str = "",
) -> Interest:
    """Offer a place, which is taken from then on, and write to the provider. Raises GroupIsFull when there is none."""
    with transaction.atomic():
        interest, intake = locked(interest_id, intake_id)
        if answer_by:
            _refuse_a_day_of_no_use(answer_by, intake)
        return give(interest, intake, by=officer, answer_by=answer_by, shown=shown)


def give(
    interest: Interest, intake: Intake | None, *, by: "User | None", answer_by: dt.date | None = None, shown: str = ""
) -> Interest:
    """Offer a place to an interest that is locked. By nobody: the portal itself does, to whoever is next."""
    until = answer_by or usual_answer_by(interest.programme, intake)
    remind_on = first_reminder(until, ClosureDay.objects.days())

    def change() -> None:
        interest.offer(intake=intake, answer_by=until, remind_on=remind_on)
        if by and interest.enquiry.replied_at is None:
            interest.enquiry.stop_reply_clock()

    carry_out(interest, by, change, shown=shown, intake=intake and intake.pk, answer_by=f"{until}")
    write_about(interest, letters.offer(interest), Message.Kind.OFFER, by=by, answer_by=until)
    return interest


@transaction.atomic
def answer_offer(*, interest_id: int, accepts: bool, shown: str) -> Interest:
    """The provider's own answer, from the page that the letter leads to. It counts once.

    Raises ChangedMeanwhile when the page showed another offer, TransitionNotAllowed when it is no longer open.
    """
    interest, _ = locked(interest_id)
    if shown != interest.shown_as:
        raise ChangedMeanwhile("This offer changed after you opened the page. Nothing was done.")
    interest.enquiry.note_answer_of_provider()
    return carry_out(interest, None, interest.accept if accepts else interest.turn_down, by="provider")


@transaction.atomic
def move(*, interest_id: int, officer: "User", intake_id: int, shown: str = "") -> Interest:
    """Move a place to another group: one is given back and one taken, or nothing happens. The provider is told."""
    interest, intake = locked(interest_id, intake_id)
    if intake is None:
        raise TransitionNotAllowed("Choose the group to move to.")
    moved: dict[str, Any] = {"kind": Event.Kind.MOVED, "before_intake": interest.offered_intake_id, "intake": intake.pk}
    until = usual_answer_by(interest.programme, intake)
    remind_on = first_reminder(until, ClosureDay.objects.days())

    def change() -> None:
        interest.move_to(intake, answer_by=until, remind_on=remind_on)

    carry_out(interest, officer, change, shown=shown, **moved)
    write_about(interest, letters.moved(interest), Message.Kind.REPLY, by=officer)
    return interest


def _refuse_a_day_of_no_use(answer_by: dt.date, intake: Intake | None) -> None:
    """A place is held for a while and not for ever, and is answered before its group begins, if that is to come."""
    today = timezone.localdate()
    if answer_by > today + MOST_DAYS * DAY:
        raise TransitionNotAllowed(f"Choose a day to answer by within the next {MOST_DAYS} days.")
    if intake and intake.starts_on and today < intake.starts_on <= answer_by:
        raise TransitionNotAllowed(f"{intake} begins on {formatted(intake.starts_on, 'j F Y')}. Choose an earlier day.")


def usual_answer_by(programme: Programme, intake: Intake | None = None) -> dt.date:
    """The last day to answer an offer made today: before the group begins, where there is time for that."""
    today = timezone.localdate()
    usual = add_working_days(today, programme.days_to_answer, ClosureDay.objects.days())
    eve = intake.starts_on - DAY if intake and intake.starts_on else usual
    return min(usual, eve) if eve > today else usual


def first_reminder(answer_by: dt.date, closed: Collection[dt.date]) -> dt.date | None:
    """Halfway to the last day. None where an offer is too short for one."""
    today = timezone.localdate()
    days = working_days_between(today, answer_by, closed)
    return _kept_free(add_working_days(today, days // 2, closed), today, answer_by, closed)


def last_reminder(answer_by: dt.date, closed: Collection[dt.date]) -> dt.date | None:
    """The last working day before the last day. None when that has come."""
    return _kept_free(add_working_days(answer_by, -1, closed), timezone.localdate(), answer_by, closed)


def _kept_free(day: dt.date, today: dt.date, answer_by: dt.date, closed: Collection[dt.date]) -> dt.date | None:
    """After the days of the national return, unless that were too late (N21). Never today, nor on the last day."""
    if day.day in CAPACITY_TRACKER:
        later = add_working_days(day.replace(day=CAPACITY_TRACKER[-1]), 1, closed)
        day = later if later < answer_by else day
    return day if today < day < answer_by else None
