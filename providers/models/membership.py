"""The people who act for care providers."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models

from providers.exceptions import LastOwner
from providers.models.provider import Provider

if TYPE_CHECKING:
    from careportal.accounts.models import User


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, user: object) -> Self:
        """What this person belongs to, now. Nobody who is not signed in, and nobody whose account was closed."""
        is_known = getattr(user, "is_authenticated", False) and getattr(user, "is_active", False)
        return self.filter(user_id=getattr(user, "pk", None)) if is_known else self.none()

    def owners(self) -> Self:
        """Owners who may sign in."""
        return self.filter(role=Membership.Role.OWNER, user__is_active=True)


class Membership(models.Model):
    """A person who acts for a provider, with how they like to be reached as its contact."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        MEMBER = "member", "Member"

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="provider_memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    contact_name = models.CharField(max_length=120, blank=True)
    telephone = models.CharField(max_length=20, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "user"], name="one_membership_a_provider_and_user"),
            models.CheckConstraint(condition=models.Q(role__in=["owner", "member"]), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.provider}"

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER

    def become(self, role: str) -> None:
        """Take another role. An organisation always keeps an owner who may sign in."""
        if role != self.Role.OWNER:
            self.refuse_if_last_owner()
        self.role = self.Role(role)

    def refuse_if_last_owner(self) -> None:
        others = self.provider.memberships.owners().exclude(pk=self.pk)
        if self.is_owner and not others.exists():
            raise LastOwner

    def is_of(self, user: "User") -> bool:
        return self.user_id == user.pk
