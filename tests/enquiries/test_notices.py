"""The team is told what did not arrive: once a day, soon when it is new, and never when there is nothing to say."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from enquiries.mail import post
from enquiries.models import OutgoingMail
from enquiries.services import notices
from tests.enquiries.moments import time_passes
from tests.factories import EnquiryFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db

State, Kind = OutgoingMail.State, OutgoingMail.Kind


@pytest.fixture(autouse=True)
def afternoon():
    with time_machine.travel(dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def told():
    return OutgoingMail.objects.filter(kind=Kind.NOTICE)


def test_when_all_is_well_nobody_is_written_to(officer):
    MailFactory(sent=True)

    assert notices.tell_of_failures() == 0


def test_every_officer_who_can_do_something_is_told_at_once(officer, viewer):
    UserFactory(officer=True, is_active=False)
    MailFactory(failed=True)

    notices.tell_of_failures()

    assert [mail.recipient for mail in told()] == [officer.email]


def test_the_letter_names_references_and_holds_nothing_personal(officer, mail_server):
    enquiry = EnquiryFactory(contact_name="Example Applicant", contact_email="somebody@example.org")
    MailFactory(failed=True, enquiry=enquiry, last_answer="550 somebody@example.org unknown")

    notices.tell_of_failures()
    post.send_due()

    (taken,) = mail_server.taken
    text = taken.raw.decode().replace("=\r\n", "")
    assert enquiry.reference in text
    assert enquiry.get_absolute_url() in text
    assert "somebody" not in text
    assert "Example Applicant" not in text


def test_the_same_trouble_is_told_again_the_next_morning_and_not_before(officer, afternoon):
    MailFactory(failed=True)
    notices.tell_of_failures()

    afternoon.shift(dt.timedelta(hours=5))
    assert notices.tell_of_failures() == 0

    afternoon.shift(dt.timedelta(hours=12, minutes=30))
    assert notices.tell_of_failures() == 1
    assert notices.tell_of_failures() == 0


def test_new_trouble_is_told_within_the_hour_and_not_mail_by_mail(officer, afternoon):
    """F12."""
    MailFactory(failed=True)
    notices.tell_of_failures()

    afternoon.shift(dt.timedelta(minutes=20))
    MailFactory(failed=True, next_attempt_at=timezone.now())
    assert notices.tell_of_failures() == 0

    afternoon.shift(dt.timedelta(minutes=41))
    assert notices.tell_of_failures() == 1


def test_what_is_uncertain_may_first_be_found_in_the_inbox(officer, afternoon):
    MailFactory(uncertain=True)
    assert notices.tell_of_failures() == 0

    afternoon.shift(dt.timedelta(minutes=11))
    assert notices.tell_of_failures() == 1


def test_a_failed_notice_is_no_reason_for_another(officer):
    MailFactory(failed=True, kind=Kind.NOTICE, enquiry=None)

    assert notices.tell_of_failures() == 0


def test_when_the_trouble_is_over_the_letters_stop(officer):
    mail = MailFactory(failed=True)
    notices.tell_of_failures()
    OutgoingMail.objects.filter(pk=mail.pk).update(state=State.CANCELLED)
    time_passes(days=2)

    assert notices.tell_of_failures() == 0
    assert told().count() == 1
