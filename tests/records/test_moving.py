"""What `manage.py move_in` refuses before it begins. tests/records/test_other_machines.py really moves."""

import contextlib
import os
import sqlite3
import time

import pytest
from django.core.management import CommandError
from django.db import connection

from careportal.records import moving
from tests.records import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(tmp_path):
    """A file of SQLite that nobody has written to for an hour."""
    path = tmp_path / "portal.sqlite3"
    sqlite3.connect(path).close()
    hour_ago = time.time() - 3600
    os.utime(path, (hour_ago, hour_ago))
    return path


@pytest.fixture
def on_postgres(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "postgresql")


@pytest.mark.parametrize("url", ["postgres://a@b/c", "portal.sqlite3", "sqlite:///"])
def test_the_source_is_a_file_of_sqlite(url):
    with pytest.raises(CommandError, match="must be sqlite:////folder/file"):
        world.run("move_in", "--from", url)


def test_it_moves_to_postgresql_only(source, monkeypatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")

    with pytest.raises(CommandError, match="Set DATABASE_URL to the new PostgreSQL database"):
        world.run("move_in", "--from", f"sqlite:///{source}")


def test_a_file_that_is_not_there_is_named(tmp_path, on_postgres):
    with pytest.raises(CommandError, match="There is no file"):
        world.run("move_in", "--from", f"sqlite:///{tmp_path / 'nothing'}")


@pytest.mark.parametrize("kind", ["a text", "nothing", "another program's"])
def test_a_file_that_is_no_database_of_a_portal_is_named(source, on_postgres, kind):
    if kind == "a text":
        source.write_text("Dear council,\n" * 200)
    elif kind == "another program's":
        with contextlib.closing(sqlite3.connect(source)) as database:
            database.execute("CREATE TABLE songs (title TEXT)")

    with pytest.raises(CommandError, match=r"portal\.sqlite3 is no database of a portal"):
        world.run("move_in", "--from", f"sqlite:///{source}", "--anyway")


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_file_that_was_just_written_to_is_refused(source, on_postgres, suffix):
    source.with_name(source.name + suffix).write_text("x")

    with pytest.raises(moving.Refused, match="written to within the last minute"):
        moving.move_in(source, print)
