"""What holds for every request and every answer, so that no view has to remember it."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from careportal import logs, refusals

GetResponse = Callable[[HttpRequest], HttpResponse]

ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXYZ"  # nothing that is misheard or misread over the telephone
PRIVATE_PATHS = ("/admin/", "/apply/", "/account/")
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
        response = refusals.refusal_of(request) or get_response(request)
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
