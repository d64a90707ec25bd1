"""A partner keeps its listing on a phone: edits, previews, sends, amends; and writes a new programme."""

import re

import pytest
from django.conf import settings

from programmes import services
from programmes.models import ListingChange, Programme
from tests.factories import PartnerFactory, ProgrammeFactory, UserFactory
from tests.journeys.accessibility import findings, findings_without_scripts
from tests.journeys.visitor import PHONE
from tests.programmes.people import editor_of

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

LONG = "Leadership, supervision and digital record keeping for deputy managers"


@pytest.fixture
def partner():
    return PartnerFactory(name="Example Enterprise Centre")


@pytest.fixture
def programme(partner):
    programme = ProgrammeFactory(title=LONG, cost_pounds=0, time_needed="3 hours")
    programme.partners.add(partner)
    return programme


@pytest.fixture
def arrive(visit, browser_of, partner):
    """Somebody of the partner who is signed in, at a screen."""
    person = editor_of(partner)

    def at_a_screen(**how):
        visitor = visit(**how)
        session = browser_of(person).cookies[settings.SESSION_COOKIE_NAME].value
        visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.base}])
        return visitor

    return at_a_screen


def review(returned, approved=()):
    change = ListingChange.objects.get(state="submitted")
    services.review(
        change_id=change.pk,
        officer=UserFactory(lead=True),
        revision=change.revision,
        approved=set(approved),
        returned=returned,
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_telephone_and_eligibility_in_one_go_the_first_is_public_at_once(arrive, visit, programme, scripts):
    """J-R3, J-R4: one field approved, one returned, amended, approved; the public page follows."""
    partner, public = arrive(size=PHONE, scripts=scripts), visit(size=PHONE, scripts=scripts)
    partner.open("/partner/listings/").follow(LONG).follow("Edit all of it on one page")
    partner.type("Telephone number", "020 7946 0958").type("Who can get it", "Every deputy manager.")
    partner.type("Summary", "Four mornings.").press("Save")
    assert partner.sees("Live now: telephone number. Not public yet: summary, who can get it.")
    public.open(programme.get_absolute_url())
    assert public.sees("020 7946 0958")
    assert "Every deputy manager." not in public.text

    partner.press("Preview")
    assert partner.sees("Every deputy manager.")
    link = partner.page.get_by_label("Link for colleagues").input_value().removeprefix(settings.BASE_URL)
    colleague = visit(size=PHONE, scripts=scripts).open(link)
    assert colleague.sees("Preview: not public")
    partner.open(f"/partner/listings/{programme.pk}/").press("Send to the council")
    assert partner.sees("It decides by")

    review({"who_for": "Say of which services."}, approved={"summary"})
    partner.open(f"/partner/listings/{programme.pk}/")
    assert partner.sees("Why: Say of which services.")
    assert public.open(programme.get_absolute_url()).sees("Four mornings.")
    partner.type("Write to the council", "Is “care homes” enough?").press("Send message")
    assert partner.sees("The council has your message.")
    partner.open(f"/partner/listings/{programme.pk}/edit/who/")
    partner.type("Who can get it", "Every deputy manager of a care home.").press("Save").press("Send to the council")

    review({}, approved={"who_for"})
    assert public.open(programme.get_absolute_url()).sees("Every deputy manager of a care home.")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_new_programme_is_written_on_a_phone(arrive, programme, scripts):
    """J-R5."""
    partner = arrive(size=PHONE, scripts=scripts)
    partner.open("/partner/listings/").press("List a new programme")
    partner.type("What is the new programme called?", "Rotas that last").choose("An outline to fill in").press("Start")
    partner.go(partner.page.get_by_role("button", name="Send to the council"))
    assert partner.sees("Not sent: something is missing")

    partner.go(partner.main.get_by_role("link", name="Enter the hours and days"))
    partner.type("Hours and days", "2 mornings").choose("In person").type("Cost in pounds", "0")
    partner.type("Who pays for cover", "Your service").press("Save")
    partner.follow("What it is").choose("Training and progression").type("Summary", "Two mornings on rotas.")
    partner.main.get_by_label("What it is").fill("You learn to plan.")
    partner.press("Save").follow("Who can get it").choose("Managers")
    partner.main.get_by_label("Who can get it").fill("Managers of care homes.")
    partner.press("Save").follow("Contact").type("Telephone number", "020 7946 0958").press("Save")
    partner.follow("Dates and places").choose("Yes, the page is to say so").press("Save")
    partner.press("Send to the council")

    assert partner.sees("Sent to the council.")
    assert Programme.objects.get(title="Rotas that last").state == "draft"


def _pages(programme):
    """Every page of this part, and the heading that says it was the right one."""
    at = f"/partner/listings/{programme.pk}/"
    return [
        "/partner/listings/",
        "/partner/listings/new/",
        *(
            f"{at}{page}"
            for page in ("", "edit/", "edit/what/", "edit/closing/", "edit/partners/", "preview/", "take-back/")
        ),
    ]


@pytest.mark.parametrize("scripts", [True, False])
def test_every_page_can_be_used_by_everybody(arrive, visit, partner, programme, scripts):
    """HC2: nothing that axe finds, nothing wider than a phone, no target too small; with errors and returned too."""
    writer = arrive(size=PHONE, scripts=scripts)
    examiner = visit(size=PHONE)

    def wrong():
        return findings(writer) if scripts else findings_without_scripts(writer, examiner)

    writer.open("/partner/listings/")
    assert wrong() == []
    writer.open(f"/partner/listings/{programme.pk}/edit/").type("Telephone number", "x").type("Title", "").press("Save")
    assert len(writer.errors) == 2
    assert wrong() == [], "with errors"
    writer.type("Telephone number", "").type("Title", LONG + " 2").type("Who can get it", "x" * 180).press("Save")
    for page in _pages(programme):
        writer.open(page)
        assert wrong() == [], page
    writer.open(f"/partner/listings/{programme.pk}/").press("Send to the council")
    assert wrong() == [], "sent"
    change = ListingChange.objects.get()
    services.discuss(change_id=change.pk, by=UserFactory(officer=True), text="Why? " + "y" * 150, is_from_council=True)
    review({"who_for": "Say it in words."}, approved={"title"})
    for page in ("", "edit/who/"):
        writer.open(f"/partner/listings/{programme.pk}/{page}")
        assert wrong() == [], f"returned {page}"

    writer.open("/partner/listings/new/").type("What is the new programme called?", LONG)
    writer.choose("An outline to fill in").press("Start")
    draft = re.search(r"/listings/(\d+)/", writer.page.url).group(1)
    assert wrong() == [], "tasks"
    writer.press("Send to the council")
    assert wrong() == [], "tasks with errors"
    writer.open(f"/partner/listings/{draft}/dates/").press("Save")
    assert wrong() == [], "dates with errors"
    writer.choose("No, I will add intakes").press("Save").press("Save")
    assert wrong() == [], "an intake with errors"
    writer.type("Name of this intake", "Spring group")
    for group, day in (("Applications open on", "1"), ("Last day to apply", "28")):
        for part, text in (("Day", day), ("Month", "2"), ("Year", "2027")):
            writer.main.get_by_role("group", name=group).get_by_label(part).fill(text)
    writer.press("Save")
    assert wrong() == [], "dates"
    writer.follow("Change Spring group")
    assert wrong() == [], "an intake"
    writer.open(f"/partner/listings/{draft}/preview/")
    assert wrong() == [], "a preview of a draft"
