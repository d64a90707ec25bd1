"""The council writes to the partner that has a referral: an answer to its question, or what it has to know."""

from typing import TYPE_CHECKING

from django.db import transaction

from enquiries import letters_referrals as letters
from enquiries.exceptions import TransitionNotAllowed
from enquiries.mail import post
from enquiries.models import Event, Interest, Message
from enquiries.services.correspondence import locked_as_shown
from enquiries.services.writing import numbered

if TYPE_CHECKING:
    from careportal.accounts.models import User


@transaction.atomic
def write_to_partner(*, interest_id: int, officer: "User", text: str, shown: str = "") -> Message:
    """The partner reads it on its page of the referral, and gets a mail that says so without a word of it.

    What waits for an officer goes on waiting: a provider may have answered as well.
    """
    found = Interest.objects.get(pk=interest_id)
    enquiry = locked_as_shown(found.enquiry_id, officer, shown)
    interest = Interest.objects.select_related("referred_to").get(pk=interest_id)
    interest.enquiry = enquiry
    partner = interest.referred_to
    if partner is None or not Interest.objects.seen_by([partner.pk]).filter(pk=interest_id).exists():
        raise TransitionNotAllowed(f"{interest} is not with a partner any more. Nothing was sent.")
    if not partner.is_acting:
        raise TransitionNotAllowed(f"The agreement with {partner} has ended: nobody there can read it. Call them.")
    message = Message.objects.create(
        enquiry=enquiry, interest=interest, kind=Message.Kind.TO_PARTNER, by=officer, text=text.strip()
    )
    detail = {"interest": interest.pk, "partner": partner.pk, "message": message.pk}
    enquiry.record(Event.Kind.WROTE_TO_PARTNER, by=officer, **detail)
    for to in partner.mailboxes:
        post.write(numbered(letters.written_to_partner(interest, partner, to)))
    return message
