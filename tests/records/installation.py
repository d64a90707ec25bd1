"""A whole installation with a database of its own, for what only other processes can show."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import requests
from django.conf import settings
from django.db import connection

from tests import services

NUMBERS = itertools.count()
DROPPED = {"DATABASE_URL", "REDIS_URL", "BACKUP_RECIPIENTS", "COUNCIL"}


@dataclass
class Installation:
    folder: Path
    url: str

    @property
    def env(self) -> dict[str, str]:
        """With the keys of this run, and the settings of tests: nothing has to be built or collected first."""
        kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
        own = {"DATA_DIR": str(self.folder), "DATABASE_URL": self.url, "LOG_LEVEL": "WARNING"}
        keys = {"SECRET_KEY": settings.SECRET_KEY, "ENCRYPTION_KEY": settings.ENCRYPTION_KEY}
        return {**kept, **own, **keys, "DJANGO_SETTINGS_MODULE": "tests.settings"}

    def run(self, *command: object, **more: str) -> "subprocess.CompletedProcess[str]":
        """A Python program in this installation's environment, with more variables if given."""
        return subprocess.run(
            [sys.executable, *map(str, command)],
            cwd=services.ROOT,
            env=self.env | more,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def manage(self, *command: object, **more: str) -> str:
        """What a command prints; fails the test when the command does."""
        done = self.run("manage.py", *command, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def web(self) -> Iterator[str]:
        """The address of its web server, while it runs."""
        port = str(services.free_port())
        command = [sys.executable, "manage.py", "serve", "web"]
        with services.start_process(command, env=self.env | {"PORT": port}):
            url = f"http://127.0.0.1:{port}"
            services.wait_until(lambda: _answers(url), seconds=60, what="a web server")
            yield url


def of_sqlite(folder: Path) -> Installation:
    folder.mkdir()
    return Installation(folder, f"sqlite:///{folder / 'portal.sqlite3'}")


def of_postgres(folder: Path) -> Installation:
    """With a new database beside the run's own, whose name begins as that does, so that it is dropped with it."""
    folder.mkdir()
    ours = services.same_installation()["DATABASE_URL"]
    name = f"{connection.settings_dict['NAME']}_{next(NUMBERS)}"
    opened = psycopg2.connect(ours)
    opened.autocommit = True
    with opened.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    opened.close()
    return Installation(folder, urlunsplit(urlsplit(ours)._replace(path=f"/{name}")))


def like_this_run(folder: Path) -> Installation:
    return of_sqlite(folder) if connection.vendor == "sqlite" else of_postgres(folder)


def drop(installation: Installation) -> None:
    """Remove its database from PostgreSQL."""
    if installation.url.startswith("postgres"):
        name = urlsplit(installation.url).path[1:]
        services.drop_databases(services.same_installation()["DATABASE_URL"], beginning_with=name)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/health/live", timeout=5).ok
    except requests.ConnectionError:
        return False
