"""Reminders of an offer: two before the last day, each once."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from enquiries import services
from enquiries.models import Event, Interest, Message
from tests.enquiries.letters import page_in, written_to
from tests.factories import IntakeFactory, InterestFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


def holder(group, officer):
    """Somebody who was offered a place."""
    found = InterestFactory(in_hand=True, programme=group.programme)
    return services.offer(interest_id=found.pk, officer=officer, intake_id=group.pk)


@pytest.fixture
def group():
    return IntakeFactory(capacity=1)


def days_reminded(had_it, days):
    """Look after places on each of the next days; on which of them a reminder was written."""
    found = []
    with time_machine.travel(timezone.now()) as clock:
        for _ in range(days):
            before = Message.objects.filter(kind="reminder").count()
            services.look_after_places()
            services.look_after_places()
            if Message.objects.filter(kind="reminder").count() == before + 1:
                found.append(timezone.localdate())
            clock.shift(dt.timedelta(days=1))
    assert len(found) == Event.objects.filter(kind=Event.Kind.REMINDED, detail__interest=had_it.pk).count()
    return found


@pytest.mark.parametrize(
    ("on", "days", "reminded"),
    [
        (dt.date(2026, 11, 23), 5, [dt.date(2026, 11, 25), dt.date(2026, 11, 27)]),
        (dt.date(2026, 11, 23), 3, [dt.date(2026, 11, 24), dt.date(2026, 11, 25)]),
        (dt.date(2026, 11, 23), 2, [dt.date(2026, 11, 24)]),
        (dt.date(2026, 11, 23), 1, []),
    ],
)
def test_two_reminders_come_before_the_last_day_each_once(officer, on, days, reminded):
    with time_machine.travel(dt.datetime.combine(on, dt.time(9), tzinfo=dt.UTC)):
        group = IntakeFactory(programme=ProgrammeFactory(answer_days=days))
        had_it = holder(group, officer)
        assert days_reminded(had_it, 16) == reminded


def test_a_reminder_leads_to_the_same_page_as_the_offer(group, officer, client):
    had_it = holder(group, officer)
    Interest.objects.update(remind_on=timezone.localdate())

    services.look_after_places()

    offer, reminder = written_to(had_it.enquiry.contact_email)
    assert "you have not answered yet" in reminder.text
    assert page_in(reminder.text) == page_in(offer.text)
    assert client.get(page_in(reminder.text)).status_code == 200


def test_nobody_is_reminded_of_an_offer_that_was_answered(group, officer):
    had_it = holder(group, officer)
    services.answer_offer(interest_id=had_it.pk, accepts=True, shown=had_it.shown_as)

    assert days_reminded(had_it, 9) == []
