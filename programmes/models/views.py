import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import F


class ListingViewsQuerySet(models.QuerySet["ListingViews"]):
    def add(self, programme_id: int, on: dt.date) -> None:
        """One more. The first of the day makes the row; of many at one moment each counts."""
        row: dict[str, Any] = {"programme_id": programme_id, "on": on}
        if not self.filter(**row).update(count=F("count") + 1):
            self.bulk_create([self.model(**row)], ignore_conflicts=True)
            self.filter(**row).update(count=F("count") + 1)

    def between(self, first: dt.date, last: dt.date) -> Self:
        return self.filter(on__range=(first, last))


class ListingViews(models.Model):
    """How often a programme's page was opened on a day. Nothing is kept about who did."""

    programme = models.ForeignKey("Programme", on_delete=models.CASCADE, related_name="views")
    on = models.DateField()
    count = models.PositiveIntegerField(default=0)

    objects = ListingViewsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "views of a listing"
        ordering = ["on", "pk"]
        constraints = [models.UniqueConstraint(fields=["programme", "on"], name="one_count_a_programme_and_day")]

    def __str__(self) -> str:
        return f"Programme {self.programme_id} on {self.on}: {self.count}"
