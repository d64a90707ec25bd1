"""Which enquiries a mail that came in may belong to: what it answers, what its subject names, what its sender sent."""

from dataclasses import dataclass

from django.db.models import Q

from enquiries import threads
from enquiries.models import Enquiry, IncomingMail
from enquiries.models.enquiry import EnquiryQuerySet
from enquiries.references import references_in

MOST = 10


@dataclass(frozen=True)
class Likely:
    """An enquiry that a mail may belong to, why it may, and whether the mail is from the enquiry's own contact."""

    enquiry: Enquiry
    why: str
    is_from_contact: bool


def likely(mail: IncomingMail) -> list[Likely]:
    """The surest first, open ones before closed ones. A reference alone proves nothing: anybody can write one (MI7)."""
    named = references_in(mail.subject)[:MOST]
    fits = Q(pk=mail.enquiry_id) | Q(reference__in=named)
    found = list(_whole().filter(fits)) + list(_whole().reached_at(mail.sender)[:MOST] if mail.sender else [])
    each = {enquiry.pk: Likely(enquiry, _why(mail, enquiry, named), is_from(mail, enquiry)) for enquiry in found}
    return sorted(each.values(), key=lambda one: (one.enquiry.state == Enquiry.State.CLOSED, not one.is_from_contact))


def is_from(mail: IncomingMail, enquiry: Enquiry) -> bool:
    """Whether it calls itself from an address that is written to about the enquiry. That may be a lie (MI6)."""
    return mail.sender.lower() in threads.writers_of(enquiry)


def _why(mail: IncomingMail, enquiry: Enquiry, named: list[str]) -> str:
    if enquiry.reference in named:
        return "Its reference is in the subject"
    return "The mail answers a letter about it" if enquiry.pk == mail.enquiry_id else "From the same address"


def _whole() -> EnquiryQuerySet:
    return (
        Enquiry.objects.select_related("provider").order_by("-received_at", "-pk").prefetch_related("contact_versions")
    )
