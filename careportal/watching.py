"""Who saw whose data in the officers' workspace, and who was refused: written down in one place for every page."""

import logging
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from careportal.accounts import access
from careportal.networks import OFFICERS_PATHS

log = logging.getLogger(__name__)

# What addresses call the number of the row that they are about.
NUMBERS = ("object_id", "pk", "user_id", "version_id", "content_type_id")

# Models whose pages and lists show people's data.
PERSONAL = {
    *("accounts.accountevent", "accounts.auditentry", "accounts.secondfactorreset", "accounts.user"),
    *("enquiries.enquiry", "enquiries.incomingmail", "enquiries.outgoingmail"),
    *("programmes.partner", "providers.provider"),
    *("programmes.listingchange", "programmes.listingreport", "programmes.partnerrequest", "providers.handover"),
}

# Pages about a part say which whole it belongs to: its number is the one in their address.
PART_OF = {"enquiries.interest": "enquiries.enquiry"}


def note_what_is_shown(request: HttpRequest, response: HttpResponse) -> None:
    """An entry for each page about one record and for each of Django's lists (AD9). Own lists note what they show."""
    about = _model_of(request)
    if response.status_code != 200 or about not in PERSONAL:
        return
    row, shown = _row_of(request), getattr(response, "context_data", None) or {}
    if row is not None:
        access.note_opened(request.user, about, row)  # type: ignore[arg-type]  # signed in: it is a page of the workspace
    elif "cl" in shown:
        ids = [one.pk for one in shown["cl"].result_list]
        access.note_listed(request.user, about, ids, searched=bool(shown["cl"].query))  # type: ignore[arg-type]


def note_refusals(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A line in the log for each 403, without personal data; for council staff an entry in the trail too (AZ20)."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 403:
            _note_refusal(request)
        return response

    return answer


def _note_refusal(request: HttpRequest) -> None:
    page, row = request.resolver_match.view_name if request.resolver_match else "", _row_of(request)
    person: Any = request.user if _is_known(request) else None
    log.warning("refused method=%s page=%s row=%s person=%s", request.method, page, row, person and person.pk)
    if person and person.is_staff:
        access.note_refused(person, page[:80], row, method=request.method)


def _is_known(request: HttpRequest) -> bool:
    """Outside the workspace a refusal asks no database who it was that was refused: its page needs none (HC10)."""
    return hasattr(request, "_cached_user") or request.path_info.startswith(OFFICERS_PATHS)


def _model_of(request: HttpRequest) -> str:
    """The admin's addresses are called app_model_page."""
    match = request.resolver_match
    parts = (match.url_name or "").split("_") if match else []
    named = ".".join(parts[:2])
    return PART_OF.get(named, named)


def _row_of(request: HttpRequest) -> int | None:
    given: dict[str, Any] = request.resolver_match.kwargs if request.resolver_match else {}
    number = next((str(given[name]) for name in NUMBERS if given.get(name) is not None), "")
    return int(number) if re.fullmatch("[0-9]{1,18}", number) else None
