"""A manager goes from an objective to what came of it for one provider, in four clicks, and back the same way."""

import datetime as dt

import pytest
from django.utils import timezone

from careportal.accounts.services import give_second_factor
from enquiries.models import OutcomeAnswer
from programmes.models import Intake, Programme
from tests.factories import InterestFactory, PageFactory
from tests.journeys.accessibility import findings
from tests.journeys.test_accessibility import mailed_to
from tests.journeys.walking import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]


@pytest.fixture
def officer(visit, colleague):
    secret = give_second_factor(colleague)
    return sign_in(visit(), colleague.email, mailed_code=lambda: mailed_to(colleague), secret=secret)


@pytest.fixture
def outcome():
    """What a provider said after the training that the strategy's first objective names."""
    programme = Programme.objects.get(slug="shift-life-balance")
    opens, closes = dt.date(2026, 4, 1), dt.date(2026, 4, 30)
    group = Intake.objects.create(programme=programme, title="Spring group", opens_on=opens, closes_on=closes)
    came = {"enquiry__organisation": "Quetzal House", "enquiry__received_at": timezone.now()}
    interest = InterestFactory(programme=programme, state="completed", offered_intake=group, **came)
    return OutcomeAnswer.objects.create(
        interest=interest, time="end", answered_at=timezone.now(), took_part="whole", change="much"
    )


def test_from_an_objective_to_a_providers_outcome_in_four_clicks_and_back(officer, outcome):
    officer.go(officer.open("/admin/").page.get_by_role("link", name="Strategy", exact=True))
    pages = [officer.heading]
    found = findings(officer)
    for click in (
        "Objective 1: Recruitment and retention",
        "Shift-Life Balance",
        "Who asked for it, and what came of it",
        "Quetzal House",
    ):
        officer.follow(click)
        pages.append(officer.heading)
        found += findings(officer)

    assert officer.sees("Yes, in all of it")
    assert pages[-1] == "Quetzal House"
    for before in reversed(pages[:-1]):
        officer.go(officer.page.locator(".govuk-breadcrumbs__link").last)
        assert officer.heading == before
    assert found == []


def test_the_pages_of_the_sector_and_the_strategy_can_be_used_by_everybody(visit):
    visitor = visit().open("/").follow("More about the care sector in Barking and Dagenham")
    found = findings(visitor)
    for link in ("The care sector in figures", "The council’s plan"):
        found += findings(visitor.open("/sector/").follow(link))
    found += findings(visitor.follow("See the strategy with its work streams by year"))
    found += findings(visitor.follow("2026/27"))
    found += findings(visitor.follow("Objective 2: Training and progression"))
    visitor.follow("Enhanced Homecare").follow("Objective 2: Training and progression")

    assert found == []


def test_an_officer_looks_at_a_page_before_it_is_saved(officer, colleague):
    page = PageFactory(title="Written in a hurry")
    officer.open(f"/admin/programmes/page/{page.pk}/change/").type("Text", "A **calmer** text").press("Preview")

    assert officer.sees("Nothing has been saved yet")
    assert officer.page.locator("#preview strong").inner_text() == "calmer"
    assert findings(officer) == []
    officer.press("Save")
    page.refresh_from_db()
    assert page.body == "A **calmer** text"
