"""While and after somebody takes part: when they cannot come, and the record that they did (J-P8)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from careportal.kit.access import open_to
from careportal.kit.forms import GovukForm
from careportal.kit.refusals import tried
from enquiries import services
from enquiries.following import the_enquiry
from enquiries.forms_taking_part import CannotComeForm
from enquiries.letters_offers import offer_page
from enquiries.models import Enquiry, Interest
from enquiries.views.from_provider import back_to_status, show

State = Interest.State


@open_to("applicant")
@require_http_methods(["GET", "HEAD", "POST"])
def cannot_come(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """A wish to the officer, who moves the place. Until then it is kept: one that is offered as long as the offer."""
    enquiry = the_enquiry(request, reference)
    interest = _of(enquiry, number, {State.OFFERED, State.ENROLLED})
    if interest.state == State.OFFERED and not interest.is_open_offer:
        raise Http404
    back = reverse("enquiries:follow-status", args=[reference])
    form = CannotComeForm(request.POST if request.method == "POST" else None, interest=interest, back=back)
    if form.is_valid() and tried(form, lambda: services.write_to_council(enquiry_id=enquiry.pk, text=form.told)):
        return back_to_status(request, enquiry, f"The council has your wish. {_kept(interest)}")
    facts = {"interest": interest, "offer_address": offer_page(interest)}
    return show(request, "cannot_come", enquiry, form, **facts)


@open_to("applicant")
@require_safe
def record(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """That an organisation took part, to print and keep. Nobody is named in it."""
    enquiry = the_enquiry(request, reference)
    interest = _of(enquiry, number, {State.COMPLETED})
    partners = [interest.referred_to] if interest.referred_to else list(interest.programme.partners.all())
    days = list(interest.attendances.order_by("on").values_list("on", flat=True).distinct())
    facts = {"interest": interest, "partners": partners, "days": days}
    return show(request, "record", enquiry, GovukForm(), **facts)


def _kept(interest: Interest) -> str:
    """An offer runs out on its day, whatever was wished for."""
    if interest.state == State.OFFERED and interest.answer_by:
        return f"We keep the place that we offered you until {interest.answer_by:%-d %B %Y}."
    return "We keep your place until we have answered."


def _of(enquiry: Enquiry, number: int, states: set[str]) -> Interest:
    """One programme of this very enquiry, in one of these states; else a 404."""
    found = enquiry.interests.select_related("programme", "offered_intake", "referred_to")
    interest = found.filter(pk=number, state__in=states).first()
    if interest is None:
        raise Http404
    return interest
