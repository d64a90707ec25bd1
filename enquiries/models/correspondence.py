"""What the council and the provider write to each other about an enquiry, and the templates officers write with."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from careportal.kit.placeholders import UnknownPlaceholder, refuse_unknown
from enquiries.models.mail import OutgoingMail

if TYPE_CHECKING:
    from enquiries.models.interest import Interest


class MessageQuerySet(models.QuerySet["Message"]):
    def awaited(self) -> Self:
        """Questions without an answer, asked since their enquiry waits; of several the newest, for which it waits.

        Few enquiries wait: an index knows which.
        """
        waiting = Q(enquiry__state="waiting", enquiry__paused_on__isnull=False)
        newer = Message.objects.filter(enquiry=OuterRef("enquiry"), kind=Message.Kind.QUESTION, pk__gt=OuterRef("pk"))
        asked = self.filter(waiting, kind=Message.Kind.QUESTION, answer=None, at__date__gte=F("enquiry__paused_on"))
        return asked.exclude(Exists(newer))

    def known_to_provider(self) -> Self:
        """What the provider wrote, and what was written to the provider and has left. One that waits can be stopped
        still. One that did not arrive is among them: then this is where it can be read."""
        left = [OutgoingMail.State.SENT, OutgoingMail.State.UNCERTAIN, OutgoingMail.State.FAILED]
        return self.exclude(kind__in=Message.WITH_PARTNER).filter(Q(mail=None) | Q(mail__state__in=left))

    def talk_with_partner(self, interest: "Interest") -> Self:
        """What its partner and the council wrote to each other since this referral; nothing of an earlier partner."""
        return self.filter(interest=interest, kind__in=Message.WITH_PARTNER, at__gte=interest.referred_at)

    def without_reminder(self) -> Self:
        reminders = Message.objects.filter(
            kind=Message.Kind.REMINDER, enquiry=OuterRef("enquiry"), pk__gt=OuterRef("pk")
        )
        return self.exclude(Exists(reminders.filter(interest=None)))


class Message(models.Model):
    """One piece of correspondence. It is added, and never changed: what was sent stays as it was read.

    Only a mail that was never meant for the enquiry takes its words away again, into the tray.
    """

    class Kind(models.TextChoices):
        REPLY = "reply", "Message to the provider"
        QUESTION = "question", "Question to the provider"
        DECISION = "decision", "Decision"
        CORRECTION = "correction", "Correction of a decision"
        OFFER = "offer", "Offer of a place"
        REMINDER = "reminder", "Reminder"
        OUTCOME = "outcome", "Questions about the outcome"
        ANSWER = "answer", "Answer from the provider"
        INCOMING = "incoming", "Message from the provider"
        INVITATION = "invitation", "Invitation from the partner"
        PARTNER = "partner", "Message from the partner"
        TO_PARTNER = "to_partner", "Message to the partner"

    WITH_PARTNER: ClassVar[set[str]] = {Kind.PARTNER, Kind.TO_PARTNER}

    enquiry = models.ForeignKey("Enquiry", on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=12, choices=Kind)
    interest = models.ForeignKey(
        "Interest", null=True, on_delete=models.PROTECT, related_name="messages", help_text="If it is about one."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The officer, or a person of the partner. Nobody: the provider, or the portal itself.",
    )
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(max_length=8000)
    answer_by = models.DateField(null=True, help_text="Until when an answer is asked for.")
    answers = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="answer")
    mail = models.OneToOneField("OutgoingMail", null=True, on_delete=models.PROTECT, related_name="message")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("reply", "question", "decision", "correction", "offer", "reminder", "answer", "incoming"),
                        *("outcome", "invitation", "partner", "to_partner"),
                    ],
                ),
                name="message_kind_is_known",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),
            models.CheckConstraint(
                condition=Q(kind="answer", answers__isnull=False, by=None, mail=None)
                | Q(kind="incoming", answers=None, by=None, mail=None)
                | Q(kind="partner", answers=None, mail=None, interest__isnull=False)
                | Q(kind="to_partner", answers=None, mail=None, interest__isnull=False, by__isnull=False)
                | (~Q(kind__in=["answer", "incoming", "partner", "to_partner"]) & Q(answers=None, mail__isnull=False)),
                name="message_was_mailed_or_came_in",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.enquiry})"

    @property
    def is_about_an_outcome(self) -> bool:
        """Whether it tells what becomes of a programme, or takes that back. One that was never sent tells nobody."""
        about = {self.Kind.DECISION, self.Kind.OFFER, self.Kind.CORRECTION}
        return self.kind in about and self.mail is not None and self.mail.state != OutgoingMail.State.CANCELLED

    @property
    def is_from_partner(self) -> bool:
        """For the council's eyes alone: the provider never reads it."""
        return self.kind == self.Kind.PARTNER

    @property
    def is_to_partner(self) -> bool:
        """Read on the partner's page of the referral, by nobody else outside the council."""
        return self.kind == self.Kind.TO_PARTNER

    @property
    def is_from_provider(self) -> bool:
        return self.kind in {self.Kind.ANSWER, self.Kind.INCOMING}


class ReplyTemplate(models.Model):
    """Words that officers begin a message with. What cannot be filled in is refused on saving."""

    PLACEHOLDERS = ("reference", "first name", "programmes", "telephone", "opening hours", "council")

    name = models.CharField(
        max_length=80, unique=True, error_messages={"unique": "There is already a template with this name."}
    )
    text = models.TextField(
        max_length=4000,
        help_text="Plain text. You can use " + ", ".join(f"(({name}))" for name in PLACEHOLDERS) + ".",
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            refuse_unknown(self.text, self.PLACEHOLDERS)
        except UnknownPlaceholder as unknown:
            known = ", ".join(f"(({name}))" for name in self.PLACEHOLDERS)
            raise ValidationError({"text": f"“{unknown}” cannot be filled in. Use only {known}."}) from unknown
