"""N submitted = N stored = N delivered once or shown as uncertain: with real processes, killed for real."""

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.enquiries.smtp import FaultyServer
from tests.faults.portal import Portal, Visitor, installed
from tests.services import free_port, wait_until

pytestmark = pytest.mark.embedded


@pytest.fixture
def mail_server() -> Iterator[FaultyServer]:
    with FaultyServer().serving() as server:
        yield server


def submit(portal: Portal, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        visitor = Visitor(portal)
        visitor.fill_in(number)
        visitor.send()


def assert_nothing_lost_and_nothing_twice(portal: Portal, mail_server: FaultyServer) -> int:
    """I0: what clients were told = what is stored = delivered once + uncertain. Returns how many are uncertain."""
    figures = portal.reconcile()
    assert figures["stored"] == len(set(portal.ledger)) == len(portal.ledger)
    delivered = mail_server.count("<")
    assert [one for one, times in delivered.items() if times > 1] == []
    routing = Counter(figures["routing"])
    assert set(routing) <= {"sent", "uncertain"}, figures
    assert routing.total() == len(portal.ledger)
    routed = {one for one in delivered if one.startswith("<routing-")}
    assert routing["sent"] <= len(routed) <= routing["sent"] + routing["uncertain"]
    return routing["uncertain"]


def test_a_worker_killed_while_sending_loses_nothing_and_sends_nothing_twice(tmp_path, mail_server):
    """F1: kill -9 of the worker at random moments, with mail on its way."""
    moments = random.Random(20261122)
    with installed(tmp_path, mail_server) as (portal, stack):
        portal.start("web", stack)
        submit(portal, 12)
        portal.start("schedule", stack)
        for _ in range(6):
            before = len(mail_server.taken)
            portal.start("worker", stack)
            wait_until(lambda before=before: len(mail_server.taken) > before or portal.is_quiet(), what="a mail")
            time.sleep(moments.uniform(0, 0.2))
            portal.kill("worker")
        portal.start("worker", stack)
        wait_until(portal.is_quiet, seconds=60, what="sending the rest")

        assert_nothing_lost_and_nothing_twice(portal, mail_server)


def test_a_web_server_killed_while_storing_leaves_no_half_application(tmp_path, mail_server):
    """DI5, DI2: kill -9 of the web server under submits; whoever got no answer sends again."""
    moments = random.Random(5)
    with installed(tmp_path, mail_server) as (portal, stack):
        portal.start("web", stack)
        visitors = [Visitor(portal) for _ in range(12)]
        for number, visitor in enumerate(visitors):
            visitor.fill_in(number)

        done = threading.Event()

        def kill_and_restart() -> None:
            while not done.wait(moments.uniform(0.1, 0.6)):
                portal.kill("web")
                portal.start("web", stack)

        killer = threading.Thread(target=kill_and_restart)
        killer.start()
        try:
            for visitor in visitors:
                visitor.send(tries=20)
        finally:
            done.set()
            killer.join()
        portal.start("schedule", stack)
        portal.start("worker", stack)
        wait_until(portal.is_quiet, seconds=60, what="sending")

        assert_nothing_lost_and_nothing_twice(portal, mail_server)
        assert len(portal.ledger) == 12


@contextmanager
def silent_server() -> Iterator[int]:
    """Accepts connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]


@contextmanager
def nobody() -> Iterator[int]:
    yield free_port()


@pytest.mark.parametrize("broker", [nobody, silent_server], ids=["stopped", "silent"])
def test_without_redis_an_answer_comes_within_a_second_and_the_mail_leaves_by_the_sweep(tmp_path, mail_server, broker):
    """F3, F4, AV13."""
    with broker() as port, installed(tmp_path, mail_server, REDIS_URL=f"redis://127.0.0.1:{port}/0") as (portal, stack):
        portal.start("web", stack)
        portal.start("worker", stack)
        portal.start("schedule", stack)
        seconds = []
        for number in range(4):
            visitor = Visitor(portal)
            visitor.fill_in(number)
            visitor.send()
            seconds.append(visitor.submit_seconds)

        wait_until(portal.is_quiet, seconds=60, what="the sweep")

        assert max(seconds) < 1.0
        assert assert_nothing_lost_and_nothing_twice(portal, mail_server) == 0
