"""What GOV.UK Notify tells about a mail that it has taken."""

from contextlib import suppress

from django.db import transaction

from careportal.kit import clock
from enquiries.exceptions import TooEarly, TransitionNotAllowed
from enquiries.mail.statuses import DID_NOT_ARRIVE
from enquiries.models import MailAttempt, OutgoingMail
from enquiries.services import mails

Outcome = MailAttempt.Outcome
State = OutgoingMail.State


@transaction.atomic
def receive(*, reference: str, status: str, number: str) -> None:
    """Delivered, or not. Each notification, by its number, counts once; a mail that came back stays so.

    Raises TooEarly. What is not ours, or says nothing final, changes nothing.
    """
    readable = OutgoingMail.objects.readable_by_officers()
    mail = readable.select_for_update(of=("self",)).filter(message_id=reference).first()
    if mail is None:
        return
    if mail.state == State.SENDING:
        raise TooEarly
    if status == "delivered" and not _is_told(mail, Outcome.DELIVERED, number):
        _arrived(mail, f"Delivered. {number}")
    elif status in DID_NOT_ARRIVE and not _is_told(mail, Outcome.BOUNCED, number):
        with suppress(TransitionNotAllowed):  # an officer has decided otherwise meanwhile
            mails.receive_bounce(mail_id=mail.pk, words=f"{DID_NOT_ARRIVE[status]} {number}")


def _is_told(mail: OutgoingMail, outcome: Outcome, number: str) -> bool:
    return mail.attempts.filter(outcome=outcome, answer__endswith=number).exists()


def _arrived(mail: OutgoingMail, words: str) -> None:
    """It was delivered: an uncertain mail is sent after all, and so is one that failed without coming back."""
    came_back = mail.attempts.filter(outcome=Outcome.BOUNCED).exists()
    if mail.state == State.UNCERTAIN or (mail.state == State.FAILED and not came_back):
        mails.receive_delivery(mail_id=mail.pk, words=words)
    else:
        now = clock.now()
        mail.attempts.create(outcome=Outcome.DELIVERED, started_at=now, ended_at=now, answer=words)
