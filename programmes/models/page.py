"""Pages about the sector and the plan, as officers keep them."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from programmes.models.partner import WEB


class PageQuerySet(models.QuerySet["Page"]):
    def listed(self) -> Self:
        """What the public may read, in order."""
        return self.filter(is_public=True).order_by("position", "title", "pk")

    def due(self, day: dt.date | None = None) -> Self:
        """Pages that somebody has to look through again."""
        return self.filter(review_due_on__lte=day or timezone.localdate())


class Page(models.Model):
    """A page in Markdown about the sector or the plan. Each states when it was last updated."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=250, help_text="One or two sentences for lists of pages.")
    body = models.TextField("text", max_length=20_000, help_text="Markdown.")
    position = models.PositiveSmallIntegerField(default=50, help_text="Pages with small numbers come first.")
    is_public = models.BooleanField("public", default=False)
    review_due_on = models.DateField("to be reviewed on")
    updated_on = models.DateField("last updated", default=timezone.localdate, editable=False)

    history = HistoricalRecords()
    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("programmes:page", args=[self.slug])

    @property
    def review_is_due(self) -> bool:
        return self.review_due_on <= timezone.localdate()


class PageFigure(models.Model):
    """A number on a page. It never stands without its source and its date."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="figures")
    position = models.PositiveSmallIntegerField(default=1)
    value = models.CharField(max_length=40, help_text="As it is read: more than 8,000, or 10%.")
    what = models.CharField("what it counts", max_length=200)
    source = models.CharField(max_length=200)
    link = models.CharField("link to the source", max_length=200, blank=True, validators=[WEB])
    as_of = models.CharField("date", max_length=40, help_text="As exact as the source gives it: 2022, or 1 April 2022.")

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(value="") & ~Q(what="") & ~Q(source="") & ~Q(as_of=""),
                name="page_figure_has_a_source_and_a_date",
                violation_error_message="Enter the number, what it counts, its source and its date.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.what}"
