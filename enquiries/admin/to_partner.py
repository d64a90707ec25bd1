"""Answering a partner about its referral, on a page of its own beside the correspondence with the provider."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import services
from enquiries.admin.forms_correspondence import ToPartnerForm
from enquiries.admin.showing import page_for
from enquiries.exceptions import Refused
from enquiries.models import Interest, Message


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def to_partner(request: SignedInRequest, pk: int, interest: int) -> HttpResponse:
    """What was said so far, and the answer. The provider reads none of it."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    found = get_object_or_404(Interest.objects.select_related("enquiry", "referred_to"), pk=interest, enquiry=pk)
    if found.referred_to is None or found.referred_at is None:
        messages.warning(request, f"{found} is not with a partner. There is nobody to write to.")
        return redirect(found.enquiry)
    form = ToPartnerForm(request.POST if request.method == "POST" else None, enquiry=found.enquiry)
    if form.is_valid():
        try:
            services.write_to_partner(interest_id=found.pk, officer=request.user, **form.cleaned_data)
            messages.success(request, f"{found.referred_to} can read it now, and gets an email that says so.")
            return redirect(found.enquiry)
        except Refused as refusal:
            form.show_refusal(str(refusal))
    talk = Message.objects.talk_with_partner(found).select_related("by")
    title = f"Write to {found.referred_to}"
    return page_for(request, "to_partner", title, interest=found, enquiry=found.enquiry, form=form, talk=talk)
