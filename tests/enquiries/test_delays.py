"""Mail that waits: what is an alarm, and what only one recipient's mail server brings about."""

import datetime as dt

import pytest
from django.utils import timezone

from enquiries import delays
from enquiries.mail import limits
from enquiries.models import OutgoingMail
from tests.factories import MailFactory

pytestmark = pytest.mark.django_db


def in_(**period):
    return timezone.now() + dt.timedelta(**period)


def waiting(*, since, due, **given):
    """A mail that is queued since then, and due at that moment."""
    return MailFactory(queued_at=in_(minutes=-since), next_attempt_at=in_(minutes=due), **given)


LETTERS = [{"acknowledgement": True}, {"kind": "notice", "enquiry": None}, {"sign_in": True}]


def test_where_nothing_waits_nothing_is_stuck():
    MailFactory(sent=True, queued_at=in_(days=-1))
    MailFactory(failed=True, queued_at=in_(days=-1))

    assert delays.stuck_seconds() is None


@pytest.mark.parametrize("given", LETTERS)
def test_a_letter_that_is_tried_in_vain_for_days_is_no_alarm(given):
    """Anybody can apply with an address whose mail server always says “later”."""
    waiting(since=3 * 24 * 60, due=30, **given)
    waiting(since=3 * 24 * 60, due=-9, **given)

    assert delays.stuck_since() is None


def test_an_application_that_is_delayed_is_an_alarm_though_it_is_tried():
    waiting(since=9, due=1)
    assert delays.stuck_since() is None

    mail = waiting(since=11, due=1)

    assert delays.stuck_since() == mail.queued_at
    assert 660 <= delays.stuck_seconds() < 720


@pytest.mark.parametrize("given", LETTERS)
def test_any_mail_that_was_due_for_long_and_that_nobody_tried_is_an_alarm(given):
    mail = waiting(since=60, due=-11, **given)

    assert delays.stuck_since() == mail.queued_at


def test_a_letter_that_is_being_sent_is_being_tried():
    waiting(since=60, due=-11, acknowledgement=True, state="sending", claim=UUID, lease_until=in_(seconds=20))

    assert delays.stuck_since() is None


def test_a_recipient_whose_server_takes_its_time_may_wait_for_a_quiet_moment(monkeypatch):
    mail = waiting(since=60, due=-11, acknowledgement=True)
    monkeypatch.setattr(limits, "slow_recipients", lambda: [mail.recipient_key])
    assert delays.stuck_since() is None

    monkeypatch.setattr(limits, "slow_recipients", lambda: ["somebody-else@example.org"])
    assert delays.stuck_since() == mail.queued_at


def test_the_oldest_of_what_is_stuck_counts_and_nothing_older():
    waiting(since=600, due=1, acknowledgement=True)
    oldest = waiting(since=60, due=1)
    waiting(since=30, due=1)

    assert OutgoingMail.objects.count() == 3
    assert delays.stuck_since() == oldest.queued_at


UUID = "4bd7ba0e-4d7c-4b54-8f27-7d0a4d5b3d7e"
