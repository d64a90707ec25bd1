"""From an objective to what came of it: its work streams, their programmes, and who took part in them.

Enquiries count by the day on which they came, as in the figures. A programme that two work streams of an objective
carry counts once for the objective.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from enquiries import figures
from enquiries.figures import Scope
from enquiries.models import Interest, OutcomeAnswer
from enquiries.periods import Period, year_of
from programmes.models import Intake, Objective, Programme, Workstream
from programmes.strategies import Year

ALL_YEARS = Period(dt.date(2000, 1, 1), dt.date(2100, 12, 31), "All years")


@dataclass(frozen=True)
class Counts:
    """What came of a programme, or of several."""

    intakes: int = 0
    asked: int = 0
    enrolled: int = 0
    completed: int = 0
    reported: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        pairs = zip(self.numbers, other.numbers, strict=True)
        return Counts(*(one + more for one, more in pairs))

    @property
    def numbers(self) -> tuple[int, ...]:
        return (self.intakes, self.asked, self.enrolled, self.completed, self.reported)


@dataclass(frozen=True)
class Strand:
    """A work stream with its programmes, each with its counts."""

    workstream: Workstream
    programmes: list[tuple[Programme, Counts]]


@dataclass(frozen=True)
class Line:
    """An objective with its work streams."""

    objective: Objective
    strands: list[Strand]

    @property
    def whole(self) -> Counts:
        once = {programme.pk: counts for strand in self.strands for programme, counts in strand.programmes}
        return sum(once.values(), Counts())


def period_of(year: Year | None) -> Period:
    """The financial year, or all of them."""
    return year_of(dt.date(year.number, 4, 1)) if year else ALL_YEARS


def lines(objectives: Iterable[Objective], year: Year | None) -> list[Line]:
    """Each objective with its work streams of the year, or of all years: in as few queries for many as for one."""
    found = Workstream.objects.by_year().prefetch_related("programmes")
    strands = list(found.filter(year=year.number) if year else found)
    counts = by_programme(period_of(year))
    return [
        Line(objective, [_strand(one, counts) for one in strands if one.objective_id == objective.pk])
        for objective in objectives
    ]


def _strand(workstream: Workstream, counts: dict[int, Counts]) -> Strand:
    return Strand(workstream, [(one, counts.get(one.pk, Counts())) for one in workstream.programmes.all()])


def by_programme(period: Period) -> dict[int, Counts]:
    """The counts of each programme of which there are any."""
    states, intakes, reported = figures.by_programme(period, Scope()), _intakes(period), _reported(period)
    return {pk: _counts(states.get(pk, Counter()), intakes[pk], reported[pk]) for pk in {*states, *intakes}}


def _counts(states: Counter[str], intakes: int, reported: int) -> Counts:
    enrolled, completed = states[Interest.State.ENROLLED], states[Interest.State.COMPLETED]
    return Counts(intakes, states.total(), enrolled, completed, reported)


def _intakes(period: Period) -> Counter[int]:
    """Groups that begin in the period, by programme."""
    groups = Intake.objects.running().annotate(begins=Coalesce("starts_on", "opens_on")).order_by()
    chosen = groups.filter(begins__range=(period.first, period.last))
    return Counter(dict(chosen.values_list("programme").annotate(Count("pk"))))


def _reported(period: Period) -> Counter[int]:
    """How many that were asked for in the period have an answer about what came of them, by programme."""
    told = asked(period).filter(Exists(OutcomeAnswer.objects.exclude(answered_at=None).filter(interest=OuterRef("pk"))))
    return Counter(dict(told.values_list("programme").annotate(Count("pk"))))


def asked(period: Period) -> "QuerySet[Interest]":
    """Programmes asked for in enquiries that came in the period: what the counts count."""
    came = Q(enquiry__received_at__gte=period.begins_at, enquiry__received_at__lt=period.ends_at)
    return Interest.objects.filter(came, enquiry__joined_to=None).order_by()


def asking_for(programme: Programme, period: Period) -> "QuerySet[Interest]":
    """One programme's, those with an outcome first, then the newest."""
    answers = OutcomeAnswer.objects.exclude(answered_at=None).filter(interest=OuterRef("pk"))
    found = asked(period).filter(programme=programme).annotate(is_reported=Exists(answers))
    shown = found.select_related("enquiry__provider", "offered_intake").prefetch_related("outcomes")
    return shown.order_by("-is_reported", "-enquiry__received_at", "-pk")


def by_group(programme: Programme) -> Counter[int]:
    """How many have a place in each group, or prefer it and have none yet."""
    group = Coalesce("offered_intake", "intake")
    return Counter(dict(asked(ALL_YEARS).filter(programme=programme).values_list(group).annotate(Count("pk"))))


def of_group(interests: "QuerySet[Interest]", group: int) -> "QuerySet[Interest]":
    """Who has a place in this group, and who prefers it and has none yet."""
    return interests.filter(Q(offered_intake=group) | Q(offered_intake=None, intake=group))
