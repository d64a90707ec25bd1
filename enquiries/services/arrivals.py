"""What the inbox tells about mail that was sent."""

import datetime as dt
import time
from contextlib import suppress

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from enquiries.exceptions import TooEarly, TransitionNotAllowed
from enquiries.mail import addresses, inbox
from enquiries.models import OutgoingMail
from enquiries.services import mails

LOOK_SECONDS = 20


def look_into_inbox() -> None:
    """Settle what is uncertain, and learn what came back. Without access to the inbox it is the officers' work."""
    opened = inbox.opened()
    if opened is None:
        return
    try:
        _settle_uncertain(opened)
        with suppress(TooEarly):  # the next look begins with it
            for bounce in opened.bounces():
                _receive(bounce)
    finally:
        opened.close()


def _settle_uncertain(opened: inbox.Inbox) -> None:
    """Not found is no proof: a server on the way may still hold the mail. A setting may say that it is, in time."""
    ends_at = time.monotonic() + LOOK_SECONDS
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


def _receive(bounce: inbox.Bounce) -> None:
    """Raises TooEarly for a mail that is being sent at this moment: what became of that is recorded first."""
    mail = OutgoingMail.objects.readable_by_officers().filter(message_id=bounce.message_id).only("state").first()
    if mail is None:
        return  # not ours, or long gone
    if mail.state == OutgoingMail.State.SENDING:
        raise TooEarly
    with suppress(TransitionNotAllowed):  # told before
        mails.receive_bounce(mail_id=mail.pk, words=bounce.words)
