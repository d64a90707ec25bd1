"""An owner invites a colleague, for one address. Whoever proves that address accepts, once."""

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from providers import letters
from providers.exceptions import AlreadyMember, InvitationOver, OtherAddress, OwnersOnly, TooManyMails
from providers.models import Invitation, Membership, Provider

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "providers.invitation"
PER_HOUR, PER_ADDRESS_AND_DAY = 20, 3


@transaction.atomic
def invite(*, provider_id: int, email: str, role: str, by: "User") -> Invitation:
    """Write an invitation and its mail. A new one for the same address ends the one before."""
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider_id)
    if not provider.memberships.owners().filter(user=by).exists():
        raise OwnersOnly
    address = email.strip().lower()
    if provider.memberships.filter(user__email=address).exists():
        raise AlreadyMember
    _refuse_too_many(by, address)
    provider.invitations.pending().filter(email=address).update(withdrawn_at=timezone.now())
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        provider=provider, email=address, role=role, invited_by=by, token_hash=hash_of(token)
    )
    access.note_changed(by, ABOUT, [invitation.pk], what="made", provider=provider.pk, role=role)
    letters.invitation(address, token).send()
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: "User") -> None:
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
    if not invitation.provider.memberships.owners().filter(user=by).exists():
        raise OwnersOnly
    invitation.refuse_unless_open()
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    access.note_changed(by, ABOUT, [invitation.pk], what="withdrawn", provider=invitation.provider_id)


def withdraw_of(user: "User", provider: Provider | None = None) -> None:
    """What somebody who leaves has sent out, or was sent, is dead with them (AZ12)."""
    pending = Invitation.objects.pending()
    if provider:
        pending.filter(provider=provider, invited_by=user).update(withdrawn_at=timezone.now())
        return
    pending.filter(invited_by=user).update(withdrawn_at=timezone.now())
    pending.filter(email=user.email).update(withdrawn_at=timezone.now())


def found(token: str) -> Invitation | None:
    """The invitation to which this token belongs, whatever became of it."""
    return Invitation.objects.select_related("provider").filter(token_hash=hash_of(token)).first()


def refuse_other_address(invitation: Invitation, user: "User") -> None:
    """It is for one address, and for whoever has proved that one."""
    proved = EmailAddress.objects.filter(user=user, verified=True, email__iexact=invitation.email)
    if user.email != invitation.email or not proved.exists():
        raise OtherAddress


@transaction.atomic
def accept_invitation(*, token: str, user: "User") -> Membership:
    """Join the organisation. The row is locked, so that one invitation makes one membership (CO9)."""
    invitation = Invitation.objects.select_for_update(of=("self",)).filter(token_hash=hash_of(token)).first()
    if invitation is None:
        raise InvitationOver
    refuse_other_address(invitation, user)
    invitation.refuse_unless_open()
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    membership, _ = Membership.objects.get_or_create(
        provider_id=invitation.provider_id, user=user, defaults={"role": invitation.role}
    )
    access.note_changed(user, ABOUT, [invitation.pk], what="accepted", provider=invitation.provider_id)
    return membership


def hash_of(token: str) -> str:
    """What is stored. The token has 256 random bits: nothing slower is needed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _refuse_too_many(by: "User", address: str) -> None:
    """Nobody is flooded with our mails by somebody who types their address (trap 20)."""
    now = timezone.now()
    by_one = Invitation.objects.filter(invited_by=by, made_at__gt=now - dt.timedelta(hours=1))
    to_one = Invitation.objects.filter(email=address, made_at__gt=now - dt.timedelta(days=1))
    if by_one.count() >= PER_HOUR or to_one.count() >= PER_ADDRESS_AND_DAY:
        raise TooManyMails
