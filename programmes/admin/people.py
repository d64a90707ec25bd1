"""The people of a partner, as the council decides about them: invitations, roles, out."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from programmes import forms_people, services
from programmes.exceptions import Refused
from programmes.models import Partner, PartnerInvitation, PartnerMembership

PAGE = "admin:programmes_partner_people"
MAY = "programmes.change_partner"


@open_to("staff")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who acts for a partner and who is invited to. Lead officers invite here, also its first administrator."""
    _refuse_without(request, MAY if request.method == "POST" else "programmes.view_partner")
    partner = get_object_or_404(Partner, pk=pk)
    form = forms_people.InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.invite(partner_id=pk, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, "The invitation is on its way.")
            return redirect(PAGE, pk)
    return TemplateResponse(request, "admin/programmes/partner_people.html", _context(request, partner, form))


def _context(request: SignedInRequest, partner: Partner, form: Any) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": f"People of {partner}",
        "partner": partner,
        "members": partner.memberships.select_related("user").order_by("role", "user__email"),
        "invitations": partner.invitations.pending().select_related("invited_by"),
        "waiting": partner.requests.waiting().count(),
        "form": form,
        "may_change": request.user.has_perm(MAY),
    }


@open_to("lead officer")
@require_POST
def person(request: SignedInRequest, pk: int, membership: int) -> HttpResponse:
    """Another role for somebody, or out."""
    _refuse_without(request, MAY)
    other = get_object_or_404(PartnerMembership, pk=membership, partner=pk)
    action = request.POST.get("action", "")
    if action == forms_people.REMOVE:
        return _settle(
            request,
            pk,
            lambda: services.remove_person(membership_id=other.pk, by=request.user),
            "They have no access any more. We have told them by email.",
        )
    if action in PartnerMembership.Role.values:
        return _settle(
            request,
            pk,
            lambda: services.change_role(membership_id=other.pk, role=action, by=request.user),
            "The role is changed.",
        )
    return redirect(PAGE, pk)


@open_to("lead officer")
@require_POST
def settle(request: SignedInRequest, pk: int, invitation: int) -> HttpResponse:
    """An invitation is withdrawn, or sent anew."""
    _refuse_without(request, MAY)
    found = get_object_or_404(PartnerInvitation, pk=invitation, partner=pk)
    step = STEPS.get(request.POST.get("action", ""))
    if step is None:
        return redirect(PAGE, pk)
    service, said = step
    return _settle(request, pk, lambda: service(invitation_id=found.pk, by=request.user), said)


STEPS: dict[str, tuple[Callable[..., object], str]] = {
    "renew": (services.renew_invitation, "A new invitation is on its way. The one before cannot be used any more."),
    "withdraw": (services.withdraw_invitation, "The invitation is withdrawn. It cannot be used any more."),
}


def _settle(request: SignedInRequest, pk: int, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except PartnerMembership.DoesNotExist:
        messages.error(request, "They do not act for this partner any more. Nothing was changed.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(PAGE, pk)


def _refuse_without(request: SignedInRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
