"""“Your information and your rights”: what is held about somebody, to see, to download and to remove.

Whatever address is typed, the answer is the same. Nothing happens by opening a page.
"""

import uuid
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, tried
from careportal.kit.small_forms import CodeForm
from enquiries import held
from enquiries.forms_information import AddressForm
from enquiries.held.files import TYPES, as_download
from enquiries.held.others import saved_drafts
from enquiries.mail import addresses
from enquiries.models import Draft, RightsRequest, Try
from enquiries.proved_address import address_of, forget_address, note_address
from enquiries.services import held as services
from enquiries.services.tries import note_try

ASKED = "asked for what is held"  # in the session: which code this browser waits for
WRONG = "That code is not right. Check it and try again."


@open_to("anyone")
@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """What rights there are, and what can be done here."""
    return _show(request, "rights", kinds=RightsRequest.Kind.choices)


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def see(request: HttpRequest) -> HttpResponse:
    """The address. A code goes to it, whether we hold something about it or not (SE8)."""
    if request.method != "POST" and "another" not in request.GET and address_of(request):
        return redirect("enquiries:held")
    form = AddressForm(request.POST if request.method == "POST" else None)
    note = partial(note_try, Try.What.HELD, origin=client.origin(request))
    if not (form.is_valid() and tried(form, lambda: note(about=addresses.key(form.cleaned_data["email"])))):
        return _show(request, "see", form=form)
    request.session[ASKED] = str(services.ask_for_held(address=form.cleaned_data["email"]))
    return redirect("enquiries:held-code")


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code from the mail, typed in the browser that asked for it."""
    if ASKED not in request.session:
        return redirect("enquiries:held-see")
    code_id = uuid.UUID(request.session[ASKED])
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if address := services.prove_held(code_id=code_id, code=form.cleaned_data["code"]):
            del request.session[ASKED]
            note_address(request, address)
            return redirect("enquiries:held")
        form.add_error("code", WRONG)
    if not services.may_try_held(code_id):
        return _show(request, "code_over")
    return _show(request, "code", form=form, minutes=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60)


@open_to("anyone")
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """All that is held about the address that this browser has proved."""
    address = address_of(request)
    if not address:
        return redirect("enquiries:held-see")
    return _show(request, "held", address=address, parts=held.of(address))


@open_to("anyone")
@require_safe
def download(request: HttpRequest, ending: str) -> HttpResponse:
    """The same as one file: for programs, or to read. Never shown as a page of ours."""
    if ending not in TYPES:
        raise Http404
    address = address_of(request)
    if not address:
        return redirect("enquiries:held-see")
    return as_download(held.of(address), address, ending)


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def delete_draft(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """An application that was saved and not sent. One of another address is a 404."""
    address = address_of(request)
    draft = saved_drafts(address).filter(pk=draft_id).first() if address else None
    if draft is None:
        raise Http404
    if request.method != "POST":
        return _show(request, "delete_draft", draft=draft)
    try:
        services.delete_draft(draft_id=draft_id, address=address)
    except Draft.DoesNotExist as gone:
        raise Http404 from gone
    messages.success(request, "The application you had saved is deleted.")
    return redirect("enquiries:held")


@open_to("anyone")
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """This browser forgets what it was shown."""
    forget_address(request)
    return redirect("enquiries:your-information")


def _show(request: HttpRequest, page: str, **context: Any) -> HttpResponse:
    """Only the page about rights is listed by search engines."""
    answer = answered(render(request, f"enquiries/information/{page}.html", context), context.get("form"))
    if page != "rights":
        answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
