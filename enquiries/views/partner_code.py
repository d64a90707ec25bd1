"""A partner's referrals without an account: the letter leads to a page that sends a code to the partner's mailbox.

Opening the letter's link, or any page here, changes nothing: programs that look into mails do that.
"""

import uuid
from functools import partial

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, tried
from careportal.kit.small_forms import CodeForm, OneButton
from enquiries import links, services
from enquiries.acting import LARGEST, as_mailbox, forget_proof, note_proof
from enquiries.models import Try
from enquiries.views.partner_steps import show_list, show_one, take_step
from programmes.models import Partner

ASKED = "asked to see referrals"  # in the session: which code this browser waits for, and the page it came from
WRONG = "That code is not right. Check it and try again."


@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """One button: send a code to the address that the council keeps for this partner. It is not shown."""
    links.refuse_wrong_token(links.PARTNER, number, token)
    partner = Partner.objects.filter(pk=min(number, LARGEST)).exclude(email="").first()
    if partner is None or not partner.is_acting:
        raise Http404
    form = OneButton(request.POST if request.method == "POST" else None, button="Send the code")
    note = partial(services.note_try, Try.What.PARTNER, origin=client.origin(request), about=f"partner {partner.pk}")
    if not (form.is_valid() and tried(form, note)):
        return _show(request, "ask", partner=partner, form=form)
    code_id = services.ask_for_partner_code(partner=partner)
    request.session[ASKED] = {"code": str(code_id), "page": request.path}
    return redirect("enquiries:partner-code-enter")


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The code from the mail, typed in the browser that asked for it."""
    asked = request.session.get(ASKED)
    if asked is None:
        return _show(request, "over")
    code_id = uuid.UUID(asked["code"])
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        partner = services.prove_partner(code_id=code_id, code=form.cleaned_data["code"])
        if partner:
            del request.session[ASKED]
            note_proof(request, partner)
            return redirect("enquiries:partner-code-referrals")
        form.add_error("code", WRONG)
    if not services.may_try_partner_code(code_id):
        return _show(request, "over", again=asked["page"])
    minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
    return _show(request, "enter", form=form, minutes=minutes, again=asked["page"])


@open_to("whoever has the letter")
@require_safe
def referrals(request: HttpRequest) -> HttpResponse:
    return show_list(request, as_mailbox(request))


@open_to("whoever has the letter")
@require_safe
def referral(request: HttpRequest, number: int) -> HttpResponse:
    return show_one(request, as_mailbox(request), number)


@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, number: int, name: str) -> HttpResponse:
    return take_step(request, as_mailbox(request), number, name)


@open_to("anyone")
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """This browser forgets what it was shown."""
    forget_proof(request)
    return redirect("home")


def _show(request: HttpRequest, page: str, **context: object) -> HttpResponse:
    answer = answered(render(request, f"enquiries/partner/code_{page}.html", context), context.get("form"))
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
