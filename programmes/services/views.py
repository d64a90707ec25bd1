"""Counting how often a listing is looked at: no cookie, nothing about anybody, and never in the reader's way."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection, transaction
from django.utils import timezone

from programmes.models import ListingViews

logger = logging.getLogger(__name__)

LONGEST_WAIT_MILLISECONDS = 50


def count_view(programme_id: int) -> None:
    """One more for today. What cannot be counted at once is not counted: the page is shown all the same."""
    try:
        with _without_waiting(), transaction.atomic():
            ListingViews.objects.add(programme_id, timezone.localdate())
    except Error as error:
        logger.warning("views.not_counted programme=%s reason=%s", programme_id, type(error).__name__)


@contextmanager
def _without_waiting() -> Iterator[None]:
    """SQLite has one writer at a time, and waits for it as long as it is told to. A reader does not wait for that."""
    if not isinstance(connection.connection, sqlite3.Connection):
        yield
        return
    usual = connection.settings_dict.get("OPTIONS", {}).get("timeout", 5) * 1000
    connection.connection.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT_MILLISECONDS}")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout = {int(usual)}")
