"""The business forum inbox, looked into from outside: does it hold a mail of ours, and what came back.

Nothing in it is changed, moved or marked as read: people work there.
"""

import logging
import mailbox
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from imaplib import IMAP4
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from imap_tools import (
    AND,
    OR,
    BaseMailBox,
    Header,
    ImapToolsError,
    MailBox,
    MailboxFolderSelectError,
    MailBoxStartTls,
    MailBoxUnencrypted,
)

from careportal.kit.cleaning import made_storable, storable
from enquiries.mail.alarm import Alarm
from enquiries.models import MailboxFolder, OutgoingMail

logger = logging.getLogger(__name__)

ANSWER_SECONDS, LOOK_SECONDS = 10, 25
_NAMES = (OutgoingMail.OWN_HEADER, "Message-ID")  # some mail systems give a mail another Message-ID on its way
READ_AT_ONCE = 200


@dataclass(frozen=True)
class Bounce:
    """The news that a mail of ours came back."""

    message_id: str
    words: str


class Inbox(Protocol):
    def holds(self, message_id: str) -> bool:
        """Whether a mail with this Message-ID is in any of its folders."""

    def bounces(self) -> Iterator[Bounce]:
        """What came back since the last look. A look that breaks off begins there again."""

    def close(self) -> None: ...


def opened() -> Inbox | None:
    """The inbox, where the portal may look into one. Raises OSError and imap_tools' errors."""
    if settings.NOTIFY_API_KEY:
        taken = import_string("enquiries.mail.notify.Taken")  # loaded only where it is used: its client is large
        return taken(ImapInbox() if settings.MAILBOX else None)
    if settings.MAILBOX:
        return ImapInbox()
    return KeptInbox() if settings.SMTP_HOST is None else None


class KeptInbox:
    """Embedded mode: all mail is in one folder on this machine, and none comes back."""

    def holds(self, message_id: str) -> bool:
        folder = settings.MAIL_DIR / "sent"
        if not folder.is_dir():
            return False
        kept = mailbox.Maildir(folder, create=False)
        return any(message_id in (message["Message-ID"], message[OutgoingMail.OWN_HEADER]) for message in kept)

    def bounces(self) -> Iterator[Bounce]:
        return iter(())

    def close(self) -> None:
        pass


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
            if self.box.uids(OR(header=[Header(name, message_id) for name in _NAMES])):
                return True
        return False

    def bounces(self) -> Iterator[Bounce]:
        position = self._position()
        self.box.folder.set(self.folder, readonly=True)
        fresh = [int(uid) for uid in self.box.uids(f"UID {position.last_number + 1}:*")]
        for number in sorted(number for number in fresh if number > position.last_number)[:READ_AT_ONCE]:
            yield from self._read(str(number))
            MailboxFolder.objects.filter(pk=position.pk).update(last_number=number)

    def close(self) -> None:
        self.alarm.stop()
        with suppress(Exception):  # the server may be gone, and everything is done
            self.box.logout()

    def _position(self) -> MailboxFolder:
        """How far the folder was read. The first look, and one after all numbers were given anew, begins at the end."""
        status = self.box.folder.status(self.folder, ["UIDVALIDITY", "UIDNEXT"])
        validity = str(status["UIDVALIDITY"])
        position = MailboxFolder.objects.filter(pk=self.folder, validity=validity).first()
        if position is None:
            start = {"validity": validity, "last_number": max(status["UIDNEXT"] - 1, 0)}
            position, _ = MailboxFolder.objects.update_or_create(pk=self.folder, defaults=start)
        return position

    def _read(self, uid: str) -> list[Bounce]:
        """The bounce in this mail, if it is one. Only reports are fetched whole, and a monster stops nothing."""
        try:
            heads = [mail.obj for mail in self.box.fetch(AND(uid=uid), mark_seen=False, headers_only=True)]
            if not any(head.get_content_type() == "multipart/report" for head in heads):
                return []
            return [one for mail in self.box.fetch(AND(uid=uid), mark_seen=False) for one in bounces_in(mail.obj)]
        except (OSError, ImapToolsError, IMAP4.error):
            raise  # it is about the server, not about this mail
        except Exception as error:  # whatever somebody has written
            logger.warning("inbox.unreadable uid=%s reason=%s", uid, type(error).__name__)
            return []


def _connected(host: str, port: int, security: str) -> BaseMailBox:
    """To the server that its certificate names, or not at all: the password comes next."""
    if not security:
        return MailBoxUnencrypted(host, port, timeout=ANSWER_SECONDS)
    known = ssl.create_default_context(cafile=settings.MAIL_SERVER.get("ca_file"))  # type: ignore[arg-type]
    kind = {"ssl": MailBox, "tls": MailBoxStartTls}[security]
    return kind(host, port, timeout=ANSWER_SECONDS, ssl_context=known)


def bounces_in(report: Message) -> Iterator[Bounce]:
    """What a delivery report says about one mail: that it failed for good. Delays and receipts are no bounces.

    Reports are sent without an envelope sender; what has one was written by somebody.
    """
    if str(report.get("Return-Path", "<>")).strip() not in {"<>", ""}:
        return
    failed, words, original = False, "", ""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in _blocks(part):
                if str(block.get("Action", "")).strip().lower() == "failed":
                    failed, words = True, _words(block)
        elif part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            original = original or _message_id(part)
    if failed and original and storable(original):
        yield Bounce(original, words)


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _words(block: Message) -> str:
    said = f"{block.get('Status', '')} {block.get('Diagnostic-Code', '')}"
    return " ".join(made_storable(said).split())[:500]


def _message_id(part: Message) -> str:
    """Of the mail that came back: it is enclosed, whole or with its head alone."""
    payload: Any = part.get_payload()
    is_whole = isinstance(payload, list) and payload and isinstance(payload[0], Message)
    head: Message = payload[0] if is_whole else message_from_string(str(payload))
    return next((str(head[name]).strip() for name in _NAMES if head[name]), "")
