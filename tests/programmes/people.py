"""A partner with a listing, somebody who edits for it, and what they type."""

import re
from typing import Any

from django.test import Client

from careportal.accounts.models import User
from programmes.models import ListingChange, Partner, PartnerMembership, Programme
from tests.factories import PartnerFactory, ProgrammeFactory, UserFactory

NEW = {
    "telephone": "020 7946 0958",
    "time_needed": "6 mornings",
    "delivery_mode": "in_person",
    "cost_pounds": "0",
    "cover": "Your service",
    "title": "Supervision for deputies",
    "theme": "training",
    "summary": "Six mornings for deputy managers.",
    "description": "You learn to supervise.",
    "audience": "managers",
    "who_for": "Deputy managers of care homes.",
}


def editor_of(partner: Partner, **how: Any) -> User:
    person = UserFactory()
    PartnerMembership.objects.create(partner=partner, user=person, **how)
    return person


def listing_of(partner: Partner, **facts: Any) -> Programme:
    programme = ProgrammeFactory(**facts)
    programme.partners.add(partner)
    return programme


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def a_partner() -> tuple[Partner, User, Programme]:
    partner = PartnerFactory()
    return partner, editor_of(partner), listing_of(partner)


def path(programme: Programme, page: str = "") -> str:
    return f"/partner/listings/{programme.pk}/{page}"


def typed(client: Client, address: str, /, **changes: Any) -> dict[str, Any]:
    """What a browser would send of the form at this address, with some answers changed."""
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    plain = {name: value for name, value in sent.items() if value not in (None, False)}
    return {"seen": form.seen, **plain, **changes}


def save(client: Client, programme: Programme, page: str = "edit/", /, **changes: Any) -> Any:
    address = path(programme, page)
    return client.post(address, typed(client, address, **changes))


def change_of(programme: Programme) -> ListingChange:
    return ListingChange.objects.open().get(programme=programme)


def fields_of(programme: Programme) -> dict[str, Any]:
    """What is proposed for it, by name."""
    return {field.name: field.after for field in change_of(programme).fields.all()}


def words(response) -> str:
    """What a page says."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def new_programme(client: Client, **how: Any) -> Programme:
    """Begun from the outline."""
    client.post("/partner/listings/new/", {"title": "New one", "start": "outline", **how})
    return Programme.objects.filter(state="draft").latest("pk")
