import datetime as dt
import hashlib
import json
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from careportal.kit.chain import Chained, ChainedQuerySet
from careportal.kit.digests import canonical
from enquiries.periods import Period, month_of, quarter_of, year_of

DEFINITIONS = 1  # how figures are counted and left out: one more whenever that changes


class ReportQuerySet(ChainedQuerySet):
    def of(self, kind: str, period: Period, filters: dict[str, str]) -> Self:
        """The report about the same: there is one at most, as long as it is counted in the same way."""
        about = {"kind": kind, "first": period.first, "last": period.last, "filters": canonical(filters)}
        return self.filter(**about, definitions=DEFINITIONS)


class Report(Chained):
    """Figures of a period as they were when it was made. It never changes, whatever becomes of what was counted.

    `figures` is canonical JSON kept as a text: the same bytes on every database. It holds no small numbers and no
    names of people, so it stays when people's data goes.
    """

    class Kind(models.TextChoices):
        GLANCE = "glance", "Monthly glance"
        PAPER = "paper", "Committee paper"
        STRATEGY = "strategy", "Strategy review"
        PARTNERS = "partners", "Partner review"

    kind = models.CharField(max_length=10, choices=Kind)
    first = models.DateField()
    last = models.DateField()
    filters = models.CharField(max_length=200, default="{}", help_text="What it is narrowed to, as canonical JSON.")
    definitions = models.PositiveSmallIntegerField(help_text="The version of how figures are counted.")
    figures = models.TextField(help_text="All that the report says, as canonical JSON.")
    digest = models.CharField("SHA-256 of the figures", max_length=64)
    at = models.DateTimeField("made", default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ReportQuerySet.as_manager()  # type: ignore[misc]  # narrower than that of every chain

    class Meta(Chained.Meta):
        ordering = ["-last", "-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["glance", "paper", "strategy", "partners"]), name="kept_report_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="kept_report_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["kind", "first", "last", "filters", "definitions"], name="one_kept_report_about_the_same"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.period}"

    @property
    def period(self) -> Period:
        return period_of(self.first, self.last)

    @property
    def chosen(self) -> dict[str, str]:
        chosen: dict[str, str] = json.loads(self.filters)
        return chosen

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.figures)
        return content

    def hold(self, content: dict[str, Any]) -> None:
        """Before it is stored: what it says, and the sum by which anybody can see that it says so still."""
        self.figures = canonical(content)
        self.digest = hashlib.sha256(self.figures.encode()).hexdigest()

    @property
    def is_as_it_was(self) -> bool:
        return self.digest == hashlib.sha256(self.figures.encode()).hexdigest()


def period_of(first: dt.date, last: dt.date) -> Period:
    """With the name of the month, quarter or year that it is."""
    whole = (kind(first) for kind in (month_of, quarter_of, year_of))
    return next((period for period in whole if (period.first, period.last) == (first, last)), Period(first, last))
