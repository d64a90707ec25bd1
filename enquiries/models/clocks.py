import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, When
from django.db.models.functions import Least
from django.utils import timezone

from careportal.kit.working_days import add_working_days, working_days_between
from enquiries.exceptions import TransitionNotAllowed
from programmes.models import ClosureDay, Programme

REPLY_RUNS, DECISION_RUNS = Q(replied_at=None), Q(decided_at=None)


class Clocks(models.Model):
    """Two clocks that run apart, in working days: until the first reply, and until everything is decided.

    Their dates are stored when they change. While the enquiry waits for the provider both stand still.
    """

    received_at = models.DateTimeField(default=timezone.now)
    reply_due_on = models.DateField(editable=False)
    reply_is_promised = models.BooleanField(default=False, editable=False, help_text="The public may read the date.")
    replied_at = models.DateTimeField(null=True, editable=False)
    decision_due_on = models.DateField(editable=False)
    decision_is_promised = models.BooleanField(default=False, editable=False, help_text="The public may read the date.")
    decided_at = models.DateTimeField(null=True, editable=False)
    paused_on = models.DateField(null=True, editable=False, help_text="Since then it has waited for the provider.")
    answered_at = models.DateTimeField(
        null=True, editable=False, help_text="Since then an answer of the provider has waited for an officer."
    )
    next_due_on = models.GeneratedField(
        expression=models.Case(
            When(state__in=["waiting", "closed"], then=None),
            When(REPLY_RUNS & DECISION_RUNS, then=Least("reply_due_on", "decision_due_on")),
            When(REPLY_RUNS, then=F("reply_due_on")),
            When(DECISION_RUNS, then=F("decision_due_on")),
            default=None,
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
        help_text="When the next of the clocks that run is due.",
    )

    CLOCKS = ("reply_due_on", "replied_at", "decision_due_on", "decided_at", "paused_on", "answered_at")

    class Meta:
        abstract = True

    def start_clocks(self, programmes: Iterable[Programme], closed: Collection[dt.date]) -> None:
        """The shortest promise among its programmes holds; only where none is published, the officers' own goal.

        The day it came is day 0, whatever the hour.
        """
        asked, council = list(programmes), settings.COUNCIL.promise
        reply = _shortest([programme.first_reply_days for programme in asked], council.first_reply)
        decision = _shortest([programme.decision_days for programme in asked], council.decision)
        self.reply_is_promised, self.decision_is_promised = reply is not None, decision is not None
        came_on = timezone.localdate(self.received_at)
        self.reply_due_on = add_working_days(came_on, reply or settings.FIRST_REPLY_DAYS, closed)
        self.decision_due_on = add_working_days(came_on, decision or settings.DECISION_DAYS, closed)

    def learn_programmes(self, programmes: Iterable[Programme], closed: Collection[dt.date]) -> None:
        """What is asked for became known later: its promises count from the day it came, put off by as much as the
        clocks have been put off since. A day that was promised already does not move back.
        """
        known = {"reply": (self.reply_due_on, self.reply_is_promised)}
        known["decision"] = (self.decision_due_on, self.decision_is_promised)
        self.start_clocks([], closed)
        put_off = {name: working_days_between(self._due(name), due_on, closed) for name, (due_on, _) in known.items()}
        self.start_clocks(programmes, closed)
        for name, (due_on, was_promised) in known.items():
            now_due_on = add_working_days(self._due(name), put_off[name], closed)
            setattr(self, f"{name}_due_on", min(due_on, now_due_on) if was_promised else now_due_on)
            setattr(self, f"{name}_is_promised", was_promised or getattr(self, f"{name}_is_promised"))

    def _due(self, name: str) -> dt.date:
        due_on: dt.date = getattr(self, f"{name}_due_on")
        return due_on

    @property
    def reply_promised_on(self) -> dt.date | None:
        """The day that the provider may be told. None where nothing is promised, and once it no longer matters."""
        told = self.reply_is_promised and self.replied_at is None and self.paused_on is None
        return self.reply_due_on if told else None

    @property
    def decision_promised_on(self) -> dt.date | None:
        told = self.decision_is_promised and self.decided_at is None and self.paused_on is None
        return self.decision_due_on if told else None

    @property
    def is_overdue(self) -> bool:
        return self.next_due_on is not None and self.next_due_on < timezone.localdate()

    def stop_reply_clock(self) -> None:
        if self.paused_on:
            closed = ClosureDay.objects.days()
            self.reply_due_on = _put_off(self.reply_due_on, self.paused_on, closed)
        self.replied_at = timezone.now()

    def pause_clocks(self) -> None:
        self.paused_on = timezone.localdate()

    def resume_clocks(self) -> None:
        """Each clock that runs is due so many working days later as it stood still."""
        if self.paused_on is None:
            return
        closed = ClosureDay.objects.days()
        if self.replied_at is None:
            self.reply_due_on = _put_off(self.reply_due_on, self.paused_on, closed)
        if self.decided_at is None:
            self.decision_due_on = _put_off(self.decision_due_on, self.paused_on, closed)
        self.paused_on = None

    @property
    def standing(self) -> dict[str, str]:
        """State and clocks as they can be kept, to be put back if what moved them was a mistake."""
        now = {name: getattr(self, name) for name in ("state", *self.CLOCKS)}
        return {name: value if isinstance(value, str) else value.isoformat() for name, value in now.items() if value}

    def put_back(self, before: dict[str, str], after: dict[str, str]) -> None:
        """As it stood before a step that was a mistake. Refused once anything has moved it since."""
        if self.standing != after:
            raise TransitionNotAllowed(f"{self} has changed since. Check its state and dates.")
        for name in ("state", *self.CLOCKS):
            field: models.Field[Any, Any] = self._meta.get_field(name)  # type: ignore[assignment]
            setattr(self, name, field.to_python(before.get(name)))

    def take_earlier_clocks(self, other: "Clocks") -> None:
        """Where the same was asked twice: what was due first is due, and the first reply to one was one to both."""
        self.reply_due_on = min(self.reply_due_on, other.reply_due_on)
        self.decision_due_on = min(self.decision_due_on, other.decision_due_on)
        self.replied_at = min((at for at in (self.replied_at, other.replied_at) if at), default=None)
        if self.replied_at:
            self.replied_at = max(self.replied_at, self.received_at)

    def follow_decisions(self, *, all_decided: bool) -> None:
        """The clock of the decision stops when everything is decided, and goes on when that is taken back."""
        if all_decided and self.decided_at is None:
            self.decided_at = timezone.now()
        elif not all_decided and self.decided_at:
            stopped_on = timezone.localdate(self.decided_at)
            self.decision_due_on = _put_off(self.decision_due_on, stopped_on, ClosureDay.objects.days())
            self.decided_at = None


def _shortest(own: list[int | None], councils: int | None) -> int | None:
    """In working days. A programme without a promise of its own has the council's, where there is one."""
    promised = [days or councils for days in own] or [councils]
    return min((days for days in promised if days), default=None)


def _put_off(due_on: dt.date, since: dt.date, closed: Collection[dt.date]) -> dt.date:
    return add_working_days(due_on, working_days_between(since, timezone.localdate(), closed), closed)
