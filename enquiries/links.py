"""Addresses in letters that open one thing for whoever has the letter. Opening one changes nothing."""

from django.core.signing import BadSignature, Signer
from django.http import Http404


def token_for(purpose: str, number: int) -> str:
    """Proof that the portal itself wrote this address: 256 bits, stored nowhere, good for one purpose and number."""
    return _signer(purpose).signature(str(number))


def refuse_wrong_token(purpose: str, number: int, token: str) -> None:
    """404 for any other proof: the answer for what does not exist. Keys of before a rotation are still good."""
    try:
        _signer(purpose).unsign(f"{number}:{token}")
    except BadSignature as wrong:
        raise Http404 from wrong


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"enquiries.links.{purpose}")
