"""Exports: asked for by an officer, made by a worker from the rows on the officer's screen, removed after a day.

The row is the truth and the broker only a hint. A maker that dies leaves a lease that runs out, and the export is
begun again. A file is stored in the transaction that makes it ready, so nobody ever gets a part of one (EX9).
"""

import datetime as dt
import logging
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from celery import signature
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from careportal.accounts import access
from careportal.kit import clock, hints
from careportal.kit.exports import FORMATS
from enquiries.exceptions import Refused
from enquiries.models import Enquiry, Export, ExportPiece
from enquiries.models.export import ATTEMPTS, KEPT_HOURS, LEASE_SECONDS, PIECE_BYTES
from enquiries.tables import table_of

if TYPE_CHECKING:
    from careportal.accounts.models import User

Found = Callable[[Export], "QuerySet[Enquiry]"]  # the rows that its owner's list shows

State = Export.State
HEARTBEAT_ROWS = 1000
MOST_KEPT = 20
TASK_SECONDS = 900  # where the broker hands the task to another worker meanwhile, that one finds it claimed

logger = logging.getLogger(__name__)


class ClaimLost(Exception):
    """Somebody else makes this export now, or it is gone."""


@transaction.atomic
def ask_for_export(
    *, by: "User", what: str, file_format: str, query: str, filters: dict[str, list[str]], words: str = ""
) -> Export:
    """Note down what an officer wants. Raises Refused when too many are kept already."""
    if Export.objects.kept_for(by).count() >= MOST_KEPT:
        raise Refused(f"You have {MOST_KEPT} exports of the last {KEPT_HOURS} hours. Use one of them, or wait.")
    ends = timezone.now() + dt.timedelta(hours=KEPT_HOURS)
    export = Export.objects.create(
        by=by, what=what, file_format=file_format, query=query, words=words, filters=filters, expires_at=ends
    )
    tell_worker()
    return export


def tell_worker() -> None:
    """Hint that an export is due. It may be lost: the job looks every minute."""
    hints.publish(signature("enquiries.tasks.make_exports"))


def make_next(found: Found) -> bool:
    """Make the one that has waited longest, unless one is being made already. Returns whether there was one."""
    _free_abandoned()
    export = _claim()
    if export is None:
        return False
    try:
        _make(export, found(export))
    except ClaimLost:
        logger.warning("export.claim_lost export=%s", export.pk)
    except Exception as error:  # whatever it is: it is tried again, and then shown as failed
        logger.error("export.failed export=%s reason=%s", export.pk, type(error).__name__)
        _give_back(Export.objects.filter(pk=export.pk, claim=export.claim, state=State.MAKING))
    return True


def look_after_exports() -> None:
    """Remove what is a day old, and see that what waits is made, whatever became of the first hint."""
    Export.objects.expired().delete()
    if not Export.objects.filter(state=State.MAKING).exists():
        _clear(_folder())
    if Export.objects.due().exists() or Export.objects.abandoned().exists():
        tell_worker()


def note_export(*, by: "User", what: str, filters: dict[str, list[str]], rows: int, step: str) -> None:
    """Record who exported what, by which filters, how many rows. Codes only, never what was searched for (EX2)."""
    access.note_exported(by, "enquiries.enquiry", count=rows, what=what, filters=filters, step=step)


def note_download(export: Export) -> None:
    note_export(by=export.by, what=export.what, filters=export.filters, rows=export.rows_done, step="taken")


def _free_abandoned() -> None:
    _give_back(Export.objects.abandoned())


def _give_back(exports: "QuerySet[Export]") -> None:
    """To be made again, a few times; then it has failed."""
    free = {"claim": None, "lease_until": None}
    exports.filter(attempts_made__gte=ATTEMPTS).update(state=State.FAILED, **free)
    exports.filter(attempts_made__lt=ATTEMPTS).update(state=State.WAITING, **free)


def _claim() -> Export | None:
    """By compare-and-swap; the database lets one be made at a time, so that mail always has a worker left."""
    export = Export.objects.due().select_related("by").first()
    if export is None:
        return None
    claimed = {"state": State.MAKING, "claim": uuid.uuid4(), "lease_until": clock.after(LEASE_SECONDS), "rows_done": 0}
    try:
        with transaction.atomic():
            waiting = Export.objects.filter(pk=export.pk, state=State.WAITING)
            done = waiting.update(attempts_made=F("attempts_made") + 1, **claimed)
    except IntegrityError:
        return None
    export.claim = claimed["claim"]
    return export if done else None


def _make(export: Export, found: "QuerySet[Enquiry]") -> None:
    table = table_of(export.what)
    _note(export, rows_total=table.count(found))
    with _workplace() as folder, (folder / "file").open("w+b") as file:
        title = export.get_what_display()
        written = FORMATS[export.file_format](file, table.header, title=title, folder=folder)
        rows = 0
        for rows, row in enumerate(table.rows(found), start=1):
            written.add(row)
            if rows % HEARTBEAT_ROWS == 0:
                _note(export, rows_done=rows)
        written.close()
        _note(export, rows_done=rows)
        _store(export, file, rows)


def _note(export: Export, **progress: int) -> None:
    """How far it is. Refused when the claim is lost."""
    ours = Export.objects.filter(pk=export.pk, claim=export.claim, state=State.MAKING)
    if not ours.update(lease_until=clock.after(LEASE_SECONDS), **progress):
        raise ClaimLost


@transaction.atomic
def _store(export: Export, file: IO[bytes], rows: int) -> None:
    """The whole file and that it is ready: both or neither."""
    size = file.seek(0, 2)
    ready = {"state": State.READY, "claim": None, "lease_until": None, "ready_at": timezone.now()}
    ours = Export.objects.filter(pk=export.pk, claim=export.claim, state=State.MAKING)
    if not ours.update(size=size, rows_total=rows, rows_done=rows, **ready):
        raise ClaimLost
    file.seek(0)
    for number in range(-(-size // PIECE_BYTES)):
        ExportPiece.objects.create(export=export, number=number, content=file.read(PIECE_BYTES))
    note_export(by=export.by, what=export.what, filters=export.filters, rows=rows, step="made")


@contextmanager
def _workplace() -> Iterator[Path]:
    """A folder for one export while it is made. What a killed maker left there is removed first."""
    folder = _folder()
    _clear(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        yield Path(name)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "exports"


def _clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
