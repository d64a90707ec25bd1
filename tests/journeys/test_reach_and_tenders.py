"""Officers who look for services that never heard of the portal, and a manager who looks for tenders."""

import pytest
from django.conf import settings
from django.utils import timezone

from enquiries.models import Outreach
from tests.factories import InterestFactory, RegisteredLocationFactory, TenderFactory, TenderImportFactory
from tests.journeys.accessibility import findings
from tests.journeys.visitor import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

LONG_NAME = ("Example Organisation of Many Names and Subsidiaries " * 5)[:200]


def signed_in(visitor, browser_of, person):
    session = browser_of(person).cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.base}])
    return visitor


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_an_officer_finds_who_was_never_reached_and_records_a_call(visit, browser_of, colleague, size):
    RegisteredLocationFactory(cqc_location_id="1-1", name="Alpha home", telephone="02079460000")
    RegisteredLocationFactory(name=LONG_NAME, service_types=["Homecare agencies", "Supported living"])
    RegisteredLocationFactory(cqc_location_id="1-3", name="Gamma home")
    InterestFactory(enquiry__cqc_location_id="1-3", state="completed")
    officer = signed_in(visit(size=size), browser_of, colleague)

    officer.open("/admin/figures/")
    officer.follow("Reach: who in the area has never heard of us")
    assert officer.heading == "Reach"
    assert findings(officer) == []
    officer.go(officer.main.get_by_role("link", name="We spoke to them").first)
    assert officer.sees("Alpha home")
    assert findings(officer) == []
    officer.press("Save")
    assert officer.errors == ["Enter the day", "Select how you reached them"]
    assert findings(officer) == []
    today = timezone.localdate()
    officer.type("Day", f"{today.day}").type("Month", f"{today.month}").type("Year", f"{today.year}")
    officer.choose("By telephone").press("Save")

    assert officer.sees("It is recorded that you reached Alpha home.")
    assert Outreach.objects.get().cqc_location_id == "1-1"
    officer.open("/admin/reach/1-1/spoke/")
    assert findings(officer) == []
    officer.go(officer.main.get_by_role("button", name="Take back"))
    assert officer.sees("It is taken back.")


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_a_manager_looks_for_tenders_and_is_led_out(visit, size):
    TenderImportFactory()
    TenderFactory(title=LONG_NAME, buyer=LONG_NAME, is_for_small=True, is_for_voluntary=True, value_to=60000)
    TenderFactory(title="Care at home", closes_at=None)
    manager = visit(size=size)

    manager.open("/programmes/").follow("See where tenders for care are")

    assert manager.heading == "Tenders for care in Barking and Dagenham and nearby"
    assert findings(manager) == []
