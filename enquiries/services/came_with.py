"""What a stored mail brings besides its text: documents that are safe to keep, and who wrote it first."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.core.files.uploadedfile import SimpleUploadedFile

from enquiries import documents, threads
from enquiries.exceptions import DocumentRefused
from enquiries.mail import reading
from enquiries.mail.reading import Automatic, Original, Paper, Reading
from enquiries.mail.reading.exceptions import Unreadable
from enquiries.models import Enquiry, IncomingMail
from enquiries.models.attachment import MOST_DOCUMENTS
from enquiries.models.incoming import MOST_RAW_BYTES
from enquiries.services.from_provider import keep_document

CHECKING_SECONDS = 15


@dataclass(frozen=True)
class CameWith:
    documents: tuple[tuple[SimpleUploadedFile, str], ...] = ()
    original: Original | None = None
    automatic: Automatic = Automatic.NO

    def keep(self, enquiry: Enquiry, mail: IncomingMail) -> None:
        """In the transaction in which the enquiry was locked or made. What is too many stays in the mail."""
        room = MOST_DOCUMENTS - enquiry.attachments.count()
        for file, kind in self.documents[: max(room, 0)]:
            keep_document(enquiry, file, kind, mail)


def look(mail_id: int) -> CameWith:
    """Nothing, where the copy is gone or cannot be read: then what the row says has to do."""
    mail = IncomingMail.objects.listed().get(pk=mail_id)
    if mail.size > MOST_RAW_BYTES:
        return CameWith()
    try:
        said = reading.read(mail.raw)
    except Unreadable:
        return CameWith()
    original = said.original if threads.is_forwarded(said.head) else None
    return CameWith(tuple(islice(_safe(said), MOST_DOCUMENTS)), original, said.head.automatic)


def _safe(said: Reading) -> Iterator[tuple[SimpleUploadedFile, str]]:
    """What a provider could have added on the page as well (MI9). All else stays in the mail, and so does what there
    is no time to look at: a scanner that does not answer holds up no other mail."""
    ends_at = time.monotonic() + CHECKING_SECONDS
    for paper in said.papers:
        if time.monotonic() < ends_at and (checked := _checked(paper)):
            yield checked


def _checked(paper: Paper) -> tuple[SimpleUploadedFile, str] | None:
    file = SimpleUploadedFile(paper.name or "document", paper.content)
    try:
        return file, documents.check(file)
    except DocumentRefused:
        return None
