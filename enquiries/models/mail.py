import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from enquiries.exceptions import TransitionNotAllowed


def give_up_at() -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=settings.MAIL_RETRY_HOURS)


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self, now: dt.datetime | None = None) -> Self:
        """What may be sent now, oldest first."""
        now = now or timezone.now()
        return self.filter(state=OutgoingMail.State.QUEUED, next_attempt_at__lte=now).order_by("next_attempt_at", "pk")

    def abandoned(self, now: dt.datetime | None = None) -> Self:
        """Claimed by a worker that has not been heard of since its lease ran out."""
        return self.filter(state=OutgoingMail.State.SENDING, lease_until__lt=now or timezone.now())

    def readable_by_officers(self) -> Self:
        """Sign-in codes are nobody's business but the person's who asked for one."""
        return self.exclude(kind=OutgoingMail.Kind.ACCOUNT)


class OutgoingMail(models.Model):
    """One email that must leave, to one recipient. This row is the truth; the broker only carries a hint.

    States tell the truth: `sent` only once the server has taken it, `uncertain` when nobody can know.
    `marked_at` is committed just before the final dot of the SMTP dialogue. A crash before it is safe to
    repeat; a crash after it is not, and leaves the mail uncertain. Message-ID, Date and bytes never change.
    """

    class Kind(models.TextChoices):
        ROUTING = "routing", "To the inbox"
        ACKNOWLEDGEMENT = "acknowledgement", "Acknowledgement"
        ACCOUNT = "account", "Sign-in"

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        UNCERTAIN = "uncertain", "Uncertain"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    enquiry = models.ForeignKey("Enquiry", null=True, on_delete=models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=20, choices=Kind)
    recipient = models.EmailField(max_length=254)
    recipient_key = models.CharField(max_length=254, help_text="The address without what varies, for limits.")
    number = models.PositiveSmallIntegerField(default=1)
    subject = models.CharField(max_length=200)
    message_id = models.CharField(max_length=200, unique=True)
    text = models.TextField(blank=True, help_text="Only of mails that are not built from an enquiry.")
    raw = models.BinaryField(null=True, editable=False, help_text="The whole mail, frozen before the first attempt.")

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts_made = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    marked_at = models.DateTimeField(null=True)
    last_answer = models.CharField("the server's words", max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    give_up_at = models.DateTimeField(default=give_up_at, help_text="Not tried again after this moment.")
    sent_at = models.DateTimeField(null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="mail_due"),
            models.Index(fields=["kind", "recipient_key", "created_at"], name="mail_recipient"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enquiry", "kind", "recipient", "number"], name="one_mail_an_enquiry_kind_recipient_and_number"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "sent", "uncertain", "failed", "cancelled"]),
                name="mail_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="mail_is_sent_with_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", claim__isnull=False, lease_until__isnull=False) | ~Q(state="sending"),
                name="mail_being_sent_is_claimed",
            ),
            models.CheckConstraint(
                condition=Q(kind="account") ^ Q(enquiry__isnull=False), name="mail_is_about_an_enquiry_or_an_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.message_id}"

    @property
    def is_settled(self) -> bool:
        return self.state in {self.State.SENT, self.State.CANCELLED}

    def resend(self) -> None:
        """Queue it again, as the same mail. For one that failed or is uncertain; the officer decides."""
        self._only_from(self.State.FAILED, self.State.UNCERTAIN)
        self.state, self.next_attempt_at, self.give_up_at = self.State.QUEUED, timezone.now(), give_up_at()
        self.claim = self.lease_until = self.marked_at = None

    def mark_as_received(self) -> None:
        """Somebody has seen it in the inbox."""
        self._only_from(self.State.UNCERTAIN, self.State.FAILED)
        self.state, self.sent_at = self.State.SENT, timezone.now()

    def cancel(self) -> None:
        self._only_from(self.State.QUEUED, self.State.UNCERTAIN, self.State.FAILED)
        self.state = self.State.CANCELLED

    def _only_from(self, *states: "OutgoingMail.State") -> None:
        if self.state not in states:
            raise TransitionNotAllowed(f"This mail is {self.get_state_display().lower()}: that cannot be done now.")


class MailAttempt(models.Model):
    """One try at sending a mail, with what the server said."""

    class Outcome(models.TextChoices):
        RUNNING = "running", "Under way"
        SENT = "sent", "Taken by the server"
        POSTPONED = "postponed", "Refused for now"
        REFUSED = "refused", "Refused"
        UNCERTAIN = "uncertain", "No answer after the whole mail was handed over"
        ABANDONED = "abandoned", "The worker stopped before the mail was handed over"
        UNBUILT = "unbuilt", "The mail could not be built"

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="attempts")
    claim = models.UUIDField(default=uuid.uuid4)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.RUNNING)
    answer = models.CharField("the server's words", max_length=500, blank=True)

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="running", ended_at__isnull=True)
                | (~Q(outcome="running") & Q(ended_at__isnull=False)),
                name="attempt_that_ended_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
