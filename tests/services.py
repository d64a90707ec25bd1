"""PostgreSQL, Redis, a browser and processes for tests: found on this machine, or started here and ended by us."""

import contextlib
import getpass
import glob
import grp
import os
import pwd
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

import psutil
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
    """The path of a Chromium on this machine, best the one without windows: half the work. None when there is none."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
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


class Server:
    """A server of our own on a free loopback port: stopped, killed, frozen and started again as a test likes."""

    process: subprocess.Popen[bytes]

    def __init__(
        self, command: Sequence[str], *, port: int, user: str | None = None, ready: Callable[[], bool] | None = None
    ) -> None:
        self.command, self.port, self.user = list(command), port, user
        self.ready = ready or (lambda: accepts(port))

    def start(self, *, seconds: float = 60) -> None:
        """Start it, and wait until it can be used."""
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            user=self.user,
            group=pwd.getpwnam(self.user).pw_gid if self.user else None,
        )
        wait_until(self.ready, seconds=seconds, what=f"the start of {Path(self.command[0]).name}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end, and wait until it has."""
        self.process.send_signal(how)
        self.process.wait(30)

    def kill(self) -> None:
        """kill -9 of all its processes at once, as a power cut would."""
        everybody = self._everybody()
        self._signal(signal.SIGKILL)
        psutil.wait_procs(everybody, timeout=10)

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """Whatever state it is in, nothing of it is left."""
        everybody = self._everybody()
        if self.process.poll() is None:
            self.thaw()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.send_signal(signal.SIGINT)
                self.process.wait(10)
        self.kill()
        psutil.wait_procs(everybody, timeout=5)  # children may outlive it by a moment, and still write

    def _signal(self, number: signal.Signals) -> None:
        for process in self._everybody():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def _everybody(self) -> list[psutil.Process]:
        """It and all that it started, though they may have made sessions of their own."""
        with contextlib.suppress(psutil.NoSuchProcess):
            main = psutil.Process(self.process.pid)
            return [main, *main.children(recursive=True)] if self.process.poll() is None else []
        return []

    @contextlib.contextmanager
    def running(self) -> "Iterator[Server]":
        try:
            self.start()
            yield self
        finally:
            self.end()


@contextlib.contextmanager
def private_redis(*options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of our own on a free port, which may be frozen, stopped or emptied at will: its address, its process."""
    with redis_server(*options) as server:
        yield f"redis://127.0.0.1:{server.port}/0", server.process


@contextlib.contextmanager
def redis_server(*options: str) -> Iterator[Server]:
    """A Redis of our own that keeps nothing on disk."""
    program = binary("redis-server") or missing("redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, *options]
        with Server(command, port=port).running() as server:
            yield server


@contextlib.contextmanager
def private_postgres() -> Iterator[str]:
    """A PostgreSQL of our own on a free port, run by a user without rights: its address."""
    with postgres_server() as server:
        yield url_of(server)


def url_of(server: Server, database: str = "postgres") -> str:
    return f"postgres://postgres@127.0.0.1:{server.port}/{database}"


@contextlib.contextmanager
def postgres_server(parent: Path | None = None, *, small: bool = False) -> Iterator[Server]:
    """A PostgreSQL of our own with its real promises about the disk. `small` keeps its log short, for a tiny disk."""
    program, initdb = binary("postgres"), binary("initdb")
    if not (program and initdb):
        missing("postgres")
    port, user = free_port(), user_without_rights()
    folder = Path(tempfile.mkdtemp(prefix="careportal-postgres-", dir=parent))
    setup = [initdb, "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    command = [program, "-D", str(folder / "data"), "-p", str(port), "-k", str(folder)]
    command += ["-c", "listen_addresses=127.0.0.1"]
    if small:
        setup += ["--wal-segsize", "1"]
        command += ["-c", "max_wal_size=4MB", "-c", "min_wal_size=2MB"]
    try:
        if user:
            shutil.chown(folder, user)
        subprocess.run(setup, check=True, capture_output=True, user=user, cwd=folder)
        server = Server(command, port=port, user=user)
        server.ready = lambda: _may_create_databases(url_of(server))
        with server.running():
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


DOVECOT = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 0
passdb {{
  driver = static
  args = password=invented
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


@contextlib.contextmanager
def imap_server() -> Iterator[tuple[Server, Path]]:
    """A Dovecot of our own, run by a user without rights: any name, password "invented". Yields its Maildirs too."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or missing("dovecot")
    port, user = free_port(), user_without_rights() or getpass.getuser()
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    folder = Path(tempfile.mkdtemp(prefix="careportal-dovecot-"))
    try:
        for name in ("run", "state", "mail", "home"):
            (folder / name).mkdir()
        config = folder / "dovecot.conf"
        config.write_text(DOVECOT.format(folder=folder, port=port, user=user, group=group))
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, user, group)
        run_by = user if os.getuid() == 0 else None
        with Server([program, "-F", "-c", str(config)], port=port, user=run_by).running() as server:
            yield server, folder / "mail"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def user_without_rights() -> str | None:
    """PostgreSQL refuses to run as root."""
    return None if os.getuid() else ("postgres" if _user_exists("postgres") else "nobody")


def _user_exists(name: str) -> bool:
    return subprocess.run(["id", name], capture_output=True, check=False).returncode == 0


def accepts(port: int) -> bool:
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
