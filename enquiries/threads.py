"""What a mail that came in is about: a mail of ours, an enquiry, or a mail that came before it."""

from collections.abc import Iterable

from django.conf import settings

from careportal.kit.cleaning import whole_words
from enquiries.mail import addresses, limits
from enquiries.mail.reading import Head
from enquiries.models import Enquiry, IncomingMail, OutgoingMail
from enquiries.references import references_in

NOTIFY_WRITES_FROM = "@notifications.service.gov.uk"


def our_mail(head: Head) -> OutgoingMail | None:
    """The mail that the portal itself sent. Whoever only calls a mail the same is anybody (MI4)."""
    if settings.NOTIFY_API_KEY and head.sender.endswith(NOTIFY_WRITES_FROM):
        return _sent_by_notify(head)
    ids = [one for one in (head.own_id, head.message_id) if one]
    if not ids or not is_own_inbox(head.sender):
        return None
    found = OutgoingMail.objects.filter(message_id__in=ids).only("pk", "subject", "enquiry").first()
    return found if found and found.subject in head.subject else None


def enquiry_of(head: Head) -> Enquiry | None:
    """The enquiry that it says it is about: by what it answers, nearest first, or by a reference in its subject.

    That it says so proves nothing about who wrote it (MI7).
    """
    found = _answered(head.answers) or _named(head.subject)
    while found and found.joined_to:
        found = found.joined_to
    return found


def mail_before(head: Head) -> IncomingMail | None:
    """The noted mail that it answers, of which nothing has become yet."""
    return IncomingMail.objects.filter(message_id__in=head.answers, enquiry=None).listed().first()


def concerns_us(head: Head) -> bool:
    """Whether its head alone says that it has to do with an enquiry."""
    return enquiry_of(head) is not None or mail_before(head) is not None


def writers_of(enquiry: Enquiry) -> set[str]:
    """Whose mail is the provider's word about this enquiry: who is written to, and the proved second contact."""
    own = {enquiry.contact.email.lower()}
    if enquiry.provider and enquiry.provider.second_email:
        own.add(enquiry.provider.second_email.lower())
    return own - {""}


def is_colleague(address: str) -> bool:
    """Of the council, by what the address says."""
    domain = address.rpartition("@")[2]
    return domain in settings.INBOX_DOMAINS or is_own_inbox(address)


def is_forwarded(head: Head) -> bool:
    """By somebody of the council: whoever wrote it first is meant (N1)."""
    return head.is_passed_on and is_colleague(head.sender)


def is_own_inbox(address: str) -> bool:
    """The shared inboxes and the address that the portal writes from."""
    return bool(address) and addresses.key(address) in limits.own_inboxes()


def _answered(ids: Iterable[str]) -> Enquiry | None:
    wanted = list(ids)
    if not wanted:
        return None
    ours = OutgoingMail.objects.filter(message_id__in=wanted, enquiry__isnull=False)
    came = IncomingMail.objects.filter(message_id__in=wanted, enquiry__isnull=False).order_by("-pk")
    known = dict(came.values_list("message_id", "enquiry")) | dict(ours.values_list("message_id", "enquiry"))
    number = next((known[one] for one in wanted if one in known), None)
    return Enquiry.objects.select_related("joined_to", "provider").filter(pk=number).first() if number else None


def _sent_by_notify(head: Head) -> OutgoingMail | None:
    """It keeps none of our marks, and makes quotes curly: a mail to an inbox is known by its enquiry and subject."""
    enquiry = _named(head.subject)
    ours = OutgoingMail.objects.filter(enquiry__isnull=False, enquiry=enquiry, recipient_key__in=limits.own_inboxes())
    said = whole_words(head.subject)
    return next((mail for mail in ours.only("subject", "enquiry") if whole_words(mail.subject) == said), None)


def _named(subject: str) -> Enquiry | None:
    named = references_in(subject)[:5]
    if not named:
        return None  # most mail is about something else: no query is built for it
    return Enquiry.objects.select_related("joined_to", "provider").filter(reference__in=named).first()
