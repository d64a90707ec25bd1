"""Django's own command with two gaps closed.

Whoever kills it, at whatever moment, can run it again. Django notes some migrations as done only after it has committed
them. Killed between the two, it would try to make the same tables again the next time, and fail for ever. Here both are
one commit.

And whoever runs it twice at once has one wait for the other. Django would let both make the same tables.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from django.core.management.base import CommandError, OutputWrapper
from django.core.management.commands import migrate
from django.db import Error, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

PATIENCE_SECONDS, LOOK_SECONDS = 600, 0.5
ADVISORY_LOCK = 0x6D696772617465  # "migrate": the number is ours alone in the portal's own database

Take = Callable[[], bool]


class OneCommit(MigrationExecutor):
    def apply_migration(self, state: ProjectState, migration: Migration, *args: Any, **kwargs: Any) -> ProjectState:
        """SQLite changes tables only while keys are not checked, and that cannot be switched off any later."""
        if not migration.atomic:
            return super().apply_migration(state, migration, *args, **kwargs)
        with self.connection.constraint_checks_disabled(), transaction.atomic(using=self.connection.alias):
            return super().apply_migration(state, migration, *args, **kwargs)


migrate.MigrationExecutor = OneCommit  # type: ignore[attr-defined]


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        """In our turn also the checks: they ask the database what it can, and are refused while another one writes."""
        if options.get("stdout"):
            self.stdout = OutputWrapper(options["stdout"])
        connection = connections[options["database"]]
        with (_by_postgresql if connection.vendor == "postgresql" else _by_a_file)(connection) as take:
            self._wait_for_our_turn(take)
            return super().execute(*args, **options)

    def _wait_for_our_turn(self, take: Take) -> None:
        """Raise CommandError when another one has not ended in time."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        if take():
            return
        self.stdout.write("Another migration is under way. Waiting for its end ...")
        while not take():
            if time.monotonic() > give_up_at:
                raise CommandError("Another migration has been under way for long. Try again when it has ended.")
            time.sleep(LOOK_SECONDS)


@contextmanager
def _by_postgresql(connection: BaseDatabaseWrapper) -> Iterator[Take]:
    """The turn belongs to our connection: PostgreSQL gives it to the next one also when we are killed."""

    def take() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
            return bool(cursor.fetchone()[0])

    try:
        yield take
    finally:
        with suppress(Error), connection.cursor() as cursor:  # a connection that broke has given it back
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


@contextmanager
def _by_a_file(connection: BaseDatabaseWrapper) -> Iterator[Take]:
    """SQLite is on this machine. Its own locks last for one commit, and so for one migration only.

    Taken before the database is opened: two that do so first at the same moment are in each other's way.
    """
    with _opened(f"{connection.settings_dict['NAME']}.lock") as file:

        def take() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield take


def _opened(path: str) -> IO[str]:
    """Where no file can be made there is no database either: that is what SQLite itself raises there."""
    try:
        return open(path, "w")
    except OSError as error:
        raise OperationalError(str(error)) from error
