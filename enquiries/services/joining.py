"""Two enquiries about the same: one goes on for both, and both are kept."""

from typing import TYPE_CHECKING

from django.db import transaction

from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, Event, Interest
from enquiries.services.meanwhile import refuse_if_changed

if TYPE_CHECKING:
    from careportal.accounts.models import User

_ONLY_ASKED = {Interest.State.RECEIVED, Interest.State.WAITING_LIST}
_IS_OVER = {Interest.State.NOT_ELIGIBLE, Interest.State.DECLINED, Interest.State.WITHDRAWN}


@transaction.atomic
def join(*, enquiry_id: int, into: str, officer: "User", shown: str = "") -> Enquiry:
    """Close an enquiry as the same as another one, named by its reference, which takes over what only this one asks.

    The earliest clock holds. What was offered or handed on stays where it is: then it has to be joined the other
    way round. Returns the one that goes on.
    """
    other_id = Enquiry.objects.filter(reference=into.strip().upper()).values_list("pk", flat=True).first()
    if other_id is None:
        raise TransitionNotAllowed("There is no enquiry with this reference. Check it and try again.")
    locked = Enquiry.objects.select_for_update(of=("self",)).filter(pk__in=[enquiry_id, other_id]).order_by("pk")
    found = {enquiry.pk: enquiry for enquiry in locked}
    enquiry, other = found[enquiry_id], found[other_id]
    refuse_if_changed(enquiry, shown, enquiry.events.all(), officer)
    before = enquiry.state
    enquiry.join_to(other)
    taken_over = _hand_over(enquiry, other)
    other.follow_decisions(all_decided=all(one.is_decided for one in other.interests.all()))
    enquiry.save(update_fields=["state", "joined_to", *Enquiry.CLOCKS])
    other.save(update_fields=Enquiry.CLOCKS)
    enquiry.record(Event.Kind.JOINED, by=officer, to=other.pk, before=before, after=enquiry.state)
    other.record(Event.Kind.JOINED, by=officer, taken_from=enquiry.pk, interests=[one.pk for one in taken_over])
    return other


def _refuse_what_went_further(interest: Interest, twin: Interest | None, other: Enquiry) -> None:
    """What was offered, or is with a partner, stays where it is."""
    if interest.state in _IS_OVER or (interest.state in _ONLY_ASKED and not interest.referred_to_id):
        return
    state = "with a partner" if interest.referred_to_id else interest.get_state_display().lower()
    if twin and twin.state not in _ONLY_ASKED:
        raise TransitionNotAllowed(f"{interest} went further in both. Take it back in {interest.enquiry} first.")
    raise TransitionNotAllowed(f"{interest} is {state} here. Join {other} to {interest.enquiry} instead.")


def _hand_over(enquiry: Enquiry, other: Enquiry) -> list[Interest]:
    """What only the closed one asks for is asked for in the other. Who waited longest keeps that place."""
    there = {one.asks_for: one for one in other.interests.select_for_update(of=("self",))}
    copies = []
    for interest in enquiry.interests.select_for_update(of=("self",)):
        twin = there.get(interest.asks_for)
        _refuse_what_went_further(interest, twin, other)
        if twin is None and interest.state in _ONLY_ASKED:
            copies.append(interest.copied_to(other))
        elif twin and interest.waiting_since:
            twin.stand_in_line_since(interest.waiting_since)
            twin.save(update_fields=["state", "waiting_since"])
    for copy in copies:
        copy.save(force_insert=True)
    return copies
