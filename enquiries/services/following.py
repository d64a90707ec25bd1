"""Following an enquiry: a code goes to the applicant's mailbox, and proves that a browser is the applicant's."""

import uuid

from django.db import transaction
from django.db.models import F

from enquiries import codes, letters_codes
from enquiries.mail import addresses, post
from enquiries.models import Enquiry, FollowCode


@transaction.atomic
def ask_for_code(*, reference: str, address: str) -> uuid.UUID:
    """Mail a code if the two belong together; the one before it is good no more. Returns what the browser is to keep.

    If they do not, the same is done, and then the mail is taken back: nobody learns from the answer, nor from how long
    it took, whether there is such an enquiry.
    """
    enquiry = Enquiry.objects.filter(reference=reference).first()
    matches = enquiry is not None and addresses.key(enquiry.contact.email) == addresses.key(address)
    found = enquiry if matches else None
    FollowCode.objects.filter(enquiry=found.pk if found else 0).delete()
    code, code_id = codes.new_follow_code(), uuid.uuid4()
    FollowCode.objects.create(pk=code_id, enquiry=found, code=codes.follow_hash(code_id, code))
    with transaction.atomic():
        post.write(letters_codes.follow_code(found.contact.email if found else address, code))
        transaction.set_rollback(found is None)
    if found is None:
        post.tell_worker()
    return code_id


@transaction.atomic
def prove(*, code_id: uuid.UUID, code: str) -> Enquiry | None:
    """The enquiry that this code opens, once. Nothing for a wrong code; after the third no other counts."""
    usable = FollowCode.objects.usable().select_related("enquiry").filter(pk=code_id)
    found = usable.select_for_update(of=("self",)).first()
    if found is None:
        return None
    if found.enquiry and codes.is_follow_code(found.code, found.pk, code):
        found.delete()
        return found.enquiry
    FollowCode.objects.filter(pk=found.pk).update(wrong_tries=F("wrong_tries") + 1)
    return None


def may_try(code_id: uuid.UUID) -> bool:
    return FollowCode.objects.usable().filter(pk=code_id).exists()
