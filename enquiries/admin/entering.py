"""An officer types an enquiry for a provider, on one page: while on the telephone, or from an email. What came by email
itself is filled in on the same sheet."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.forms import GovukForm
from enquiries import duplicates, services
from enquiries.admin.forms_entering import CameInForm, ConfirmedForm, KeyForm
from enquiries.application.entering import Sheet
from enquiries.exceptions import ProgrammesChanged, TransitionNotAllowed
from enquiries.models import Enquiry


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


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is wanting in an enquiry that came by email. The sheet begins with what we read in that."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    enquiry = get_object_or_404(Enquiry, pk=pk)
    typed = request.POST if request.method == "POST" else None
    if typed is None and (refusal := _why_not(enquiry)):
        messages.warning(request, refusal)
        return redirect(enquiry)
    key, confirmed = KeyForm(typed), ConfirmedForm(typed if typed and "confirm" in typed else None)
    sheet = Sheet((key.is_valid() and key.cleaned_data["key"]) or uuid.uuid4(), typed, enquiry)
    if not (sheet.is_complete and key.is_valid() and confirmed.is_valid()):
        return _show(request, key, sheet, confirmed if sheet.is_complete else None)
    try:
        services.fill_in_enquiry(enquiry_id=pk, draft=sheet.draft, officer=request.user)
    except (ProgrammesChanged, TransitionNotAllowed) as refusal:
        return _show(request, key, sheet, confirmed, notice=str(refusal))
    messages.success(request, f"The details of {enquiry} are filled in. Under Mail you see which inboxes have it.")
    return redirect(enquiry)


def _why_not(enquiry: Enquiry) -> str:
    """In words; empty where it can be filled in. What was typed already is refused by the service, and stays."""
    try:
        enquiry.refuse_if_closed()
        enquiry.refuse_if_filled_in()
    except TransitionNotAllowed as refusal:
        return str(refusal)
    return ""


def _show(
    request: SignedInRequest,
    came_in: GovukForm,
    sheet: Sheet,
    confirmed: ConfirmedForm | None = None,
    notice: str = "",
) -> HttpResponse:
    enquiry = sheet.enquiry
    if sheet.lookup.pressed:
        came_in.errors.clear()  # told when the sheet is sent
    context: dict[str, Any] = {
        "title": f"Fill in the details of {enquiry}" if enquiry else "Enter an enquiry",
        "enquiry": enquiry,
        "came_in": came_in,
        "sheet": sheet,
        "form_lookup": sheet.lookup.form,
        "confirmed": confirmed or ConfirmedForm(),
        "same": [] if enquiry or not sheet.opened else duplicates.like_draft(sheet.draft),
        "notice": notice,
        **{f"form_{part.page.name}": part.form for part in sheet.parts},  # where the error summary looks for forms
    }
    page = "admin/enquiries/enter.html"
    return TemplateResponse(request, page, {**admin.site.each_context(request), **context})
