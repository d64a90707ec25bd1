"""What a page about a listing begins with: the listing, the partner for whom somebody acts, and what is proposed."""

import logging
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from careportal.accounts.models import User
from programmes import drafts, proposals
from programmes.models import Intake, ListingChange, Partner, Programme
from programmes.permissions import LARGEST, listing_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mine:
    programme: Programme
    partner: Partner
    change: ListingChange | None

    @property
    def title(self) -> str:
        return proposals.title_of(self.programme, self.change)

    @property
    def is_new(self) -> bool:
        """A new programme of this partner's own."""
        return self.programme.state == Programme.State.DRAFT and self.programme.proposed_by_id == self.partner.pk

    @property
    def values(self) -> dict[str, Any]:
        return proposals.proposed_values(self.programme, self.change)

    @property
    def reasons(self) -> dict[str, str]:
        """Why the council returned something, by the name of the fact."""
        fields = self.change.fields.all() if self.change else []
        return {one.name: one.reason for one in fields if one.reason}


def mine(user: User, pk: int) -> Mine:
    """The listing, if it is this person's; else 404, and a line in the log."""
    programme, membership = listing_of(user, pk)
    return Mine(programme, membership.partner, proposals.open_change(programme, membership.partner))


def my_change(user: User, pk: int) -> tuple[Mine, ListingChange]:
    """The same, where something must be proposed."""
    found = mine(user, pk)
    if found.change is None:
        raise Http404
    return found, found.change


def my_draft(user: User, pk: int) -> Mine:
    """A new programme of one's own; 404 for one that is public."""
    found = mine(user, pk)
    if not found.is_new:
        logger.warning("listing.refused user=%s programme=%s", user.pk, pk)
        raise Http404
    return found


def my_intake(user: User, pk: int, number: int) -> tuple[Mine, Intake]:
    found = my_draft(user, pk)
    intake = Intake.objects.filter(programme=found.programme, pk=min(number, LARGEST)).first()
    if intake is None:
        logger.warning("intake.refused user=%s programme=%s intake=%s", user.pk, pk, number)
        raise Http404
    return found, intake


def show_listing(request: HttpRequest, found: Mine, **more: Any) -> HttpResponse:
    """The page of a listing: a new programme's tasks, or each fact with what became of it; and the talk."""
    waiting = proposals.waiting(found.change)
    context = {
        "mine": found,
        "change": found.change,
        "parts": proposals.parts(found.programme, found.change),
        "waiting": waiting,
        "returned": proposals.returned(found.change),
        "promise": proposals.promise(set(waiting)),
        "tasks": drafts.tasks(found.programme, found.change, found.values) if found.is_new else [],
    }
    template = "new_programme" if found.is_new else "listing"
    return render(request, f"programmes/partner/{template}.html", context | more)
