"""Asking the council about one's information, or complaining: by anybody, without an account (G2, G27)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, refuse
from enquiries.exceptions import TooMany
from enquiries.forms_information import AskForm
from enquiries.models import RightsRequest
from enquiries.proved_address import address_of
from enquiries.services import rights as services

SENT = "asked about information"  # in the session: the reference of what this browser asked


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """One form for all of it. Who has proved the address is known already."""
    address = address_of(request)
    initial = {"kind": request.GET.get("what", ""), "email": address}
    form = AskForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        return _show(request, "ask", form=form)
    if form.is_by_a_program:
        return redirect("enquiries:information-asked")
    told = form.told()
    proved = bool(address) and told["email"].lower() == address.lower()
    try:
        made = services.ask_about_information(origin=client.origin(request), proved=proved, **told)
    except TooMany as refusal:
        refuse(form, refusal)
        return _show(request, "ask", form=form)
    request.session[SENT] = made.reference
    return redirect("enquiries:information-asked")


@open_to("anyone")
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """That it is there, and by when there is an answer. Only the browser that sent it is told its reference."""
    made = RightsRequest.objects.filter(reference=request.session.get(SENT, "")).first()
    return _show(request, "asked", made=made)


def _show(request: HttpRequest, page: str, **context: object) -> HttpResponse:
    answer = answered(render(request, f"enquiries/information/{page}.html", context), context.get("form"))
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
