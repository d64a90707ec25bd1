"""The fixed world that checks from outside begin with: the same people and things every time."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from careportal.accounts.roles import Role
from careportal.worlds.people import Person, person
from programmes.models import Intake, Partner, PartnerMembership, Programme
from providers.models import Membership, Provider, ProviderType

State = Programme.State


@transaction.atomic
def seed() -> dict[str, Any]:
    """Make the fixed world, or set it back, and return ids and secrets."""
    people = _people()
    return {
        "people": {name: asdict(one) for name, one in people.items()},
        "providers": {key: _provider(key, people) for key in ("a", "b")},
        "partners": {key: _partner(key, people) for key in ("a", "b")},
        "programmes": {name: _programme(name, **shape) for name, shape in PROGRAMMES.items()},
    }


PROGRAMMES: dict[str, dict[str, Any]] = {
    "open": {"intakes": []},
    "closed": {"intakes": [{"opens": -60, "closes": -30}]},
    "one-place-left": {"intakes": [{"opens": -10, "closes": 30, "capacity": 10, "places_taken": 9}]},
    "draft": {"state": State.DRAFT, "intakes": []},
    "withdrawn": {"state": State.ARCHIVED, "intakes": []},
}


def _people() -> dict[str, Person]:
    staff = {
        "viewer": Role.VIEWER,
        "officer": Role.OFFICER,
        "lead": Role.LEAD,
        "superuser": Role.ADMINISTRATOR,
        "superuser-2": Role.ADMINISTRATOR,
    }
    members = [f"{kind}-{key}-{number}" for kind in ("provider", "partner") for key in "ab" for number in (1, 2)]
    return {
        **{name: person(f"seed-{name}", role) for name, role in staff.items()},
        **{name: person(f"seed-{name}") for name in members},
        "deactivated": person("seed-deactivated", Role.OFFICER, may_sign_in=False),
    }


def _provider(key: str, people: dict[str, Person]) -> dict[str, Any]:
    fields = {"type": ProviderType.CARE_HOME, "postcode": settings.COUNCIL.area.examples[0]}
    provider, _ = Provider.objects.update_or_create(name=f"Seed provider {key.upper()}", defaults=fields)
    for number, role in ((1, Membership.Role.OWNER), (2, Membership.Role.MEMBER)):
        user_id = people[f"provider-{key}-{number}"].id
        Membership.objects.update_or_create(provider=provider, user_id=user_id, defaults={"role": role})
    return {"id": provider.pk, "name": provider.name}


def _partner(key: str, people: dict[str, Person]) -> dict[str, Any]:
    name = f"Seed partner {key.upper()}"
    partner, _ = Partner.objects.update_or_create(slug=f"seed-partner-{key}", defaults={"name": name})
    for number, role in ((1, PartnerMembership.Role.ADMINISTRATOR), (2, PartnerMembership.Role.EDITOR)):
        user_id = people[f"partner-{key}-{number}"].id
        PartnerMembership.objects.update_or_create(partner=partner, user_id=user_id, defaults={"role": role})
    return {"id": partner.pk, "slug": partner.slug}


def _programme(name: str, *, intakes: list[dict[str, int]], state: str = State.PUBLISHED) -> dict[str, Any]:
    fields = {
        "title": f"Seed programme, {name.replace('-', ' ')}",
        "summary": "A programme of the fixed world for checks.",
        "description": "Made up.",
        "who_for": "Checks.",
        "theme": Programme.Theme.TRAINING,
        "audience": Programme.Audience.MANAGERS,
        "state": state,
        "is_demo": True,
    }
    programme, _ = Programme.objects.update_or_create(slug=f"seed-{name}", defaults=fields)
    programme.partners.set(Partner.objects.filter(slug="seed-partner-a"))
    for intake in intakes:
        _intake(programme, **intake)
    return {"id": programme.pk, "slug": programme.slug, "state": programme.state}


def _intake(programme: Programme, *, opens: int, closes: int, **places: int) -> None:
    """An intake that opens and closes so many days from today."""
    today = timezone.localdate()
    days = {"opens_on": today + dt.timedelta(days=opens), "closes_on": today + dt.timedelta(days=closes)}
    Intake.objects.update_or_create(programme=programme, title="Seed intake", defaults={**days, **places})
