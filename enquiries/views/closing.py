"""Closing one's own account: what becomes of what, said before; for good, and after proving oneself again."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from careportal.accounts.exceptions import AccountRefusal
from careportal.accounts.fresh import sign_in_for_changes
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries.exceptions import Refused
from enquiries.forms_information import CloseAccountForm
from enquiries.services.closing import close_account
from providers import services as providers
from providers.exceptions import LastOwner
from providers.models import Membership


@open_to("signed in")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@sign_in_for_changes
def close(request: SignedInRequest) -> HttpResponse:
    """Those whose accounts others close are told so, and have no button."""
    alone = providers.owned_alone(request.user)
    form = CloseAccountForm(request.POST if request.method == "POST" else None, alone=bool(alone))
    if form.is_valid():
        try:
            close_account(user=request.user, ownerless=bool(form.cleaned_data.get("ownerless")))
        except (Refused, LastOwner, AccountRefusal) as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            return redirect("enquiries:account-closed")
    is_others = request.user.is_staff or request.user.partner_memberships.exists()
    organisations = [one.provider for one in Membership.objects.of(request.user).select_related("provider")]
    context = {"form": form, "alone": alone, "organisations": organisations, "closed_by_others": is_others}
    return _show(request, "close_account", **context)


@open_to("anyone")
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    return _show(request, "account_closed")


def _show(request: HttpRequest, page: str, **context: object) -> HttpResponse:
    answer = render(request, f"enquiries/information/{page}.html", context)
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
