"""Leaving an application for now, and coming back to it on any device. Nothing happens by opening a page."""

import secrets
import uuid

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, refuse
from enquiries import services
from enquiries.application.journey import Journey
from enquiries.exceptions import TooMany
from enquiries.following import renew_session
from enquiries.forms_codes import ReturnForm, SaveForm
from enquiries.mail import addresses
from enquiries.models import Draft, Enquiry, Try
from enquiries.views.apply import OWNER, go_on, next_address, own_draft

ENOUGH_MAILS = (
    "We have sent several codes in the last hour. Look for the newest: it still works. Your answers are saved."
)
NO_MATCH = "The email address and the code do not belong together, or we have deleted what you saved. Check both."


@open_to("applicant's browser")
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Where to send the way back. All pages so far are stored already."""
    draft = own_draft(request, draft_id)
    if draft.sent_as:
        return redirect("enquiries:sent", draft_id)
    if draft.provider_id:
        return _kept_by_organisation(request, draft)
    if request.method != "POST":
        form = SaveForm(initial={"email": _known_address(draft), "shown": draft.saved_as})
        return _ask_where(request, draft, form)
    form = SaveForm(request.POST)
    if not form.is_valid():
        return _ask_where(request, draft, form)
    return _send_way_back(request, draft, form)


@open_to("applicant's browser")
@require_safe
def saved(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """That it is saved, and how to come back."""
    draft = own_draft(request, draft_id)
    if draft.sent_as or not draft.return_code:
        return redirect("enquiries:sent" if draft.sent_as else "enquiries:save", draft_id)
    address = settings.BASE_URL + reverse("enquiries:return")
    context = {"draft": draft, "return_address": address, "go_on": next_address(Journey(draft))}
    return render(request, "enquiries/apply/saved.html", context)


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    """The address and the code that was sent to it open the application in this browser."""
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _ask_code(request, form)
    typed, owner = form.cleaned_data, request.session.get(OWNER) or secrets.token_urlsafe(32)
    try:
        services.note_try(Try.What.RETURN, origin=client.origin(request), about=addresses.key(typed["email"]))
        draft = services.come_back(address=typed["email"], code=typed["code"], owner=owner)
    except TooMany as refusal:
        refuse(form, refusal)
        return _ask_code(request, form)
    except Draft.DoesNotExist:
        form.add_error(None, NO_MATCH)
        return _ask_code(request, form)
    if draft.sent_as:
        enquiry = Enquiry.objects.get(reference=draft.sent_as)
        return render(request, "enquiries/apply/sent_already.html", {"enquiry": enquiry})
    renew_session(request)
    request.session[OWNER] = owner
    return go_on(Journey(draft))


def _kept_by_organisation(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What a member began needs no way back: it stands on the organisation's page, for colleagues too (AZ11)."""
    messages.success(request, "Your application is saved. You and your colleagues find it here.")
    return redirect("enquiries:my-organisation-of", draft.provider_id)


def _send_way_back(request: HttpRequest, draft: Draft, form: SaveForm) -> HttpResponse:
    address, shown = form.cleaned_data["email"], form.cleaned_data["shown"]
    try:
        services.note_try(Try.What.SAVE, origin=client.origin(request), about=addresses.key(address))
        services.save_for_later(draft_id=draft.pk, owner=request.session[OWNER], address=address, shown=shown)
    except TooMany as refusal:
        refuse(form, TooMany(ENOUGH_MAILS, retry_after=refusal.retry_after))
        return _ask_where(request, draft, form)
    except Draft.DoesNotExist as gone:
        raise Http404 from gone
    request.session.modified = True  # it lasts as long as the draft
    return redirect("enquiries:saved", draft.pk)


def _known_address(draft: Draft) -> str:
    """What was typed before is not asked for again."""
    contact = draft.data("contact") or draft.unfinished("contact") or {}
    return draft.return_email or contact.get("email", "")


def _ask_where(request: HttpRequest, draft: Draft, form: SaveForm) -> HttpResponse:
    context = {"form": form, "back": next_address(Journey(draft))}
    return answered(render(request, "enquiries/apply/save.html", context), form)


def _ask_code(request: HttpRequest, form: ReturnForm) -> HttpResponse:
    return answered(render(request, "enquiries/apply/return.html", {"form": form}), form)
