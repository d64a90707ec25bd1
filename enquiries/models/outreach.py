"""Contacts that officers made by themselves with services that had not come to the portal."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Outreach(models.Model):
    """An officer spoke to a registered location, or wrote to it. It holds no word on who was spoken to, or of what."""

    class How(models.TextChoices):
        CALL = "call", "By telephone"
        VISIT = "visit", "We visited them"
        EVENT = "event", "At an event or a forum"
        EMAIL = "email", "By email"
        LETTER = "letter", "By letter"

    cqc_location_id = models.CharField("CQC location ID", max_length=20)
    on = models.DateField("day")
    how = models.CharField(max_length=10, choices=How)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("recorded at", default=timezone.now)

    class Meta:
        verbose_name_plural = "outreach"
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["cqc_location_id", "on"], name="outreach_location")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(cqc_location_id=""), name="outreach_names_a_location"),
            models.CheckConstraint(
                condition=models.Q(how__in=["call", "visit", "event", "email", "letter"]), name="outreach_way_is_known"
            ),
            models.UniqueConstraint(
                fields=["cqc_location_id", "on", "how"], name="one_outreach_a_location_day_and_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cqc_location_id}, {self.get_how_display().lower()}"
