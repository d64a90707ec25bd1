"""The figures as sections that a page, a chart and a file show alike, each with how it is counted in plain words."""

from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from enquiries import figures
from enquiries.figures import Scope, Speed
from enquiries.figures_outcomes import reported
from enquiries.models import Enquiry, Interest, OutcomeAnswer
from enquiries.periods import Period
from programmes.models import Programme

State = Interest.State
Number = int | float | None


@dataclass(frozen=True)
class Cell:
    """A number, and the filters by which the queue lists what it counts, where the queue can."""

    number: Number
    listed_by: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    label: str
    cells: list[Cell]

    @property
    def numbers(self) -> list[Number]:
        return [cell.number for cell in self.cells]


@dataclass(frozen=True)
class Section:
    """One table. Where `compared`, its second column is the period before; `drawn` makes a chart of its first.

    The last lines may stand `apart`: they count some of what the others count once more.
    """

    name: str
    title: str
    counted: str
    first_column: str
    columns: list[str]
    lines: list[Line]
    compared: bool = False
    drawn: bool = True
    apart: int = 0

    @property
    def parts(self) -> list[Line]:
        """The lines that make up the whole."""
        return self.lines[: len(self.lines) - self.apart]

    @property
    def finding(self) -> str:
        """What the chart shows, in a sentence."""
        most = max(self.parts, key=lambda line: line.numbers[0] or 0, default=None)
        if most is None or not most.numbers[0]:
            return "There is nothing to show."
        total = sum(line.numbers[0] or 0 for line in self.parts)
        return f"Most: {most.label}, with {most.numbers[0]:,g} of {total:,g}."


def sections(period: Period, scope: Scope) -> list[Section]:
    """All figures of a period. How many queries it takes does not depend on what is stored."""
    titles = {one.pk: one for one in figures.programmes(scope).only("pk", "title", "theme")}
    now, before = figures.by_programme(period, scope), figures.by_programme(period.before, scope)
    return [
        _channels(period, scope),
        _waiting_states(scope),
        _waiting_ages(scope),
        _speeds(period, scope),
        _programmes(titles, now, before, figures.open_by_programme(scope), scope),
        _themes(titles, now, before),
        _outcomes(now, before),
        _reasons(period, scope),
        _partners(period, scope),
        _places(titles, period, scope),
        _afterwards(period, scope),
    ]


def _channels(period: Period, scope: Scope) -> Section:
    now, before = figures.by_channel(period, scope), figures.by_channel(period.before, scope)
    return Section(
        "channels",
        "Enquiries received",
        "Every enquiry that came in the period, by the way it came. One that was joined to another is counted once.",
        "Way",
        ["This period", "Period before"],
        [_pair(str(channel.label), now[channel], before[channel]) for channel in Enquiry.Channel],
        compared=True,
    )


def _waiting_states(scope: Scope) -> Section:
    counts = figures.waiting_by_state(scope)
    chosen = _listed(scope)
    lines = [
        Line(str(state.label), [Cell(counts[state], chosen | {"state": str(state)} if _can_be_listed(scope) else {})])
        for state in Enquiry.State
        if state != Enquiry.State.CLOSED
    ]
    return Section(
        "waiting",
        "Open now, by state",
        "Enquiries that are not closed at this moment, whenever they came.",
        "State",
        ["Enquiries"],
        lines,
    )


def _waiting_ages(scope: Scope) -> Section:
    counts = figures.waiting_by_age(scope, timezone.localdate())
    overdue = _listed(scope) | {"due": "overdue"} if _can_be_listed(scope) else {}
    lines = [Line(f"{label} working days", [Cell(counts[label])]) for label, _, _ in figures.AGES]
    return Section(
        "ages",
        "Open now, by how long they have waited",
        "From the day after an enquiry came up to today. A working day is neither a weekend, nor a bank holiday in "
        "England and Wales, nor a day on which the council is closed. Overdue are those whose next reply or decision "
        "was due before today; they are among the others too.",
        "Waiting",
        ["Enquiries"],
        [*lines, Line("Overdue", [Cell(counts["Overdue"], overdue)])],
        apart=1,
    )


def _speeds(period: Period, scope: Scope) -> Section:
    lines: list[Line] = []
    for what, clock in (("First reply", figures.REPLY), ("Decision", figures.DECISION)):
        now, before = figures.speed(period, scope, clock), figures.speed(period.before, scope, clock)
        lines += _of_one_clock(what, now, before)
    goals = f"{settings.FIRST_REPLY_DAYS} and {settings.DECISION_DAYS} working days"
    return Section(
        "speed",
        "Time to first reply and to decision",
        "For enquiries that came in the period. The median is the middle one in working days, days of waiting for the "
        "provider included. In time means not after the due date, which moves while we wait for the provider: it is "
        f"what was promised or, where nothing was, the officers’ own goal of {goals}. What is neither done nor due "
        "yet is left out.",
        "Measure",
        ["This period", "Period before"],
        lines,
        compared=True,
        drawn=False,
    )


def _of_one_clock(what: str, now: Speed, before: Speed) -> list[Line]:
    return [
        _pair(f"{what}: median in working days", now.median, before.median),
        _pair(f"{what}: in time, in per cent of those due", now.share, before.share),
        _pair(f"{what}: in time", now.within, before.within),
        _pair(f"{what}: due or done", now.due, before.due),
    ]


def _programmes(
    titles: dict[int, Programme],
    now: dict[int, Counter[str]],
    before: dict[int, Counter[str]],
    still_open: Counter[int],
    scope: Scope,
) -> Section:
    shown = [one for pk, one in titles.items() if pk in now or pk in before or still_open[pk]]
    lines = [
        Line(
            one.title,
            [
                Cell(now.get(one.pk, Counter()).total()),
                Cell(before.get(one.pk, Counter()).total()),
                Cell(still_open[one.pk], {"programme": str(one.pk)}),
            ],
        )
        for one in shown
    ]
    return Section(
        "programmes",
        "Programmes asked for",
        "Each programme that an enquiry of the period asks for: an enquiry can ask for several. Open now are "
        "enquiries that are not closed, whenever they came.",
        "Programme",
        ["This period", "Period before", "Open now"],
        lines,
        compared=True,
    )


def _themes(titles: dict[int, Programme], now: dict[int, Counter[str]], before: dict[int, Counter[str]]) -> Section:
    def of(counts: dict[int, Counter[str]], theme: str) -> int:
        return sum(states.total() for pk, states in counts.items() if pk in titles and titles[pk].theme == theme)

    return Section(
        "themes",
        "Programmes asked for, by theme",
        "The same as above, added up by the theme of the programme.",
        "Theme",
        ["This period", "Period before"],
        [_pair(str(theme.label), of(now, theme), of(before, theme)) for theme in Programme.Theme],
        compared=True,
    )


def _outcomes(now: dict[int, Counter[str]], before: dict[int, Counter[str]]) -> Section:
    here, there = sum(now.values(), Counter()), sum(before.values(), Counter())
    return Section(
        "outcomes",
        "What became of the programmes asked for",
        "Programmes that enquiries of the period ask for, by their state today.",
        "State",
        ["This period", "Period before"],
        [_pair(str(state.label), here[state], there[state]) for state in State],
        compared=True,
    )


def _reasons(period: Period, scope: Scope) -> Section:
    now, before = figures.by_reason(period, scope), figures.by_reason(period.before, scope)
    reasons = [*Interest.WhyNotEligible.choices, *Interest.WhyDeclined.choices]
    return Section(
        "reasons",
        "Why programmes were not given",
        "Programmes asked for in the period that were declined or found not eligible, by the reason that was chosen.",
        "Reason",
        ["This period", "Period before"],
        [_pair(str(label), now[code], before[code]) for code, label in reasons if now[code] or before[code]],
        compared=True,
    )


def _partners(period: Period, scope: Scope) -> Section:
    lines = [
        Line(name, [Cell(referred), Cell(waiting)]) for _, name, referred, waiting in figures.by_partner(period, scope)
    ]
    return Section(
        "partners",
        "Referred to partners",
        "Programmes asked for in the period that were handed to a partner, and those for which the partner has not "
        "yet answered.",
        "Partner",
        ["Referred", "Not answered yet"],
        lines,
    )


def _places(titles: dict[int, Programme], period: Period, scope: Scope) -> Section:
    rows = figures.places(period, scope)
    return Section(
        "places",
        "Places filled",
        "Groups that begin in the period and have a fixed number of places; cancelled ones are left out. A place is "
        "taken by an offer, an enrolment or a completion.",
        "Programme",
        ["Places taken", "Places"],
        [Line(titles[pk].title, [Cell(taken), Cell(capacity)]) for pk, capacity, taken in rows],
    )


def _afterwards(period: Period, scope: Scope) -> Section:
    times = OutcomeAnswer.Time
    return Section(
        "afterwards",
        "What providers report afterwards",
        "Providers whose programme was over are asked at its end, after three and after six months. Counted by the day "
        "on which they were asked. Whether staff took part is asked at the end only; whether they still work there, "
        "and whether people who joined have left again, is asked later only. Only the first question must be answered.",
        "Answer",
        [str(time.label) for time in times],
        [Line(line, [Cell(counts[time]) for time in times]) for line, counts in reported(period, scope).items()],
        drawn=False,
    )


def _pair(label: str, now: Number, before: Number) -> Line:
    return Line(label, [Cell(now), Cell(before)])


def _can_be_listed(scope: Scope) -> bool:
    """The queue knows programmes, and neither themes nor the partners that run them."""
    return not (scope.partner or scope.theme)


def _listed(scope: Scope) -> dict[str, str]:
    return {"programme": str(scope.programme)} if scope.programme else {}
