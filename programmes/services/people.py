"""Who acts for a partner. The partner's row is locked, so that it always keeps an administrator, also when two of
them remove each other at once."""

from typing import TYPE_CHECKING

from django.db import transaction

from careportal.accounts import access
from programmes import letters
from programmes.models import Partner, PartnerMembership
from programmes.permissions import refuse_unless_manager
from programmes.services.invitations import withdraw_of

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "programmes.partner"


@transaction.atomic
def change_role(*, membership_id: int, role: str, by: "User") -> PartnerMembership:
    """Another role. Whoever becomes administrator is told: a second factor is asked of them from now on."""
    membership = _locked(membership_id)
    refuse_unless_manager(membership.partner, by)
    before = membership.role
    membership.become(role)
    membership.save(update_fields=["role"])
    if not membership.is_administrator:
        withdraw_of(membership.user, membership.partner)
    elif before != membership.role and not membership.is_of(by):
        letters.made_administrator(membership.user.email).send()
    _note(membership, by, what="role", before=before, after=membership.role)
    return membership


@transaction.atomic
def remove_person(*, membership_id: int, by: "User") -> None:
    """Somebody is removed, or leaves: out with the next click (AZ11). What they wrote stays with the partner (PA14)."""
    membership = _locked(membership_id)
    if not membership.is_of(by):
        refuse_unless_manager(membership.partner, by)
    membership.refuse_if_last_administrator()
    withdraw_of(membership.user, membership.partner)
    _note(membership, by, what="removed")
    membership.delete()
    if membership.user_id != by.pk:
        letters.removed(membership.user.email).send()


def _locked(membership_id: int) -> PartnerMembership:
    """The membership; raises DoesNotExist when it has gone meanwhile."""
    found = PartnerMembership.objects.values_list("partner", flat=True).get(pk=membership_id)
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=found)
    membership = PartnerMembership.objects.select_related("user").get(pk=membership_id)
    membership.partner = partner
    return membership


def _note(membership: PartnerMembership, by: "User", **detail: str) -> None:
    access.note_changed(by, ABOUT, [membership.partner_id], person=membership.user_id, **detail)
