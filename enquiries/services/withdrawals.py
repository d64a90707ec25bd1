"""The provider gives up what it asked for, and may undo that until the end of the next working day."""

import datetime as dt
import logging
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters_following as letters
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.models import Enquiry, Event, Interest, Message
from enquiries.services.correspondence import write_letter
from enquiries.services.hearing import note_news, refuse_too_many
from enquiries.services.interests import carry_out
from programmes.models import ClosureDay, Intake

WITHDRAWALS_PER_HOUR = 20  # each programme counts, and each tells two mailboxes

logger = logging.getLogger(__name__)


@transaction.atomic
def withdraw_for_provider(*, enquiry_id: int, shown: dict[int, str], why: str = "") -> list[Interest]:
    """Withdraw these programmes, all or none. `shown` is what the page showed of each. A place is free at once.

    Raises ChangedMeanwhile, TransitionNotAllowed, TooMany. Pressed twice, it is done once.
    """
    enquiry, interests, groups = _locked(enquiry_id, shown)
    if interests and all(interest.may_undo for interest in interests):
        return interests
    for interest in interests:
        if interest.shown_as != shown[interest.pk]:
            logger.warning("withdrawal.refused enquiry=%s interest=%s", enquiry.pk, interest.pk)
            raise ChangedMeanwhile(
                f"“{interest}” changed after you opened the page. Nothing was withdrawn: look again."
            )
    refuse_too_many(enquiry, Event.Kind.WITHDRAWN, WITHDRAWALS_PER_HOUR)
    until = withdrawal_ends_on()
    for interest in interests:
        interest.offered_intake = groups.get(interest.offered_intake_id)

        def withdraw(one: Interest = interest) -> None:
            one.withdraw_for_provider(why=why, undo_until=until)

        carry_out(interest, None, withdraw, by="provider", why=why)
    note_news(enquiry, "a withdrawal by the provider")
    write_letter(enquiry, Message.Kind.REPLY, letters.withdrawn(interests, until), by=None)
    return interests


@transaction.atomic
def undo_withdrawal(*, enquiry_id: int) -> list[Interest]:
    """Bring back what can still be brought back. What was closed meanwhile is open again. Raises TransitionNotAllowed.

    A place that somebody else has by now is not: it waits for another one.
    """
    enquiry, interests, groups = _locked(enquiry_id, None)
    undone = [interest for interest in interests if interest.may_undo]
    if not undone:
        raise TransitionNotAllowed("There is nothing that can be undone. You can apply again.")
    for interest in undone:
        group = groups.get((interest.before_withdrawal or {}).get("intake"))

        def undo(one: Interest = interest, group: Intake | None = group) -> None:
            one.undo_withdrawal(group)

        carry_out(interest, None, undo, kind=Event.Kind.WITHDRAWAL_UNDONE, by="provider")
    open_again(enquiry, undone)
    note_news(enquiry, "a withdrawal that the provider has undone")
    write_letter(enquiry, Message.Kind.REPLY, letters.undone(undone), by=None)
    return undone


def withdrawal_ends_on() -> dt.date:
    """The last day on which a withdrawal of today can be undone: the next working day."""
    return add_working_days(timezone.localdate(), 1, ClosureDay.objects.days())


def open_again(enquiry: Enquiry, undone: list[Interest]) -> None:
    """Somebody waits for something again. One who has a place back waits for nothing."""
    waits = any(interest.state != Interest.State.ENROLLED for interest in undone)
    if enquiry.state == Enquiry.State.CLOSED and waits:
        before = enquiry.state
        enquiry.reopen()
        enquiry.save(update_fields=["state", "owner", "joined_to", *Enquiry.CLOCKS])
        enquiry.record_for_provider(Event.Kind.REOPENED, before=before, after=enquiry.state)


def _locked(
    enquiry_id: int, chosen: Collection[int] | None
) -> tuple[Enquiry, list[Interest], dict[int | None, Intake]]:
    """The enquiry, those of its programmes that are chosen, and their groups: locked in the order of all steps.

    All groups in the order of their numbers, so that two who withdraw from the same ones do not wait for each other.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    rows = enquiry.interests.select_for_update(of=("self",)).select_related("programme").order_by("pk")
    interests = list(rows if chosen is None else rows.filter(pk__in=chosen))
    held = [one.offered_intake_id or (one.before_withdrawal or {}).get("intake") or 0 for one in interests]
    groups = Intake.objects.select_for_update(of=("self",)).filter(pk__in=held).order_by("pk")
    for interest in interests:
        interest.enquiry = enquiry
    return enquiry, interests, {group.pk: group for group in groups}
