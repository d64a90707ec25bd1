"""`manage.py migrate` may be killed at any moment and run again (UP7)."""

import signal

import pytest

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
    """Django alone leaves a gap there; whoever was killed in it could never migrate again."""
    watched = KILLED.replace("count += 1", "count += not connection.in_atomic_block")

    done = new_installation().run("-c", watched, "note", 1)

    assert (done.returncode, done.stdout.strip()) == (0, "0"), done.stderr
