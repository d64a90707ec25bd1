"""A wave: more mail within an hour than is usual, from senders whom nobody has proved. What comes on top is held apart,
so that it hides no other mail and makes nobody work (MI17). Nothing is dropped, and a person decides (G15).
"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from careportal.accounts.models import User
from enquiries.models import Enquiry, IncomingMail
from enquiries.services import incoming

if TYPE_CHECKING:
    from django.db.models import QuerySet

Why = IncomingMail.Why


def holds(mail: IncomingMail, why: IncomingMail.Why) -> bool:
    """Whether it is held: not from a proved sender, and not from one we know, but for the fourth request in an hour."""
    if mail.sender_check == IncomingMail.Sender.PROVED or not _is_in_a_wave(mail):
        return False
    return why == Why.TOO_MANY or not _is_known(mail.sender)


@transaction.atomic
def release_mail(*, mail_id: int, officer: User) -> None:
    """To sort, like other mail. Raises TransitionNotAllowed."""
    mail = incoming.locked(mail_id)
    mail.release()
    incoming.decide(mail, officer)


@transaction.atomic
def hold_mail(*, mail_id: int, officer: User) -> None:
    """Apart from what is to sort. Raises TransitionNotAllowed where it is dealt with."""
    mail = incoming.locked(mail_id)
    mail.hold(Why(mail.why or Why.AT_ONCE))
    incoming.decide(mail, officer)


def _is_in_a_wave(mail: IncomingMail) -> bool:
    """By when they came into the inbox: what has piled up over days and is read in a minute is no wave."""
    others = IncomingMail.objects.unproved_around(mail.received_at).exclude(pk=mail.pk).order_by()
    last = settings.MAIL_WAVE_AN_HOUR - 1
    return others[last : last + 1].exists()


def _is_known(address: str) -> bool:
    """Somebody who has an account or asked before. An email makes nobody known before an officer has taken it."""
    return bool(address) and (_enquiries_of(address).exists() or User.objects.filter(email__iexact=address).exists())


def _enquiries_of(address: str) -> "QuerySet[Enquiry]":
    mails = {"channel": Enquiry.Channel.EMAIL, "state": Enquiry.State.NEW}
    return Enquiry.objects.reached_at(address).exclude(**mails)
