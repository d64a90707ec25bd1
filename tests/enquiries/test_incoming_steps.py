"""Mail that came in is stored before anything is made of it, once, whenever and wherever somebody breaks off."""

import datetime as dt
import threading
from imaplib import IMAP4

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.utils import timezone
from imap_tools import MailBoxUnencrypted

from enquiries.mail import imap, kept
from enquiries.models import Enquiry, IncomingMail, IncomingPiece, MailboxFolder
from enquiries.services import arrivals, copies, incoming, judging, noting
from tests.enquiries.inboxes import OWNER
from tests.enquiries.incoming import OURS, PHRASE, checked, found, take, written

State = IncomingMail.State


@pytest.fixture(autouse=True)
def our_server(settings):
    settings.MAILBOX_AUTHSERV_ID = OURS


# --- On a real server ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_mail_on_the_server_becomes_one_enquiry_however_often_the_inbox_is_read(box):
    """MI1."""
    arrivals.look_into_inbox()
    box.put(checked(written("Care  sector support", text="Training, please.")))
    box.put(written("Lunch"))
    for _ in range(3):
        arrivals.look_into_inbox()
    MailboxFolder.objects.update(last_number=0)
    arrivals.look_into_inbox()

    mail = IncomingMail.objects.get()
    assert (mail.state, mail.sender_check) == (State.ENQUIRY, IncomingMail.Sender.PROVED)
    assert Enquiry.objects.get().message == "Training, please."


@pytest.mark.django_db
def test_reading_leaves_the_inbox_as_it_was(box, settings):
    """Nothing is changed, moved or marked as read: people work there."""
    arrivals.look_into_inbox()
    box.put(written())
    box.put(written("Lunch"))

    arrivals.look_into_inbox()

    with MailBoxUnencrypted("127.0.0.1", settings.MAILBOX["port"]).login(OWNER, "invented") as opened:
        mails = list(opened.fetch(mark_seen=False))
    assert len(mails) == 2
    assert {flag for mail in mails for flag in mail.flags} <= {"\\Recent"}


@pytest.mark.django_db
def test_a_large_mail_is_fetched_in_pieces_and_kept_byte_by_byte(box):
    arrivals.look_into_inbox()
    raw = written(files=[("plan.bin", bytes(range(256)) * 6000)]).replace(b"\n", b"\r\n")
    box.put(raw)

    arrivals.look_into_inbox()

    assert IncomingMail.objects.get().raw == raw
    assert IncomingPiece.objects.count() > 20


@pytest.mark.django_db
def test_mail_of_which_there_is_no_text_and_no_subject_stops_nothing(box):
    arrivals.look_into_inbox()
    for raw in (b"\r\n", b"X: y\r\n\r\n", b"x", written()):
        box.put(raw)

    arrivals.look_into_inbox()

    assert Enquiry.objects.count() == 1


@pytest.mark.django_db
def test_what_one_look_does_not_come_to_the_next_one_does(box, monkeypatch):
    arrivals.look_into_inbox()
    for _ in range(3):
        box.put(written(sender=f"{_}@example.org"))
    monkeypatch.setattr(arrivals, "LOOK_SECONDS", -1)
    assert arrivals.look_into_inbox()
    assert Enquiry.objects.count() == 1

    monkeypatch.undo()
    assert not arrivals.look_into_inbox()

    assert Enquiry.objects.count() == 3


@pytest.mark.django_db
def test_an_inbox_whose_numbers_were_given_anew_loses_nothing_and_gives_no_enquiry_twice(box):
    """MI14: what came between the last look and the new numbers is read as well."""
    arrivals.look_into_inbox()
    box.put(written(sender="before@example.org"))
    box.put(written("Lunch"))
    arrivals.look_into_inbox()
    box.put(written(sender="between@example.org"))

    MailboxFolder.objects.update(validity="another", last_number=1000)
    arrivals.look_into_inbox()
    box.put(written(sender="after@example.org"))
    arrivals.look_into_inbox()

    came = IncomingMail.objects.order_by("pk").values_list("sender", "state")
    assert list(came) == [(f"{who}@example.org", State.ENQUIRY) for who in ("before", "between", "after")]
    assert Enquiry.objects.count() == 3


@pytest.mark.django_db
def test_with_new_numbers_what_was_there_long_before_is_left_alone(box):
    arrivals.look_into_inbox()
    box.put(written())

    MailboxFolder.objects.update(
        validity="another", last_number=1000, read_until=timezone.now() + dt.timedelta(days=30)
    )
    arrivals.look_into_inbox()

    assert not IncomingMail.objects.exists()


# --- Broken off ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_breaks_off_after_storing_leaves_a_mail_that_the_next_look_reads(maildir, monkeypatch):
    """MI12: between storing and reading it."""
    kept.put(written())
    with monkeypatch.context() as broken:
        broken.setattr(judging, "judge", lambda pk: None)
        arrivals.look_into_inbox()
    assert IncomingMail.objects.get().state == State.NEW

    arrivals.look_into_inbox()

    assert IncomingMail.objects.get().state == State.ENQUIRY
    assert Enquiry.objects.count() == 1


@pytest.mark.django_db
def test_who_breaks_off_before_the_place_is_noted_finds_the_same_mail_stored(monkeypatch):
    """MI12: and takes it in no second time, also where it has another number by now."""
    raw = written()
    take(raw, number=5)

    assert noting.note(found(checked(raw), number=5)) is None
    assert noting.note(found(checked(raw), number=6)) is None
    assert Enquiry.objects.count() == 1


@pytest.mark.django_db
def test_a_server_that_goes_away_in_the_middle_of_a_mail_loses_none(box, monkeypatch):
    """MI14."""
    arrivals.look_into_inbox()
    box.put(written())

    def gone(*place):
        raise IMAP4.abort("socket error: EOF")

    with monkeypatch.context() as broken:
        broken.setattr(imap.ImapInbox, "_pieces", gone)
        with pytest.raises(IMAP4.abort):
            arrivals.look_into_inbox()
    assert not IncomingMail.objects.exists()

    arrivals.look_into_inbox()

    assert Enquiry.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("part", [noting, judging])
def test_a_look_whose_time_is_over_in_the_middle_of_a_mail_loses_none(maildir, monkeypatch, part):
    """MI12: the worker is stopped after its time, whatever it is at."""
    kept.put(written())

    def stopped(*args):
        raise SoftTimeLimitExceeded

    with monkeypatch.context() as broken:
        broken.setattr(part, {noting: "concerns_us", judging: "_decide"}[part], stopped)
        with pytest.raises(SoftTimeLimitExceeded):
            arrivals.look_into_inbox()

    arrivals.look_into_inbox()

    assert IncomingMail.objects.get().state == State.ENQUIRY


@pytest.mark.django_db
def test_a_row_is_never_without_its_copy(monkeypatch):
    """MI12: both or neither."""

    def fails(*args, **options):
        raise OSError("the disk is full")

    monkeypatch.setattr(IncomingPiece.objects, "bulk_create", fails)
    with pytest.raises(OSError, match="disk"):
        noting.note(found(written()))

    assert not IncomingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_readers_at_once_one_takes_it_in():
    """MI1."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite writes one after the other")
    raw, start = checked(written()), threading.Barrier(2)

    def reads(number):
        start.wait()
        arrivals._receive_found(found(raw, number=number))
        connection.close()

    readers = [threading.Thread(target=reads, args=[number]) for number in (7, 7)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    judging.judge_new(float("inf"))

    assert IncomingMail.objects.count() == 1
    assert Enquiry.objects.count() == 1


# --- How long copies are kept --------------------------------------------------------------------------------------


def aged(mail, days):
    then = timezone.now() - dt.timedelta(days=days)
    IncomingMail.objects.filter(pk=mail.pk).update(noted_at=then, decided_at=then if mail.decided_at else None)
    copies.look_after_copies()
    mail.refresh_from_db()
    return mail


@pytest.mark.django_db
def test_the_copy_of_an_enquiry_is_gone_after_its_days_and_the_row_stays():
    """MI19."""
    mail = take(written())

    assert aged(mail, 89).raw
    assert aged(mail, 91).raw == b""
    assert mail.text
    assert take(written()).state == State.ENQUIRY


@pytest.mark.django_db
def test_of_unwanted_mail_nothing_is_left_after_thirty_days(officer):
    """MI19."""
    mail = take(written("care sector suport"))
    mail.set_aside(State.SPAM)
    mail.save()

    aged(mail, 31)

    assert (mail.raw, mail.text, mail.subject, mail.sender) == (b"", "", "", "")
    assert mail.state == State.SPAM


@pytest.mark.django_db
def test_what_waited_for_long_can_still_be_taken_back_on_the_day_after_it_was_set_aside(officer):
    """J-O4: discard with undo."""
    mail = take(written("care sector suport"))
    IncomingMail.objects.update(noted_at=timezone.now() - dt.timedelta(days=40))
    incoming.set_aside(mail_id=mail.pk, officer=officer, state=State.SPAM)

    copies.look_after_copies()

    mail.refresh_from_db()
    assert mail.raw
    assert mail.subject


@pytest.mark.django_db
def test_what_waits_for_an_officer_is_kept_until_somebody_has_decided():
    mail = take(written("care sector suport"))

    assert aged(mail, 1000).raw


@pytest.mark.django_db
def test_what_was_removed_is_not_taken_in_once_more():
    raw = written(f"{PHRASE} again")
    aged(take(raw), 91)

    assert noting.note(found(checked(raw))) is None
