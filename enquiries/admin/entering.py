"""An officer types an enquiry for a provider, on one page: while on the telephone, or from an email."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import duplicates, services
from enquiries.admin.forms_entering import CameInForm, ConfirmedForm
from enquiries.application.entering import Sheet
from enquiries.exceptions import ProgrammesChanged


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: SignedInRequest) -> HttpResponse:
    """The sheet. Sent incomplete it comes back with everything typed, the errors, and what is asked next."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, CameInForm(), Sheet(uuid.uuid4()))
    came_in, confirmed = CameInForm(request.POST), ConfirmedForm(request.POST if "confirm" in request.POST else None)
    came_in_fits = came_in.is_valid()
    sheet = Sheet(came_in.cleaned_data.get("key") or uuid.uuid4(), request.POST)
    if not (sheet.is_complete and came_in_fits and confirmed.is_valid()):
        return _show(request, came_in, sheet, confirmed if sheet.is_complete else None)
    try:
        enquiry = services.enter_enquiry(
            draft=sheet.draft,
            officer=request.user,
            channel=came_in.cleaned_data["channel"],
            came_on=came_in.cleaned_data["came_on"],
        )
    except ProgrammesChanged as refusal:
        return _show(request, came_in, sheet, confirmed, notice=str(refusal))
    messages.success(request, f"{enquiry.reference} is stored. Under Mail you see what was sent to the provider.")
    return redirect(enquiry)


def _show(
    request: SignedInRequest,
    came_in: CameInForm,
    sheet: Sheet,
    confirmed: ConfirmedForm | None = None,
    notice: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": "Enter an enquiry",
        "came_in": came_in,
        "sheet": sheet,
        "confirmed": confirmed or ConfirmedForm(),
        "same": duplicates.like_draft(sheet.draft) if sheet.opened else [],
        "notice": notice,
        **{f"form_{part.page.name}": part.form for part in sheet.parts},  # where the error summary looks for forms
    }
    page = "admin/enquiries/enter.html"
    return TemplateResponse(request, page, {**admin.site.each_context(request), **context})
