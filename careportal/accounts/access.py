"""Writing down who saw people's data: one entry for each page, list, search and export (AD9), and each refusal (AZ20).

Pages call these once, with the numbers of the rows that they show. `detail` holds codes, never what was typed.
"""

from collections.abc import Iterable
from typing import Any

from careportal.accounts.models import AuditEntry, User

IDS_KEPT = 100

Kind = AuditEntry.Kind


def note_opened(user: User, about: str, row: int) -> None:
    _note(Kind.OPENED, user, about, row=row, ids=[row], count=1)


def note_listed(user: User, about: str, ids: Iterable[int], *, searched: bool = False, **detail: Any) -> None:
    """A page of a list. `searched` where it was narrowed down by words."""
    rows = list(ids)
    kind = Kind.SEARCHED if searched else Kind.LISTED
    _note(kind, user, about, ids=rows[:IDS_KEPT], count=len(rows), detail=detail)


def note_exported(user: User | None, about: str, *, count: int, ids: Iterable[int] = (), **detail: Any) -> None:
    """Without a user it was done at the server's command line."""
    _note(Kind.EXPORTED, user, about, ids=list(ids)[:IDS_KEPT], count=count, detail=detail)


def note_changed(user: User, about: str, ids: Iterable[int], **detail: Any) -> None:
    rows = list(ids)
    row = rows[0] if len(rows) == 1 else None
    _note(Kind.CHANGED, user, about, row=row, ids=rows[:IDS_KEPT], count=len(rows), detail=detail)


def note_refused(user: User, about: str, row: int | None, **detail: Any) -> None:
    _note(Kind.REFUSED, user, about, row=row, count=0 if row is None else 1, detail=detail)


def _note(kind: AuditEntry.Kind, user: User | None, about: str, **said: Any) -> None:
    AuditEntry.objects.create(kind=kind, by=user, about=about, **said)
