"""Reading a mail that is stored, and deciding what becomes of it. It may be begun again at any time."""

import datetime as dt
import logging
import time
from contextlib import suppress

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from careportal.kit.cleaning import made_storable
from enquiries import threads
from enquiries.exceptions import SenderUnproved, TooMany, TransitionNotAllowed
from enquiries.mail import kept, phrase, reading
from enquiries.mail.reading import Automatic, Head, Reading
from enquiries.mail.reading.exceptions import Unreadable
from enquiries.models import Enquiry, IncomingMail
from enquiries.models.incoming import MOST_RAW_BYTES, MOST_TEXT
from enquiries.services import incoming, waves

logger = logging.getLogger(__name__)

State, Why, Sender = IncomingMail.State, IncomingMail.Why, IncomingMail.Sender
MOST_TRIES = 3
MOST_AN_HOUR = 3


def judge_new(ends_at: float) -> None:
    """Every stored mail of which nothing has become, the oldest first, while there is time."""
    for pk in list(IncomingMail.objects.filter(state=State.NEW).order_by("pk").values_list("pk", flat=True)[:1000]):
        if time.monotonic() > ends_at:
            return
        judge(pk)


def judge(mail_id: int) -> None:
    """Decide about one stored mail. One that cannot be read, or that stopped us three times, is an officer's."""
    new = IncomingMail.objects.filter(pk=mail_id, state=State.NEW)
    if not new.update(tries=F("tries") + 1):
        return
    mail = new.get()
    if mail.tries > MOST_TRIES:
        _to_sort(mail_id, Why.UNREADABLE)
        return
    try:
        _judge(mail)
    except Unreadable as error:
        _to_sort(mail_id, error.why)
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise  # the database is away, or the worker's time is over: it is read again
    except Exception as error:  # whatever somebody has written
        logger.warning("incoming.unreadable id=%s reason=%s", mail_id, type(error).__name__)
        _to_sort(mail_id, Why.UNREADABLE)


def _judge(mail: IncomingMail) -> None:
    raw = mail.raw
    _describe(mail, reading.beginning(raw[: 2 * reading.MOST_HEAD]))  # an officer sees so much of any
    if mail.size > MOST_RAW_BYTES:
        raise Unreadable(Why.TOO_LARGE)
    whole = reading.read(raw)
    _describe(mail, whole)
    _decide(mail, whole)


def _describe(mail: IncomingMail, said: Reading) -> None:
    mail.sender, mail.sender_name = said.head.sender, said.head.sender_name[:200]
    mail.subject, mail.text = said.head.subject[:500], made_storable(said.text)[:MOST_TEXT]
    mail.sender_check = _check(mail, said)
    mail.save(update_fields=["sender", "sender_name", "subject", "text", "sender_check"])


def _check(mail: IncomingMail, said: Reading) -> str:
    """Into the folder of embedded mode nothing comes from outside. Of who wrote a forwarded mail nothing is proved."""
    if threads.is_forwarded(said.head):
        return Sender.UNKNOWN
    if mail.folder == kept.INBOX and mail.validity == kept.FILES and settings.SMTP_HOST is None:
        return Sender.PROVED
    return said.head.check


def _decide(mail: IncomingMail, said: Reading) -> None:
    head = said.head
    enquiry, has_phrase = threads.enquiry_of(head), phrase.is_in(head.subject)
    if _calls_itself_as_another(mail):
        _to_sort(mail.pk, Why.SAME_ID, enquiry)
    elif head.automatic == Automatic.SURELY or (head.automatic == Automatic.PERHAPS and not has_phrase):
        _note_as(mail.pk, State.AUTOMATIC, enquiry)
    elif head.automatic == Automatic.PERHAPS:
        _to_sort(mail.pk, Why.AUTOMATIC, enquiry)
    elif not head.sender:
        _to_sort(mail.pk, Why.UNREADABLE, enquiry)
    elif enquiry:
        _take_answer(mail, head, enquiry)
    elif has_phrase:
        _take_request(mail, said)
    else:
        _to_sort(mail.pk, _why_not(head))


def _take_answer(mail: IncomingMail, head: Head, enquiry: Enquiry) -> None:
    """Only what surely changes nothing that a stranger could want changed becomes a message by itself (MI6, MI7)."""
    if threads.is_colleague(head.sender) and enquiry.contact.email.lower() in head.recipients:
        _note_as(mail.pk, State.OTHER, enquiry)  # a colleague answered from Outlook: the provider has it
    elif head.sender not in threads.writers_of(enquiry):
        _to_sort(mail.pk, Why.STRANGER, enquiry)
    elif enquiry.state == Enquiry.State.CLOSED:
        _to_sort(mail.pk, Why.CLOSED, enquiry)
    else:
        _add(mail, enquiry)


def _add(mail: IncomingMail, enquiry: Enquiry) -> None:
    try:
        incoming.add_to_enquiry(mail_id=mail.pk, enquiry_id=enquiry.pk)
    except SenderUnproved:
        _to_sort(mail.pk, Why.UNPROVED, enquiry)
    except TooMany:
        _to_sort(mail.pk, Why.TOO_MANY, enquiry)
    except TransitionNotAllowed:  # closed meanwhile
        _to_sort(mail.pk, Why.CLOSED, enquiry)


def _take_request(mail: IncomingMail, said: Reading) -> None:
    """Somebody asks for support in the way that the council has published."""
    forwarded = threads.is_forwarded(said.head)
    if forwarded and said.original is None:
        _to_sort(mail.pk, Why.FORWARDED)
    elif not forwarded and threads.is_own_inbox(said.head.sender):
        _note_as(mail.pk, State.OTHER)
    elif not forwarded and _were_many(mail):
        _to_sort(mail.pk, Why.TOO_MANY)
    elif not _is_from_colleague(said.head) and waves.holds(mail, Why.AT_ONCE):
        _to_sort(mail.pk, Why.AT_ONCE)
    else:
        with suppress(TransitionNotAllowed):  # an officer was quicker
            incoming.open_enquiry(mail_id=mail.pk)


def _is_from_colleague(head: Head) -> bool:
    """Proved, who passes on what somebody else wrote."""
    return threads.is_forwarded(head) and head.check == Sender.PROVED


def _were_many(mail: IncomingMail) -> bool:
    """A machine that answers each of our mails with a new subject is stopped here (MI5)."""
    since = timezone.now() - dt.timedelta(hours=1)
    lately = IncomingMail.objects.filter(sender=mail.sender, state=State.ENQUIRY, noted_at__gt=since)
    return lately.count() >= MOST_AN_HOUR


def _calls_itself_as_another(mail: IncomingMail) -> bool:
    """Both are kept, the second for an officer (MI2). Two copies of the same were one when they were stored."""
    if not mail.message_id:
        return False
    return IncomingMail.objects.filter(message_id=mail.message_id, pk__lt=mail.pk).exists()


def _why_not(head: Head) -> IncomingMail.Why:
    """Of itself. Why the mail that it answers had to be sorted is not true of this one as well."""
    if phrase.is_nearly_in(head.subject):
        return Why.NEARLY
    return Why.ANSWERS if threads.mail_before(head) else Why.IN_TEXT


@transaction.atomic
def _to_sort(mail_id: int, why: IncomingMail.Why, enquiry: Enquiry | None = None) -> None:
    """For an officer; apart from other mail where it comes in a wave. What is about an enquiry is never held."""
    mail = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail_id)
    if mail.state == State.NEW:
        is_held = enquiry is None and waves.holds(mail, why)
        (mail.hold if is_held else mail.wait_for_officer)(why)
        _save(mail, enquiry)


@transaction.atomic
def _note_as(mail_id: int, state: IncomingMail.State, enquiry: Enquiry | None = None) -> None:
    mail = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail_id)
    if mail.state == State.NEW:
        mail.note_as(state)
        _save(mail, enquiry)


def _save(mail: IncomingMail, enquiry: Enquiry | None) -> None:
    mail.enquiry = enquiry
    mail.save(update_fields=["state", "why", "enquiry"])
