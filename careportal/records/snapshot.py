"""One moment of a database, read on a connection of its own while everybody else goes on writing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import load_backend

from careportal.environment import SQLITE

ALIAS = "snapshot"


@contextmanager
def snapshot(database: Mapping[str, Any] | None = None) -> Iterator[str]:
    """The alias under which this database, by default our own, is read as it is now. It cannot be written to."""
    settings = dict(database or connections["default"].settings_dict)
    backend = load_backend(settings["ENGINE"])
    connections[ALIAS] = backend.DatabaseWrapper(settings | {"OPTIONS": _for_reading(settings)}, ALIAS)
    try:
        with transaction.atomic(using=ALIAS):
            if settings["ENGINE"] != SQLITE:
                with connections[ALIAS].cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]


def _for_reading(settings: Mapping[str, Any]) -> dict[str, Any]:
    """SQLite: a transaction that takes no lock. In WAL mode it goes on reading what was there when it began."""
    if settings["ENGINE"] != SQLITE:
        return dict(settings.get("OPTIONS", {}))
    return {"transaction_mode": "DEFERRED", "timeout": 20, "init_command": "PRAGMA query_only=1;"}


def of_file(path: Path) -> dict[str, Any]:
    """The settings of another SQLite database, which is not so much as tidied up by being read."""
    name = f"file:{quote(str(path.absolute()))}?mode=ro"
    return dict(connections["default"].settings_dict) | {"ENGINE": SQLITE, "NAME": name}


def migrations_of(alias: str) -> list[str]:
    """The migrations that have run in this database, by name."""
    return sorted(".".join(name) for name in MigrationRecorder(connections[alias]).applied_migrations())
