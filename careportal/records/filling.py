"""Filling an empty database with all rows of another one, in one transaction, and proving that they are the same."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import Error, connection, transaction

from careportal.records.exceptions import Refused
from careportal.records.snapshot import migrations_of
from careportal.records.tables import Table, tables

Say = Callable[[str], object]  # is told how far it is


class Target:
    """Our own database, while it is filled."""

    def __init__(self) -> None:
        self.tables: list[Table] = tables()

    def load(self, lines_of: Callable[[str], Iterable[str]], say: Say) -> None:
        """Write every table's rows. They may point to rows that come later: keys are checked when all are there."""
        for table in self.tables:
            table.load(lines_of(table.label))
            say(f"{table.label}: loaded")
        connection.check_constraints()
        self._continue_numbering()
        Session.objects.all().delete()

    def compare(self, sums: dict[str, Any]) -> None:
        """Read every table again and refuse all of it unless count and sum are those of the original."""
        for table in self.tables:
            for _ in table.lines():
                pass
        different = [table.label for table in self.tables if sums.get(table.label) != table.tally.as_dict()]
        if different:
            raise Refused(f"What was written is not what was read, in {', '.join(different)}. Nothing was kept.")

    def _continue_numbering(self) -> None:
        """PostgreSQL: new rows take numbers after those that were loaded. SQLite sees to it itself."""
        with connection.cursor() as cursor:
            models = [table.model for table in self.tables]
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)


@contextmanager
def filling(migrations: list[str], labels: Iterable[str]) -> Iterator[Target]:
    """Our database, if it fits what comes and is empty. What is raised inside leaves it as it was."""
    _refuse_other_migrations(migrations)
    try:
        with transaction.atomic():
            target = Target()
            if {table.label for table in target.tables} != set(labels):
                raise Refused("This was made by a portal with other tables. Take the version that made it.")
            _refuse_unless_empty(target)
            yield target
    except (Error, LookupError, ValueError) as error:
        raise Refused(f"A row does not fit into this database ({type(error).__name__}). Nothing was kept.") from error


def _refuse_other_migrations(theirs: list[str]) -> None:
    ours = set(migrations_of("default"))
    missing, more = sorted(set(theirs) - ours), sorted(ours - set(theirs))
    if not ours:
        raise Refused("This database has no tables yet. Run manage.py migrate first.")
    if missing:
        raise Refused(
            f"It was made by a newer version of the portal, or manage.py migrate has not been run here. "
            f"Not here: {', '.join(missing)}. Take that version, run manage.py migrate, and try again."
        )
    if more:
        raise Refused(
            f"It was made by an older version of the portal. Not there: {', '.join(more)}. Take that version with a "
            f"new database, run manage.py migrate and try again; then take the newer version and run manage.py migrate."
        )


def _refuse_unless_empty(target: Target) -> None:
    full = [table.label for table in target.tables if table.stored.exists()]
    if full:
        raise Refused(
            f"This database is not empty: there are rows in {', '.join(full[:3])}{' and others' * (len(full) > 3)}. "
            f"Make a new database, run manage.py migrate and nothing else, and try again."
        )
