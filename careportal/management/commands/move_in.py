from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from careportal.records import moving
from careportal.records.exceptions import Refused


def sqlite_file(url: str) -> Path:
    """The path in sqlite:////folder/file."""
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path:
        raise ArgumentTypeError("must be sqlite:////folder/file.sqlite3")
    return Path(path)


class Command(BaseCommand):
    help = "Copy everything from a SQLite installation into a new PostgreSQL one. Stop web, worker and schedule first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="source", type=sqlite_file, required=True, help="sqlite:////folder/file")
        parser.add_argument("--anyway", action="store_true", help="even if it was used within the last minute")

    def handle(self, *, source: Path, anyway: bool, **options: Any) -> None:
        try:
            rows = moving.move_in(source, self.stdout.write, anyway=anyway)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        folder = source.absolute().parent
        self.stdout.write(f"Moved {rows} rows: counts and sums are the same. {source} is as it was.")
        self.stdout.write(
            f"Carry the keys over: SECRET_KEY is in {folder / 'secret.key'}, ENCRYPTION_KEY in "
            f"{folder / 'encryption.key'}, unless they were set already. Without ENCRYPTION_KEY nobody's second factor "
            f"works. Everybody has to sign in again."
        )
