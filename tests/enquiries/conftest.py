import shutil

import pytest
from imap_tools import MailBoxUnencrypted

from careportal import council
from tests import services
from tests.enquiries import smtp
from tests.enquiries.inboxes import OWNER, Arriving
from tests.factories import IntakeFactory, InterestFactory, MailFactory, PartnerFactory


@pytest.fixture
def quiet_days(settings):
    """The days of the pack on which nobody is chased; other tests run on any day of the month."""
    settings.COUNCIL = council.load("barking_and_dagenham")


@pytest.fixture
def mail_server(settings):
    settings.MAIL_SECONDS = 1
    with smtp.running(settings) as server:
        yield server


@pytest.fixture
def maildir(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    return tmp_path / "mail" / "sent"


@pytest.fixture
def mail(db):
    """A routing mail that nobody has tried yet."""
    return MailFactory(enquiry=InterestFactory().enquiry)


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def interest(partner):
    """One programme, of a partner, with a group of ten; its enquiry is in triage."""
    found = InterestFactory(in_hand=True)
    found.programme.partners.add(partner)
    IntakeFactory(programme=found.programme)
    return found


@pytest.fixture(scope="module")
def dovecot():
    with services.imap_server() as (server, folder):
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
