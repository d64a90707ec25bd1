"""What a partner's spreadsheet would do, between the look at it and the decision to keep it."""

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from careportal.accounts.models import User

KEPT_FOR = dt.timedelta(hours=1)


def expires_at() -> dt.datetime:
    return timezone.now() + KEPT_FOR


class OutcomeFileQuerySet(models.QuerySet["OutcomeFile"]):
    def kept_for(self, person: "User") -> Self:
        """A person's own. Nobody else's can be reached through any page."""
        return self.filter(by=person, expires_at__gt=timezone.now())

    def over(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())


class OutcomeFile(models.Model):
    """The rows of a spreadsheet as they were checked, for whoever sent it, for an hour. The file itself is not kept.

    `rows` holds numbers, codes and days, never names or other texts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    rows: "models.JSONField[Any]" = models.JSONField(default=list)
    expires_at = models.DateTimeField(default=expires_at)

    objects = OutcomeFileQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="outcome_file_expiry")]

    def __str__(self) -> str:
        return str(self.pk)
