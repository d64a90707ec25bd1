import datetime as dt
from typing import Self

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from programmes.exceptions import ChangedMeanwhile
from programmes.models import freshness
from programmes.models.freshness import MOST_ASKED, Checked, Freshness
from programmes.models.intake import Intake
from programmes.models.partner import WEB, Partner, still_run
from programmes.models.sharing import least_shared, refuse_unknown_fields

A_YEAR = 250  # in working days
DAYS = [MinValueValidator(1), MaxValueValidator(A_YEAR)]
MOST_MONTHS = 24


class Availability(models.TextChoices):
    """What a care provider may do with a published programme today. Computed, never stored."""

    OPEN = "open", "Open"
    WAITING_LIST = "waiting_list", "Waiting list"
    OPENS_LATER = "opens_later", "Opens later"
    CLOSED = "closed", "Closed"
    PAUSED = "paused", "Paused"


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def listed(self) -> Self:
        """Programmes that the public may see."""
        return self.filter(state__in=[Programme.State.PUBLISHED, Programme.State.PAUSED])

    def open_on(self, day: dt.date | None = None) -> Self:
        """Programmes a care provider may apply to on the given day (today by default), waiting lists included.

        A programme without any intake is open: its dates are still to be agreed. One that nobody has checked for very
        long is not: applicants ask the council first. Nor is one whose partners' agreements are all over.
        """
        day = day or timezone.localdate()
        runs = Intake.objects.filter(programme=models.OuterRef("pk")).running()
        listed = self.filter(~freshness.missed(MOST_ASKED, day), still_run(day), state=Programme.State.PUBLISHED)
        return listed.filter(~models.Exists(runs) | models.Exists(runs.accepting_on(day)))

    def as_fresh_as(self, wanted: str, day: dt.date | None = None) -> Self:
        """Listings in this state of freshness: the same rule as `freshness`, for lists."""
        day = day or timezone.localdate()
        call, last = freshness.missed(freshness.MISSED_BEFORE_CALL, day), freshness.missed(MOST_ASKED, day)
        return self.filter(
            {
                Freshness.FRESH: Q(asked_times=0),
                Freshness.ASKED: Q(asked_times__gt=0) & ~call,
                Freshness.CALL: call & ~last,
                Freshness.ASK_FIRST: last,
            }[Freshness(wanted)]
        )

    def to_call_about(self, day: dt.date | None = None) -> Self:
        """Two questions missed or more; and what no partner runs, as soon as its review is due."""
        day = day or timezone.localdate()
        own = Q(review_due_on__lte=day) & ~models.Exists(
            Programme.partners.through.objects.filter(programme=models.OuterRef("pk"))
        )
        late = freshness.missed(freshness.MISSED_BEFORE_CALL, day)
        return self.listed().filter(late | own).order_by("-asked_times", "answer_by", "pk")

    def to_ask_about(self, day: dt.date) -> Self:
        """Listings whose review is due, that a partner runs, and that no question is open about."""
        due = Q(asked_times=0, review_due_on__lte=day) | Q(asked_times__range=(1, MOST_ASKED - 1), answer_by__lt=day)
        return self.listed().filter(due, partners__isnull=False).distinct()

    def matching(self, words: str) -> Self:
        """Programmes in which every word occurs somewhere, however it is written."""
        found = self
        for word in words.lower().split():
            found = found.filter(search_text__contains=word)
        return found

    def knowing_if_run(self, day: dt.date | None = None) -> Self:
        """Each knows whether somebody still runs it, without its partners."""
        runs = still_run(day or timezone.localdate())
        return self.annotate(is_run=models.ExpressionWrapper(runs, models.BooleanField()))

    def for_list(self) -> Self:
        """All that a list of programmes shows, in three queries whatever its length."""
        return self.prefetch_related("partners", "intakes")


class Programme(Checked):
    """An offer to the care workforce, listed on the portal.

    A fact that no source gives stays empty: the page then says "ask the council", and nothing is invented.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        PAUSED = "paused", "Paused"
        ARCHIVED = "archived", "Archived"

    class Theme(models.TextChoices):
        TRAINING = "training", "Training and progression"
        RECRUITMENT = "recruitment", "Recruitment and retention"
        SUSTAINABILITY = "sustainability", "Business sustainability"

    class Audience(models.TextChoices):
        MANAGERS = "managers", "Managers"
        CARE_WORKERS = "care_workers", "Care workers"
        BUSINESSES = "businesses", "Owners and the whole business"

    class DeliveryMode(models.TextChoices):
        UNKNOWN = "", "Ask the council"
        IN_PERSON = "in_person", "In person"
        ONLINE = "online", "Online"
        ONE_TO_ONE = "one_to_one", "One to one"
        AT_WORK = "at_work", "At your workplace"

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=250, help_text="One or two sentences for the list of programmes.")
    description = models.TextField(max_length=10_000, help_text="What it is and what it leads to. Markdown.")
    theme = models.CharField(max_length=20, choices=Theme)
    audience = models.CharField(max_length=20, choices=Audience)
    who_for = models.TextField("who it is for", max_length=2000, help_text="Markdown.")
    delivery_mode = models.CharField(max_length=20, choices=DeliveryMode, default=DeliveryMode.UNKNOWN, blank=True)
    time_needed = models.CharField(max_length=200, blank=True, help_text="Hours and days. Empty: ask the council.")
    cover = models.CharField(
        "who pays for cover", max_length=200, blank=True, help_text="While staff take part. Empty: ask the council."
    )
    cost_pounds = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="0 means free. Empty: ask the council.",
    )
    cost_note = models.CharField(max_length=200, blank=True, help_text="For example: per person, or who pays it.")
    telephone = models.CharField("telephone for questions", max_length=30, blank=True, help_text="Shown to everybody.")
    link = models.CharField(
        "link to more about it", max_length=200, blank=True, validators=[WEB], help_text="A page of the partner."
    )
    first_reply_days = models.PositiveSmallIntegerField(
        "first reply within",
        null=True,
        blank=True,
        validators=DAYS,
        help_text="A promise to the public, in working days. Empty: what the council promises for all.",
    )
    decision_days = models.PositiveSmallIntegerField(
        "decision within",
        null=True,
        blank=True,
        validators=DAYS,
        help_text="A promise to the public, in working days. Empty: what the council promises for all.",
    )
    answer_days = models.PositiveSmallIntegerField(
        "an offer is to be answered within",
        null=True,
        blank=True,
        validators=DAYS,
        help_text="In working days. Empty: as long as for all programmes.",
    )
    funding_name = models.CharField(
        "national funding",
        max_length=150,
        blank=True,
        help_text="Its name, if providers may claim money back from it afterwards. Empty: none that we know of.",
    )
    funding_link = models.CharField(
        "where it is claimed",
        max_length=200,
        blank=True,
        validators=[WEB],
        help_text="The page that explains it.",
    )
    funding_note = models.TextField(
        "what to know before claiming",
        max_length=500,
        blank=True,
        help_text="For example: what must be done first. Providers read it.",
    )
    funding_months = models.PositiveSmallIntegerField(
        "to be claimed within",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)],
        help_text="In months after the programme. Providers are reminded two weeks before. Empty: no last day is told.",
    )
    proposed_by = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="proposed_programmes",
        help_text="The partner that wrote this listing anew.",
    )
    partners = models.ManyToManyField(Partner, related_name="programmes", blank=True)
    shared_fields = models.JSONField(
        "shared with a partner",
        default=least_shared,
        blank=True,
        validators=[refuse_unknown_fields],
        help_text="What a partner is given of an application that is referred to it.",
    )
    sharing_note = models.TextField(
        "sharing rule",
        max_length=2000,
        blank=True,
        help_text="Why, and by what agreement. Officers read it before they refer anybody.",
    )
    needs_account = models.BooleanField(
        "only with an account",
        default=False,
        help_text="Whoever applies signs in first. Use it only where the programme cannot do without.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    paused_because = models.CharField(max_length=250, blank=True, help_text="Shown to the public while paused.")
    is_demo = models.BooleanField("invented for the demo", default=False, editable=False)
    checked_on = models.DateField("last checked on", null=True, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    search_text = models.TextField(editable=False, default="")

    history = HistoricalRecords(m2m_fields=[partners], excluded_fields=["search_text", "asked_times", "answer_by"])
    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            *freshness.CONSTRAINTS,
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "paused", "archived"]),
                name="programme_state_is_known",
                violation_error_message="A programme is a draft, published, paused or archived. Choose one of them.",
            ),
            models.CheckConstraint(
                condition=Q(cost_pounds__isnull=True) | Q(cost_pounds__gte=0),
                name="programme_cost_is_not_negative",
                violation_error_message="The cost cannot be less than 0. Enter 0 if it is free.",
            ),
            models.CheckConstraint(
                condition=Q(review_due_on__isnull=True)
                | Q(checked_on__isnull=True)
                | Q(review_due_on__gte=F("checked_on")),
                name="programme_review_is_due_after_the_check",
                violation_error_message="The review cannot be due before the last check. Change one of the dates.",
            ),
            models.CheckConstraint(
                condition=(Q(first_reply_days__isnull=True) | Q(first_reply_days__range=(1, A_YEAR)))
                & (Q(decision_days__isnull=True) | Q(decision_days__range=(1, A_YEAR))),
                name="programme_promises_one_to_250_working_days",
                violation_error_message="A promise is from 1 to 250 working days. Leave it empty to promise nothing.",
            ),
            models.CheckConstraint(
                condition=Q(answer_days__isnull=True) | Q(answer_days__range=(1, A_YEAR)),
                name="programme_offers_for_one_to_250_working_days",
                violation_error_message="An offer is open for 1 to 250 working days. Leave it empty for the usual.",
            ),
            models.CheckConstraint(
                condition=~Q(funding_name="") | Q(funding_link="", funding_note="", funding_months=None),
                name="programme_funding_has_a_name",
                violation_error_message="Enter the name of the national funding, or leave all about it empty.",
            ),
            models.CheckConstraint(
                condition=Q(funding_months=None) | Q(funding_months__range=(1, MOST_MONTHS)),
                name="programme_funding_is_claimed_within_1_to_24_months",
                violation_error_message="Funding is claimed within 1 to 24 months. Leave it empty if no day is known.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:
        self.search_text = " ".join([self.title, self.summary, self.description, self.who_for]).lower()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("programmes:detail", args=[self.slug])

    def clean(self) -> None:
        if self.state == self.State.PAUSED and not self.paused_because:
            raise ValidationError({"paused_because": "Say why the programme is paused. The public will read it."})

    def go_live(self, day: dt.date) -> None:
        """A draft becomes public, and counts as checked on that day."""
        if self.state != self.State.DRAFT:
            raise ChangedMeanwhile("This programme is not a draft any more. Nothing was done.")
        self.state, self.checked_on = self.State.PUBLISHED, day

    def is_still_run(self, day: dt.date | None = None) -> bool:
        """The same rule as `still_run`, over partners already fetched; or what a query found out as `is_run`."""
        if (known := self.__dict__.get("is_run")) is not None:
            return bool(known)
        day, partners = day or timezone.localdate(), self.partners.all()
        return not partners or any(not partner.has_ended_by(day) for partner in partners)

    @property
    def is_listed(self) -> bool:
        return self.state in {self.State.PUBLISHED, self.State.PAUSED}

    def availability(self, day: dt.date | None = None) -> Availability:
        """What a care provider may do today. The same rule as `open_on`, over intakes and partners already fetched."""
        day = day or timezone.localdate()
        if self.state != self.State.PUBLISHED:
            return Availability.PAUSED if self.state == self.State.PAUSED else Availability.CLOSED
        if not self.is_still_run(day):
            return Availability.CLOSED
        runs = [intake for intake in self.intakes.all() if intake.is_running]
        accepting = [intake for intake in runs if intake.accepts_on(day)]
        if not runs or any(intake.has_places for intake in accepting):
            return Availability.OPEN
        if accepting:
            return Availability.WAITING_LIST
        later = any(intake.opens_after(day) for intake in runs)
        return Availability.OPENS_LATER if later else Availability.CLOSED

    def may_be_applied_for(self, day: dt.date | None = None) -> bool:
        """Whether an application may be begun today; a full programme takes names for its waiting list."""
        is_open = self.availability(day) in {Availability.OPEN, Availability.WAITING_LIST}
        return is_open and self.freshness(day) != Freshness.ASK_FIRST

    def open_intakes(self, day: dt.date | None = None) -> list[Intake]:
        """The intakes an applicant may choose from, soonest first."""
        day = day or timezone.localdate()
        return [intake for intake in self.intakes.all() if intake.accepts_on(day)]

    def next_opening(self, day: dt.date | None = None) -> dt.date | None:
        """The day on which the next intake opens, if one is planned."""
        day = day or timezone.localdate()
        return min((run.opens_on for run in self.intakes.all() if run.opens_after(day)), default=None)

    @property
    def days_to_answer(self) -> int:
        """How many working days somebody has to answer an offer of a place."""
        return self.answer_days or settings.OFFER_DAYS

    def claim_by(self, over_on: dt.date) -> dt.date | None:
        """The last day to claim national funding, for somebody whose programme was over on this day."""
        return over_on + relativedelta(months=self.funding_months) if self.funding_months else None

    def gaps(self) -> list[str]:
        """What the council or the partner still has to fill in before a listing tells a provider enough."""
        wanted = {
            "how it is delivered": self.delivery_mode,
            "hours and days": self.time_needed,
            "cost": self.cost_pounds is not None,
            "who pays for cover": self.cover,
            "when it was last checked": self.checked_on,
        }
        return [name for name, value in wanted.items() if not value]
