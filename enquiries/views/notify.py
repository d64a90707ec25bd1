"""Delivery receipts from GOV.UK Notify."""

import json
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from careportal.kit.access import open_to
from enquiries.services import receipts

LONGEST_RECEIPT = 64 * 1024
_REFERENCE = re.compile(r"<[!-~]{1,198}>")
_NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@csrf_exempt
@open_to("anyone")
@require_http_methods(["POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Learn what became of a mail. Only who knows the token is heard; a 503 asks Notify to come again.

    Where mail does not go by Notify there is no such page.
    """
    if not settings.NOTIFY_API_KEY:
        return HttpResponse(status=404)
    if not _knows_token(request):
        return HttpResponse(status=403)
    told = _told(request)
    if told is None:
        return HttpResponse(status=400)
    reference, status, number = told
    if _REFERENCE.fullmatch(reference) and _NUMBER.fullmatch(number):  # else it is no mail of ours
        try:
            receipts.receive(reference=reference, status=status, number=number)
        except receipts.TooEarly:
            return HttpResponse(status=503)
    return HttpResponse()


def _knows_token(request: HttpRequest) -> bool:
    token = settings.NOTIFY_RECEIPTS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(token) and constant_time_compare(given, f"Bearer {token}")


def _told(request: HttpRequest) -> tuple[str, str, str] | None:
    """Reference, status and number of the notification; None when this is no receipt."""
    if len(request.body) > LONGEST_RECEIPT:
        return None
    try:
        told = json.loads(request.body)
        return str(told["reference"]), str(told["status"]), str(told["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
