"""The page that the letter with an offer leads to. Whoever has the letter may answer; looking changes nothing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from careportal.kit.access import open_to
from enquiries import calendars, services
from enquiries.exceptions import Refused
from enquiries.forms_offers import AnswerForm
from enquiries.letters_funding import claim_by
from enquiries.letters_offers import OFFERS, calendar_page
from enquiries.links import refuse_wrong_token
from enquiries.models import Interest


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """What is offered, with one question; once that is answered, or the time has run out, what has become of it."""
    refuse_wrong_token(OFFERS, number, token)
    found = Interest.objects.with_position().select_related("programme", "offered_intake", "enquiry")
    interest = get_object_or_404(found, pk=number)
    form = AnswerForm(request.POST if request.method == "POST" else None, interest=interest)
    if not interest.is_open_offer:
        return _show(request, interest)
    if form.is_valid():
        try:
            services.answer_offer(interest_id=number, **form.chosen())
            return redirect(request.path)
        except Refused as refusal:
            interest = found.get(pk=number)
            form.show_refusal(str(refusal), interest)
    return _show(request, interest, form if interest.is_open_offer else None)


@open_to("whoever has the letter")
@require_safe
def calendar(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """The days of an accepted place, for the provider's calendar. What has no day yet is not there."""
    refuse_wrong_token(OFFERS, number, token)
    interest = get_object_or_404(Interest.objects.select_related("offered_intake", "enquiry"), pk=number)
    if interest.begins_on is None:
        raise Http404
    name = content_disposition_header(as_attachment=True, filename=f"{interest.enquiry.reference}.ics")
    file = calendars.of_place(interest)
    return HttpResponse(file, content_type=calendars.MEDIA_TYPE, headers={"Content-Disposition": name})


def _show(request: HttpRequest, interest: Interest, form: AnswerForm | None = None) -> HttpResponse:
    context = {
        "interest": interest,
        "programme": interest.programme,
        "group": interest.offered_intake,
        "calendar_url": calendar_page(interest),
        "claim_by": claim_by(interest),
        "form": form,
    }
    return render(request, "enquiries/offer.html", context)
