"""What each kind of report says about a period."""

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.utils import timezone

from enquiries import reach
from enquiries.figures import Scope
from enquiries.models import Report
from enquiries.models.report import DEFINITIONS
from enquiries.periods import Period
from enquiries.reports import partners, strategy
from enquiries.reports.counts import Counting
from enquiries.reports.section import THIS, Section, column, restored
from enquiries.small_numbers import suppressed
from programmes.models import Partner, Programme

Kind = Report.Kind


def content_of(kind: str, period: Period, filters: dict[str, str]) -> dict[str, Any]:
    """All that the report says, ready to be stored."""
    return {
        "kind": str(Kind(kind).label),
        "council": settings.COUNCIL.name,
        "period": str(period),
        "narrowed": narrowed(filters),
        "before": str(period.before) if kind in COMPARED else "",
        "made_on": _said(timezone.localdate()),
        "definitions": DEFINITIONS,
        "sections": [one.stored() for one in _sections(kind, period, filters)],
    }


def narrowed(filters: dict[str, str]) -> str:
    """What it is narrowed to, in words."""
    said = []
    if partner := filters.get("partner"):
        said.append(f"Programmes of {Partner.objects.get(pk=partner)}")
    if theme := filters.get("theme"):
        said.append(f"Theme: {Programme.Theme(theme).label}")
    return "; ".join(said)


def _sections(kind: str, period: Period, filters: dict[str, str]) -> list[Section]:
    """Beside those of the period before: as its own report said, if there is one, so that no difference tells more."""
    own = SECTIONS[kind](period, filters)
    if kind not in COMPARED:
        return own
    if not filters:  # it is about all of the area
        own.append(_reach(period))
    earlier = Report.objects.of(kind, period.before, filters).first()
    before = (
        [restored(one) for one in earlier.content["sections"]] if earlier else SECTIONS[kind](period.before, filters)
    )
    known = {section.name: section for section in before}
    return [section.beside(known.get(section.name)) if len(section.columns) == 1 else section for section in own]


def _glance(period: Period, filters: dict[str, str]) -> list[Section]:
    counting = Counting(period, _scope(filters))
    return [*counting.sections(), *counting.afterwards()]


def _paper(period: Period, filters: dict[str, str]) -> list[Section]:
    counting = Counting(period, _scope(filters))
    channels, *others = counting.sections()
    return [channels, counting.programmes(), *others, *counting.afterwards()]


def _reach(period: Period) -> Section:
    """Each location at the furthest stage that it came to, so that the lines add up to all of them."""
    found = reach.headline(period.last)
    steps = [found.registered, found.reached, found.applied, found.took_part, found.completed, 0]
    counts = [least - more for least, more in pairwise(steps)]
    labels = ["Not reached", "Reached", "Applied", "Took part", "Completed"]
    shown = suppressed(counts)
    return Section(
        "reach",
        "Reach: registered care locations in the area",
        "Every care location that the Care Quality Commission registers in the area today, at the furthest stage that "
        "it came to by the last day of the period. The period before is given where a report was made of it.",
        "Furthest stage",
        [THIS],
        column(labels, [*shown, found.registered]),
        unit="Care locations",
        source="The Care Quality Commission’s list of locations, and enquiries as the portal keeps them",
        drawn=True,
    )


def _scope(filters: dict[str, str]) -> Scope:
    partner = filters.get("partner")
    return Scope(partner=int(partner) if partner else None, theme=filters.get("theme", ""))


def _said(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


Build = Callable[[Period, dict[str, str]], list[Section]]
SECTIONS: dict[str, Build] = {
    Kind.GLANCE: _glance,
    Kind.PAPER: _paper,
    Kind.STRATEGY: lambda period, _: strategy.sections(period),
    Kind.PARTNERS: lambda period, _: partners.sections(period),
}
COMPARED = {Kind.GLANCE, Kind.PAPER}
