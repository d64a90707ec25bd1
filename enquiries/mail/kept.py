"""Embedded mode: all mail is in folders on this machine. What was sent lies in one, what came in another."""

import datetime as dt
import hashlib
import mailbox
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.conf import settings

from enquiries.mail.found import Found
from enquiries.models import IncomingMail, OutgoingMail

INBOX, FILES = "inbox", "files"
START_BYTES = 96 * 1024
PIECE = 512 * 1024


def put(raw: bytes) -> None:
    """Lay a mail into the inbox, as a mail server would."""
    settings.MAIL_DIR.mkdir(parents=True, exist_ok=True)
    mailbox.Maildir(settings.MAIL_DIR / INBOX, create=True).add(raw)


class KeptInbox:
    def holds(self, message_id: str) -> bool:
        folder = settings.MAIL_DIR / "sent"
        if not folder.is_dir():
            return False
        kept = mailbox.Maildir(folder, create=False)
        return any(message_id in (message["Message-ID"], message[OutgoingMail.OWN_HEADER]) for message in kept)

    def fresh(self) -> Iterator[Found]:
        """All files but the noted ones: a folder numbers nothing, so the number is made of the file's name."""
        noted = IncomingMail.objects.filter(folder=INBOX, validity=FILES)
        known = set(noted.values_list("number", flat=True))
        for path in _files():
            if (number := _number(path)) not in known:
                yield _found(path, number)

    def close(self) -> None:
        pass


def _files() -> list[Path]:
    """The oldest first."""
    folder = settings.MAIL_DIR / INBOX
    found = [path for part in ("new", "cur") if (folder / part).is_dir() for path in (folder / part).iterdir()]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _number(path: Path) -> int:
    """Of the name without its flags, which mail programs change."""
    return int(hashlib.sha256(path.name.partition(":")[0].encode()).hexdigest()[:15], 16)


def _found(path: Path, number: int) -> Found:
    about = path.stat()
    with path.open("rb") as file:
        start = file.read(START_BYTES)
    received_at = dt.datetime.fromtimestamp(about.st_mtime, dt.UTC)
    return Found(INBOX, FILES, number, about.st_size, received_at, start, partial(_pieces, path))


def _pieces(path: Path, most: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        for at in range(0, most, PIECE):
            if not (piece := file.read(min(PIECE, most - at))):
                return
            yield piece
