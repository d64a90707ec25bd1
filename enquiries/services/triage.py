"""An officer's decisions about an enquiry. Each is a named step; state changes in no other way."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import transaction

from enquiries.models import Enquiry, Event
from enquiries.services.meanwhile import refuse_if_changed

if TYPE_CHECKING:
    from careportal.accounts.models import User


_K = Event.Kind
STEPS = [_K.TAKEN, _K.TAKEN_OVER, _K.ASSIGNED, _K.RETURNED, _K.WITH_PARTNER, _K.WAITING, _K.RESUMED]
STEPS += [_K.JOINED, _K.CLOSED, _K.REOPENED]


def take(*, enquiry_id: int, officer: "User", shown: str = "") -> Enquiry:
    """Make an enquiry the officer's own; a new one goes into triage. Of two who try at once, the second is told."""
    return _step(enquiry_id, officer, shown, lambda enquiry: enquiry.take(officer), Event.Kind.TAKEN)


def take_over(*, enquiry_id: int, officer: "User", shown: str = "") -> Enquiry:
    """Make a colleague's enquiry the officer's own."""
    return _step(enquiry_id, officer, shown, lambda enquiry: enquiry.take_over(officer), Event.Kind.TAKEN_OVER)


def assign(*, enquiry_id: int, officer: "User", to: "User", shown: str = "") -> Enquiry:
    """Give an enquiry to an officer, who must be able to work on it. The history keeps from whom to whom."""
    return _step(enquiry_id, officer, shown, lambda enquiry: enquiry.assign_to(to), Event.Kind.ASSIGNED)


def hand_to_partner(*, enquiry_id: int, officer: "User", shown: str = "") -> Enquiry:
    return _step(enquiry_id, officer, shown, Enquiry.hand_to_partner, Event.Kind.WITH_PARTNER)


def wait_for_provider(*, enquiry_id: int, officer: "User", shown: str = "") -> Enquiry:
    return _step(enquiry_id, officer, shown, Enquiry.wait_for_provider, Event.Kind.WAITING)


def resume_triage(*, enquiry_id: int, officer: "User", shown: str = "") -> Enquiry:
    return _step(enquiry_id, officer, shown, Enquiry.resume_triage, Event.Kind.RESUMED)


def close(*, enquiry_id: int, officer: "User", shown: str = "") -> Enquiry:
    return _step(enquiry_id, officer, shown, Enquiry.close, Event.Kind.CLOSED)


def reopen(*, enquiry_id: int, officer: "User", shown: str = "") -> Enquiry:
    return _step(enquiry_id, officer, shown, Enquiry.reopen, Event.Kind.REOPENED)


def follow_up_answer(*, enquiry_id: int, officer: "User", shown: str = "") -> Enquiry:
    """The officer has read the provider's answer and dealt with it. Writing or deciding says so by itself."""
    return _step(enquiry_id, officer, shown, Enquiry.follow_up_answer, Event.Kind.FOLLOWED_UP)


@transaction.atomic
def _step(enquiry_id: int, officer: "User", shown: str, step: Callable[[Enquiry], None], kind: Event.Kind) -> Enquiry:
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    refuse_if_changed(enquiry, shown, enquiry.events.filter(kind__in=STEPS), officer)
    before, owner = enquiry.state, enquiry.owner_id
    step(enquiry)
    enquiry.save(update_fields=["state", "owner", "joined_to", *Enquiry.CLOCKS])
    owners = {"owner_before": owner, "owner_after": enquiry.owner_id} if owner != enquiry.owner_id else {}
    enquiry.record(kind, by=officer, before=before, after=enquiry.state, **owners)
    return enquiry
