"""What the inbox tells: about mail that was sent, and what came in."""

import datetime as dt
import logging
import time
from contextlib import suppress
from imaplib import IMAP4

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from imap_tools import ImapToolsError

from enquiries.exceptions import TooEarly, TransitionNotAllowed
from enquiries.mail import addresses, inbox, reading
from enquiries.mail.bounces import Bounce, bounces_in
from enquiries.mail.found import Found
from enquiries.mail.reading.head import parsed
from enquiries.models import MailAttempt, OutgoingMail
from enquiries.services import judging, mails, noting

logger = logging.getLogger(__name__)

LOOK_SECONDS, SETTLING_SECONDS = 20, 8
MOST_REPORT = 1024 * 1024
# About the server, or about ourselves, and not about one mail: that is read again by the next look.
ABOUT_US = (TooEarly, OSError, IMAP4.error, ImapToolsError, OperationalError, InterfaceError, SoftTimeLimitExceeded)


def look_into_inbox() -> bool:
    """Settle what is uncertain, and take in what is new. Without access to the inbox it is the officers' work.

    The next look goes on where this one's time is over. Returns whether it was, and more may wait.
    """
    ends_at = time.monotonic() + LOOK_SECONDS
    opened = inbox.opened()
    if opened is None:
        return False
    try:
        judging.judge_new(ends_at)  # what an earlier look did not come to
        _settle_uncertain(opened)
        with suppress(TooEarly):  # the next look begins with it
            _take_in(opened, ends_at)
        return time.monotonic() > ends_at
    finally:
        opened.close()


def _take_in(opened: inbox.Inbox, ends_at: float) -> None:
    for found in opened.fresh():
        _receive_found(found)
        if time.monotonic() > ends_at:
            return


def _receive_found(found: Found) -> None:
    """One mail. Whatever somebody has written, it does not stop the reading (MI10)."""
    try:
        for bounce in _bounces(found):
            _receive(bounce, found.received_at)
        mail = noting.note(found)
    except ABOUT_US:
        raise
    except Exception as error:
        logger.warning("inbox.unreadable uid=%s reason=%s", found.number, type(error).__name__)
    else:
        if mail:
            judging.judge(mail.pk)


def _bounces(found: Found) -> list[Bounce]:
    """Only reports are fetched for it. One that is broken is a mail like any other."""
    if reading.top(found.start).get_content_type() != "multipart/report":
        return []
    report = b"".join(found.fetch(MOST_REPORT))
    try:
        reading.refuse_monsters(report)
        return list(bounces_in(parsed(report)))
    except Exception as error:
        logger.warning("inbox.unreadable uid=%s reason=%s", found.number, type(error).__name__)
        return []


def _settle_uncertain(opened: inbox.Inbox) -> None:
    """Not found is no proof: a server on the way may still hold the mail. A setting may say that it is, in time."""
    ends_at = time.monotonic() + SETTLING_SECONDS
    grace = dt.timedelta(hours=settings.RESEND_UNCERTAIN_HOURS)
    for mail in _uncertain():
        with suppress(TransitionNotAllowed):  # an officer has decided meanwhile
            if opened.holds(mail.message_id):
                mails.resolve_uncertain(mail_id=mail.pk)
            elif grace and mail.next_attempt_at < timezone.now() - grace:
                mails.resend_after_grace(mail_id=mail.pk)
        if time.monotonic() > ends_at:
            return


def _uncertain() -> "QuerySet[OutgoingMail]":
    """Uncertain mails to the inbox that we can see; Notify and the folder of embedded mode know of every mail."""
    uncertain = OutgoingMail.objects.filter(state=OutgoingMail.State.UNCERTAIN)
    if settings.MAILBOX and not settings.NOTIFY_API_KEY:
        uncertain = uncertain.filter(recipient_key=addresses.key(settings.BUSINESS_FORUM_INBOX))
    return uncertain.only("message_id", "next_attempt_at").order_by("?")[:200]  # one that is never found delays none


def _receive(bounce: Bounce, at: dt.datetime) -> None:
    """Raises TooEarly for a mail that is being sent at this moment: what became of that is recorded first.

    News that was told before says nothing about a mail that was sent again since.
    """
    mail = OutgoingMail.objects.readable_by_officers().filter(message_id=bounce.message_id).only("state").first()
    if mail is None:
        return  # not ours, or long gone
    if mail.state == OutgoingMail.State.SENDING:
        raise TooEarly
    if mail.attempts.filter(outcome=MailAttempt.Outcome.BOUNCED, ended_at__gt=at).exists():
        return
    with suppress(TransitionNotAllowed):  # told before
        mails.receive_bounce(mail_id=mail.pk, words=bounce.words)
