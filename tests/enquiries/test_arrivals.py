"""What the inbox tells about uncertain mail: that it is there after all."""

import datetime as dt
import mailbox
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from email import message_from_bytes
from imaplib import IMAP4

import pytest
import trustme
from django.utils import timezone
from imap_tools import BaseMailBox, MailboxFolderSelectError, MailBoxUnencrypted

from enquiries import letters
from enquiries.mail import inbox, post
from enquiries.models import Event, MailAttempt, OutgoingMail
from enquiries.services import arrivals
from tests.enquiries import reports
from tests.enquiries.inboxes import OWNER, as_it_arrived
from tests.enquiries.mails import state
from tests.factories import InterestFactory, MailFactory

pytestmark = pytest.mark.django_db

State, Outcome = OutgoingMail.State, MailAttempt.Outcome


@pytest.fixture
def uncertain(db):
    return MailFactory(uncertain=True, enquiry=InterestFactory().enquiry)


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


def test_a_mail_is_found_although_a_mail_system_gave_it_another_message_id(box, uncertain):
    """RULES, trap 5: the portal writes its own into a header of its own, too."""
    sent = message_from_bytes(letters.build(uncertain))
    sent.replace_header("Message-ID", "<rewritten@relay.example.org>")
    box.put(sent.as_bytes())

    arrivals.look_into_inbox()

    assert state(uncertain) == State.SENT


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
