"""What becomes of each programme asked for. Each is a named step; state changes in no other way.

Rows are locked in one order: the enquiry, its interest, the groups by number. So no two officers, and no two steps,
undo each other, and the last place is given once.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import transaction

from enquiries import letters_provider as letters
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, Event, Interest, Message
from enquiries.services.correspondence import write_letter
from enquiries.services.meanwhile import refuse_if_changed
from programmes.models import Intake

if TYPE_CHECKING:
    from careportal.accounts.models import User

Telling = tuple[Message.Kind, Callable[[Interest], str]]  # the kind of message, and what it says


def put_on_waiting_list(*, interest_id: int, officer: "User", shown: str = "") -> Interest:
    return _step(interest_id, officer, shown, Interest.put_on_waiting_list)


def enrol(*, interest_id: int, officer: "User", shown: str = "") -> Interest:
    return _step(interest_id, officer, shown, Interest.enrol)


def complete(*, interest_id: int, officer: "User", shown: str = "") -> Interest:
    return _step(interest_id, officer, shown, Interest.complete)


def find_not_eligible(*, interest_id: int, officer: "User", reason: str, shown: str = "") -> Interest:
    """It does not fit. The provider is told why, and how to ask for a second look."""

    def refuse(interest: Interest) -> None:
        interest.find_not_eligible(reason=reason)

    def tell(interest: Interest) -> str:
        return letters.not_eligible(interest, reason=reason)

    return _step(interest_id, officer, shown, refuse, letter=(Message.Kind.DECISION, tell), reason=reason)


def decline(*, interest_id: int, officer: "User", reason: str, onward_options: str, shown: str = "") -> Interest:
    """Say no, with a reason and another way: both are told to the provider. The history keeps the reason's code."""

    def refuse(interest: Interest) -> None:
        interest.decline(reason=reason, onward_options=onward_options)

    def tell(interest: Interest) -> str:
        return letters.declined(interest, reason=reason, onward_options=onward_options)

    return _step(interest_id, officer, shown, refuse, letter=(Message.Kind.DECISION, tell), reason=reason)


def correct_decision(*, interest_id: int, officer: "User", explanation: str, shown: str = "") -> Interest:
    """Take back what the provider was told, with an explanation that the provider reads. Both letters stay."""

    def undo(interest: Interest) -> None:
        if not explanation.strip():
            raise TransitionNotAllowed("Explain to the provider what was wrong.")
        if not _is_told(interest):
            raise TransitionNotAllowed(f"The provider has no letter about {interest}. Take it back instead.")
        interest.reopen()

    def tell(interest: Interest) -> str:
        return letters.corrected(interest, explanation=explanation)

    letter = (Message.Kind.CORRECTION, tell)
    return _step(interest_id, officer, shown, undo, kind=Event.Kind.CORRECTED, letter=letter)


def withdraw(*, interest_id: int, officer: "User", shown: str = "") -> Interest:
    """The provider does not want it any more. A place is free again."""
    return _step(interest_id, officer, shown, Interest.withdraw)


def reopen_interest(*, interest_id: int, officer: "User", shown: str = "") -> Interest:
    """Take a decision or a referral back that the provider was not told. A place is free again, the clock goes on."""

    def undo(interest: Interest) -> None:
        if _is_told(interest):
            raise TransitionNotAllowed(f"The provider has a letter about {interest}. Correct the decision instead.")
        interest.reopen()

    return _step(interest_id, officer, shown, undo)


@transaction.atomic
def _step(interest_id: int, officer: "User", shown: str, change: Callable[[Interest], None], **how: Any) -> Interest:
    interest, _ = locked(interest_id)
    return carry_out(interest, officer, lambda: change(interest), shown=shown, **how)


def carry_out(
    interest: Interest,
    by: "User | None",
    change: Callable[[], None],
    /,
    *,
    shown: str = "",
    kind: Event.Kind | None = None,
    letter: Telling | None = None,
    reads: bool = True,
    **detail: Any,
) -> Interest:
    """Take a step with an interest that is locked, and write down what it means for places, clocks and history.

    Events are called as the state that they lead to, unless `kind` says otherwise; `detail` holds ids and codes.
    `letter` tells the provider of the step as it is taken. Partners, unlike officers, do not read what was answered.
    """
    if by and reads:
        refuse_if_changed(interest, shown, interest.enquiry.events.filter(detail__interest=interest.pk), by)
    before, held = interest.state, interest.offered_intake
    change()
    interest.save(update_fields=Interest.OUTCOME)
    for intake in {held} ^ {interest.offered_intake}:
        if intake:
            intake.save(update_fields=["places_taken"])
    enquiry = interest.enquiry
    if letter:
        enquiry.note_letter()
        detail["message"] = write_letter(enquiry, letter[0], letter[1](interest), by=by, interest=interest).pk
    if by and reads:
        enquiry.answered_at = None  # whoever decides has read what the provider answered
    enquiry.follow_decisions(all_decided=all(one.is_decided for one in enquiry.interests.all()))
    enquiry.save(update_fields=Enquiry.CLOCKS)
    told = {"interest": interest.pk, "before": before, "after": interest.state, **detail}
    Event.objects.create(enquiry=enquiry, kind=kind or _kind(interest), by=by, detail=told)
    return interest


def locked(interest_id: int, intake_id: int | None = None) -> tuple[Interest, Intake | None]:
    """The interest with its enquiry and the group in which it holds a place, and the group asked for: all locked."""
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(interests=interest_id)
    interest = Interest.objects.select_for_update(of=("self",)).select_related("programme").get(pk=interest_id)
    interest.enquiry = enquiry
    wanted = {pk for pk in (interest.offered_intake_id, intake_id) if pk}
    rows = Intake.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    groups = {group.pk: group for group in rows} if wanted else {}
    if intake_id and intake_id not in groups:
        raise TransitionNotAllowed("This group is not there any more. Choose another one.")
    if interest.offered_intake_id:
        interest.offered_intake = groups[interest.offered_intake_id]
    return interest, groups[intake_id] if intake_id else None


def _is_told(interest: Interest) -> bool:
    return interest.is_told(interest.messages.select_related("mail"))


def _kind(interest: Interest) -> Event.Kind:
    return Event.Kind.UNDECIDED if interest.state == Interest.State.RECEIVED else Event.Kind(interest.state)
