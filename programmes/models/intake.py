import datetime as dt
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from programmes.models.partner import still_run
from programmes.models.running import MOST_PLACES, Running

A_GREAT_MANY = MaxValueValidator(MOST_PLACES, message="An intake has at most 10,000 places.")


class IntakeQuerySet(models.QuerySet["Intake"]):
    def running(self) -> Self:
        """Intakes that count: a cancelled one is as if it had never been planned."""
        return self.exclude(state=Intake.State.CANCELLED)

    def to_come(self, day: dt.date | None = None) -> Self:
        """Groups in which somebody may still be offered a place: they run, and have not ended."""
        return self.running().filter(Q(ends_on=None) | Q(ends_on__gte=day or timezone.localdate()))

    def filled_by_itself(self, day: dt.date | None = None) -> Self:
        """Groups with a free place that the portal may offer: nobody stopped that, and there is a day to answer.

        A group without a fixed number of places is never full, so nobody waits for a place to become free in it. Nor
        is a place of a programme offered that nobody runs any more.
        """
        day = day or timezone.localdate()
        return self.filter(
            Q(starts_on=None) | Q(starts_on__gt=day + dt.timedelta(days=1)),
            still_run(day, "programme"),
            state__in=[Intake.State.OPEN, Intake.State.CLOSED],
            programme__state="published",
            opens_on__lte=day,
            offers_by_itself=True,
            capacity__gt=F("places_taken"),
        )

    def accepting_on(self, day: dt.date) -> Self:
        """Intakes a care provider may apply to on this day, full ones included (they keep a waiting list)."""
        return self.filter(state=Intake.State.OPEN, opens_on__lte=day, closes_on__gte=day)


class Intake(Running):
    """One run of a programme. Applying takes no place: an offer does."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        PAUSED = "paused", "Paused"
        CLOSED = "closed", "Closed early"
        CANCELLED = "cancelled", "Cancelled"

    programme = models.ForeignKey("Programme", on_delete=models.CASCADE, related_name="intakes")
    title = models.CharField(max_length=100, help_text="For example: Spring group.")
    opens_on = models.DateField("applications open on")
    closes_on = models.DateField("applications close on", help_text="The last day on which somebody may apply.")
    starts_on = models.DateField(null=True, blank=True, help_text="Empty: date to be agreed.")
    ends_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True, help_text="Where, or Online. Empty: ask the council.")
    capacity = models.PositiveIntegerField(
        "places", null=True, blank=True, validators=[A_GREAT_MANY], help_text="Empty: no fixed number."
    )
    places_taken = models.PositiveIntegerField(default=0, validators=[A_GREAT_MANY])
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    offers_by_itself = models.BooleanField(
        "free places are offered by themselves",
        default=True,
        help_text="To whoever has waited longest for one. Otherwise officers offer every place.",
    )

    history = HistoricalRecords()
    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "opens_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="intake_closes_after_it_opens",
                violation_error_message="An intake cannot close before it opens. Change one of the dates.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="intake_ends_after_it_starts",
                violation_error_message="An intake cannot end before it starts. Change one of the dates.",
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(places_taken__lte=F("capacity")),
                name="intake_takes_no_more_than_its_places",
                violation_error_message="More places are taken than there are. Change one of the two numbers.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "paused", "closed", "cancelled"]),
                name="intake_state_is_known",
                violation_error_message="An intake is open, paused, closed early or cancelled. Choose one of them.",
            ),
            models.UniqueConstraint(
                fields=["programme", "title"],
                name="intake_title_is_unique_in_its_programme",
                violation_error_message="The programme has another intake with this title. Choose a different one.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        return self.state != self.State.CANCELLED

    def is_coming(self, day: dt.date | None = None) -> bool:
        """Worth showing: it runs, and either takes applications still or has not started yet."""
        day = day or timezone.localdate()
        return self.is_running and (self.closes_on >= day or (self.starts_on is not None and self.starts_on >= day))

    def accepts_on(self, day: dt.date) -> bool:
        return self.state == self.State.OPEN and self.opens_on <= day <= self.closes_on

    def opens_after(self, day: dt.date) -> bool:
        return self.state == self.State.OPEN and self.opens_on > day

    @property
    def places_left(self) -> int | None:
        """None where no number of places is fixed."""
        return None if self.capacity is None else self.capacity - self.places_taken

    def take(self, places: int) -> None:
        """To be called with the row locked, after `has_places_for`; the database has the last word."""
        self.places_taken += places

    def give_back(self, places: int) -> None:
        self.places_taken = max(0, self.places_taken - places)  # officers may have set the number by hand

    @property
    def has_places(self) -> bool:
        return self.has_places_for(1)

    def has_places_for(self, wanted: int) -> bool:
        return self.places_left is None or self.places_left >= wanted
