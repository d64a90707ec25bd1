"""The page that the letter with questions about the outcome leads to. Looking changes nothing; the buttons do."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from careportal.kit.access import open_to
from enquiries import services
from enquiries.exceptions import Refused
from enquiries.forms_outcomes import OutcomeForm, form_for
from enquiries.letters_funding import claim_by
from enquiries.letters_outcomes import purpose
from enquiries.links import refuse_wrong_token
from enquiries.models import OutcomeAnswer
from enquiries.models.outcome import TAKES_PART
from enquiries.onward import suitable_after


@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """The questions; once they are answered or unwanted, what becomes of that."""
    outcome = _found_or_404(number, token)
    if request.method == "POST" and "stop" in request.POST:
        services.stop_asking(outcome_id=number)
        return redirect(request.path)
    form = form_for(outcome)(request.POST if request.method == "POST" else None)
    if outcome.is_open and form.is_valid():
        with suppress(Refused):  # answered elsewhere meanwhile: the page says so
            services.answer_outcome(outcome_id=number, **form.cleaned_data)
        return redirect(request.path)
    return _show(request, outcome, form)


def _found_or_404(number: int, token: str) -> OutcomeAnswer:
    found = OutcomeAnswer.objects.select_related("interest__programme", "interest__enquiry", "interest__offered_intake")
    outcome = get_object_or_404(found, pk=number)
    refuse_wrong_token(purpose(outcome), number, token)
    return outcome


def _show(request: HttpRequest, outcome: OutcomeAnswer, form: OutcomeForm) -> HttpResponse:
    interest = outcome.interest
    funding = {"programme": interest.programme, "claim_by": claim_by(interest)}
    onward = suitable_after(interest.enquiry) if outcome.answered_at and interest.state in TAKES_PART else []
    context = {"outcome": outcome, "interest": interest, "form": form, "onward": onward, **funding}
    answer = render(request, "enquiries/outcome.html", context)
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
