"""The provider's own withdrawal of a programme. It can be undone for a while, and then it is final."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from enquiries.exceptions import TransitionNotAllowed
from programmes.models import Intake


class WhyWithdrawn(models.TextChoices):
    NOT_NEEDED = "not_needed", "We do not need it any more"
    NO_TIME = "no_time", "We do not have the time or the staff at the moment"
    DATES = "dates", "The dates or the place do not suit us"
    OTHER_SUPPORT = "other_support", "We have found other support"
    ANOTHER_REASON = "another_reason", "Another reason"


class Withdrawal(models.Model):
    """The part of an interest that is about giving it up. A place is free at once: others wait for it.

    So undoing brings everything back but a place that somebody else has by then.
    """

    undo_until = models.DateField(null=True, help_text="The last day on which the provider can undo its withdrawal.")
    before_withdrawal: "models.JSONField[Any]" = models.JSONField(
        null=True, help_text="What it was when the provider withdrew: undoing brings that back."
    )
    why_withdrawn = models.CharField(max_length=20, blank=True, db_default="", choices=WhyWithdrawn)

    if TYPE_CHECKING:
        State: Any
        state: str
        enquiry: Any
        programme: Any
        offered_intake: Any
        offered_intake_id: int | None
        answer_by: dt.date | None
        waiting_since: dt.datetime | None
        chase_on: dt.date | None
        places: int

        def _move(self, to: Any, *, in_hand: bool = True) -> None: ...

    class Meta:
        abstract = True

    @property
    def may_withdraw(self) -> bool:
        """Whether the provider can give it up: it still waits for something, or holds a place that others want."""
        if self.enquiry.state == "closed":
            return self.state == self.State.ENROLLED
        return self.state in {"received", "referred", "waiting_list", "offered", "enrolled"}

    @property
    def may_undo(self) -> bool:
        return self.undo_until is not None and self.undo_until >= timezone.localdate()

    def withdraw_for_provider(self, *, why: str, undo_until: dt.date) -> None:
        if not self.may_withdraw:
            raise TransitionNotAllowed(f"“{self}” cannot be withdrawn any more. Look at what became of it.")
        before = {
            "state": self.state,
            "waiting_since": self.waiting_since and self.waiting_since.isoformat(),
            "intake": self.offered_intake_id,
            "answer_by": self.answer_by and self.answer_by.isoformat(),
            "chase_on": self.chase_on and self.chase_on.isoformat(),
        }
        self._move(self.State.WITHDRAWN, in_hand=False)
        self.before_withdrawal, self.undo_until, self.why_withdrawn = before, undo_until, why

    def undo_withdrawal(self, group: Intake | None) -> None:
        """As it was before. Where its place is gone, or its offer has run out, it waits again, behind all others.

        `group` is the one in which it held a place, with its row locked.
        """
        if not self.may_undo:
            raise TransitionNotAllowed(f"It is too late to undo this. You can apply for “{self}” again.")
        before = self.before_withdrawal
        self._forget_withdrawal()
        if before["state"] in {"offered", "enrolled"} and not self._takes_back(before, group):
            self.state, self.waiting_since = self.State.WAITING_LIST, timezone.now()
            return
        self.state = before["state"]
        self.waiting_since = before["waiting_since"] and parse_datetime(before["waiting_since"])
        chase_on = before.get("chase_on")  # what was withdrawn before partners were reminded has none
        self.chase_on = parse_date(chase_on) if chase_on else None

    def _takes_back(self, before: dict[str, Any], group: Intake | None) -> bool:
        """Whether it has what it held again: its offer is still in time, and its group has a place."""
        answer_by = before["answer_by"] and parse_date(before["answer_by"])
        if before["state"] == "offered" and answer_by and answer_by < timezone.localdate():
            return False
        if before["intake"]:
            is_it = group is not None and group.pk == before["intake"] and group.is_running
            if group is None or not is_it or not group.has_places_for(self.places):
                return False
            group.take(self.places)
            self.offered_intake = group
        self.answer_by = answer_by
        return True

    def _forget_withdrawal(self) -> None:
        """What belonged to it does not outlive it, whatever comes next."""
        self.undo_until, self.before_withdrawal, self.why_withdrawn = None, None, ""
