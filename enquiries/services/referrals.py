"""Handing one programme of an enquiry to a partner."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters_referrals as letters
from enquiries.exceptions import ChangedMeanwhile, TransitionNotAllowed
from enquiries.mail import post
from enquiries.models import Event, Interest
from enquiries.services.interests import carry_out, locked
from enquiries.services.writing import numbered
from programmes.models import ClosureDay, Partner

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
    if not partner.is_acting:
        raise TransitionNotAllowed(f"The agreement with {partner} has ended. Choose another partner.")
    interest, _ = locked(interest_id)
    rule = interest.programme.shared_fields
    if shared is not None and set(shared) != set(rule):
        raise ChangedMeanwhile("What is shared with partners has changed. Check it again. Nothing was done.")
    closed, today = ClosureDay.objects.days(), timezone.localdate()
    by_on = add_working_days(today, settings.REFERRAL_ACK_DAYS, closed)

    def hand_over() -> None:
        interest.refer(to=partner)
        interest.wait_for_partner(by=by_on, chase_on=add_working_days(by_on, -1, closed))

    told: dict[str, Any] = {"partner": partner.pk, "shared": rule, "acknowledge_by": f"{by_on}"}
    carry_out(interest, officer, hand_over, shown=shown, **told)
    if partner.email:
        post.write(numbered(letters.referral(interest, partner)))
    return interest


def note_opening(*, interest: Interest, by: "User | None", via: str = "page") -> None:
    """Somebody of the partner has opened the page that shows what is shared. Without a person: by a code."""
    how = {"by": "partner", "via": via} if by is None else {}
    detail = {"interest": interest.pk, "partner": interest.referred_to_id, **how}
    Event.objects.create(enquiry=interest.enquiry, kind=Event.Kind.OPENED, by=by, detail=detail)
