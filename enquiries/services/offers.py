"""Offering a place, the provider's answer, and moving to another group. Each writes its letter in its transaction."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from enquiries import letters_offers as letters
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.models import Event, Interest, Message
from enquiries.services.deadlines import first_reminder, note_quiet_days, refuse_a_day_of_no_use, usual_answer_by
from enquiries.services.interests import carry_out, locked
from enquiries.services.writing import write_about
from programmes.models import ClosureDay, Intake

if TYPE_CHECKING:
    from careportal.accounts.models import User


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
            refuse_a_day_of_no_use(answer_by, intake)
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
    said = letters.offer(interest, quiet=note_quiet_days(interest))
    write_about(interest, said, Message.Kind.OFFER, by=by, answer_by=until)
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
    quiet = note_quiet_days(interest) if interest.answer_by else None
    write_about(interest, letters.moved(interest, quiet=quiet), Message.Kind.REPLY, by=officer)
    return interest
