"""Writing mail down, and the sweep that sends what is due."""

import random
import time

from celery import signature
from django.conf import settings
from django.utils.module_loading import import_string

from careportal.kit import hints
from enquiries.letters import Letter
from enquiries.mail import addresses, attempts, limits
from enquiries.mail.transports import Transport
from enquiries.models import MailAttempt, OutgoingMail

BATCH = 50


def write(*outgoing: Letter) -> list[OutgoingMail]:
    """Write letters down in the present transaction; once it is committed, a worker is told."""
    written = OutgoingMail.objects.bulk_create(
        OutgoingMail(
            enquiry=letter.about,
            kind=letter.kind,
            recipient=letter.to,
            recipient_key=addresses.key(letter.to),
            due_to=letter.due_to,
            number=letter.number,
            subject=letter.subject,
            message_id=letter.message_id,
            text=letter.text,
            give_up_at=letter.give_up_at,
        )
        for letter in outgoing
    )
    tell_worker()
    return written


def tell_worker() -> None:
    """Hint that mail is due. It may be lost: the sweep finds the row."""
    hints.publish(signature("enquiries.tasks.send_due_mail"))


def send_due() -> int:
    """Send what is due, within the sweep's budget of time. Safe to run at any time, and by many at once.

    Returns how many mails were tried. Where time ran out with more to do, a worker is told at once.
    """
    attempts.set_right()
    transport: Transport = import_string(settings.MAIL_TRANSPORT)()
    try:
        return _sweep(transport, time.monotonic() + settings.MAIL_SWEEP_BUDGET_SECONDS - settings.MAIL_SECONDS)
    finally:
        transport.close()


def _sweep(transport: Transport, ends_at: float) -> int:
    tried = 0
    while batch := _next_ones():
        for pk in batch:
            ending = attempts.send(pk, transport)
            tried += bool(ending)
            if ending == MailAttempt.Outcome.AWAY:  # it would be the same for the others: they keep their turn
                return tried
            if time.monotonic() > ends_at:
                tell_worker()
                return tried
    return tried


def _next_ones() -> list[int]:
    """Numbers of mails to try now, mixed, so that workers beside each other seldom reach for the same one.

    Recipients that let us wait come last, and only while no other worker waits for one: the good ones go on.
    """
    slow = limits.slow_recipients()
    due = OutgoingMail.objects.due().values_list("pk", flat=True)
    good = list(due.exclude(recipient_key__in=slow)[:BATCH])
    random.shuffle(good)
    busy = OutgoingMail.objects.filter(state=OutgoingMail.State.SENDING, recipient_key__in=slow)
    return good if not slow or busy.exists() else [*good, *due.filter(recipient_key__in=slow)[:1]]
