"""Invitations to act for a provider."""

from django.db import models
from django.db.models.functions import Lower

from careportal.accounts.invited import Invited, InvitedQuerySet
from providers.exceptions import InvitationOver
from providers.models.membership import Membership
from providers.models.provider import Provider


class Invitation(Invited):
    """An owner invites a colleague."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Membership.Role, default=Membership.Role.MEMBER)

    objects = InvitedQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_pending_invitation_a_provider_and_address",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None),
                name="invitation_is_not_accepted_and_withdrawn",
            ),
            models.CheckConstraint(condition=models.Q(role__in=["owner", "member"]), name="invitation_role_is_known"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="invited_address_is_in_small_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk} to provider {self.provider_id}"

    def refuse_unless_open(self) -> None:
        if not self.is_open:
            raise InvitationOver
