"""Which mail goes when: nobody waits for somebody else's trouble."""

import datetime as dt
import threading

import pytest
from django.db import connections
from django.utils import timezone

from enquiries.mail import attempts, limits, post
from enquiries.models import Enquiry, MailAttempt, OutgoingMail
from tests.enquiries.moments import time_passes
from tests.factories import EnquiryFactory, InterestFactory, MailFactory

pytestmark = pytest.mark.django_db

State, Outcome = OutgoingMail.State, MailAttempt.Outcome


def application():
    """An enquiry with the two mails that belong to it."""
    enquiry = InterestFactory().enquiry
    address = enquiry.contact_email
    acknowledgement = MailFactory(enquiry=enquiry, acknowledgement=True, recipient=address, recipient_key=address)
    return MailFactory(enquiry=enquiry), acknowledgement


def states(*mails):
    return [OutgoingMail.objects.get(pk=mail.pk).state for mail in mails]


def text_to(mail_server, mail):
    return next(taken.raw.decode() for taken in mail_server.taken if taken.recipient == mail.recipient)


# --- Many mails on one connection ----------------------------------------------------------------------------------


def test_one_sweep_needs_one_connection_and_says_goodbye(mail_server):
    for _ in range(5):
        MailFactory(enquiry=InterestFactory().enquiry)

    assert post.send_due() == 5

    assert (len(mail_server.taken), mail_server.connections) == (5, 1)


def test_after_a_refusal_the_next_mail_gets_a_new_connection(mail_server):
    gone = MailFactory(recipient="gone@lbbd.gov.uk", enquiry=InterestFactory().enquiry)
    good = MailFactory(enquiry=InterestFactory().enquiry)
    mail_server.script_for = lambda number, to: {"RCPT": "550 no such mailbox"} if to == gone.recipient else None

    post.send_due()

    assert states(gone, good) == [State.FAILED, State.SENT]


def test_a_kept_connection_that_the_server_closed_is_replaced(mail_server):
    mails = [MailFactory(enquiry=InterestFactory().enquiry) for _ in range(3)]
    mail_server.script_for = lambda number, to: {"dot": "250 taken"} if number != 1 else {"dot": "250 taken, 421 bye"}

    post.send_due()

    assert states(*mails) == [State.SENT] * 3


# --- A server that is away -----------------------------------------------------------------------------------------


def test_a_server_that_is_away_costs_one_mail_a_try_and_the_others_nothing(settings, mail_server):
    mails = [MailFactory(enquiry=InterestFactory().enquiry) for _ in range(3)]
    settings.MAIL_SERVER = {**settings.MAIL_SERVER, "port": 1}

    assert post.send_due() == 1

    assert states(*mails) == [State.QUEUED] * 3
    assert sorted(mail.attempts.count() for mail in mails) == [0, 0, 1]


def test_a_server_that_was_away_for_long_is_found_again_within_minutes():
    """F9: what the server itself refused waits longer."""
    assert max(attempts.gap(50, Outcome.AWAY) for _ in range(50)) <= 240
    assert min(attempts.gap(50, Outcome.POSTPONED) for _ in range(50)) >= 1800


# --- Recipients that let us wait -----------------------------------------------------------------------------------


def slow_one(number=0):
    """A mail whose recipient's server let us wait a moment ago."""
    mail = MailFactory(
        recipient=f"slow-{number}@lbbd.gov.uk",
        recipient_key=f"slow-{number}@lbbd.gov.uk",
        enquiry=InterestFactory().enquiry,
    )
    now = timezone.now()
    MailAttempt.objects.create(
        mail=mail, outcome=Outcome.POSTPONED, started_at=now - dt.timedelta(seconds=25), ended_at=now
    )
    return mail


def test_whoever_let_us_wait_comes_after_everybody_else(mail_server):
    """MO13, F13."""
    slow = slow_one()
    good = [MailFactory(enquiry=InterestFactory().enquiry) for _ in range(3)]

    post.send_due()

    assert mail_server.taken[-1].recipient == slow.recipient
    assert states(*good, slow) == [State.SENT] * 4


def test_only_one_worker_at_a_time_waits_for_a_slow_recipient(mail_server):
    """MO13, F13."""
    first, second = slow_one(1), slow_one(2)
    assert attempts.claim(first.pk)
    good = MailFactory(enquiry=InterestFactory().enquiry)

    post.send_due()

    assert states(good, second) == [State.SENT, State.QUEUED]


def test_a_recipient_that_takes_mail_again_is_slow_no_more(mail_server):
    slow = slow_one()
    assert limits.slow_recipients() == [slow.recipient_key]

    post.send_due()

    assert limits.slow_recipients() == []


# --- The acknowledgement lets the routing mail go first (N5) -------------------------------------------------------


def test_the_acknowledgement_follows_in_the_same_sweep(mail_server):
    routing, acknowledgement = application()

    post.send_due()

    assert [taken.recipient for taken in mail_server.taken] == [routing.recipient, acknowledgement.recipient]
    assert "An officer reads your application" in text_to(mail_server, acknowledgement)


def test_the_acknowledgement_waits_while_its_routing_mail_does(mail_server):
    routing, acknowledgement = application()
    mail_server.script_for = lambda number, to: {"RCPT": "451 later"} if to == routing.recipient else None

    post.send_due()
    assert states(routing, acknowledgement) == [State.QUEUED, State.QUEUED]
    mail_server.script_for = lambda number, to: None
    time_passes(minutes=2)
    post.send_due()

    assert "An officer reads your application" in text_to(mail_server, acknowledgement)


@pytest.mark.parametrize(("script", "became"), [({"RCPT": "550 no"}, State.FAILED), ({"dot": "lose"}, State.UNCERTAIN)])
def test_when_routing_fails_the_acknowledgement_says_so_and_gives_a_telephone_number(
    mail_server, script, became, settings
):
    routing, acknowledgement = application()
    mail_server.script_for = lambda number, to: script if to == routing.recipient else None

    post.send_due()

    assert states(routing, acknowledgement) == [became, State.SENT]
    text = text_to(mail_server, acknowledgement)
    assert "has not reached our team's inbox yet" in text.replace("=\r\n", "")
    assert settings.COUNCIL.contact.telephone in text
    assert "An officer reads" not in text


def test_the_acknowledgement_does_not_wait_for_days(mail_server, settings):
    routing, acknowledgement = application()
    mail_server.script_for = lambda number, to: {"RCPT": "451 full"} if to == routing.recipient else None
    time_passes(seconds=settings.MAIL_DELAYED_SECONDS + 1)

    post.send_due()

    assert states(routing, acknowledgement) == [State.QUEUED, State.SENT]
    assert "has not reached our team's inbox yet" in text_to(mail_server, acknowledgement).replace("=\r\n", "")


# --- Wrong clocks (F17) --------------------------------------------------------------------------------------------


def test_a_mail_that_a_wrong_clock_put_off_for_days_goes_now(mail_server):
    mail = MailFactory(
        enquiry=InterestFactory().enquiry, attempts_made=1, next_attempt_at=timezone.now() + dt.timedelta(days=2)
    )

    post.send_due()

    assert states(mail) == [State.SENT]


def test_a_claim_that_a_wrong_clock_made_endless_ends(mail_server):
    mail = MailFactory(enquiry=InterestFactory().enquiry)
    assert attempts.claim(mail.pk)
    OutgoingMail.objects.update(lease_until=timezone.now() + dt.timedelta(days=2))

    attempts.set_right()
    time_passes(minutes=2)
    post.send_due()

    assert states(mail) == [State.SENT]


def test_a_mail_that_waits_as_long_as_mail_may_is_left_alone(mail_server, settings):
    wait = dt.timedelta(seconds=settings.MAIL_RETRY_CAP_SECONDS)
    mail = MailFactory(enquiry=EnquiryFactory(), next_attempt_at=timezone.now() + wait)

    post.send_due()

    assert states(mail) == [State.QUEUED]


# --- What did not arrive is seen first -----------------------------------------------------------------------------


@pytest.mark.parametrize(("script", "is_lost"), [({"RCPT": "550 no"}, True), ({"dot": "lose"}, True), ({}, False)])
def test_an_enquiry_knows_whether_its_inbox_has_it(mail_server, script, is_lost):
    mail = MailFactory(enquiry=InterestFactory().enquiry)
    mail_server.script = script

    post.send_due()

    mail.enquiry.refresh_from_db()
    assert mail.enquiry.undelivered is is_lost


def test_a_failed_acknowledgement_does_not_make_an_enquiry_undelivered(mail_server):
    _, acknowledgement = application()
    mail_server.script_for = lambda number, to: {"RCPT": "550 no"} if to == acknowledgement.recipient else None

    post.send_due()

    acknowledgement.enquiry.refresh_from_db()
    assert states(acknowledgement) == [State.FAILED]
    assert not acknowledgement.enquiry.undelivered


@pytest.mark.django_db(transaction=True)
def test_an_enquiry_knows_it_too_when_two_workers_settle_its_mails_at_once(mail_server):
    """On PostgreSQL an update that waited would otherwise judge by what it saw before it waited."""
    mail_server.script_for = lambda number, to: {"RCPT": "550 no"} if to == "gone@lbbd.gov.uk" else None
    for _ in range(15):
        enquiry = InterestFactory().enquiry
        MailFactory(enquiry=enquiry)
        MailFactory(enquiry=enquiry, recipient="gone@lbbd.gov.uk", recipient_key="gone@lbbd.gov.uk")

    def work():
        post.send_due()
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while post.send_due():
        pass

    assert Enquiry.objects.filter(undelivered=True).count() == 15


def test_when_all_routing_was_cancelled_the_acknowledgement_promises_nothing(mail_server):
    routing, acknowledgement = application()
    OutgoingMail.objects.filter(pk=routing.pk).update(state=State.CANCELLED)

    post.send_due()

    assert "An officer reads" not in text_to(mail_server, acknowledgement)
