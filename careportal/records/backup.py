"""The whole database in one file that only the council can read, and back again into an empty one.

The file's first line says what it is and how many rows each table has; then come the rows, table by table; the last
line holds the sums over them. Restoring reads the restored tables again and compares.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from careportal.kit.signals import restored
from careportal.records import sealed
from careportal.records.exceptions import Refused
from careportal.records.filling import Say, filling
from careportal.records.snapshot import migrations_of, snapshot
from careportal.records.tables import tables

FORMAT = "careportal backup 1"


def back_up(path: Path, public_keys: list[str], say: Say) -> dict[str, Any]:
    """Write a backup. Returns when it was made, its size and how many rows are in it."""
    to, made_at, sums = sealed.recipients(public_keys), timezone.now().isoformat(), {}
    with snapshot() as alias, sealed.writing(path, to) as file:
        ours = tables(alias)
        counts = {table.label: table.stored.count() for table in ours}
        file.write(_line(_header(made_at, migrations_of(alias), counts)))
        for table in ours:
            file.writelines(f"{line}\n" for line in table.lines())
            sums[table.label] = table.tally.as_dict()
            say(f"{table.label}: {table.tally.rows}")
        file.write(_line(sums))
    return {"at": made_at, "bytes": path.stat().st_size, "rows": sum(counts.values())}


def restore(path: Path, key_file: Path, say: Say) -> dict[str, Any]:
    """Load a backup into our database, which must be empty. All of it or nothing. Returns the backup's first line."""
    with closing(sealed.reading(path, sealed.keys(key_file))) as lines:
        header = _read(next(lines, ""))
        _refuse_another_kind(header)
        with filling(header["migrations"], header["tables"]) as target:
            target.load(lambda label: _exactly(lines, header["tables"][label]), say)
            sums = _read(next(lines, ""))
            if next(lines, None) is not None:  # also finds out, before anything is kept, whether the end is as written
                raise Refused("This backup has more in it than it says.")
            target.compare(sums)
            restored.send(sender=None)
    return header


def _header(made_at: str, migrations: list[str], counts: dict[str, int]) -> dict[str, Any]:
    council = settings.COUNCIL.key
    return {"format": FORMAT, "council": council, "made_at": made_at, "migrations": migrations, "tables": counts}


def _refuse_another_kind(header: dict[str, Any]) -> None:
    if header.get("format") != FORMAT:
        raise Refused("This file is not in the format of this portal's backups.")
    if header["council"] != settings.COUNCIL.key:
        raise Refused(
            f"This is a backup of another council's portal ({header['council']}). "
            f"This installation is {settings.COUNCIL.key}: check COUNCIL, or take the right file."
        )


def _exactly(lines: Iterator[str], count: int) -> Iterator[str]:
    return (line.rstrip("\n") for line in islice(lines, count))


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content) + "\n"


def _read(line: str) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except ValueError as error:
        raise Refused("This file is not in the format of this portal's backups.") from error
    return content if isinstance(content, dict) else {}
