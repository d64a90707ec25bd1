"""What is held back: acknowledgements to strangers, and sign-in codes that are of no use."""

import datetime as dt

import pytest
from django.utils import timezone

from enquiries.mail import addresses, post
from enquiries.models import OutgoingMail
from tests.applying import Applicant
from tests.enquiries.mails import state
from tests.enquiries.moments import time_passes
from tests.factories import InterestFactory, MailFactory, RoutingRuleFactory

pytestmark = pytest.mark.django_db

State = OutgoingMail.State


def test_a_victim_gets_at_most_three_acknowledgements_an_hour_and_all_is_routed(open_programme, mail_server, settings):
    """MO5: whatever capitals and plus tags the address is typed with."""
    settings.SUBMITS_PER_MINUTE = settings.DRAFTS_PER_HOUR = 100
    for number in range(50):
        address = f"{'Victim' if number % 2 else 'victim'}+{number}@Example.net"
        Applicant(contact={"full_name": "Somebody", "email": address}).apply("open")

    while post.send_due():
        pass

    recipients = [recipient.lower() for recipient, _ in mail_server.taken]
    assert recipients.count("businessforum@lbbd.gov.uk") == 50
    assert len([one for one in recipients if one.startswith("victim")]) == 3
    held = OutgoingMail.objects.filter(state=State.CANCELLED)
    assert held.count() == 47
    assert "enough mail" in held.first().last_answer


def test_too_many_acknowledgements_in_all_wait_for_the_next_minute(mail_server, settings):
    """MO5."""
    settings.ACKNOWLEDGEMENTS_PER_MINUTE = 2
    for number in range(4):
        address = f"applicant-{number}@example.org"
        enquiry = InterestFactory().enquiry
        MailFactory(enquiry=enquiry, acknowledgement=True, recipient=address, recipient_key=address)

    post.send_due()
    assert OutgoingMail.objects.filter(state=State.SENT).count() == 2

    time_passes(minutes=2)
    post.send_due()
    assert OutgoingMail.objects.filter(state=State.SENT).count() == 4


@pytest.mark.parametrize(
    "address",
    [
        "businessforum@lbbd.gov.uk",
        "BusinessForum+me@LBBD.gov.uk",
        "training@lbbd.gov.uk",
        "no-reply@lbbd.gov.uk",
        "noreply@example.org",
        "No_Reply@example.org",
        "postmaster@example.org",
        "MAILER-DAEMON@example.org",
        "abuse@example.org",
    ],
)
def test_nobody_reads_an_acknowledgement_at_our_own_or_a_machines_address(mail_server, address):
    """MO6: a rule that routes to an inbox makes it one of our own."""
    RoutingRuleFactory(theme="training", inbox="training@lbbd.gov.uk")
    mail = acknowledgement(address)

    post.send_due()

    assert state(mail) == State.CANCELLED
    assert mail.last_answer.startswith("Not sent")
    assert mail_server.taken == []


@pytest.mark.parametrize("address", ["info@example.org", "manager@example.org", "office@example.org"])
def test_care_homes_are_written_to_at_the_addresses_they_have(mail_server, address):
    """MO6 must not go too far."""
    mail = acknowledgement(address)

    post.send_due()

    assert state(mail) == State.SENT


def acknowledgement(address):
    key = addresses.key(address)
    return MailFactory(acknowledgement=True, enquiry=InterestFactory().enquiry, recipient=address, recipient_key=key)


def test_a_sign_in_code_is_wiped_once_it_is_sent(mail_server):
    mail = MailFactory(sign_in=True)

    post.send_due()

    assert state(mail) == State.SENT
    assert b"123456" in mail_server.taken[0][1]
    assert (mail.text, bytes(mail.raw)) == ("", b"")


@pytest.mark.parametrize("action", ["hang up", "550 no"])
def test_a_sign_in_code_that_did_not_plainly_leave_is_wiped_too(mail_server, action):
    mail = MailFactory(sign_in=True)
    mail_server.script = {"dot": action}

    post.send_due()

    assert state(mail) in {State.CANCELLED, State.FAILED}
    assert (mail.text, bytes(mail.raw)) == ("", b"")


def test_a_sign_in_code_that_comes_too_late_is_not_sent(mail_server):
    mail = MailFactory(sign_in=True, give_up_at=timezone.now() - dt.timedelta(seconds=1))

    post.send_due()

    assert state(mail) == State.CANCELLED
    assert mail_server.taken == []
    assert mail.text == ""
