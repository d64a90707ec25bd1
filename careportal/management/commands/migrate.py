"""Django's own command with a gap closed: whoever kills it, at whatever moment, can run it again.

Django notes some migrations as done only after it has committed them. Killed between the two, it would try to make
the same tables again the next time, and fail for ever. Here both are one commit.
"""

from typing import Any

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState


class OneCommit(MigrationExecutor):
    def apply_migration(self, state: ProjectState, migration: Migration, *args: Any, **kwargs: Any) -> ProjectState:
        """SQLite changes tables only while keys are not checked, and that cannot be switched off any later."""
        if not migration.atomic:
            return super().apply_migration(state, migration, *args, **kwargs)
        with self.connection.constraint_checks_disabled(), transaction.atomic(using=self.connection.alias):
            return super().apply_migration(state, migration, *args, **kwargs)


migrate.MigrationExecutor = OneCommit  # type: ignore[attr-defined]


class Command(migrate.Command):
    pass
