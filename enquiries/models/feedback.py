import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LONGEST = 1200


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def between(self, first: dt.date, last: dt.date) -> Self:
        return self.filter(made_on__range=(first, last))

    def with_old_comment(self, before: dt.date) -> Self:
        return self.exclude(comment="").filter(made_on__lt=before)


class Feedback(models.Model):
    """How satisfied somebody was with a page, or after sending. Nobody knows who; the day is all that is kept."""

    class Rating(models.IntegerChoices):
        VERY_SATISFIED = 5, "Very satisfied"
        SATISFIED = 4, "Satisfied"
        NEITHER = 3, "Neither satisfied nor dissatisfied"
        DISSATISFIED = 2, "Dissatisfied"
        VERY_DISSATISFIED = 1, "Very dissatisfied"

    COMMENT_KEPT = dt.timedelta(days=2 * 365)

    route = models.CharField("page", max_length=80, blank=True, help_text="The page's name: no address of anybody's.")
    rating = models.PositiveSmallIntegerField(choices=Rating)
    comment = models.TextField(max_length=LONGEST, blank=True, help_text="Removed after two years.")
    after_sending = models.BooleanField(default=False)
    made_on = models.DateField(default=timezone.localdate)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "feedback"
        ordering = ["-made_on", "-pk"]
        indexes = [models.Index(fields=["made_on"], name="feedback_made")]
        constraints = [models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="feedback_rating_is_known")]

    def __str__(self) -> str:
        return f"Feedback {self.pk}"


class DailyCountQuerySet(models.QuerySet["DailyCount"]):
    def add(self, what: str, on: dt.date) -> None:
        """One more. The first of the day makes the row; of many at one moment each counts."""
        row: dict[str, Any] = {"what": what, "on": on}
        if not self.filter(**row).update(count=F("count") + 1):
            self.bulk_create([self.model(**row)], ignore_conflicts=True)
            self.filter(**row).update(count=F("count") + 1)

    def between(self, what: str, first: dt.date, last: dt.date) -> int:
        counted = self.filter(what=what, on__range=(first, last)).aggregate(total=models.Sum("count"))
        return counted["total"] or 0


class DailyCount(models.Model):
    """How often something happened on a day, for what is not kept itself: drafts go after two weeks."""

    class What(models.TextChoices):
        BEGUN = "begun", "Applications begun"
        SENT = "sent", "Applications sent"

    what = models.CharField(max_length=10, choices=What)
    on = models.DateField()
    count = models.PositiveIntegerField(default=0)

    objects = DailyCountQuerySet.as_manager()

    class Meta:
        ordering = ["on", "what"]
        constraints = [models.UniqueConstraint(fields=["what", "on"], name="one_daily_count_a_thing_and_day")]

    def __str__(self) -> str:
        return f"{self.get_what_display()} on {self.on}: {self.count}"
