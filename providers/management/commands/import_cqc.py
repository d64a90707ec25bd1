import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TextIO, cast

import click
from django.core.management.base import BaseCommand, CommandError, CommandParser

from providers import services
from providers.cqc.planning import Plan, newer_import
from providers.exceptions import FileRefused
from providers.models import DirectoryImport


class Command(BaseCommand):
    help = (
        "Import one of the Care Quality Commission’s files as it was published: the care directory, the one with "
        "filters, the latest ratings, or an export of the website’s search. Without --apply it only says what would "
        "change."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, ODS or XLSX")
        parser.add_argument("--apply", action="store_true", help="import it; without this nothing is changed")
        parser.add_argument("--accept-removals", action="store_true", help="also if more than a fifth is removed")
        parser.add_argument("--months-first", action="store_true", help="dates are 12/31/2026, as in some copies")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                self._import(file, options)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except FileRefused as refusal:
            raise CommandError(f"Refused. {refusal}") from refusal

    def _import(self, file: IO[bytes], options: dict[str, Any]) -> None:
        with self._planned(file, months_first=options["months_first"]) as plan:
            self._report(services.record_of(plan, file), plan)
            self._decide(plan, file, options)

    def _decide(self, plan: Plan, file: IO[bytes], options: dict[str, Any]) -> None:
        services.refuse_great_removals(plan, accepted=options["accept_removals"])
        if options["apply"]:
            services.import_directory(plan, file, accept_removals=options["accept_removals"])
            self.stdout.write("Imported.")
        else:
            self.stdout.write("Nothing was changed. Say --apply to import it.")

    @contextlib.contextmanager
    def _planned(self, file: IO[bytes], *, months_first: bool) -> Iterator[Plan]:
        """With a bar that moves as the file is read, when somebody sits at a terminal."""
        size, err = Path(file.name).stat().st_size, cast(TextIO, self.stderr)
        with contextlib.ExitStack() as stack:
            with click.progressbar(length=size, label="Reading", file=err, hidden=not err.isatty()) as bar:
                planned = services.planned_import(
                    file, lambda: bar.update(file.tell() - bar.pos), months_first=months_first
                )
                plan = stack.enter_context(planned)
            yield plan

    def _report(self, made: DirectoryImport, plan: Plan) -> None:
        dated = f"of {_day(made.produced_on)}" if made.produced_on else "without a date"
        self.stdout.write(f"{made.get_kind_display()}, {dated}: {made.rows:,} rows, {made.locations:,} locations.")
        self.stdout.write(
            f"Added {made.added:,}, changed {made.changed:,}, removed {made.removed:,}. Before: {plan.before:,}."
        )
        newer = newer_import(plan)
        if newer and newer.produced_on:
            self.stdout.write(
                f"This file is older than the one of {_day(newer.produced_on)}, which was imported before."
            )
        if plan.reader.providers:
            self.stdout.write(f"Rows of providers, which are no locations: {plan.reader.providers:,}.")
        for what in made.odd_in_words:
            self.stdout.write(f"- {what}")


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
