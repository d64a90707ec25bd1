"""Moving an installation from SQLite to PostgreSQL. It is the same installation afterwards: nothing is sent again."""

import datetime as dt
import time
from pathlib import Path

from django.db import DatabaseError, connection
from django.utils import timezone

from careportal.records.exceptions import Refused
from careportal.records.filling import Say, filling
from careportal.records.snapshot import migrations_of, of_file, snapshot
from careportal.records.tables import tables
from enquiries.models import Pulse

QUIET_SECONDS = 60


def move_in(source: Path, say: Say, *, anyway: bool = False) -> int:
    """Copy everything from a SQLite file into our PostgreSQL database, which must be empty. Returns how many rows."""
    if connection.vendor != "postgresql":
        raise Refused("Set DATABASE_URL to the new PostgreSQL database, and run manage.py migrate there first.")
    if not source.is_file():
        raise Refused(f"There is no file {source}.")
    if not anyway:
        _refuse_if_written_lately(source)
    _refuse_what_is_no_portal(source)
    with snapshot(of_file(source)) as alias:
        if not anyway:
            _refuse_if_it_runs(alias)
        theirs = {table.label: table for table in tables(alias)}
        with filling(migrations_of(alias), theirs) as target:
            target.load(lambda label: theirs[label].lines(), say)
            target.compare({label: table.tally.as_dict() for label, table in theirs.items()})
    return sum(table.tally.rows for table in theirs.values())


def _refuse_if_written_lately(source: Path) -> None:
    files = [source, source.with_name(f"{source.name}-wal")]
    found = [file.stat() for file in files if file.exists()]
    if any(one.st_size and time.time() - one.st_mtime < QUIET_SECONDS for one in found):
        raise Refused(f"{source} was written to within the last minute. {STOP}")


def _refuse_what_is_no_portal(source: Path) -> None:
    """What a file is shows itself when it is first read."""
    try:
        with snapshot(of_file(source)) as alias:
            is_ours = any(name.startswith("enquiries.") for name in migrations_of(alias))
    except DatabaseError:
        is_ours = False
    if not is_ours:
        raise Refused(f"{source} is no database of a portal. Name its file, such as sqlite:////folder/portal.sqlite3.")


def _refuse_if_it_runs(alias: str) -> None:
    lately = timezone.now() - dt.timedelta(seconds=QUIET_SECONDS)
    if Pulse.objects.using(alias).filter(seen_at__gt=lately).exists():
        raise Refused(f"A part of the portal was seen within the last minute. {STOP}")


STOP = "Stop web, worker and schedule, and try again in a minute. If nothing runs, add --anyway."
