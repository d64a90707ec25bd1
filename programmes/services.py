"""What can happen to programmes."""

from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import models, transaction

from careportal.kit.packfile import PackError, read
from programmes.listings import Listings, ProgrammeEntry
from programmes.models import EligibilityRule, Partner, Programme, Question


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
        raise PackError(f"{path}: programmes.{place}.partners: no partner is named {', '.join(slugs)}")
    try:
        return Loaded(_add_partners(listings), _add_programmes(listings))
    except ValidationError as error:
        raise PackError(f"{path}: {'; '.join(error.messages)}") from error


def _add_partners(listings: Listings) -> list[str]:
    known = set(Partner.objects.values_list("slug", flat=True))
    fresh = [entry for entry in listings.partners if entry.slug not in known]
    for entry in fresh:
        _store(Partner(**entry.model_dump()))
    return [entry.name for entry in fresh]


def _add_programmes(listings: Listings) -> list[str]:
    known = set(Programme.objects.values_list("slug", flat=True))
    fresh = [entry for entry in listings.programmes if entry.slug not in known]
    for entry in fresh:
        _add_programme(entry)
    return [entry.title for entry in fresh]


def _add_programme(entry: ProgrammeEntry) -> None:
    programme = Programme(
        state=Programme.State.PUBLISHED, **entry.model_dump(exclude={"partners", "eligibility", "questions"})
    )
    _store(programme)
    programme.partners.set(Partner.objects.filter(slug__in=entry.partners))
    for position, rule in enumerate(entry.eligibility, start=1):
        _store(EligibilityRule(programme=programme, position=position, **rule.model_dump()))
    for position, question in enumerate(entry.questions, start=1):
        fields = question.model_dump(exclude={"choices"})
        _store(Question(programme=programme, position=position, choices="\n".join(question.choices), **fields))


def _store(row: models.Model) -> None:
    row.full_clean()
    row.save()
