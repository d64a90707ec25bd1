"""Looks through a whole council pack, without a database, and names everything that is wrong or missing in it."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from careportal import council
from careportal.kit.packfile import PackError, gaps, problem, read
from programmes.listings import Listings, ProgrammeEntry
from programmes.models import EligibilityRule, Intake, Partner, Programme, Question
from programmes.plans import StrategyEntry, read_pages, read_strategy

A_YEAR = dt.timedelta(days=365)
Read = TypeVar("Read")


@dataclass
class Report:
    """`errors` keep the portal from starting, in production at the latest. `warnings` are for somebody to look at."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def attempt(self, work: Callable[[], Read]) -> Read | None:
        """What the work gives; None where it is refused, and the refusal is noted."""
        try:
            return work()
        except PackError as error:
            self.errors += str(error).splitlines()
            return None

    def warn(self, path: Path, place: tuple[int | str, ...], reason: str) -> None:
        self.warnings.append(str(problem(path, place, reason)))


def check(folder: Path, today: dt.date) -> Report:
    """Everything at once: nobody has to mend one thing to be told the next."""
    report = Report()
    _council(report, folder, today)
    listings = report.attempt(lambda: read(folder / "programmes.yaml", Listings))
    if listings:
        report.errors += list(_misfits(folder / "programmes.yaml", listings))
    strategy = report.attempt(lambda: read_strategy(folder, _slugs(folder / "programmes.yaml", listings)))
    if listings and strategy:
        _line_of_sight(report, folder, listings, strategy)
    if not (folder / "strategy.yaml").is_file():
        report.warnings.append(f"{folder / 'strategy.yaml'}:1: there is no such file, so the portal shows no strategy")
    _pages(report, folder, today)
    for path in [*sorted(folder.glob("*.yaml")), *sorted((folder / "pages").glob("*.md"))]:
        report.errors += _gaps(path)
    return report


def _council(report: Report, folder: Path, today: dt.date) -> None:
    if not council.KEY.fullmatch(folder.name):
        report.errors.append(f"{folder}:1: name the folder in small letters, with _ between words, such as my_council")
    ours = report.attempt(lambda: council.read_council(folder))
    if ours and ours.reviewed_on < today - A_YEAR:
        report.warn(folder / "council.yaml", ("reviewed_on",), "was more than a year ago. Look through this file again")


def _gaps(path: Path) -> list[str]:
    """What is still to be set. A file that cannot be read is refused elsewhere."""
    try:
        return gaps(path)
    except (OSError, UnicodeDecodeError):
        return []


# --- Programmes ----------------------------------------------------------------------------------------------------


def _misfits(path: Path, listings: Listings) -> Iterator[str]:
    """What fits the schema and not the database: the same checks as loading makes, but for those that ask it."""
    for place, slugs in listings.strange_partners().items():
        yield str(problem(path, ("programmes", place, "partners"), f"no partner is named {', '.join(slugs)}"))
    for i, partner in enumerate(listings.partners):
        yield from _misfit(path, ("partners", i), Partner(**partner.model_dump()))
    for i, programme in enumerate(listings.programmes):
        for part, row in _rows(programme):
            yield from _misfit(path, ("programmes", i, *part), row)


def _rows(entry: ProgrammeEntry) -> Iterator[tuple[tuple[int | str, ...], models.Model]]:
    """The rows that a programme becomes, with their places in its entry."""
    parts = {"partners", "eligibility", "questions", "intakes"}
    yield (), Programme(state=Programme.State.PUBLISHED, **entry.model_dump(exclude=parts))
    for i, rule in enumerate(entry.eligibility):
        yield ("eligibility", i), EligibilityRule(**rule.model_dump())
    for i, question in enumerate(entry.questions):
        fields = question.model_dump(exclude={"choices"})
        yield ("questions", i), Question(choices="\n".join(question.choices), **fields)
    for i, intake in enumerate(entry.intakes):
        yield ("intakes", i), Intake(**intake.model_dump())


def _misfit(path: Path, place: tuple[int | str, ...], row: models.Model) -> Iterator[str]:
    links = {one.name for one in row._meta.fields if one.is_relation}
    try:
        row.full_clean(exclude=links, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        yield str(problem(path, place, "; ".join(error.messages)))


def _slugs(path: Path, listings: Listings | None) -> set[str]:
    """The programmes' names; also of a file that does not fit, so that the strategy is not blamed for that."""
    if listings:
        return {one.slug for one in listings.programmes}
    try:
        return set(re.findall(r"\bslug:\s*[\"']?([a-z0-9-]+)", path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        return set()


# --- Strategy and pages --------------------------------------------------------------------------------------------


def _line_of_sight(report: Report, folder: Path, listings: Listings, strategy: StrategyEntry) -> None:
    """Objectives that no programme serves, and programmes that serve none."""
    carried: set[str] = set()
    for i, objective in enumerate(strategy.objectives):
        slugs = {slug for one in objective.workstreams for slug in one.programmes}
        carried |= slugs
        if not slugs:
            report.warn(folder / "strategy.yaml", ("objectives", i), "no work stream of this objective has a programme")
    for i, programme in enumerate(listings.programmes):
        if programme.slug not in carried:
            report.warn(folder / "programmes.yaml", ("programmes", i), "no work stream of the strategy carries it out")


def _pages(report: Report, folder: Path, today: dt.date) -> None:
    for name in council.PAGES:
        report.attempt(partial(council.refuse_a_missing_page, folder / "pages" / name))
    pages: dict[str, Any] = report.attempt(lambda: read_pages(folder)) or {}
    for slug, (entry, _) in pages.items():
        if entry.review_due_on < today:
            report.warn(folder / "pages" / f"{slug}.md", ("review_due_on",), "this day is past. Look through the page")
