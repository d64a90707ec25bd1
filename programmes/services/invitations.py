"""The council or an administrator of a partner invites somebody, for one address. Whoever proves it accepts, once."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from careportal.accounts.invited import GOOD_FOR, InvitedQuerySet, hash_of, locked, new_token
from programmes import letters
from programmes.exceptions import (
    AgreementOver,
    AlreadyMember,
    CouncilStaff,
    InvitationOver,
    OtherAddress,
    TooManyMails,
)
from programmes.models import Partner, PartnerInvitation, PartnerMembership, PartnerRequest
from programmes.permissions import may_manage, refuse_unless_manager

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "programmes.partnerinvitation"
KEPT = dt.timedelta(days=30)


@transaction.atomic
def invite(*, partner_id: int, email: str, role: str, by: "User") -> PartnerInvitation:
    """Write an invitation and its mail. A new one for the same address ends the one before."""
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)
    refuse_unless_manager(partner, by)
    if partner.agreement_is_over:
        raise AgreementOver
    address = email.strip().lower()
    if partner.memberships.filter(user__email=address).exists():
        raise AlreadyMember
    if PartnerInvitation.objects.are_enough(by=by, address=address):
        raise TooManyMails
    partner.invitations.filter(email=address).withdraw()
    token = new_token()
    invitation = PartnerInvitation.objects.create(
        partner=partner, email=address, role=role, invited_by=by, token_hash=hash_of(token)
    )
    access.note_changed(by, ABOUT, [invitation.pk], what="made", partner=partner.pk, role=role)
    letters.invitation(address, token).send()
    return invitation


@transaction.atomic
def renew_invitation(*, invitation_id: int, by: "User") -> PartnerInvitation:
    """Send a new one in place of one that was lost or has run out."""
    before = _locked(PartnerInvitation.objects.filter(pk=invitation_id))
    refuse_unless_manager(before.partner, by)
    if before.is_settled:
        raise InvitationOver
    return invite(partner_id=before.partner_id, email=before.email, role=before.role, by=by)


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: "User") -> None:
    invitation = _locked(PartnerInvitation.objects.filter(pk=invitation_id))
    refuse_unless_manager(invitation.partner, by)
    if invitation.is_settled:
        raise InvitationOver
    invitation.withdraw()
    access.note_changed(by, ABOUT, [invitation.pk], what="withdrawn", partner=invitation.partner_id)


def withdraw_of(user: "User", partner: Partner | None = None) -> None:
    """What somebody who leaves has sent out, or was sent, is dead with them (AZ12)."""
    if partner:
        PartnerInvitation.objects.filter(partner=partner, invited_by=user).withdraw()
        return
    PartnerInvitation.objects.filter(invited_by=user).withdraw()
    PartnerInvitation.objects.filter(email=user.email).withdraw()


def withdraw_what_may_not_be_sent(user: "User") -> None:
    """After a change of rights: what this person could not send any more is dead."""
    for invitation in PartnerInvitation.objects.pending().filter(invited_by=user).select_related("partner"):
        if not may_manage(invitation.partner, user):
            withdraw_of(user, invitation.partner)


def found(token: str) -> PartnerInvitation | None:
    """The invitation to which this token belongs, whatever became of it."""
    return PartnerInvitation.objects.with_token(token).select_related("partner").first()


def refuse_other_person(invitation: PartnerInvitation, user: "User") -> None:
    """It is for one address, and for whoever has proved that one; council staff act for no partner."""
    if not invitation.is_for(user):
        raise OtherAddress
    if user.is_staff:
        raise CouncilStaff


@transaction.atomic
def accept_invitation(*, token: str, user: "User") -> PartnerMembership:
    """Join the partner. The rows are locked, so that one invitation makes one membership (CO9)."""
    invitation = _locked(PartnerInvitation.objects.with_token(token))
    refuse_other_person(invitation, user)
    invitation.refuse_unless_open()
    if invitation.partner.agreement_is_over:
        raise InvitationOver
    invitation.accept(user)
    membership, _ = PartnerMembership.objects.get_or_create(
        partner=invitation.partner, user=user, defaults={"role": invitation.role}
    )
    access.note_changed(user, ABOUT, [invitation.pk], what="accepted", partner=invitation.partner_id)
    return membership


def forget_invitations() -> None:
    """Addresses that somebody typed, a month after the invitation's end, and requests that nobody decided, after a
    month. The audit trail keeps what was done."""
    now = timezone.now()
    PartnerInvitation.objects.filter(made_at__lt=now - GOOD_FOR - KEPT).delete()
    PartnerRequest.objects.stale().filter(asked_at__lt=now - KEPT).delete()


def _locked(wanted: InvitedQuerySet) -> PartnerInvitation:
    invitation: PartnerInvitation | None = locked(wanted, "partner")
    if invitation is None:
        raise InvitationOver
    return invitation
