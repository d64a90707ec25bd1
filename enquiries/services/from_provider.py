"""What the provider sends from the page of its application: messages and documents."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from enquiries import documents
from enquiries.exceptions import DocumentRefused
from enquiries.models import Attachment, AttachmentPiece, Enquiry, Event, IncomingMail, Message
from enquiries.models.attachment import MOST_DOCUMENTS, PIECE_BYTES
from enquiries.services.hearing import note_news, refuse_too_many

MESSAGES_PER_HOUR = 10


@transaction.atomic
def write_to_council(*, enquiry_id: int, text: str) -> Message:
    """Keep what the provider writes. Raises TransitionNotAllowed when it is closed, TooMany.

    The same words twice in a row, by a double click, are the same message.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    newest = enquiry.messages.order_by("-pk").first()
    if newest and newest.kind == Message.Kind.INCOMING and newest.text == text:
        return newest
    enquiry.refuse_to_provider_if_closed()
    refuse_too_many(enquiry, Event.Kind.HEARD, MESSAGES_PER_HOUR)
    note_news(enquiry, "a message from the provider")
    message = Message.objects.create(enquiry=enquiry, kind=Message.Kind.INCOMING, text=text)
    enquiry.record_for_provider(Event.Kind.HEARD, message=message.pk)
    return message


@transaction.atomic
def add_document(*, enquiry_id: int, file: UploadedFile, kind: str) -> Attachment:
    """Keep a document that was found to be of this kind. Raises DocumentRefused, TransitionNotAllowed.

    Its name is cleaned; it lies in the database under a number.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    enquiry.refuse_to_provider_if_closed()
    document = keep_document(enquiry, file, kind)
    note_news(enquiry, "a document from the provider")
    return document


def keep_document(enquiry: Enquiry, file: UploadedFile, kind: str, came_with: IncomingMail | None = None) -> Attachment:
    """In the transaction in which the enquiry was locked. Raises DocumentRefused where it has too many."""
    if enquiry.attachments.count() >= MOST_DOCUMENTS:
        raise DocumentRefused(f"You have added {MOST_DOCUMENTS} files already, which is the most. Write to us instead.")
    name = documents.cleaned_name(file.name or "", documents.KINDS[kind].endings[0])
    document = Attachment.objects.create(
        enquiry=enquiry, kind=kind, name=name, size=file.size or 0, came_with=came_with
    )
    file.seek(0)
    for number, piece in enumerate(iter(lambda: file.read(PIECE_BYTES), b"")):
        AttachmentPiece.objects.create(attachment=document, number=number, content=piece)
    enquiry.record_for_provider(Event.Kind.DOCUMENT_ADDED, attachment=document.pk, type=kind)
    return document
