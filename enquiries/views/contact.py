"""Whom we write to about an application, changed by whoever follows it. A new email address has to be proved."""

import secrets

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from careportal.kit.access import open_to
from careportal.kit.refusals import tried
from enquiries import services
from enquiries.following import note_proof, the_enquiry
from enquiries.forms_following import AddressCodeForm, AddressForm, ContactForm
from enquiries.models import Enquiry
from enquiries.views.from_provider import PAGE, back_to_status, show

BROWSER = "address_change"  # in the session: only the browser that asked for the code can use it


@open_to("applicant")
@require_http_methods(PAGE)
def contact(request: HttpRequest, reference: str) -> HttpResponse:
    """Name, telephone number, and when to call."""
    enquiry = the_enquiry(request, reference)
    form = ContactForm(request.POST if request.method == "POST" else None, enquiry=enquiry)
    if form.is_valid() and tried(form, lambda: _change(enquiry, form)):
        return back_to_status(request, enquiry, "Your contact details are saved.")
    return show(request, "contact", enquiry, form)


@transaction.atomic
def _change(enquiry: Enquiry, form: ContactForm) -> None:
    said = form.cleaned_data
    services.change_contact(enquiry_id=enquiry.pk, name=said["name"], telephone=said["telephone"])
    if not form.is_over:
        services.change_call_times(enquiry_id=enquiry.pk, **said["call_times"])


@open_to("applicant")
@require_http_methods(PAGE)
def address(request: HttpRequest, reference: str) -> HttpResponse:
    """The new address. Nothing changes until the code comes back."""
    enquiry = the_enquiry(request, reference)
    form = AddressForm(request.POST if request.method == "POST" else None, reference=f"Reference {reference}")
    if form.is_valid():
        browser = request.session.setdefault(BROWSER, secrets.token_urlsafe(32))
        asked = {"address": form.cleaned_data["address"], "browser": browser}
        if tried(form, lambda: services.ask_for_address(enquiry_id=enquiry.pk, **asked)):
            return redirect("enquiries:follow-address-code", reference)
    return show(request, "address", enquiry, form)


@open_to("applicant")
@require_http_methods(PAGE)
def address_code(request: HttpRequest, reference: str) -> HttpResponse:
    """The code from the new address."""
    enquiry = the_enquiry(request, reference)
    form = AddressCodeForm(request.POST if request.method == "POST" else None, reference=f"Reference {reference}")
    if form.is_valid():
        proof = {"code": form.cleaned_data["code"], "browser": request.session.get(BROWSER, "")}
        if tried(form, lambda: services.prove_address(enquiry_id=enquiry.pk, **proof)):
            note_proof(request, enquiry)  # of other browsers the proof was by the old address
            return back_to_status(request, enquiry, "We write to the new email address from now on.")
    return show(request, "address_code", enquiry, form)
