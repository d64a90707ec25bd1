"""The page that the letter about a changed group leads to. Looking changes nothing, an answer does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from careportal.kit.access import open_to
from enquiries import services
from enquiries.exceptions import Refused
from enquiries.forms_intake_answers import IntakeAnswerForm
from enquiries.letters_intakes import purpose
from enquiries.links import refuse_wrong_token
from enquiries.models import IntakeAnswer

LARGEST = 2**63 - 1


@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """What has changed, and one question; once that is answered, what becomes of it."""
    told = _found_or_404(number, token)
    form = IntakeAnswerForm(request.POST if request.method == "POST" else None, told=told)
    if told.is_open and form.is_valid():
        try:
            services.answer_intake(told_id=number, **form.chosen())
            return redirect(request.path)
        except Refused as refusal:
            told = _found_or_404(number, token)
            form.show_refusal(str(refusal), told)
    return _show(request, told, form)


def _found_or_404(number: int, token: str) -> IntakeAnswer:
    related = ("intake", "interest__programme", "interest__enquiry", "interest__offered_intake")
    told = get_object_or_404(IntakeAnswer.objects.select_related(*related), pk=min(number, LARGEST))
    refuse_wrong_token(purpose(told), number, token)
    return told


def _show(request: HttpRequest, told: IntakeAnswer, form: IntakeAnswerForm) -> HttpResponse:
    interest = told.interest
    context = {"told": told, "interest": interest, "programme": interest.programme, "group": told.intake}
    answer = render(request, "enquiries/intake_answer.html", {**context, "form": form if told.is_open else None})
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
