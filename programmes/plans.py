"""How a council pack writes down its strategy (strategy.yaml) and its pages (pages/*.md)."""

import datetime as dt
import re
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from careportal.kit.packfile import Strict
from programmes.listings import Line, Slug
from programmes.models.strategy import Stakeholder, Workstream, name_of_year


def _year(value: object) -> object:
    """2016/17 as the number 2016."""
    found = re.fullmatch(r"(20\d\d)/(\d\d)", str(value))
    if not found or name_of_year(int(found[1])) != value:
        raise ValueError("must be a financial year in quotes, such as '2016/17'")
    return int(found[1])


Year = Annotated[int, BeforeValidator(_year)]
Title = Annotated[str, Field(min_length=1, max_length=150)]


class StakeholderEntry(Strict):
    slug: Slug
    name: Title
    kind: Stakeholder.Kind
    does: str = ""
    website: str = ""
    is_member: bool = False


class WorkstreamEntry(Strict):
    """`continues` names a work stream of a year before by its title, under the same objective."""

    title: Title
    year: Year
    state: Workstream.State
    description: str = ""
    why: str = Field(default="", max_length=500)
    lead: Slug | None = None
    partners: list[Slug] = []
    programmes: list[Slug] = []
    continues: str = ""


class ObjectiveEntry(Strict):
    number: int = Field(ge=1, le=99)
    title: Title
    description: str = ""
    workstreams: list[WorkstreamEntry] = []


class StrategyEntry(Strict):
    """The whole of `strategy.yaml`."""

    title: Title
    aim: Annotated[str, Field(min_length=1, max_length=500)]
    introduction: str = ""
    source: str = ""
    stakeholders: list[StakeholderEntry] = []
    objectives: list[ObjectiveEntry] = Field(min_length=1)


class FigureEntry(Strict):
    value: Line
    what: Line
    source: Line
    link: str = ""
    as_of: Line


class PageEntry(Strict):
    """What stands between the two lines of --- at the head of a page. The page's name is that of its file."""

    title: Line
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
