"""What is still with a partner whose agreement has ended: an officer takes it back to triage."""

from typing import TYPE_CHECKING

from django.db import transaction

from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Event, Interest
from enquiries.services.interests import carry_out, locked

if TYPE_CHECKING:
    from careportal.accounts.models import User


@transaction.atomic
def take_back_from_ended_partner(*, interest_id: int, officer: "User") -> Interest:
    """A referral that nobody at the partner can act on any more is open again, and its enquiry in triage."""
    interest, _ = locked(interest_id)
    partner, enquiry = interest.referred_to, interest.enquiry
    if partner is None or interest.state != Interest.State.REFERRED:
        raise TransitionNotAllowed(f"{interest} is not with a partner any more. Nothing was done.")
    if not partner.agreement_is_over:
        raise TransitionNotAllowed(f"The agreement with {partner} runs. Nothing was done.")
    before = enquiry.state

    def take_back() -> None:
        interest.reopen()
        enquiry.return_from_partner(is_with_another=interest.has_others_referred)

    carry_out(interest, officer, take_back, reads=False, partner=partner.pk)
    if before != enquiry.state:
        enquiry.save(update_fields=["state"])
        enquiry.record(Event.Kind.RESUMED, by=officer, before=before, after=enquiry.state)
    return interest
