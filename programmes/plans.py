"""How a council pack writes down its strategy (strategy.yaml) and its pages (pages/*.md)."""

import datetime as dt
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from careportal.kit.markdown import is_web_address, refusals
from careportal.kit.packfile import PackError, Strict, problem, problem_in_text, read, read_page
from programmes.listings import Line, Slug
from programmes.models.strategy import FIRST_YEAR, LAST_YEAR, Stakeholder, Workstream, name_of_year

LONGEST_PAGE = 20_000


def _year(value: object) -> object:
    """2016/17 as the number 2016."""
    found = re.fullmatch(r"(20\d\d)/(\d\d)", str(value))
    if not found or name_of_year(int(found[1])) != value:
        raise ValueError("must be a financial year in quotes, such as '2016/17'")
    return int(found[1])


def _markdown(value: str) -> str:
    if found := refusals(value):
        raise ValueError("; ".join(found))
    return value


def _website(value: str) -> str:
    if value and not is_web_address(value):
        raise ValueError("must be a web address such as https://www.example.org")
    return value


Year = Annotated[int, BeforeValidator(_year), Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Title = Annotated[str, Field(min_length=1, max_length=150)]
Markdown = Annotated[str, Field(max_length=5000), AfterValidator(_markdown)]
Website = Annotated[str, Field(max_length=200), AfterValidator(_website)]


class StakeholderEntry(Strict):
    slug: Slug
    name: Title
    kind: Stakeholder.Kind
    does: Markdown = Field(default="", max_length=1000)
    website: Website = ""
    is_member: bool = False


class WorkstreamEntry(Strict):
    """`continues` names a work stream of a year before by its title, under the same objective."""

    title: Title
    year: Year
    state: Workstream.State
    description: Markdown = ""
    why: str = Field(default="", max_length=500)
    lead: Slug | None = None
    partners: list[Slug] = []
    programmes: list[Slug] = []
    continues: str = ""

    @model_validator(mode="after")
    def _says_why_it_ended(self) -> "WorkstreamEntry":
        if self.state == Workstream.State.ENDED and not self.why:
            raise ValueError("say under `why` why it ended")
        return self


class ObjectiveEntry(Strict):
    number: int = Field(ge=1, le=99)
    title: Title
    description: Markdown = ""
    workstreams: list[WorkstreamEntry] = []


class StrategyEntry(Strict):
    """The whole of `strategy.yaml`."""

    title: Title
    aim: Annotated[str, Field(min_length=1, max_length=500)]
    introduction: Annotated[str, Field(max_length=10_000), AfterValidator(_markdown)] = ""
    source: Website = ""
    stakeholders: list[StakeholderEntry] = []
    objectives: list[ObjectiveEntry] = Field(min_length=1)


class FigureEntry(Strict):
    value: Annotated[str, Field(min_length=1, max_length=40)]
    what: Annotated[str, Field(min_length=1, max_length=200)]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    link: Website = ""
    as_of: Annotated[str, Field(min_length=1, max_length=40)]


class PageEntry(Strict):
    """What stands between the two lines of --- at the head of a page. The page's name is that of its file."""

    title: Annotated[str, Field(min_length=1, max_length=120)]
    summary: Line
    position: int = Field(default=50, ge=1, le=999)
    updated_on: dt.date
    review_due_on: dt.date
    figures: list[FigureEntry] = []

    @model_validator(mode="after")
    def _is_reviewed_later(self) -> "PageEntry":
        if self.review_due_on <= self.updated_on:
            raise ValueError("review_due_on must be after updated_on")
        return self


Place = tuple[int | str, ...]


def read_strategy(folder: Path, programmes: Collection[str]) -> StrategyEntry | None:
    """The strategy of the pack in this folder; None where it has none. `programmes` are the slugs that it may name.

    Asks no database. Raises PackError with every problem found.
    """
    path = folder / "strategy.yaml"
    if not path.is_file():
        return None
    strategy = read(path, StrategyEntry)
    found = [*_twice(strategy), *_strange_names(strategy, set(programmes)), *_lost_threads(strategy)]
    if found:
        raise PackError("\n".join(str(problem(path, place, reason)) for place, reason in found))
    return strategy


def read_pages(folder: Path) -> dict[str, tuple[PageEntry, str]]:
    """The pages of the pack in this folder by slug, each with its text. Asks no database; raises PackError."""
    pages, found = {}, []
    for path in sorted((folder / "pages").glob("*.md")):
        try:
            pages[path.stem] = _page(path)
        except PackError as error:
            found.append(str(error))
    if found:
        raise PackError("\n".join(found))
    return pages


def _page(path: Path) -> tuple[PageEntry, str]:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.stem) or len(path.stem) > 80:
        raise PackError(f"{path}:1: name the file in small letters, numbers and hyphens, such as the-plan.md")
    entry, text = read_page(path, PageEntry)
    found = refusals(text)
    if not text or len(text) > LONGEST_PAGE or "\x00" in text:
        found.append(f"must have from 1 to {LONGEST_PAGE} characters")
    if found:
        raise problem_in_text(path, "; ".join(found))
    return entry, text


def _twice(strategy: StrategyEntry) -> Iterator[tuple[Place, str]]:
    """What stands there a second time where it may stand once."""
    names = [
        (("stakeholders", i, key), getattr(one, key))
        for i, one in enumerate(strategy.stakeholders)
        for key in ("slug", "name")
    ]
    numbers = [(("objectives", i, "number"), objective.number) for i, objective in enumerate(strategy.objectives)]
    titles = [(place, (place[1], one.year, one.title)) for place, one in _workstreams(strategy)]
    seen: set[Any] = set()
    for place, value in [*names, *numbers, *titles]:
        key = (place[0], place[2], value)
        if key in seen:
            yield place, "stands here a second time"
        seen.add(key)


def _strange_names(strategy: StrategyEntry, programmes: set[str]) -> Iterator[tuple[Place, str]]:
    """Stakeholders and programmes that work streams name and nobody has."""
    known = {one.slug for one in strategy.stakeholders}
    for place, one in _workstreams(strategy):
        if one.lead and one.lead not in known:
            yield (*place, "lead"), f"no stakeholder is named {one.lead}"
        for i, slug in enumerate(one.partners):
            if slug not in known:
                yield (*place, "partners", i), f"no stakeholder is named {slug}"
        for i, slug in enumerate(one.programmes):
            if slug not in programmes:
                yield (*place, "programmes", i), f"no programme is named {slug}"


def _lost_threads(strategy: StrategyEntry) -> Iterator[tuple[Place, str]]:
    """Work streams that continue one that is not there, or one that another continues already."""
    taken = set()
    for place, one in _workstreams(strategy):
        if not one.continues:
            continue
        before = continued(one, strategy.objectives[int(place[1])].workstreams)
        if not before:
            yield (*place, "continues"), "no work stream of a year before has this title under this objective"
        elif (key := (place[1], before.year, before.title)) in taken:
            yield (*place, "continues"), "another work stream continues this one already"
        else:
            taken.add(key)


def continued(one: WorkstreamEntry, among: Collection[WorkstreamEntry]) -> WorkstreamEntry | None:
    """The work stream that this one continues: of that title, in the nearest year before."""
    before = [other for other in among if other.title == one.continues and other.year < one.year]
    return max(before, key=lambda other: other.year, default=None)


def _workstreams(strategy: StrategyEntry) -> Iterator[tuple[Place, WorkstreamEntry]]:
    for i, objective in enumerate(strategy.objectives):
        for j, one in enumerate(objective.workstreams):
            yield ("objectives", i, "workstreams", j), one
