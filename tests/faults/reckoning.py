"""N submitted = N stored = N delivered exactly once: what clients were told, what is stored, what arrived."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from statistics import quantiles

from tests.faults.crowd import Entry


@dataclass
class Result:
    """The figures of one fault. Times are in seconds, None where a fault does not measure them."""

    fault: str
    submitted: int = 0
    answered_with_reference: int = 0
    stored: int = 0
    routed_unique: int = 0
    routed_total: int = 0
    acks_unique: int = 0
    lost: int = 0
    duplicated: int = 0
    uncertain: int = 0
    http_5xx: int = 0
    worst_answer_s: float | None = None
    time_to_first_success_s: float | None = None
    time_to_drained_s: float | None = None
    alert_after_s: float | None = None
    submit_p95_s: float | None = None
    title: str = field(default="", metadata={"aside": True})
    notes: list[str] = field(default_factory=list, metadata={"aside": True})
    broken: list[str] = field(default_factory=list, metadata={"aside": True})
    skipped: str = field(default="", metadata={"aside": True})

    def figures(self) -> dict[str, object]:
        aside = {one.name for one in fields(self) if one.metadata.get("aside")}
        return {name: value for name, value in asdict(self).items() if name not in aside}


@dataclass
class Found:
    """What there is after a fault, by itself: rows, mails, and what arrived at the far end (by Message-ID)."""

    stored: dict[str, str]  # one-use key: reference
    routing: dict[str, str]  # Message-ID: state
    acknowledgements: dict[str, str]
    arrived: Counter[str]
    differences: list[str] = field(default_factory=list)  # half rows and the like, as the portal itself reports them
    logs_that_tell: list[str] = field(default_factory=list)  # log files in which a canary was seen


def reckon(result: Result, ledger: Sequence[Entry], found: Found) -> None:
    """Fill in the figures and name every invariant that is broken (I0)."""
    told = {entry.key: entry.reference for entry in ledger if entry.reference}
    routed = {one: times for one, times in found.arrived.items() if one in found.routing}
    result.submitted = len(ledger)
    result.answered_with_reference = len(told)
    result.stored = len(found.stored)
    result.routed_unique, result.routed_total = len(routed), sum(routed.values())
    result.acks_unique = len(set(found.arrived) & set(found.acknowledgements))
    result.duplicated = sum(found.arrived.values()) - len(found.arrived)
    mails = {**found.routing, **found.acknowledgements}
    result.uncertain = sum(state == "uncertain" for state in mails.values())
    result.lost = sum(found.stored.get(key) != reference for key, reference in told.items())
    result.lost += sum(one not in found.arrived and state != "uncertain" for one, state in mails.items())
    _times(result, ledger)
    result.broken += _broken(result, ledger, found)


def _times(result: Result, ledger: Sequence[Entry]) -> None:
    answers = [answer for entry in ledger for answer in entry.answers]
    result.http_5xx = sum(status >= 500 for status, _ in answers)
    seconds = [seconds for _, seconds in answers]
    result.worst_answer_s = round(max(seconds), 2) if seconds else None
    result.submit_p95_s = round(quantiles(seconds, n=20)[-1], 2) if len(seconds) > 1 else None


def _broken(result: Result, ledger: Sequence[Entry], found: Found) -> list[str]:
    equal = {
        "submitted": result.submitted,
        "answered with a reference": result.answered_with_reference,
        "stored": result.stored,
        "routed once": result.routed_unique,
        "acknowledged": result.acks_unique,
    }
    none = {"lost": result.lost, "duplicated": result.duplicated, "left uncertain": result.uncertain}
    broken = [f"{name}: {count}" for name, count in none.items() if count]
    if len(set(equal.values())) > 1:
        broken.append(", ".join(f"{count} {name}" for name, count in equal.items()))
    if set(found.arrived) - set(found.routing) - set(found.acknowledgements):
        broken.append("mails arrived that nobody wrote")
    if set(found.stored) - {entry.key for entry in ledger}:
        broken.append("applications are stored that nobody sent")
    broken += found.differences[:3]
    return [*broken, *(f"{name} holds what a visitor typed" for name in found.logs_that_tell)]


# --- The table -----------------------------------------------------------------------------------------------------

COLUMNS = {
    "submitted": "submitted",
    "stored": "stored",
    "routed_unique": "routed once",
    "acks_unique": "acknowledged",
    "lost": "lost",
    "duplicated": "twice",
    "uncertain": "uncertain",
    "http_5xx": "5xx",
    "submit_p95_s": "p95 s",
    "worst_answer_s": "worst s",
    "time_to_first_success_s": "works again s",
    "time_to_drained_s": "drained s",
    "alert_after_s": "alert s",
}


def table(results: Sequence[Result], machine: str) -> str:
    """Markdown, ready to be pasted."""
    lines = [f"| fault | {' | '.join(COLUMNS.values())} | bars |", f"|---|{'--:|' * len(COLUMNS)}---|"]
    lines += [_row(result) for result in results]
    lines += ["", *(f"- {result.fault}: {note}" for result in results for note in result.notes)]
    lines += [f"- {result.fault}: **{problem}**" for result in results for problem in result.broken]
    return "\n".join([*lines, "", f"Machine: {machine}.", "", sentence(results)])


def _row(result: Result) -> str:
    cells = ["–" if getattr(result, name) is None else str(getattr(result, name)) for name in COLUMNS]
    if result.skipped:
        cells = ["–"] * len(COLUMNS)
    verdict = f"not run: {result.skipped}" if result.skipped else "broken" if result.broken else "held"
    return f"| {result.fault} {result.title} | {' | '.join(cells)} | {verdict} |"


def sentence(results: Sequence[Result]) -> str:
    """The promise in one line, as measured."""
    ran = [result for result in results if not result.skipped]
    total = {name: sum(getattr(result, name) for result in ran) for name in COLUMNS if not name.endswith("_s")}
    worst = max((result.time_to_first_success_s or 0 for result in ran), default=0)
    once = total["routed_unique"] if not total["duplicated"] else "not all"
    return (
        f"{total['submitted']} submitted = {total['stored']} stored = {once} delivered exactly once, "
        f"over {len(ran)} faults; lost {total['lost']}, twice {total['duplicated']}, left uncertain "
        f"{total['uncertain']}; worst time until applying works again {worst:g} s."
    )
