"""“Still correct?”, for partners: by a link in a letter and a code, without signing in.

Nothing happens by opening a page, so that programs that look into mails answer for nobody.
"""

import logging
import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods

from careportal.kit.access import open_to
from careportal.kit.refusals import answered, refuse
from careportal.kit.small_forms import CodeForm, OneButton
from programmes.exceptions import Refused, TooManyMails
from programmes.forms_checks import AnswerForm
from programmes.models import Ask, AskCode, ListingCheck, Programme
from programmes.proofs import ASKED, has_proved, note_proof, refuse_wrong_token
from programmes.services import freshness

logger = logging.getLogger(__name__)

Answer = ListingCheck.Answer
LARGEST = 2**63 - 1
WRONG = "That code is not right. Check it and try again."


@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def still_correct(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Where the letter leads: one button sends a code to the mailbox that got it."""
    refuse_wrong_token(number, token)
    ask = _ask(number)
    if has_proved(request, ask.pk):
        return redirect("programmes:still-correct-listings", ask.pk)
    form = OneButton(request.POST if request.method == "POST" else None, button="Send me a code")
    if form.is_valid():
        try:
            request.session[ASKED] = {"code": str(freshness.send_code(ask_id=ask.pk)), "page": request.path}
            return redirect("programmes:still-correct-code")
        except TooManyMails as refusal:
            refuse(form, refusal)
    return _show(request, "start", form=form, partner=ask.partner)


@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def still_correct_code(request: HttpRequest) -> HttpResponse:
    """The code, typed in the browser that asked for it."""
    waits = request.session.get(ASKED)
    if not waits:
        raise Http404
    code_id = uuid.UUID(waits["code"])
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ask = freshness.prove(code_id=code_id, code=form.cleaned_data["code"])
        if ask:
            del request.session[ASKED]
            note_proof(request, ask)
            return redirect("programmes:still-correct-listings", ask.pk)
        form.add_error("code", WRONG)
    minutes = int(AskCode.GOOD_FOR.total_seconds()) // 60
    page = "code" if freshness.may_try(code_id) else "code_over"
    return _show(request, page, form=form, minutes=minutes, start_page=waits["page"])


@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def still_correct_listings(request: HttpRequest, number: int) -> HttpResponse:
    """All listings that wait for this partner's answer: several at once, three buttons."""
    if not has_proved(request, number):
        logger.warning("still_correct.refused question=%s", number)
        raise Http404
    ask = _ask(number)
    waiting = list(freshness.asked_about(ask).for_list())
    form = AnswerForm(request.POST if request.method == "POST" else None, programmes=waiting)
    if request.method == "POST" and form.is_valid():
        return _answer(request, ask, form)
    return _show(request, "listings", form=form, partner=ask.partner, listings=waiting)


def _answer(request: HttpRequest, ask: Ask, form: AnswerForm) -> HttpResponse:
    answer = form.cleaned_data["answer"]
    try:
        done = freshness.answer_ask(ask_id=ask.pk, programme_ids=form.chosen(), answer=answer)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("programmes:still-correct-listings", ask.pk)
    if answer == Answer.CHANGE:
        return redirect(_page_to_change(done))
    messages.success(request, _said(answer, done))
    return redirect("programmes:still-correct-listings", ask.pk)


def _said(answer: str, done: Sequence[Programme]) -> str:
    """What happens next, in words."""
    titles = ", ".join(programme.title for programme in done)
    if answer == Answer.CORRECT:
        return f"Thank you. The pages now say that you checked them today: {titles}."
    return f"Thank you. The council will look at this and close: {titles}. Until then the pages stay as they are."


def _page_to_change(programmes: Sequence[Programme]) -> str:
    """Behind the sign-in: the one listing, or the partner's first page where there are several."""
    try:
        one = programmes[0].pk if len(programmes) == 1 else None
        return reverse("programmes:listing", args=[one]) if one else "/partner/"
    except NoReverseMatch:
        return "/partner/"


def _ask(number: int) -> Ask:
    """The question, while somebody may answer it: who has left the partner may not."""
    found = Ask.objects.select_related("partner", "membership__user").filter(pk=min(number, LARGEST)).first()
    if found is None or not found.address:
        logger.warning("still_correct.over question=%s", number)
        raise Http404
    return found


def _show(request: HttpRequest, page: str, **context: object) -> HttpResponse:
    answer = answered(render(request, f"programmes/checks/{page}.html", context), context.get("form"))
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
