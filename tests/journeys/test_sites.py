"""A group with three homes, from its one application on a phone to an outcome for each (N16)."""

import pytest

from enquiries.models import Enquiry, Interest
from programmes.models import Programme
from tests.enquiries.follower import following
from tests.enquiries.test_standing import letters_leave
from tests.factories import IntakeFactory, in_days
from tests.journeys.accessibility import findings
from tests.journeys.test_places import look, signed_in
from tests.journeys.visitor import PHONE
from tests.journeys.walking import go_to, send

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

LONG = "The Example Residence for Older People at the Far End of the Long Lane beside the River and the Railway"
PROGRAMME = "Shift-Life Balance"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_group_applies_once_and_each_home_has_its_outcome(visit, browser_of, colleague, scripts):
    """One application; an officer offers one home places, lets one wait and declines one; the page shows all three."""
    IntakeFactory(programme=Programme.objects.get(slug="shift-life-balance"), capacity=5, starts_on=in_days(90))
    manager = visit(size=PHONE, scripts=scripts)
    apply(manager, scripts)

    decide(signed_in(visit(), browser_of, colleague))

    states = dict(Interest.objects.values_list("site_name", "state"))
    assert states == {"Example care home": "offered", LONG: "waiting_list", "Ash House": "declined"}
    letters_leave()
    enquiry = Enquiry.objects.get()
    follow(manager, enquiry)
    shown = [one.inner_text() for one in manager.page.locator(".portal-result").all()]
    assert [outcome in of_one for of_one, outcome in zip(shown, OUTCOMES, strict=True)] == [True] * 3
    if scripts:
        assert findings(manager) == []


OUTCOMES = ["Place offered", "On the waiting list", "Not this time"]


def apply(manager, scripts):
    """With the mistakes that people make."""
    manager.open("/apply/?programme=shift-life-balance")
    go_to(manager, "eligibility").choose("I want to apply for more than one site").press("Continue")
    go_to(manager, "sites").type("Name of other site 1", LONG).press("Continue")
    assert manager.errors == ["Enter the postcode of other site 1"]
    if scripts:
        assert findings(manager) == []
    manager.type("Postcode of other site 1", "rm107ab")
    manager.type("Name of other site 2", "Ash House").type("Postcode of other site 2", "IG11 7LU").press("Continue")

    assert manager.heading.endswith("How many places does each site want?")
    manager.type(LONG, "none").press("Continue")
    assert manager.errors == [f"The number of places for {LONG} must be a whole number, like 12"]
    if scripts:
        assert findings(manager) == []
    manager.type(LONG, "2").press("Continue")
    answer_the_rest(manager)
    assert manager.sees("Ash House: 1")
    send(manager)
    assert manager.sees("(Ash House)")


def answer_the_rest(manager):
    if manager.main.get_by_label("Any of them").count():
        manager.choose("Any of them")
    go_to(manager, "check")


def decide(officer):
    enquiry = Enquiry.objects.get()
    officer.open(enquiry.get_absolute_url()).press("Take it")
    assert look(officer) == []
    steps = f"{enquiry.get_absolute_url().replace('/change/', '')}/programmes/"
    offered, waits, declined = enquiry.interests.order_by("pk")

    officer.open(f"{steps}{offered.pk}/offer/")
    officer.main.get_by_role("radio").first.check()
    officer.press("Offer a place and write to the provider")
    officer.go(officer.main.locator(f'form[action$="/{waits.pk}/waiting-list/"] button'))
    officer.open(f"{steps}{declined.pk}/decline/").choose("There is no money left for it")
    officer.choose("Call us and talk about it").press("See the letter")
    officer.press("Decline and send")


def follow(manager, enquiry):
    cookies = following(enquiry).cookies
    manager.context.add_cookies(
        [{"name": name, "value": one.value, "url": manager.base} for name, one in cookies.items()]
    )
    manager.open(f"/follow/{enquiry.reference}/")
