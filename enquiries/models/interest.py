import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enquiries.exceptions import TransitionNotAllowed
from enquiries.models.correspondence import Message
from enquiries.models.enquiry import Enquiry
from enquiries.models.offer import Offer
from enquiries.models.referral import REFERRAL_CONSTRAINTS, REFERRAL_INDEXES, Referral
from enquiries.models.site import SITE_IS_NAMED, AtSite
from enquiries.models.submitted import refuse_to_change
from enquiries.models.waiting import InterestQuerySet
from enquiries.models.withdrawal import WhyWithdrawn, Withdrawal
from programmes.models import Intake, Partner, Programme, SharedField, Verdict


class Interest(AtSite, Offer, Referral, Withdrawal):
    """One programme asked for within an enquiry, at each site where it is wanted, with its own outcome."""

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        REFERRED = "referred", "Referred"
        OFFERED = "offered", "Offered"
        ENROLLED = "enrolled", "Enrolled"
        COMPLETED = "completed", "Completed"
        WAITING_LIST = "waiting_list", "Waiting list"
        NOT_ELIGIBLE = "not_eligible", "Not eligible"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class WhyNotEligible(models.TextChoices):
        OUTSIDE_AREA = "outside_area", "The service is outside the council’s area"
        KIND_OF_CARE = "kind_of_care", "The programme is for another kind of care"
        NOT_REGISTERED = "not_registered", "The service is not registered with the Care Quality Commission"
        ROLE = "role", "The programme is for people in another role"
        TOOK_PART = "took_part", "The service has taken part before"

    class WhyDeclined(models.TextChoices):
        NO_MONEY = "no_money", "There is no money left for it"
        NOT_RUNNING = "not_running", "The programme does not run at present"
        GREATER_NEED = "greater_need", "The places went to services with a greater need"
        OTHER_SUPPORT = "other_support", "Other support fits better"
        NO_ANSWER = "no_answer", "The provider did not answer in time"

    # Where an interest may go from each state. A step outside this table is refused, wherever it comes from.
    NEXT: ClassVar[dict[str, set[str]]] = {
        State.RECEIVED: {
            State.REFERRED,
            State.OFFERED,
            State.WAITING_LIST,
            State.NOT_ELIGIBLE,
            State.DECLINED,
            State.WITHDRAWN,
        },
        State.REFERRED: {
            State.RECEIVED,
            State.REFERRED,
            State.OFFERED,
            State.WAITING_LIST,
            State.NOT_ELIGIBLE,
            State.DECLINED,
            State.WITHDRAWN,
        },
        State.WAITING_LIST: {
            State.RECEIVED,
            State.OFFERED,
            State.NOT_ELIGIBLE,
            State.DECLINED,
            State.WITHDRAWN,
        },
        State.OFFERED: {
            State.RECEIVED,
            State.ENROLLED,
            State.WAITING_LIST,
            State.NOT_ELIGIBLE,
            State.DECLINED,
            State.WITHDRAWN,
        },
        State.ENROLLED: {State.RECEIVED, State.COMPLETED, State.WITHDRAWN},
        State.COMPLETED: {State.RECEIVED},
        State.NOT_ELIGIBLE: {State.RECEIVED},
        State.DECLINED: {State.RECEIVED},
        State.WITHDRAWN: {State.RECEIVED},
    }
    UNDECIDED: ClassVar[set[str]] = {State.RECEIVED, State.REFERRED}
    HOLDS_A_PLACE: ClassVar[set[str]] = {State.OFFERED, State.ENROLLED, State.COMPLETED}
    TOLD: ClassVar[set[str]] = {State.OFFERED, State.ENROLLED, State.WAITING_LIST, State.NOT_ELIGIBLE, State.DECLINED}
    OUTCOME = (
        *("state", "referred_to", "referred_at", "offered_intake", "reason", "onward_options"),
        *("waiting_since", "answer_by", "remind_on", "passed_up", "shared_fields", "ended_on"),
        *("undo_until", "before_withdrawal", "why_withdrawn", *Referral.REFERRAL),
    )

    # Written once (DI6).
    SUBMITTED = ("programme", "programme_id", "programme_title", "wants_second_look", "answers", *AtSite.SITE)

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="interests")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="interests")
    copied_from = models.ForeignKey(
        "self",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="copies",
        help_text="Where it was asked first, if an enquiry about the same was joined to this one.",
    )
    programme_title = models.CharField(max_length=120, help_text="As it was when it was applied for.")
    intake = models.ForeignKey(
        Intake,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="interests",
        verbose_name="preferred intake",
    )
    inbox = models.EmailField("routed to")
    state = models.CharField(max_length=20, choices=State, default=State.RECEIVED)
    verdict = models.CharField("eligibility", max_length=10, choices=Verdict)
    verdict_reasons: "models.JSONField[Any]" = models.JSONField(default=list)
    wants_second_look = models.BooleanField("asked the council to look again", default=False)
    answers: "models.JSONField[Any]" = models.JSONField(default=list, help_text="Pairs of question and answer.")

    referred_to = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="referrals")
    referred_at = models.DateTimeField(null=True)
    offered_intake = models.ForeignKey(
        Intake,
        null=True,
        on_delete=models.PROTECT,
        related_name="offers",
        help_text="The group in which it holds a place.",
    )
    waiting_since = models.DateTimeField(
        null=True, help_text="Its place on the waiting list: who waits longest is next."
    )
    answer_by = models.DateField(null=True, help_text="The last day on which an offer can be accepted.")
    passed_up = models.ForeignKey(
        Intake,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The group in which it last let an offer run out. Only officers offer it a place there again.",
    )
    remind_on = models.DateField(null=True, help_text="When the provider is next reminded of an offer.")
    ended_on = models.DateField(
        null=True,
        help_text="Since when it is completed: the group's last day, or the day on which it was noted before.",
    )
    reminded_of_start = models.DateField(null=True, help_text="The first day of which the provider was reminded.")
    told_to_claim_at = models.DateTimeField(
        null=True, help_text="When the provider was reminded of national funding. Nothing is kept about claims."
    )
    shared_fields: "models.JSONField[Any]" = models.JSONField(
        default=list, help_text="What the partner may see of the application: the rule as it was when it was referred."
    )
    reason = models.CharField(
        max_length=20, blank=True, choices=[*WhyNotEligible.choices, *WhyDeclined.choices], help_text="Why not."
    )
    onward_options = models.TextField(
        max_length=2000, blank=True, help_text="What else the provider can do, where it was declined."
    )

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["programme", "waiting_since", "id"], condition=Q(state="waiting_list"), name="interest_waiting"
            ),
            models.Index(fields=["remind_on", "id"], condition=Q(remind_on__isnull=False), name="interest_remind_due"),
            models.Index(fields=["enquiry"], condition=Q(state="waiting_list"), name="interest_on_a_list"),
            models.Index(
                fields=["referred_to", "enquiry"], condition=Q(state="referred"), name="interest_with_partner"
            ),
            models.Index(fields=["ended_on", "id"], condition=Q(ended_on__isnull=False), name="interest_ended"),
            models.Index(fields=["answer_by", "id"], condition=Q(answer_by__isnull=False), name="interest_answer_due"),
            *REFERRAL_INDEXES,
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enquiry", "programme", "site_name", "site_postcode"],
                name="one_interest_an_enquiry_programme_and_site",
            ),
            models.CheckConstraint(condition=SITE_IS_NAMED, name="interest_site_has_a_name_and_a_postcode"),
            models.CheckConstraint(condition=Q(places__gte=1), name="interest_wants_a_place"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "received",
                        "referred",
                        "offered",
                        "enrolled",
                        "completed",
                        "waiting_list",
                        "not_eligible",
                        "declined",
                        "withdrawn",
                    ]
                ),
                name="interest_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(referred_to__isnull=False, referred_at__isnull=False)
                | (Q(referred_to=None, referred_at=None) & ~Q(state="referred")),
                name="interest_is_referred_to_a_partner_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(offered_intake=None) | Q(state__in=["offered", "enrolled", "completed"]),
                name="interest_holds_a_place_only_by_an_offer",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting_list", waiting_since__isnull=False)
                | (~Q(state="waiting_list") & Q(waiting_since=None)),
                name="interest_waits_since_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(answer_by=None) | Q(state="offered"), name="interest_is_to_be_answered_only_while_offered"
            ),
            models.CheckConstraint(
                condition=Q(remind_on=None) | Q(answer_by__isnull=False, answer_by__gte=F("remind_on")),
                name="interest_is_reminded_while_it_can_be_answered",
            ),
            models.CheckConstraint(
                condition=Q(undo_until=None, why_withdrawn="")
                | Q(state="withdrawn", why_withdrawn__in=["", *WhyWithdrawn.values]),
                name="interest_can_be_undone_only_while_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(state="completed"), name="interest_has_ended_only_when_completed"
            ),
            models.CheckConstraint(
                condition=Q(shared_fields=[]) | Q(referred_to__isnull=False),
                name="interest_is_shared_only_with_a_partner",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="not_eligible",
                    onward_options="",
                    reason__in=["outside_area", "kind_of_care", "not_registered", "role", "took_part"],
                )
                | (
                    Q(
                        state="declined",
                        reason__in=["no_money", "not_running", "greater_need", "other_support", "no_answer"],
                    )
                    & ~Q(onward_options="")
                )
                | (~Q(state__in=["not_eligible", "declined"]) & Q(reason="", onward_options="")),
                name="interest_is_refused_with_a_reason",
            ),
            *REFERRAL_CONSTRAINTS,
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            refuse_to_change(type(self), kwargs.get("update_fields"))
        super().save(*args, **kwargs)

    @property
    def is_decided(self) -> bool:
        return self.state not in self.UNDECIDED

    @property
    def shown_as(self) -> str:
        """What a page showed when it offered a step. A step from a page that showed something else is refused."""
        return f"{self.state}-{self.referred_to_id or 0}-{self.offered_intake_id or 0}-{self.enquiry.answer_mark}"

    def is_told(self, messages: Iterable[Message]) -> bool:
        """Whether the provider has a letter about its outcome: it is corrected by another letter, not just taken back.

        `messages` are those about it, in order, with their mails.
        """
        kinds = [message.kind for message in messages if message.is_about_an_outcome]
        return self.state in self.TOLD and bool(kinds) and kinds[-1] != Message.Kind.CORRECTION

    def refer(self, *, to: Partner) -> None:
        """Hand it to one of its partners, with what the rule shares. A second one takes the first one's place."""
        if not self.programme.partners.filter(pk=to.pk).exists():
            raise TransitionNotAllowed(f"{to} does not run {self}. Choose one of its partners.")
        if self.referred_to_id == to.pk and self.state == self.State.REFERRED:
            raise TransitionNotAllowed(f"{self} is with {to} already.")
        self._move(self.State.REFERRED)
        self.referred_to, self.referred_at = to, timezone.now()
        self.shared_fields = list(self.programme.shared_fields)

    @property
    def shared_labels(self) -> list[str]:
        """What the partner may see, by name."""
        return [str(field.label) for field in SharedField if field in self.shared_fields]

    def put_on_waiting_list(self) -> None:
        """Back in the line it is not offered the same group again by itself: an officer has just taken that back."""
        self.passed_up = self.offered_intake or self.passed_up
        self._move(self.State.WAITING_LIST)

    def stand_in_line_since(self, moment: dt.datetime) -> None:
        """Where the same was asked twice, and one of the two waited: this one waits in its place."""
        if self.state == self.State.RECEIVED:
            self._move(self.State.WAITING_LIST, in_hand=False)
            self.waiting_since = moment
        elif self.waiting_since and moment < self.waiting_since:
            self.waiting_since = moment

    def enrol(self) -> None:
        self._move(self.State.ENROLLED)

    def complete(self, *, in_hand: bool = True) -> None:
        """Its end is the group's last day, however much later somebody notes that."""
        over_on, today = self.over_on, timezone.localdate()
        self._move(self.State.COMPLETED, in_hand=in_hand)
        self.ended_on = min(over_on or today, today)

    def find_not_eligible(self, *, reason: str) -> None:
        if reason not in self.WhyNotEligible:
            raise TransitionNotAllowed("Choose why it is not eligible.")
        self._move(self.State.NOT_ELIGIBLE)
        self.reason = reason

    def decline(self, *, reason: str, onward_options: str) -> None:
        """Never without a reason, and never without another way."""
        if reason not in self.WhyDeclined:
            raise TransitionNotAllowed("Choose why it is declined.")
        if not onward_options.strip():
            raise TransitionNotAllowed("Say at least one thing that the provider can do instead.")
        self._move(self.State.DECLINED)
        self.reason, self.onward_options = reason, onward_options

    def withdraw(self) -> None:
        """The provider does not want it any more."""
        self._move(self.State.WITHDRAWN)

    def reopen(self) -> None:
        """Back to the beginning: a place is free again, a referral is over."""
        self._move(self.State.RECEIVED)
        self.referred_to = self.referred_at = None
        self.shared_fields, self.passed_up = [], None
        self._forget_referral()

    @property
    def has_others_referred(self) -> bool:
        """Whether something else of its enquiry is with a partner still."""
        return self.enquiry.interests.exclude(pk=self.pk).filter(state=self.State.REFERRED).exists()

    def copied_to(self, enquiry: Enquiry) -> "Interest":
        """The same programme, asked for in another enquiry of the same provider, as far as it was asked for."""
        asked = ("programme", "programme_title", "intake", "inbox", "verdict", "verdict_reasons", "wants_second_look")
        said = {name: getattr(self, name) for name in (*asked, *self.SITE, "answers", "waiting_since")}
        state = self.state if self.state == self.State.WAITING_LIST else self.State.RECEIVED
        return Interest(enquiry=enquiry, state=state, copied_from=self, **said)

    def _move(self, to: "Interest.State", *, in_hand: bool = True) -> None:
        """The one way from state to state. What belonged to the old state does not outlive it."""
        if in_hand:
            self.enquiry.refuse_unless_in_hand()
        if to not in self.NEXT[self.state]:
            raise TransitionNotAllowed(
                f"{self} is {self.get_state_display().lower()}: it cannot be {to.label.lower()}."
            )
        if self.offered_intake and to not in self.HOLDS_A_PLACE:
            self.offered_intake.give_back(self.places)
            self.offered_intake = None
        self.reason = self.onward_options = ""
        self.answer_by = self.remind_on = self.ended_on = None
        self._forget_withdrawal()
        self._leave_referral()
        self.waiting_since = timezone.now() if to == self.State.WAITING_LIST else None
        self.state = to
