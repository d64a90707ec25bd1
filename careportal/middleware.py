"""What holds for every request and every answer, so that no view has to remember it."""

import contextlib
import logging
import secrets
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import Error, InterfaceError, OperationalError, connections
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from careportal import logs, refusals
from careportal.kit.errors import error_page, unavailable

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXYZ"  # nothing that is misheard or misread over the telephone
FIT = "/what-can-my-service-get/"
PRIVATE_PATHS = (
    *("/account/", "/admin/", "/alerts/", "/answers/", "/apply/", "/follow/", "/offers/", "/outcomes/", "/partner/"),
    *("/feedback/", "/intakes/", "/invitations/", "/my-organisation/", "/return/", FIT),
)
# Passkeys are asked of our own pages; everything else that a page could ask of a device is closed.
PERMISSIONS_POLICY = ", ".join(
    [
        *(f"{feature}=()" for feature in ("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media")),
        *(f"{feature}=()" for feature in ("fullscreen", "geolocation", "gyroscope", "magnetometer", "microphone")),
        *(f"{feature}=()" for feature in ("midi", "payment", "picture-in-picture", "screen-wake-lock", "usb")),
        *(f"{feature}=()" for feature in ("clipboard-read", "hid", "idle-detection", "serial", "xr-spatial-tracking")),
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
    ]
)


def request_id(get_response: GetResponse) -> GetResponse:
    """Gives each request a short id of our own: on error pages, in its log entries, in X-Request-ID."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.id = "".join(secrets.choice(ALPHABET) for _ in range(8))  # type: ignore[attr-defined]
        token = logs.request_id.set(request.id)  # type: ignore[attr-defined]
        try:
            response = get_response(request)
        finally:
            logs.request_id.reset(token)
        response.headers["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response

    return answer


def closed_by_default(get_response: GetResponse) -> GetResponse:
    """Refuses what no page should see, closes the device's features, and keeps private answers out of every cache."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = refusals.refusal_of(request) or _told_better(request, get_response(request))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if response.cookies:
            response.headers["Cache-Control"] = "no-store"  # also where a view thought its page public
        elif _is_private(request, response):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def _is_private(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code >= 400
        or request.path_info.startswith(PRIVATE_PATHS)
        or settings.SESSION_COOKIE_NAME in request.COOKIES
    )


def _told_better(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The same answer, or a more helpful page where more is known about what went wrong."""
    trouble = getattr(request, "database_trouble", "")
    if trouble and response.status_code == 500:
        return _without_database(request, trouble)
    if response.status_code == 404 and request.path_info.startswith("/follow/"):
        return error_page(request, 404, may_follow=True)
    if not request.path_info.startswith(("/apply/", FIT)):
        return response
    if response.status_code == 404:
        return error_page(request, 404, draft_days=settings.DRAFT_DAYS)
    if response.status_code == 403 and settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return error_page(request, 403, "403_csrf.html", draft_days=settings.DRAFT_DAYS)
    return response


def _without_database(request: HttpRequest, trouble: str) -> HttpResponse:
    """503 instead of 500: it will pass. The connections are dropped, so that the next request begins with new ones."""
    log.error("The database did not answer: %s", trouble)
    for connection in connections.all(initialized_only=True):
        with contextlib.suppress(Error):
            connection.close()
    return unavailable(request)


@receiver(got_request_exception)
def note_database_trouble(sender: object, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Marks the request. Django makes a 500 of an exception in whatever layer it arose, sessions and sign-in included;
    this signal is the one place that still knows which exception it was."""
    error = sys.exc_info()[1]
    if request is not None and isinstance(error, (OperationalError, InterfaceError)):
        request.database_trouble = _code_of(error)  # type: ignore[attr-defined]


def _code_of(error: BaseException) -> str:
    """The database's own code, such as SQLITE_BUSY or 57P01; never its message, which may quote what was stored."""
    codes = (getattr(error.__cause__, name, None) for name in ("sqlstate", "pgcode", "sqlite_errorname"))
    return next(filter(None, codes), type(error).__name__)
