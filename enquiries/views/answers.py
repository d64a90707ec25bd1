"""The page on which a provider answers a question. Its address stands in the letter; opening it changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from careportal.kit.access import open_to
from enquiries import services
from enquiries.application.answers import AnswerForm
from enquiries.exceptions import AnsweredAlready, Refused
from enquiries.letters_provider import ANSWERS
from enquiries.links import refuse_wrong_token
from enquiries.models import Enquiry, Message


@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """The question, and a box for the answer. Once it is answered, or the enquiry is closed, it says so."""
    refuse_wrong_token(ANSWERS, number, token)
    question = get_object_or_404(Message.objects.select_related("enquiry", "answer"), pk=number, kind="question")
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _keep(request, question, form)
    return _show(request, question, form)


def _keep(request: HttpRequest, question: Message, form: AnswerForm) -> HttpResponse:
    """What cannot be kept is shown again, so that it can be sent in another way."""
    try:
        services.receive_answer(question_id=question.pk, text=form.cleaned_data["text"])
    except Refused as refusal:
        state = "answered" if isinstance(refusal, AnsweredAlready) else "closed"
        return _page(request, question, state=state, unsent=form.cleaned_data["text"])
    return redirect(request.path)


def _show(request: HttpRequest, question: Message, form: AnswerForm) -> HttpResponse:
    if hasattr(question, "answer"):
        return _page(request, question, state="answered")
    if question.enquiry.state == Enquiry.State.CLOSED:
        return _page(request, question, state="closed")
    return _page(request, question, state="open", form=form)


def _page(request: HttpRequest, question: Message, **context: object) -> HttpResponse:
    """Never kept, never listed. The policy of the portal tells no other site this address."""
    answer = render(request, "enquiries/answer.html", {"question": question, "enquiry": question.enquiry, **context})
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
