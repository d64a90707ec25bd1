"""PostgreSQL, Redis, a browser and processes for tests: found on this machine, or started here and ended by us."""

import contextlib
import getpass
import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import psycopg2
import pytest
import redis
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], *, seconds: float = 30.0, what: str = "it") -> Any:
    """The condition's first true value. Fails the test when there is none in time."""
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds:g} seconds")


# --- Processes -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def start_process(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    output: Path | None = None,
    user: str | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own; ended with all that it started when the block is left, by its own id."""
    with contextlib.ExitStack() as files:
        sink = files.enter_context(output.open("wb")) if output else subprocess.DEVNULL
        process = subprocess.Popen(
            list(command),
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
        )
        try:
            yield process
        finally:
            end_process(process)


def end_process(process: subprocess.Popen[bytes], *, grace_seconds: float = 15.0) -> None:
    """Ask it to stop, wait, then end its whole session."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGCONT)
        process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace_seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(5)


# --- What this machine has -----------------------------------------------------------------------------------------


def reachable_postgres() -> str | None:
    """The address of a PostgreSQL where we may create databases; None when there is none."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith("postgres"):
        return named if _may_create_databases(named) else None
    standard = [f"postgres://{user}@127.0.0.1:5432/postgres" for user in ("postgres", getpass.getuser())]
    return next((url for url in standard if _may_create_databases(url)), None)


def reachable_redis() -> str | None:
    """The address of a Redis that answers; None when there is none."""
    url = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        return None
    return url


def browser() -> str | None:
    """The path of a Chromium on this machine; None when there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def missing(what: str, *, required_by: str = "REQUIRE_SERVICES") -> NoReturn:
    """Skip the present test for want of something, or fail it where the run was told that nothing may be left out."""
    if os.environ.get(required_by) == "1":
        pytest.fail(f"{what} is not there, and {required_by}=1 asks for it")
    pytest.skip(f"{what} is not there")


def binary(name: str) -> str | None:
    """A server program: on PATH, or where Debian puts PostgreSQL's."""
    return shutil.which(name) or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)


def _may_create_databases(url: str) -> bool:
    try:
        opened = psycopg2.connect(url, connect_timeout=2)
    except psycopg2.Error:
        return False
    with contextlib.closing(opened), opened.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


# --- Private servers -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def private_redis(*options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of our own on a free port, which may be frozen, stopped or emptied at will: its address, its process."""
    program = binary("redis-server") or missing("redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, *options]
        with start_process(command) as process:
            wait_until(lambda: _accepts(port), what="redis-server's start")
            yield f"redis://127.0.0.1:{port}/0", process


@contextlib.contextmanager
def private_postgres() -> Iterator[str]:
    """A PostgreSQL of our own on a free port, run by a user without rights: its address."""
    program, initdb = binary("postgres"), binary("initdb")
    if not (program and initdb):
        missing("postgres")
    port, user = free_port(), _user_without_rights()
    folder = Path(tempfile.mkdtemp(prefix="careportal-postgres-"))
    try:
        if user:
            shutil.chown(folder, user)
        subprocess.run(
            [initdb, "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
            cwd=folder,
        )
        command = [
            program,
            "-D",
            str(folder / "data"),
            "-p",
            str(port),
            "-k",
            str(folder),
            "-c",
            "listen_addresses=127.0.0.1",
        ]
        with start_process(command, user=user):
            url = f"postgres://postgres@127.0.0.1:{port}/postgres"
            wait_until(lambda: _may_create_databases(url), what="PostgreSQL's start")
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user_without_rights() -> str | None:
    """PostgreSQL refuses to run as root."""
    return None if os.getuid() else ("postgres" if _user_exists("postgres") else "nobody")


def _user_exists(name: str) -> bool:
    return subprocess.run(["id", name], capture_output=True, check=False).returncode == 0


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def same_installation() -> dict[str, str]:
    """The environment for a process that shall use this run's test database, broker and keys."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        who = quote(database["USER"]) + (f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else "")
        url = f"postgres://{who}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
    given = {
        "DJANGO_SETTINGS_MODULE": "careportal.settings",
        "DATABASE_URL": url,
        "DATA_DIR": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "ENCRYPTION_KEY": settings.ENCRYPTION_KEY,
        "COUNCIL": settings.COUNCIL.key,
    }
    return {**given, **{name: os.environ[name] for name in ("REDIS_URL", "REDIS_PREFIX") if name in os.environ}}


# --- Cleaning up after ourselves -----------------------------------------------------------------------------------


def drop_databases(url: str, *, beginning_with: str) -> None:
    """Drop what an interrupted run left behind: only databases whose name begins as this run's do."""
    opened = psycopg2.connect(url, connect_timeout=5)
    opened.autocommit = True
    with contextlib.closing(opened), opened.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [beginning_with])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def remove_keys(url: str, *, prefix: str) -> None:
    """Remove the keys of this run, and no others."""
    with redis.Redis.from_url(url, socket_timeout=5) as client:
        for key in client.scan_iter(match=f"{prefix}*"):
            client.delete(key)
