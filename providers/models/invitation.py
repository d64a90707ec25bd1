"""Invitations to act for a provider."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from providers.exceptions import InvitationOver
from providers.models.membership import Membership
from providers.models.provider import Provider

GOOD_FOR = dt.timedelta(hours=72)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> Self:
        """Neither accepted nor withdrawn; may have run out."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self) -> Self:
        return self.pending().filter(made_at__gt=timezone.now() - GOOD_FOR)


class Invitation(models.Model):
    """One invitation by an owner, for one address: good once, for three days, until it is withdrawn (AZ15).

    The link in the mail holds a random token; here is only its hash. Without the address the token opens nothing.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Membership.Role, default=Membership.Role.MEMBER)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

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

    @property
    def ends_at(self) -> dt.datetime:
        return self.made_at + GOOD_FOR

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and timezone.now() < self.ends_at

    def refuse_unless_open(self) -> None:
        if not self.is_open:
            raise InvitationOver
