"""The counts behind the figures: each in one query that the database adds up, whatever the number of enquiries.

Enquiries count by the day on which they came. One that was joined to another is counted with that one. A programme,
a partner or a theme narrows all of it to enquiries that ask for such a programme.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, TruncDate, TruncMonth
from django.utils import timezone

from careportal.kit.working_days import add_working_days, is_working_day
from enquiries.models import Enquiry, Interest
from enquiries.models.enquiry import EnquiryQuerySet
from enquiries.periods import DAY, Period, month_of
from programmes.models import ClosureDay, Intake, Programme

REPLY, DECISION = ("replied_at", "reply_due_on"), ("decided_at", "decision_due_on")
Group = tuple[dt.date, dt.date | None, str, int]  # came on, done on, how, and how many
AGES = [("Up to 2", 0, 2), ("3 to 5", 3, 5), ("6 to 10", 6, 10), ("11 to 20", 11, 20), ("More than 20", 21, None)]


@dataclass(frozen=True)
class Scope:
    """What the figures are narrowed to; nothing chosen means everything."""

    programme: int | None = None
    partner: int | None = None
    theme: str = ""

    @property
    def of_programme(self) -> Q:
        """For programmes."""
        chosen = Q()
        if self.programme:
            chosen &= Q(pk=self.programme)
        if self.partner:
            chosen &= Q(partners=self.partner)
        return chosen & Q(theme=self.theme) if self.theme else chosen

    @cached_property
    def interests(self) -> "QuerySet[Interest]":
        if not self.of_programme:
            return Interest.objects.order_by()
        return Interest.objects.filter(
            programme__in=Programme.objects.filter(self.of_programme).values("pk")
        ).order_by()

    @cached_property
    def enquiries(self) -> EnquiryQuerySet:
        found = Enquiry.objects.filter(joined_to=None).order_by()
        return found.filter(Exists(self.interests.filter(enquiry=OuterRef("pk")))) if self.of_programme else found


@dataclass(frozen=True)
class Speed:
    """How quickly something came. `due` are those that came or should have come by now."""

    done: int
    within: int
    due: int
    median: float | None

    @property
    def share(self) -> int | None:
        """In whole per cent of those due."""
        return round(100 * self.within / self.due) if self.due else None


def by_channel(period: Period, scope: Scope) -> Counter[str]:
    return _counted(_received(period, scope).values_list("channel"))


def waiting_by_state(scope: Scope) -> Counter[str]:
    return _counted(scope.enquiries.open().values_list("state"))


def waiting_by_age(scope: Scope, today: dt.date) -> dict[str, int]:
    """Open ones by the working days since they came, and those of them that are overdue."""
    closed = ClosureDay.objects.days()
    came = {f"age_{least}": Count("pk", filter=_came(least, most, today, closed)) for _, least, most in AGES}
    counts = scope.enquiries.open().aggregate(**came, overdue=Count("pk", filter=Q(next_due_on__lt=today)))
    return {label: counts[f"age_{least}"] for label, least, _ in AGES} | {"Overdue": counts["overdue"]}


def speed(period: Period, scope: Scope, clock: tuple[str, str]) -> Speed:
    """By one of the two clocks, in working days from the day it came. What is not due yet is left out."""
    return _speed(_groups(period, scope, clock))


def speeds(period: Period, scope: Scope, clock: tuple[str, str]) -> tuple[Speed, dict[Period, Speed]]:
    """The same, and for each month in which some came, in one query."""
    months: dict[Period, list[Group]] = {}
    groups = _groups(period, scope, clock)
    for group in groups:
        months.setdefault(month_of(group[0]), []).append(group)
    return _speed(groups), {month: _speed(found) for month, found in months.items()}


def channels_by_month(period: Period, scope: Scope) -> dict[Period, Counter[str]]:
    return _by_month(_received(period, scope).annotate(month=TruncMonth("received_at")).values_list("month", "channel"))


def states_by_month(period: Period, scope: Scope) -> dict[Period, dict[int, Counter[str]]]:
    """As `by_programme`, for each month in which some came, in one query."""
    months: dict[Period, dict[int, Counter[str]]] = {}
    asked = _asked(period, scope).annotate(month=TruncMonth("enquiry__received_at"))
    for month, programme, state, number in asked.values_list("month", "programme", "state").annotate(Count("pk")):
        found = months.setdefault(month_of(timezone.localdate(month)), {})
        found.setdefault(programme, Counter())[state] = number
    return months


def _by_month(values: Any) -> dict[Period, Counter[str]]:
    months: dict[Period, Counter[str]] = {}
    for month, what, number in values.annotate(Count("pk")):
        months.setdefault(month_of(timezone.localdate(month)), Counter())[what] = number
    return months


def _groups(period: Period, scope: Scope, clock: tuple[str, str]) -> list[Group]:
    done_at, due_on = clock
    today = timezone.localdate()
    late = When(Q(**{f"{done_at}__isnull": True, f"{due_on}__lt": today}), then=Value("late"))
    within = When(done_on__lte=F(due_on), then=Value("within"))
    return list(
        _received(period, scope)
        .annotate(came_on=TruncDate("received_at"), done_on=TruncDate(done_at))
        .annotate(how=Case(within, late, When(done_on__isnull=True, then=Value("open")), default=Value("after")))
        .values_list("came_on", "done_on", "how")
        .annotate(Count("pk"))
    )


def by_programme(period: Period, scope: Scope) -> dict[int, Counter[str]]:
    """For each programme that was asked for: how many of its interests are in which state now."""
    counts: dict[int, Counter[str]] = {}
    for programme, state, number in _asked(period, scope).values_list("programme", "state").annotate(Count("pk")):
        counts.setdefault(programme, Counter())[state] = number
    return counts


def open_by_programme(scope: Scope) -> Counter[int]:
    """Enquiries that are not closed, by each programme that they ask for."""
    still_open = scope.interests.exclude(enquiry__state=Enquiry.State.CLOSED)
    return _counted(still_open.values_list("programme"))


def by_reason(period: Period, scope: Scope) -> Counter[str]:
    return _counted(_asked(period, scope).exclude(reason="").values_list("reason"))


def by_partner(period: Period, scope: Scope) -> list[tuple[int, str, int, int]]:
    """Partners with what was referred to them, and how many of that still wait for an answer of theirs."""
    still = Count("pk", filter=Q(state=Interest.State.REFERRED))
    referred = _asked(period, scope).exclude(referred_to=None).values_list("referred_to", "referred_to__name")
    return list(referred.annotate(Count("pk"), still=still).order_by("referred_to__name", "referred_to"))


def places(period: Period, scope: Scope) -> list[tuple[int, int, int]]:
    """Programmes whose groups begin in the period: places and how many of them are taken. Only fixed numbers count."""
    begins = Coalesce("starts_on", "opens_on")
    groups = Intake.objects.running().exclude(capacity=None).annotate(begins=begins).order_by("programme")
    chosen = groups.filter(begins__range=(period.first, period.last), programme__in=programmes(scope))
    return list(chosen.values_list("programme").annotate(Sum("capacity"), Sum("places_taken")))


def programmes(scope: Scope) -> "QuerySet[Programme]":
    return Programme.objects.filter(scope.of_programme)


def _received(period: Period, scope: Scope) -> EnquiryQuerySet:
    return scope.enquiries.filter(received_at__gte=period.begins_at, received_at__lt=period.ends_at)


def _asked(period: Period, scope: Scope) -> "QuerySet[Interest]":
    """Programmes asked for in enquiries that came in the period."""
    came = Q(enquiry__received_at__gte=period.begins_at, enquiry__received_at__lt=period.ends_at)
    return scope.interests.filter(came, enquiry__joined_to=None)


def _counted(values: Any) -> Counter[Any]:
    return Counter(dict(values.annotate(Count("pk"))))


def _came(least: int, most: int | None, today: dt.date, closed: Collection[dt.date]) -> Q:
    """Came no fewer and no more working days ago. The day on which it came is not counted, today is."""
    earliest = Q() if most is None else Q(received_at__gte=_counting_back(today, most, closed))
    return earliest & Q(received_at__lt=_counting_back(today, least - 1, closed)) if least else earliest


def _counting_back(today: dt.date, days: int, closed: Collection[dt.date]) -> dt.datetime:
    """The first moment from which no more than so many working days have passed."""
    first = add_working_days(today + DAY, -(days + 1), closed)
    return Period(first, today).begins_at


def _speed(groups: list[Group]) -> Speed:
    numbers: Counter[str] = Counter()
    for _, _, how, number in groups:
        numbers[how] += number
    done = numbers["within"] + numbers["after"]
    taken = _days_taken([(came_on, done_on, number) for came_on, done_on, _, number in groups if done_on])
    return Speed(done, numbers["within"], done + numbers["late"], _median(taken))


def _days_taken(groups: list[tuple[dt.date, dt.date, int]]) -> Counter[int]:
    """How often each number of working days was taken."""
    taken: Counter[int] = Counter()
    if not groups:
        return taken
    first, last = min(came_on for came_on, _, _ in groups), max(done_on for _, done_on, _ in groups)
    closed = ClosureDay.objects.days()
    days = [first + number * DAY for number in range((last - first).days + 1)]
    passed = dict(zip(days, accumulate(is_working_day(day, closed) for day in days), strict=True))
    for came_on, done_on, number in groups:
        taken[passed[done_on] - passed[came_on]] += number
    return taken


def _median(taken: Counter[int]) -> float | None:
    """The middle one; between two middle ones, halfway."""
    total = taken.total()
    if not total:
        return None
    ordered = sorted(taken.items())
    return (_at(ordered, (total - 1) // 2) + _at(ordered, total // 2)) / 2


def _at(ordered: list[tuple[int, int]], place: int) -> int:
    for days, number in ordered:
        if place < number:
            return days
        place -= number
    raise IndexError(place)
