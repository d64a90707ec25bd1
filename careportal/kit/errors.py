"""Pages for what goes wrong. They need no database and no session, and are never kept by a cache (HC6, HC10)."""

import math
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

# When not even the page's template can be shown.
BARE = (
    '<!DOCTYPE html><html lang="en-gb"><head><meta charset="utf-8"><title>{name}</title></head><body><main>'
    "<h1>Sorry, there is a problem with the service</h1><p>Try again later, call {telephone} or email {email}.</p>"
    "<p>{council}</p></main></body></html>"
)


def error_page(request: HttpRequest, status: int, template: str = "", **context: Any) -> HttpResponse:
    """The page for this status, with the reference by which our logs know the request."""
    context |= {"council": settings.COUNCIL, "EMBEDDED": settings.EMBEDDED, "reference": getattr(request, "id", "")}
    content: str
    try:
        content = render_to_string(template or f"{status}.html", context)
    except Exception:  # this page is what is left when everything else has failed
        content = _bare_page()
    return HttpResponse(content, status=status, headers={"Cache-Control": "no-store"})


def _bare_page() -> str:
    council = settings.COUNCIL
    contact = council.contact
    return format_html(
        BARE, name=council.service_name, telephone=contact.telephone, email=contact.email, council=council.name
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; or 413 when what was sent is larger than we take."""
    return error_page(request, 413 if isinstance(exception, TOO_MUCH) else 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was sent without its token: most often a page left open too long."""
    return error_page(request, 403, "403_csrf.html")


def too_many_requests(
    request: HttpRequest, retry_after: float = 60, exception: Exception | None = None
) -> HttpResponse:
    """429, saying after how many seconds to try again, in the header and in words."""
    seconds = max(1, math.ceil(retry_after))
    answer = error_page(request, 429, wait=in_words(seconds))
    answer["Retry-After"] = str(seconds)
    return answer


def unavailable(request: HttpRequest, retry_after: int = 60) -> HttpResponse:
    """503: the service cannot work just now, but will."""
    answer = error_page(request, 503)
    answer["Retry-After"] = str(retry_after)
    return answer


def in_words(seconds: int) -> str:
    """“1 minute”, “25 minutes”, “2 hours”: rounded up, so that waiting that long is always enough."""
    number, unit = (math.ceil(seconds / 60), "minute") if seconds <= 3600 else (math.ceil(seconds / 3600), "hour")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
