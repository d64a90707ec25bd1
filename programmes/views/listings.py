"""A partner's listings: all of them, one with what waits and what was returned, and what is done with that."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, refuse
from programmes import drafts, proposals, services
from programmes.exceptions import Incomplete, Refused
from programmes.forms_listing import MessageForm, RevisionForm
from programmes.models import ListingChange, Programme
from programmes.permissions import memberships_of
from programmes.views.mine import mine, my_change, show_listing

LISTING = "programmes:listing"
READ_AGAIN = "This was changed after you opened it. Nothing was done: read it again."


@open_to("partner")
@require_safe
@login_required
def listings(request: SignedInRequest) -> HttpResponse:
    """All that this person's partners run, with what waits and what was returned."""
    partners = [membership.partner for membership in memberships_of(request.user)]
    changes = ListingChange.objects.open().filter(partner__in=partners).prefetch_related("fields")
    mine = Programme.objects.exclude(state=Programme.State.ARCHIVED).filter(partners__in=partners).distinct()
    found = mine.prefetch_related(Prefetch("changes", changes, to_attr="open_changes")).order_by("title", "pk")
    rows = [_row(programme) for programme in found]
    return render(request, "programmes/partner/listings.html", {"rows": rows, "partners": partners})


def _row(programme: Programme) -> dict[str, object]:
    change = next(iter(programme.open_changes), None)  # type: ignore[attr-defined]
    return {
        "programme": programme,
        "title": proposals.title_of(programme, change),
        "change": change,
        "waiting": len(proposals.waiting(change)),
        "returned": len(proposals.returned(change)),
    }


@open_to("partner")
@require_safe
@login_required
def listing(request: SignedInRequest, pk: int) -> HttpResponse:
    """Field by field: what is live, what waits and until when, what was returned and why."""
    return show_listing(request, mine(request.user, pk), form=MessageForm())


@open_to("partner")
@require_POST
@login_required
def send(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the council, as it was read."""
    found, change = my_change(request.user, pk)
    try:
        sent = services.submit(change_id=change.pk, by=request.user, revision=_revision(request))
    except Incomplete as refusal:
        missing = [(drafts.group_of(name), name, drafts.NEEDED[name]) for name in refusal.missing]
        return show_listing(request, found, missing=missing, form=MessageForm())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        day = f"{sent.due_on.day} {sent.due_on:%B %Y}" if sent.due_on else ""
        messages.success(request, f"Sent to the council. It decides by {day}.")
    return redirect(LISTING, pk)


@open_to("partner")
@require_POST
@login_required
def propose_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """A fact that the council returned, as it is: whoever proposed it has said why, or has called."""
    _, change = my_change(request.user, pk)
    name, revision = request.POST.get("name", ""), _revision(request)
    try:
        services.propose_again(change_id=change.pk, by=request.user, revision=revision, name=name)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It is proposed again as it is. Send it to the council when you are ready.")
    return redirect(LISTING, pk)


@open_to("partner")
@require_POST
@login_required
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """All that is public of it is right today. What waits for the council is another matter."""
    found = mine(request.user, pk)
    try:
        services.confirm_listing(programme_id=pk, partner_id=found.partner.pk, by=request.user)
    except Refused:
        messages.warning(request, "Only a listing that is public can be confirmed.")
    else:
        messages.success(request, "Thank you. The public page says that you have checked it today.")
    return redirect(LISTING, pk)


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is proposed is given up. Asked first, because it cannot be undone."""
    found, change = my_change(request.user, pk)
    if request.method != "POST":
        return render(request, "programmes/partner/take_back.html", {"mine": found, "change": change})
    try:
        services.discard(change_id=change.pk, by=request.user, revision=_revision(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(LISTING, pk)
    messages.success(request, "Taken back. The listing stays as it is in public.")
    gone = not Programme.objects.exclude(state=Programme.State.ARCHIVED).filter(pk=pk).exists()
    return redirect("programmes:listings") if gone else redirect(LISTING, pk)


@open_to("partner")
@require_POST
@login_required
def write(request: SignedInRequest, pk: int) -> HttpResponse:
    """A message to the council about what is proposed."""
    found, change = my_change(request.user, pk)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return show_listing(request, found, form=form)
    try:
        text = form.cleaned_data["text"]
        services.discuss(change_id=change.pk, by=request.user, text=text, is_from_council=False)
    except Refused as refusal:
        refuse(form, refusal, "text")
        return answered(show_listing(request, found, form=form), form)
    messages.success(request, "The council has your message.")
    return redirect(LISTING, pk)


def _revision(request: SignedInRequest) -> int:
    """What somebody read; without it, nothing that could ever be there."""
    form = RevisionForm(request.POST)
    return form.cleaned_data["revision"] if form.is_valid() else -1
