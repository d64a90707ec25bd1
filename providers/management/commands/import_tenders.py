from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from providers import services
from providers.exceptions import FileRefused
from providers.models import TenderImport
from providers.tenders import fetch, files


class Command(BaseCommand):
    help = (
        "Import notices of tenders as Contracts Finder and Find a Tender publish them (OCDS, as JSON), from a file or "
        "an https address. Those for care in the area or near it are kept. Without --apply it only says what would "
        "change."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="FILE-or-URL", help="JSON, or one release a line")
        parser.add_argument("--apply", action="store_true", help="import it; without this nothing is changed")

    def handle(self, *, source: str, apply: bool, **options: Any) -> None:
        try:
            content = fetch.fetched(source) if fetch.is_address(source) else _read(Path(source))
            name = source if fetch.is_address(source) else Path(source).name
            made = services.import_tenders(files.notices(content), source=name, content=content, apply=apply)
        except OSError as error:
            raise CommandError(f"{source} cannot be read: {error.strerror}.") from error
        except FileRefused as refusal:
            raise CommandError(f"Refused. Nothing was changed. {refusal}") from refusal
        self._report(made)
        self.stdout.write("Imported." if apply else "Nothing was changed. Say --apply to import it.")

    def _report(self, made: TenderImport) -> None:
        self.stdout.write(f"{made.notices:,} notices, {made.fitting:,} of them for care in the area or near it.")
        self.stdout.write(f"Tenders added {made.added:,}, changed {made.changed:,}; of those over: {made.over:,}.")
        for what in made.odd_in_words:
            self.stdout.write(f"- {what}")


def _read(path: Path) -> bytes:
    """No more than may be imported, and a byte by which it is known to be too much."""
    with path.open("rb") as file:
        return file.read(files.MOST_BYTES + 1)
