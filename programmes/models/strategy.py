"""The council's workforce strategy: one aim, its objectives, and work streams by year that carry programmes."""

import datetime as dt
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from programmes.models.partner import WEB
from programmes.models.programme import Programme

FIRST_YEAR, LAST_YEAR = 2000, 2098


def financial_year_of(day: dt.date) -> int:
    """The year in which the financial year of this day began: from 1 April to 31 March."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def name_of_year(year: int) -> str:
    """2016 as 2016/17."""
    return f"{year}/{(year + 1) % 100:02}"


class Stakeholder(models.Model):
    """A team of the council or an organisation with a part in the strategy. Never a person."""

    class Kind(models.TextChoices):
        TEAM = "team", "Team of the council"
        ORGANISATION = "organisation", "Organisation"

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=150, unique=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.ORGANISATION)
    does = models.TextField("what it does here", max_length=1000, blank=True, help_text="Markdown.")
    website = models.CharField(max_length=200, blank=True, validators=[WEB])
    is_member = models.BooleanField("in the workforce group", default=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["team", "organisation"]),
                name="stakeholder_kind_is_known",
                violation_error_message=(
                    "A stakeholder is a team of the council or an organisation. Choose one of them."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Strategy(models.Model):
    """What the council wants to change in the care workforce. An installation has one."""

    title = models.CharField(max_length=150)
    aim = models.CharField(max_length=500, help_text="One sentence.")
    introduction = models.TextField(max_length=10_000, blank=True, help_text="Markdown.")
    source = models.CharField("where it was published", max_length=200, blank=True, validators=[WEB])

    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "strategies"
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="one_strategy_an_installation",
                violation_error_message="There is a strategy already. Change that one.",
            )
        ]

    def __str__(self) -> str:
        return self.title


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    def without_programmes(self) -> Self:
        """Objectives that nobody works towards with a programme, in whatever year."""
        carried = Workstream.programmes.through.objects.filter(workstream__objective=models.OuterRef("pk"))
        return self.filter(~models.Exists(carried))


class Objective(models.Model):
    """One of the things that the strategy sets out to change."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="objectives")
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(99)])
    title = models.CharField(max_length=150)
    description = models.TextField(max_length=5000, blank=True, help_text="Markdown.")

    history = HistoricalRecords()
    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "number"],
                name="one_objective_a_number",
                violation_error_message="Another objective has this number. Choose one that is free.",
            )
        ]

    def __str__(self) -> str:
        return f"Objective {self.number}: {self.title}"


class WorkstreamQuerySet(models.QuerySet["Workstream"]):
    def by_year(self) -> Self:
        """The newest year first, within it as the strategy lists them."""
        return self.order_by("-year", "objective__number", "title", "pk")


class Workstream(models.Model):
    """A strand of work towards an objective in one financial year. The next year is another row that continues it."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        UNDER_WAY = "under_way", "Under way"
        CONTINUED = "continued", "Continued"
        UNDER_REVIEW = "under_review", "Under review"
        DELIVERED = "delivered", "Delivered"
        ENDED = "ended", "Ended"

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="workstreams")
    year = models.PositiveSmallIntegerField(
        "financial year",
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
        help_text="The year in which it begins: 2016 for 2016/17.",
    )
    title = models.CharField(max_length=150)
    description = models.TextField(max_length=5000, blank=True, help_text="Markdown.")
    state = models.CharField(max_length=20, choices=State, default=State.PLANNED)
    why = models.CharField("why", max_length=500, blank=True, help_text="What led to this state. The public reads it.")
    lead = models.ForeignKey(Stakeholder, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    partners = models.ManyToManyField(Stakeholder, blank=True, related_name="takes_part_in")
    programmes = models.ManyToManyField(Programme, blank=True, related_name="workstreams")
    continues = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="continued_by"
    )

    history = HistoricalRecords(m2m_fields=[partners, programmes])
    objects = WorkstreamQuerySet.as_manager()

    class Meta:
        verbose_name = "work stream"
        ordering = ["-year", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["objective", "year", "title"],
                name="one_workstream_an_objective_year_and_title",
                violation_error_message="This objective has a work stream of this title in this year already.",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["planned", "under_way", "continued", "under_review", "delivered", "ended"],
                ),
                name="workstream_state_is_known",
                violation_error_message="Choose a state from the list.",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | ~Q(why=""),
                name="workstream_that_ended_says_why",
                violation_error_message="Say why it ended. The public will read it.",
            ),
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)),
                name="workstream_year_is_of_our_time",
                violation_error_message="Enter the year in which the financial year begins, such as 2016.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year_name})"

    @property
    def year_name(self) -> str:
        return name_of_year(self.year)

    def clean(self) -> None:
        if self.continues and self.year and self.continues.year >= self.year:
            raise ValidationError({"continues": "It can only continue a work stream of a year before."})
