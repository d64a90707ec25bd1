"""A registered manager finds the service in the CQC directory instead of typing it."""

import pytest
from playwright.sync_api import expect

from enquiries.models import Enquiry
from tests.factories import DirectoryImportFactory, RegisteredLocationFactory
from tests.journeys.visitor import PHONE
from tests.journeys.walking import go_to, send

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

BOX = "Find your care service"


@pytest.fixture
def directory(world):
    DirectoryImportFactory()
    for name, postcode in (("Orchard House", "RM10 7AA"), ("Orchard Homecare", "RM9 5AA"), ("Mill House", "IG11 8BB")):
        RegisteredLocationFactory(name=name, postcode=postcode)


@pytest.fixture
def manager(visit, directory):
    def arrive(**how):
        return visit(size=PHONE, **how).open("/apply/?programme=shift-life-balance").press("Continue")

    return arrive


def test_a_service_is_picked_from_what_is_suggested_by_keyboard_alone(manager):
    """(J-P3 step 2)"""
    person = manager()
    box, options = person.main.get_by_role("combobox"), person.main.get_by_role("option")
    box.press_sequentially("rchard")
    expect(options).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert person.sees("2 services fit.")

    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    box.press("Enter")
    expect(box).to_have_value("Orchard House")
    expect(options).to_have_count(0)

    person.press("Continue")
    assert person.heading == "Is this your service?"
    person.choose("Yes, use them").press("Continue")
    send(go_to(person, "check"))
    enquiry = Enquiry.objects.get()
    assert (enquiry.organisation, enquiry.postcode, enquiry.provider_type) == ("Orchard House", "RM10 7AA", "care_home")


def test_a_tap_picks_a_service_and_typing_on_takes_it_back(manager):
    person = manager()
    box = person.main.get_by_role("combobox")
    box.press_sequentially("mill")
    person.main.get_by_role("option").click()
    expect(box).to_have_value("Mill House")
    picked = person.main.locator("input[type=hidden][name=location]")
    assert picked.input_value().startswith("1-")

    box.press_sequentially(" zzz")

    assert picked.input_value() == ""
    expect(person.main.get_by_role("option")).to_have_count(0)
    person.press("Continue")
    assert person.errors[0].startswith("We found no service like that.")


def test_without_scripts_the_page_finds_the_service(manager):
    """(J-P3 step 2)"""
    person = manager(scripts=False)
    person.type(BOX, "orchard").press("Continue")
    assert person.heading.endswith("Which is your service?")
    person.choose("Orchard Homecare").press("Continue")
    person.choose("It is my service, but I want to change something").press("Continue")
    assert person.main.get_by_label("Care home", exact=True).is_checked()
    person.choose("Homecare").press("Continue")
    assert person.main.get_by_role("textbox").input_value() == "RM9 5AA"
    person.press("Continue")
    person.press("Continue")
    assert person.main.get_by_role("textbox").input_value() == "Orchard Homecare"
    person.press("Continue")

    send(go_to(person, "check"))
    enquiry = Enquiry.objects.get()
    assert (enquiry.provider_type, enquiry.postcode, enquiry.cqc_registered) == ("homecare", "RM9 5AA", "yes")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_service_that_the_cqc_does_not_know_has_its_own_way(manager, scripts):
    """(J-P3 step 2)"""
    person = manager(scripts=scripts)
    person.press("My service is not in the CQC’s list")
    assert person.heading.endswith("What kind of care do you provide?")

    send(go_to(person, "check"))
    assert Enquiry.objects.get().cqc_location_id == ""


def test_when_the_lookup_answers_nothing_the_page_works_without_it(manager, settings):
    """(trap 25)"""
    person = manager()
    person.page.route("**/services/lookup/**", lambda route: route.abort())
    person.main.get_by_role("combobox").press_sequentially("mill")
    person.page.wait_for_timeout(300)
    person.watch.found.clear()  # that it was aborted

    person.press("Continue")

    assert person.heading == "Is this your service?"
