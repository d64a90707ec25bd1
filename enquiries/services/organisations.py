"""Applications that were made without an account join the account of an organisation, once their address is proved."""

from typing import TYPE_CHECKING

from django.db import transaction

from enquiries.models import Enquiry, Event
from enquiries.organisations import found_for
from providers import services as providers
from providers.models import Membership, Provider

if TYPE_CHECKING:
    from collections.abc import Iterable

    from careportal.accounts.models import User


@transaction.atomic
def add_to_organisation(*, user: "User", references: "Iterable[str]", provider_id: int | None) -> Provider | None:
    """Give applications to an organisation: one that this person belongs to, or (None) a new one of which they are
    the owner. Only what was sent from their own proved address and is nobody's yet; None when there is nothing.
    """
    found = found_for(user).filter(reference__in=list(references)).select_for_update(of=("self",))
    enquiries = list(found)
    if not enquiries:
        return None
    provider = _of_member(user, provider_id) if provider_id else _made_from(enquiries[0], user)
    for enquiry in enquiries:
        enquiry.provider = provider
        enquiry.save(update_fields=["provider"])
        enquiry.record(Event.Kind.ADDED, by=user, provider=provider.pk)
    return provider


def _of_member(user: "User", provider_id: int) -> Provider:
    return Membership.objects.of(user).select_related("provider").get(provider=provider_id).provider


def _made_from(enquiry: Enquiry, user: "User") -> Provider:
    """The organisation as its newest application tells of it."""
    provider = providers.make_organisation(
        owner=user,
        name=enquiry.organisation,
        type=enquiry.provider_type,
        postcode=enquiry.postcode,
        cqc_registered=enquiry.cqc_registered,
    )
    asked = {"size_band": enquiry.size_band, "place_of_care": enquiry.place_of_care}  # where rules look at them
    providers.remember_answers(
        provider_id=provider.pk,
        user=user,
        answers={name: answer for name, answer in asked.items() if answer not in {"", "unknown"}},
        contact_name=enquiry.contact.name,
        telephone=enquiry.contact.telephone,
    )
    return provider
