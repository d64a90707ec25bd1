"""`manage.py migrate` may be killed at any moment and run again, and two at once do no harm (UP7)."""

import contextlib
import fcntl
import signal
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from careportal.management.commands import migrate

# Counts the steps of a migration: each statement that changes tables, each note that a migration is done, and each of
# these that is made when the migration is committed already. Kills itself, as `kill -9` would, at the step it is told.
KILLED = """
import os, signal, sys
import django
from django.core.management import execute_from_command_line
django.setup()
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

where, number = sys.argv[1], int(sys.argv[2])
counts = {"statement": 0, "note": 0, "late note": 0}

def counting(kind, owner, name):
    step = getattr(owner, name)
    def counted(*args, **kwargs):
        counts[kind] += 1
        if kind == "note" and not (connection.in_atomic_block or "_squashed_" in args[2]):
            counts["late note"] += 1
        if (kind, counts[kind]) == (where, number):
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args, **kwargs)
    setattr(owner, name, counted)

counting("statement", connection.SchemaEditorClass, "execute")
counting("note", MigrationRecorder, "record_applied")
execute_from_command_line(["manage.py", "migrate", "--verbosity", "0"])
print(*counts.values())
"""

SHAPE = """
from django.db import connection
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names(cursor)):
        print(table, sorted(column.name for column in connection.introspection.get_table_description(cursor, table)))
        print(sorted(connection.introspection.get_constraints(cursor, table)))
from django.db.migrations.recorder import MigrationRecorder
print(sorted(MigrationRecorder(connection).applied_migrations()))
"""


def shape_of(installation):
    """Tables, columns, constraints and migrations, as the database itself tells them."""
    return installation.manage("shell", "--verbosity", "0", "--command", SHAPE)


def test_killed_in_the_middle_it_is_run_again_and_comes_out_right(new_installation):
    """Four times in turn, on one database, at the beginning and far on.

    No migration is committed before it is noted as done. Django alone leaves a gap there; whoever was killed in it
    could never migrate again. (That one stands for several is noted when those are: without that note it is worked out
    anew the next time.)
    """
    whole, killed = new_installation(), new_installation()
    counted = whole.run("-c", KILLED, "nowhere", 0)
    statements, notes, late_notes = map(int, counted.stdout.split())
    assert late_notes == 0

    for where, number in (("statement", 3), ("note", 3), ("note", notes // 2), ("statement", statements // 3)):
        done = killed.run("-c", KILLED, where, number)
        assert done.returncode == -signal.SIGKILL, (where, number, done.stderr)
    killed.manage("migrate", "--verbosity", "0")

    assert shape_of(killed) == shape_of(whole)


def test_several_at_once_wait_for_one_another(new_installation):
    """As when containers start together, or somebody types it twice."""
    shared = new_installation()

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: shared.run("manage.py", "migrate", "--verbosity", "0"), range(3)))

    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 3
    assert "No planned migration operations." in shared.manage("migrate", "--plan")


@pytest.mark.django_db
def test_one_that_waits_says_so_and_does_not_wait_for_ever(monkeypatch, capsys):
    monkeypatch.setattr(migrate, "PATIENCE_SECONDS", 0)

    with somebody_migrates(), pytest.raises(CommandError, match="Another migration has been under way for long"):
        call_command("migrate", verbosity=0)

    assert "Another migration is under way." in capsys.readouterr().out


@pytest.mark.django_db
def test_the_turn_is_given_back_also_by_one_that_fails(monkeypatch):
    monkeypatch.setattr(migrate, "PATIENCE_SECONDS", 0)
    with pytest.raises(CommandError, match="nonsense"):
        call_command("migrate", "nonsense", verbosity=0)

    with somebody_migrates():
        pass


@contextlib.contextmanager
def somebody_migrates():
    """Another process, as the database sees it, has the turn meanwhile; fails where somebody else has."""
    with contextlib.ExitStack() as stack:
        if connection.vendor == "postgresql":
            stack.enter_context(contextlib.closing(other := psycopg2.connect(**connection.get_connection_params())))
            other.autocommit = True
            cursor = stack.enter_context(other.cursor())
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [migrate.ADVISORY_LOCK])
            assert cursor.fetchone()[0]
            stack.callback(cursor.execute, "SELECT pg_advisory_unlock_all()")  # the end of a connection takes a moment
        else:
            file = stack.enter_context(open(f"{connection.settings_dict['NAME']}.lock", "w"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
