"""A partner's own pages: what was referred to it, and of each only what the sharing rule allows.

Whoever is no member of a partner finds nothing here, council staff included: they have their own pages.
"""

import logging

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import services, sharing
from enquiries.models import Interest
from programmes.permissions import memberships_of

logger = logging.getLogger(__name__)

PAGE_LENGTH = 50
LARGEST = 2**63 - 1


@open_to("partner")
@require_safe
@login_required
def home(request: SignedInRequest) -> HttpResponse:
    """Where a partner's people begin."""
    memberships_of(request.user)
    return redirect("enquiries:partner-referrals")


@open_to("partner")
@require_safe
@login_required
def referrals(request: SignedInRequest) -> HttpResponse:
    """What was referred to this person's partners, the newest first."""
    partners = [membership.partner for membership in memberships_of(request.user)]
    page = Paginator(_referred(request).order_by("-referred_at", "-pk"), PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(request, "enquiries/partner/referrals.html", {"page": page, "partners": partners})


@open_to("partner")
@require_safe
@login_required
def referral(request: SignedInRequest, number: int) -> HttpResponse:
    """One referral. Each opening is recorded in the enquiry's history, each refusal in the log."""
    memberships_of(request.user)
    interest = _referred(request).filter(pk=min(number, LARGEST)).first()
    if interest is None:
        logger.warning("referral.refused user=%s interest=%s", request.user.pk, number)
        raise Http404
    services.note_opening(interest=interest, by=request.user)
    rows = sharing.shared(interest, interest.shared_fields)
    return render(request, "enquiries/partner/referral.html", {"interest": interest, "rows": rows})


def _referred(request: SignedInRequest) -> "QuerySet[Interest]":
    return Interest.objects.shared_with(request.user).select_related("enquiry", "referred_to")
