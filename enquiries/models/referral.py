"""What a partner does with what was referred to it: it acknowledges, invites, gives back, and says how it ended."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from enquiries.exceptions import TransitionNotAllowed
from programmes.models import Intake, Partner

FURTHEST = dt.timedelta(days=366)  # an invitation for a later day is a slip of the keyboard


class WhyGivenBack(models.TextChoices):
    WRONG_FIT = "wrong_fit", "The programme is not right for them"
    FULL = "full", "We have no places left"
    OTHER = "other", "Another reason"


class WhyDropped(models.TextChoices):
    NOT_REACHED = "not_reached", "We could not reach them"
    NO_TIME = "no_time", "They have no time, or cannot be released from work"
    LEFT = "left", "They have left their job"
    DOES_NOT_FIT = "does_not_fit", "The programme does not suit them"
    ANOTHER_REASON = "another_reason", "Another reason"


class Referral(models.Model):
    """The part of an interest that its partner moves on. Its steps go through the table of states, too.

    They are possible whether or not an officer has the enquiry in hand: what happened at the partner, happened. Only
    a place is given in hand alone, and what the council has closed is not given back by itself.
    """

    acknowledge_by_on = models.DateField(null=True, help_text="Until when the partner is to say that it has seen it.")
    acknowledged_at = models.DateTimeField(null=True, help_text="When the partner said that it has seen it.")
    chase_on = models.DateField(null=True, help_text="When the partner is next reminded to acknowledge it.")
    chased = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="How often it was reminded.")
    invited_for_on = models.DateField(null=True, help_text="The day for which the partner last invited them.")
    given_back_by = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="+")
    given_back_because = models.CharField(max_length=20, blank=True, default="", db_default="", choices=WhyGivenBack)
    dropped_because = models.CharField(max_length=20, blank=True, default="", db_default="", choices=WhyDropped)

    REFERRAL = (
        *("acknowledge_by_on", "acknowledged_at", "chase_on", "chased", "invited_for_on"),
        *("given_back_by", "given_back_because", "dropped_because"),
    )

    if TYPE_CHECKING:
        pk: int
        State: Any
        state: str
        enquiry: Any
        shared_fields: Any
        referred_to: Any
        referred_to_id: int | None
        referred_at: dt.datetime | None
        offered_intake: Any
        offered_intake_id: int | None

        @property
        def is_open_offer(self) -> bool: ...
        def _move(self, to: Any, *, in_hand: bool = True) -> None: ...
        def offer(self, *, intake: Intake | None, answer_by: dt.date, remind_on: dt.date | None) -> None: ...
        def enrol(self) -> None: ...
        def complete(self, *, in_hand: bool = True) -> None: ...

    class Meta:
        abstract = True

    @property
    def partner_sees(self) -> str:
        """What a partner's page showed when it offered a step. It holds nothing that partners do not know."""
        seen = int(self.acknowledged_at.timestamp()) if self.acknowledged_at else 0
        referred = int(self.referred_at.timestamp()) if self.referred_at else 0
        return f"{self.state}-{referred}-{seen}-{self.offered_intake_id or 0}-{self.invited_for_on or 0}"

    @property
    def is_to_acknowledge(self) -> bool:
        return self.state == self.State.REFERRED and self.acknowledged_at is None

    @property
    def is_unacknowledged(self) -> bool:
        """The day by which its partner was to acknowledge it is over."""
        by = self.acknowledge_by_on
        return self.is_to_acknowledge and by is not None and by < timezone.localdate()

    @property
    def may_be_enrolled(self) -> bool:
        return self.state == self.State.REFERRED or (self.state == self.State.OFFERED and self.is_open_offer)

    @property
    def is_shared(self) -> bool:
        """Whether the partner still needs what the council shares. Who has dropped out is its business no more."""
        return self.state in {"referred", "waiting_list", "offered", "enrolled", "completed"}

    def wait_for_partner(self, *, by: dt.date, chase_on: dt.date) -> None:
        """It has just been referred: nothing of an earlier referral counts."""
        self._forget_referral()
        self.acknowledge_by_on, self.chase_on = by, chase_on

    def acknowledge(self) -> None:
        if self.acknowledged_at:
            raise TransitionNotAllowed("This is acknowledged already. You do not need to do anything.")
        if self.state != self.State.REFERRED:
            raise TransitionNotAllowed("This does not need to be acknowledged any more.")
        self._note_seen()

    def invite(self, *, day: dt.date) -> None:
        """Whoever invites somebody has seen the referral."""
        if self.state not in {self.State.REFERRED, self.State.OFFERED, self.State.ENROLLED}:
            raise TransitionNotAllowed("You can only invite somebody who is referred to you or has a place.")
        self._refuse_if_closed()
        if not timezone.localdate() <= day <= timezone.localdate() + FURTHEST:
            raise TransitionNotAllowed("Choose a day from today to a year from now for the invitation.")
        self._note_seen()
        self.invited_for_on = day

    def enrol_by_partner(self, intake: Intake | None) -> None:
        """Take the place that is offered; where none is, take one in a group. To be called with the group's row locked.

        It is offered and accepted in one step, so that a place is counted, and refused, as it is for officers.
        """
        if not self.may_be_enrolled:
            raise TransitionNotAllowed("You can only enrol somebody who is referred to you or is offered a place.")
        self._refuse_unless_in_hand()
        if self.state == self.State.REFERRED:
            tomorrow = timezone.localdate() + dt.timedelta(days=1)
            self.offer(intake=intake, answer_by=tomorrow, remind_on=None)
        self.enrol()
        self._note_seen()

    def refuse_unless_attended(self, on: dt.date) -> None:
        """Attendance is of people who are enrolled, on days that have come."""
        if self.state not in {self.State.ENROLLED, self.State.COMPLETED}:
            raise TransitionNotAllowed("Enrol them first. Then you can say on which days they attended.")
        first = timezone.localdate(self.referred_at) if self.referred_at else on
        if not first <= on <= timezone.localdate():
            raise TransitionNotAllowed("Choose a day that is not in the future, and not before the referral.")

    def complete_by_partner(self) -> None:
        if self.state != self.State.ENROLLED:
            raise TransitionNotAllowed("Only somebody who is enrolled can complete the programme. Enrol them first.")
        self.complete(in_hand=False)

    def drop_out(self, *, because: str) -> None:
        """Their place is free again."""
        if because not in WhyDropped.values:
            raise TransitionNotAllowed("Choose why they dropped out.")
        if self.state != self.State.ENROLLED:
            raise TransitionNotAllowed("Only somebody who is enrolled can drop out. You can give the referral back.")
        self._move(self.State.WITHDRAWN, in_hand=False)
        self.dropped_because = because

    def give_back(self, *, because: str) -> None:
        """Back to the council, which looks for another way. Access to what was shared ends at once."""
        if because not in WhyGivenBack.values:
            raise TransitionNotAllowed("Choose why you give this referral back.")
        if self.state != self.State.REFERRED:
            raise TransitionNotAllowed("You can only give back what is referred to you and not decided yet.")
        self._refuse_if_closed()
        partner = self.referred_to
        self._move(self.State.RECEIVED, in_hand=False)
        self.referred_to = self.referred_at = None
        self.shared_fields = []
        self._forget_referral()
        self.given_back_by, self.given_back_because = partner, because

    def chase(self, *, again_on: dt.date | None) -> None:
        """The partner is reminded that it has not acknowledged this."""
        if not self.is_to_acknowledge or self.chase_on is None or self.chase_on > timezone.localdate():
            raise TransitionNotAllowed("There is nothing to remind this partner of.")
        self.chased += 1
        self.chase_on = again_on

    def _note_seen(self) -> None:
        self.acknowledged_at = self.acknowledged_at or timezone.now()
        self.chase_on = None

    def _leave_referral(self) -> None:
        """Called at each move from state to state: what belonged to the old state does not outlive it."""
        self.chase_on = None
        self.given_back_by, self.given_back_because, self.dropped_because = None, "", ""

    def _forget_referral(self) -> None:
        self.acknowledge_by_on = self.acknowledged_at = self.chase_on = self.invited_for_on = None
        self.chased = 0

    def _refuse_if_closed(self) -> None:
        if self.enquiry.state == "closed":
            raise TransitionNotAllowed("The council has closed this. Call or write to the council instead.")

    def _refuse_unless_in_hand(self) -> None:
        if self.enquiry.state not in {"in_triage", "with_partner"}:
            raise TransitionNotAllowed("The council is not ready for this step yet. Call or write to the council.")


REFERRAL_CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(acknowledge_by_on=None, acknowledged_at=None, invited_for_on=None) | Q(referred_to__isnull=False),
        name="interest_is_acknowledged_only_by_a_partner",
    ),
    models.CheckConstraint(
        condition=Q(chase_on=None) | Q(state="referred", acknowledged_at=None, acknowledge_by_on__isnull=False),
        name="interest_is_chased_until_it_is_acknowledged",
    ),
    models.CheckConstraint(
        condition=Q(given_back_by=None, given_back_because="")
        | Q(state="received", given_back_by__isnull=False, given_back_because__in=["wrong_fit", "full", "other"]),
        name="interest_is_given_back_with_a_reason",
    ),
    models.CheckConstraint(
        condition=Q(dropped_because="")
        | Q(
            state="withdrawn",
            dropped_because__in=["not_reached", "no_time", "left", "does_not_fit", "another_reason"],
        ),
        name="interest_dropped_out_with_a_reason",
    ),
]
REFERRAL_INDEXES = [
    models.Index(fields=["chase_on", "id"], condition=Q(chase_on__isnull=False), name="interest_chase_due"),
    models.Index(
        fields=["enquiry", "acknowledge_by_on"],
        condition=Q(state="referred", acknowledged_at=None),
        name="interest_unacknowledged",
    ),
    models.Index(fields=["enquiry"], condition=~Q(given_back_because=""), name="interest_given_back"),
]


class Attendance(models.Model):
    """A day on which somebody attended, as their partner says."""

    class Via(models.TextChoices):
        PAGE = "page", "On the partner’s page"
        CODE = "code", "By a code from the partner’s mailbox"
        FILE = "file", "From a spreadsheet"

    interest = models.ForeignKey("Interest", on_delete=models.PROTECT, related_name="attendances")
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    via = models.CharField(max_length=4, choices=Via, default=Via.PAGE)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["interest", "on"], name="one_attendance_an_interest_and_day"),
            models.CheckConstraint(condition=Q(via__in=["page", "code", "file"]), name="attendance_came_in_some_way"),
        ]

    def __str__(self) -> str:
        return f"{self.interest} on {self.on}"
