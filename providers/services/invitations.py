"""An owner invites a colleague, for one address. Whoever proves that address accepts, once."""

from typing import TYPE_CHECKING

from django.db import transaction

from careportal.accounts import access
from careportal.accounts.invited import InvitedQuerySet, hash_of, locked, new_token
from providers import letters
from providers.exceptions import AlreadyMember, InvitationOver, OtherAddress, OwnersOnly, TooManyMails
from providers.models import Invitation, Membership, Provider

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "providers.invitation"


@transaction.atomic
def invite(*, provider_id: int, email: str, role: str, by: "User") -> Invitation:
    """Write an invitation and its mail. A new one for the same address ends the one before."""
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider_id)
    if not provider.memberships.owners().filter(user=by).exists():
        raise OwnersOnly
    address = email.strip().lower()
    if provider.memberships.filter(user__email=address).exists():
        raise AlreadyMember
    if Invitation.objects.are_enough(by=by, address=address):
        raise TooManyMails
    provider.invitations.filter(email=address).withdraw()
    token = new_token()
    invitation = Invitation.objects.create(
        provider=provider, email=address, role=role, invited_by=by, token_hash=hash_of(token)
    )
    access.note_changed(by, ABOUT, [invitation.pk], what="made", provider=provider.pk, role=role)
    letters.invitation(address, token).send()
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: "User") -> None:
    invitation = _locked(Invitation.objects.filter(pk=invitation_id))
    if not invitation.provider.memberships.owners().filter(user=by).exists():
        raise OwnersOnly
    invitation.refuse_unless_open()
    invitation.withdraw()
    access.note_changed(by, ABOUT, [invitation.pk], what="withdrawn", provider=invitation.provider_id)


def withdraw_of(user: "User", provider: Provider | None = None) -> None:
    """What somebody who leaves has sent out, or was sent, is dead with them (AZ12)."""
    if provider:
        Invitation.objects.filter(provider=provider, invited_by=user).withdraw()
        return
    Invitation.objects.filter(invited_by=user).withdraw()
    Invitation.objects.filter(email=user.email).withdraw()


def found(token: str) -> Invitation | None:
    """The invitation to which this token belongs, whatever became of it."""
    return Invitation.objects.with_token(token).select_related("provider").first()


def refuse_other_address(invitation: Invitation, user: "User") -> None:
    """It is for one address, and for whoever has proved that one."""
    if not invitation.is_for(user):
        raise OtherAddress


@transaction.atomic
def accept_invitation(*, token: str, user: "User") -> Membership:
    """Join the organisation. The rows are locked, so that one invitation makes one membership (CO9)."""
    invitation = _locked(Invitation.objects.with_token(token))
    refuse_other_address(invitation, user)
    invitation.refuse_unless_open()
    invitation.accept(user)
    membership, _ = Membership.objects.get_or_create(
        provider_id=invitation.provider_id, user=user, defaults={"role": invitation.role}
    )
    access.note_changed(user, ABOUT, [invitation.pk], what="accepted", provider=invitation.provider_id)
    return membership


def _locked(wanted: InvitedQuerySet) -> Invitation:
    invitation: Invitation | None = locked(wanted, "provider")
    if invitation is None:
        raise InvitationOver
    return invitation
