"""What can happen to the directory."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from django.db import connection, transaction

from careportal.kit.cleaning import made_storable
from providers.cqc import files, planning
from providers.cqc.planning import Plan
from providers.exceptions import FileRefused
from providers.models import DirectoryImport, RegisteredLocation
from providers.signals import directory_imported

# A file that would remove a larger part of the locations is more likely torn than true.
MAY_BE_REMOVED = 0.2


def planned_import(
    file: IO[bytes], told: Callable[[], None] = lambda: None, *, months_first: bool = False
) -> AbstractContextManager[Plan]:
    """What importing this file would change. Only reads, however long that takes; so nobody waits for it."""
    return planning.planned(files.rows(file), told, months_first=months_first)


@transaction.atomic
def import_directory(plan: Plan, file: IO[bytes], *, accept_removals: bool = False) -> DirectoryImport:
    """Do what was planned, all of it or nothing, and tell who listens once it is done."""
    refuse_great_removals(plan, accepted=accept_removals)
    refuse_if_overtaken(plan)
    _write(plan)
    _count_anew()
    made = record_of(plan, file)
    made.save()
    transaction.on_commit(lambda: _tell(made, plan))
    return made


def refuse_if_overtaken(plan: Plan) -> None:
    """The last import is locked, so that two files at once come one after the other, and the second is planned anew."""
    DirectoryImport.objects.select_for_update().order_by("-pk").first()
    if planning.last_import() != plan.after:
        raise FileRefused("Another file was imported at the same time. Nothing was changed: start again.")


def refuse_great_removals(plan: Plan, *, accepted: bool) -> None:
    if plan.removed > plan.before * MAY_BE_REMOVED and not accepted:
        raise FileRefused(
            f"This file would remove {plan.removed:,} of {plan.before:,} locations, more than a fifth: it may be torn, "
            "or only a part of the directory. If the Commission has really removed so many, say --accept-removals."
        )


def record_of(plan: Plan, file: IO[bytes]) -> DirectoryImport:
    file.seek(0)
    return DirectoryImport(
        kind=plan.layout.kind,
        file_name=made_storable(Path(str(file.name)).name)[:200],
        sha256=hashlib.file_digest(file, "sha256").hexdigest(),  # type: ignore[arg-type]
        produced_on=plan.produced_on,
        rows=plan.reader.rows,
        locations=len(plan.seen),
        added=plan.added,
        changed=plan.changed,
        removed=plan.removed,
        odd=plan.odd.as_dict(),
    )


def _write(plan: Plan) -> None:
    for batch in planning.batches(plan.rows()):
        RegisteredLocation.objects.bulk_create(
            batch, update_conflicts=True, unique_fields=["cqc_location_id"], update_fields=planning.WRITTEN
        )
    for ids in planning.batches(plan.changes.removed):
        RegisteredLocation.objects.filter(cqc_location_id__in=ids).delete()


def _count_anew() -> None:
    """PostgreSQL plans by what it counted last: after an import that is another table. SQLite needs none of it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(RegisteredLocation._meta.db_table)}")


def _tell(made: DirectoryImport, plan: Plan) -> None:
    directory_imported.send(sender=DirectoryImport, made=made, changes=plan.changes)
