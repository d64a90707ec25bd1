"""Addresses in letters that open one thing for whoever has the letter. Opening one changes nothing."""

import logging

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.urls import reverse

logger = logging.getLogger(__name__)

CONFIRM, STOP = "alerts.confirm", "alerts.stop"
PARTNER = "partners.code"
COMPLETE = "enquiries:complete"  # where whoever applied by email fills in what is missing


def token_for(purpose: str, number: int) -> str:
    """Proof that the portal itself wrote this address: 256 bits, stored nowhere, good for one purpose and number."""
    return _signer(purpose).signature(str(number))


def refuse_wrong_token(purpose: str, number: int, token: str) -> None:
    """404 for any other proof: the answer for what does not exist. Keys of before a rotation are still good."""
    try:
        _signer(purpose).unsign(f"{number}:{token}")
    except BadSignature as wrong:
        logger.warning("link.refused purpose=%s number=%s", purpose, number)
        raise Http404 from wrong


def confirm_address(alert_id: int) -> str:
    return settings.BASE_URL + reverse("enquiries:alerts-confirm", args=[alert_id, token_for(CONFIRM, alert_id)])


def stop_address(alert_id: int) -> str:
    return settings.BASE_URL + reverse("enquiries:alerts-stop", args=[alert_id, token_for(STOP, alert_id)])


def complete_address() -> str:
    """Where the rest of an application by email is filled in. It names none, and opens none by itself."""
    return settings.BASE_URL + reverse(COMPLETE)


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"enquiries.links.{purpose}")
