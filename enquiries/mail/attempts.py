"""One attempt at one mail. The promise: nothing is lost, nothing is sent twice.

The order of every attempt is
claim (commit) → build and freeze (commit) → hand over all but the final dot → mark (commit) → dot → record (commit).
No transaction is open while the mail server is spoken to. Whoever crashes leaves a row that says how far it came.
All moments are by the database's clock, on which all workers agree.
"""

import datetime as dt
import logging
import random
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F

from careportal.kit import clock
from careportal.kit.cleaning import made_storable
from enquiries import letters
from enquiries.mail import limits
from enquiries.mail.transports import Away, Postponed, Refused, Transport, Unanswered
from enquiries.models import Enquiry, MailAttempt, OutgoingMail

logger = logging.getLogger(__name__)

Outcome = MailAttempt.Outcome
State = OutgoingMail.State
RECORDING_SECONDS = 12
MARK_MARGIN_SECONDS = 5
AWAY_CAP_SECONDS = 240  # a server that is back is found again within minutes, however long it was away


class ClaimLost(Exception):
    """Another worker may have this mail by now: this one must not hand it over."""


def send(pk: int, transport: Transport) -> str:
    """Claim one mail and try to send it; how that ended. Empty if somebody else has it, or a limit holds it back."""
    mail = claim(pk)
    if mail is None or limits.hold_back(mail):
        return ""
    ending = attempt(mail, transport)
    logger.info("mail.%s id=%s kind=%s", ending, mail.pk, mail.kind)
    return ending


def claim(pk: int) -> OutgoingMail | None:
    """Take the mail by compare-and-swap: of many workers that try at once, one gets it."""
    mark = uuid.uuid4()
    with transaction.atomic():
        won = OutgoingMail.objects.filter(pk=pk, state=State.QUEUED, next_attempt_at__lte=clock.now()).update(
            state=State.SENDING,
            claim=mark,
            marked_at=None,
            lease_until=clock.after(settings.MAIL_LEASE_SECONDS),
            attempts_made=F("attempts_made") + 1,
        )
        if not won:
            return None
        MailAttempt.objects.create(mail_id=pk, claim=mark, started_at=clock.now())
        return OutgoingMail.objects.select_related("enquiry").get(pk=pk)


def claimed_at(mail: OutgoingMail) -> dt.datetime:
    """When the mail was claimed, by the database's clock."""
    assert mail.lease_until
    return mail.lease_until - dt.timedelta(seconds=settings.MAIL_LEASE_SECONDS)


def attempt(mail: OutgoingMail, transport: Transport) -> str:
    """Try a claimed mail once and record how it ended; the outcome, or `claim_lost`."""
    try:
        raw = _frozen(mail)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the lease runs out, and another attempt follows
    except Exception as error:  # one mail that cannot be built must not hold up the others
        logger.error("mail.unbuilt id=%s reason=%s", mail.pk, type(error).__name__)
        return settle(mail, State.FAILED, Outcome.UNBUILT, f"The mail could not be built ({type(error).__name__}).")
    try:
        answer = transport.deliver(raw, mail.recipient, before_the_dot=lambda: _mark(mail))
    except Refused as error:
        return settle(mail, State.FAILED, Outcome.REFUSED, str(error))
    except Unanswered as error:
        return settle(mail, State.UNCERTAIN, Outcome.UNCERTAIN, str(error))
    except Away as error:
        return settle(mail, State.QUEUED, Outcome.AWAY, str(error))
    except Postponed as error:
        return settle(mail, State.QUEUED, Outcome.POSTPONED, str(error))
    except ClaimLost:
        return "claim_lost"  # the row is another worker's now
    except Exception as error:  # nothing that a mail does may stop the others
        logger.error("mail.broke_off id=%s reason=%s", mail.pk, type(error).__name__)
        return _break_off(mail, f"The attempt broke off ({type(error).__name__}).")
    return settle(mail, State.SENT, Outcome.SENT, answer)


def _break_off(mail: OutgoingMail, why: str) -> str:
    """An attempt that ended in no foreseen way: safe to repeat before the mark, and nobody knows after it."""
    if mail.marked_at:
        return settle(mail, State.UNCERTAIN, Outcome.UNCERTAIN, why)
    return settle(mail, State.QUEUED, Outcome.POSTPONED, why)


def _frozen(mail: OutgoingMail) -> bytes:
    """The mail's bytes: built before the first attempt, the same ever after."""
    if mail.raw is None:
        mail.raw = letters.build(mail)
        OutgoingMail.objects.filter(pk=mail.pk, raw=None).update(raw=mail.raw)
    return bytes(mail.raw)


def _mark(mail: OutgoingMail) -> None:
    """Commit that the final dot comes next. Refused when the claim is lost or about to be."""
    enough = clock.after(MARK_MARGIN_SECONDS)
    ours = OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim, state=State.SENDING, lease_until__gt=enough)
    if not ours.update(marked_at=clock.now()):
        raise ClaimLost
    mail.marked_at = claimed_at(mail)  # the row has the exact time; here it only counts that there is one


def settle(mail: OutgoingMail, state: State, outcome: Outcome, answer: str) -> str:
    """Record how an attempt ended. Tried again for a while when the database is away."""
    answer = made_storable(answer)[:500]
    if state == State.QUEUED and claimed_at(mail) >= mail.give_up_at:
        state = State.FAILED
    if mail.kind == OutgoingMail.Kind.ACCOUNT and state == State.UNCERTAIN:
        state = State.CANCELLED  # no officer can look for it; the person asks for another code
    fields: dict[str, Any] = {
        "state": state,
        "claim": None,
        "lease_until": None,
        "last_answer": answer,
        "sent_at": clock.now() if state == State.SENT else None,
        "next_attempt_at": clock.after(gap(mail.attempts_made, outcome)) if state == State.QUEUED else clock.now(),
    }
    if mail.kind == OutgoingMail.Kind.ACCOUNT and state != State.QUEUED:
        fields |= {"text": "", "raw": b""}  # the code is nobody's business any more

    def record() -> None:
        with transaction.atomic():
            if OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim, state=State.SENDING).update(**fields):
                running = mail.attempts.filter(outcome=Outcome.RUNNING)
                running.update(outcome=outcome, ended_at=clock.now(), answer=answer)
                if state in {State.FAILED, State.UNCERTAIN}:  # one that was being sent did not count before either
                    note_delivery(mail)

    _persist(record)
    return str(outcome)


def note_delivery(mail: OutgoingMail) -> None:
    """Tell the enquiry what became of a mail that brings it to an inbox. In the transaction that records it."""
    if mail.kind == OutgoingMail.Kind.ROUTING:
        Enquiry.objects.filter(mails=mail.pk).note_delivery(OutgoingMail.objects.undelivered())


def gap(attempts: int, outcome: Outcome) -> float:
    """Seconds until the next attempt: a growing wait, with some chance so that not all come back at once."""
    cap = settings.MAIL_RETRY_CAP_SECONDS
    if outcome == Outcome.AWAY:
        cap = min(cap, AWAY_CAP_SECONDS)
    full = min(cap, settings.MAIL_RETRY_BASE_SECONDS * 2 ** min(max(attempts - 1, 0), 20))
    return full * random.uniform(0.5, 1)  # noqa: S311


def set_right() -> None:
    """Free what a dead worker had claimed: queued again if it stopped before the mark, else uncertain.

    And bring back what a wrong clock has put off too far.
    """
    for mail in OutgoingMail.objects.abandoned():
        unsure = mail.marked_at is not None
        outcome = Outcome.UNCERTAIN if unsure else Outcome.ABANDONED
        settle(mail, State.UNCERTAIN if unsure else State.QUEUED, outcome, "")
    OutgoingMail.objects.misdated().update(next_attempt_at=clock.now())


def _persist(record: Callable[[], None]) -> None:
    ends_at = time.monotonic() + RECORDING_SECONDS
    while True:
        try:
            return record()
        except (OperationalError, InterfaceError):
            if time.monotonic() > ends_at or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(1)
