"""The head of a mail: who sent it, about what, what it answers, whether a person wrote it."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email._policybase import Compat32
from email.message import Message
from email.parser import BytesParser
from enum import StrEnum

from careportal.kit.addresses import is_mailbox
from enquiries.mail import addresses
from enquiries.mail.reading import authentication, words
from enquiries.models import IncomingMail, OutgoingMail

MOST_HEAD = 64 * 1024
MOST_RECIPIENTS = 500
MOST_ANSWERED = 50
MOST_PARAMETERS = 2_000  # of a part: Python takes time that grows with the square of them
_ID = re.compile(r"<[^<>\s]{1,253}>")
_PASSED_ON = re.compile(r"(fw|fwd|wg|tr)\s?:", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_AWAY = re.compile(
    r"(automatic reply|auto(matic)?[ -]?(reply|response)|out of (the )?office|"
    r"automatische antwort|abwesenheit\w*|automatisch antwoord|afwezigheid\w*|"
    r"r[eé]ponse automatique|absence du bureau|respuesta autom[aá]tica|fuera de (la )?oficina|"
    r"risposta automatica|resposta autom[aá]tica|automatyczna odpowied[zź]|odpowied[zź] automatyczna)\b",
    re.IGNORECASE,
)


class Automatic(StrEnum):
    NO = "no"
    PERHAPS = "perhaps"  # lists, forms on websites: a person may stand behind it
    SURELY = "surely"


class Short(Compat32):
    """Reads as Python does, and cuts lines that are longer than any honest one: they cost time without end."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        is_of_part = name.lower().startswith("content-")
        return name, value[: MOST_PARAMETERS if is_of_part else words.MOST_VALUE]


@dataclass(frozen=True)
class Head:
    """What the lines above the text say. All but `sender` and what our own server added proves nothing."""

    sender: str
    sender_name: str
    subject: str
    message_id: str
    own_id: str
    answers: tuple[str, ...]
    recipients: frozenset[str]
    content_type: str
    automatic: Automatic
    check: IncomingMail.Sender

    @property
    def is_passed_on(self) -> bool:
        """Whether it calls itself forwarded: then what stands below is not its history, but what it is about."""
        return bool(_PASSED_ON.match(self.subject))


def parsed(raw: bytes) -> Message:
    return message_from_bytes(raw, policy=Short())


def parsed_head(raw: bytes) -> Message:
    """Without a look at how its parts are divided, which alone can break Python's parser."""
    return BytesParser(policy=Short()).parsebytes(raw, headersonly=True)


def head_of(message: Message) -> Head:
    sender, name = _sender(values(message, "From"))
    subject = words.line(first(message, "Subject"))[:500]
    return Head(
        sender=sender,
        sender_name=name[:200],
        subject=subject,
        message_id=next(iter(_ids(first(message, "Message-ID"))), ""),
        own_id=next(iter(_ids(first(message, OutgoingMail.OWN_HEADER))), ""),
        answers=_answered(message),
        recipients=_recipients(message),
        content_type=message.get_content_type(),
        automatic=_automatic(message, sender, subject),
        check=authentication.verdict(values(message, "Authentication-Results"), sender.rpartition("@")[2]),
    )


def values(message: Message, name: str) -> list[str]:
    """All lines of this name, from above, as they stand there."""
    wanted = name.lower()
    return [str(value) for key, value in message.raw_items() if key.lower() == wanted]


def first(message: Message, name: str) -> str:
    return next(iter(values(message, name)), "")


def person(value: str) -> tuple[str, str]:
    """The one address in such a line, in small letters, and the name beside it; empty where it is not plainly one."""
    value = value.replace("\r", "").replace("\n", "").strip()
    if value.endswith(">"):
        name, _, address = value[:-1].rpartition("<")
    else:
        address, _, comment = value.partition("(")
        name = comment.rstrip(") ")
    unquoted = _QUOTED.sub("", name)
    is_one = not ("@" in unquoted and ("," in unquoted or "<" in unquoted))
    address = address.strip().lower()
    if not is_one or len(address) > 254 or not is_mailbox(address):
        return "", ""
    return address, words.line(name.strip().strip('"').replace('\\"', '"'))


def _sender(lines: list[str]) -> tuple[str, str]:
    """With two senders nobody knows who wrote it."""
    return person(lines[0]) if len(lines) == 1 else ("", "")


def _ids(text: str) -> list[str]:
    return [found for found in _ID.findall(text) if found.isascii() and found.isprintable()]


def _answered(message: Message) -> tuple[str, ...]:
    """Message-IDs of the mails before it, the nearest first."""
    before = [*_ids(first(message, "References")), *_ids(first(message, "In-Reply-To"))]
    return tuple(dict.fromkeys(reversed(before)))[:MOST_ANSWERED]


def _recipients(message: Message) -> frozenset[str]:
    said = " ".join([*values(message, "To"), *values(message, "Cc")]).lower()
    return frozenset(re.findall(r"[^\s<>,;:\"()]{1,64}@[\w.-]{1,190}", said)[:MOST_RECIPIENTS])


def _automatic(message: Message, sender: str, subject: str) -> Automatic:
    said = {name: words.line(first(message, name)).lower() for name in ("Auto-Submitted", "Precedence", "Return-Path")}
    submitted = said["Auto-Submitted"].partition(";")[0].strip()
    has_return_path = bool(values(message, "Return-Path"))
    if (
        submitted not in {"", "no", "auto-generated"}
        or message.get_content_type() == "multipart/report"
        or (has_return_path and said["Return-Path"] in {"<>", ""})
        or any(values(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Failed-Recipients"))
        or said["Precedence"] == "auto_reply"
        or _AWAY.match(subject)
    ):
        return Automatic.SURELY
    if (
        submitted == "auto-generated"
        or said["Precedence"] in {"bulk", "list", "junk"}
        or any(values(message, name) for name in ("List-Id", "List-Unsubscribe", "X-Auto-Response-Suppress"))
        or (sender and addresses.is_nobodys(sender))
    ):
        return Automatic.PERHAPS
    return Automatic.NO
