import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from careportal.kit.working_days import is_working_day


class _Joined(models.Func):
    """All values of a column with commas between."""

    template = "%(function)s(CAST(%(expressions)s AS text), ',')"
    function = "STRING_AGG"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sqlite(compiler, connection, function="GROUP_CONCAT", **context)


class ClosureDayQuerySet(models.QuerySet["ClosureDay"]):
    def days(self) -> frozenset[dt.date]:
        """All closure days, past ones too, for counting working days."""
        return frozenset(self.values_list("on", flat=True))

    def read_along(self) -> models.Subquery:
        """All closure days as one text, to be read with rows of another table where each query counts."""
        return models.Subquery(self.order_by().values_list(_Joined("on", output_field=models.TextField())))


class ClosureDay(models.Model):
    """A working day on which the council is closed. No promise counts it.

    What is past stays as it was counted: closure days are added and taken away before they come.
    """

    on = models.DateField(unique=True, error_messages={"unique": "This day is a closure day already."})
    reason = models.CharField(max_length=100, help_text="For example: offices closed between the holidays.")

    history = HistoricalRecords()
    objects = ClosureDayQuerySet.as_manager()

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on.day} {self.on:%B %Y}"

    @staticmethod
    def days_in(text: str | None) -> frozenset[dt.date]:
        """The days of a text that `read_along` gave."""
        return frozenset(dt.date.fromisoformat(day) for day in (text or "").split(",") if day)

    def clean(self) -> None:
        if self.on and self._state.adding and self.is_past:
            raise ValidationError({"on": "The day must be today or later: promises have counted the days before."})
        if self.on and not is_working_day(self.on):
            raise ValidationError({"on": "A weekend or a bank holiday is no working day anyway."})

    @property
    def is_past(self) -> bool:
        return self.on < timezone.localdate()
