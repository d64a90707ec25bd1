"""`manage.py serve`: the whole portal in one terminal, and nothing of it left when that ends."""

import http.client
import os
import pty
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest
from django.core.management import call_command

from careportal.management.commands import serve
from tests import services

PARTS = {"web": "careportal.waitress_server", "worker": "worker", "schedule": "beat"}


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """The environment of an installation of its own, its database ready."""
    folder = tmp_path_factory.mktemp("installation")
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
        "DJANGO_SETTINGS_MODULE": "careportal.settings",
        "DATA_DIR": str(folder),
        "PORT": str(services.free_port()),
        "SWEEP_SECONDS": "1",
    }
    for command in (["build_assets"], ["migrate", "--verbosity", "0"], ["createcachetable"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=services.ROOT, env=environment, check=True)
    return environment


@pytest.fixture
def portal(installation, tmp_path):
    """A running portal; what it prints is in `output`."""
    output = tmp_path / "output"
    with services.start_process([sys.executable, "manage.py", "serve"], env=installation, output=output) as process:
        process.output = output
        services.wait_until(lambda: "ready." in output.read_text(), seconds=60, what="a worker that is ready")
        services.wait_until(lambda: status_of(installation) == 200, what="a page")
        yield process


def status_of(installation, path="/health/live"):
    connection = http.client.HTTPConnection("127.0.0.1", int(installation["PORT"]), timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def part(process, name):
    """The process of one part, the supervisor's own child."""
    children = psutil.Process(process.pid).children()
    return next((child for child in children if PARTS[name] in command_line_of(child)), None)


def command_line_of(member):
    """Nothing for one that has just ended."""
    try:
        return member.cmdline()
    except psutil.Error:
        return []


def everybody(process):
    return psutil.Process(process.pid).children(recursive=True)


def alive(member):
    try:
        return member.is_running() and member.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def all_gone(members):
    services.wait_until(lambda: not any(map(alive, members)), seconds=10, what="the end of every process")
    return True


def test_one_command_starts_web_worker_and_schedule_and_listens_on_this_machine_only(portal, installation):
    assert all(part(portal, name) for name in PARTS)
    assert part(portal, "worker").children(), "the worker's pool"
    services.wait_until(lambda: "open at http://" in portal.output.read_text(), what="the line that names the address")

    listening = {
        connection.laddr
        for member in everybody(portal)
        for connection in member.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }

    assert listening == {("127.0.0.1", int(installation["PORT"]))}


def test_ctrl_c_ends_every_process_and_is_no_failure(portal):
    members = everybody(portal)

    portal.send_signal(signal.SIGINT)

    assert portal.wait(20) == 0
    assert all_gone(members)
    assert "Traceback" not in portal.output.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it takes a second longer")
def test_killed_outright_nothing_of_it_is_left_not_even_the_pool(portal):
    members = everybody(portal)
    assert len(members) == 4

    portal.kill()

    assert all_gone(members)


def test_a_worker_that_is_killed_is_back_in_seconds(portal):
    killed = part(portal, "worker")
    pool = killed.children()

    killed.kill()

    assert all_gone([killed, *pool])
    back = services.wait_until(lambda: part(portal, "worker"), seconds=10, what="a new worker")
    assert back.pid != killed.pid
    services.wait_until(lambda: portal.output.read_text().count("ready.") == 2, what="a new worker that is ready")


def test_parts_are_told_the_data_folder_in_full(monkeypatch, tmp_path, settings):
    """They run in another folder than the one `serve` was started from."""
    started = []
    monkeypatch.setenv("DATA_DIR", "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serve, "_become", lambda command: started.append(os.environ["DATA_DIR"]))
    monkeypatch.setattr(serve.Command, "_run_all", lambda self: None)

    call_command("serve", "worker")

    assert started == [str(settings.DATA_DIR)]


def test_a_taken_port_is_said_before_anything_is_started(installation):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(installation["PORT"])))
        other.listen()
        done = run_serve(installation)

    assert done.returncode != 0
    assert f"Port {installation['PORT']} of this machine is in use" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("parts", [["web"], []])
def test_without_styles_and_scripts_no_page_is_served_and_it_is_said_what_to_do(installation, tmp_path, parts):
    done = run_serve(installation | {"DATA_DIR": str(tmp_path), "PORT": str(services.free_port())}, *parts)

    assert done.returncode == 1
    assert "Run manage.py build_assets, and then start this again." in done.stderr
    assert "Traceback" not in done.stderr


def test_worker_and_schedule_show_no_pages_and_need_no_assets(monkeypatch):
    started = []
    monkeypatch.setattr(serve.assets, "are_built", lambda: False)
    monkeypatch.setattr(serve, "_become", started.append)
    monkeypatch.setattr(serve.Command, "_run_all", lambda self: None)

    for part in ("worker", "schedule"):
        call_command("serve", part)

    assert len(started) == 2


def test_ctrl_c_in_a_terminal_ends_make_orderly_too(installation, tmp_path):
    """As in `make run`: make itself must see a good end, not an interrupt."""
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@exec {sys.executable} manage.py serve --with-parent\n")
    make, terminal = start_in_a_terminal(["make", "-f", str(makefile), "run"], installation)
    try:
        services.wait_until(lambda: status_of(installation) == 200, what="a page")
        members = everybody(make)
        os.write(terminal, b"\x03")
        read_until_closed(terminal)

        assert make.wait(20) == 0
        assert all_gone(members)
    finally:
        services.end_process(make)
        os.close(terminal)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it takes a second longer")
def test_when_make_is_killed_the_portal_ends(installation, tmp_path):
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@exec {sys.executable} manage.py serve --with-parent\n")
    with services.start_process(["make", "-f", str(makefile), "run"], env=installation) as make:
        services.wait_until(lambda: status_of(installation) == 200, what="a page")
        members = everybody(make)
        make.kill()
        services.wait_until(lambda: not any(map(alive, members)), seconds=20, what="the end of every process")


def run_serve(environment, *parts):
    """For a start that is refused: it ends by itself."""
    return subprocess.run(
        [sys.executable, "manage.py", "serve", *parts],
        cwd=services.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def start_in_a_terminal(command, environment):
    """A command as the foreground of a terminal of its own, as somebody at a keyboard would start it."""
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL, *command],
        cwd=services.ROOT,
        env=environment,
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    return process, terminal


# The terminal belongs to a shell that waits, as somebody's own shell would; its exit code is the command's.
IN_A_TERMINAL = """
import fcntl, os, signal, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = subprocess.Popen(sys.argv[1:], process_group=0)
os.tcsetpgrp(0, child.pid)
sys.exit(child.wait())
"""


def read_until_closed(terminal, *, seconds=20):
    """Read what the terminal shows, so that nobody waits for a reader; ends when its last program has."""
    give_up_at = time.monotonic() + seconds
    try:
        while time.monotonic() < give_up_at and os.read(terminal, 4096):
            pass
    except OSError:
        return
