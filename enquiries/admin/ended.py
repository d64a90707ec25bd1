"""What is still with partners whose agreement has ended, and the button that takes it back to triage."""

import re
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import services
from enquiries.admin.showing import page_for
from enquiries.exceptions import Refused
from enquiries.models import Interest

PAGE = "admin:enquiries_ended"
AT_MOST = 200


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def ended(request: SignedInRequest) -> HttpResponse:
    """Partner by partner. Whoever only waits to be looked at is taken back; who has a place is decided one by one."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    if request.method == "POST":
        return _take_back(request)
    left = Interest.objects.left_with_ended_partners().select_related("enquiry", "referred_to", "offered_intake")
    rows = list(left.order_by("referred_to__name", "referred_to", "referred_at", "pk")[:AT_MOST])
    access.note_listed(request.user, "enquiries.enquiry", sorted({row.enquiry_id for row in rows}))
    found = [(partner, list(theirs)) for partner, theirs in groupby(rows, key=lambda row: row.referred_to)]
    partners = [(partner, theirs, _referred(theirs)) for partner, theirs in found]
    return page_for(request, "ended", "Referrals at partners whose agreement has ended", partners=partners)


def _referred(rows: list[Interest]) -> list[Interest]:
    return [row for row in rows if row.state == Interest.State.REFERRED]


def _take_back(request: SignedInRequest) -> HttpResponse:
    """Those that the page showed, each for itself: one that cannot be taken back keeps no other from it."""
    sent = request.POST.getlist("interest")[:AT_MOST]
    chosen = {int(number) for number in sent if re.fullmatch(r"[0-9]{1,18}", number)}
    left = Interest.objects.left_with_ended_partners().filter(pk__in=chosen).order_by("pk")
    done = sum(_taken_back(request, number) for number in left.values_list("pk", flat=True))
    if done:
        messages.success(request, f"{done} {'is' if done == 1 else 'are'} open again, in triage.")
    else:
        messages.warning(request, "Nothing was taken back.")
    return redirect(PAGE)


def _taken_back(request: SignedInRequest, number: int) -> bool:
    try:
        services.take_back_from_ended_partner(interest_id=number, officer=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return False
    return True
