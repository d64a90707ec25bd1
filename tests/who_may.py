"""The whole table of who may open what: every address, nine kinds of people, GET and POST (AZ1).

The table is `who_may_open.csv` beside this. A cell says what is answered: a status, or `sign in` for the way to the
sign-in. `python -m tests.write_who_may` writes it anew; its difference is read by people before it is kept.
"""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import transaction
from django.test import Client
from django.utils import timezone

from careportal.accounts.models import User
from careportal.accounts.services import give_second_factor
from careportal.audiences import Address, addresses
from enquiries.models import Attachment, Enquiry, Interest
from programmes import services
from programmes.models import (
    Intake,
    ListingReport,
    Objective,
    Page,
    Partner,
    PartnerInvitation,
    PartnerMembership,
    Programme,
)
from providers.models import Invitation, Membership, RegisteredLocation
from tests import workspace
from tests.factories import (
    IntakeFactory,
    InterestFactory,
    MembershipFactory,
    PartnerFactory,
    ProgrammeFactory,
    UserFactory,
)
from tests.programmes.proposing import hand_in

TABLE = Path(__file__).with_name("who_may_open.csv")
OURS = "Our partner"
PEOPLE: dict[str, dict[str, Any]] = {
    "signed out": {},
    "nobody": {},
    "owner of a provider": {},
    "partner editor": {},
    "partner administrator": {},
    "view-only officer": {"viewer": True},
    "officer": {"officer": True},
    "lead officer": {"lead": True},
    "administrator": {"administrator": True},
}
METHODS = ("GET", "POST")
NOBODYS = {"ending": "csv", "draft_id": "00000000-0000-4000-8000-000000000000", "token": "nobody-has-this-letter"}
ROWS: dict[tuple[str, str], Callable[[], Any]] = {
    ("/programmes/", "slug"): lambda: Programme.objects.get(title="Seen by all").slug,
    ("/sector/", "slug"): lambda: Page.objects.get().slug,
    ("/strategy/", "number"): lambda: Objective.objects.get().number,
    ("/strategy/", "address"): lambda: "2026-27",
    ("/follow/", "reference"): lambda: Enquiry.objects.latest("pk").reference,
    ("/follow/", "number"): lambda: Attachment.objects.latest("pk").number,
    ("/follow/<slug:reference>/cannot-come/", "number"): lambda: 1,
    ("/follow/<slug:reference>/record/", "number"): lambda: 1,
    ("/my-organisation/", "pk"): lambda: Membership.objects.latest("pk").provider_id,
    ("/my-organisation/", "number"): lambda: Membership.objects.latest("pk").pk,
    ("/my-organisation/<int:pk>/invitations/", "number"): lambda: Invitation.objects.latest("pk").pk,
    ("/partner/referrals/", "number"): lambda: Interest.objects.exclude(referred_to=None).latest("pk").pk,
    ("/partner/referrals/", "name"): lambda: "acknowledge",
    ("/partner/referrals/outcomes/", "number"): lambda: NOBODYS["draft_id"],
    ("/partner/people/", "number"): lambda: PartnerMembership.objects.latest("pk").pk,
    ("/partner/people/of/", "pk"): lambda: Partner.objects.get(name=OURS).pk,
    ("/partner/people/invitations/", "number"): lambda: PartnerInvitation.objects.latest("pk").pk,
    ("/partner/listings/", "pk"): lambda: Programme.objects.get(title="Seen by all").pk,
    ("/partner/listings/", "part"): lambda: "contact",
    ("/partner/listings/", "step"): lambda: "pause",
    ("/partner/listings/new/", "partner"): lambda: Partner.objects.get(name=OURS).pk,
    ("/partner/listings/<int:pk>/intakes/", "number"): lambda: Intake.objects.latest("pk").pk,
    ("/partner/listings/<int:pk>/dates/", "pk"): lambda: Programme.objects.get(state="draft").pk,
    ("/partner/listings/<int:pk>/dates/", "number"): lambda: Intake.objects.get(programme__state="draft").pk,
    ("/partner/reports/", "number"): lambda: ListingReport.objects.latest("pk").pk,
    ("/partner/<int:pk>/data-return/", "pk"): lambda: Partner.objects.get(name=OURS).pk,
    ("/partner/still-correct/", "number"): lambda: 1,
    ("/partner/code/", "number"): lambda: 1,
    ("/partner/code/", "name"): lambda: "acknowledge",
    ("/intakes/", "number"): lambda: 1,
    ("/answers/", "number"): lambda: 1,
    ("/offers/", "number"): lambda: 1,
    ("/outcomes/", "number"): lambda: 1,
    ("/alerts/", "number"): lambda: 1,
    ("/account/", "pk"): lambda: 1,
    ("/admin/reach/", "location"): lambda: RegisteredLocation.objects.latest("pk").cqc_location_id,
    ("/apply/", "name"): lambda: "programmes",
    ("/what-can-my-service-get/", "name"): lambda: "area",
}


def furnish() -> dict[str, User | None]:
    """One row of everything, and the people: whom an address is for owns the row that is asked for."""
    workspace.furnish()
    people: dict[str, User | None] = {name: UserFactory(**traits) for name, traits in PEOPLE.items()}
    people["signed out"] = None
    owner = MembershipFactory(owner=True, user=people["owner of a provider"])
    Invitation.objects.create(
        provider=owner.provider, email="colleague@example.org", invited_by=owner.user, token_hash="0" * 64
    )
    partner = PartnerFactory(name=OURS)
    PartnerInvitation.objects.create(partner=partner, email="invited@example.org", token_hash="1" * 64)
    for name, role in (("partner editor", "editor"), ("partner administrator", "administrator")):
        PartnerMembership.objects.create(partner=partner, user=people[name], role=role)
    editor = people["partner editor"]
    assert editor
    draft = services.start_programme(partner_id=partner.pk, by=editor, title="Being written")
    IntakeFactory(programme=draft)
    programme = ProgrammeFactory(title="Seen by all")
    programme.partners.add(partner)
    hand_in(PartnerMembership.objects.get(user=editor), programme, summary="New summary.")
    IntakeFactory(programme=programme)
    ListingReport.objects.create(programme=programme, kind="other", text="Wrong")
    InterestFactory(
        enquiry=Enquiry.objects.get(),
        programme=programme,
        state="referred",
        referred_to=partner,
        referred_at=timezone.now(),
    )
    return people


def browser(person: User | None) -> Client:
    client = Client()
    if person:
        if person.is_staff or person.partner_memberships.filter(role="administrator").exists():
            give_second_factor(person)
        client.force_login(person)
    return client


def column(person: User | None) -> dict[tuple[str, str], str]:
    """What this person is answered at every address, by address and method."""
    client = browser(person)
    paths = every_path()
    return {(pattern, method): answer(client, method, path) for pattern, path in paths.items() for method in METHODS}


def answer(client: Client, method: str, path: str) -> str:
    """What is answered. Whatever it changed is taken back, so that each cell is about the same world."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = client.generic(method, path)
        transaction.set_rollback(True)
    client.cookies = cookies
    if path == "/health/ready" and response.status_code == 503:
        return "200"  # both are its answers: whether work has moved lately is another test's
    way = response.headers.get("Location", "")
    return "sign in" if way.startswith("/account/login/") else str(response.status_code)


def every_path() -> dict[str, str]:
    """Each pattern of the portal with an address that leads to a row that is there."""
    of_admin = {address.pattern: path for path, address in reversed(workspace.paths())}
    return {
        address.pattern: old_version(address) or of_admin.get(address.pattern) or filled(address)
        for address in addresses()
    }


def old_version(address: Address) -> str:
    """The address of an old version in a history: its pattern is not like the others."""
    found = re.fullmatch(r"/admin/(\w+)/(\w+)/\^.*/history/.*\$", address.pattern)
    version = apps.get_model(*found.groups()).history.first() if found else None  # type: ignore[attr-defined]
    return f"/admin/{found[1]}/{found[2]}/{version.id}/history/{version.pk}/" if found and version else ""


def filled(address: Address) -> str:
    path = re.sub(r"\^?\(\?P<app_label>(\w+).*$", r"\1/", address.pattern).replace("(?P<url>.*)$", "nowhere/")
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: value(address.pattern, found[1]), path)


def value(pattern: str, name: str) -> str:
    """Of the longest beginning that ROWS knows. An address that none fits has to be added there."""
    if name in NOBODYS:
        return NOBODYS[name]
    fitting = [start for start, named in ROWS if named == name and pattern.startswith(start)]
    assert fitting, f"Say in ROWS which row {name} of {pattern} is."
    return str(ROWS[max(fitting, key=len), name]())


def read() -> dict[str, dict[tuple[str, str], str]]:
    """The table that is expected: by person, then by address and method."""
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: {(row["address"], row["method"]): row[name] for row in rows} for name in PEOPLE}


def write(columns: dict[str, dict[tuple[str, str], str]]) -> None:
    with TABLE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["address", "method", *PEOPLE])
        for cell in columns["signed out"]:
            writer.writerow([*cell, *(columns[name][cell] for name in PEOPLE)])
