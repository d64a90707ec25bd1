"""Proving an address by a code, to see what is held about whoever reads it, and removing a draft of theirs."""

import uuid

from django.db import transaction
from django.db.models import F

from enquiries import codes, letters_rights
from enquiries.held.others import saved_drafts
from enquiries.mail import post
from enquiries.models import AddressCode, Draft, RightsRequest


@transaction.atomic
def ask_for_held(*, address: str) -> uuid.UUID:
    """Mail a code; the one before it is good no more. The same is done for every address: nobody learns of whom we
    hold something. Returns what the browser is to keep.
    """
    AddressCode.objects.filter(email__iexact=address).delete()
    code, code_id = codes.new_follow_code(), uuid.uuid4()
    AddressCode.objects.create(pk=code_id, email=address, code=codes.address_hash(code_id, code))
    post.write(letters_rights.address_code(address, code))
    return code_id


@transaction.atomic
def prove_held(*, code_id: uuid.UUID, code: str) -> str:
    """The address that this code proves, once; empty for a wrong one. After the third wrong one no other counts.

    What was asked from this address without proof is proved by it too.
    """
    found = AddressCode.objects.usable().select_for_update(of=("self",)).filter(pk=code_id).first()
    if found is None:
        return ""
    if not codes.is_address_code(found.code, found.pk, code):
        AddressCode.objects.filter(pk=found.pk).update(wrong_tries=F("wrong_tries") + 1)
        return ""
    found.delete()
    _prove_requests(found.email)
    return found.email


def may_try_held(code_id: uuid.UUID) -> bool:
    return AddressCode.objects.usable().filter(pk=code_id).exists()


@transaction.atomic
def delete_draft(*, draft_id: uuid.UUID, address: str) -> None:
    """Remove what was saved under this address. What was sent meanwhile is no draft any more: Draft.DoesNotExist."""
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft_id)
    if not saved_drafts(address).filter(pk=draft.pk).exists():
        raise Draft.DoesNotExist
    draft.delete()


def _prove_requests(address: str) -> None:
    for request in RightsRequest.objects.open().of(address).select_for_update(of=("self",)):
        request.prove(RightsRequest.Proof.CODE)
        request.save(update_fields=["proof"])
