"""What the supervisor started never outlives it, and what dies is started again."""

import os
import signal
import sys

import psutil
import pytest

from tests import services

SLEEPER = "import time; time.sleep(600)"
PARENT_OF_A_SLEEPER = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}])"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEPER}"
WITH_POOL = """
import os, time
from careportal import lifeline
parent = os.getpid()
if os.fork() == 0:
    lifeline.end_with_parent(parent)
    os.setsid()
time.sleep(600)
"""


@pytest.fixture
def supervise(tmp_path):
    """Start a supervisor over one part that runs this program; gives the process and the file of its output."""
    running = []

    def start(program, *, grace=2.0):
        code = (
            "import sys; from careportal import supervisor as s; "
            f"s.GRACE_SECONDS = {grace}; s.SHORTEST_PAUSE = 0.1; "
            f"s.Supervisor({{'part': [sys.executable, '-c', {program!r}]}}).run()"
        )
        output = tmp_path / "output"
        context = services.start_process([sys.executable, "-c", code], output=output)
        process = context.__enter__()
        running.append(context)
        services.wait_until(lambda: len(psutil.Process(process.pid).children(recursive=True)) > 0, what="a child")
        return process, output

    yield start
    for context in running:
        context.__exit__(None, None, None)


def family(process, *, of):
    """The supervisor's descendants, once there are so many."""
    parent = psutil.Process(process.pid)
    return services.wait_until(
        lambda: (found := parent.children(recursive=True)) and len(found) >= of and found, what="the whole family"
    )


def all_gone(members):
    services.wait_until(lambda: not any(map(alive, members)), seconds=10, what="the end of every process")
    return True


def alive(member):
    try:
        return member.is_running() and member.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_it_ends_its_children_and_their_children_and_then_itself(supervise, number):
    process, _ = supervise(PARENT_OF_A_SLEEPER)
    members = family(process, of=2)

    process.send_signal(number)

    assert process.wait(10) == 0
    assert all_gone(members)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it takes a second longer")
def test_killed_outright_it_leaves_nobody_behind_not_even_a_process_in_another_session(supervise):
    process, _ = supervise(WITH_POOL)
    members = family(process, of=2)

    process.kill()

    assert all_gone(members)


def test_a_child_that_is_killed_is_started_again_and_what_it_had_started_is_ended(supervise):
    process, output = supervise(PARENT_OF_A_SLEEPER)
    child, grandchild = family(process, of=2)

    os.kill(child.pid, signal.SIGKILL)

    assert all_gone([child, grandchild])
    assert family(process, of=2)
    assert "ended (signal 9); starting again" in output.read_text()


def test_a_child_that_does_not_listen_is_ended_by_force(supervise):
    process, output = supervise(DEAF, grace=0.5)
    services.wait_until(lambda: "deaf" in output.read_text(), what="a child that ignores signals")
    members = family(process, of=1)

    process.terminate()

    assert process.wait(10) == 0
    assert all_gone(members)


def test_a_child_that_keeps_dying_is_started_more_and_more_slowly(supervise):
    _, output = supervise("import time; time.sleep(0.2); raise SystemExit(3)")

    services.wait_until(lambda: "again in 0.8 s" in output.read_text(), what="the third pause")
    pauses = [line.rpartition(" in ")[2] for line in output.read_text().splitlines() if "exit code 3" in line]
    assert pauses[:3] == ["0.2 s", "0.4 s", "0.8 s"]


def test_every_line_of_a_child_begins_with_its_name_and_moves_no_cursor(supervise):
    """(FI25)"""
    _, output = supervise(f"print('one\\ntwo \\x1b[2J'); {SLEEPER}")

    services.wait_until(lambda: "two" in output.read_text(), what="the second line")
    assert "part | one\npart | two \\x1b[2J\n" in output.read_text()
