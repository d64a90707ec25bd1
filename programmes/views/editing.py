"""A partner edits its listing: some facts at once or all of them on one page. What is live at once is live then."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.components import lower_first
from careportal.kit.refusals import answered, refuse
from programmes import proposals, services
from programmes.exceptions import Refused
from programmes.forms_listing import ListingForm
from programmes.speeds import EDITED, LABELS, SPEEDS, Group, Listing, Speed
from programmes.views.mine import Mine, mine

ON_ONE_PAGE = [group for slug, group in EDITED.items() if slug != "closing"]
COUNCILS_FOR_NEW = {"partners", "closing"}


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """All but the end of it, on one page."""
    found = mine(request.user, pk)
    return _edit(request, found, [group for group in ON_ONE_PAGE if _is_offered(group, found)], "Edit the listing")


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_part(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """The few facts of one part."""
    found = mine(request.user, pk)
    group = EDITED.get(part)
    if group is None or not _is_offered(group, found):
        raise Http404
    return _edit(request, found, [group], group.title)


def _is_offered(group: Group, found: Mine) -> bool:
    """Who runs a new programme is clear, and it cannot be closed before it is open."""
    return not (found.is_new and group.slug in COUNCILS_FOR_NEW)


def _edit(request: SignedInRequest, found: Mine, groups: list[Group], title: str) -> HttpResponse:
    form = ListingForm(
        request.POST if request.method == "POST" else None,
        groups=groups,
        values=found.values,
        partners=_offered(found),
        is_new=found.is_new,
        reasons=found.reasons,
        back=reverse("programmes:listing", args=[found.programme.pk]),
    )
    if form.is_valid():
        try:
            return _saved(request, found, form.values())
        except Refused as refusal:
            refuse(form, refusal)
    context = {"form": form, "mine": found, "title": title}
    return answered(render(request, "programmes/partner/edit.html", context), form)


def _offered(found: Mine) -> dict[str, str]:
    """Partners that can be named: those that run something public, and those of this listing."""
    return proposals.partner_names(found.values["partners"])


def _saved(request: SignedInRequest, found: Mine, values: dict[str, object]) -> HttpResponse:
    before = Listing(found.programme).values()
    live = [name for name in values if SPEEDS[name] == Speed.LIVE and values[name] != before[name]]
    change = services.propose(
        programme_id=found.programme.pk, partner_id=found.partner.pk, by=request.user, values=values
    )
    waiting, returned = (
        [name for name in names if name in values] for names in (proposals.waiting(change), proposals.returned(change))
    )
    messages.success(request, "Saved." if found.is_new else _said(live, waiting, returned))
    return redirect("programmes:listing", found.programme.pk)


def _said(live: list[str], waiting: list[str], returned: list[str]) -> str:
    """What is public now, and what is not."""
    words = [
        f"Live now: {_named(live)}." if live else "",
        f"Not public yet: {_named(waiting)}. Send it to the council when you are ready." if waiting else "",
        f"Still returned to you: {_named(returned)}." if returned else "",
    ]
    return " ".join(filter(None, words)) or "Saved. Nothing is different from what is public."


def _named(names: list[str]) -> str:
    return ", ".join(lower_first(LABELS[name]) for name in names)
