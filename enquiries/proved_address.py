"""Whose information a browser may see: that of the address it has lately proved by a code, or has signed in with."""

import time

from allauth.account.models import EmailAddress
from django.http import HttpRequest

from enquiries.following import renew_session

PROVED = "proved address"  # in the session: the address and when it was last used
IDLE_SECONDS = 1800
NOTED_EVERY_SECONDS = 60


def note_address(request: HttpRequest, address: str) -> None:
    """This browser has just proved that it reads this address's mail."""
    renew_session(request)
    request.session[PROVED] = [address, time.time()]


def forget_address(request: HttpRequest) -> None:
    request.session.pop(PROVED, None)


def address_of(request: HttpRequest) -> str:
    """The proved address; empty where nothing is proved, or not lately enough."""
    return _by_code(request) or _by_account(request)


def _by_code(request: HttpRequest) -> str:
    address, seen = request.session.get(PROVED, ["", 0.0])
    if not 0 <= time.time() - seen <= IDLE_SECONDS:
        return ""
    if time.time() - seen > NOTED_EVERY_SECONDS:
        request.session[PROVED] = [address, time.time()]
    return str(address)


def _by_account(request: HttpRequest) -> str:
    """Only an address that the account has proved."""
    if not request.user.is_authenticated:
        return ""
    proved = EmailAddress.objects.filter(user=request.user, email__iexact=request.user.email, verified=True)
    return request.user.email if proved.exists() else ""
