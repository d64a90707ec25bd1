"""What can happen to programmes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from careportal.kit.packfile import problem, read
from programmes.listings import Listings, PartnerEntry, ProgrammeEntry
from programmes.models import EligibilityRule, Intake, Partner, Programme, Question

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Loaded:
    """What a pack added. What the database already held is never touched: officers' edits stay."""

    partners: list[str]
    programmes: list[str]


@transaction.atomic
def load_listings(path: Path) -> Loaded:
    """Add the pack's partners and programmes that the database does not have yet: all of them, or none.

    Raises PackError naming file, line and reason.
    """
    listings = read(path, Listings)
    for place, slugs in listings.strange_partners().items():
        raise problem(path, ("programmes", place, "partners"), f"no partner is named {', '.join(slugs)}")
    partners = _add_missing(path, "partners", listings.partners, Partner, _add_partner)
    programmes = _add_missing(path, "programmes", listings.programmes, Programme, _add_programme)
    return Loaded([entry.name for entry in partners], [entry.title for entry in programmes])


def _add_missing(
    path: Path, section: str, entries: Sequence[Any], model: type[models.Model], add: Callable[[Any], None]
) -> list[Any]:
    """Add the entries of a section whose slug the database does not know, and return them."""
    known = set(model._default_manager.values_list("slug", flat=True))
    fresh = [(place, entry) for place, entry in enumerate(entries) if entry.slug not in known]
    for place, entry in fresh:
        try:
            add(entry)
        except ValidationError as error:
            raise problem(path, (section, place), "; ".join(error.messages)) from error
    return [entry for _, entry in fresh]


def _add_partner(entry: PartnerEntry) -> None:
    store(Partner(**entry.model_dump()))


def _add_programme(entry: ProgrammeEntry) -> None:
    programme = Programme(
        state=Programme.State.PUBLISHED, **entry.model_dump(exclude={"partners", "eligibility", "questions", "intakes"})
    )
    store(programme)
    programme.partners.set(Partner.objects.filter(slug__in=entry.partners))
    for position, rule in enumerate(entry.eligibility, start=1):
        store(EligibilityRule(programme=programme, position=position, **rule.model_dump()))
    for position, question in enumerate(entry.questions, start=1):
        fields = question.model_dump(exclude={"choices"})
        store(Question(programme=programme, position=position, choices="\n".join(question.choices), **fields))
    for intake in entry.intakes:
        store(Intake(programme=programme, **intake.model_dump()))


def store(row: Row) -> Row:
    """Keep a new row, if it fits."""
    row.full_clean()
    row.save()
    return row
