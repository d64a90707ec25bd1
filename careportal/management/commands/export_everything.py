from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from careportal.accounts import access
from careportal.records import leaving
from careportal.records.exceptions import Refused


class Command(BaseCommand):
    help = "Write everything but secrets as CSV and JSON with a data dictionary, for the day a council leaves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is new or empty")

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            rows = leaving.export(folder, self.stdout.write)
            access.note_exported(None, "everything", count=rows)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{folder}: {rows} rows. Begin with README.md there.")
        self.stdout.write("It holds personal data, not encrypted: keep it safe, and delete it when it is not needed.")
