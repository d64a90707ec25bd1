"""When a provider can be called: asked in the application, shown to officers, and found by the queue (N18)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction

from enquiries import services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, Event, OutgoingMail
from enquiries.models.calling import said
from enquiries.services import submitted
from programmes.models import ClosureDay
from tests.applying import Applicant, errors
from tests.enquiries.letters import read
from tests.factories import EnquiryFactory

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
QUEUE = "/admin/enquiries/enquiry/"
WHO = {"full_name": "Example Applicant", "email": "applicant@example.org", "telephone": "020 7946 0958"}
HANDOVER = {"call_from": "870", "call_until": "930", "call_not_on": ["0"]}
WEDNESDAY = dt.date(2026, 11, 25)


def at(hour, minute=0, day=WEDNESDAY):
    return time_machine.travel(dt.datetime.combine(day, dt.time(hour, minute), tzinfo=LONDON), tick=False)


def reachable(**times):
    return EnquiryFactory(contact_telephone="+442079460958", **times)


def applied(**contact):
    return Applicant(contact={**WHO, **contact}).apply("open")


# --- In the application ------------------------------------------------------------------------------------------


def test_an_applicant_says_when_to_call(open_programme):
    """After handover, 14:30 to 15:30, not Mondays (N18)."""
    enquiry = applied(**HANDOVER)

    assert enquiry.call_times == (870, 930, 1)
    assert enquiry.call_times_said == "2:30pm to 3:30pm, not on Mondays"


def test_whoever_asks_for_no_times_can_be_called_at_any(open_programme):
    assert applied().call_times_said == "At any time"


def test_a_time_or_a_day_alone_is_enough(open_programme):
    enquiry = applied(call_from="870", call_not_on=["0", "4"])

    assert enquiry.call_times_said == "2:30pm to 6pm, not on Mondays or Fridays"


@pytest.mark.parametrize(("contact", "is_said"), [(HANDOVER, True), ({}, False)])
def test_the_inbox_is_told_when_to_call_where_somebody_asked_for_it(open_programme, contact, is_said):
    applied(**contact)

    text = read(OutgoingMail.objects.get(kind="routing")).get_content()
    assert ("When to call: 2:30pm to 3:30pm, not on Mondays" in text) is is_said


def test_the_answer_is_read_again_before_it_is_sent(open_programme):
    applicant = Applicant(contact={**WHO, **HANDOVER}).begin("open").go_to("check")

    page = applicant.client.get(applicant.page).content.decode()

    assert "When it is best to call you" in page
    assert "2:30pm to 3:30pm, not on Mondays" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"call_from": "930", "call_until": "930"}, "“Call until” must be later than “Call from”"),
        ({"call_from": "1050", "call_until": "510"}, "“Call until” must be later"),
        ({"call_not_on": ["0", "1", "2", "3", "4"]}, "Leave at least one day on which we can call you"),
        ({"call_from": "930", "call_until": "870", "telephone": ""}, "Enter your telephone number, so that we can"),
        ({**HANDOVER, "telephone": ""}, "Enter your telephone number, so that we can call you at that time"),
        ({"call_from": "871"}, "Select the time to call from"),
        ({"call_until": "9" * 400}, "Select the time to call until"),
        ({"call_not_on": ["7"]}, "Select the days to avoid"),
        ({"call_from": "\x00"}, "Select the time to call from"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_lost(open_programme, typed, said):
    applicant = Applicant().begin("open").go_to("contact")

    response = applicant.answer({**WHO, **typed})

    assert response.status_code == 200
    assert any(said in error for error in errors(response)), errors(response)
    assert 'value="Example Applicant"' in response.content.decode()


def test_all_that_is_wrong_is_said_at_once_and_the_rest_again_when_one_is_corrected(open_programme):
    """Correcting one field hides no other error (trap 33)."""
    applicant = Applicant().begin("open").go_to("contact")
    wrong = {"call_from": "930", "call_until": "870", "call_not_on": ["0", "1", "2", "3", "4"]}
    about_times = ["“Call until” must be later than “Call from”", "Leave at least one day on which we can call you"]

    everything = applicant.answer({**wrong, "full_name": "", "email": "nobody", "telephone": "1"})
    assert len(errors(everything)) == 5
    corrected = applicant.answer({**WHO, **wrong})
    assert errors(corrected) == about_times


def test_what_was_sent_before_there_were_times_is_still_what_was_sent(open_programme):
    """The sum over an older application does not change (DI6)."""
    applied()

    assert not {"call_from", "call_until", "call_not_on"} & set(Enquiry.SUBMITTED)
    assert list(submitted.differences()) == []


@pytest.mark.parametrize(
    "times",
    [{"call_from": 600, "call_until": 600}, {"call_from": 0}, {"call_until": 1081}, {"call_not_on": 31}],
)
def test_the_database_refuses_times_that_make_no_sense(times):
    with pytest.raises(IntegrityError), transaction.atomic():
        EnquiryFactory(**times)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ((480, 1080, 0), "At any time"),
        ((480, 720, 0), "8am to midday"),
        ((750, 1080, 0b00110), "12:30pm to 6pm, not on Tuesdays or Wednesdays"),
        ((480, 1080, 0b11100), "At any time, not on Wednesdays, Thursdays or Fridays"),
    ],
)
def test_times_are_said_as_people_say_them(times, words):
    assert said(*times) == words


# --- In the queue ------------------------------------------------------------------------------------------------


def found(browser, query):
    return [row.enquiry.organisation for row in browser.get(f"{QUEUE}?{query}").context["rows"]]


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


@pytest.fixture
def many(db):
    with at(7):
        reachable(organisation="any time")
        reachable(organisation="after handover", call_from=870, call_until=930, call_not_on=1)
        reachable(organisation="mornings", call_until=720)
        reachable(organisation="not on Wednesdays", call_not_on=0b00100)
        reachable(organisation="closed", closed=True)
        EnquiryFactory(organisation="without a number")


@pytest.mark.parametrize(
    ("moment", "organisations"),
    [
        ((14, 29), ["any time"]),
        ((14, 30), ["after handover", "any time"]),
        ((15, 29), ["after handover", "any time"]),
        ((15, 30), ["any time"]),
        ((8, 0), ["mornings", "any time"]),
        ((7, 59), []),
        ((18, 0), []),
        ((14, 30, dt.date(2026, 11, 23)), ["any time", "not on Wednesdays"]),  # a Monday
        ((14, 30, dt.date(2026, 11, 28)), []),  # a Saturday
        ((14, 30, dt.date(2026, 12, 25)), []),
        ((14, 30, dt.date(2026, 7, 8)), ["after handover", "any time"]),  # in summer, by the clock on the wall
    ],
)
def test_the_queue_finds_who_can_be_called_now_the_shortest_time_left_first(
    officer, browser_of, many, moment, organisations
):
    """By the clock in London, on working days (N18)."""
    with at(*moment):
        browser = browser_of(officer)
        assert sorted(found(browser, "sort=call")) == sorted(organisations)
        assert set(found(browser, "only=callable")) == set(organisations)
        if "after handover" in organisations or "mornings" in organisations:
            assert found(browser, "sort=call") == organisations


@pytest.mark.parametrize("query", ["only=callable&state=closed", "sort=call&state=closed&state=waiting"])
def test_closed_enquiries_are_not_called(browser, many, query):
    with at(14, 30):
        assert found(browser, query) == []


def test_nobody_is_called_while_the_council_is_closed(browser, many):
    ClosureDay.objects.create(on=WEDNESDAY, reason="Stocktaking")

    with at(14, 30):
        assert found(browser, "only=callable") == []


def test_a_row_says_when_to_call_where_somebody_asked_for_it(browser, many):
    shown = browser.get(QUEUE).content.decode()

    assert "Call: 2:30pm to 3:30pm, not on Mondays" in shown
    assert "Call: At any time<" not in shown


# --- On the enquiry's page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hour", "tag"), [(15, "Can be called now"), (16, "Not now")])
def test_an_officer_sees_whether_to_call_now(browser, hour, tag):
    """Shown as “can be called now” (N18)."""
    enquiry = reachable(in_triage=True, call_from=870, call_until=930)

    with at(hour):
        page = browser.get(enquiry.get_absolute_url()).content.decode()

    assert "2:30pm to 3:30pm" in page
    assert tag in page


def test_the_times_are_offered_again_when_a_call_is_put_off(browser, officer):
    """The officer notes what was agreed; the history keeps both (N18)."""
    enquiry = reachable(in_triage=True, call_from=870, call_until=930, call_not_on=1)
    address = f"{QUEUE}{enquiry.pk}/call/"
    shown = browser.get(address).content.decode()
    assert '<option value="870" selected>2:30pm</option>' in shown

    browser.post(address, {"call_from": "540", "call_until": "600"})

    enquiry.refresh_from_db()
    assert enquiry.call_times_said == "9am to 10am"
    event = Event.objects.get(kind="call_times")
    assert (event.by, event.detail) == (officer, {"before": [870, 930, 1], "after": [540, 600, 0]})


def test_times_that_make_no_sense_are_refused_to_officers_too(browser):
    enquiry = reachable(in_triage=True)

    page = browser.post(f"{QUEUE}{enquiry.pk}/call/", {"call_from": "600", "call_until": "600"})

    assert errors(page) == ["“Call until” must be later than “Call from”"]


def test_the_same_times_again_are_no_event(officer):
    enquiry = reachable(in_triage=True)

    services.change_call_times(enquiry_id=enquiry.pk, officer=officer, call_from=480, call_until=1080, call_not_on=0)

    assert not Event.objects.filter(kind="call_times").exists()


def test_a_closed_enquiry_keeps_its_times(officer, browser):
    enquiry = reachable(closed=True)

    with pytest.raises(TransitionNotAllowed, match="is closed"):
        services.change_call_times(enquiry_id=enquiry.pk, officer=officer, call_from=540, call_until=600, call_not_on=0)
    page = browser.post(f"{QUEUE}{enquiry.pk}/call/", {"call_from": "540"})
    assert "is closed. Re-open it first." in errors(page)[0]


def test_whoever_may_only_look_changes_no_times(viewer, browser_of, client):
    enquiry = reachable(in_triage=True)
    address = f"{QUEUE}{enquiry.pk}/call/"

    assert browser_of(viewer).post(address, {"call_from": "540"}).status_code == 403
    assert client.post(address, {"call_from": "540"}).status_code == 302
    enquiry.refresh_from_db()
    assert enquiry.call_times_said == "At any time"
