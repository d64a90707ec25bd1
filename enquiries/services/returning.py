"""Leaving an application and coming back to it by a code, on any device."""

import uuid

from django.db import transaction

from enquiries import codes, letters_codes
from enquiries.mail import post
from enquiries.models import Draft
from enquiries.models.draft import DraftQuerySet


@transaction.atomic
def save_for_later(*, draft_id: uuid.UUID, owner: str, address: str, shown: str) -> Draft:
    """Mail the way back. However often the button of one page is pressed, there is one mail.

    Raises Draft.DoesNotExist. For an application that was sent there is nothing to come back to, and no mail.
    """
    draft = _locked(Draft.objects.of(draft_id, owner))
    if draft.sent_as or shown != draft.saved_as:
        return draft
    code = codes.new_return_code()
    draft.save_for_later(address=address, hashed=codes.return_hash(address, code))
    draft.save(update_fields=["return_email", "return_code", "expires_at"])
    post.write(letters_codes.way_back(draft, code))
    return draft


@transaction.atomic
def come_back(*, address: str, code: str, owner: str) -> Draft:
    """Give the application to the browser that knows its code; the one that had it before comes back in the same way.

    One that was sent meanwhile stays where it is. Raises Draft.DoesNotExist for a wrong code, a wrong address, one
    that is too old and one that never was.
    """
    draft = _locked(Draft.objects.saved_under(codes.return_hashes(address, code)))
    if not draft.sent_as:
        draft.move_to(owner)
        draft.save(update_fields=["owner"])
    return draft


def _locked(drafts: DraftQuerySet) -> Draft:
    return drafts.select_for_update(of=("self",)).get()
