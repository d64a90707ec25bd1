"""A small believable world for trying the portal out. What is made up says so."""

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from careportal.accounts.models import User
from careportal.accounts.roles import Role
from careportal.kit.fields import MultipleChoiceField
from careportal.worlds.people import Person, person
from enquiries import services
from enquiries.application.journey import Journey, Page
from enquiries.models import Draft, Enquiry
from programmes import eligibility
from programmes.models import Fact, Intake, Programme, Question
from providers.models import ProviderType

ACCOUNTS = {
    "viewer": Role.VIEWER,
    "officer": Role.OFFICER,
    "lead": Role.LEAD,
    "administrator": Role.ADMINISTRATOR,
    "second-administrator": Role.ADMINISTRATOR,
}


def accounts_file() -> Path:
    return settings.DATA_DIR / "demo_accounts.json"


def make() -> bool:
    """Make the demo world once. False when it was there already."""
    if Programme.objects.filter(is_demo=True).exists() and accounts_file().exists():
        return False
    with transaction.atomic():
        people = [person(name, role, label=f"Demo {role.label.lower()}") for name, role in ACCOUNTS.items()]
        if not Programme.objects.filter(is_demo=True).exists():
            _programmes()
            _enquiries()
        _keep(people)
    return True


def accounts() -> list[Person]:
    """The demo accounts of this installation, with their secrets."""
    return [Person(**entry) for entry in json.loads(accounts_file().read_text())]


def _keep(people: list[Person]) -> None:
    accounts_file().touch(mode=0o600)
    accounts_file().write_text(json.dumps([asdict(one) for one in people], indent=2))


# --- Programmes that show what else a listing can be ----------------------------------------------------------------


def _programmes() -> None:
    today = timezone.localdate()
    day = dt.timedelta(days=1)
    rota = _programme("Rota planning workshop", "A morning on rotas that work, with time for your own.", time="3 hours")
    _intake(rota, "Next group", today - 5 * day, today + 20 * day, today + 30 * day, capacity=12, places_taken=7)
    _intake(rota, "Group after that", today - 5 * day, today + 60 * day, today + 75 * day, capacity=12, places_taken=0)
    full = _programme("Interviewing for values", "How to find people who suit care work.", time="2 half days")
    _intake(full, "Autumn group", today - 20 * day, today + 10 * day, today + 21 * day, capacity=8, places_taken=8)
    later = _programme("Leading a care team", "For people who have just become a team leader.", time="6 evenings")
    _intake(later, "Spring group", today + 14 * day, today + 60 * day, today + 90 * day, capacity=15, places_taken=0)
    Question.objects.create(
        programme=rota,
        key="rota-size",
        label="How many people are on your rota?",
        kind=Question.Kind.NUMBER,
        purpose="To form groups of services of a like size.",
    )


def _programme(title: str, summary: str, *, time: str) -> Programme:
    return Programme.objects.create(
        slug=f"demo-{title.lower().replace(' ', '-')}",
        title=title,
        summary=summary,
        description=f"{summary}\n\nThis programme was made up for the trial. Nobody runs it.",
        who_for="Managers and team leaders.",
        theme=Programme.Theme.RECRUITMENT,
        audience=Programme.Audience.MANAGERS,
        delivery_mode=Programme.DeliveryMode.IN_PERSON,
        time_needed=time,
        cover="Your service",
        cost_pounds=0,
        state=Programme.State.PUBLISHED,
        is_demo=True,
        checked_on=timezone.localdate(),
    )


def _intake(programme: Programme, title: str, opens: dt.date, closes: dt.date, starts: dt.date, **places: int) -> None:
    days = {"opens_on": opens, "closes_on": closes, "starts_on": starts}
    Intake.objects.create(programme=programme, title=title, place="To be agreed", **days, **places)


# --- Applications, sent the way everybody sends them ----------------------------------------------------------------


# Organisation, kind of care, how many programmes are asked for, what became of it.
APPLICATIONS = [
    ("Example Homecare (made up)", ProviderType.HOMECARE, 2, "new"),
    ("Sample House Care Home (made up)", ProviderType.CARE_HOME, 1, "new"),
    ("Specimen Supported Living (made up)", ProviderType.SUPPORTED_LIVING, 1, "taken"),
    ("Model Nursing Home (made up)", ProviderType.NURSING_HOME, 1, "closed"),
]


def _enquiries() -> None:
    officer = User.objects.get(email="officer@example.org")
    for number, (organisation, kind, wanted, outcome) in enumerate(APPLICATIONS, start=1):
        slugs = _fitting(kind)
        if slugs:
            enquiry = _apply(number, organisation, kind, (slugs[number - 1 :] + slugs)[:wanted])
            for step in OUTCOMES[outcome]:
                step(enquiry_id=enquiry.pk, officer=officer)


def _fitting(kind: str) -> list[str]:
    """The council's own programmes that are open and fit such a service in its area."""
    known = {Fact.PROVIDER_TYPE: kind, Fact.AREA: "inside", Fact.PLACE_OF_CARE: "funded", Fact.CQC_REGISTERED: "yes"}
    facts = {str(fact): answer for fact, answer in known.items()}
    open_ones = Programme.objects.open_on().filter(is_demo=False).order_by("slug")
    return [one.slug for one in open_ones if eligibility.check(one, facts).fits]


OUTCOMES = {"new": [], "taken": [services.take], "closed": [services.take, services.close]}


def _apply(number: int, organisation: str, kind: str, slugs: list[str]) -> Enquiry:
    """Fill in every page of an application and send it."""
    examples = settings.COUNCIL.area.examples
    typed = {
        "programmes": {"programmes": slugs},
        "find": {"location": "none"},
        "service": {"provider_type": kind},
        "postcode": {"postcode": examples[number % len(examples)]},
        "registered": {"cqc_registered": "yes"},
        "organisation": {"organisation": organisation},
        "contact": {"full_name": "Demo applicant", "email": f"demo-applicant-{number}@example.org"},
        "message": {"message": "This application was made up for the trial."},
    }
    draft = Draft.objects.create(owner="demo", origin="")
    for _ in range(20):
        journey = Journey(draft)
        page = journey.next_page()
        if page is None:
            break
        form = journey.form(page, typed.get(page.name) or _made_up(journey, page))
        if not form.is_valid():
            raise ValueError(f"The demo world cannot answer the page {page.name}: {form.errors.as_text()}")
        services.save_page(draft, page=page.name, entry=form.entry())
    reference = services.submit_application(draft_id=draft.pk, owner="demo", seal=draft.seal())
    return Enquiry.objects.get(reference=reference)


def _made_up(journey: Journey, page: Page) -> dict[str, Any]:
    """Answers to a page that depends on the pack: the first choice, a small number, or nothing."""
    if page.name == "eligibility":
        again = [result.programme.slug for result in journey.unmet]
        return {"seen": journey.results_seen, "second_look": again}
    typed: dict[str, Any] = {}
    for name, field in page.form(journey=journey).fields.items():
        first = next((str(value) for value, _ in getattr(field, "choices", [])), "4")
        typed[name] = [first] if isinstance(field, MultipleChoiceField) else first
    return typed
