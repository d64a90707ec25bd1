"""The business forum inbox on its mail server. Nothing in it is changed, moved or marked as read."""

import datetime as dt
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial

from django.conf import settings
from django.utils import timezone
from imap_tools import (
    AND,
    OR,
    BaseMailBox,
    Header,
    MailBox,
    MailboxFolderSelectError,
    MailBoxStartTls,
    MailBoxUnencrypted,
)

from enquiries.mail.alarm import Alarm
from enquiries.mail.bounces import NAMES
from enquiries.mail.found import Found
from enquiries.models import MailboxFolder

logger = logging.getLogger(__name__)

ANSWER_SECONDS, LOOK_SECONDS = 10, 25
AT_ONCE, DAYS_BACK = 50, 7
HEAD_BYTES, TEXT_BYTES = 64 * 1024 + 1, 32 * 1024
PIECE = 512 * 1024
START = f"(UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER]<0.{HEAD_BYTES}> BODY.PEEK[TEXT]<0.{TEXT_BYTES}>)"
_LITERAL = re.compile(rb"BODY\[(HEADER|TEXT|)\](?:<\d+>)? \{\d+\}$")
_QUOTED = re.compile(rb'BODY\[(HEADER|TEXT|)\](?:<\d+>)? "((?:[^"\\]|\\.)*)"')


class ImapInbox:
    def __init__(self) -> None:
        conf = settings.MAILBOX
        self.box = _connected(conf["host"], conf["port"], conf["security"])
        self.alarm = Alarm(self.box.client.socket(), LOOK_SECONDS)
        self.box.login(conf["user"], conf["password"], initial_folder=None)
        self.folder = conf["folder"]

    def holds(self, message_id: str) -> bool:
        for folder in self.box.folder.list():
            if "\\Noselect" in folder.flags:
                continue
            try:
                self.box.folder.set(folder.name, readonly=True)
            except MailboxFolderSelectError:
                continue  # not ours to open
            if self.box.uids(OR(header=[Header(name, message_id) for name in NAMES])):
                return True
        return False

    def fresh(self) -> Iterator[Found]:
        position = self._position()
        self.box.folder.set(self.folder, readonly=True)
        there = [int(uid) for uid in self.box.uids(f"UID {position.last_number + 1}:*")]
        numbers = sorted(number for number in there if number > position.last_number)
        for at in range(0, len(numbers), AT_ONCE):
            batch = numbers[at : at + AT_ONCE]
            starts = self._starts(batch, position.validity)
            for number in batch:
                found = starts.get(number)
                if found:  # it may be gone meanwhile: people work there
                    yield found
                _note_position(position, number, found)

    def close(self) -> None:
        self.alarm.stop()
        with suppress(Exception):  # the server may be gone, and everything is done
            self.box.logout()

    def _position(self) -> MailboxFolder:
        """How far the folder was read. The first look begins at its end."""
        status = self.box.folder.status(self.folder, ["UIDVALIDITY", "UIDNEXT"])
        validity, end = str(status["UIDVALIDITY"]), max(status["UIDNEXT"] - 1, 0)
        before = MailboxFolder.objects.filter(pk=self.folder).first()
        if before and before.validity == validity:
            return before
        start = {"validity": validity, "last_number": self._found_again(before, end) if before else end}
        position, _ = MailboxFolder.objects.update_or_create(pk=self.folder, defaults=start)
        return position

    def _found_again(self, before: MailboxFolder, end: int) -> int:
        """Where to go on once all numbers were given anew: some days back, as dates are rough and people move mail.

        What is read once more is known by what it says (MI14).
        """
        since = (before.read_until or timezone.now()) - dt.timedelta(days=DAYS_BACK)
        self.box.folder.set(self.folder, readonly=True)
        logger.warning("inbox.renumbered since=%s", since.date())
        return min([end, *(int(uid) - 1 for uid in self.box.uids(AND(date_gte=since.date())))])

    def _starts(self, numbers: list[int], validity: str) -> dict[int, Found]:
        """The beginnings of many at once; one by one where the server refuses one of them."""
        kind, data = self.box.client.uid("FETCH", ",".join(map(str, numbers)), START)
        if kind == "OK":
            return {one.number: one for one in map(partial(self._found, validity), _answers(data)) if one}
        if len(numbers) == 1:
            logger.warning("inbox.refused uid=%s", numbers[0])
            return {}
        return {number: one for each in numbers for number, one in self._starts([each], validity).items()}

    def _found(self, validity: str, answer: tuple[bytes, dict[bytes, bytes]]) -> Found | None:
        said, parts = answer
        uid, size = re.search(rb"\bUID (\d+)", said), re.search(rb"\bRFC822\.SIZE (\d+)", said)
        if not (uid and size and b"HEADER" in parts):
            return None  # the server tells of something else
        number = int(uid[1])
        return Found(
            folder=self.folder,
            validity=validity,
            number=number,
            size=int(size[1]),
            received_at=_moment(said),
            start=parts[b"HEADER"] + parts.get(b"TEXT", b""),
            fetch=partial(self._pieces, number),
        )

    def _pieces(self, number: int, most: int) -> Iterator[bytes]:
        """Raises what imaplib raises when the server is gone. What it cannot read itself ends here."""
        for at in range(0, most, PIECE):
            wanted = min(PIECE, most - at)
            _, data = self.box.client.uid("FETCH", str(number), f"(UID BODY.PEEK[]<{at}.{wanted}>)")
            piece = next((parts[b""] for _, parts in _answers(data) if parts.get(b"")), b"")
            if piece:
                yield piece
            if len(piece) < wanted:
                return


def _note_position(position: MailboxFolder, number: int, found: Found | None) -> None:
    """Never backwards: another reader may have come further."""
    ours = MailboxFolder.objects.filter(pk=position.pk, validity=position.validity)
    came = {"read_until": found.received_at} if found else {}
    ours.filter(last_number__lt=number).update(last_number=number, **came)


def _answers(data: list[object]) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    """For each mail what the server said about it, and the parts that it sent along."""
    said, parts = b"", {}
    for item in data or []:
        if isinstance(item, tuple):
            text, content = item[0], item[1]
            said += text
            if found := _LITERAL.search(text):
                parts[found[1]] = bytes(content)
        elif isinstance(item, bytes):
            said += item
            parts |= {name: re.sub(rb"\\(.)", rb"\1", text) for name, text in _QUOTED.findall(item)}
            yield _QUOTED.sub(b"", said), parts
            said, parts = b"", {}


def _moment(said: bytes) -> dt.datetime:
    """When it came into the inbox; now, where the server's clock says nothing or is ahead."""
    now = dt.datetime.now(dt.UTC)
    found = re.search(rb'INTERNALDATE " ?(\d+)-(\w+)-(\d+) ([\d:]+ [+-]\d+)"', said)
    if not found:
        return now
    with suppress(ValueError):
        return min(parsedate_to_datetime(b" ".join(found.groups()).decode()), now)
    return now


def _connected(host: str, port: int, security: str) -> BaseMailBox:
    """To the server that its certificate names, or not at all: the password comes next."""
    if not security:
        return MailBoxUnencrypted(host, port, timeout=ANSWER_SECONDS)
    known = ssl.create_default_context(cafile=settings.MAIL_SERVER.get("ca_file"))  # type: ignore[arg-type]
    kind = {"ssl": MailBox, "tls": MailBoxStartTls}[security]
    return kind(host, port, timeout=ANSWER_SECONDS, ssl_context=known)
