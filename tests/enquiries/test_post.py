"""The outbox: claims, attempts, and what becomes of a mail when something goes wrong."""

import datetime as dt
import threading

import pytest
from django.db import connections
from django.utils import timezone

from enquiries import letters, queries
from enquiries.mail import attempts, post, transports
from enquiries.models import MailAttempt, OutgoingMail
from tests.enquiries.mails import outcomes, state
from tests.enquiries.moments import time_passes
from tests.factories import InterestFactory, MailFactory

pytestmark = pytest.mark.django_db

State, Outcome = OutgoingMail.State, MailAttempt.Outcome


def test_what_is_due_is_sent_once_and_the_servers_words_are_kept(mail, mail_server):
    post.send_due()
    post.send_due()

    assert state(mail) == State.SENT
    assert outcomes(mail) == [Outcome.SENT]
    assert mail.attempts.get().answer == "250 taken as 12345"
    assert [recipient for recipient, _ in mail_server.taken] == ["businessforum@lbbd.gov.uk"]
    assert mail.message_id.encode() in mail_server.taken[0][1]


def test_embedded_mail_is_kept_in_a_folder_and_reaches_nobody(mail, maildir):
    post.send_due()

    assert state(mail) == State.SENT
    assert len(list((maildir / "new").iterdir())) == 1


def test_lines_that_begin_with_a_dot_arrive_whole(mail_server):
    mail = MailFactory(enquiry=InterestFactory(enquiry__message=".\n..two\n.end").enquiry)

    post.send_due()

    assert state(mail) == State.SENT
    assert b"\r\n.\r\n..two\r\n.end\r\n" in mail_server.taken[0][1]


@pytest.mark.parametrize("place", ["connect", "EHLO", "MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("reply", ["421 come back", "451 greylisted"])
def test_a_temporary_no_is_tried_again_later_with_the_same_bytes(mail, mail_server, place, reply):
    """MO12, MO7."""
    mail_server.script = {place: reply}
    post.send_due()
    assert state(mail) == State.QUEUED
    assert outcomes(mail) == [Outcome.AWAY if place in {"connect", "EHLO"} else Outcome.POSTPONED]
    frozen = bytes(mail.raw)

    mail_server.script = {}
    time_passes(hours=2)
    post.send_due()

    assert state(mail) == State.SENT
    assert bytes(mail.raw) == frozen
    assert len(mail_server.taken) == 1


@pytest.mark.parametrize("place", ["RCPT", "DATA", "dot"])
def test_a_final_no_is_tried_once_and_shown_with_its_reason(mail, mail_server, place):
    """MO12."""
    mail_server.script = {place: "550 no such mailbox"}

    post.send_due()
    post.send_due()

    assert state(mail) == State.FAILED
    assert outcomes(mail) == [Outcome.REFUSED]
    assert mail.last_answer == "550 no such mailbox"


@pytest.mark.parametrize("place", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs_up_before_the_dot_has_delivered_nothing(mail, mail_server, place):
    mail_server.script = {place: "hang up"}

    post.send_due()

    assert state(mail) == State.QUEUED
    assert mail_server.taken == []


def test_a_server_that_hangs_up_inside_the_mail_never_gets_it_twice(mail, mail_server):
    """Whether the news comes before the dot or after it is chance; either way nothing was delivered or is repeated."""
    mail_server.script = {"body": "hang up"}

    post.send_due()

    assert state(mail) in {State.QUEUED, State.UNCERTAIN}
    assert mail_server.taken == []


@pytest.mark.parametrize("place", ["connect", "EHLO", "MAIL"])
def test_a_server_that_refuses_us_altogether_is_tried_again(mail, mail_server, place):
    """A no that is not about the mail must not fail every mail of the day for good."""
    mail_server.script = {place: "554 not you"}

    post.send_due()

    assert (state(mail), mail.last_answer) == (State.QUEUED, "554 not you")


@pytest.mark.parametrize("action", ["hang up", "silence"])
def test_no_answer_to_the_whole_mail_is_uncertain_and_never_repeated_blindly(mail, mail_server, action):
    mail_server.script = {"dot": action}
    post.send_due()
    mail_server.script = {}
    time_passes(days=2)
    post.send_due()

    assert state(mail) == State.UNCERTAIN
    assert outcomes(mail) == [Outcome.UNCERTAIN]
    assert len(mail_server.taken) == 1


@pytest.mark.parametrize("place", ["connect", "DATA"])
def test_a_silent_server_is_left_within_the_mails_time(mail, mail_server, place, settings):
    """MO16."""
    mail_server.script = {place: "silence"}
    started = dt.datetime.now(tz=dt.UTC)

    post.send_due()

    assert state(mail) == State.QUEUED
    assert (dt.datetime.now(tz=dt.UTC) - started).total_seconds() < settings.MAIL_SECONDS + 2


@pytest.mark.parametrize("place", ["connect", "EHLO", "RCPT", "dot"])
def test_a_dripping_server_gets_no_more_time_than_any_other(mail, mail_server, place, settings):
    """MO16: each byte would renew an ordinary time limit."""
    mail_server.script = {place: "drip"}
    started = dt.datetime.now(tz=dt.UTC)

    post.send_due()

    assert state(mail) == (State.UNCERTAIN if place == "dot" else State.QUEUED)
    assert (dt.datetime.now(tz=dt.UTC) - started).total_seconds() < settings.MAIL_SECONDS + 2


@pytest.mark.parametrize(("reply", "became"), [("200 ok", State.SENT), ("252 maybe", State.SENT)])
def test_any_yes_to_the_whole_mail_is_a_yes(mail, mail_server, reply, became):
    mail_server.script = {"dot": reply, "RCPT": "251 will forward", "MAIL": "200 ok"}

    post.send_due()

    assert state(mail) == became


@pytest.mark.parametrize("reply", ["354 go on", "hello", "", "2" * 9000])
def test_an_answer_to_the_whole_mail_that_says_nothing_is_uncertain_and_never_repeated(mail, mail_server, reply):
    mail_server.script = {"dot": reply}

    post.send_due()
    time_passes(hours=2)
    post.send_due()

    assert state(mail) == State.UNCERTAIN
    assert len(mail_server.taken) == 1


@pytest.mark.parametrize(
    ("script", "became"),
    [
        ({"dot": "250 ok\0"}, State.SENT),
        ({"RCPT": "550 no\0"}, State.FAILED),
        ({"RCPT": "450 later\0"}, State.QUEUED),
        ({"connect": "554 no\0"}, State.QUEUED),
    ],
)
def test_words_that_no_database_takes_are_kept_without_what_it_does_not_take(mail, mail_server, script, became):
    mail_server.script = script

    post.send_due()

    assert state(mail) == became
    assert mail.attempts.get().answer


def test_a_reply_that_cannot_be_read_is_no_final_no(mail, mail_server):
    mail_server.script = {"RCPT": "2" * 9000}

    post.send_due()

    assert state(mail) == State.QUEUED


def test_a_mail_folder_that_cannot_be_opened_is_tried_again(mail, settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    settings.MAIL_DIR.write_text("a file where a folder should be")

    post.send_due()

    assert state(mail) == State.QUEUED
    assert "could not be opened" in mail.last_answer


@pytest.mark.parametrize(("after_the_mark", "became"), [(False, State.QUEUED), (True, State.UNCERTAIN)])
def test_an_error_that_nobody_foresaw_stops_no_other_mail(mail, maildir, monkeypatch, after_the_mark, became):
    other = MailFactory(enquiry=InterestFactory().enquiry)
    deliver = transports.KeptMail.deliver

    def breaks_once(self, raw, recipient, *, before_the_dot):
        if mail.message_id.encode() in raw:
            if after_the_mark:
                before_the_dot()
            raise UnicodeError("nobody foresaw this")
        return deliver(self, raw, recipient, before_the_dot=before_the_dot)

    monkeypatch.setattr(transports.KeptMail, "deliver", breaks_once)

    post.send_due()

    assert (state(mail), state(other)) == (became, State.SENT)


def test_a_server_that_cannot_be_reached_costs_nothing_but_time(mail, settings, mail_server):
    settings.MAIL_SERVER = {**settings.MAIL_SERVER, "port": 1}

    post.send_due()

    assert state(mail) == State.QUEUED
    assert "could not be used" in mail.last_answer


def test_gaps_grow_and_go_on_for_at_least_three_days(mail, mail_server):
    """MO12."""
    mail_server.script = {"RCPT": "451 later"}
    gaps = []
    while state(mail) == State.QUEUED:
        post.send_due()
        mail.refresh_from_db()
        gaps.append((mail.next_attempt_at - mail.attempts.last().ended_at).total_seconds())
        time_passes(seconds=max(gaps[-1], 0))

    assert state(mail) == State.FAILED
    assert sum(gaps) >= 72 * 3600
    assert gaps[5] > gaps[0] * 5
    assert len([gap for gap in gaps[:10] if gap < 3600]) <= 10


def test_one_mail_that_cannot_be_built_does_not_delay_the_others(mail, mail_server, monkeypatch):
    """MO13."""
    poison = MailFactory(next_attempt_at=timezone.now() - dt.timedelta(hours=1))
    build = letters.build

    def fails_for_one(wanted):
        if wanted.pk == poison.pk:
            raise ValueError("a header that cannot be")
        return build(wanted)

    monkeypatch.setattr(letters, "build", fails_for_one)

    post.send_due()

    assert (state(poison), state(mail)) == (State.FAILED, State.SENT)
    assert "could not be built" in poison.last_answer


def test_one_recipient_that_is_always_refused_does_not_delay_the_others(mail_server):
    """MO13, F12."""
    first = MailFactory(recipient="gone@lbbd.gov.uk", enquiry=InterestFactory().enquiry)
    mail_server.script = {"RCPT": "550 no such mailbox"}
    post.send_due()
    mail_server.script = {}
    second = MailFactory(enquiry=InterestFactory().enquiry)

    post.send_due()

    assert (state(first), state(second)) == (State.FAILED, State.SENT)


# --- Many workers, and workers that die ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_each_mail_is_sent_by_one(mail_server):
    """CO6."""
    for _ in range(10):
        MailFactory(enquiry=InterestFactory().enquiry)

    def work():
        post.send_due()
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(mail_server.taken) == 10
    assert set(OutgoingMail.objects.values_list("state", "attempts_made")) == {(State.SENT, 1)}


def died(mail, *, marked):
    """A worker that claimed the mail, came so far, and was never heard of again."""
    claimed = attempts.claim(mail.pk)
    assert claimed
    past = timezone.now() - dt.timedelta(seconds=1)
    OutgoingMail.objects.update(lease_until=past, marked_at=past if marked else None)


def test_a_worker_that_died_before_the_mark_is_followed_by_another(mail, mail_server):
    died(mail, marked=False)
    attempts.set_right()
    assert state(mail) == State.QUEUED

    time_passes(minutes=5)
    post.send_due()

    assert state(mail) == State.SENT
    assert outcomes(mail) == [Outcome.ABANDONED, Outcome.SENT]


def test_a_worker_that_died_after_the_mark_leaves_the_mail_uncertain(mail, mail_server):
    died(mail, marked=True)

    post.send_due()

    assert state(mail) == State.UNCERTAIN
    assert mail_server.taken == []


def test_a_mail_that_is_being_sent_is_left_alone_while_its_lease_lasts(mail, mail_server):
    assert attempts.claim(mail.pk)

    post.send_due()

    assert state(mail) == State.SENDING
    assert mail_server.taken == []


def test_a_worker_that_lost_its_claim_does_not_send_the_dot(mail, mail_server):
    claimed = attempts.claim(mail.pk)
    OutgoingMail.objects.update(lease_until=timezone.now())

    assert attempts.attempt(claimed, transports.Smtp()) == "claim_lost"

    assert mail_server.taken == []


# --- What the status page is told ----------------------------------------------------------------------------------


def test_mail_that_waits_between_two_attempts_counts_as_waiting(mail, mail_server):
    mail_server.script = {"RCPT": "421 later"}
    OutgoingMail.objects.update(queued_at=timezone.now() - dt.timedelta(hours=1))

    post.send_due()

    assert queries.mail_facts()["oldest_due_seconds"] > 3590


def test_when_everything_is_sent_nothing_waits(mail, mail_server):
    post.send_due()

    assert queries.mail_facts()["oldest_due_seconds"] is None
