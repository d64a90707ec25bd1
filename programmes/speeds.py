"""What a partner may change in its listing, and how fast each fact becomes public. Nothing else of it is theirs.

Facts that help people to get there are live at once. Words, price and links wait for a quick look; who gets in and
who runs it for a full review. Whatever is not in this table is the council's: state, promises, sharing rule, inbox.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models

from programmes.models.programme import Programme


class Speed(models.TextChoices):
    LIVE = "live", "Live at once"
    QUICK = "quick", "After a quick look"
    FULL = "full", "After a full review"


SPEEDS: dict[str, Speed] = {
    "telephone": Speed.LIVE,
    "time_needed": Speed.LIVE,
    "summary": Speed.QUICK,
    "description": Speed.QUICK,
    "delivery_mode": Speed.QUICK,
    "cover": Speed.QUICK,
    "cost_pounds": Speed.QUICK,
    "cost_note": Speed.QUICK,
    "link": Speed.QUICK,
    "title": Speed.FULL,
    "theme": Speed.FULL,
    "audience": Speed.FULL,
    "who_for": Speed.FULL,
    "partners": Speed.FULL,
    "closing": Speed.FULL,
}
LABELS = {
    "telephone": "Telephone number",
    "time_needed": "Hours and days",
    "summary": "Summary",
    "description": "What it is",
    "delivery_mode": "How it is delivered",
    "cover": "Who pays for cover",
    "cost_pounds": "Cost in pounds",
    "cost_note": "About the cost",
    "link": "Link to more about it",
    "title": "Title",
    "theme": "Theme",
    "audience": "For whom",
    "who_for": "Who can get it",
    "partners": "Who runs it",
    "closing": "Close this programme for good",
}


@dataclass(frozen=True)
class Group:
    """Facts that are edited on one page."""

    slug: str
    title: str
    names: tuple[str, ...]


_GROUPS = (
    Group("contact", "Contact", ("telephone",)),
    Group("time", "Time, cost and cover", ("time_needed", "delivery_mode", "cost_pounds", "cost_note", "cover")),
    Group("what", "What it is", ("title", "theme", "summary", "description", "link")),
    Group("who", "Who can get it", ("audience", "who_for")),
    Group("dates", "Dates and places", ("dates",)),  # intakes are rows of their own
    Group("partners", "Who runs it", ("partners",)),
    Group("closing", "Close this programme", ("closing",)),
)
GROUPS = {group.slug: group for group in _GROUPS}
EDITED = {slug: group for slug, group in GROUPS.items() if slug != "dates"}
MARKDOWN = {"description", "who_for"}
LINKS = {"link"}


@dataclass(frozen=True)
class Listing:
    """A programme as the facts that partners may change, each as a text, a flag or a list: what JSON can hold."""

    programme: Programme

    def value(self, name: str) -> Any:
        if name == "partners":
            return sorted(partner.slug for partner in self.programme.partners.all())
        if name == "closing":
            return self.programme.state == Programme.State.ARCHIVED
        value = getattr(self.programme, name)
        if name == "cost_pounds":
            return "" if value is None else f"{value:.2f}"
        return value

    def values(self) -> dict[str, Any]:
        return {name: self.value(name) for name in SPEEDS}

    def put(self, name: str, value: Any) -> None:
        """Into the programme in memory. Who runs it is a table of its own: `partners` is written when it is saved."""
        if name == "closing":
            self.programme.state = Programme.State.ARCHIVED if value else self.programme.state
        elif name == "cost_pounds":
            self.programme.cost_pounds = Decimal(value) if value else None
        elif name != "partners":
            setattr(self.programme, name, value)


def shown(name: str, value: Any, partner_names: dict[str, str] | None = None) -> str:
    """A value in the words that people read. Partners are named, if their names by slug are given."""
    if name == "partners":
        names = partner_names or {}
        return ", ".join(names.get(slug, slug) for slug in value)
    if name == "closing":
        return "Yes" if value else "No"
    if name == "cost_pounds":
        return pounds(value)
    if choices := getattr(Programme._meta.get_field(name), "choices", None):
        return str(dict(choices).get(value, value))
    return str(value)


def pounds(value: Any) -> str:
    """Free, £1,250 or £12.50, as the public page says it."""
    amount = Decimal(value or 0)
    return f"£{amount:,.{0 if amount == int(amount) else 2}f}" if amount else "Free"
