"""What people ask the council about their own information, or complain of, and by when it is answered."""

import calendar
import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from careportal.kit.working_days import DAY, is_working_day
from enquiries.exceptions import TransitionNotAllowed
from enquiries.references import new_reference

if TYPE_CHECKING:
    from careportal.accounts.models import User

MONTHS, MORE_MONTHS, COMPLAINT_DAYS = 1, 2, 30
LONGEST = 4000


def months_after(day: dt.date, number: int) -> dt.date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    years, month = divmod(day.month - 1 + number, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def on_a_working_day(day: dt.date) -> dt.date:
    """This day, or the first working day after it. The council's own closure days move nothing: the law knows none."""
    while not is_working_day(day):
        day += DAY
    return day


class RightsRequestQuerySet(models.QuerySet["RightsRequest"]):
    def open(self) -> Self:
        return self.filter(ended_at=None)

    def by_urgency(self) -> Self:
        """What is due first. An end has no place in it."""
        return self.order_by("due_on", "pk")

    def overdue_on(self, day: dt.date) -> Self:
        return self.open().filter(due_on__lt=day, paused_on=None)

    def of(self, address: str) -> Self:
        """Those that came from this address, however it is written."""
        return self.filter(email__iexact=address)


class RightsRequest(models.Model):
    """One request, objection or complaint about somebody's own information.

    Answered within a month, or three where an officer says why; a complaint is acknowledged within 30 days. Nothing
    is handed out or removed before it is known that whoever asks reads the address.
    """

    class Kind(models.TextChoices):
        ACCESS = "access", "A copy of everything you hold about me"
        CORRECT = "correct", "Correct something"
        DELETE = "delete", "Delete my information"
        OBJECT = "object", "Stop using my information: I object"
        RESTRICT = "restrict", "Keep my information but do not use it for now"
        COMPLAINT = "complaint", "Complain about how you use my information"

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        IN_HAND = "in_hand", "In hand"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed without an answer"

    class Proof(models.TextChoices):
        NONE = "", "Not proved"
        CODE = "code", "By a code to the address"
        OFFICER = "officer", "By an officer"

    class Outcome(models.TextChoices):
        AGREED = "agreed", "Agreed"
        IN_PART = "in_part", "Agreed in part"
        NOT_AGREED = "not_agreed", "Not agreed"

    NEEDS_PROOF = (Kind.ACCESS, Kind.CORRECT, Kind.DELETE, Kind.RESTRICT)

    reference = models.CharField(max_length=11, unique=True, default=new_reference, editable=False)
    key = models.UUIDField("one-use key", unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("what is asked", max_length=10, choices=Kind)
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    text = models.TextField("in their words", max_length=LONGEST, blank=True)
    received_on = models.DateField(default=timezone.localdate)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    proof = models.CharField("identity proved", max_length=10, choices=Proof, default=Proof.NONE, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, help_text="When an officer took it up.")
    why_extended = models.TextField(max_length=1000, blank=True, help_text="As the person was told.")
    paused_on = models.DateField(null=True, help_text="Since when it waits for the person to make clear what is meant.")
    paused_days = models.PositiveIntegerField(default=0, help_text="How long it has waited before.")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    answer = models.TextField(max_length=LONGEST, blank=True, help_text="As the person was told.")
    ended_at = models.DateTimeField(null=True)

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "request about information"
        verbose_name_plural = "requests about information"
        ordering = ["-received_on", "-pk"]
        indexes = [models.Index(fields=["due_on", "id"], condition=Q(ended_at=None), name="rights_request_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["access", "correct", "delete", "object", "restrict", "complaint"]),
                name="rights_request_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "in_hand"], ended_at=None, outcome="", answer="")
                | (Q(state="answered", ended_at__isnull=False) & ~Q(outcome="") & ~Q(answer=""))
                | (Q(state="closed", ended_at__isnull=False, outcome="") & ~Q(answer="")),
                name="rights_request_ends_with_words",
            ),
            models.CheckConstraint(
                condition=Q(state="received", owner=None, acknowledged_at=None)
                | Q(state="closed")
                | Q(owner__isnull=False, acknowledged_at__isnull=False),
                name="rights_request_in_hand_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(paused_on=None) | Q(state="in_hand"), name="rights_request_waits_only_in_hand"
            ),
            models.CheckConstraint(
                condition=Q(why_extended="") | ~Q(kind="complaint"), name="complaint_is_not_extended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.reference})"

    def save(self, *args, **kwargs) -> None:
        self.due_on = self.due_on or self.worked_out_due_on
        super().save(*args, **kwargs)

    @property
    def is_complaint(self) -> bool:
        return self.kind == self.Kind.COMPLAINT

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    @property
    def is_overdue(self) -> bool:
        return not self.is_over and self.paused_on is None and self.due_on < timezone.localdate()

    @property
    def worked_out_due_on(self) -> dt.date:
        """By law: a month, or three, and for a complaint 30 days; never on a day on which nobody works (U64, U66)."""
        months = MONTHS + (MORE_MONTHS if self.why_extended else 0)
        last = self.received_on + COMPLAINT_DAYS * DAY if self.is_complaint else months_after(self.received_on, months)
        return on_a_working_day(last + self.paused_days * DAY)

    def prove(self, how: "RightsRequest.Proof") -> None:
        """It is known that whoever asks reads the address."""
        self._refuse_if_over()
        self.proof = self.proof or how

    def take(self, by: "User") -> None:
        """An officer takes it up, or takes it over."""
        self._refuse_if_over()
        if self.owner_id == by.pk:
            raise TransitionNotAllowed("You have this request already.")
        self.state, self.owner = self.State.IN_HAND, by
        self.acknowledged_at = self.acknowledged_at or timezone.now()

    def extend(self, why: str) -> None:
        """Two more months, once, said within the first."""
        self._refuse_unless_in_hand()
        if self.is_complaint:
            raise TransitionNotAllowed("A complaint has no longer time: tell the person how far you are.")
        if self.paused_on:
            raise TransitionNotAllowed(
                "The clock stands still. Say first that there is an answer, then extend the time."
            )
        if self.why_extended or self.due_on < timezone.localdate():
            raise TransitionNotAllowed("The time can be extended once, and only before it is over.")
        self.why_extended = why
        self.due_on = self.worked_out_due_on

    def pause(self) -> None:
        """The person is asked to make clear what is meant: until then the clock stands still."""
        self._refuse_unless_in_hand()
        if self.paused_on:
            raise TransitionNotAllowed("The person was asked already. Go on once there is an answer.")
        self.paused_on = timezone.localdate()

    def resume(self) -> None:
        """There is an answer: the days in between do not count."""
        self._refuse_unless_in_hand()
        if self.paused_on is None:
            raise TransitionNotAllowed("The clock of this request is not standing still.")
        self.paused_days += (timezone.localdate() - self.paused_on).days
        self.paused_on, self.due_on = None, self.worked_out_due_on

    def end(self, *, outcome: str, answer: str) -> None:
        """With an answer; nothing is given away or changed for somebody who has not proved to be who they say."""
        self._refuse_unless_in_hand()
        if self.kind in self.NEEDS_PROOF and not self.proof and outcome != self.Outcome.NOT_AGREED:
            raise TransitionNotAllowed("First make sure that this person reads the address, then say so here.")
        self.state, self.outcome, self.answer = self.State.ANSWERED, outcome, answer
        self.paused_on, self.ended_at = None, timezone.now()

    def close(self, why: str) -> None:
        """Without an answer: it was taken back, or was no such request."""
        self._refuse_if_over()
        self.state, self.answer = self.State.CLOSED, why
        self.paused_on, self.ended_at = None, timezone.now()

    def _refuse_unless_in_hand(self) -> None:
        self._refuse_if_over()
        if self.state != self.State.IN_HAND:
            raise TransitionNotAllowed("Take this request first.")

    def _refuse_if_over(self) -> None:
        if self.is_over:
            raise TransitionNotAllowed("This request is answered or closed already. Nothing was changed.")
