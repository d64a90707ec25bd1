"""The news that a mail of ours came back, out of reports as mail servers write them."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from typing import Any

from careportal.kit.cleaning import made_storable, storable
from enquiries.models import OutgoingMail

# Some mail systems give a mail another Message-ID on its way.
NAMES = (OutgoingMail.OWN_HEADER, "Message-ID")


@dataclass(frozen=True)
class Bounce:
    """The news that a mail of ours came back."""

    message_id: str
    words: str


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
    return next((str(head[name]).strip() for name in NAMES if head[name]), "")
