from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from enquiries.exceptions import TransitionNotAllowed


class RegisterChange(models.TextChoices):
    """What became of a CQC location since somebody applied for it."""

    REMOVED = "removed", "It is not in the CQC’s list any more: it may have been deregistered."
    MOVED = "moved", "Its address has changed."
    SOLD = "sold", "Another provider runs it now."


class Registered(models.Model):
    """The CQC location that was applied for, and what became of it until an officer has looked at that."""

    cqc_location_id = models.CharField(
        "CQC location ID", max_length=20, blank=True, default="", help_text="As picked in the directory."
    )
    register_changes = models.CharField(max_length=30, blank=True, default="", editable=False)
    register_changed_at = models.DateTimeField(null=True, editable=False)

    REGISTER = ("register_changes", "register_changed_at")

    class Meta:
        abstract = True

    @property
    def changes_in_register(self) -> list[RegisterChange]:
        return [change for change in RegisterChange if change in self.register_changes.split(",")]

    @property
    def register_mark(self) -> str:
        """Which changes a page showed."""
        return str(int(self.register_changed_at.timestamp() * 1000)) if self.register_changed_at else ""

    def note_register_changes(self, changes: Iterable[str]) -> None:
        """What is found later is added to what nobody has looked at yet."""
        known = {*self.changes_in_register, *changes}
        self.register_changes = ",".join(change for change in RegisterChange if change in known)
        self.register_changed_at = timezone.now()

    def check_register_changes(self) -> None:
        """An officer has looked at it."""
        if not self.register_changes:
            raise TransitionNotAllowed(f"Nothing about {self} waits to be checked in the CQC’s list.")
        self.register_changes, self.register_changed_at = "", None
