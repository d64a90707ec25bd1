"""The calendar file of an accepted place: a whole day, the same UID for ever, behind the proof of the offer (J-P8)."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from enquiries import services
from enquiries.letters_offers import OFFERS, calendar_page
from enquiries.links import token_for
from enquiries.models import Interest
from programmes.models import Intake
from tests.factories import IntakeFactory, InterestFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

FIRST = dt.date(2027, 3, 1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def group():
    programme = ProgrammeFactory(title="Rotas; shifts, and leave")
    return IntakeFactory(programme=programme, title="Spring group", starts_on=FIRST, place="Room 1, Barking")


@pytest.fixture
def place(group, officer):
    found = InterestFactory(in_hand=True, programme=group.programme, enquiry__contact_name="Erika Example")
    offered = services.offer(interest_id=found.pk, officer=officer, intake_id=group.pk)
    return services.answer_offer(interest_id=offered.pk, accepts=True, shown=offered.shown_as)


def path_of(place):
    """The address, whether or not a page shows it."""
    return f"/offers/{place.pk}/{token_for(OFFERS, place.pk)}/calendar/"


def fetched(place):
    answer = Client().get(path_of(place))
    assert answer.status_code == 200
    return answer


def event_of(place):
    (event,) = Calendar.from_ical(fetched(place).content).walk("VEVENT")
    return event


def change(group, **facts):
    Intake.objects.filter(pk=group.pk).update(**facts)


def test_an_accepted_place_is_a_day_in_the_calendar(place):
    event = event_of(place)

    assert (event.decoded("dtstart"), event.decoded("dtend")) == (FIRST, FIRST + dt.timedelta(days=1))
    assert (event["summary"], event["location"]) == ("Rotas; shifts, and leave", "Room 1, Barking")
    assert f"Your reference: {place.enquiry.reference}" in event["description"]
    assert event["transp"] == "TRANSPARENT"


def test_a_course_of_days_is_all_of_them_and_one_of_months_its_first_day(place, group):
    change(group, ends_on=FIRST + dt.timedelta(days=2))
    assert event_of(place).decoded("dtend") == FIRST + dt.timedelta(days=3)

    change(group, ends_on=FIRST + dt.timedelta(days=90))
    event = event_of(place)
    assert event.decoded("dtend") == FIRST + dt.timedelta(days=1)
    assert event["summary"] == "Rotas; shifts, and leave: first day"
    assert "Ends: Sunday 30 May 2027" in event["description"]


def test_the_file_is_as_the_standard_wants_it(place, group):
    """RFC 5545: lines end with CR LF and are folded after 75 bytes, texts are escaped."""
    change(group, place="Ä very long way, past the hall; " * 6)
    lines = fetched(place).content.split(b"\r\n")

    assert (lines[0], lines[-2:]) == (b"BEGIN:VCALENDAR", [b"END:VCALENDAR", b""])
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75
    assert b"SUMMARY:Rotas\\; shifts\\, and leave" in lines
    assert event_of(place)["location"].startswith("Ä very long way, past the hall; Ä")


def test_a_file_fetched_after_a_change_takes_the_place_of_the_old_one(place, group):
    before = event_of(place)
    change(group, starts_on=FIRST + dt.timedelta(days=7))

    with time_machine.travel(dt.datetime(2026, 12, 1, 10, tzinfo=dt.UTC)):
        after = event_of(place)

    assert before["uid"] == after["uid"]
    assert before.decoded("dtstamp") < after.decoded("dtstamp")
    assert after.decoded("dtstart") == FIRST + dt.timedelta(days=7)


def test_the_file_holds_nothing_of_the_person_and_is_never_kept(place):
    answer = fetched(place)

    assert b"Erika" not in answer.content
    assert place.enquiry.contact_email.encode() not in answer.content
    assert token_for(OFFERS, place.pk).encode() not in answer.content
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{place.enquiry.reference}.ics"'
    assert answer["Cache-Control"] == "no-store"


def test_the_page_of_the_place_leads_to_the_file(place):
    page = Client().get(path_of(place).removesuffix("calendar/")).content.decode()

    assert calendar_page(place) == path_of(place)
    assert f'href="{path_of(place)}"' in page


@pytest.mark.parametrize(
    "facts",
    [{"state": "withdrawn", "offered_intake": None}, {"state": "offered"}, {"offered_intake": None}],
    ids=["withdrawn", "not accepted yet", "dates to be agreed"],
)
def test_there_is_no_file_without_an_accepted_place_in_a_group(place, facts):
    Interest.objects.filter(pk=place.pk).update(**facts)

    assert Client().get(path_of(place)).status_code == 404
    assert "calendar" not in Client().get(path_of(place).removesuffix("calendar/")).content.decode()


@pytest.mark.parametrize("facts", [{"state": "cancelled"}, {"starts_on": None}])
def test_there_is_no_file_for_a_group_that_has_no_day(place, group, facts):
    change(group, **facts)

    assert Client().get(path_of(place)).status_code == 404


def test_without_the_proof_of_this_offer_there_is_nothing(place):
    """AZ15."""
    other = InterestFactory()
    token = token_for(OFFERS, place.pk)

    for number, proof in ((other.pk, token), (place.pk, token_for("answer", place.pk)), (place.pk, "x")):
        assert Client().get(f"/offers/{number}/{proof}/calendar/").status_code == 404
    assert Client().post(path_of(place)).status_code == 405
