"""Sections that several kinds of report share, counted month by month, so that months and quarters fit together."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings

from enquiries import figures
from enquiries.figures import Scope, Speed
from enquiries.figures_outcomes import LINES, reported
from enquiries.models import Enquiry, Interest, OutcomeAnswer
from enquiries.periods import Period
from enquiries.reports.section import THIS, Cell, Section, cells, column
from enquiries.small_numbers import SMALLEST, Shown, added_up, months_of, over_time

By = Callable[[Period, Scope], dict[Period, list[int]]]  # by month
Time = OutcomeAnswer.Time

NOT_SAID = "No answer"
ASKED_ABOUT = [
    ("took_part", Time.END, "Who took part"),
    ("change", Time.END, "Whether it changed the service"),
    ("still_there", Time.THREE_MONTHS, "Whether staff still work there after three months"),
    ("still_there", Time.SIX_MONTHS, "Whether staff still work there after six months"),
]
AS_IT_STOOD = "As things stood when this report was made."


@dataclass(frozen=True)
class Counting:
    """A period and what it is narrowed to."""

    period: Period
    scope: Scope

    def sections(self) -> list[Section]:
        """What the monthly glance and the committee paper have in common."""
        clocks = [
            self.clock("First reply", figures.REPLY, settings.FIRST_REPLY_DAYS),
            self.clock("Decision", figures.DECISION, settings.DECISION_DAYS),
        ]
        return [self.channels(), *(one for both in clocks for one in both), self.outcomes(), self.places()]

    def channels(self) -> Section:
        lines = self._lines([str(one.label) for one in Enquiry.Channel], lambda _, scope: self._received(scope))
        return Section(
            "channels",
            "Enquiries received",
            "Every enquiry that came in the period, by the way it came. One joined to another is counted once.",
            "Way",
            [THIS],
            lines,
            drawn=True,
        )

    def outcomes(self) -> Section:
        states = [str(state.label) for state in Interest.State]
        lines = self._lines(states, _states)
        return Section(
            "outcomes",
            "What became of the programmes asked for",
            "Programmes that enquiries of the period ask for, by their state. An enquiry can ask for several. "
            f"{AS_IT_STOOD}",
            "State",
            [THIS],
            lines,
            unit="Programmes asked for",
            drawn=True,
        )

    def programmes(self) -> Section:
        titles, shown = self.asked_for()
        return Section(
            "programmes",
            "Programmes asked for",
            "How often enquiries of the period ask for each programme. What nobody asked for is not listed.",
            "Programme",
            [THIS],
            column(list(titles.values()), shown),
            unit="Programmes asked for",
            drawn=True,
        )

    def asked_for(self) -> tuple[dict[int, str], Shown]:
        """Programmes that were asked for, and how often, with the total."""
        asked = {month: Counter({pk: c.total() for pk, c in found.items()}) for month, found in self._asked.items()}
        whole = _of(asked, self.period)
        listed = figures.programmes(self.scope).order_by("title", "pk").values_list("pk", "title")
        titles = {pk: title for pk, title in listed if whole[pk]}
        counts = added_up({month: [found[pk] for pk in titles] for month, found in asked.items()})
        return titles, over_time(self.period, counts) if titles else [0]

    def states(self) -> dict[int, Counter[str]]:
        """Each programme with the states of what was asked of it in the period."""
        found: dict[int, Counter[str]] = {}
        for month in self._asked.values():
            for pk, states in month.items():
                found[pk] = found.get(pk, Counter()) + states
        return found

    def places(self) -> Section:
        titles = dict(figures.programmes(self.scope).values_list("pk", "title"))
        found = figures.places(self.period, self.scope)
        by_month = {
            month: {pk: taken for pk, _, taken in figures.places(month, self.scope)} for month in months_of(self.period)
        }
        counts = added_up({month: [taken.get(pk, 0) for pk, _, _ in found] for month, taken in by_month.items()})
        shown = cells(over_time(self.period, counts)) if found else []
        capacities = [capacity for _, capacity, _ in found]
        labels = [*(titles[pk] for pk, _, _ in found), "All"]
        numbers = zip(labels, shown, [*capacities, sum(capacities)], strict=True) if found else ()
        return Section(
            "places",
            "Places filled",
            "Groups that begin in the period and have a fixed number of places; cancelled ones are left out. A place "
            f"is taken by an offer, an enrolment or a completion. {AS_IT_STOOD}",
            "Programme",
            ["Places taken", "Places"],
            [(label, [taken, capacity]) for label, taken, capacity in numbers],
            unit="Places",
            source="Intakes of the programmes",
        )

    def afterwards(self) -> list[Section]:
        """What providers report, one question a table: who was asked and did not say is a line of its own."""
        told = {month: reported(month, self.scope) for month in months_of(self.period)}
        return [self._afterwards(name, time, title, told) for name, time, title in ASKED_ABOUT]

    def _afterwards(self, name: str, time: str, title: str, told: dict[Period, dict[str, Counter[str]]]) -> Section:
        answers = [line for (question, _), line in LINES.items() if question == name]
        by_month = {}
        for month, counts in told.items():
            given = [counts[line][time] for line in answers]
            by_month[month] = [*given, counts["Asked"][time] - sum(given)]
        return Section(
            f"afterwards-{name}-{time}",
            f"What providers report: {title[0].lower()}{title[1:]}",
            f"Answers to one question of those asked, by the day on which they were asked. {AS_IT_STOOD}",
            "Answer",
            [THIS],
            column([*answers, NOT_SAID], over_time(self.period, added_up(by_month))),
            unit="Programmes that were over",
            source="What providers say when they are asked about the outcome",
        )

    def clock(self, what: str, clock: tuple[str, str], goal: int) -> list[Section]:
        """In time or not; and how long the middle one took, where enough were done."""
        whole, by_month = figures.speeds(self.period, self.scope, clock)
        labels = ["In time", "Late", "Neither done nor due yet"]

        def counts(period: Period, scope: Scope) -> dict[Period, list[int]]:
            found = by_month if scope == self.scope else figures.speeds(period, scope, clock)[1]
            return _clock(found, self._received(scope))

        lines = self._lines(labels, counts)
        hides = any(isinstance(numbers[0], str) for _, numbers in lines)
        measures: list[tuple[str, list[Cell]]] = [
            ("Median in working days", [whole.median if whole.done >= SMALLEST else None]),
            ("In time, in per cent of those due", [None if hides else whole.share]),
        ]
        name = what.lower().replace(" ", "-")
        promise = (
            "In time means not after the due date, which moves while we wait for the provider: it is what was promised "
            f"or, where nothing was, the officers’ own goal of {goal} working days. {AS_IT_STOOD}"
        )
        return [
            Section(name, f"{what}: in time or not", promise, "When", [THIS], lines),
            Section(
                f"{name}-time",
                f"{what}: how long it took",
                "The median is the middle one in working days, days of waiting for the provider included. It is given "
                "where five or more are done; the share where nothing is left out of the table above.",
                "Measure",
                [THIS],
                measures,
                unit="Working days; per cent",
                apart=0,
            ),
        ]

    def _lines(self, labels: list[str], by: By) -> list[tuple[str, list[Cell]]]:
        """With what a filter leaves out protected too."""
        own = by(self.period, self.scope)
        rest = None
        if self.scope.of_programme:
            everything = by(self.period, Scope())
            rest = added_up({month: _less(counts, own[month]) for month, counts in everything.items()})
        return column(labels, over_time(self.period, added_up(own), rest))

    def _received(self, scope: Scope) -> dict[Period, list[int]]:
        """By way of coming. Read once, for several tables show the same enquiries."""
        if scope not in self._known:
            self._known[scope] = _channels(self.period, scope)
        return self._known[scope]

    @cached_property
    def _known(self) -> dict[Scope, dict[Period, list[int]]]:
        return {}

    @cached_property
    def _asked(self) -> dict[Period, dict[int, Counter[str]]]:
        found = figures.states_by_month(self.period, self.scope)
        return {month: found.get(month, {}) for month in months_of(self.period)}


def _channels(period: Period, scope: Scope) -> dict[Period, list[int]]:
    return _each(period, figures.channels_by_month(period, scope), list(Enquiry.Channel))


def _states(period: Period, scope: Scope) -> dict[Period, list[int]]:
    found = figures.states_by_month(period, scope)
    summed = {month: sum(programmes.values(), Counter()) for month, programmes in found.items()}
    return _each(period, summed, list(Interest.State))


def _clock(speeds: dict[Period, Speed], received: dict[Period, list[int]]) -> dict[Period, list[int]]:
    """In time, late, and neither done nor due, by month."""
    nothing = Speed(0, 0, 0, None)
    found = {month: (speeds.get(month, nothing), sum(counts)) for month, counts in received.items()}
    return {month: [one.within, one.due - one.within, number - one.due] for month, (one, number) in found.items()}


def _each(period: Period, found: dict[Period, Counter[str]], keys: list[Any]) -> dict[Period, list[int]]:
    """Every month of the period with all lines in their order, whatever was found."""
    return {month: [found.get(month, Counter())[key] for key in keys] for month in months_of(period)}


def _of(by_month: dict[Period, Counter[int]], period: Period) -> Counter[int]:
    found = [counts for month, counts in by_month.items() if period.first <= month.first <= period.last]
    return sum(found, Counter())


def _less(whole: list[int], part: list[int]) -> list[int]:
    return [all_of_them - some for all_of_them, some in zip(whole, part, strict=True)]
