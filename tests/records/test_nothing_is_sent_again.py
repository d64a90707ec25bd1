"""After a restore: what was waiting may have been sent since the backup was made, so nobody sends it blindly."""

import datetime as dt
import json
import uuid

import pytest
from django.utils import timezone

from enquiries import services
from enquiries.mail import post
from enquiries.models import Interest, MailAttempt, OutgoingMail
from enquiries.restored import WORDS
from programmes.models import Intake
from tests.factories import IntakeFactory, InterestFactory, MailFactory
from tests.records import world

State, Outcome = OutgoingMail.State, MailAttempt.Outcome


class Counting:
    """A mail server that takes everything and counts."""

    taken: list[str] = []

    def deliver(self, raw, recipient, *, before_the_dot):
        self.taken.append(recipient)
        before_the_dot()
        return "250 taken"

    def close(self):
        pass


@pytest.fixture
def transport(settings):
    Counting.taken = []
    settings.MAIL_TRANSPORT = f"{__name__}.Counting"
    return Counting


@pytest.fixture
def mails(key, people, tmp_path):
    """One mail in every state, by what it is; then a backup, a sweep that sends what was waiting, and a restore."""
    claimed = {"claim": uuid.uuid4(), "lease_until": timezone.now() + dt.timedelta(seconds=45)}
    made = {
        "queued": routing(),
        "sending": routing(state=State.SENDING, **claimed),
        "sent": routing(sent=True),
        "failed": routing(failed=True),
        "cancelled": routing(state=State.CANCELLED),
        "acknowledgement": MailFactory(acknowledgement=True),
        "code": MailFactory(sign_in=True),
    }
    MailAttempt.objects.create(mail=made["sending"], claim=claimed["claim"])
    world.run("back_up", tmp_path / "backup.age")
    world.empty()
    world.run("restore", tmp_path / "backup.age", "--key", key)
    return made


def routing(**fields):
    return MailFactory(enquiry=InterestFactory().enquiry, **fields)


def now(mail):
    return OutgoingMail.objects.get(pk=mail.pk)


def test_a_sweep_after_the_restore_sends_nothing(mails, transport):
    post.send_due()
    post.send_due()

    assert transport.taken == []


def test_the_same_sweep_would_have_sent_what_was_waiting(transport, people):
    """Without this the test above could not fail."""
    routing()

    post.send_due()

    assert len(transport.taken) == 1


@pytest.mark.parametrize("which", ["queued", "sending", "acknowledgement"])
def test_what_was_waiting_is_uncertain_and_its_history_says_why(mails, which):
    mail = now(mails[which])

    assert (mail.state, mail.claim, mail.lease_until) == (State.UNCERTAIN, None, None)
    last = mail.attempts.last()
    assert (last.outcome, last.answer) == (Outcome.UNCERTAIN, WORDS)
    assert not mail.attempts.filter(outcome=Outcome.RUNNING).exists()
    assert mail.last_answer == WORDS


@pytest.mark.parametrize("which", ["sent", "failed", "cancelled"])
def test_what_was_settled_stays_as_it_was(mails, which):
    mail = now(mails[which])

    assert mail.state == which
    assert not mail.attempts.filter(answer=WORDS).exists()


def test_a_sign_in_code_is_cancelled_and_forgotten(mails):
    mail = now(mails["code"])

    assert (mail.state, mail.text, bytes(mail.raw)) == (State.CANCELLED, "", b"")


def test_officers_see_first_the_enquiries_whose_mail_is_uncertain(mails):
    assert now(mails["queued"]).enquiry.undelivered
    assert not now(mails["sent"]).enquiry.undelivered


def test_an_officer_decides(mails, transport, officer):
    mail = now(mails["queued"])
    mail.resend()
    mail.save()

    post.send_due()

    assert transport.taken == [mail.recipient]
    assert now(mail).state == State.SENT


def test_the_status_counts_them_as_uncertain(mails):
    assert json.loads(world.run("status", "--json"))["uncertain"] == 3


def test_no_offer_runs_out_and_no_place_is_offered_by_itself_until_an_officer_has_looked(
    key, people, tmp_path, officer
):
    """What was answered since the backup is not known: the place may be taken."""
    group, other = IntakeFactory(capacity=1), IntakeFactory()
    offered = InterestFactory(in_hand=True, programme=group.programme)
    waits = {"state": "waiting_list", "waiting_since": timezone.now()}
    waiting = InterestFactory(in_hand=True, programme=group.programme, **waits)
    services.offer(interest_id=offered.pk, officer=officer, intake_id=group.pk)
    Interest.objects.filter(pk=offered.pk).update(answer_by=timezone.localdate() - dt.timedelta(days=1), remind_on=None)
    world.run("back_up", tmp_path / "backup.age")
    world.empty()
    world.run("restore", tmp_path / "backup.age", "--key", key)

    assert services.look_after_places() == 0
    assert [Interest.objects.get(pk=one.pk).state for one in (offered, waiting)] == ["offered", "waiting_list"]
    assert [Intake.objects.get(pk=one.pk).offers_by_itself for one in (group, other)] == [False, True]
