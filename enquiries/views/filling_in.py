"""Whoever applied by email fills in what is missing: proves the address by a code, then goes through our own pages.

Nothing happens by opening a page: the button on the page of details begins.
"""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.refusals import tried
from careportal.kit.small_forms import OneButton
from enquiries import services
from enquiries.application.journey import Journey
from enquiries.application.reading import read_in, told
from enquiries.following import the_enquiry
from enquiries.models import Draft, Enquiry
from enquiries.views.apply import OWNER, next_address
from enquiries.views.follow import ask_for_code
from enquiries.views.from_provider import back_to_status, show

PAGE = ["GET", "HEAD", "POST"]


@open_to("anyone")
@require_http_methods(PAGE)
def complete(request: HttpRequest) -> HttpResponse:
    """Reference and address, as for following an application; the code then leads to the details."""
    return ask_for_code(request, "complete", completes=True)


@open_to("applicant")
@require_http_methods(PAGE)
def details(request: HttpRequest, reference: str) -> HttpResponse:
    """What we read in the email, what is wanting, and a button that begins."""
    enquiry = the_enquiry(request, reference)
    if not enquiry.is_incomplete or enquiry.state == Enquiry.State.CLOSED:
        return redirect("enquiries:follow-status", reference)
    button = "Go on with your details" if _has_begun(enquiry) else "Fill in the details"
    form = OneButton(request.POST if request.method == "POST" else None, button=button)
    begun: list[Draft] = []
    if form.is_valid() and tried(form, lambda: begun.append(_begin(request, enquiry))):
        return redirect(next_address(Journey(begun[0])))
    return show(request, "details", enquiry, form, read=told(read_in(enquiry)))


@open_to("applicant")
@require_http_methods(PAGE)
def not_needed(request: HttpRequest, reference: str) -> HttpResponse:
    """One button that closes what was asked for by email."""
    enquiry = the_enquiry(request, reference)
    typed = request.POST if request.method == "POST" else None
    form = OneButton(typed, button="I do not need it any more", kind="warning")
    if form.is_valid() and tried(form, lambda: services.close_for_provider(enquiry_id=enquiry.pk)):
        return back_to_status(request, enquiry, "We have closed what you asked for, and sent you an email about it.")
    return show(request, "not_needed", enquiry, form)


def _has_begun(enquiry: Enquiry) -> bool:
    return Draft.objects.filter(enquiry=enquiry).exists()


def _begin(request: HttpRequest, enquiry: Enquiry) -> Draft:
    owner = request.session.setdefault(OWNER, secrets.token_urlsafe(32))
    request.session.modified = True  # the session lasts as long as its newest draft
    return services.begin_filling_in(enquiry_id=enquiry.pk, owner=owner, origin=client.origin(request))
