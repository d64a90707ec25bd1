"""A listing as its partner sees it: of each fact what is live, what is proposed, and what became of that."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString

from careportal.kit import markdown
from careportal.kit.templatetags.govuk import spaced
from careportal.kit.working_days import add_working_days
from programmes.models import ClosureDay, ListingChange, Partner, Programme, ProposedField
from programmes.speeds import EDITED, LABELS, MARKDOWN, SPEEDS, Group, Listing, Speed, shown

NOT_SAID = "Not given."
ASKED_OF_THE_COUNCIL = {"time_needed", "delivery_mode", "cost_pounds", "cover"}
State = ProposedField.State


def open_change(programme: Programme, partner: Partner) -> ListingChange | None:
    """What this partner proposes for it now, with its facts and its talk."""
    found = ListingChange.objects.open().filter(programme=programme, partner=partner)
    return found.select_related("programme").prefetch_related("fields", "messages").first()


def proposed_values(programme: Programme, change: ListingChange | None) -> dict[str, Any]:
    """The listing as the partner wants it: what is live, and over it whatever is not public yet."""
    fields = change.fields.all() if change else []
    return Listing(programme).values() | {one.name: one.after for one in fields if one.state != State.APPROVED}


def title_of(programme: Programme, change: ListingChange | None) -> str:
    """What to call it. A new programme has its title only as a proposal."""
    return str(proposed_values(programme, change)["title"]) if programme.state == "draft" else programme.title


@dataclass(frozen=True)
class Fact:
    """One line of the page of a listing."""

    name: str
    live: Any
    field: ProposedField | None
    names: dict[str, str]

    @property
    def label(self) -> str:
        return LABELS[self.name]

    @property
    def speed(self) -> Speed:
        return SPEEDS[self.name]

    @property
    def live_said(self) -> str:
        return said(self.name, self.live, self.names)

    @property
    def proposed_said(self) -> str:
        return said(self.name, self.field.after, self.names) if self.field else ""

    @property
    def is_waiting(self) -> bool:
        return self.field is not None and self.field.state == State.PROPOSED

    @property
    def is_returned(self) -> bool:
        return self.field is not None and self.field.state == State.RETURNED

    @property
    def is_approved(self) -> bool:
        return self.field is not None and self.field.state == State.APPROVED

    @property
    def is_long(self) -> bool:
        return self.name in MARKDOWN


@dataclass(frozen=True)
class Part:
    """Facts that are edited together."""

    group: Group
    facts: list[Fact]


def parts(programme: Programme, change: ListingChange | None) -> list[Part]:
    listing = Listing(programme)
    names = partner_names(listing.value("partners") + proposed_values(programme, change)["partners"])
    fields = {field.name: field for field in change.fields.all()} if change else {}
    found = []
    for group in EDITED.values():
        facts = [Fact(name, listing.value(name), fields.get(name), names) for name in group.names]
        found.append(Part(group, facts))
    return found


def said(name: str, value: Any, names: dict[str, str]) -> str | SafeString:
    """A value as people read it on the page."""
    if value in ("", None, []):
        return f"{NOT_SAID} The page says “ask the council”." if name in ASKED_OF_THE_COUNCIL else NOT_SAID
    if name == "telephone":
        return spaced(value)
    return markdown.render(value) if name in MARKDOWN else shown(name, value, names)


def partner_names(others: list[str] | None = None) -> dict[str, str]:
    """By slug: the partners that run something public, and others by their slugs."""
    runs = Q(programmes__state__in=[Programme.State.PUBLISHED, Programme.State.PAUSED])
    return dict(Partner.objects.filter(runs | Q(slug__in=others or [])).distinct().values_list("slug", "name"))


@dataclass(frozen=True)
class Promise:
    """By when the council decides, if it is sent today."""

    on: dt.date
    days: int


def promise(names: set[str], day: dt.date | None = None) -> Promise:
    """The day that the council promises for these facts, sent on this day (today by default), in working days."""
    is_full = any(SPEEDS[name] == Speed.FULL for name in names)
    days = settings.FULL_REVIEW_DAYS if is_full else settings.QUICK_LOOK_DAYS
    return Promise(add_working_days(day or timezone.localdate(), days, ClosureDay.objects.days()), days)


def waiting(change: ListingChange | None) -> list[str]:
    """The names of what the council has not decided."""
    return [one.name for one in change.fields.all() if one.state == State.PROPOSED] if change else []


def returned(change: ListingChange | None) -> list[str]:
    """The names of what the council gave back."""
    return [one.name for one in change.fields.all() if one.state == State.RETURNED] if change else []
