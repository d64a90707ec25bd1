"""Following an enquiry: a code goes to the applicant's mailbox, and proves that a browser is the applicant's."""

import uuid

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from enquiries import codes, letters_codes
from enquiries.mail import addresses, post
from enquiries.models import ContactVersion, Enquiry, FollowCode


@transaction.atomic
def ask_for_code(*, reference: str, address: str) -> uuid.UUID:
    """Mail a code if the two belong together; the one before it is good no more. Returns what the browser is to keep.

    If they do not, the same is done, and then the mail is taken back: nobody learns from the answer, nor from how long
    it took, whether there is such an enquiry.
    """
    known = _known(reference)
    matches = known is not None and addresses.key(known[1]) == addresses.key(address)
    found, to = known if known and matches else (None, address)
    FollowCode.objects.filter(enquiry=found or 0).delete()
    code, code_id = codes.new_follow_code(), uuid.uuid4()
    FollowCode.objects.create(pk=code_id, enquiry_id=found, code=codes.follow_hash(code_id, code))
    with transaction.atomic():
        post.write(letters_codes.follow_code(to, code))
        transaction.set_rollback(found is None)
    if found is None:
        post.tell_worker()
    return code_id


def _known(reference: str) -> tuple[int, str] | None:
    """The enquiry and the address that is written to now: as many queries for one that exists as for none."""
    newest = ContactVersion.objects.filter(enquiry=OuterRef("pk")).order_by("-pk").values("email")[:1]
    reached = Enquiry.objects.annotate(address=Coalesce(Subquery(newest), "contact_email"))
    return reached.filter(reference=reference).values_list("pk", "address").first()


@transaction.atomic
def prove(*, code_id: uuid.UUID, code: str) -> Enquiry | None:
    """The enquiry that this code opens, once. Nothing for a wrong code; after the third no other counts."""
    usable = FollowCode.objects.usable().select_related("enquiry").filter(pk=code_id)
    found = usable.select_for_update(of=("self",)).first()
    if found is None:
        return None
    is_right = codes.is_follow_code(found.code, found.pk, code)
    if is_right and found.enquiry:
        found.delete()
        return found.enquiry
    FollowCode.objects.filter(pk=found.pk).update(wrong_tries=F("wrong_tries") + 1)
    return None


def may_try(code_id: uuid.UUID) -> bool:
    return FollowCode.objects.usable().filter(pk=code_id).exists()
