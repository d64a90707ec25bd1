import uuid
from collections.abc import Iterator

from django.db import models
from django.db.models import Q
from django.utils import timezone

from enquiries.documents import KINDS

PIECE_BYTES = 64 * 1024  # few are in memory at once, also in a backup; in base64 it is a cell that csv readers take
MOST_DOCUMENTS = 10


class Attachment(models.Model):
    """A document that the provider added to an enquiry. It is only ever handed out as a download.

    Its content lies in the database, so there is no path to guess, and no machine needs another one's disk.
    """

    enquiry = models.ForeignKey("Enquiry", on_delete=models.PROTECT, related_name="attachments")
    number = models.UUIDField(unique=True, default=uuid.uuid4, editable=False, help_text="What addresses call it.")
    kind = models.CharField(max_length=4, choices=[(kind, one.label) for kind, one in KINDS.items()])
    name = models.CharField(max_length=80, help_text="As it was called, cleaned. It is only shown.")
    size = models.PositiveIntegerField("bytes")
    at = models.DateTimeField(default=timezone.now)
    came_with = models.ForeignKey(
        "IncomingMail", null=True, on_delete=models.PROTECT, related_name="documents", help_text="The mail it was in."
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="attachment_kind_is_known"),
            models.CheckConstraint(condition=Q(size__gt=0) & ~Q(name=""), name="attachment_has_a_name_and_content"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def media_type(self) -> str:
        return KINDS[self.kind].media_type

    def content(self) -> Iterator[bytes]:
        """Piece by piece, each in a query of its own."""
        for number in range(-(-self.size // PIECE_BYTES)):
            yield bytes(self.pieces.get(number=number).content)


class AttachmentPiece(models.Model):
    """A part of a document, of at most 64 kilobytes."""

    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attachment", "number"], name="one_piece_an_attachment_and_number"),
        ]

    def __str__(self) -> str:
        return f"Piece {self.number}"
