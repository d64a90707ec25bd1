"""The strategy review: objectives, their work streams by year, what their programmes came to, and the gaps (J-M3)."""

from collections.abc import Sequence

from django.db.models import Prefetch

from enquiries.figures import Scope
from enquiries.models import Interest
from enquiries.periods import Period
from enquiries.reports.counts import AS_IT_STOOD, Counting
from enquiries.reports.section import NOT_SUPPRESSED, Cell, Section, cells
from enquiries.small_numbers import crossed
from programmes.models import Objective, Programme, Workstream

State = Interest.State
NOBODY = "None"
SOURCE = "The strategy as the portal keeps it"


def sections(period: Period) -> list[Section]:
    counting = Counting(period, Scope())
    return [_objectives(period), _workstreams(), _programmes(counting), *counting.afterwards(), _gaps()]


def _objectives(period: Period) -> Section:
    streams = Workstream.objects.filter(year=period.first.year).prefetch_related("programmes")
    lines: list[tuple[str, list[Cell]]] = []
    for objective in Objective.objects.prefetch_related(Prefetch("workstreams", streams)):
        carried = {one.title for stream in objective.workstreams.all() for one in stream.programmes.all()}
        lines.append((str(objective), [len(objective.workstreams.all()), _listed(sorted(carried))]))
    return _prose(
        "objectives",
        "Objectives and the programmes that carry them",
        "Each objective with its work streams of the year and the programmes linked to them.",
        "Objective",
        ["Work streams", "Programmes"],
        lines,
    )


def _workstreams() -> Section:
    found = Workstream.objects.by_year().select_related("objective").prefetch_related("programmes")
    lines: list[tuple[str, list[Cell]]] = []
    for one in found:
        carried = _listed([programme.title for programme in one.programmes.all()])
        lines.append((str(one), [str(one.objective), one.get_state_display(), one.why or NOBODY, carried]))
    return _prose(
        "workstreams",
        "Work streams by year",
        f"Every work stream, those of the newest year first, with its state and what led to it. {AS_IT_STOOD}",
        "Work stream",
        ["Objective", "State", "Why", "Programmes"],
        lines,
    )


def _programmes(counting: Counting) -> Section:
    """Its totals are those of a committee paper about the same year: what is left out there is left out here."""
    titles, asked = counting.asked_for()
    states, outcomes = counting.states(), dict(counting.outcomes().lines)
    kinds = [State.COMPLETED, State.ENROLLED]
    rows = []
    for pk in titles:
        counts = [states[pk][kind] for kind in kinds]
        rows.append([*counts, states[pk].total() - sum(counts)])
    also = {(row, len(kinds) + 1) for row, shown in enumerate(asked) if shown is None}
    also |= {(len(rows), place) for place, kind in enumerate(kinds) if isinstance(outcomes[str(kind.label)][0], str)}
    shown = crossed(rows, also)
    return Section(
        "programmes",
        "What the programmes came to",
        "Programmes that enquiries of the year ask for: how many of them were completed or are enrolled, and how many "
        f"are neither. {AS_IT_STOOD}",
        "Programme",
        ["Completed", "Enrolled", "Neither so far", "Asked for"],
        [(label, cells(line)) for label, line in zip([*titles.values(), "All"], shown, strict=False)],
        unit="Programmes asked for",
    )


def _gaps() -> Section:
    carried = Workstream.programmes.through.objects.values("programme")
    alone = Programme.objects.listed().exclude(pk__in=carried).order_by("title", "pk")
    gaps: list[tuple[str, list[Cell]]] = []
    for objective in Objective.objects.without_programmes():
        gaps.append((str(objective), ["No programme works towards it"]))
    for programme in alone.only("title"):
        gaps.append((programme.title, ["It works towards no objective"]))
    return _prose(
        "gaps",
        "Gaps",
        "Objectives without a programme in any year, and listed programmes without an objective.",
        "Objective or programme",
        ["Gap"],
        gaps,
    )


def _prose(
    name: str, title: str, counted: str, first: str, columns: list[str], lines: list[tuple[str, list[Cell]]]
) -> Section:
    return Section(
        name,
        title,
        counted,
        first,
        columns,
        lines,
        unit="",
        source=SOURCE,
        suppression=NOT_SUPPRESSED,
        apart=0,
        is_prose=True,
    )


def _listed(titles: Sequence[str]) -> str:
    return "; ".join(titles) or NOBODY
