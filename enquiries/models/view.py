from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of(self, officer: object) -> Self:
        """An officer's views are nobody else's business."""
        return self.filter(officer=officer)


class SavedView(models.Model):
    """Filters of the queue that an officer keeps under a name. They name states and numbers, never people's words."""

    AT_MOST = 20

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "name"], name="one_view_an_officer_and_name"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="view_has_a_name_and_filters"),
        ]

    def __str__(self) -> str:
        return self.name
