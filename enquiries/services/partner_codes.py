"""Codes that go to a partner's mailbox, which is the council's to change (PA9): whoever reads it sees the referrals."""

import uuid

from django.db import transaction
from django.db.models import F

from enquiries import codes
from enquiries import letters_referrals as letters
from enquiries.mail import post
from enquiries.models import PartnerCode
from programmes.models import Partner


@transaction.atomic
def ask_for_partner_code(*, partner: Partner) -> uuid.UUID:
    """Mail a code to the partner's address; the one before it is good no more. Returns what the browser is to keep."""
    PartnerCode.objects.filter(partner=partner).delete()
    code, code_id = codes.new_follow_code(), uuid.uuid4()
    PartnerCode.objects.create(pk=code_id, partner=partner, code=codes.partner_hash(code_id, code))
    post.write(letters.code(partner, code))
    return code_id


@transaction.atomic
def prove_partner(*, code_id: uuid.UUID, code: str) -> Partner | None:
    """The partner whose referrals this code opens, once. Nothing for a wrong code; after the third none counts."""
    usable = PartnerCode.objects.usable().select_related("partner").filter(pk=code_id)
    found = usable.select_for_update(of=("self",)).first()
    if found is None:
        return None
    if codes.is_partner_code(found.code, found.pk, code):
        found.delete()
        return found.partner
    PartnerCode.objects.filter(pk=found.pk).update(wrong_tries=F("wrong_tries") + 1)
    return None


def may_try_partner_code(code_id: uuid.UUID) -> bool:
    return PartnerCode.objects.usable().filter(pk=code_id).exists()
