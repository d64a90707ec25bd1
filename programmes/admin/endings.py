"""What became of applicants' data after an agreement: what the partner said, or what it told an officer."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from programmes import services
from programmes.exceptions import Refused
from programmes.forms_endings import CorrectionForm, DataReturnForm
from programmes.models import AgreementEnd, Partner


@open_to("lead officer")
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: SignedInRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("programmes.change_partner"):
        raise PermissionDenied
    partner = get_object_or_404(Partner, pk=pk)
    form = DataReturnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.say_what_became_of_data(partner_id=pk, by=request.user, **form.cleaned_data)
            messages.success(request, "What they told you is written down.")
        except Refused as refusal:  # somebody was quicker, or the agreement goes on: the page asks no more
            messages.error(request, str(refusal))
        return redirect("admin:programmes_partner_data", pk)
    return _page(request, partner, form, "partner_data", "Applicants’ details after the agreement")


@open_to("lead officer")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """A final answer that was wrong. What was said before stays beside it."""
    if not request.user.has_perm("programmes.change_partner"):
        raise PermissionDenied
    end = get_object_or_404(AgreementEnd.objects.past().select_related("partner"), partner=pk)
    form = CorrectionForm(request.POST if request.method == "POST" else None, end=end)
    if form.is_valid():
        _correct(request, pk, form)
    if form.is_valid() or not end.is_settled:
        return redirect("admin:programmes_partner_data", pk)
    return _page(request, end.partner, form, "partner_data_correct", "Correct what was said")


def _correct(request: SignedInRequest, pk: int, form: CorrectionForm) -> None:
    try:
        services.correct_answer(partner_id=pk, officer=request.user, **form.cleaned_data)
        messages.success(request, "The correction is saved. What was said before is kept.")
    except Refused as refusal:
        messages.error(request, str(refusal))


def _page(request: SignedInRequest, partner: Partner, form: DataReturnForm, template: str, title: str) -> HttpResponse:
    found = (
        AgreementEnd.objects.past()
        .select_related("answered_by")
        .prefetch_related("answers_before__answered_by", "answers_before__corrected_by")
    )
    context = {**admin.site.each_context(request), "title": title, "partner": partner, "form": form}
    context |= {"end": found.filter(partner=partner).first(), "names": True}
    return TemplateResponse(request, f"admin/programmes/{template}.html", context)
