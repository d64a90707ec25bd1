import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from careportal.records import backup, sealed
from careportal.records.exceptions import Refused

HOW_TO_BEGIN = """There is no backup without a key. On a computer that is not this one, run
  manage.py back_up --new-key council.key      (or: age-keygen -o council.key)
Keep that file where only the council has it. Then set BACKUP_RECIPIENTS here to the public key that was printed."""

KEEP_TOO = """In it: the database. Not in it, so keep them too, in another place than this file: SECRET_KEY and \
ENCRYPTION_KEY (embedded: secret.key and encryption.key in DATA_DIR). Without ENCRYPTION_KEY nobody's second factor \
works. Mail that an embedded portal keeps as files is not in it either."""


class Command(BaseCommand):
    help = "Write the whole database into one encrypted file. The portal goes on working meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--new-key", action="store_true", help="make a key file instead, and print its public key")

    def handle(self, *, file: Path, new_key: bool, **options: Any) -> None:
        try:
            if new_key:
                self._make_key(file)
            else:
                self._back_up(file)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _make_key(self, file: Path) -> None:
        public = sealed.new_key(file)
        self.stdout.write(f"{file} opens backups. Keep it, and a copy, away from the portal's machine.")
        self.stdout.write(f"Set there: BACKUP_RECIPIENTS={public}")

    def _back_up(self, file: Path) -> None:
        if not settings.BACKUP_RECIPIENTS:
            raise Refused(HOW_TO_BEGIN)
        done = backup.back_up(file, settings.BACKUP_RECIPIENTS, self.stdout.write)
        self.stdout.write(f"{file}: {done['rows']} rows, {done['bytes']} bytes.\n{KEEP_TOO}")
        try:
            note(done)
        except OSError as error:
            raise Refused(f"The backup is good, but DATA_DIR cannot keep its time: {error.strerror}.") from error


def note(done: dict[str, Any]) -> None:
    """Keep when the last good backup was made, for the status page."""
    path: Path = settings.DATA_DIR / "last_backup.json"
    fresh = path.with_name(f".{path.name}")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh.write_text(json.dumps(done))
    fresh.replace(path)
