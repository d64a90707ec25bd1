"""“Something wrong with this page?”: what the public tells about a listing."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from programmes.exceptions import ChangedMeanwhile
from programmes.models.partner import Partner
from programmes.models.programme import Programme


class ListingReportQuerySet(models.QuerySet["ListingReport"]):
    def open(self) -> Self:
        """Nobody has said yet what became of it."""
        return self.filter(state=ListingReport.State.NEW)

    def about_programmes_of(self, partners: Collection[Partner]) -> Self:
        """About what is theirs now. What the council has archived is the council's."""
        mine = Programme.objects.exclude(state=Programme.State.ARCHIVED).filter(partners__in=partners)
        return self.filter(programme__in=mine)

    def from_origin_since(self, origin: str, moment: dt.datetime) -> Self:
        return self.filter(origin=origin, made_at__gt=moment)

    def with_old_address(self, before: dt.datetime) -> Self:
        return self.exclude(email="").filter(made_at__lt=before)


class ListingReport(models.Model):
    """Somebody says that something on a programme's page is wrong. Its partner answers, officers see all.

    The address of whoever reported is for the answer alone: no partner sees it, and it is removed after 90 days.
    """

    class Kind(models.TextChoices):
        DATES = "dates", "Dates, times or places"
        CONTACT = "contact", "A telephone number or a link"
        COST = "cost", "What it costs or who pays"
        CLOSED = "closed", "It does not run any more"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        NEW = "new", "New"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed without an answer"

    class Answer(models.TextChoices):
        FIXED = "fixed", "It is corrected"
        RIGHT = "right", "The page is right as it is"

    ADDRESS_KEPT = dt.timedelta(days=90)

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField("what is wrong", max_length=10, choices=Kind)
    text = models.TextField("in their words", max_length=1000)
    email = models.EmailField("for the answer", max_length=254, blank=True)
    origin = models.CharField(max_length=64, blank=True, help_text="A keyed hash of the network, for limits only.")
    made_at = models.DateTimeField("reported", default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    note = models.TextField("what was answered", max_length=500, blank=True)
    ended_at = models.DateTimeField("ended", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ListingReportQuerySet.as_manager()

    class Meta:
        verbose_name = "report about a page"
        verbose_name_plural = "reports about pages"
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["origin", "made_at"], name="report_origin")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["dates", "contact", "cost", "closed", "other"]), name="report_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="new", answer="", ended_at=None)
                | Q(state="answered", answer__in=["fixed", "right"], ended_at__isnull=False)
                | Q(state="closed", answer="", ended_at__isnull=False),
                name="report_is_new_answered_or_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"Report {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.NEW

    def give_answer(self, answer: str, *, note: str, by: Any) -> None:
        """Say what became of it, once."""
        self._end(self.State.ANSWERED, by)
        self.answer, self.note = answer, note

    def close(self, *, by: Any) -> None:
        """Nothing to answer, such as advertising."""
        self._end(self.State.CLOSED, by)

    def _end(self, state: str, by: Any) -> None:
        if not self.is_open:
            raise ChangedMeanwhile("This was answered already. Nothing was done.")
        self.state, self.ended_at, self.ended_by = self.State(state), timezone.now(), by
