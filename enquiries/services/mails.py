"""What an officer may do about a mail that did not plainly arrive."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from careportal.kit import clock
from careportal.kit.addresses import is_mailbox
from careportal.kit.cleaning import made_storable
from enquiries import letters
from enquiries.exceptions import AddressRefused
from enquiries.mail import attempts, post
from enquiries.models import Event, MailAttempt, Message, OutgoingMail
from enquiries.services import second_contact

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
def redirect_mail(*, mail_id: int, address: str, officer: "User") -> OutgoingMail:
    """Send the letter to another address instead: as a new mail, while the old one is cancelled.

    Raises AddressRefused. What brings an application to an inbox stays in the council's own domains.
    """
    mail = _locked(mail_id)
    address = address.strip()
    if not is_mailbox(address):
        raise AddressRefused("Enter an email address in the correct format, like name@example.gov.uk.")
    to_inbox = mail.kind in {OutgoingMail.Kind.ROUTING, OutgoingMail.Kind.NEWS}
    if to_inbox and address.rpartition("@")[2].lower() not in settings.INBOX_DOMAINS:
        raise AddressRefused(f"Enter an address of the council: {', '.join(settings.INBOX_DOMAINS)}.")
    mail.cancel()
    _save(mail, Event.Kind.MAIL_REDIRECTED, officer)
    earlier = OutgoingMail.objects.filter(enquiry=mail.enquiry, kind=mail.kind, recipient=address)
    (instead,) = post.write(letters.elsewhere(mail, address, number=earlier.count() + 1))
    Message.objects.filter(mail=mail).update(mail=instead)  # the message is told by the mail that carries it
    return mail


def resolve_uncertain(*, mail_id: int) -> None:
    """The inbox holds the mail after all: it was delivered."""
    _learn(mail_id, OutgoingMail.mark_as_received, Event.Kind.MAIL_ARRIVED, MailAttempt.Outcome.FOUND, "")


def resend_after_grace(*, mail_id: int) -> None:
    """The inbox does not hold it, long after: only where a setting says that this is proof enough."""
    _learn(mail_id, OutgoingMail.resend, Event.Kind.MAIL_RESENT, MailAttempt.Outcome.ABANDONED, "Not in the inbox.")
    post.tell_worker()


def receive_delivery(*, mail_id: int, words: str) -> None:
    """The far end says that it arrived, of a mail of which we did not know it."""
    _learn(mail_id, OutgoingMail.mark_as_received, Event.Kind.MAIL_ARRIVED, MailAttempt.Outcome.DELIVERED, words)


@transaction.atomic
def receive_bounce(*, mail_id: int, words: str) -> None:
    """A mail came back: it did not arrive, so the second contact gets it. Told twice, it is the same."""
    _learn(mail_id, OutgoingMail.come_back, Event.Kind.MAIL_CAME_BACK, MailAttempt.Outcome.BOUNCED, words)
    second_contact.copy(OutgoingMail.objects.select_related("enquiry__provider").get(pk=mail_id))


@transaction.atomic
def _learn(
    mail_id: int,
    step: Callable[[OutgoingMail], None],
    kind: Event.Kind,
    outcome: MailAttempt.Outcome,
    words: str,
) -> None:
    """What the far end tells about a mail, long after the attempt."""
    mail = _locked(mail_id)
    step(mail)
    words = made_storable(words)[:500]
    mail.last_answer = words or mail.last_answer
    _save(mail, kind, None)
    mail.attempts.create(outcome=outcome, started_at=clock.now(), ended_at=clock.now(), answer=words)


@transaction.atomic
def _change(mail_id: int, officer: "User", step: Callable[[OutgoingMail], None], kind: Event.Kind) -> OutgoingMail:
    mail = _locked(mail_id)
    step(mail)
    _save(mail, kind, officer)
    return mail


def _locked(mail_id: int) -> OutgoingMail:
    return OutgoingMail.objects.readable_by_officers().select_for_update(of=("self",)).get(pk=mail_id)


def _save(mail: OutgoingMail, kind: Event.Kind, officer: "User | None") -> None:
    """The mail, what it means for its enquiry, and the line of history."""
    moments = ["sent_at", "queued_at", "next_attempt_at", "give_up_at", "lease_until", "marked_at"]
    mail.save(update_fields=["state", "claim", "last_answer", *moments])
    attempts.note_delivery(mail)
    if mail.enquiry:
        mail.enquiry.record(kind, by=officer, mail=mail.pk)
