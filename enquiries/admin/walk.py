"""From one enquiry of My day to the next, without going back to the list."""

from dataclasses import dataclass

from careportal.accounts.requests import SignedInRequest
from enquiries.models import Enquiry
from enquiries.my_day import PILES

SESSION_KEY = "walk"
REMEMBERED = 200


@dataclass
class Walk:
    """Where the officer came from, and the next one there; None after the last."""

    name: str
    title: str
    next: Enquiry | None


def walk_of(request: SignedInRequest, enquiry: Enquiry) -> Walk | None:
    """The walk that this enquiry was opened in. Steps come back to the page, so the session remembers what was seen."""
    name, walk = request.GET.get("from", ""), request.session.get(SESSION_KEY) or {}
    if name in PILES:
        seen = walk.get("seen", []) if walk.get("name") == name else []
        walk = {"name": name, "seen": [*(pk for pk in seen if pk != enquiry.pk), enquiry.pk][-REMEMBERED:]}
        request.session[SESSION_KEY] = walk
    pile = PILES.get(walk.get("name", ""))
    if pile is None or enquiry.pk not in walk["seen"]:
        return None
    left = pile.of(request.user).exclude(pk__in=walk["seen"]).only("reference", "organisation")
    return Walk(pile.name, pile.title, left.first())
