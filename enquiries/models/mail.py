import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from careportal.kit import clock
from enquiries.exceptions import TransitionNotAllowed

CLOCK_TOLERANCE_SECONDS = 60


def give_up_at() -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=settings.MAIL_RETRY_HOURS)


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self) -> Self:
        """What may be sent now: never tried ones first, so that what is tried again delays nobody.

        An acknowledgement lets its routing mail go first, but does not wait for it longer than mail counts as
        delayed: it can only tell what is true by then.
        """
        ready = self.filter(state=OutgoingMail.State.QUEUED, next_attempt_at__lte=clock.now())
        under_way = OutgoingMail.objects.filter(
            enquiry=OuterRef("enquiry"),
            kind=OutgoingMail.Kind.ROUTING,
            state__in=[OutgoingMail.State.QUEUED, OutgoingMail.State.SENDING],
        )
        early = Q(kind=OutgoingMail.Kind.ACKNOWLEDGEMENT, created_at__gt=clock.after(-settings.MAIL_DELAYED_SECONDS))
        return ready.exclude(early & Exists(under_way)).order_by("attempts_made", "next_attempt_at", "pk")

    def abandoned(self) -> Self:
        """Claimed by a worker that was not heard of again: the lease has run out, or ends when no lease could."""
        never = clock.after(settings.MAIL_LEASE_SECONDS + CLOCK_TOLERANCE_SECONDS)
        ended = Q(lease_until__lt=clock.now()) | Q(lease_until__gt=never)
        return self.filter(ended, state=OutgoingMail.State.SENDING)

    def misdated(self) -> Self:
        """Due later than any wait could make it: written while a clock was wrong."""
        never = clock.after(max(settings.MAIL_RETRY_CAP_SECONDS, 60) + CLOCK_TOLERANCE_SECONDS)
        return self.filter(state=OutgoingMail.State.QUEUED, next_attempt_at__gt=never)

    def undelivered(self) -> Self:
        """Routing mails that failed, or of which nobody knows whether they arrived."""
        trouble = [OutgoingMail.State.FAILED, OutgoingMail.State.UNCERTAIN]
        return self.filter(kind=OutgoingMail.Kind.ROUTING, state__in=trouble)

    def about_information(self, reference: str) -> Self:
        """What was written to whoever made this request about information: each subject ends with its reference."""
        kinds = [OutgoingMail.Kind.RIGHTS_RECEIVED, OutgoingMail.Kind.RIGHTS]
        return self.filter(kind__in=kinds, subject__endswith=f"({reference})").order_by("created_at", "pk")

    def readable_by_officers(self) -> Self:
        """Sign-in codes are nobody's business but the person's who asked for one."""
        return self.exclude(kind=OutgoingMail.Kind.ACCOUNT)


class OutgoingMail(models.Model):
    """One email that must leave, to one recipient. This row is the truth; the broker only carries a hint.

    States tell the truth: `sent` only once the server has taken it, `uncertain` when nobody can know.
    `marked_at` is committed just before the final dot of the SMTP dialogue. A crash before it is safe to
    repeat; a crash after it is not, and leaves the mail uncertain. Message-ID, Date and bytes never change.
    """

    OWN_HEADER = "X-Portal-Message-ID"  # the Message-ID once more, for mail systems that write another one over it

    class Kind(models.TextChoices):
        ROUTING = "routing", "To the inbox"
        ACKNOWLEDGEMENT = "acknowledgement", "Acknowledgement"
        ACCOUNT = "account", "Sign-in"
        NOTICE = "notice", "Notice to the team"
        MESSAGE = "message", "To the provider"
        REFERRAL = "referral", "To a partner"
        NEWS = "news", "To the inbox: something came"
        RESULTS = "results", "What a service can get"
        CONFIRMATION = "confirmation", "To confirm an alert"
        ALERT = "alert", "Alert"
        RIGHTS_RECEIVED = "rights_received", "Request about information: received"
        RIGHTS = "rights", "Request about information"

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
    due_to = models.EmailField(
        max_length=254, blank=True, help_text="The inbox it was written for, where an officer sent it elsewhere."
    )
    number = models.PositiveSmallIntegerField(default=1)
    subject = models.CharField(max_length=200)
    message_id = models.CharField(max_length=200, unique=True)
    text = models.TextField(blank=True, help_text="Frozen when written. Empty: it is built from its enquiry.")
    raw = models.BinaryField(null=True, editable=False, help_text="The whole mail, frozen before the first attempt.")

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts_made = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    marked_at = models.DateTimeField(null=True)
    last_answer = models.CharField("the server's words", max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now, help_text="Since when it waits.")
    give_up_at = models.DateTimeField(default=give_up_at, help_text="Not tried again after this moment.")
    sent_at = models.DateTimeField(null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="mail_due"),
            models.Index(fields=["state", "-id"], name="mail_state"),
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
                condition=Q(
                    kind__in=[
                        *("account", "notice", "results", "confirmation", "alert", "rights_received", "rights"),
                    ]
                )
                ^ Q(enquiry__isnull=False),
                name="mail_is_about_an_enquiry_or_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.message_id}"

    @property
    def is_settled(self) -> bool:
        return self.state in {self.State.SENT, self.State.CANCELLED}

    @property
    def written_for(self) -> str:
        """Whose applications it carries, wherever an officer has sent it."""
        return self.due_to or self.recipient

    def resend(self) -> None:
        """Queue it again, as the same mail. For one that failed or is uncertain; the officer decides."""
        self._only_from(self.State.FAILED, self.State.UNCERTAIN)
        self.state, self.next_attempt_at, self.give_up_at = self.State.QUEUED, timezone.now(), give_up_at()
        self.queued_at = timezone.now()
        self.claim = self.lease_until = self.marked_at = None

    def mark_as_received(self) -> None:
        """Somebody has seen it in the inbox."""
        self._only_from(self.State.UNCERTAIN, self.State.FAILED)
        self.state, self.sent_at = self.State.SENT, timezone.now()

    def come_back(self) -> None:
        """It was taken and then returned: it did not arrive after all."""
        self._only_from(self.State.SENT, self.State.UNCERTAIN)
        self.state, self.sent_at, self.next_attempt_at = self.State.FAILED, None, timezone.now()

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
        AWAY = "away", "The mail server could not be used"
        FOUND = "found", "Found in the inbox"
        BOUNCED = "bounced", "Came back"
        DELIVERED = "delivered", "Delivered, says the server"

    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, related_name="attempts")
    claim = models.UUIDField(default=uuid.uuid4)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.RUNNING)
    answer = models.CharField("the server's words", max_length=500, blank=True)

    class Meta:
        ordering = ["started_at", "pk"]
        indexes = [models.Index(fields=["outcome", "ended_at"], name="attempt_ended")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="running", ended_at__isnull=True)
                | (~Q(outcome="running") & Q(ended_at__isnull=False)),
                name="attempt_that_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=[
                        *["running", "sent", "postponed", "away", "refused", "uncertain", "abandoned", "unbuilt"],
                        *["found", "bounced", "delivered"],
                    ]
                ),
                name="attempt_outcome_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
