"""Whatever somebody sends to the inbox, it is stored and shown, and the reading goes on."""

import tracemalloc

import pytest

from enquiries.mail import reading
from enquiries.mail.reading.exceptions import Unreadable
from enquiries.models import Enquiry, IncomingMail
from enquiries.services import judging
from tests.enquiries.incoming import OURS, found, take, written
from tests.enquiries.monsters import BROKEN, HUGE

pytestmark = pytest.mark.django_db

State, Why = IncomingMail.State, IncomingMail.Why
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def our_server(settings):
    settings.MAILBOX_AUTHSERV_ID = OURS


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_mail_becomes_one_enquiry_or_waits_for_an_officer_with_its_copy(how):
    """MI10: and the next one is read as ever."""
    mail = take(BROKEN[how], result="")
    after = take(written(), result="")

    if how != "cut in the head":  # its subject is gone
        assert mail.state in {State.ENQUIRY, State.SORT, State.AUTOMATIC}
        assert mail.raw == BROKEN[how]
        assert "\0" not in mail.text + mail.subject + mail.sender
    assert after.state == State.ENQUIRY
    assert Enquiry.objects.count() == 1 + bool(mail and mail.state == State.ENQUIRY)


@pytest.mark.parametrize(
    "how", ["no sender", "empty sender", "two senders", "two senders in one line", "sender without a domain"]
)
def test_where_nobody_knows_who_wrote_it_an_officer_looks(how):
    mail = take(BROKEN[how], result="")

    assert (mail.state, mail.why, mail.sender) == (State.SORT, Why.UNREADABLE, "")


@pytest.mark.parametrize("how", HUGE)
def test_what_was_made_to_be_costly_costs_little_memory(how):
    """MI11: at most 200 MB, whatever becomes of it."""
    raw = HUGE[how]()
    tracemalloc.start()
    try:
        read_or_refused(raw)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 200 * MEGABYTE


def read_or_refused(raw):
    try:
        return reading.read(raw)
    except Unreadable as refusal:
        return refusal


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("25 MB", Why.TOO_LARGE),
        ("2,000 levels", Why.UNREADABLE),
        ("30 levels", Why.UNREADABLE),
        ("100,000 lines in the head", Why.UNREADABLE),
        ("20,000 recipients", Why.UNREADABLE),
        ("20,000 coded words", Why.UNREADABLE),
        ("5,000 parts", Why.UNREADABLE),
        ("9 MB of empty lines", Why.TOO_LARGE),
        ("a report of 100,000 paragraphs", Why.TOO_LARGE),
    ],
)
def test_what_is_refused_waits_for_an_officer(how, why):
    """MI11: with its sender and subject, where they can be read."""
    mail = take(HUGE[how](), result="")

    assert (mail.state, mail.why) == (State.SORT, why)
    assert mail.subject == "care sector support"


def test_of_what_is_too_large_the_beginning_is_kept():
    mail = take(HUGE["25 MB"](), result="")

    assert len(mail.raw) == 256 * 1024
    assert mail.size > 10 * MEGABYTE


def test_a_mail_that_stopped_the_portal_three_times_is_not_tried_again():
    mail = take(written())
    IncomingMail.objects.update(state=State.NEW, enquiry=None, tries=3)

    judging.judge(mail.pk)

    mail.refresh_from_db()
    assert (mail.state, mail.why) == (State.SORT, Why.UNREADABLE)


def test_a_mistake_of_ours_in_reading_one_mail_stops_no_other(monkeypatch, caplog):
    """MI10: and nothing of what was written is in the log."""
    monkeypatch.setattr(judging, "_decide", lambda mail, said: 1 / 0)

    mail = take(written("care sector support canary"))

    assert (mail.state, mail.why) == (State.SORT, Why.UNREADABLE)
    assert "canary" not in caplog.text


def test_the_real_address_is_what_counts_whatever_name_stands_beside_it():
    """MI15: signs that turn the direction of writing are gone."""
    raw = written(sender='"Council Officer \u202egro.elpmaxe\u202c" <manager@example.org>')

    mail = take(raw)

    assert (mail.sender, mail.sender_name) == ("manager@example.org", "Council Officer gro.elpmaxe")


def test_place_of_a_found_mail_is_kept():
    mail = take(written(), number=77, folder="INBOX")

    assert (mail.folder, mail.number, found(b"x").folder) == ("INBOX", 77, "INBOX")
