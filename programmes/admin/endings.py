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
from programmes.forms_endings import DataReturnForm
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
    end = AgreementEnd.objects.past().select_related("answered_by").filter(partner=partner).first()
    context = {**admin.site.each_context(request), "title": "Applicants’ details after the agreement"}
    context |= {"partner": partner, "end": end, "form": form}
    return TemplateResponse(request, "admin/programmes/partner_data.html", context)
