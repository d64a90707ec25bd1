"""What holds for every page of the partners' workspace, whoever wrote it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from careportal.accounts.requests import SignedInRequest
from careportal.kit.errors import error_page
from programmes.models import PartnerMembership

WORKSPACE = "/partner/"
WITHOUT_FACTOR = "programmes:invitation"  # whoever is invited may look first


class PartnersWorkspace:
    """Administrators without a second factor are led to set one up, from every page of the workspace.

    And whoever finds nothing there because they act for no partner, or not any more, is told so, and what to do. The
    answer stays a 404, whatever they asked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_refused = response.status_code == 404 and request.path_info.startswith(WORKSPACE)
        if not is_refused or not request.user.is_authenticated or request.user.is_staff:
            return response
        return _why_nothing_is_there(request) or response  # type: ignore[arg-type]  # signed in, as asked above

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not request.path_info.startswith(WORKSPACE) or (match and match.view_name == WITHOUT_FACTOR):
            return None
        user: Any = request.user
        if not user.is_authenticated or user.is_staff or user.has_factor or not user.needs_second_factor:
            return None
        return redirect("mfa_index")


def _why_nothing_is_there(request: SignedInRequest) -> HttpResponse | None:
    """None for whoever acts for a partner: they asked for what is not theirs, or not there."""
    memberships = PartnerMembership.objects.of(request.user).select_related("partner").order_by("partner__name")
    if memberships.acting().exists():
        return None
    return error_page(request, 404, "programmes/partner/nothing_here.html", ended=list(memberships.ended()))


partners_workspace = PartnersWorkspace
