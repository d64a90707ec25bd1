"""Wait until the database answers, so that what starts next does not fail over a slow neighbour."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection


class Command(BaseCommand):
    help = "Wait until the database answers. Redis is not waited for: the portal works without it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seconds", type=float, default=60.0, help="give up after this long (default: 60)")

    def handle(self, *, seconds: float, **options: Any) -> None:
        give_up_at = time.monotonic() + seconds
        while not _database_answers():
            if time.monotonic() > give_up_at:
                raise CommandError(f"The database did not answer for {seconds:g} seconds. Check DATABASE_URL.")
            time.sleep(0.5)


def _database_answers() -> bool:
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    return True
