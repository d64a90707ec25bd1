"""Somebody leaves all their organisations at once, because they close their account."""

from typing import TYPE_CHECKING

from django.db import transaction

from careportal.accounts import access
from providers.exceptions import LastOwner
from providers.models import Handover, MailboxCode, Membership, Provider
from providers.services.invitations import withdraw_of

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "providers.provider"


@transaction.atomic
def leave_all(*, user: "User", ownerless: bool) -> list[Provider]:
    """Every membership ends; what was begun and sent stays with the organisation. Returns what was left.

    Raises LastOwner where an organisation would have no owner, unless whoever leaves knows that (`ownerless`).
    """
    mine = Membership.objects.filter(user=user).values("provider")
    left = list(Provider.objects.filter(pk__in=mine).select_for_update(of=("self",)).order_by("pk"))
    for membership in Membership.objects.filter(user=user, provider__in=left).select_related("provider"):
        _leave(membership, user, ownerless)
    MailboxCode.objects.filter(user=user).delete()
    Handover.objects.undecided().filter(user=user).delete()
    return left


def owned_alone(user: "User") -> list[Provider]:
    """Organisations that nobody would own without this person."""
    owned = Membership.objects.of(user).filter(role=Membership.Role.OWNER).select_related("provider")
    return [one.provider for one in owned if not one.provider.memberships.owners().exclude(user=user).exists()]


def _leave(membership: Membership, user: "User", ownerless: bool) -> None:
    is_last = False
    try:
        membership.refuse_if_last_owner()
    except LastOwner:
        if not ownerless:
            raise
        is_last = True
    withdraw_of(user, membership.provider)
    membership.delete()
    access.note_changed(user, ABOUT, [membership.provider_id], person=user.pk, what="left", ownerless=is_last)
