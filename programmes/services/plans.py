"""Loads the strategy and the pages of a council pack."""

from dataclasses import dataclass
from pathlib import Path

from django.db import models, transaction

from programmes.models import Objective, Page, PageFigure, Programme, Stakeholder, Strategy, Workstream
from programmes.plans import (
    ObjectiveEntry,
    PageEntry,
    StakeholderEntry,
    StrategyEntry,
    WorkstreamEntry,
    read_pages,
    read_strategy,
)
from programmes.services.pack import store


@dataclass(frozen=True)
class LoadedPlans:
    """What a pack added."""

    workstreams: list[str]
    pages: list[str]


@transaction.atomic
def load_plans(folder: Path) -> LoadedPlans:
    """Add what the pack's strategy and pages have and the database never had: all of it, or nothing.

    Its history tells: what officers renamed or took out stays so. Programmes are loaded before. Raises PackError.
    """
    strategy = read_strategy(folder, set(Programme.objects.values_list("slug", flat=True)))
    pages = read_pages(folder)
    had = _had(Page, "slug")
    return LoadedPlans(
        workstreams=_add_strategy(strategy) if strategy else [],
        pages=[_add_page(slug, *page) for slug, page in pages.items() if slug not in had],
    )


def _had(model: type[models.Model], field: str) -> set[object]:
    """The values that rows of the model have or had."""
    return set(model.history.values_list(field, flat=True))  # type: ignore[attr-defined]


def _add_strategy(entry: StrategyEntry) -> list[str]:
    """The titles of the work streams that were added."""
    _add_stakeholders(entry.stakeholders)
    fields = entry.model_dump(exclude={"stakeholders", "objectives"})
    strategy = Strategy.objects.first() or store(Strategy(pk=1, **fields))
    return [title for objective in entry.objectives for title in _add_objective(strategy, objective)]


def _add_stakeholders(entries: list[StakeholderEntry]) -> None:
    had = _had(Stakeholder, "slug") | _had(Stakeholder, "name")
    for entry in entries:
        if not {entry.slug, entry.name} & had:
            store(Stakeholder(**entry.model_dump()))


def _add_objective(strategy: Strategy, entry: ObjectiveEntry) -> list[str]:
    """Its work streams' titles, as far as they were added. An objective that officers took out takes none."""
    if entry.number not in _had(Objective, "number"):
        fields = entry.model_dump(exclude={"workstreams"})
        store(Objective(strategy=strategy, **fields))
    objective = Objective.objects.filter(number=entry.number).first()
    if not objective:
        return []
    had = set(Workstream.history.filter(objective_id=objective.pk).values_list("year", "title"))
    fresh = [one for one in entry.workstreams if (one.year, one.title) not in had]
    for one in sorted(fresh, key=lambda each: each.year):
        _add_workstream(objective, one)
    return [one.title for one in fresh]


def _add_workstream(objective: Objective, entry: WorkstreamEntry) -> None:
    before = objective.workstreams.filter(title=entry.continues, year__lt=entry.year, continued_by=None)
    row = store(
        Workstream(
            objective=objective,
            lead=Stakeholder.objects.filter(slug=entry.lead).first(),
            continues=before.order_by("-year").first(),
            **entry.model_dump(exclude={"lead", "partners", "programmes", "continues"}),
        )
    )
    row.partners.set(Stakeholder.objects.filter(slug__in=entry.partners))
    row.programmes.set(Programme.objects.filter(slug__in=entry.programmes))


def _add_page(slug: str, entry: PageEntry, text: str) -> str:
    page = store(Page(slug=slug, body=text, is_public=True, **entry.model_dump(exclude={"figures"})))
    for position, figure in enumerate(entry.figures, start=1):
        store(PageFigure(page=page, position=position, **figure.model_dump()))
    return entry.title
