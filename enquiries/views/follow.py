"""Following an application: prove by reference and code that it is yours, then see where it is.

Whatever is typed, the answer is the same for what exists and for what does not. Nothing happens by opening a page.
"""

import uuid
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, tried
from careportal.kit.small_forms import CodeForm
from enquiries import services, standing
from enquiries.following import forget_proofs, note_proof, the_enquiry
from enquiries.forms_codes import CompleteForm, FollowForm
from enquiries.models import Try
from enquiries.onward import suitable_after
from enquiries.views.from_provider import offered

ASKED = "asked to follow"  # in the session: which code this browser waits for
COMPLETES = "asked to fill in"  # in the session: whether that code leads to the details
WRONG = "That code is not right. Check it and try again."


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Reference and address. If they belong together, a code goes to the address."""
    return ask_for_code(request, "ask")


def ask_for_code(request: HttpRequest, page: str, *, completes: bool = False) -> HttpResponse:
    """`completes`: the code leads to the details that are wanting, where some are."""
    form = (CompleteForm if completes else FollowForm)(request.POST if request.method == "POST" else None)
    note = partial(services.note_try, Try.What.FOLLOW, origin=client.origin(request))
    if not (form.is_valid() and tried(form, lambda: note(about=form.cleaned_data["reference"]))):
        return _show(request, page, form=form)
    reference, address = form.cleaned_data["reference"], form.cleaned_data["email"]
    request.session[ASKED] = str(services.ask_for_code(reference=reference, address=address))
    request.session[COMPLETES] = completes
    return redirect("enquiries:follow-code")


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code from the mail, typed in the browser that asked for it."""
    if ASKED not in request.session:
        return redirect("enquiries:follow")
    code_id = uuid.UUID(request.session[ASKED])
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        enquiry = services.prove(code_id=code_id, code=form.cleaned_data["code"])
        if enquiry:
            del request.session[ASKED]
            note_proof(request, enquiry)
            to_details = request.session.pop(COMPLETES, False) and enquiry.is_incomplete
            return redirect("enquiries:details" if to_details else "enquiries:follow-status", enquiry.reference)
        form.add_error("code", WRONG)
    if not services.may_try(code_id):
        return _show(request, "code_over")
    return _show(request, "code", form=form, minutes=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60)


@open_to("applicant")
@require_safe
def status(request: HttpRequest, reference: str) -> HttpResponse:
    """Where it is, who has it, by when, and what there is to do."""
    enquiry = the_enquiry(request, reference)
    stands = standing.Standing(enquiry)
    onward = suitable_after(enquiry) if stands.is_completed else []
    return _show(request, "status", enquiry=enquiry, standing=stands, onward=onward, **offered(enquiry))


@open_to("applicant")
@require_safe
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    """All answers as they were sent, to print and keep."""
    enquiry = the_enquiry(request, reference)
    return _show(request, "copy", enquiry=enquiry, sections=standing.answers(enquiry))


@open_to("anyone")
@require_http_methods(["POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """This browser forgets what it was shown."""
    forget_proofs(request)
    return redirect("enquiries:follow")


def _show(request: HttpRequest, page: str, **context: object) -> HttpResponse:
    """Never listed by a search engine; that no cache keeps it is said in the middleware."""
    answer = answered(render(request, f"enquiries/follow/{page}.html", context), context.get("form"))
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
