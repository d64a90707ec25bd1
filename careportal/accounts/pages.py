"""Own pages about people inside the officers' workspace; careportal/accounts/admin.py gives them their addresses."""

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from careportal.accounts import services
from careportal.accounts.exceptions import AccountRefusal
from careportal.accounts.models import SecondFactorReset, User
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to


@open_to("lead officer")
@require_http_methods(["GET", "POST"])
def second_factor_reset(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Ask for a reset, confirm what somebody else asked for, or withdraw it."""
    if not request.user.has_perm("accounts.view_user"):
        raise PermissionDenied
    person = get_object_or_404(User, pk=user_id)
    reset = next((found for found in person.second_factor_resets.pending() if found.is_open), None)
    if request.method == "POST":
        _carry_out(request, person, reset)
        return redirect(request.path)
    return render(request, "admin/accounts/second_factor.html", _context(request, person, reset))


def _carry_out(request: SignedInRequest, person: User, reset: SecondFactorReset | None) -> None:
    action = request.POST.get("action")
    try:
        if action == "ask":
            services.request_second_factor_reset(user_id=person.pk, by=request.user)
            messages.success(request, "You have asked for this reset. Another administrator must confirm it.")
        elif action == "confirm" and reset:
            services.confirm_second_factor_reset(reset_id=reset.pk, by=request.user)
            messages.success(request, "The second factor has been reset. We have told the person by email.")
        elif action == "withdraw" and reset:
            services.withdraw_second_factor_reset(reset_id=reset.pk, by=request.user)
            messages.success(request, "The request has been withdrawn. Nothing was reset.")
        else:
            messages.warning(request, "This has changed meanwhile. Look at the page again.")
    except AccountRefusal as refusal:
        messages.error(request, str(refusal))


def _context(request: SignedInRequest, person: User, reset: SecondFactorReset | None) -> dict[str, object]:
    """`cannot` holds the reason why this visitor may not take the next step, or nothing."""
    try:
        if reset:
            services.refuse_reset_confirmation(reset, by=request.user)
        else:
            services.refuse_reset_request(person, by=request.user)
        cannot = ""
    except AccountRefusal as refusal:
        cannot = str(refusal)
    factors = Authenticator.objects.filter(user=person)
    context = {"person": person, "reset": reset, "cannot": cannot, "factors": factors}
    return {**admin.site.each_context(request), **context, "title": f"Second factor of {person}"}
