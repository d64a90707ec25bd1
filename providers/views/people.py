"""The people of an organisation, and its second contact. What is not the visitor's own organisation is a 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, tried
from careportal.kit.small_forms import CodeForm
from providers import forms, services
from providers.exceptions import Refused
from providers.models import Invitation, MailboxCode, Membership
from providers.permissions import membership_of
from providers.services import invitations, mailbox

PEOPLE = "providers:people"


@open_to("signed in")
@require_safe
@login_required
def people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who acts for the organisation, and who is invited to."""
    mine = membership_of(request.user, pk)
    members = mine.provider.memberships.select_related("user").order_by("role", "user__email")
    pending = mine.provider.invitations.open() if mine.is_owner else []
    context = {"mine": mine, "provider": mine.provider, "members": members, "invitations": pending}
    return render(request, "providers/people.html", context)


@open_to("signed in")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invite(request: SignedInRequest, pk: int) -> HttpResponse:
    mine = _owner(request, pk)
    form = forms.InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and tried(
        form, lambda: services.invite(provider_id=pk, by=request.user, **form.cleaned_data), "email"
    ):
        messages.success(request, "The invitation is on its way.")
        return redirect(PEOPLE, pk)
    return answered(render(request, "providers/invite.html", {"form": form, "provider": mine.provider}), form)


@open_to("signed in")
@require_POST
@login_required
def withdraw(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    mine = _owner(request, pk)
    invitation = get_object_or_404(Invitation, pk=number, provider=mine.provider)
    try:
        services.withdraw_invitation(invitation_id=invitation.pk, by=request.user)
        messages.success(request, "The invitation is withdrawn. It cannot be used any more.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(PEOPLE, pk)


@open_to("signed in")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def person(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """One member: another role, or out. Everybody may take themselves out."""
    mine = membership_of(request.user, pk)
    other = get_object_or_404(Membership.objects.select_related("user"), pk=number, provider=mine.provider)
    if not mine.is_owner and other.pk != mine.pk:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = forms.PersonForm(data, membership=other, is_self=other.pk == mine.pk, may_manage=mine.is_owner)
    if form.is_valid() and tried(form, lambda: _change(request, other, form.cleaned_data["action"]), "action"):
        gone = form.cleaned_data["action"] == forms.REMOVE and other.user_id == request.user.pk
        return redirect("enquiries:my-organisation") if gone else redirect(PEOPLE, pk)
    return render(request, "providers/person.html", {"form": form, "provider": mine.provider, "other": other})


def _change(request: SignedInRequest, other: Membership, action: str) -> None:
    if action == forms.REMOVE:
        services.remove_member(membership_id=other.pk, by=request.user)
        said = "You have left the organisation." if other.is_of(request.user) else "They have no access any more."
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
        raise Http404
    if not request.user.is_authenticated:
        return _unlisted(render(request, "providers/invitation.html", {"state": "signed out"}))
    try:
        invitations.refuse_other_address(found, request.user)
        if request.method == "POST":
            services.accept_invitation(token=token, user=request.user)
            messages.success(request, "You now act for this organisation.")
            return redirect("enquiries:my-organisation-of", found.provider_id)
        found.refuse_unless_open()
    except Refused as refusal:
        return _unlisted(render(request, "providers/invitation.html", {"state": "refused", "refusal": refusal}))
    return _unlisted(render(request, "providers/invitation.html", {"state": "open", "invitation": found}))


@open_to("signed in")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def second_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    """The organisation's own mailbox: named here, then proved by a code that goes to it."""
    mine = _owner(request, pk)
    form = forms.SecondContactForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and tried(
        form,
        lambda: services.begin_second_contact(provider_id=pk, by=request.user, email=form.cleaned_data["email"]),
        "email",
    ):
        return redirect("providers:second-contact-code", pk)
    return answered(render(request, "providers/second_contact.html", {"form": form, "provider": mine.provider}), form)


@open_to("signed in")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def second_contact_code(request: SignedInRequest, pk: int) -> HttpResponse:
    mine = _owner(request, pk)
    sent = mailbox.latest(request.user, MailboxCode.Purpose.SECOND_CONTACT)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        code = form.cleaned_data["code"]
        if tried(form, lambda: services.prove_second_contact(provider_id=pk, code=code, by=request.user), "code"):
            messages.success(request, "The second contact is confirmed.")
            return redirect("enquiries:my-organisation-of", pk)
    return render(
        request, "providers/second_contact_code.html", {"form": form, "provider": mine.provider, "sent": sent}
    )


@open_to("signed in")
@require_POST
@login_required
def remove_second_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    _owner(request, pk)
    services.remove_second_contact(provider_id=pk, by=request.user)
    messages.success(request, "The second contact is removed.")
    return redirect("enquiries:my-organisation-of", pk)


def _owner(request: SignedInRequest, pk: int) -> Membership:
    mine = membership_of(request.user, pk)
    if not mine.is_owner:
        raise PermissionDenied
    return mine


def _unlisted(answer: HttpResponse) -> HttpResponse:
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
