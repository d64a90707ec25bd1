from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from careportal.records import backup
from careportal.records.exceptions import Refused

AFTERWARDS = """Everybody has to sign in again.
Mail that was waiting when the backup was made is uncertain now, because it may have been sent since. Look for it in
the inbox, and decide under Mail.
Set SECRET_KEY and ENCRYPTION_KEY to those of the portal that was backed up, or second factors cannot be read.
If people's data were erased after the backup was made, erase them again before the portal is opened."""


class Command(BaseCommand):
    help = "Load a backup into an empty database, for which only manage.py migrate has been run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, required=True, help="the file that back_up --new-key made")

    def handle(self, *, file: Path, key: Path, **options: Any) -> None:
        try:
            header = backup.restore(file, key, self.stdout.write)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        rows = sum(header["tables"].values())
        self.stdout.write(f"Restored {rows} rows as they were at {header['made_at']}: counts and sums are the same.")
        self.stdout.write(AFTERWARDS)
