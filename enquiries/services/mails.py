"""What an officer may do about a mail that did not plainly arrive."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import transaction

from enquiries.mail import post
from enquiries.models import Event, OutgoingMail

if TYPE_CHECKING:
    from careportal.accounts.models import User


def resend_mail(*, mail_id: int, officer: "User") -> OutgoingMail:
    """Put a failed or uncertain mail in the queue again, as the same mail with the same Message-ID."""
    mail = _change(mail_id, officer, OutgoingMail.resend, Event.Kind.MAIL_RESENT)
    post.tell_worker()
    return mail


def mark_mail_as_received(*, mail_id: int, officer: "User") -> OutgoingMail:
    """Record that somebody has seen the mail where it should be."""
    return _change(mail_id, officer, OutgoingMail.mark_as_received, Event.Kind.MAIL_ARRIVED)


def cancel_mail(*, mail_id: int, officer: "User") -> OutgoingMail:
    """Stop a mail that has not been sent."""
    return _change(mail_id, officer, OutgoingMail.cancel, Event.Kind.MAIL_CANCELLED)


@transaction.atomic
def _change(mail_id: int, officer: "User", step: Callable[[OutgoingMail], None], kind: Event.Kind) -> OutgoingMail:
    mail = OutgoingMail.objects.readable_by_officers().select_for_update(of=("self",)).get(pk=mail_id)
    step(mail)
    mail.save(update_fields=["state", "sent_at", "next_attempt_at", "give_up_at", "claim", "lease_until", "marked_at"])
    if mail.enquiry:
        mail.enquiry.record(kind, by=officer, mail=mail.pk)
    return mail
