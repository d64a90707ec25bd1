"""Mail that came back: what the inbox tells about it, and what somebody may send there (MO14)."""

import datetime as dt
import uuid
from email import message_from_bytes

import pytest
from django.utils import timezone

from enquiries import services
from enquiries.mail import bounces, post
from enquiries.models import Event, MailAttempt, MailboxFolder, OutgoingMail
from enquiries.services import arrivals
from tests.enquiries import reports
from tests.enquiries.incoming import found
from tests.enquiries.mails import state
from tests.factories import InterestFactory, MailFactory

pytestmark = pytest.mark.django_db

State, Outcome = OutgoingMail.State, MailAttempt.Outcome


@pytest.fixture
def sent(db):
    enquiry = InterestFactory().enquiry
    address = enquiry.contact_email
    return MailFactory(sent=True, acknowledgement=True, enquiry=enquiry, recipient=address, recipient_key=address)


def test_a_bounce_is_matched_to_its_application_and_shown(box, sent, caplog):
    """MO14: and the recipient's address is in no line of the log."""
    arrivals.look_into_inbox()
    box.put(reports.bounce(sent))

    arrivals.look_into_inbox()

    assert state(sent) == State.FAILED
    assert sent.attempts.last().outcome == Outcome.BOUNCED
    assert "no such user" in sent.last_answer
    assert sent.enquiry.events.filter(kind=Event.Kind.MAIL_CAME_BACK).count() == 1
    assert sent.recipient not in caplog.text


def test_a_bounce_is_matched_although_a_mail_system_gave_the_mail_another_message_id(box, sent):
    """RULES, trap 5."""
    arrivals.look_into_inbox()
    rewritten = f"Message-ID: <rewritten@relay.example.org>\r\n{OutgoingMail.OWN_HEADER}: {sent.message_id}"
    box.put(reports.bounce(sent).replace(f"Message-ID: {sent.message_id}".encode(), rewritten.encode()))

    arrivals.look_into_inbox()

    assert state(sent) == State.FAILED


def test_a_bounce_is_read_once(box, sent):
    arrivals.look_into_inbox()
    box.put(reports.bounce(sent))
    arrivals.look_into_inbox()
    OutgoingMail.objects.update(state=State.SENT, sent_at=timezone.now())

    arrivals.look_into_inbox()

    assert state(sent) == State.SENT


def test_an_old_bounce_that_is_met_again_says_nothing_about_a_mail_that_was_sent_again(sent):
    """MI14: where the server gave all mails new numbers, reports are read once more."""
    came_at = timezone.now()
    arrivals._receive(bounces.Bounce(sent.message_id, "5.2.2 mailbox full"), came_at)
    OutgoingMail.objects.update(state=State.SENT, sent_at=timezone.now())

    arrivals._receive(bounces.Bounce(sent.message_id, "5.2.2 mailbox full"), came_at)
    assert state(sent) == State.SENT

    arrivals._receive(bounces.Bounce(sent.message_id, "5.2.2 mailbox full"), timezone.now())
    assert state(sent) == State.FAILED


def test_a_bounce_that_is_told_twice_is_the_same(sent):
    for _ in range(2):
        arrivals._receive(bounces.Bounce(sent.message_id, "5.1.1 no such user"), timezone.now())

    assert state(sent) == State.FAILED
    assert sent.attempts.filter(outcome=Outcome.BOUNCED).count() == 1


def test_what_was_in_the_inbox_before_the_portal_is_not_read(box, sent):
    box.put(reports.bounce(sent))

    arrivals.look_into_inbox()

    assert state(sent) == State.SENT


def test_an_inbox_whose_numbers_were_given_anew_is_read_from_its_end(box, sent):
    MailboxFolder.objects.create(name="INBOX", validity="another", last_number=10**6)
    arrivals.look_into_inbox()
    box.put(reports.bounce(sent))

    arrivals.look_into_inbox()

    assert state(sent) == State.FAILED


def test_a_bounce_of_somebody_elses_mail_is_left_alone(box, sent):
    arrivals.look_into_inbox()
    box.put(reports.bounce(sent).replace(sent.message_id.encode(), b"<other@example.org>"))

    arrivals.look_into_inbox()

    assert state(sent) == State.SENT


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", ""])
def test_a_report_of_anything_but_failure_is_no_bounce(sent, action):
    report = reports.bounce(sent).replace(b"Action: failed", f"Action: {action}".encode())

    assert list(bounces.bounces_in(message_from_bytes(report))) == []


def test_a_report_that_somebody_wrote_by_hand_is_no_bounce(sent):
    report = b"Return-Path: <somebody@example.org>\r\n" + reports.bounce(sent)

    assert list(bounces.bounces_in(message_from_bytes(report))) == []


@pytest.mark.parametrize("cut", [50, 400, 700, 900])
def test_a_broken_report_is_no_error(sent, cut):
    list(bounces.bounces_in(message_from_bytes(reports.bounce(sent)[:cut])))


def test_an_address_from_which_mail_came_back_gets_no_further_acknowledgement(sent, mail_server):
    """MO6."""
    services.receive_bounce(mail_id=sent.pk, words="5.1.1 no such user")
    address = sent.recipient.upper()
    again = MailFactory(
        acknowledgement=True, enquiry=InterestFactory().enquiry, recipient=address, recipient_key=address.lower()
    )

    post.send_due()

    assert state(again) == State.CANCELLED
    assert "came back" in again.last_answer
    assert mail_server.taken == []


# --- What somebody may send to the inbox ---------------------------------------------------------------------------


def monsters(sent):
    """Reports that are none, or that no program was made for."""
    whole = reports.bounce(sent)
    nested = b"".join(
        b"Content-Type: multipart/report; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth) for depth in range(1500)
    )
    headers = b"text/rfc822-headers"
    return [
        b"Return-Path: <\xe9@example.org>\r\n" + whole,
        b"Subject: nested\r\n" + nested,
        whole.replace(headers, headers + b"; charset=undefined").replace(b"From: no", b"From: \xe9"),
        whole.replace(b"Message-ID: <ack", b"Message-ID: <\x00ack"),
        whole.replace(headers, headers + b"; charset=unicode_escape").replace(b"<ack", b"<\\x00a"),
    ]


def test_a_report_that_was_made_to_be_costly_is_not_taken_apart(monkeypatch):
    """MI11: it was counted first, as any mail is before it is read."""
    parsed = []
    monkeypatch.setattr(arrivals, "parsed", parsed.append)
    levels = "".join(f"Content-Type: multipart/report; boundary=b{at}\r\n\r\n--b{at}\r\n" for at in range(400))

    assert arrivals._bounces(found((levels + "\r\n" * 200_000).encode())) == []
    assert parsed == []


@pytest.mark.parametrize("number", range(5))
def test_no_mail_of_a_stranger_stops_the_reading(box, sent, number):
    arrivals.look_into_inbox()
    sent.message_id = "<acknowledgement-of-a-test@lbbd.gov.uk>"
    sent.save()
    box.put(monsters(sent)[number])
    box.put(reports.bounce(sent))

    arrivals.look_into_inbox()

    assert state(sent) == State.FAILED


def test_a_bounce_of_a_mail_that_is_still_being_sent_is_told_again_by_the_next_look(box, sent):
    arrivals.look_into_inbox()
    box.put(reports.bounce(sent))
    OutgoingMail.objects.update(
        state=State.SENDING, sent_at=None, claim=uuid.uuid4(), lease_until=timezone.now() + dt.timedelta(minutes=1)
    )
    arrivals.look_into_inbox()
    assert state(sent) == State.SENDING

    OutgoingMail.objects.update(state=State.SENT, sent_at=timezone.now(), claim=None, lease_until=None)
    arrivals.look_into_inbox()

    assert state(sent) == State.FAILED


# --- Decisions afterwards ------------------------------------------------------------------------------------------


def test_an_officer_can_send_a_mail_again_that_came_back(sent, officer, mail_server):
    services.receive_bounce(mail_id=sent.pk, words="5.2.2 mailbox full")

    services.resend_mail(mail_id=sent.pk, officer=officer)
    post.send_due()

    assert state(sent) == State.SENT


def test_a_mail_that_came_back_and_arrived_after_all_blocks_no_other(sent, officer, mail_server):
    services.receive_bounce(mail_id=sent.pk, words="5.2.2 mailbox full")
    services.mark_mail_as_received(mail_id=sent.pk, officer=officer)
    again = MailFactory(
        acknowledgement=True,
        enquiry=InterestFactory().enquiry,
        recipient=sent.recipient,
        recipient_key=sent.recipient_key,
    )

    post.send_due()

    assert state(again) == State.SENT
