from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from providers import postcodes, wards
from providers.codepoint import NotCodePoint


class Command(BaseCommand):
    help = (
        "Import the Ordnance Survey's Code-Point Open: the council and ward of every postcode of the areas in the "
        "files. A dry run, unless --apply is given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, plain, gzipped or in a zip")
        parser.add_argument("--apply", action="store_true", help="do it; otherwise only say what would be done")
        parser.add_argument("--edition", default="", help="the edition, such as “November 2025”: shown to officers")
        parser.add_argument("--wards", type=Path, help="CSV with ward_code and ward_name: what the wards are called")
        parser.add_argument(
            "--accept-removals", action="store_true", help="even if more than a fifth of an area's postcodes go"
        )

    def handle(self, *, files: list[Path], edition: str, apply: bool, accept_removals: bool, **options: Any) -> None:
        try:
            named = wards.read(options["wards"]) if options.get("wards") else {}
            counted = postcodes.import_postcodes(
                files, edition=edition[:40], accept_removals=accept_removals, apply=apply
            )
        except NotCodePoint as refusal:
            raise CommandError(f"Refused. Nothing was changed.\n{refusal}") from refusal
        self._report(counted)
        self.stdout.write(f"{wards.name_wards(named, apply=apply)} wards named")
        done = "Imported." if apply else "This was a dry run: nothing was changed. Add --apply to import."
        self.stdout.write(self.style.SUCCESS(done))

    def _report(self, counted: postcodes.Counted) -> None:
        self.stdout.write(f"{counted.rows} rows: {counted.placed.total()} postcodes with a district")
        self.stdout.write(f"{counted.unplaced} left out: the survey itself does not know where they are")
        self.stdout.write(f"{counted.inside} lie in {settings.COUNCIL.place}")
        for area, before in sorted(counted.before.items()):
            self.stdout.write(f"{area}: {counted.placed[area]} postcodes, {before} before")
