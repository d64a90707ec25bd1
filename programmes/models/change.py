"""What partners propose for their listings: nothing of it is public before somebody of the council has approved it."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from programmes.exceptions import ChangedMeanwhile, NoReason, NothingToReview
from programmes.models.partner import Partner
from programmes.models.programme import Programme


class ListingChangeQuerySet(models.QuerySet["ListingChange"]):
    def open(self) -> Self:
        """Not ended: being written, waiting for the council, or returned."""
        return self.filter(state__in=ListingChange.OPEN)

    def to_review(self) -> Self:
        """What the council has to look at, the earliest promise first: one line a listing, however often it changed."""
        return self.filter(state=ListingChange.State.SUBMITTED).order_by("due_on", "pk")

    def of(self, partner: Partner) -> Self:
        return self.filter(partner=partner)


class ListingChange(models.Model):
    """What one partner proposes for one programme. It belongs to the partner, whoever of its people wrote it (PA14).

    Each save is a new revision. What is decided is bound to the revision that was read (PA3).
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Being written"
        SUBMITTED = "submitted", "Waits for the council"
        RETURNED = "returned", "Returned to you"
        DONE = "done", "Decided"
        DISCARDED = "discarded", "Taken back"

    OPEN: ClassVar[set[str]] = {State.DRAFT, State.SUBMITTED, State.RETURNED}

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="changes")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="changes")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    due_on = models.DateField(null=True, help_text="By when the council promised to decide about the next of it.")
    ended_at = models.DateTimeField(null=True)
    dates_to_be_agreed = models.BooleanField(default=False, help_text="Of a new programme that has no dates yet.")

    objects = ListingChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "partner change"
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["due_on", "id"], condition=Q(state="submitted"), name="change_to_review")]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "partner"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="one_open_change_a_programme_and_partner",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "returned", "done", "discarded"]),
                name="change_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False, due_on__isnull=False),
                name="change_is_submitted_at_a_time_with_a_promise",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "discarded"], ended_at__isnull=False)
                | (~Q(state__in=["done", "discarded"]) & Q(ended_at=None)),
                name="change_has_ended_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Change {self.pk} of programme {self.programme_id}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_new_programme(self) -> bool:
        return self.programme.state == Programme.State.DRAFT

    @property
    def is_own_draft(self) -> bool:
        """A new programme that this very partner writes: it has to be complete before it is sent."""
        return self.is_new_programme and self.programme.proposed_by_id == self.partner_id

    def refuse_unless(self, revision: int) -> None:
        """What somebody read must be what is there now."""
        if revision != self.revision:
            raise ChangedMeanwhile("This was changed after you opened it. Nothing was done: read it again.")

    def refuse_unless_open(self) -> None:
        if not self.is_open:
            raise ChangedMeanwhile("This change has ended already. Nothing was done.")

    def refuse_unless_it_waits(self) -> None:
        if self.state != self.State.SUBMITTED:
            raise ChangedMeanwhile("This does not wait for a decision just now. Nothing was done: read it again.")

    def revise(self) -> None:
        """Somebody of the partner saves. What the council had not decided by then is being written again."""
        self.refuse_unless_open()
        self.revision += 1
        self.state, self.due_on = self.State.DRAFT, None

    def submit(self, *, by: Any, due_on: Any) -> None:
        self.refuse_unless_open()
        if self.state == self.State.SUBMITTED:
            raise ChangedMeanwhile("This waits for the council already.")
        self.state = self.State.SUBMITTED
        self.submitted_at, self.submitted_by, self.due_on = timezone.now(), by, due_on

    def settle(self, *, waiting: bool, returned: bool, due_on: Any = None) -> None:
        """After a decision: more to decide, something to amend, or the end."""
        self.refuse_unless_it_waits()
        if waiting:
            self.due_on = due_on
            return
        self.due_on = None
        if returned:
            self.state = self.State.RETURNED
        else:
            self._end(self.State.DONE)

    def close_unless_something_is_left(self) -> None:
        """After a save: all was set back to what is public. What had been approved by then was decided."""
        left = {field.state for field in self.fields.all()}
        if left <= {ProposedField.State.APPROVED}:
            self._end(self.State.DONE if left else self.State.DISCARDED)

    def discard(self) -> None:
        self.refuse_unless_open()
        self._end(self.State.DISCARDED)

    def refuse_unless_something_waits(self) -> None:
        if not any(field.state == ProposedField.State.PROPOSED for field in self.fields.all()):
            raise NothingToReview

    def _end(self, state: str) -> None:
        self.state, self.due_on, self.ended_at = self.State(state), None, timezone.now()


class ProposedField(models.Model):
    """One fact that a change would alter, with what became of it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits"
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned"

    change = models.ForeignKey(ListingChange, on_delete=models.CASCADE, related_name="fields")
    name = models.CharField(max_length=30)
    before: "models.JSONField[Any]" = models.JSONField(help_text="What was public when it was proposed.")
    after: "models.JSONField[Any]" = models.JSONField(help_text="What is proposed.")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    reason = models.TextField(max_length=1000, blank=True, help_text="Why it was returned. The partner reads it.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["change", "name"], name="one_proposal_a_change_and_field"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None, reason="")
                | Q(state="approved", decided_at__isnull=False, reason="")
                | (Q(state="returned", decided_at__isnull=False) & ~Q(reason="")),
                name="proposal_is_decided_at_a_time_and_returned_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of change {self.change_id}"

    def propose(self, before: Any, after: Any) -> None:
        self.before, self.after, self.state = before, after, self.State.PROPOSED
        self.reason, self.decided_by, self.decided_at = "", None, None

    def approve(self, *, by: Any) -> None:
        self._decide(self.State.APPROVED, by, "")

    def give_back(self, *, by: Any, reason: str) -> None:
        """Nothing is returned without saying why."""
        if not reason.strip():
            raise NoReason
        self._decide(self.State.RETURNED, by, reason)

    def _decide(self, state: str, by: Any, reason: str) -> None:
        if self.state != self.State.PROPOSED:
            raise ChangedMeanwhile("This has been decided already. Nothing was done: read it again.")
        self.state, self.reason = self.State(state), reason
        self.decided_by, self.decided_at = by, timezone.now()


class ListingRevision(models.Model):
    """What was proposed with each save, and by whom: for whoever wants to know what was read. Never changed."""

    change = models.ForeignKey(ListingChange, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    values: "models.JSONField[Any]" = models.JSONField(help_text="All that waited after this save, by field.")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["change", "number"], name="one_revision_a_change_and_number")]

    def __str__(self) -> str:
        return f"Revision {self.number} of change {self.change_id}"


class ListingDecision(models.Model):
    """What became of one fact in one revision, and why: kept when the partner proposes it anew. Never changed."""

    change = models.ForeignKey(ListingChange, on_delete=models.CASCADE, related_name="decisions")
    revision = models.PositiveIntegerField()
    name = models.CharField(max_length=30)
    is_approved = models.BooleanField()
    reason = models.TextField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["change", "revision", "name"], name="one_decision_a_revision_and_field"),
            models.CheckConstraint(
                condition=Q(is_approved=True, reason="") | (Q(is_approved=False) & ~Q(reason="")),
                name="decision_returns_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of change {self.change_id}, revision {self.revision}"


class ListingMessage(models.Model):
    """A line of the talk between a partner and the council about a change."""

    change = models.ForeignKey(ListingChange, on_delete=models.CASCADE, related_name="messages")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    is_from_council = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"Message {self.pk} about change {self.change_id}"
