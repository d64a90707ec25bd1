"""The command that proves the promise, and is proved by planted differences."""

import json
import mailbox
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from enquiries.mail import post
from enquiries.models import OutgoingMail
from tests.applying import Applicant
from tests.factories import EnquiryFactory, InterestFactory

pytestmark = pytest.mark.django_db


def reconcile():
    """The figures, and whether the command was content."""
    out = StringIO()
    try:
        call_command("reconcile", json=True, stdout=out, stderr=StringIO())
    except CommandError:
        return json.loads(out.getvalue()), False
    return json.loads(out.getvalue()), True


@pytest.fixture
def three_applications(open_programme, maildir):
    for _ in range(3):
        Applicant().apply("open")
    return maildir


def test_after_everything_is_sent_nothing_differs(three_applications):
    """DI1, DI9."""
    post.send_due()

    figures, content = reconcile()

    assert content
    assert (figures["stored"], figures["routing_due"], figures["routing_sent"]) == (3, 3, 3)
    assert figures["differences"] == []


def test_mail_that_waits_is_a_difference(three_applications):
    figures, content = reconcile()

    assert not content
    assert len(figures["differences"]) == 6


def test_a_mail_that_was_removed_from_the_outbox_is_found(three_applications):
    """DI9: a planted difference."""
    post.send_due()
    lost = OutgoingMail.objects.filter(kind="routing").first()
    lost.attempts.all().delete()
    lost.delete()

    figures, content = reconcile()

    assert not content
    assert any("no mail to an inbox it is due to" in line for line in figures["differences"])


def test_a_mail_that_is_marked_sent_but_is_not_there_is_found(three_applications):
    """DI9."""
    post.send_due()
    folder = mailbox.Maildir(three_applications)
    folder.remove(folder.keys()[0])

    figures, content = reconcile()

    assert not content
    assert any("it is not there" in line for line in figures["differences"])


def test_a_mail_that_arrived_twice_is_found(three_applications):
    """DI9."""
    post.send_due()
    folder = mailbox.Maildir(three_applications)
    folder.add(folder[folder.keys()[0]])

    figures, content = reconcile()

    assert not content
    assert any("arrived 2 times" in line for line in figures["differences"])


def test_an_enquiry_without_any_mail_is_found(maildir):
    """DI9."""
    InterestFactory()

    figures, content = reconcile()

    assert not content
    assert any("no acknowledgement" in line for line in figures["differences"])


def test_an_enquiry_without_a_programme_is_found(maildir):
    """DI9."""
    EnquiryFactory()

    assert any("no programme is stored" in line for line in reconcile()[0]["differences"])
