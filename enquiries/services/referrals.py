"""Handing one programme of an enquiry to a partner."""

from typing import TYPE_CHECKING

from django.db import transaction

from enquiries import letters_referrals as letters
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.mail import post
from enquiries.models import Event, Interest
from enquiries.services.interests import carry_out, locked
from enquiries.services.writing import numbered
from programmes.models import Partner

if TYPE_CHECKING:
    from careportal.accounts.models import User


@transaction.atomic
def refer(
    *, interest_id: int, officer: "User", partner_id: int, shared: list[str] | None = None, shown: str = ""
) -> Interest:
    """Hand one programme of an enquiry to a partner that runs it, and write to the partner where it has an address.

    `shared` is the sharing rule that the page showed. Raises ChangedMeanwhile when it has changed since.
    """
    partner = Partner.objects.filter(pk=partner_id).first()
    if partner is None:
        raise TransitionNotAllowed("This partner is not there any more. Choose another one.")
    interest, _ = locked(interest_id)
    rule = interest.programme.shared_fields
    if shared is not None and set(shared) != set(rule):
        raise ChangedMeanwhile("What is shared with partners has changed. Check it again. Nothing was done.")
    carry_out(interest, officer, lambda: interest.refer(to=partner), shown=shown, partner=partner.pk, shared=rule)
    if partner.email:
        post.write(numbered(letters.referral(interest, partner)))
    return interest


def note_opening(*, interest: Interest, by: "User") -> None:
    """Somebody of the partner has opened the page that shows what is shared."""
    interest.enquiry.record(Event.Kind.OPENED, by=by, interest=interest.pk, partner=interest.referred_to_id)
