"""Whoever wrote an email and never filled in the rest is reminded once (N21)."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from enquiries import jobs
from enquiries.models import Event, Message
from enquiries.services.missing_details import look_after_missing_details
from tests.enquiries.emailed import emailed, filled_in
from tests.factories import MailFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 16, 10, tzinfo=dt.UTC)


def acknowledged(**facts):
    """It came on a Monday, and whoever wrote it was told where to fill in the rest."""
    enquiry = emailed(received_at=MONDAY, **facts)
    MailFactory(enquiry=enquiry, acknowledgement=True, sent=True, recipient=enquiry.contact_email)
    return enquiry


def days_reminded(days, start=MONDAY):
    """On which days a reminder was written."""
    found = []
    with time_machine.travel(start) as clock:
        for _ in range(days):
            if sum(look_after_missing_details() for _ in range(2)):
                found.append(timezone.localdate())
            clock.shift(dt.timedelta(days=1))
    return found


def test_one_reminder_five_working_days_later():
    enquiry = acknowledged()

    assert days_reminded(40) == [dt.date(2026, 11, 23)]
    message = Message.objects.get()
    assert (message.kind, message.enquiry, message.mail.recipient) == ("reminder", enquiry, enquiry.contact_email)
    assert "/complete/" in message.mail.text
    assert enquiry.message not in message.mail.text
    assert Event.objects.filter(kind="reminded").count() == 1


def test_not_on_the_quiet_days(quiet_days):
    """N21."""
    enquiry = acknowledged()
    start = dt.datetime(2026, 12, 8, 10, tzinfo=dt.UTC)

    assert days_reminded(10, start) == [dt.date(2026, 12, 15)]
    assert enquiry.events.last().kind == "reminded"


def test_not_at_night():
    acknowledged()

    assert days_reminded(40, MONDAY.replace(hour=4)) == []


@pytest.mark.parametrize("trait", [{"closed": True}, {"waiting": True}])
def test_nobody_is_reminded_of_what_is_closed_or_was_asked_about(trait):
    acknowledged(**trait)

    assert days_reminded(20) == []


def test_nobody_is_reminded_of_what_is_filled_in(open_programme):
    filled_in(acknowledged())

    assert days_reminded(20) == []


def test_who_was_never_acknowledged_is_not_written_to():
    """MI6: the address may be somebody else's."""
    emailed(received_at=MONDAY)

    assert days_reminded(20) == []


def test_the_job_of_reminders_does_it():
    acknowledged()

    with time_machine.travel(MONDAY + dt.timedelta(days=7)):
        jobs.run_due()

    assert Message.objects.filter(kind="reminder").count() == 1
