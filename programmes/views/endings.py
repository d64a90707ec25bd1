"""After the agreement: a partner's administrator says what became of the applicants' data."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from programmes import services
from programmes.exceptions import Refused
from programmes.forms_endings import DataReturnForm
from programmes.models import AgreementEnd, PartnerMembership
from programmes.permissions import administrator_after_end


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def data_return(request: SignedInRequest, pk: int) -> HttpResponse:
    partner = administrator_after_end(request.user, pk).partner
    form = DataReturnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.say_what_became_of_data(partner_id=partner.pk, by=request.user, **form.cleaned_data)
            messages.success(request, "Thank you. The council has your answer.")
        except Refused as refusal:  # a colleague was quicker: the page shows what they said, and asks no more
            messages.error(request, str(refusal))
        return redirect("programmes:data-return", partner.pk)
    end = AgreementEnd.objects.past().filter(partner=partner).first()
    over = not PartnerMembership.objects.of(request.user).acting().exists()
    context = {"form": form, "partner": partner, "end": end, "agreement_is_over": over}
    return render(request, "programmes/partner/data_return.html", context)
