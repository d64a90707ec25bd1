"""What changed about an intake that people who applied for it must hear of: written with it, told afterwards."""

from collections.abc import Mapping
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from programmes.models.intake import Intake

RESUMES = {Intake.State.PAUSED, Intake.State.CANCELLED}


class IntakeChangeQuerySet(models.QuerySet["IntakeChange"]):
    def untold(self) -> Self:
        """The oldest first. An index knows the few of them."""
        return self.filter(told_at=None).order_by("at", "pk")


class IntakeChange(models.Model):
    """One change of an intake's dates, place or state. How many places are left is none: nobody waits to hear that."""

    class What(models.TextChoices):
        DATES = "dates", "The dates have changed"
        PLACE = "place", "The place has changed"
        PAUSED = "paused", "It is paused"
        CLOSED = "closed", "It takes no more applications"
        CANCELLED = "cancelled", "It is cancelled"
        RESUMED = "resumed", "It goes on"

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    before: "models.JSONField[Any]" = models.JSONField(help_text="What was public before it.")
    told_at = models.DateTimeField(null=True, help_text="When everybody concerned had been told.")

    objects = IntakeChangeQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at", "id"], condition=Q(told_at=None), name="intake_change_untold")]

    def __str__(self) -> str:
        return f"Change {self.pk} of intake {self.intake_id}"


def what_changed(before: Mapping[str, Any], intake: Intake) -> list[str]:
    """Between what was public before and what is now. Nothing, where all is as it was."""
    now = intake.facts()
    differs = {name for name in now if now[name] != before.get(name)}
    changed = ["dates"] if differs & {"starts_on", "ends_on"} else []
    changed += ["place"] if "place" in differs else []
    if "state" in differs and intake.state != Intake.State.OPEN:
        changed.append(str(intake.state))
    elif "state" in differs and before.get("state") in RESUMES:
        changed.append("resumed")
    return changed
