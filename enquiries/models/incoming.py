"""Mail that came to the business forum inbox: as it arrived, and what became of it."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Q, When, Window
from django.utils import timezone

from enquiries.exceptions import TransitionNotAllowed

if TYPE_CHECKING:
    from careportal.accounts.models import User
    from enquiries.models.correspondence import Message
    from enquiries.models.enquiry import Enquiry

MOST_RAW_BYTES = 10 * 1024 * 1024
MOST_TEXT = 20_000
MOST_WORDS = 8
PIECE_BYTES = 64 * 1024  # in base64 it is a cell that csv readers take


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    def to_sort(self) -> Self:
        """What an officer has to look at, the oldest first."""
        return self.filter(state=IncomingMail.State.SORT).order_by("received_at", "pk")

    def held(self) -> Self:
        """What came with many others at once. A spam wave says the same again and again: what is one of its kind, and
        what our mail server found nothing wrong with, comes first."""
        alike = Window(Count("pk"), partition_by="subject")
        is_wrong = Case(When(sender_check=IncomingMail.Sender.FAILED, then=1), default=0)
        found = self.filter(state=IncomingMail.State.HELD).annotate(alike=alike, is_wrong=is_wrong)
        return found.order_by("is_wrong", "alike", "received_at", "pk")

    def unproved_around(self, moment: dt.datetime) -> Self:
        """Asked for support or might have, within the hour before, from nobody whom our mail server has proved."""
        asked = Q(state=IncomingMail.State.ENQUIRY) | Q(state__in=["sort", "held", "other", "spam"], enquiry=None)
        hour = Q(received_at__gt=moment - dt.timedelta(hours=1), received_at__lte=moment)
        return self.filter(asked, hour).exclude(sender_check=IncomingMail.Sender.PROVED)

    def matching(self, words: str) -> Self:
        """In which each of the words stands: in its sender, its subject or its text."""
        found = self
        for word in words.split()[:MOST_WORDS]:
            places = ("sender", "sender_name", "subject", "text")
            found = found.filter(reduce(or_, (Q(**{f"{place}__icontains": word}) for place in places)))
        return found

    def listed(self) -> Self:
        """Without what they say, which may be long."""
        return self.defer("text")


class IncomingMail(models.Model):
    """A mail of the inbox that concerns us, noted before anything else is done with it.

    Other mail of the inbox is never stored: people work there, and it is none of our business. The mail itself stays
    in the inbox, untouched; its pieces are a copy for a while, or its beginning where the mail is too large to be kept.
    """

    class State(models.TextChoices):
        NEW = "new", "Not read yet"
        ENQUIRY = "enquiry", "Became an enquiry"
        MESSAGE = "message", "Added to an enquiry"
        OWN = "own", "Sent by the portal"
        AUTOMATIC = "automatic", "Automatic"
        SORT = "sort", "To sort"
        HELD = "held", "Held: many came at once"
        OTHER = "other", "Dealt with elsewhere"
        SPAM = "spam", "Unwanted"

    class Why(models.TextChoices):
        """Why a person has to look at it."""

        NEARLY = "nearly", "The subject is nearly the one that we ask for"
        IN_TEXT = "in_text", "The words that we ask for are in its text, not in its subject"
        STRANGER = "stranger", "It answers about an enquiry, from an address that is not the enquiry’s"
        CLOSED = "closed", "It answers about an enquiry that is closed"
        UNREADABLE = "unreadable", "It cannot be read"
        TOO_LARGE = "too_large", "It is too large"
        TOO_MANY = "too_many", "Too many came from this address"
        SAME_ID = "same_id", "It calls itself the same as another mail, and says something else"
        AUTOMATIC = "automatic", "It looks automatic, and has the subject that we ask for"
        UNPROVED = "unproved", "It would change an enquiry, and its sender is not proved"
        FORWARDED = "forwarded", "A colleague forwarded it, and who wrote it first cannot be read"
        AT_ONCE = "at_once", "It has the subject that we ask for, came with many others, and its sender is not proved"
        MISPLACED = "misplaced", "It was added to the wrong enquiry, and taken back"
        ANSWERS = "answers", "It answers another email that is no part of an enquiry"

    class Sender(models.TextChoices):
        """Whether our mail server has proved that it comes from where it says."""

        PROVED = "proved", "Proved by our mail server"
        UNKNOWN = "unknown", "Not checked"
        FAILED = "failed", "The check of our mail server failed"

    folder = models.CharField(max_length=200)
    validity = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField(help_text="Its number in the folder.")
    digest = models.CharField(
        max_length=64, help_text="SHA-256 of what the sender wrote, without what mail servers add on the way."
    )
    message_id = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField("bytes")
    received_at = models.DateTimeField(help_text="When it came into the inbox, as the mail server says.")
    noted_at = models.DateTimeField(default=timezone.now)

    sender = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=200, blank=True, help_text="As it calls itself. It proves nothing.")
    sender_check = models.CharField(max_length=10, choices=Sender, default=Sender.UNKNOWN)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True, help_text="What it says, without what it quotes.")

    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    why = models.CharField(max_length=12, blank=True, choices=Why)
    enquiry = models.ForeignKey(
        "Enquiry", null=True, on_delete=models.PROTECT, related_name="incoming", help_text="The one it became or joins."
    )
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often it was begun to be read.")
    became = models.OneToOneField(
        "Message", null=True, on_delete=models.PROTECT, related_name="came_as", help_text="In its correspondence."
    )
    moved: "models.JSONField[Any]" = models.JSONField(
        null=True, help_text="How the enquiry that it joined stood before and after: state and clocks."
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        verbose_name = "mail that came in"
        verbose_name_plural = "mail that came in"
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["received_at", "id"], condition=Q(state="sort"), name="incoming_to_sort"),
            models.Index(fields=["state", "-received_at", "-id"], name="incoming_by_state"),
            models.Index(fields=["message_id"], name="incoming_message_id"),
            models.Index(fields=["sender", "received_at"], name="incoming_sender"),
            models.Index(fields=["id"], condition=Q(state="new"), name="incoming_unread"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["folder", "validity", "number"], name="mail_of_the_inbox_is_noted_once"),
            models.UniqueConstraint(fields=["digest"], name="the_same_mail_is_noted_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["new", "enquiry", "message", "own", "automatic", "sort", "held", "other", "spam"]
                ),
                name="incoming_mail_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["enquiry", "message"]) | Q(enquiry__isnull=False),
                name="incoming_mail_belongs_to_its_enquiry",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sort", "held"]) | ~Q(why=""), name="incoming_mail_to_sort_says_why"
            ),
            models.UniqueConstraint(fields=["enquiry"], condition=Q(state="enquiry"), name="enquiry_came_by_one_mail"),
        ]

    def __str__(self) -> str:
        return f"Mail {self.pk}"

    @property
    def waits(self) -> bool:
        """Whether something can be made of it: nothing has been, and nobody has set it aside."""
        return self.state in {self.State.NEW, self.State.SORT, self.State.HELD, self.State.AUTOMATIC}

    def refuse_unless_it_waits(self) -> None:
        if not self.waits:
            raise TransitionNotAllowed(f"This email has been dealt with: {self.get_state_display().lower()}.")

    def become(self, enquiry: "Enquiry") -> None:
        """It is the enquiry that it asked for."""
        self.refuse_unless_it_waits()
        self.state, self.enquiry = self.State.ENQUIRY, enquiry

    def join(self, enquiry: "Enquiry", message: "Message") -> None:
        """It is a part of the correspondence of an enquiry."""
        self.refuse_unless_it_waits()
        self.state, self.enquiry, self.became = self.State.MESSAGE, enquiry, message

    def wait_for_officer(self, why: "IncomingMail.Why") -> None:
        self.refuse_unless_it_waits()
        self.state, self.why = self.State.SORT, why

    def hold(self, why: "IncomingMail.Why") -> None:
        """Apart from what is to sort, so that other mail is found there. It can be released (MI17)."""
        self.refuse_unless_it_waits()
        self.state, self.why = self.State.HELD, why

    def release(self) -> None:
        """To sort like any other mail. It can be held again."""
        if self.state != self.State.HELD:
            raise TransitionNotAllowed(f"This email is not held: {self.get_state_display().lower()}.")
        self.state = self.State.SORT

    def note_as(self, state: "IncomingMail.State") -> None:
        """Nothing becomes of it: the portal sent it, a machine did, or an officer answered from elsewhere."""
        assert state in {self.State.OWN, self.State.AUTOMATIC, self.State.OTHER}
        self.refuse_unless_it_waits()
        self.state = state

    def set_aside(self, state: "IncomingMail.State") -> None:
        """An officer says that nothing is to become of it here. It can be taken back."""
        if state not in {self.State.OTHER, self.State.SPAM}:
            raise TransitionNotAllowed("Say whether it is dealt with elsewhere or unwanted.")
        self.refuse_unless_it_waits()
        self.state = state

    def take_back(self) -> None:
        """To sort once more. Why it had to be sorted stays as it was."""
        if self.state not in {self.State.OTHER, self.State.SPAM, self.State.AUTOMATIC}:
            raise TransitionNotAllowed(f"This email cannot be taken back: {self.get_state_display().lower()}.")
        if not self.why:
            self.why = self.Why.AUTOMATIC if self.state == self.State.AUTOMATIC else self.Why.STRANGER
        self.state = self.State.SORT

    def leave(self) -> None:
        """It joined the wrong enquiry. From now on no mail that answers it is taken to be about that one."""
        if self.state != self.State.MESSAGE:
            raise TransitionNotAllowed(f"This email is not part of an enquiry: {self.get_state_display().lower()}.")
        self.state, self.why = self.State.SORT, self.Why.MISPLACED
        self.enquiry = self.became = self.moved = None

    def decide(self, officer: "User | None") -> None:
        """Who decided, and when. Nobody: the portal itself."""
        self.decided_by, self.decided_at = officer, timezone.now()

    @property
    def raw(self) -> bytes:
        """The copy of the mail, whole or its beginning; empty when its time is over."""
        return b"".join(bytes(piece) for piece in self.pieces.order_by("number").values_list("content", flat=True))

    @property
    def shown_as(self) -> str:
        """What a page showed when it offered a step. A step from a page that showed something else is refused."""
        decided = int(self.decided_at.timestamp() * 1000) if self.decided_at else 0
        return f"{self.state}-{self.enquiry_id or 0}-{decided}"


class IncomingPiece(models.Model):
    """A part of the copy of a mail, of at most 64 kilobytes."""

    mail = models.ForeignKey(IncomingMail, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mail", "number"], name="one_piece_a_mail_and_number")]

    def __str__(self) -> str:
        return f"Piece {self.number}"
