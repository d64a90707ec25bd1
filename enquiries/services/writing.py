"""Writing to the provider: a mail that must leave, and the same words in the correspondence."""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from enquiries.letters import Letter
from enquiries.letters_offers import offer_address
from enquiries.mail import post
from enquiries.models import Interest, Message, OutgoingMail

if TYPE_CHECKING:
    from careportal.accounts.models import User


def write_about(
    interest: Interest,
    letter: Letter,
    kind: Message.Kind,
    *,
    by: "User | None" = None,
    answer_by: dt.date | None = None,
    address: str = "",
) -> Message:
    """To be called in the transaction in which the enquiry was locked: its letters are numbered.

    The correspondence holds the words without the address to answer at: only the provider answers for the provider.
    """
    (mail,) = post.write(numbered(letter))
    said = letter.text.replace(address or offer_address(interest), "(the page to answer on)")
    return Message.objects.create(
        enquiry=interest.enquiry, interest=interest, kind=kind, by=by, text=said, answer_by=answer_by, mail=mail
    )


def numbered(letter: Letter) -> Letter:
    """The letter with the next number for its enquiry, kind and recipient."""
    earlier = OutgoingMail.objects.filter(enquiry=letter.about, kind=letter.kind, recipient=letter.to)
    return replace(letter, number=earlier.count() + 1)
