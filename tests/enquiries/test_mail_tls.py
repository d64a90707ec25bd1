"""Mail leaves encrypted, or not at all."""

import ssl

import pytest
import trustme

from enquiries.mail import post
from enquiries.models import MailAttempt, OutgoingMail
from tests.enquiries.smtp import FaultyServer
from tests.factories import InterestFactory, MailFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def certificate(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def sent_to(settings, authority, tmp_path):
    """Send one mail to a server, by STARTTLS or by TLS at once; the mail afterwards."""

    def send(server, *, at_once=False):
        ca_file = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(ca_file)
        settings.MAIL_TRANSPORT = "enquiries.mail.transports.Smtp"
        settings.MAIL_SECONDS = 2
        settings.MAIL_SERVER = {
            "host": "localhost",
            "port": server.port,
            "user": "",
            "password": "",
            "starttls": not at_once,
            "tls": at_once,
            "ca_file": str(ca_file),
        }
        mail = MailFactory(enquiry=InterestFactory().enquiry)
        with server.serving():
            post.send_due()
        mail.refresh_from_db()
        return mail

    return send


@pytest.mark.parametrize("at_once", [False, True])
def test_with_a_certificate_that_is_known_the_mail_arrives(sent_to, certificate, at_once):
    server = FaultyServer(certificate, tls_at_once=at_once)

    mail = sent_to(server, at_once=at_once)

    assert mail.state == OutgoingMail.State.SENT
    assert [taken.message_id for taken in server.taken] == [mail.message_id]


def test_a_server_without_starttls_gets_nothing_in_clear(sent_to):
    """MO11."""
    server = FaultyServer()

    mail = sent_to(server)

    assert (mail.state, server.taken) == (OutgoingMail.State.QUEUED, [])
    assert mail.attempts.get().outcome == MailAttempt.Outcome.AWAY
    assert "could not be used" in mail.last_answer


@pytest.mark.parametrize("at_once", [False, True])
def test_a_certificate_that_nobody_vouches_for_gets_nothing(sent_to, at_once):
    """MO11: neither of an unknown authority nor for another name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    server = FaultyServer(context, tls_at_once=at_once)

    mail = sent_to(server, at_once=at_once)

    assert (mail.state, server.taken) == (OutgoingMail.State.QUEUED, [])


def test_a_certificate_for_another_name_gets_nothing(sent_to, authority):
    """MO11."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("elsewhere.example.org").configure_cert(context)
    server = FaultyServer(context)

    mail = sent_to(server)

    assert (mail.state, server.taken) == (OutgoingMail.State.QUEUED, [])


@pytest.mark.parametrize("reply", ["220 go ahead, but in clear", "454 not now", "hang up"])
def test_a_handshake_that_breaks_off_is_not_followed_by_plain_mail(sent_to, certificate, reply, monkeypatch):
    """MO11."""
    server = FaultyServer(certificate)
    server.script = {"STARTTLS": reply}
    monkeypatch.setattr("tests.enquiries.smtp.Dialogue.encrypt", lambda dialogue: None)

    mail = sent_to(server)

    assert (mail.state, server.taken) == (OutgoingMail.State.QUEUED, [])
