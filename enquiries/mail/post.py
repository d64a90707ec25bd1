"""Writing mail down, and sending what is due.

The promise: nothing is lost, nothing is sent twice. The order of every attempt is
claim (commit) → build and freeze (commit) → hand over all but the final dot → mark (commit) → dot → record (commit).
No transaction is open while the mail server is spoken to. Whoever crashes leaves a row that says how far it came.
"""

import datetime as dt
import logging
import random
import time
import uuid
from collections.abc import Callable
from typing import Any

from celery import signature
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from careportal.kit import hints
from enquiries import letters
from enquiries.letters import Letter
from enquiries.mail import addresses, limits
from enquiries.mail.transports import Postponed, Refused, Transport, Unanswered
from enquiries.models import MailAttempt, OutgoingMail

logger = logging.getLogger(__name__)

Outcome = MailAttempt.Outcome
State = OutgoingMail.State
RECORDING_SECONDS = 12


class ClaimLost(Exception):
    """Another worker may have this mail by now: this one must not hand it over."""


def write(*outgoing: Letter) -> None:
    """Write letters down in the present transaction; once it is committed, a worker is told."""
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            enquiry=letter.about,
            kind=letter.kind,
            recipient=letter.to,
            recipient_key=addresses.key(letter.to),
            number=letter.number,
            subject=letter.subject,
            message_id=letter.message_id,
            text=letter.text,
            give_up_at=letter.give_up_at,
        )
        for letter in outgoing
    )
    tell_worker()


def tell_worker() -> None:
    """Hint that mail is due. It may be lost: the sweep finds the row."""
    hints.publish(signature("enquiries.tasks.send_due_mail"))


def send_due() -> int:
    """Send what is due, within the sweep's budget of time. Safe to run at any time, and by many at once.

    Returns how many mails were tried.
    """
    release_abandoned()
    transport: Transport = import_string(settings.MAIL_TRANSPORT)()
    ends_at = time.monotonic() + settings.MAIL_SWEEP_BUDGET_SECONDS - settings.MAIL_SECONDS
    tried = 0
    for pk in OutgoingMail.objects.due().values_list("pk", flat=True)[:200]:
        tried += send(pk, transport)
        if time.monotonic() > ends_at:
            break
    return tried


def release_abandoned() -> None:
    """Free what a dead worker had claimed: queued again if it stopped before the mark, else uncertain."""
    for mail in OutgoingMail.objects.abandoned():
        unsure = mail.marked_at is not None
        outcome = Outcome.UNCERTAIN if unsure else Outcome.ABANDONED
        _settle(mail, State.UNCERTAIN if unsure else State.QUEUED, outcome, "")


def send(pk: int, transport: Transport) -> bool:
    """Claim one mail and try to send it. False if somebody else has it, or a limit holds it back."""
    mail = _claim(pk)
    if mail is None or limits.hold_back(mail):
        return False
    attempt = _attempt(mail, transport)
    logger.info("mail.%s id=%s kind=%s", attempt, mail.pk, mail.kind)
    return True


def _claim(pk: int) -> OutgoingMail | None:
    """Take the mail by compare-and-swap: of many workers that try at once, one gets it."""
    now, claim = timezone.now(), uuid.uuid4()
    with transaction.atomic():
        won = OutgoingMail.objects.filter(pk=pk, state=State.QUEUED, next_attempt_at__lte=now).update(
            state=State.SENDING,
            claim=claim,
            marked_at=None,
            lease_until=now + dt.timedelta(seconds=settings.MAIL_LEASE_SECONDS),
            attempts_made=F("attempts_made") + 1,
        )
        if not won:
            return None
        MailAttempt.objects.create(mail_id=pk, claim=claim)
        return OutgoingMail.objects.select_related("enquiry").get(pk=pk)


def _attempt(mail: OutgoingMail, transport: Transport) -> str:
    try:
        raw = _frozen(mail)
    except Exception as error:  # one mail that cannot be built must not hold up the others
        logger.error("mail.unbuilt id=%s reason=%s", mail.pk, type(error).__name__)
        return _settle(mail, State.FAILED, Outcome.UNBUILT, f"The mail could not be built ({type(error).__name__}).")
    try:
        answer = transport.deliver(raw, mail.recipient, before_the_dot=lambda: _mark(mail))
    except Refused as error:
        return _settle(mail, State.FAILED, Outcome.REFUSED, str(error))
    except Unanswered as error:
        return _settle(mail, State.UNCERTAIN, Outcome.UNCERTAIN, str(error))
    except Postponed as error:
        return _settle(mail, State.QUEUED, Outcome.POSTPONED, str(error))
    except ClaimLost:
        return "claim_lost"  # the row is another worker's now
    except Exception as error:  # nothing that a mail does may stop the others
        logger.error("mail.broke_off id=%s reason=%s", mail.pk, type(error).__name__)
        return _break_off(mail, f"The attempt broke off ({type(error).__name__}).")
    return _settle(mail, State.SENT, Outcome.SENT, answer)


def _break_off(mail: OutgoingMail, why: str) -> str:
    """An attempt that ended in no foreseen way: safe to repeat before the mark, and nobody knows after it."""
    if mail.marked_at:
        return _settle(mail, State.UNCERTAIN, Outcome.UNCERTAIN, why)
    return _settle(mail, State.QUEUED, Outcome.POSTPONED, why)


def _frozen(mail: OutgoingMail) -> bytes:
    """The mail's bytes: built before the first attempt, the same ever after."""
    if mail.raw is None:
        mail.raw = letters.build(mail)
        OutgoingMail.objects.filter(pk=mail.pk, raw=None).update(raw=mail.raw)
    return bytes(mail.raw)


def _mark(mail: OutgoingMail) -> None:
    """Commit that the final dot comes next. Refused when the claim is lost or about to be."""
    now = timezone.now()
    margin = now + dt.timedelta(seconds=5)
    ours = OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim, state=State.SENDING, lease_until__gt=margin)
    if not ours.update(marked_at=now):
        raise ClaimLost
    mail.marked_at = now


def _settle(mail: OutgoingMail, state: State, outcome: Outcome, answer: str) -> str:
    """Record how an attempt ended. Tried again for a while when the database is away."""
    now = timezone.now()
    if state == State.QUEUED and now >= mail.give_up_at:
        state = State.FAILED
    if mail.kind == OutgoingMail.Kind.ACCOUNT and state == State.UNCERTAIN:
        state = State.CANCELLED  # no officer can look for it; the person asks for another code
    fields: dict[str, Any] = {
        "state": state,
        "claim": None,
        "lease_until": None,
        "last_answer": answer[:500],
        "sent_at": now if state == State.SENT else None,
        "next_attempt_at": now + _gap(mail.attempts_made) if state == State.QUEUED else now,
    }
    if mail.kind == OutgoingMail.Kind.ACCOUNT and state != State.QUEUED:
        fields |= {"text": "", "raw": b""}  # the code is nobody's business any more

    def record() -> None:
        with transaction.atomic():
            if OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim, state=State.SENDING).update(**fields):
                mail.attempts.filter(outcome=Outcome.RUNNING).update(outcome=outcome, ended_at=now, answer=answer[:500])

    _persist(record)
    return str(outcome)


def _gap(attempts: int) -> dt.timedelta:
    """The growing wait before the next attempt, with some chance so that not all come back at once."""
    full = min(settings.MAIL_RETRY_CAP_SECONDS, settings.MAIL_RETRY_BASE_SECONDS * 2 ** min(attempts - 1, 20))
    return dt.timedelta(seconds=full * random.uniform(0.5, 1))  # noqa: S311


def _persist(record: Callable[[], None]) -> None:
    ends_at = time.monotonic() + RECORDING_SECONDS
    while True:
        try:
            return record()
        except OperationalError:
            if time.monotonic() > ends_at or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(1)
