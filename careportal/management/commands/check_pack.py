from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from careportal import council, packcheck
from careportal.kit.packfile import PackError


class Command(BaseCommand):
    help = "Name everything that is wrong or missing in a council pack. Needs no database and changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pack", nargs="?", help="the key of a council, or a folder; this portal's own by default")

    def handle(self, *, pack: str | None, **options: Any) -> None:
        folder = folder_of(pack) if pack else settings.COUNCIL.folder
        report = packcheck.check(folder, timezone.localdate())
        for line in report.errors:
            self.stdout.write(line)
        for line in report.warnings:
            self.stdout.write(f"{line} (a warning)")
        told = f"{len(report.errors)} to mend, {len(report.warnings)} to look at."
        if report.errors:
            raise CommandError(f"The pack is not ready: {told}")
        self.stdout.write(f"The pack can be used: {told}")


def folder_of(pack: str) -> Path:
    """The folder that is meant. Raises CommandError."""
    if Path(pack).is_dir():
        return Path(pack).resolve()
    try:
        return council.find(pack, settings.PACKS_DIR)
    except PackError as error:
        raise CommandError(f"{error}; or name a folder.") from error
