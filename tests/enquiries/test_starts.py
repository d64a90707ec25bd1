"""Reminders of a beginning: one, two working days before, and never of what has changed (J-P8)."""

import datetime as dt

import pytest

from enquiries.models import Event, Interest, Message
from enquiries.services.starts import look_after_starts
from programmes.models import ClosureDay, Intake
from tests.enquiries.letters import page_in, to_provider
from tests.enquiries.programmes_over import days_written, enrolled, on

pytestmark = pytest.mark.django_db

THURSDAY = dt.date(2026, 11, 26)
MONDAY, TUESDAY = dt.date(2026, 11, 30), dt.date(2026, 12, 1)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("starts_on", "reminded_on"),
    [
        (dt.date(2026, 11, 27), dt.date(2026, 11, 25)),
        (MONDAY, THURSDAY),
        (dt.date(2026, 12, 29), dt.date(2026, 12, 23)),  # over Christmas and its two bank holidays
        (dt.date(2026, 12, 11), dt.date(2026, 12, 9)),  # also in the days of the national return
    ],
)
def test_a_reminder_is_written_once_two_working_days_before_the_start(starts_on, reminded_on):
    enrolled(starts_on=starts_on)

    assert days_written(look_after_starts, (starts_on - 10 * DAY, starts_on + DAY)) == [reminded_on]


def test_closure_days_of_the_council_do_not_count():
    ClosureDay.objects.create(on=THURSDAY, reason="Stocktaking")
    enrolled(starts_on=MONDAY)

    assert days_written(look_after_starts, (MONDAY - 10 * DAY, MONDAY)) == [dt.date(2026, 11, 25)]


def test_the_letter_says_when_and_where_and_leads_to_the_calendar_file(client):
    interest = enrolled(starts_on=MONDAY)
    Intake.objects.update(place="Room 1, Barking")

    with on(THURSDAY):
        look_after_starts()
        (mail,) = to_provider()
        page = client.get(page_in(mail.text)).content.decode()

    assert "starts on Monday 30 November 2026" in mail.text
    for words in ("Dear Erika", "Rota planning", "Spring group", "Room 1, Barking"):
        assert words in mail.text
    assert mail.subject == f"Your programme starts soon ({interest.enquiry.reference})"
    assert "Add the dates to your calendar" in page
    message = Message.objects.get()
    assert (message.kind, message.interest, message.by) == ("reminder", interest, None)
    assert page_in(mail.text) not in message.text
    event = Event.objects.get(kind="reminded")
    assert event.detail == {"interest": interest.pk, "about": "start", "message": message.pk}


@pytest.mark.parametrize("state", ["withdrawn", "received", "declined", "offered", "completed"])
def test_nobody_is_reminded_whose_place_is_gone_or_not_certain(state):
    enrolled(starts_on=MONDAY)
    facts = {"reason": "no_money", "onward_options": "Ask again."} if state == "declined" else {}
    holds = state in {"offered", "completed"}
    Interest.objects.update(state=state, **facts, **({} if holds else {"offered_intake": None}))

    assert days_written(look_after_starts, (THURSDAY, MONDAY)) == []


def test_nobody_is_reminded_of_a_group_that_was_cancelled():
    enrolled(starts_on=MONDAY)
    Intake.objects.update(state="cancelled")

    assert days_written(look_after_starts, (THURSDAY, MONDAY)) == []


def test_a_group_that_was_put_off_is_reminded_of_again_for_its_new_day():
    enrolled(starts_on=MONDAY)
    assert days_written(look_after_starts, (THURSDAY, THURSDAY)) == [THURSDAY]

    Intake.objects.update(starts_on=MONDAY + 7 * DAY)

    assert days_written(look_after_starts, (THURSDAY, MONDAY + 8 * DAY)) == [THURSDAY + 7 * DAY]


def test_who_is_enrolled_on_the_last_day_before_is_reminded_then():
    enrolled(starts_on=TUESDAY)

    assert days_written(look_after_starts, (MONDAY, TUESDAY)) == [MONDAY]


@pytest.mark.parametrize(("day", "hour"), [(THURSDAY, 7), (dt.date(2026, 11, 28), 10)])
def test_nothing_is_written_at_night_or_at_weekends(day, hour):
    enrolled(starts_on=MONDAY)

    with on(day, hour):
        look_after_starts()

    assert to_provider() == []


def test_a_place_that_was_given_back_meanwhile_is_not_reminded_of(monkeypatch):
    """The row is looked at again once it is locked."""
    enrolled(starts_on=MONDAY)
    found = Interest.objects.all()
    monkeypatch.setattr(type(found), "starting", lambda self, day, last: found)
    Interest.objects.update(state="withdrawn", offered_intake=None)

    assert days_written(look_after_starts, (THURSDAY, THURSDAY)) == []
