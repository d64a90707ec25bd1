"""The second mailbox of a provider: how it is proved, and how a successor takes over by it."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from providers.exceptions import HandoverOver, NotProved, WrongCode
from providers.models.provider import Provider

if TYPE_CHECKING:
    from careportal.accounts.models import User

CODE_GOOD_FOR = dt.timedelta(minutes=10)
TRIES = 3
HANDOVER_DAYS = 14


class MailboxCode(models.Model):
    """A code sent to a provider's second mailbox, or to what is to become it. It is good for who asked, and once."""

    class Purpose(models.TextChoices):
        SECOND_CONTACT = "second_contact", "To become the second contact"
        HANDOVER = "handover", "To take over the account"

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="mailbox_codes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose)
    email = models.EmailField(max_length=254)
    code_hash = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0, help_text="How many wrong codes were given.")
    ended_at = models.DateTimeField(null=True, help_text="When it was used, or replaced by a newer one.")

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["email", "made_at"], name="mailbox_code_address")]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["second_contact", "handover"]), name="mailbox_code_purpose_is_known"
            ),
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=Q(ended_at=None), name="one_mailbox_code_a_person_and_purpose"
            ),
        ]

    def __str__(self) -> str:
        return f"Code {self.pk} for provider {self.provider_id}"

    @property
    def is_open(self) -> bool:
        in_time = timezone.now() < self.made_at + CODE_GOOD_FOR
        return self.ended_at is None and self.tries < TRIES and in_time

    def refuse_unless_open(self) -> None:
        if not self.is_open:
            raise WrongCode


class HandoverQuerySet(models.QuerySet["Handover"]):
    def undecided(self) -> Self:
        return self.filter(decided_at=None)

    def waiting(self) -> Self:
        """Proved by the second mailbox, for an officer to decide."""
        since = timezone.now() - dt.timedelta(days=HANDOVER_DAYS)
        return self.undecided().filter(proved_at__isnull=False, asked_at__gt=since)


class Handover(models.Model):
    """Somebody asks to take over a provider's account. The second mailbox proves it, then an officer decides."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="handovers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    proved_at = models.DateTimeField(null=True, help_text="When the code from the second mailbox was given.")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    granted = models.BooleanField(default=False)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "user"],
                condition=Q(decided_at=None),
                name="one_open_handover_a_provider_and_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, granted=False)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="handover_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(granted=False) | Q(proved_at__isnull=False), name="handover_is_granted_only_when_proved"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("user")), name="handover_is_not_decided_by_asker"
            ),
        ]

    def __str__(self) -> str:
        return f"Handover of provider {self.provider_id}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None and timezone.now() < self.runs_out_at

    @property
    def runs_out_at(self) -> dt.datetime:
        return self.asked_at + dt.timedelta(days=HANDOVER_DAYS)

    def decide(self, *, by: "User", granted: bool) -> None:
        """An officer's yes or no, once. A yes only after the second mailbox has proved it."""
        if not self.is_open:
            raise HandoverOver
        if granted and self.proved_at is None:
            raise NotProved
        self.decided_at, self.decided_by, self.granted = timezone.now(), by, granted
