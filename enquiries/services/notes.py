from typing import TYPE_CHECKING

from django.db import transaction

from enquiries.models import Enquiry, Event, Note

if TYPE_CHECKING:
    from careportal.accounts.models import User


@transaction.atomic
def add_note(*, enquiry_id: int, officer: "User", text: str) -> Note:
    """Write an internal note. The history says that there is one, not what it says."""
    enquiry = Enquiry.objects.get(pk=enquiry_id)
    note = Note.objects.create(enquiry=enquiry, by=officer, text=text)
    enquiry.record(Event.Kind.NOTED, by=officer, note=note.pk)
    return note
