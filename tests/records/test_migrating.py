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

# Kills itself, as `kill -9` would, at the given step of a migration: before a statement that changes tables, or
# before a migration is noted as done.
KILLED = """
import os, signal, sys
import django
from django.core.management import execute_from_command_line
django.setup()
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

count = 0
where, number = sys.argv[1], int(sys.argv[2])
owner, name = {
    "statement": (connection.SchemaEditorClass, "execute"),
    "note": (MigrationRecorder, "record_applied"),
}[where]
step = getattr(owner, name)

def dying(*args, **kwargs):
    global count
    count += 1
    if count == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(*args, **kwargs)

setattr(owner, name, dying)
execute_from_command_line(["manage.py", "migrate", "--verbosity", "0"])
print(count)
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


@pytest.mark.parametrize("where", ["statement", "note"])
def test_killed_in_the_middle_it_is_run_again_and_comes_out_right(new_installation, where):
    """Twice in turn, on one database: at the beginning, and far on."""
    whole, killed = new_installation(), new_installation()
    steps = int(whole.run("-c", KILLED, where, 0).stdout)

    for number in (3, steps // 2):
        done = killed.run("-c", KILLED, where, number)
        assert done.returncode == -signal.SIGKILL, done.stderr
    killed.manage("migrate", "--verbosity", "0")

    assert shape_of(killed) == shape_of(whole)


def test_no_migration_is_committed_before_it_is_noted_as_done(new_installation):
    """Django alone leaves a gap there; whoever was killed in it could never migrate again.

    That one stands for several is noted when those are: without that note it is worked out anew the next time.
    """
    in_the_gap = 'not (connection.in_atomic_block or "_squashed_" in args[2])'
    watched = KILLED.replace("count += 1", f"count += {in_the_gap}")

    done = new_installation().run("-c", watched, "note", 1)

    assert (done.returncode, done.stdout.strip()) == (0, "0"), done.stderr


def test_several_at_once_wait_for_one_another(new_installation):
    """As when containers start together, or somebody types it twice."""
    whole, shared = new_installation(), new_installation()
    whole.manage("migrate", "--verbosity", "0")

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: shared.run("manage.py", "migrate", "--verbosity", "0"), range(3)))

    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 3
    assert shape_of(shared) == shape_of(whole)


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
