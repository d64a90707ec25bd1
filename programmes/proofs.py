"""Addresses in letters to partners, and which browsers have proved that they read the letter's mailbox."""

import logging
import time

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest
from django.urls import reverse

from programmes.models import Ask

logger = logging.getLogger(__name__)

PROVED = "answers about listings"  # in the session: number of the question → when this browser last used its proof
ASKED = "asked to answer about listings"  # in the session: the code that this browser waits for
IDLE_SECONDS = 2 * 3600
NOTED_EVERY_SECONDS = 60


def address_of(ask: Ask) -> str:
    """Opening it changes nothing, and shows nothing of the listings: the code does."""
    return settings.BASE_URL + reverse("programmes:still-correct", args=[ask.pk, token_for(ask.pk)])


def token_for(number: int) -> str:
    """Proof that the portal itself wrote this address: stored nowhere, good for one question."""
    return _signer().signature(str(number))


def refuse_wrong_token(number: int, token: str) -> None:
    """404 for any other proof: the answer for what does not exist."""
    try:
        _signer().unsign(f"{number}:{token}")
    except BadSignature as wrong:
        logger.warning("still_correct.refused question=%s", number)
        raise Http404 from wrong


def note_proof(request: HttpRequest, ask: Ask) -> None:
    """This browser has just proved it. Whoever planted the old key of the session sees nothing of what comes (SE1)."""
    if not request.user.is_authenticated:
        request.session.cycle_key()
    _note(request, ask.pk)


def has_proved(request: HttpRequest, number: int) -> bool:
    """The proof lasts while it is used, and is gone some time after."""
    seen = request.session.get(PROVED, {}).get(str(number))
    now = time.time()
    if seen is None or not 0 <= now - seen <= IDLE_SECONDS:
        return False
    if now - seen > NOTED_EVERY_SECONDS:
        _note(request, number)
    return True


def _note(request: HttpRequest, number: int) -> None:
    request.session[PROVED] = {**request.session.get(PROVED, {}), str(number): time.time()}


def _signer() -> Signer:
    return Signer(salt="programmes.proofs.still-correct")
