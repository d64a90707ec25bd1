"""What becomes of a mail that came in: by the portal itself, and by officers."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from careportal.kit.cleaning import made_storable
from enquiries import letters_incoming as letters
from enquiries import threads
from enquiries.exceptions import AddressRefused, SenderUnproved, TransitionNotAllowed
from enquiries.mail import addresses, post
from enquiries.mail.reading import Automatic, Original
from enquiries.models import Enquiry, Event, IncomingMail, Message, OutgoingMail
from enquiries.services import came_with, submitted
from enquiries.services.correspondence import receive_answer
from enquiries.services.from_provider import MESSAGES_PER_HOUR
from enquiries.services.hearing import note_news, refuse_too_many
from programmes.models import ClosureDay

if TYPE_CHECKING:
    from careportal.accounts.models import User

State = IncomingMail.State
MOST_SAID, MOST_MESSAGE, MOST_NAME = 4000, 8000, 120
WITHOUT_TEXT = "(This email has no text.)"


def open_enquiry(*, mail_id: int, officer: "User | None" = None) -> Enquiry:
    """Make the mail an enquiry that waits for its details. Whoever is proved to have written it is told so.

    No mail brings it to the inbox: there it came from. Raises TransitionNotAllowed where it is dealt with.
    """
    came = came_with.look(mail_id)  # before a row is locked: a scanner takes its time
    with transaction.atomic():
        mail = locked(mail_id)
        enquiry = _store(mail, _author(mail, came.original), officer)
        mail.become(enquiry)
        decide(mail, officer)
        came.keep(enquiry, mail)
        if _may_be_told(mail, came):
            _acknowledge(enquiry)
    return enquiry


def add_to_enquiry(*, mail_id: int, enquiry_id: int, officer: "User | None" = None) -> Message:
    """Make the mail a message of the provider on this enquiry. It answers the question that waits, if one does.

    Raises TransitionNotAllowed where the mail is dealt with or the enquiry is closed; TooMany and
    SenderUnproved where no officer asks.
    """
    came = came_with.look(mail_id)
    with transaction.atomic():
        mail = locked(mail_id)
        mail.refuse_unless_it_waits()
        enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
        enquiry.refuse_if_closed()
        if officer is None and _could_be_forged(mail, enquiry):
            raise SenderUnproved("It would move the enquiry on, and its sender is not proved.")
        before = enquiry.standing
        message = _hear(enquiry, mail, came.original.text if came.original else mail.text, officer)
        mail.join(enquiry, message)
        mail.moved = {"before": before, "after": Enquiry.objects.get(pk=enquiry.pk).standing}
        decide(mail, officer)
        came.keep(enquiry, mail)
    return message


@transaction.atomic
def set_aside(*, mail_id: int, officer: "User", state: str) -> IncomingMail:
    """Nothing becomes of it here: IncomingMail.State.OTHER or SPAM. Raises TransitionNotAllowed."""
    mail = locked(mail_id)
    mail.set_aside(State(state))
    decide(mail, officer)
    return mail


@transaction.atomic
def take_back(*, mail_id: int, officer: "User") -> IncomingMail:
    """To sort once more, from OTHER, SPAM or AUTOMATIC. Raises TransitionNotAllowed."""
    mail = locked(mail_id)
    mail.take_back()
    decide(mail, officer)
    return mail


@transaction.atomic
def send_acknowledgement(*, enquiry_id: int, officer: "User") -> OutgoingMail:
    """Tell whoever asked by mail that it is an enquiry, once, where the portal did not by itself.

    Raises TransitionNotAllowed where it was told, is closed or did not come by email, AddressRefused where nobody would
    read it.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    if not enquiry.incoming.filter(state=State.ENQUIRY).exists():
        raise TransitionNotAllowed(f"{enquiry} did not come by email.")
    enquiry.refuse_if_closed()
    if enquiry.mails.filter(kind=OutgoingMail.Kind.ACKNOWLEDGEMENT).exists():
        raise TransitionNotAllowed(f"{enquiry} has been acknowledged already.")
    if _is_nobodys(enquiry.contact.email):
        raise AddressRefused("Nobody reads mail at this address. Look in the email for another way to reach them.")
    mail = _acknowledge(enquiry)
    enquiry.record(Event.Kind.RECEIPT_SENT, by=officer, mail=mail.pk)
    return mail


def locked(mail_id: int) -> IncomingMail:
    return IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail_id)


def decide(mail: IncomingMail, officer: "User | None") -> None:
    """Who decided is kept on the mail, and in the trail where it was an officer."""
    mail.decide(officer)
    mail.save(update_fields=["state", "why", "enquiry", "became", "moved", "decided_by", "decided_at"])
    if officer:
        access.note_changed(officer, "enquiries.incomingmail", [mail.pk], state=str(mail.state))


def _author(mail: IncomingMail, original: Original | None) -> Original:
    """Who asks: where a colleague forwarded it, whoever wrote it first, and none of the colleague's words."""
    author = original or Original(mail.sender, mail.sender_name, mail.text)
    if not author.sender:
        raise TransitionNotAllowed("It cannot be read who sent this email. Enter the enquiry by hand.")
    return author


def _store(mail: IncomingMail, author: Original, officer: "User | None") -> Enquiry:
    """Its clocks run from when it came into the inbox. What an application asks for is not known yet."""
    mail.refuse_unless_it_waits()
    enquiry = Enquiry(
        channel=Enquiry.Channel.EMAIL,
        is_incomplete=True,
        contact_email=author.sender,
        contact_name=author.sender_name[:MOST_NAME],
        message=_cut(author.text, MOST_SAID),
        privacy_version=settings.COUNCIL.privacy.version,
        received_at=min(mail.received_at, timezone.now()),
    )
    enquiry.start_clocks([], ClosureDay.objects.days())
    enquiry.save(force_insert=True)
    digest = submitted.digest_of(enquiry, [])
    enquiry.record(Event.Kind.RECEIVED, by=officer, channel=enquiry.channel, digest=digest)
    return enquiry


def _could_be_forged(mail: IncomingMail, enquiry: Enquiry) -> bool:
    """Whether a forged sender could move the enquiry on: an answer that it waits for changes its state (MI6)."""
    if mail.sender_check == IncomingMail.Sender.FAILED:
        return True
    return mail.sender_check != IncomingMail.Sender.PROVED and enquiry.state == Enquiry.State.WAITING


def _hear(enquiry: Enquiry, mail: IncomingMail, said: str, officer: "User | None") -> Message:
    """As if it had been written on the page of the application, but for the mail that tells the inbox of it."""
    text = _cut(said, MOST_MESSAGE) or WITHOUT_TEXT
    question = enquiry.messages.awaited().order_by("pk").first()
    if question:
        return receive_answer(question_id=question.pk, text=text)
    if officer is None:
        refuse_too_many(enquiry, Event.Kind.HEARD, MESSAGES_PER_HOUR)
    message = Message.objects.create(enquiry=enquiry, kind=Message.Kind.INCOMING, text=text)
    note_news(enquiry, "a message from the provider", came_to=settings.BUSINESS_FORUM_INBOX)
    enquiry.record_for_provider(Event.Kind.HEARD, message=message.pk, incoming=mail.pk)
    return message


def _may_be_told(mail: IncomingMail, came: came_with.CameWith) -> bool:
    """By itself the portal writes only to whom our mail server has proved, and never to a machine (MI3, MI16, MO6)."""
    proved = mail.sender_check == IncomingMail.Sender.PROVED and came.original is None
    return proved and came.automatic == Automatic.NO and not _is_nobodys(mail.sender)


def _is_nobodys(address: str) -> bool:
    return not address or addresses.is_nobodys(address) or threads.is_own_inbox(address)


def _acknowledge(enquiry: Enquiry) -> OutgoingMail:
    (mail,) = post.write(letters.acknowledgement(enquiry))
    return mail


def _cut(text: str, most: int) -> str:
    """The beginning of what is too long: the mail itself has all of it."""
    text = made_storable(text).strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "\u2026"
