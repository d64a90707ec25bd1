"""The people who act for care providers."""

from django.conf import settings
from django.db import models

from providers.models.provider import Provider


class Membership(models.Model):
    """A person who acts for a provider."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        MEMBER = "member", "Member"

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="provider_memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "user"], name="one_membership_a_provider_and_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.provider}"
