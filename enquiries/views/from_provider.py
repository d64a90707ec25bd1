"""What a provider does on the page of its application: writes, adds documents, withdraws. Looking changes nothing."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from careportal.kit.access import open_to
from careportal.kit.forms import GovukForm
from careportal.kit.refusals import answered, tried
from careportal.kit.small_forms import OneButton
from enquiries import services
from enquiries.downloads import as_download
from enquiries.following import the_enquiry
from enquiries.forms_following import DocumentForm, WithdrawForm, WriteForm
from enquiries.models import Enquiry
from enquiries.models.attachment import MOST_DOCUMENTS

PAGE = ["GET", "HEAD", "POST"]


def offered(enquiry: Enquiry) -> dict[str, Any]:
    """What the status page offers to do, and until when a withdrawal can be undone."""
    interests = list(enquiry.interests.all())
    undoable = [one for one in interests if one.undo_until and one.may_undo]
    return {
        "documents": list(enquiry.attachments.all()),
        "may_write": enquiry.state != Enquiry.State.CLOSED,
        "may_fill_in": enquiry.is_incomplete and enquiry.state != Enquiry.State.CLOSED,
        "may_withdraw": any(one.may_withdraw for one in interests),
        "undoable": [one.name for one in undoable],
        "undo_until": max((one.undo_until for one in undoable), default=None),
    }


@open_to("applicant")
@require_http_methods(PAGE)
def write(request: HttpRequest, reference: str) -> HttpResponse:
    """A message to the council."""
    enquiry = the_enquiry(request, reference)
    form = WriteForm(request.POST if request.method == "POST" else None, reference=f"Reference {reference}")
    if form.is_valid() and tried(form, lambda: services.write_to_council(enquiry_id=enquiry.pk, **form.cleaned_data)):
        return back_to_status(request, enquiry, "We have your message. You can read it below.")
    return show(request, "write", enquiry, form)


@open_to("applicant")
@require_http_methods(PAGE)
def documents(request: HttpRequest, reference: str) -> HttpResponse:
    """What was added, and one more."""
    enquiry = the_enquiry(request, reference)
    form = DocumentForm(request.POST, request.FILES) if request.method == "POST" else DocumentForm()
    if form.is_valid():
        file, kind = form.cleaned_data["document"], form.kind
        if tried(form, lambda: services.add_document(enquiry_id=enquiry.pk, file=file, kind=kind)):
            return back_to_status(request, enquiry, "We have your file.")
    facts = {
        "most": MOST_DOCUMENTS,
        "megabytes": settings.DOCUMENT_BYTES // 1024**2,
        "documents": list(enquiry.attachments.all()),
    }
    return show(request, "documents", enquiry, form, **facts)


@open_to("applicant")
@require_safe
def document(request: HttpRequest, reference: str, number: uuid.UUID) -> HttpResponseBase:
    """A document of this very enquiry, to whoever follows it."""
    return as_download(get_object_or_404(the_enquiry(request, reference).attachments, number=number))


@open_to("applicant")
@require_http_methods(PAGE)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Which programmes, why, and one button."""
    enquiry = the_enquiry(request, reference)
    interests = list(enquiry.interests.all())
    if set(request.POST.getlist("programmes")) - {str(one.pk) for one in interests}:
        raise Http404
    open_ones = [one for one in interests if one.may_withdraw]
    form = WithdrawForm(request.POST if request.method == "POST" else None, interests=open_ones)
    if form.is_valid():
        why = form.cleaned_data["why"]
        chosen = form.chosen()
        if tried(
            form,
            lambda: services.withdraw_for_provider(enquiry_id=enquiry.pk, shown=chosen, why=why),
            form.show_refusal,
        ):
            return back_to_status(request, enquiry, "You have withdrawn. We have sent you an email about it.")
    holds = any(one.state in {"offered", "enrolled"} for one in open_ones)
    facts = {"interests": open_ones, "holds_a_place": holds, "undo_until": services.withdrawal_ends_on()}
    return show(request, "withdraw", enquiry, form, **facts)


@open_to("applicant")
@require_http_methods(PAGE)
def undo(request: HttpRequest, reference: str) -> HttpResponse:
    """One button that brings back what was withdrawn."""
    enquiry = the_enquiry(request, reference)
    undoable = [one for one in enquiry.interests.all() if one.may_undo]
    form = OneButton(request.POST if request.method == "POST" else None, button="Undo the withdrawal")
    if form.is_valid() and tried(form, lambda: services.undo_withdrawal(enquiry_id=enquiry.pk)):
        return back_to_status(request, enquiry, "Your withdrawal is undone. We have sent you an email about it.")
    return show(request, "undo", enquiry, form, interests=undoable)


def show(request: HttpRequest, page: str, enquiry: Enquiry, form: GovukForm, **context: object) -> HttpResponse:
    """A page of one application."""
    back = reverse("enquiries:follow-status", args=[enquiry.reference])
    whole = {"enquiry": enquiry, "form": form, "back": back, **context}
    answer = answered(render(request, f"enquiries/follow/{page}.html", whole), form)
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer


def back_to_status(request: HttpRequest, enquiry: Enquiry, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("enquiries:follow-status", enquiry.reference)
