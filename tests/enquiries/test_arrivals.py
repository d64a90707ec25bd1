"""What the inbox tells: an uncertain mail that is there after all, and mail that came back."""

import datetime as dt
import mailbox
import os
import shutil
import socket
import ssl
import threading
import uuid
from contextlib import contextmanager, suppress
from email import message_from_bytes
from imaplib import IMAP4

import pytest
import trustme
from django.utils import timezone
from imap_tools import BaseMailBox, MailboxFolderSelectError, MailBoxUnencrypted

from enquiries import services
from enquiries.mail import inbox, post
from enquiries.models import Event, MailAttempt, MailboxFolder, OutgoingMail
from enquiries.services import arrivals
from tests import services as servers
from tests.enquiries import reports
from tests.factories import InterestFactory, MailFactory

pytestmark = pytest.mark.django_db

State, Outcome = OutgoingMail.State, MailAttempt.Outcome
OWNER = "businessforum@lbbd.gov.uk"


@pytest.fixture(scope="module")
def dovecot():
    with servers.imap_server() as (server, folder):
        yield server, folder


@pytest.fixture
def box(dovecot, settings):
    """The inbox on a real IMAP server, as a folder on disk to put mail into; emptied before each test."""
    server, folder = dovecot
    shutil.rmtree(folder / OWNER, ignore_errors=True)
    settings.MAILBOX = {
        "security": "",
        "host": "127.0.0.1",
        "port": server.port,
        "user": OWNER,
        "password": "invented",
        "folder": "INBOX",
    }
    settings.BUSINESS_FORUM_INBOX = OWNER
    settings.SMTP_HOST = "127.0.0.1"
    with MailBoxUnencrypted("127.0.0.1", server.port).login(OWNER, "invented"):
        pass  # the server makes the folder, as its own user
    return Arriving(folder / OWNER)


class Arriving:
    """Puts mail into the inbox as a mail server would."""

    def __init__(self, path):
        self.path = path
        self.owner = path.stat()

    def put(self, raw, folder=""):
        place = self.path / folder if folder else self.path
        mailbox.Maildir(place, create=True).add(raw)
        for found, folders, files in os.walk(self.path):
            for name in [".", *folders, *files]:
                os.chown(os.path.join(found, name), self.owner.st_uid, self.owner.st_gid)


@pytest.fixture
def uncertain(db):
    return MailFactory(uncertain=True, enquiry=InterestFactory().enquiry)


def as_it_arrived(mail):
    return f"From: no-reply@lbbd.gov.uk\r\nMessage-ID: {mail.message_id}\r\nSubject: care\r\n\r\nText\r\n".encode()


def state(mail):
    mail.refresh_from_db()
    return mail.state


@pytest.mark.parametrize("folder", ["", ".Processed", ".Team.Old"])
def test_an_uncertain_mail_that_the_inbox_holds_was_delivered(box, uncertain, folder):
    """F10: in whatever folder the officers have moved it to."""
    box.put(as_it_arrived(uncertain), folder)

    arrivals.look_into_inbox()

    assert state(uncertain) == State.SENT
    assert uncertain.attempts.last().outcome == Outcome.FOUND
    assert uncertain.enquiry.events.get(kind=Event.Kind.MAIL_ARRIVED).by is None
    uncertain.enquiry.refresh_from_db()
    assert not uncertain.enquiry.undelivered


def test_looking_leaves_the_inbox_as_it_was(box, uncertain):
    box.put(as_it_arrived(uncertain))
    box.put(reports.bounce(uncertain))

    arrivals.look_into_inbox()

    with MailBoxUnencrypted("127.0.0.1", inbox.settings.MAILBOX["port"]).login(OWNER, "invented") as opened:
        assert {flag for mail in opened.fetch(mark_seen=False) for flag in mail.flags} <= {"\\Recent"}


def test_an_uncertain_mail_that_is_not_there_stays_uncertain(box, uncertain):
    """Not found is no proof: a server on the way may still hold it."""
    OutgoingMail.objects.update(next_attempt_at=timezone.now() - dt.timedelta(days=2))

    arrivals.look_into_inbox()

    assert state(uncertain) == State.UNCERTAIN


def test_only_a_setting_sends_it_again_and_only_after_its_time(box, uncertain, settings, mail_server):
    settings.RESEND_UNCERTAIN_HOURS = 2
    arrivals.look_into_inbox()
    assert state(uncertain) == State.UNCERTAIN

    OutgoingMail.objects.update(next_attempt_at=timezone.now() - dt.timedelta(hours=3))
    arrivals.look_into_inbox()
    post.send_due()

    assert state(uncertain) == State.SENT
    assert [mail.message_id for mail in mail_server.taken] == [uncertain.message_id]


def test_mail_to_an_inbox_that_we_cannot_see_is_the_officers_business(box, settings):
    settings.RESEND_UNCERTAIN_HOURS = 1
    other = {"recipient": "other@lbbd.gov.uk", "recipient_key": "other@lbbd.gov.uk"}
    mail = MailFactory(uncertain=True, enquiry=InterestFactory().enquiry, **other)
    OutgoingMail.objects.update(next_attempt_at=timezone.now() - dt.timedelta(days=2))

    arrivals.look_into_inbox()

    assert state(mail) == State.UNCERTAIN


def test_embedded_mail_is_found_in_its_folder(uncertain, maildir):
    maildir.parent.mkdir()
    mailbox.Maildir(maildir, create=True).add(as_it_arrived(uncertain))

    arrivals.look_into_inbox()

    assert state(uncertain) == State.SENT


def test_without_access_to_the_inbox_nothing_is_settled(uncertain, settings):
    settings.SMTP_HOST = "mail.example.org"

    arrivals.look_into_inbox()

    assert state(uncertain) == State.UNCERTAIN


# --- What came back (MO14) -----------------------------------------------------------------------------------------


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


def test_a_bounce_is_read_once(box, sent):
    arrivals.look_into_inbox()
    box.put(reports.bounce(sent))
    arrivals.look_into_inbox()
    OutgoingMail.objects.update(state=State.SENT, sent_at=timezone.now())

    arrivals.look_into_inbox()

    assert state(sent) == State.SENT


def test_a_bounce_that_is_told_twice_is_the_same(sent):
    for _ in range(2):
        arrivals._receive(inbox.Bounce(sent.message_id, "5.1.1 no such user"))

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

    assert list(inbox.bounces_in(message_from_bytes(report))) == []


def test_a_report_that_somebody_wrote_by_hand_is_no_bounce(sent):
    report = b"Return-Path: <somebody@example.org>\r\n" + reports.bounce(sent)

    assert list(inbox.bounces_in(message_from_bytes(report))) == []


@pytest.mark.parametrize("cut", [50, 400, 700, 900])
def test_a_broken_report_is_no_error(sent, cut):
    list(inbox.bounces_in(message_from_bytes(reports.bounce(sent)[:cut])))


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


def test_a_folder_that_cannot_be_opened_stops_nothing(box, uncertain, monkeypatch):
    box.put(as_it_arrived(uncertain))
    box.put(b"Subject: x\r\n\r\nx", ".Closed")
    open_folder = BaseMailBox.folder_manager_class.set

    def refuses_one(self, folder, readonly=False):
        if folder == "Closed":
            raise MailboxFolderSelectError(("NO", [b"not allowed"]), "OK")
        return open_folder(self, folder, readonly)

    monkeypatch.setattr(BaseMailBox.folder_manager_class, "set", refuses_one)

    arrivals.look_into_inbox()

    assert state(uncertain) == State.SENT


@pytest.mark.parametrize("security", ["ssl", "tls"])
def test_the_password_goes_to_nobody_whose_certificate_is_unknown(settings, security):
    """MO11 in the other direction."""
    certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(certificate)
    said = []
    with listening(certificate, said, at_once=security == "ssl") as port:
        settings.MAILBOX = {
            "security": security,
            "host": "localhost",
            "port": port,
            "user": OWNER,
            "password": "topsecret",
            "folder": "INBOX",
        }
        with pytest.raises((OSError, IMAP4.error)):
            arrivals.look_into_inbox()

    assert not any(b"topsecret" in line for line in said)


@contextmanager
def listening(certificate, said, *, at_once):
    """An IMAP server for one client, that speaks just enough to be told a password."""

    def serve():
        with suppress(OSError):
            line, _ = listener.accept()
            line.settimeout(5)
            with line:
                if at_once:
                    line = certificate.wrap_socket(line, server_side=True)
                line.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")
                while heard := line.recv(1000):
                    said.append(heard)
                    tag = heard.split()[0]
                    line.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + tag + b" OK fine\r\n")
                    if b"STARTTLS" in heard.upper():
                        line = certificate.wrap_socket(line, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


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
