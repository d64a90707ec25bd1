"""Requests that no page should have to deal with."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters

from careportal.kit.errors import error_page

METHODS = {"GET", "HEAD", "OPTIONS", "POST"}  # no page of ours has another; packages that take one delete by it
CHARSETS = {"utf-8", "utf8", "us-ascii"}
METHOD_OVERRIDES = ("HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_HTTP_METHOD", "HTTP_X_METHOD_OVERRIDE")
TAKES_DOCUMENTS = re.compile(r"/follow/[A-Z0-9-]+/documents/|/partner/referrals/outcomes/")
BROKEN_BYTE = re.compile("%[89A-Fa-f][0-9A-Fa-f]")  # Django has decoded the path; what was no UTF-8 is left like this


class PlainRequest(WSGIRequest):
    """A request that is read as UTF-8, whatever charset it claims; strange ones are then refused.

    Django would read the address in any charset that Python knows, rot13 and zip among them, and would fail at that
    before the first middleware could answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # a parameter that is itself written in a charset nobody knows
            self.content_type, self.content_params = "", {"charset": "unknown"}


def refusal_of(request: HttpRequest) -> HttpResponse | None:
    """The answer that refuses this request; None when it may go on."""
    status = _status_for(request)
    if status is None:
        return None
    answer = error_page(request, status)
    if status == 405:
        answer["Allow"] = "GET, HEAD, OPTIONS, POST"
    return answer


def _status_for(request: HttpRequest) -> int | None:
    if request.method not in METHODS:
        return 405
    if any(header in request.META for header in METHOD_OVERRIDES):
        return 400
    if not _is_in_our_charset(request) or not _is_text(request):
        return 400
    if _content_length(request) > _most(request):
        return 413
    return None


def _most(request: HttpRequest) -> int:
    """Where a document may be added, more than the largest: so that the page can say that it is too large."""
    room = 3 * settings.DOCUMENT_BYTES if TAKES_DOCUMENTS.fullmatch(request.path_info) else 0
    return room + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _is_in_our_charset(request: HttpRequest) -> bool:
    return (request.content_params or {}).get("charset", "utf-8").lower() in CHARSETS


def _is_text(request: HttpRequest) -> bool:
    """PostgreSQL refuses NUL and half characters, SQLite takes them: neither gets the chance."""
    if "\0" in request.path_info or BROKEN_BYTE.search(request.path_info):
        return False
    given = (
        unquote_to_bytes(request.META.get("QUERY_STRING", "").replace("+", " ")),
        request.META.get("HTTP_COOKIE", "").encode("latin-1", "replace"),
    )
    return all(map(_is_clean, given)) and not any("\0" in value for value in request.COOKIES.values())


def _is_clean(raw: bytes) -> bool:
    try:
        return "\0" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
