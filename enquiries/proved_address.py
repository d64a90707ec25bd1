"""Whose information a browser may see: that of the address it has lately proved by a code, or has signed in with."""

import time

from allauth.account.models import EmailAddress
from django.http import HttpRequest

from enquiries.following import renew_session

PROVED = "address proved"  # in the session: the address, when it was last used, and who was signed in then
IDLE_SECONDS = 1800
NOTED_EVERY_SECONDS = 60


def note_address(request: HttpRequest, address: str) -> None:
    """This browser has just proved that it reads this address's mail."""
    renew_session(request)
    _note(request, address)


def forget_address(request: HttpRequest) -> None:
    request.session.pop(PROVED, None)


def address_of(request: HttpRequest) -> str:
    """The proved address; empty where nothing is proved, or not lately enough."""
    return _by_code(request) or _by_account(request)


def _by_code(request: HttpRequest) -> str:
    """Whoever signs in afterwards at the same browser may be somebody else: to them it proves nothing."""
    address, seen, who = request.session.get(PROVED, ["", 0.0, None])
    if who != request.user.pk or not 0 <= time.time() - seen <= IDLE_SECONDS:
        return ""
    if time.time() - seen > NOTED_EVERY_SECONDS:
        _note(request, address)
    return str(address)


def _note(request: HttpRequest, address: str) -> None:
    request.session[PROVED] = [address, time.time(), request.user.pk]


def _by_account(request: HttpRequest) -> str:
    """Only an address that the account has proved."""
    if not request.user.is_authenticated:
        return ""
    proved = EmailAddress.objects.filter(user=request.user, email__iexact=request.user.email, verified=True)
    return request.user.email if proved.exists() else ""
