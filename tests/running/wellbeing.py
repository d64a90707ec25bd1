"""The facts of an installation that is well."""

import datetime as dt

from django.utils import timezone


def known(**changed):
    """Everything is well, but for what is changed."""
    fresh = timezone.now().isoformat()
    well = {
        "database": "reachable",
        "database_kind": "SQLite",
        "database_rights": [],
        "migrations_missing": 0,
        "migrated_at": ago(days=10),
        "assets_built": True,
        "disk_free_bytes": 50_000_000_000,
        "disk_bytes": 100_000_000_000,
        "oldest_due_seconds": None,
        "oldest_stuck_seconds": None,
        "last_sweep_at": fresh,
        "worker_seen_at": fresh,
        "schedule_seen_at": fresh,
        "mailbox_read_at": fresh,
        "jobs_late": [],
        "queued": 12345,
        "failed": 0,
        "uncertain": 0,
        "wordings_broken": 0,
        "broker": "files",
        "last_backup_at": fresh,
        "last_backup_rows": 1200,
        "bank_holidays_until": (timezone.localdate() + dt.timedelta(days=500)).isoformat(),
    }
    return {**well, **changed}


def ago(**period):
    return (timezone.now() - dt.timedelta(**period)).isoformat()
