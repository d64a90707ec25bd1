"""What is known about this installation: about its machine here, about its mail from enquiries. It judges nothing."""

import datetime as dt
import json
import os
import shutil
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from careportal import assets
from careportal.kit.working_days import bank_holidays
from enquiries import delays, jobs, queries

BROKER_SECONDS = 0.25  # to connect, and once more to answer


def moving() -> dict[str, Any]:
    """What tells whether work moves. Cheap enough to be asked every few seconds."""
    return _known(lambda: {**queries.moving_facts(), **_moving()})


def everything() -> dict[str, Any]:
    """All that is known, for operators only: it holds counts."""
    known = _known(lambda: {**queries.mail_facts(), **_moving()})
    if is_usable(known):
        known["database_rights"] = _rights()
    return {**known, "broker": _broker(), **_last_backup(), "bank_holidays_until": _bank_holidays_until().isoformat()}


def is_usable(known: dict[str, Any]) -> bool:
    """Whether the database can be asked about anything else."""
    return known["database"] == "reachable" and known["migrations_missing"] == 0


def _known(ask: Any) -> dict[str, Any]:
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    known = {"database": "reachable", "database_kind": kind, "migrations_missing": None, **_machine()}
    try:
        known["migrations_missing"] = _migrations_missing()
        if is_usable(known):
            known |= ask()
    except Error as error:
        known["database"] = f"not reachable ({type(error).__name__})"
    return known


def _machine() -> dict[str, Any]:
    return {"assets_built": assets.are_built(), **_disk()}


def _moving() -> dict[str, Any]:
    return {
        "oldest_stuck_seconds": delays.stuck_seconds(),
        "jobs_late": jobs.late(),
        "migrated_at": _migrated_at(),
    }


def _migrations_missing() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrated_at() -> str | None:
    """When the database was last brought up to date: an installation that is new has not run yet."""
    latest = MigrationRecorder(connection).migration_qs.aggregate(latest=Max("applied"))["latest"]
    return latest and latest.isoformat()


def _disk() -> dict[str, int]:
    """The fullest of the volumes that we write to."""
    folders = [settings.DATA_DIR]
    if connection.vendor == "sqlite":
        folders.append(Path(str(connection.settings_dict["NAME"])).absolute().parent)
    fullest = min((shutil.disk_usage(_existing(folder)) for folder in folders), key=lambda usage: usage.free)
    return {"disk_free_bytes": fullest.free, "disk_bytes": fullest.total}


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _broker() -> str:
    """What carries hints to the workers, and whether it answers."""
    if not settings.REDIS_URL:
        return "files" if os.access(_existing(settings.BROKER_DIR), os.W_OK) else "files that cannot be written"
    limits = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **limits) as server:
            server.ping()
    except (redis.RedisError, OSError) as error:
        return f"Redis does not answer ({type(error).__name__})"
    return "Redis"


def _last_backup() -> dict[str, Any]:
    """What `manage.py back_up` noted. A note that cannot be read is none."""
    try:
        noted = json.loads((settings.DATA_DIR / "last_backup.json").read_text())
        at = dt.datetime.fromisoformat(noted["at"])
        rows = int(noted["rows"])
    except (OSError, ValueError, TypeError, KeyError):
        return {"last_backup_at": None, "last_backup_rows": None}
    aware = at if at.tzinfo else timezone.make_aware(at)
    return {"last_backup_at": aware.isoformat(), "last_backup_rows": rows}


def _bank_holidays_until() -> dt.date:
    """Up to which day the bank holidays of England are known."""
    return max(bank_holidays())


def _rights() -> list[str]:
    """What the database's user may do beyond working with our tables."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        held = cursor.fetchone()
    names = ("do everything (superuser)", "create roles", "create databases")
    return [name for name, holds in zip(names, held, strict=True) if holds]
