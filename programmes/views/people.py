"""The people of a partner. Whose partner it is not finds nothing here; editors look, administrators decide."""

import logging
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, tried
from programmes import forms_people, services
from programmes.exceptions import Refused
from programmes.models import PartnerMembership
from programmes.permissions import administrator_of, colleague_of, invitation_of, memberships_of
from programmes.services import invitations

logger = logging.getLogger(__name__)

PEOPLE = "programmes:people"


@open_to("partner")
@require_safe
@login_required
def people(request: SignedInRequest) -> HttpResponse:
    """Who acts for each of this person's partners, and who is invited to."""
    parts = [_part(mine) for mine in memberships_of(request.user)]
    return render(request, "programmes/partner/people.html", {"parts": parts})


def _part(mine: PartnerMembership) -> dict[str, object]:
    members = mine.partner.memberships.select_related("user").order_by("role", "user__email")
    pending = mine.partner.invitations.pending() if mine.is_administrator else []
    return {"mine": mine, "partner": mine.partner, "members": members, "invitations": pending}


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invite(request: SignedInRequest, pk: int) -> HttpResponse:
    mine = administrator_of(request.user, pk)
    form = forms_people.InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(
        form, "email", lambda: services.invite(partner_id=pk, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "The invitation is on its way.")
        return redirect(PEOPLE)
    return answered(render(request, "programmes/partner/invite.html", {"form": form, "partner": mine.partner}), form)


@open_to("partner")
@require_POST
@login_required
def withdraw(request: SignedInRequest, number: int) -> HttpResponse:
    invitation = invitation_of(request.user, number)
    return _settle(
        request,
        lambda: services.withdraw_invitation(invitation_id=invitation.pk, by=request.user),
        "The invitation is withdrawn. It cannot be used any more.",
    )


@open_to("partner")
@require_POST
@login_required
def renew(request: SignedInRequest, number: int) -> HttpResponse:
    """Another invitation to the same address; the one before is dead."""
    invitation = invitation_of(request.user, number)
    return _settle(
        request,
        lambda: services.renew_invitation(invitation_id=invitation.pk, by=request.user),
        "A new invitation is on its way. The one before cannot be used any more.",
    )


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def person(request: SignedInRequest, number: int) -> HttpResponse:
    """One person: another role, or out. Everybody may take themselves out."""
    other, mine = colleague_of(request.user, number)
    is_self = other.pk == mine.pk
    if not mine.is_administrator and not is_self:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = forms_people.PersonForm(data, membership=other, is_self=is_self, may_manage=mine.is_administrator)
    if form.is_valid() and _done(form, "action", lambda: _change(request, other, form.cleaned_data["action"])):
        gone = form.cleaned_data["action"] == forms_people.REMOVE and is_self
        return redirect("home") if gone else redirect(PEOPLE)
    return render(request, "programmes/partner/person.html", {"form": form, "other": other, "is_self": is_self})


def _change(request: SignedInRequest, other: PartnerMembership, action: str) -> None:
    if action == forms_people.REMOVE:
        services.remove_person(membership_id=other.pk, by=request.user)
        said = "You no longer act for this partner." if other.is_of(request.user) else "They have no access any more."
    else:
        services.change_role(membership_id=other.pk, role=action, by=request.user)
        said = "The role is changed."
    messages.success(request, said)


@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation. Looking changes nothing; the button accepts it, for whoever has proved its address."""
    found = invitations.found(token)
    if found is None:
        logger.warning("invitation.refused")
        raise Http404
    if not request.user.is_authenticated:
        return _letter(request, state="signed out")
    try:
        invitations.refuse_other_person(found, request.user)
        if request.method == "POST":
            services.accept_invitation(token=token, user=request.user)
            messages.success(request, f"You now act for {found.partner}.")
            return redirect("enquiries:partner")
        found.refuse_unless_open()
    except Refused as refusal:
        return _letter(request, state="refused", refusal=refusal)
    return _letter(request, state="open", invitation=found)


def _letter(request: HttpRequest, **context: object) -> HttpResponse:
    answer = render(request, "programmes/partner/invitation.html", context)
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer


@open_to("signed in")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask(request: SignedInRequest) -> HttpResponse:
    """To act for a partner without an invitation, also when the colleague who did has left. The council decides."""
    form = forms_people.AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(form, "partner", lambda: _ask(request, form)):
        return redirect("programmes:asked")
    return answered(render(request, "programmes/partner/ask.html", {"form": form}), form)


def _ask(request: SignedInRequest, form: Form) -> None:
    partner_id, wish = int(form.cleaned_data["partner"]), form.cleaned_data["wish"]
    services.ask_to_act(partner_id=partner_id, wish=wish, user=request.user)


@open_to("signed in")
@require_safe
@login_required
def asked(request: SignedInRequest) -> HttpResponse:
    return render(request, "programmes/partner/asked.html")


def _done(form: Form, field: str, act: Callable[[], object]) -> bool:
    """Whether it was done. A refusal is shown with what was typed; what has gone meanwhile needs nothing more."""
    try:
        return tried(form, act, field)
    except PartnerMembership.DoesNotExist:
        form.add_error(field, "They do not act for this partner any more. Nothing was changed.")
        return False


def _settle(request: SignedInRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(PEOPLE)
