"""A partner's own pages: what was referred to it, and of each only what the sharing rule allows.

Whoever is no member of a partner finds nothing here, council staff included: they have their own pages.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries.acting import as_member
from enquiries.partner_desk import duties
from enquiries.views.partner_steps import show_list, show_one, take_step


@open_to("partner")
@require_safe
@login_required
def home(request: SignedInRequest) -> HttpResponse:
    """Where a partner's people begin: what waits for them, and the ways to everything else."""
    partners = as_member(request).partners
    return render(request, "enquiries/partner/home.html", {"partners": partners, "duties": duties(partners)})


@open_to("partner")
@require_safe
@login_required
def referrals(request: SignedInRequest) -> HttpResponse:
    """What was referred to this person's partners, the newest first."""
    return show_list(request, as_member(request))


@open_to("partner")
@require_safe
@login_required
def referral(request: SignedInRequest, number: int) -> HttpResponse:
    return show_one(request, as_member(request), number)


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def step(request: SignedInRequest, number: int, name: str) -> HttpResponse:
    """Acknowledge, invite, enrol, say how it ended, give back, ask."""
    return take_step(request, as_member(request), number, name)
