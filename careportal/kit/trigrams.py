"""Indexes by which PostgreSQL finds parts of words. SQLite carries fewer rows and goes through short texts instead."""

from typing import Any

from django.db import ProgrammingError, migrations, transaction

REFUSED = (
    "This database account may not add the extension pg_trgm, which comes with PostgreSQL. Ask whoever runs the "
    "database to run CREATE EXTENSION pg_trgm; in it once. Then run manage.py migrate again."
)


def index_parts_of_words(name: str, on: str) -> migrations.RunPython:
    """An operation that makes the index on PostgreSQL, once. `on` is SQL: "table USING gin (column gin_trgm_ops)"."""

    def make(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except ProgrammingError as refused:
            raise ProgrammingError(REFUSED) from refused
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {on}")

    def remove(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")

    return migrations.RunPython(make, remove)
