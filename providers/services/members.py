"""Who acts for a provider, and what it has told about itself. The provider's row is locked, so that it always keeps
an owner, also when two owners remove each other at once."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from providers import letters
from providers.exceptions import OwnersOnly
from providers.models import Membership, Provider
from providers.services.invitations import withdraw_of

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "providers.provider"


@transaction.atomic
def make_organisation(*, owner: "User", name: str, type: str, postcode: str, cqc_registered: str = "") -> Provider:
    """A new organisation with its first owner. Another one of the same name stays another one: names prove nothing."""
    provider = Provider.objects.create(
        name=name, type=type, postcode=postcode, cqc_registered=cqc_registered, answers_on=timezone.localdate()
    )
    Membership.objects.create(provider=provider, user=owner, role=Membership.Role.OWNER)
    access.note_changed(owner, ABOUT, [provider.pk], what="made")
    return provider


@transaction.atomic
def change_role(*, membership_id: int, role: str, by: "User") -> Membership:
    membership = _locked(membership_id)
    refuse_unless_owner(membership.provider, by)
    before = membership.role
    membership.become(role)
    membership.save(update_fields=["role"])
    if not membership.is_owner:
        withdraw_of(membership.user, membership.provider)
    _note(membership, by, what="role", before=before, after=membership.role)
    return membership


@transaction.atomic
def remove_member(*, membership_id: int, by: "User") -> None:
    """An owner removes somebody, or somebody leaves. What they began and sent stays with the organisation (AZ11)."""
    membership = _locked(membership_id)
    if not membership.is_of(by):
        refuse_unless_owner(membership.provider, by)
    membership.refuse_if_last_owner()
    withdraw_of(membership.user, membership.provider)
    _note(membership, by, what="removed")
    membership.delete()
    if membership.user_id != by.pk:
        letters.removed(membership.user.email).send()


@transaction.atomic
def remember_answers(
    *, provider_id: int, user: "User", answers: dict[str, str], contact_name: str, telephone: str
) -> None:
    """Keep what was answered in an application, with the day, so that the next one only has to confirm it (N22)."""
    Provider.objects.filter(pk=provider_id).update(**answers, answers_on=timezone.localdate())
    Membership.objects.of(user).filter(provider=provider_id).update(contact_name=contact_name, telephone=telephone)


def refuse_unless_owner(provider: Provider, by: "User") -> None:
    if not provider.memberships.owners().filter(user=by).exists():
        raise OwnersOnly


def _locked(membership_id: int) -> Membership:
    """The membership; raises DoesNotExist when it has gone meanwhile."""
    found = Membership.objects.values_list("provider", flat=True).get(pk=membership_id)
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=found)
    membership = Membership.objects.select_related("user").get(pk=membership_id)
    membership.provider = provider
    return membership


def _note(membership: Membership, by: "User", **detail: str) -> None:
    access.note_changed(by, ABOUT, [membership.provider_id], person=membership.user_id, **detail)
