from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Note(models.Model):
    """What an officer wrote down about an enquiry, for officers only. It is added, and never changed or sent out."""

    enquiry = models.ForeignKey("Enquiry", on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(max_length=4000)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="note_says_something")]

    def __str__(self) -> str:
        return f"Note on {self.enquiry}"
