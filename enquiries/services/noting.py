"""Taking in what came to the inbox: the raw mail is stored before anything is made of it."""

import hashlib
import re

from django.db import IntegrityError, transaction

from careportal.kit.cleaning import made_storable
from enquiries import threads
from enquiries.mail import phrase, reading
from enquiries.mail.found import Found
from enquiries.mail.reading import Automatic, Reading
from enquiries.models import IncomingMail, IncomingPiece
from enquiries.models.incoming import MOST_RAW_BYTES, PIECE_BYTES

State = IncomingMail.State
KEPT_OF_MONSTERS = 4 * PIECE_BYTES
# What the sender wrote. Other lines are the mail servers' on its way, and differ for two copies of one mail.
_WRITTEN = (
    b"from:",
    b"to:",
    b"cc:",
    b"date:",
    b"subject:",
    b"message-id:",
    b"in-reply-to:",
    b"references:",
    b"content-",
)


def note(found: Found) -> IncomingMail | None:
    """Store the mail if it concerns us. Nothing where it does not, or where it is stored already (MI1, MI12)."""
    if _is_noted(found):
        return None
    start = reading.beginning(found.start)
    if _is_ours(found, start):
        return None
    return _store(found, _fetched(found), start) if concerns_us(start) else None


def concerns_us(start: Reading) -> bool:
    """The words that we ask for, or nearly; or an enquiry. All else is none of our business (N1).

    Of what a machine surely wrote, only what has to do with an enquiry or the very words.
    """
    head = start.head
    if phrase.is_in(head.subject) or threads.concerns_us(head):
        return True
    if head.automatic == Automatic.SURELY:
        return False
    return phrase.is_nearly_in(head.subject) or phrase.is_in(start.text)


def _is_noted(found: Found) -> bool:
    place = {"folder": found.folder, "validity": found.validity, "number": found.number}
    return IncomingMail.objects.filter(**place).exists()


def _is_ours(found: Found, start: Reading) -> bool:
    """A mail of the portal itself is noted without a copy: it is in the outgoing mails."""
    ours = threads.our_mail(start.head)
    if ours is None:
        return False
    mail = _row(found, start, hashlib.sha256(found.start).hexdigest())
    mail.note_as(State.OWN)
    mail.enquiry = ours.enquiry
    _save_once(mail, b"")
    return True


def _fetched(found: Found) -> bytes:
    """The whole, or the first of what is too large: the inbox keeps all of it."""
    most = MOST_RAW_BYTES if found.size <= MOST_RAW_BYTES else KEPT_OF_MONSTERS
    return b"".join(found.fetch(most)) or found.start


def _store(found: Found, raw: bytes, start: Reading) -> IncomingMail | None:
    return _save_once(_row(found, start, digest_of(raw)), raw)


def _row(found: Found, start: Reading, digest: str) -> IncomingMail:
    return IncomingMail(
        folder=found.folder,
        validity=found.validity,
        number=found.number,
        size=found.size,
        received_at=found.received_at,
        digest=digest,
        message_id=made_storable(start.head.message_id),
    )


def _save_once(mail: IncomingMail, raw: bytes) -> IncomingMail | None:
    """Row and pieces, or neither. Of two readers at once, one gets it."""
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
            pieces = (raw[at : at + PIECE_BYTES] for at in range(0, len(raw), PIECE_BYTES))
            IncomingPiece.objects.bulk_create(
                (IncomingPiece(mail=mail, number=number, content=piece) for number, piece in enumerate(pieces)),
                batch_size=16,
            )
    except IntegrityError:
        return None  # noted before: the same place, or the same mail by another way
    return mail


def digest_of(raw: bytes) -> str:
    """The same for two copies of one mail that came by different ways (RULES, traps 9 and 10)."""
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = re.sub(rb"\n[ \t]+", b" ", head[: reading.MOST_HEAD]).split(b"\n")
    written = sorted(line.strip() for line in lines if line.lower().startswith(_WRITTEN))
    whole = hashlib.sha256(b"\n".join(written))
    whole.update(b"\n\n" + body)
    return whole.hexdigest()
