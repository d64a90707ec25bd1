"""Who may follow an enquiry: a browser that has lately proved it by reference and code, or a member of its provider.

A reference alone shows nothing (AZ6). What is somebody else's is a 404: the answer for what does not exist (AZ2).
"""

import time
from typing import Any

from django.http import Http404, HttpRequest

from enquiries.models import Enquiry
from providers.models import Membership

PROVED = "followed"  # in the session: reference → when this browser last used its proof, and who was signed in then
IDLE_SECONDS = 2 * 3600
NOTED_EVERY_SECONDS = 60


def the_enquiry(request: HttpRequest, reference: str) -> Enquiry:
    """The enquiry of this reference, if whoever asks may follow it; else 404."""
    enquiry = Enquiry.objects.filter(reference=reference).first() if reference.isascii() else None
    if enquiry is None or not may_act(request, enquiry):
        raise Http404
    return enquiry


def may_act(request: HttpRequest, enquiry: Enquiry) -> bool:
    """Whether whoever asks stands for the applicant: sees what the applicant sees, and may answer and change it."""
    return _has_proved(request, enquiry) or _is_member(request, enquiry)


def note_proof(request: HttpRequest, enquiry: Enquiry) -> None:
    """This browser has just proved that it reads the applicant's mail."""
    renew_session(request)
    _note(request, enquiry.reference)


def renew_session(request: HttpRequest) -> None:
    """Whoever planted the old key does not see what comes (SE1). Signed in, the key was new already."""
    if not request.user.is_authenticated:
        request.session.cycle_key()


def forget_proofs(request: HttpRequest) -> None:
    """Somebody leaves: the next person at this browser sees nothing."""
    request.session.pop(PROVED, None)


def _has_proved(request: HttpRequest, enquiry: Enquiry) -> bool:
    """The proof lasts while it is used, and is gone some time after. It is of whoever was signed in then, or of nobody
    signed in: whoever signs in next at a shared browser has it not."""
    seen = _seen(request, enquiry.reference)
    now = time.time()
    if seen is None or not 0 <= now - seen <= IDLE_SECONDS:
        return False
    since = enquiry.address_since
    if since and seen < since.timestamp():  # proved by an address that is no longer the applicant's (SE15)
        return False
    if now - seen > NOTED_EVERY_SECONDS:
        _note(request, enquiry.reference)
    return True


def _note(request: HttpRequest, reference: str) -> None:
    request.session[PROVED] = {**_proofs(request), reference: [time.time(), request.user.pk]}


def _seen(request: HttpRequest, reference: str) -> float | None:
    noted = _proofs(request).get(reference)
    at, who = noted if isinstance(noted, list) else (noted, None)  # a session of before knows of no people
    return at if who == request.user.pk else None


def _proofs(request: HttpRequest) -> dict[str, list[Any]]:
    return request.session.get(PROVED, {})


def _is_member(request: HttpRequest, enquiry: Enquiry) -> bool:
    """A leaver's membership is gone, and with it the access, at the next click."""
    if not request.user.is_authenticated or enquiry.provider_id is None:
        return False
    return Membership.objects.filter(provider=enquiry.provider_id, user=request.user.pk).exists()
