"""Days on which the council is closed: they move the dates behind them, and lead officers keep them."""

import datetime as dt

import pytest
import time_machine

from enquiries import services
from enquiries.models import Event
from programmes.models import ClosureDay
from tests.enquiries.test_clocks import MONDAY, dates, on
from tests.factories import EnquiryFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def due_friday():
    """Received on Monday, a reply due on Friday; four weeks for the decision."""
    return EnquiryFactory(
        in_triage=True,
        received_at=MONDAY,
        reply_due_on=dt.date(2026, 11, 27),
        decision_due_on=dt.date(2026, 12, 21),
    )


def closure(day):
    return ClosureDay.objects.create(on=day, reason="Offices closed")


@pytest.mark.parametrize(
    ("day", "reply", "decision"),
    [
        (dt.date(2026, 11, 23), dt.date(2026, 11, 27), dt.date(2026, 12, 21)),  # the day it came
        (dt.date(2026, 11, 25), dt.date(2026, 11, 30), dt.date(2026, 12, 22)),  # on the way
        (dt.date(2026, 11, 27), dt.date(2026, 11, 30), dt.date(2026, 12, 22)),  # the very day
        (dt.date(2026, 11, 30), dt.date(2026, 11, 27), dt.date(2026, 12, 22)),  # only for the decision
        (dt.date(2026, 12, 28), dt.date(2026, 11, 27), dt.date(2026, 12, 21)),  # after both
        (dt.date(2026, 11, 28), dt.date(2026, 11, 27), dt.date(2026, 12, 21)),  # a Saturday
    ],
)
def test_a_closure_day_moves_the_dates_behind_it_and_its_removal_moves_them_back(due_friday, day, reply, decision):
    before = dates(due_friday)
    with time_machine.travel(MONDAY):
        added = closure(day)
    assert dates(due_friday) == (reply, decision)

    added.delete()

    assert dates(due_friday) == before


def test_each_enquiry_that_moved_says_so_once(due_friday):
    untouched = EnquiryFactory(closed=True, received_at=MONDAY)
    closure(dt.date(2026, 11, 25))

    assert [event.enquiry_id for event in Event.objects.filter(kind="due_moved")] == [due_friday.pk]
    assert due_friday.events.last().detail == {"closed": True, "on": "2026-11-25"}
    assert dates(untouched) == (dt.date(2026, 11, 30), dt.date(2026, 12, 21))


def test_many_closure_days_in_a_row_are_all_passed_by():
    """The dates of one enquiry may move onto those of another: none is moved twice by one day."""
    enquiries = [EnquiryFactory(received_at=MONDAY, reply_due_on=dt.date(2026, 11, day)) for day in (24, 25, 26, 27)]
    for day in (24, 25, 26):
        closure(dt.date(2026, 11, day))

    found = [dates(enquiry)[0] for enquiry in enquiries]
    assert found == [dt.date(2026, 11, 27), dt.date(2026, 11, 30), dt.date(2026, 12, 1), dt.date(2026, 12, 2)]


def test_what_was_replied_to_and_what_stands_still_is_right_as_well(due_friday, officer):
    """A paused clock has as many working days left as before, whenever the closure day was added."""
    with on(dt.date(2026, 11, 24)):
        services.note_first_reply(enquiry_id=due_friday.pk, officer=officer)
        services.wait_for_provider(enquiry_id=due_friday.pk, officer=officer)
        closure(dt.date(2026, 11, 26))
    with on(dt.date(2026, 11, 30)):
        services.resume_triage(enquiry_id=due_friday.pk, officer=officer)

    # From 24 to 30 November three working days passed: the 25th, the 27th and the 30th.
    assert dates(due_friday) == (dt.date(2026, 11, 27), dt.date(2026, 12, 29))


def test_a_change_of_the_reason_moves_nothing(due_friday):
    day = closure(dt.date(2026, 11, 25))
    before = dates(due_friday)
    day.reason = "Another reason"
    day.save()

    assert dates(due_friday) == before


def test_a_lead_officer_keeps_the_closure_days(browser_of, due_friday):
    browser, url = browser_of(UserFactory(lead=True)), "/admin/programmes/closureday/"
    with on(dt.date(2026, 11, 23)):
        browser.post(f"{url}add/", {"on": "2026-11-25", "reason": "Offices closed"})
        assert dates(due_friday)[0] == dt.date(2026, 11, 30)
        browser.post(f"{url}{ClosureDay.objects.get().pk}/delete/", {"post": "yes", "reason": "mistake"})

    assert dates(due_friday)[0] == dt.date(2026, 11, 27)


@pytest.mark.parametrize(
    ("day", "reason"),
    [("2026-11-20", "today or later"), ("2026-11-28", "A weekend or a bank holiday"), ("2026-12-25", "bank holiday")],
)
def test_a_closure_day_that_counts_for_nothing_is_refused(browser_of, day, reason):
    browser = browser_of(UserFactory(lead=True))
    with on(dt.date(2026, 11, 23)):
        shown = browser.post("/admin/programmes/closureday/add/", {"on": day, "reason": "x"}).content.decode()

    assert reason in shown
    assert not ClosureDay.objects.exists()


def test_what_is_past_stays_as_it_was_counted(browser_of):
    day = closure(dt.date(2026, 11, 18))
    browser = browser_of(UserFactory(lead=True))
    with on(dt.date(2026, 11, 23)):
        assert browser.post(f"/admin/programmes/closureday/{day.pk}/delete/", {"post": "yes"}).status_code == 403
        browser.post(f"/admin/programmes/closureday/{day.pk}/change/", {"on": "2026-11-25", "reason": "Moved"})

    day.refresh_from_db()
    assert (day.on, day.reason) == (dt.date(2026, 11, 18), "Moved")


@pytest.mark.parametrize("role", ["viewer", "officer"])
def test_other_officers_only_read_the_closure_days(browser_of, role):
    browser = browser_of(UserFactory(**{role: True}))

    assert browser.get("/admin/programmes/closureday/").status_code == 200
    assert browser.post("/admin/programmes/closureday/add/", {"on": "2030-01-08", "reason": "x"}).status_code == 403
