"""Closing an account: the person goes, the organisation's applications stay and are handed on (J-P9, N15)."""

from typing import TYPE_CHECKING

from django.db import transaction

from careportal.accounts.closing import close_own_account, refuse_staff
from enquiries.exceptions import Refused
from enquiries.models import ContactVersion, Enquiry
from enquiries.services.contact import end_ways_of_before, note_change
from providers import letters
from providers import services as providers
from providers.models import Membership, Provider

if TYPE_CHECKING:
    from careportal.accounts.models import User


@transaction.atomic
def close_account(*, user: "User", ownerless: bool = False) -> None:
    """Leave every organisation, hand its applications on to whoever stays, and remove the person from the account.

    Raises LastOwner unless whoever asks knows that an organisation is then without an owner. People of partners and
    of the council have their accounts closed by others.
    """
    refuse_staff(user)
    if user.partner_memberships.exists():
        raise Refused("You act for a partner. Ask its administrator to remove you first, then close your account.")
    address = user.email
    for provider in providers.leave_all(user=user, ownerless=ownerless):
        _hand_on(provider, address)
    close_own_account(user_id=user.pk)


def _hand_on(provider: Provider, address: str) -> None:
    """Whoever stays is written to from now on, and told so. Where nobody stays, all is as it was."""
    found = Enquiry.objects.reached_at(address).filter(provider=provider).select_for_update(of=("self",))
    handed_on = [_to_successor(one, provider) for one in found.order_by("pk") if one.contact.email.lower() == address]
    for successor in {one for one in handed_on if one}:
        letters.handed_on(successor, is_member=successor != provider.second_email).send()


def _to_successor(enquiry: Enquiry, provider: Provider) -> str:
    """The address that is written to now; empty where there is nobody."""
    successor = _successor(provider, enquiry.contact)
    if successor is None:
        return ""
    successor.save()
    end_ways_of_before(enquiry)
    note_change(enquiry, ["name", "email", "telephone"])
    return successor.email


def _successor(provider: Provider, now: ContactVersion) -> ContactVersion | None:
    """An owner, else a member, else the second contact: the organisation's own mailbox, which has no name but its."""
    stays = provider.memberships.filter(user__is_active=True).select_related("user").order_by("-role", "pk")
    member: Membership | None = stays.first()
    if member:
        name = member.contact_name or member.user.name or provider.name
        return now.changed(name=name[:120], email=member.user.email, telephone=member.telephone)
    if provider.second_email not in {"", now.email.lower()}:
        return now.changed(name=provider.name[:120], email=provider.second_email, telephone="")
    return None
