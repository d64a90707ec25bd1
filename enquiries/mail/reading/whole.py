"""A whole mail: its text, who wrote it first where a colleague forwarded it, and the files that came with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from django.conf import settings

from careportal.kit.cleaning import made_storable, many_lines
from enquiries.mail.reading import html, quoting, words
from enquiries.mail.reading.exceptions import Unreadable
from enquiries.mail.reading.head import MOST_HEAD, MOST_RECIPIENTS, Head, head_of, parsed, parsed_head, person, values
from enquiries.models import IncomingMail
from enquiries.models.incoming import MOST_RAW_BYTES, MOST_TEXT

Why = IncomingMail.Why
MOST_PARTS, MOST_DEPTH, MOST_LINES, MOST_WORK = 200, 20, 300_000, 4_000_000
MOST_SOURCE = 400_000  # characters of all texts together, before they are cleaned
MOST_PAPERS = 30


@dataclass(frozen=True)
class Paper:
    """A file that came with a mail."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Original:
    """Who wrote it first, and what, where it was forwarded."""

    sender: str
    sender_name: str
    text: str


@dataclass(frozen=True)
class Reading:
    head: Head
    text: str
    original: Original | None
    papers: tuple[Paper, ...]


def read(raw: bytes) -> Reading:
    """Raises Unreadable for what was made to be costly, before it costs anything, and for what Python cannot read."""
    refuse_monsters(raw)
    try:
        return _taken_apart(raw)
    except Unreadable:
        raise
    except Exception as error:  # whatever somebody has written: an officer can still open the page of the mail
        raise Unreadable(Why.UNREADABLE) from error


def _taken_apart(raw: bytes) -> Reading:
    message = parsed(raw)
    parts = list(_parts(message))
    head, text = head_of(message), _text(parts)
    said = text if head.is_passed_on else quoting.own_words(text)
    return Reading(head, said, _original(parts, text), tuple(_papers(parts)))


def top(raw: bytes) -> Message:
    """Its head alone, as far as that is read of any."""
    return parsed_head(raw[: min(_head_ends(raw), MOST_HEAD)])


def beginning(raw: bytes) -> Reading:
    """The same from the first of a mail, without its files; the head alone of what cannot be taken apart."""
    ends = _head_ends(raw)
    cut = raw if ends <= MOST_HEAD else raw[:MOST_HEAD]
    try:
        whole = read(cut)
    except Exception:  # whatever somebody has written: it is read again when it is stored
        return Reading(head_of(top(raw)), "", None, ())
    return Reading(whole.head, whole.text, None, ())


def refuse_monsters(raw: bytes) -> None:
    """By counting alone. Raises Unreadable."""
    if len(raw) > MOST_RAW_BYTES:
        raise Unreadable(Why.TOO_LARGE)
    head = raw[: _head_ends(raw)]
    if len(head) > MOST_HEAD or head.count(b"@") > 4 * MOST_RECIPIENTS:
        raise Unreadable(Why.UNREADABLE)
    folded, lines = raw.lower(), raw.count(b"\n")
    nested = folded.count(b"multipart/") + folded.count(b"message/")
    if nested > 2 * MOST_DEPTH or folded.count(b"\ncontent-type:") > MOST_PARTS:
        raise Unreadable(Why.UNREADABLE)
    reports = 15 if b"message/delivery-status" in folded else 1  # each of its paragraphs becomes a part
    if lines * reports > MOST_LINES or lines * (nested + 1) > MOST_WORK:
        raise Unreadable(Why.TOO_LARGE)


def _head_ends(raw: bytes) -> int:
    found = [at for at in (raw.find(b"\n\n"), raw.find(b"\n\r\n"), raw.find(b"\r\r")) if at >= 0]
    return min(found, default=len(raw))


def _parts(message: Message) -> Iterator[Message]:
    """Everything that is no container. Mails inside are one part each: they are not this mail."""
    waiting = [(message, 1)]
    for _ in range(MOST_PARTS * 2):
        if not waiting:
            return
        part, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise Unreadable(Why.UNREADABLE)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [(inner, depth + 1) for inner in reversed(payload) if isinstance(inner, Message)]
        else:
            yield part
    raise Unreadable(Why.UNREADABLE)


def _text(parts: list[Message]) -> str:
    """What was written as plain text, else what was written in HTML."""
    for kind in ("text/plain", "text/html"):
        if text := "\n\n".join(filter(str.strip, _said(parts, kind))):
            return many_lines(made_storable(text)).strip()[: 4 * MOST_TEXT]
    return ""


def _said(parts: list[Message], kind: str) -> Iterator[str]:
    left = MOST_SOURCE
    for part in parts:
        if left > 0 and part.get_content_type() == kind and not _is_file(part):
            source = words.text_of(_bytes(part), str(part.get_param("charset", "utf-8")))[:left]
            left -= len(source)
            yield html.plain(source) if kind == "text/html" else source


def _bytes(part: Message) -> bytes:
    """Decoded as far as it can be: broken coding is kept as it stands."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _disposition(part: Message) -> str:
    return (values(part, "Content-Disposition") or [""])[0].partition(";")[0].strip().lower()


def _is_file(part: Message) -> bool:
    return _disposition(part) == "attachment" or bool(_file_name(part))


def _file_name(part: Message) -> str:
    try:
        return str(part.get_filename() or "")
    except (LookupError, ValueError):  # in no character set that there is
        return "document"


def _original(parts: list[Message], text: str) -> Original | None:
    """The newest inside that no colleague wrote: it may have been passed on more than once. Nothing, where one of
    them does not say its address: whoever wrote before that is somebody else."""
    for one in _inside(parts, text):
        if not _is_colleagues(one.sender):
            return one if one.sender else None
    return None


def _inside(parts: list[Message], text: str) -> Iterator[Original]:
    """The mails that are enclosed whole, and then those that stand in the text."""
    enclosed = (part.get_payload() for part in parts if part.get_content_type() == "message/rfc822")
    for inner in enclosed:
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            head, said = head_of(inner[0]), _text(list(_parts(inner[0])))
            yield Original(head.sender, head.sender_name[:200], quoting.own_words(said))
            yield from _in_text(said)
    yield from _in_text(text)


def _in_text(text: str) -> Iterator[Original]:
    for found in quoting.forwarded(text):
        sender, name = person(_address_last(found.sender))
        yield Original(sender, name[:200], found.text)


def _is_colleagues(sender: str) -> bool:
    return sender.rpartition("@")[2] in settings.INBOX_DOMAINS


def _address_last(said: str) -> str:
    """As Outlook and Gmail write it: “Name <mailto:a@b>”, “Name [mailto:a@b]”, “Name <a@b<mailto:a@b>>”."""
    tidy = said.replace("[mailto:", "<").replace("]", ">").replace("mailto:", "").strip().rstrip("*")
    return tidy.partition("<")[0] + "<" + tidy.rpartition("<")[2].rstrip(">") + ">" if "<" in tidy else tidy


def _papers(parts: list[Message]) -> Iterator[Paper]:
    """Files, but for pictures that only decorate the text."""
    found = 0
    for part in parts:
        decorates = part.get_content_maintype() == "image" and part["Content-ID"] and _disposition(part) != "attachment"
        if _is_file(part) and not decorates and part.get_content_maintype() != "message" and found < MOST_PAPERS:
            found += 1
            yield Paper(words.line(_file_name(part)), _bytes(part))
