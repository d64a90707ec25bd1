"""Reach: of all social care that the Care Quality Commission registers in the area, how much the portal has reached.

Each location stands at exactly one stage, the furthest it came to; who took part has applied, too, and was reached.
A fact counts for the location that it names. One that names none counts for all locations of the provider in the
area. The register is today's: nobody published of old which locations were registered when.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone

from enquiries.models import Attendance, Enquiry, Event, Interest, Outreach
from enquiries.periods import Period
from providers.area import registered_here
from providers.models import Membership

OF_ENQUIRY = ("cqc_location_id", "provider__cqc_provider_id")
TAKES_PART = {"enrolled", "completed"}


class Stage(IntEnum):
    """How far a location came. Each includes those before it."""

    NOT_REACHED = 0
    REACHED = 1
    APPLIED = 2
    TOOK_PART = 3
    COMPLETED = 4


@dataclass(frozen=True)
class Fact:
    """Something that happened, for the location that it names; else for all locations of the provider."""

    location: str
    provider: str
    stage: Stage


@dataclass(frozen=True)
class Headline:
    """Of how many registered locations how many were reached, and so on: each number is a part of the one before."""

    registered: int
    reached: int
    applied: int
    took_part: int
    completed: int


def headline(until: dt.date | None = None) -> Headline:
    """By what had happened up to and including this day; today by default."""
    stages = Stages(until)
    here = registered_here().order_by().values_list("cqc_location_id", "cqc_provider_id")
    return headline_of(stages.of(location, provider) for location, provider in here)


def headline_of(stages: Iterable[Stage]) -> Headline:
    counted = Counter(stages)
    return Headline(*(sum(counted[stage] for stage in Stage if stage >= least) for least in Stage))


class Stages:
    """The furthest stage of each location, read in a few queries whatever their number."""

    def __init__(self, until: dt.date | None = None) -> None:
        self.until = until or timezone.localdate()
        self._by_location: dict[str, Stage] = defaultdict(lambda: Stage.NOT_REACHED)
        self._by_provider: dict[str, Stage] = defaultdict(lambda: Stage.NOT_REACHED)
        for fact in self._facts():
            self._note(fact)

    def of(self, location: str, provider: str) -> Stage:
        by_provider = self._by_provider.get(provider, Stage.NOT_REACHED)
        return max(self._by_location.get(location, Stage.NOT_REACHED), by_provider)

    def _note(self, fact: Fact) -> None:
        if fact.location:
            self._by_location[fact.location] = max(self._by_location[fact.location], fact.stage)
        elif fact.provider:
            self._by_provider[fact.provider] = max(self._by_provider[fact.provider], fact.stage)

    def _facts(self) -> Iterator[Fact]:
        before = Period(self.until, self.until).ends_at
        spoken = Outreach.objects.filter(on__lte=self.until).order_by()
        for location in spoken.values_list("cqc_location_id", flat=True).distinct():
            yield Fact(location, "", Stage.REACHED)
        members = Membership.objects.filter(user__joined_at__lt=before).order_by()
        for provider in members.values_list("provider__cqc_provider_id", flat=True).distinct():
            yield Fact("", provider, Stage.REACHED)
        came = Enquiry.objects.filter(received_at__lt=before).order_by()
        for location, provider in came.values_list(*OF_ENQUIRY).distinct():
            yield Fact(location, provider or "", Stage.REACHED)
        yield from _of_interests(before, self.until)


def _of_interests(before: dt.datetime, until: dt.date) -> Iterator[Fact]:
    asked = _placed(Interest.objects.filter(enquiry__received_at__lt=before), "")
    takes_part = asked.filter(state__in=TAKES_PART)
    for location, provider in asked.values_list("location", "provider").distinct():
        yield Fact(location, provider or "", Stage.APPLIED)
    moments = _moments() if until < timezone.localdate() else {}
    for location, provider, pk, state in takes_part.values_list("location", "provider", "pk", "state"):
        for stage in _stages(pk, state, moments, before):
            yield Fact(location, provider or "", stage)
    there = _placed(Attendance.objects.filter(on__lte=until), "interest__")
    for location, provider in there.values_list("location", "provider").distinct():
        yield Fact(location, provider or "", Stage.TOOK_PART)


def _placed(rows: "QuerySet[Any]", interest: str) -> "QuerySet[Any]":
    """With the site that an interest names, or what its enquiry names."""
    site, of_enquiry = f"{interest}site_location_id", f"{interest}enquiry__cqc_location_id"
    location = Case(When(~Q(**{site: ""}), then=F(site)), default=F(of_enquiry))
    return rows.order_by().annotate(location=location, provider=F(f"{interest}enquiry__provider__cqc_provider_id"))


def _moments() -> dict[tuple[int, str], dt.datetime]:
    """When interests were enrolled and completed, as their history has it. Of several times the last."""
    steps = Event.objects.filter(kind__in=TAKES_PART).order_by("at", "pk")
    return {(detail.get("interest"), kind): at for detail, kind, at in steps.values_list("detail", "kind", "at")}


def _stages(pk: int, state: str, moments: dict[tuple[int, str], dt.datetime], before: dt.datetime) -> Iterator[Stage]:
    """What a place and its end tell. A step without a line in the history was there from the start."""
    for step, stage in (("enrolled", Stage.TOOK_PART), ("completed", Stage.COMPLETED)):
        at = moments.get((pk, step))
        if (step == "enrolled" or state == step) and (at is None or at < before):
            yield stage
