"""How a council pack writes down partners and programmes."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from careportal.kit.packfile import Strict
from programmes.models import Fact, Programme, Question, Verdict
from programmes.models.programme import A_YEAR, MOST_MONTHS
from programmes.models.running import MOST_PLACES

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Line = Annotated[str, Field(min_length=1, max_length=250)]
Days = Annotated[int, Field(ge=1, le=A_YEAR)]
Months = Annotated[int, Field(ge=1, le=MOST_MONTHS)]


class PartnerEntry(Strict):
    slug: Slug
    name: Line
    description: str = ""
    website: str = ""
    telephone: str = ""
    email: str = ""


class QuestionEntry(Strict):
    key: Slug
    label: Line
    hint: str = ""
    kind: Question.Kind
    choices: list[Line] = []
    is_required: bool = True
    purpose: Line


class RuleEntry(Strict):
    fact: Fact
    accepts: list[str] = Field(min_length=1)
    only_for: list[str] = []
    otherwise: Verdict = Verdict.NO
    reason: Line
    what_would_help: str = ""
    set_by: str = ""


class IntakeEntry(Strict):
    """One run of a programme whose dates a source gives."""

    title: Annotated[str, Field(min_length=1, max_length=100)]
    opens_on: dt.date
    closes_on: dt.date
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    place: str = ""
    capacity: int | None = Field(default=None, ge=0, le=MOST_PLACES)

    @model_validator(mode="after")
    def _days_are_in_order(self) -> "IntakeEntry":
        if self.closes_on < self.opens_on or (self.starts_on and self.ends_on and self.ends_on < self.starts_on):
            raise ValueError("it closes after it opens, and ends after it starts: change one of the dates")
        return self


class ProgrammeEntry(Strict):
    slug: Slug
    title: Line
    summary: Line
    description: str = Field(min_length=1)
    theme: Programme.Theme
    audience: Programme.Audience
    who_for: str = Field(min_length=1)
    delivery_mode: Programme.DeliveryMode = Programme.DeliveryMode.UNKNOWN
    time_needed: str = ""
    cover: str = ""
    cost_pounds: Decimal | None = None
    cost_note: str = ""
    telephone: str = ""
    link: str = ""
    first_reply_days: Days | None = None
    decision_days: Days | None = None
    funding_name: str = ""
    funding_link: str = ""
    funding_note: str = ""
    funding_months: Months | None = None
    partners: list[Slug] = []
    eligibility: list[RuleEntry] = []
    questions: list[QuestionEntry] = []
    intakes: list[IntakeEntry] = []

    @model_validator(mode="after")
    def _funding_has_a_name(self) -> "ProgrammeEntry":
        if (self.funding_link or self.funding_note or self.funding_months) and not self.funding_name:
            raise ValueError("give the national funding a funding_name, or leave all about it out")
        return self


class Listings(Strict):
    """The whole of `programmes.yaml`."""

    partners: list[PartnerEntry]
    programmes: list[ProgrammeEntry]

    @field_validator("programmes")
    @classmethod
    def _slugs_are_used_once(cls, entries: list[ProgrammeEntry]) -> list[ProgrammeEntry]:
        slugs = [entry.slug for entry in entries]
        twice = {slug for slug in slugs if slugs.count(slug) > 1}
        if twice:
            raise ValueError(f"these programmes are listed twice: {', '.join(sorted(twice))}")
        return entries

    def strange_partners(self) -> dict[int, list[str]]:
        """Partners that a programme (by its place in the list) names and the pack does not have."""
        known = {partner.slug for partner in self.partners}
        missing = {i: [slug for slug in entry.partners if slug not in known] for i, entry in enumerate(self.programmes)}
        return {place: slugs for place, slugs in missing.items() if slugs}
