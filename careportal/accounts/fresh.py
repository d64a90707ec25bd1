"""Fresh proof: before a change to accounts, whoever makes it has shown their second factor lately."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows, suspend_request
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


def fresh_proof_for_changes(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask for the second factor again when it was last given more than fifteen minutes ago (AD17).

    Opening a page needs none. What was typed is kept and sent once the proof is given.
    """

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not has_fresh_proof(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asking


def has_fresh_proof(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    given = [record["at"] for record in records if record["method"] == "mfa"]
    return bool(given) and time.time() - max(given) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def has_signed_in_lately(request: HttpRequest) -> bool:
    """Whether this session has proved itself within the last fifteen minutes, in whatever way."""
    given = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(given) and time.time() - max(given) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def sign_in_for_changes(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What a page changes needs a sign-in of the last fifteen minutes (SE14). Opening it needs none."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or has_signed_in_lately(request):
            return view(request, *args, **kwargs)
        return way_to_proof(request)

    return asking


def way_to_proof(request: HttpRequest) -> HttpResponse:
    """Those who have a password or a factor give that. All others sign in again with a code."""
    if get_reauthentication_flows(request.user):
        answer: HttpResponse = suspend_request(request, reverse("account_reauthenticate"))
        return answer
    return render(request, "accounts/sign_in_again.html", {"back": request.path})
