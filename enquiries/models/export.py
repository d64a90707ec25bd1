import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from careportal.kit import clock

if TYPE_CHECKING:
    from careportal.accounts.models import User

PIECE_BYTES = 1024 * 1024
KEPT_HOURS = 24
LEASE_SECONDS = 120
ATTEMPTS = 3


class ExportQuerySet(models.QuerySet["Export"]):
    def kept_for(self, person: "User") -> Self:
        """A person's own, as long as they are kept. Nobody else's can be reached through any page."""
        return self.filter(by=person, expires_at__gt=timezone.now()).order_by("-created_at")

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def due(self) -> Self:
        return self.filter(state=Export.State.WAITING, expires_at__gt=timezone.now()).order_by("created_at", "pk")

    def abandoned(self) -> Self:
        """Their maker was not heard of again: the lease has run out, or ends when no lease could."""
        ended = Q(lease_until__lt=clock.now()) | Q(lease_until__gt=clock.after(2 * LEASE_SECONDS))
        return self.filter(ended, state=Export.State.MAKING)


class Export(models.Model):
    """A table that an officer asked for, as a file for a spreadsheet program. Kept for a day, for its owner alone.

    A worker makes it from the officer's own filters. It can be downloaded once it is whole, and never before.
    """

    class What(models.TextChoices):
        ENQUIRIES = "enquiries", "The list of enquiries"
        PROGRAMMES = "programmes", "Each programme asked for, with contact and outcome"

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel (XLSX)"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        MAKING = "making", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    what = models.CharField(max_length=20, choices=What)
    file_format = models.CharField("format", max_length=4, choices=Format)
    query = models.CharField(max_length=2000, blank=True, help_text="The filters of the list, as in its address.")
    words = models.CharField("searched for", max_length=200, blank=True, help_text="Gone with the file.")
    filters: "models.JSONField[Any]" = models.JSONField(
        default=dict, help_text="The same as codes for the record, without what was searched for."
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    rows_total = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField("bytes", default=0)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["by", "-created_at"], name="export_own")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "making", "ready", "failed"]), name="export_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(what__in=["enquiries", "programmes"], file_format__in=["csv", "xlsx"]),
                name="export_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="making", claim__isnull=False, lease_until__isnull=False)
                | (~Q(state="making") & Q(claim=None, lease_until=None)),
                name="export_being_made_is_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state="ready", ready_at__isnull=False) | (~Q(state="ready") & Q(ready_at=None)),
                name="export_is_ready_with_a_time",
            ),
            models.UniqueConstraint(fields=["state"], condition=Q(state="making"), name="one_export_is_made_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} ({self.get_file_format_display()})"

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.WAITING, self.State.MAKING}

    def content(self) -> Iterator[bytes]:
        """The file, piece by piece. If it is removed meanwhile the download breaks off, and shows that it did."""
        for number in range(-(-self.size // PIECE_BYTES)):
            yield bytes(self.pieces.get(number=number).content)


class ExportPiece(models.Model):
    """A part of an export's file, of at most a megabyte: so that no machine needs another one's disk."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="one_piece_an_export_and_number"),
        ]

    def __str__(self) -> str:
        return f"Piece {self.number}"
