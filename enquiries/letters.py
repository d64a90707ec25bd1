"""Every letter the portal writes: who gets it, about what, in which words.

Letters are plain text. A row is written with the application; the text is built by the worker, once, and frozen.
"""

import datetime as dt
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from careportal.kit.cleaning import one_line
from careportal.kit.placeholders import UnknownPlaceholder, fill
from enquiries.links import stop_address
from enquiries.mail.headers import OUTGOING
from enquiries.models import Enquiry, Event, IncomingMail, OutgoingMail, Wording
from enquiries.models.mail import give_up_at

logger = logging.getLogger(__name__)

SUBJECT_LENGTH = 120
_ANSWERS = {OutgoingMail.Kind.ACKNOWLEDGEMENT, OutgoingMail.Kind.MESSAGE}
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,200}>")
_TITLE = re.compile(
    "the|mr|mrs|ms|miss|mx|dr|prof|rev|sir|dame|matron|registered|deputy|manager|owner|director|team|office", re.I
)
_NAME = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


@dataclass(frozen=True)
class Letter:
    """What to write down in the outbox. `text` is frozen here, or empty where the mail is built from its enquiry."""

    kind: OutgoingMail.Kind
    to: str
    subject: str
    about: Enquiry | None = None
    text: str = ""
    due_to: str = ""
    number: int = 1
    good_until: dt.datetime | None = None

    @property
    def give_up_at(self) -> dt.datetime:
        """A code is of use for as long as it is valid; all else is tried for days."""
        if self.good_until:
            return min(self.good_until, give_up_at())
        if self.kind == OutgoingMail.Kind.ACCOUNT:
            return timezone.now() + dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
        return give_up_at()

    @property
    def message_id(self) -> str:
        """The same for the same letter, for ever: a second copy can be told by it. Holds nothing personal."""
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        if self.about is None:
            return f"<{self.kind}-{uuid4().hex}@{domain}>"
        name = f"{self.kind}-{self.about.reference}-{self.number}"
        proof = salted_hmac("enquiries.letters", f"{name}-{self.to}").hexdigest()[:20]  # so nobody forges a bounce
        return f"<{name}-{proof}@{domain}>"


def routing(enquiry: Enquiry, inbox: str, titles: list[str]) -> Letter:
    """Brings an application to one of the council's inboxes. Its subject carries the phrase that rules look for."""
    return Letter(OutgoingMail.Kind.ROUTING, inbox, routing_subject(titles, enquiry.reference), about=enquiry)


def acknowledgement(enquiry: Enquiry) -> Letter:
    """Tells the applicant that the application is stored. Repeats nothing that was typed but a clean first name."""
    what = "message" if enquiry.is_about_access else "application"
    subject = f"We have your {what} ({enquiry.reference})"
    return Letter(OutgoingMail.Kind.ACKNOWLEDGEMENT, enquiry.contact_email, subject, about=enquiry)


def news(enquiry: Enquiry, inbox: str, what: str, number: int) -> Letter:
    """Tells an inbox that something came from the provider. It is read in the admin: the mail holds none of it."""
    subject = f"{settings.COUNCIL.mail.subject_phrase}: {what} ({enquiry.reference})"
    context = {"what": what, "reference": enquiry.reference, "url": settings.BASE_URL + enquiry.get_absolute_url()}
    text = render_to_string("enquiries/mail/news.txt", context)
    return Letter(OutgoingMail.Kind.NEWS, inbox, subject, about=enquiry, text=text, number=number)


def notice(address: str, facts: Mapping[str, Any]) -> Letter:
    """Tells an officer which mails did not arrive. Holds references and links, nothing personal."""
    text = render_to_string("enquiries/mail/notice.txt", {**facts, "base_url": settings.BASE_URL})
    return Letter(OutgoingMail.Kind.NOTICE, address, f"Mail that did not arrive: {facts['count']}", text=text)


def feedback(address: str, count: int, written: int) -> Letter:
    """Tells the team once a week that there is feedback to read. Holds numbers and a link."""
    context = {"count": count, "written": written, "url": settings.BASE_URL + reverse("feedback-read")}
    text = render_to_string("enquiries/mail/feedback.txt", context)
    return Letter(OutgoingMail.Kind.NOTICE, address, f"Feedback on the service: {count}", text=text)


def elsewhere(mail: OutgoingMail, address: str, number: int) -> Letter:
    """The same letter to another address."""
    return Letter(
        OutgoingMail.Kind(mail.kind),
        address,
        mail.subject,
        about=mail.enquiry,
        text=mail.text,
        due_to=mail.written_for,
        number=number,
    )


def routing_subject(titles: list[str], reference: str) -> str:
    """At most 120 characters: the phrase, as many programmes as fit, the reference."""
    start, end = f"{settings.COUNCIL.mail.subject_phrase}: ", f" ({reference})"
    more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
    room = SUBJECT_LENGTH - len(start) - len(end) - len(more)
    return f"{start}{_shorten(one_line(titles[0]), room)}{more}{end}"


def first_name(name: str) -> str:
    """A first name safe to greet with: letters only, at most 40; empty when the text is not plainly a name."""
    first = (name.split() or [""])[0]
    is_name = len(first) <= 40 and _NAME.fullmatch(first) and not _TITLE.fullmatch(first)
    return first if is_name else ""


def build(mail: OutgoingMail) -> bytes:
    """The whole mail as bytes, from what the database holds. Called once; the result is kept and never rebuilt."""
    message = EmailMessage(policy=OUTGOING)
    message["From"] = one_line(settings.DEFAULT_FROM_EMAIL)
    message["To"] = mail.recipient
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = message[OutgoingMail.OWN_HEADER] = mail.message_id
    _add_reply_to(message, mail)
    _add_thread(message, mail)
    _add_way_to_stop(message, mail)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_text(mail), cte="quoted-printable")
    return message.as_bytes()


def _add_reply_to(message: EmailMessage, mail: OutgoingMail) -> None:
    """An address that Python cannot write down costs the reply button, and not the application."""
    try:
        message["Reply-To"] = _reply_to(mail)
    except Exception as error:
        logger.error("mail.without_reply_to id=%s reason=%s", mail.pk, type(error).__name__)


def _add_thread(message: EmailMessage, mail: OutgoingMail) -> None:
    """What goes to whoever wrote us a mail stands under that mail, in whatever mail program; and so does what brings
    it to an inbox once it is filled in. An id that is not plainly one is left out.
    """
    kinds = {*_ANSWERS, OutgoingMail.Kind.ROUTING}
    if mail.enquiry is None or mail.kind not in kinds or mail.enquiry.channel != Enquiry.Channel.EMAIL:
        return
    came = mail.enquiry.incoming.filter(state=IncomingMail.State.ENQUIRY).first()
    if came is None or not _MESSAGE_ID.fullmatch(came.message_id):
        return
    if mail.kind == OutgoingMail.Kind.ROUTING or came.sender == mail.recipient:
        message["In-Reply-To"] = message["References"] = came.message_id


def _add_way_to_stop(message: EmailMessage, mail: OutgoingMail) -> None:
    """Mail programs show a button that stops alerts (RFC 8058). Letters about applications have none."""
    alert = mail.told.values_list("alert", flat=True).first() if mail.kind == OutgoingMail.Kind.ALERT else None
    if alert:
        message["List-Unsubscribe"] = f"<{stop_address(alert)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _reply_to(mail: OutgoingMail) -> str:
    """Pressing Reply in the inbox answers the applicant; on all else it reaches the council."""
    if mail.kind in {OutgoingMail.Kind.ROUTING, OutgoingMail.Kind.NEWS} and mail.enquiry:
        return mail.enquiry.contact.email
    return settings.BUSINESS_FORUM_INBOX


def _text(mail: OutgoingMail) -> str:
    if mail.text or mail.enquiry is None:
        return mail.text
    return render_to_string(f"enquiries/mail/{mail.kind}.txt", _context(mail, mail.enquiry))


def _context(mail: OutgoingMail, enquiry: Enquiry) -> dict[str, object]:
    interests = list(enquiry.interests.select_related("intake"))
    common = {"enquiry": enquiry, "council": settings.COUNCIL}
    if mail.kind == OutgoingMail.Kind.ROUTING:
        routed_here = [interest for interest in interests if interest.inbox == mail.written_for]
        admin_url = settings.BASE_URL + enquiry.get_absolute_url()
        return {**common, "interests": routed_here, "admin_url": admin_url, "filled_in": _filled_in(enquiry)}
    return {
        **common,
        "interests": interests,
        "has_arrived": _has_arrived(enquiry),
        "what_next": _what_next(enquiry),
        "first_name": first_name(enquiry.contact_name),
        "follow_url": follow_url(),
        "privacy_url": settings.BASE_URL + reverse("privacy"),
        "rights_url": settings.BASE_URL + reverse("enquiries:your-information"),
    }


def _filled_in(enquiry: Enquiry) -> Event | None:
    """When and by whom an email was filled in; nothing where none was."""
    if enquiry.channel != Enquiry.Channel.EMAIL:
        return None
    return enquiry.events.filter(kind=Event.Kind.FILLED_IN).first()


def follow_url() -> str:
    """Where an application is followed. It names none, and opens none by itself."""
    return settings.BASE_URL + reverse("enquiries:follow")


def _has_arrived(enquiry: Enquiry) -> bool:
    """Whether every inbox has the application: only then is the applicant told that it is being read (N5)."""
    mails = enquiry.mails.filter(kind=OutgoingMail.Kind.ROUTING).values_list("state", "recipient", "due_to")
    arrived = {due_to or recipient for state, recipient, due_to in mails if state == OutgoingMail.State.SENT}
    return {due_to or recipient for _, recipient, due_to in mails} <= arrived


def _what_next(enquiry: Enquiry) -> str:
    """The council's own words about what happens next. Empty: the built-in ones are used, also where these fail."""
    wording = Wording.objects.filter(part=Wording.Part.WHAT_NEXT).first()
    if wording is None:
        return ""
    try:
        return fill(wording.text, _values(enquiry.reference)).strip()
    except UnknownPlaceholder:
        logger.error("wording.cannot_be_used part=%s", wording.part)  # the status page warns of it too
        return ""


def _values(reference: str) -> dict[str, str]:
    """What stands for each of Wording.PLACEHOLDERS."""
    contact = settings.COUNCIL.contact
    return {
        "reference": reference,
        "telephone": contact.telephone,
        "opening hours": contact.opening_hours,
        "council": settings.COUNCIL.name,
    }


def sample(what_next: str) -> str:
    """The acknowledgement with made-up values and these words in it; empty: the built-in ones. For officers to see.

    Raises UnknownPlaceholder.
    """
    reference = "ABC-123-DEF"
    context = {
        "enquiry": {"reference": reference},
        "interests": [{"name_in_letters": "Example programme"}],
        "has_arrived": True,
        "what_next": fill(what_next, _values(reference)).strip(),
        "council": settings.COUNCIL,
        "follow_url": follow_url(),
        "first_name": "",  # nobody: a made-up name would look like somebody
        "privacy_url": settings.BASE_URL + reverse("privacy"),
        "rights_url": settings.BASE_URL + reverse("enquiries:your-information"),
    }
    return render_to_string("enquiries/mail/acknowledgement.txt", context)


def _shorten(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1].rstrip() + "\u2026"
