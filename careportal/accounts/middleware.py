"""Staff without a second factor get no further than setting one up, however they signed in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

OPEN = {
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "kit:icon",
    "kit:theme",
}


class SecondFactorForStaff:
    """Leads staff to the set-up page from everywhere but what the set-up needs (AD2).

    A request without a session cookie belongs to nobody and costs nothing here, so public pages stay cacheable.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or _is_open(request):
            return None
        if not getattr(request.user, "is_staff", False) or request.user.has_factor:  # type: ignore[union-attr]
            return None
        return redirect("mfa_index")


def _is_open(request: HttpRequest) -> bool:
    name = getattr(request.resolver_match, "view_name", None)
    return name in OPEN or request.path_info.startswith(("/health/", settings.STATIC_URL))


second_factor_for_staff = SecondFactorForStaff
