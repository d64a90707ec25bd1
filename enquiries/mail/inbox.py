"""The business forum inbox, looked into from outside: does it hold a mail of ours, and what is new in it.

Nothing in it is changed, moved or marked as read: people work there.
"""

from collections.abc import Iterator
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from enquiries.mail.found import Found
from enquiries.mail.imap import ImapInbox
from enquiries.mail.kept import KeptInbox


class Inbox(Protocol):
    def holds(self, message_id: str) -> bool:
        """Whether a mail with this Message-ID is in any of its folders."""

    def fresh(self) -> Iterator[Found]:
        """What came since the last look, in its order. One counts as read when the next is asked for: a look that
        breaks off begins there again."""

    def close(self) -> None: ...


def opened() -> Inbox | None:
    """The inbox, where the portal may look into one. Raises OSError and imap_tools' errors."""
    if settings.NOTIFY_API_KEY:
        taken = import_string("enquiries.mail.notify.Taken")  # loaded only where it is used: its client is large
        return taken(ImapInbox() if settings.MAILBOX else None)
    if settings.MAILBOX:
        return ImapInbox()
    return KeptInbox() if settings.SMTP_HOST is None else None
