"""The clock that all machines share. Workers on several machines may disagree about the time; the database has one."""

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone


def now() -> Any:
    """The present moment, for queries and updates: PostgreSQL's own. SQLite is on this machine, and so is its clock."""
    return Now() if connection.vendor == "postgresql" else timezone.now()


def after(seconds: float) -> Any:
    """The moment that comes so many seconds from now."""
    return now() + dt.timedelta(seconds=seconds)
