"""N submitted = N stored = N delivered once or shown as uncertain: with real processes, killed for real."""

import random
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.enquiries.smtp import FaultyServer
from tests.faults.portal import Portal, Visitor, installed
from tests.services import wait_until

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


@contextmanager
def silent_server() -> Iterator[int]:
    """Accepts connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]


def test_with_a_silent_redis_an_answer_comes_within_a_second_and_the_mail_leaves_by_the_sweep(tmp_path, mail_server):
    """F4, AV13. One that is stopped (F3) and a web server that is killed (DI5) are in the bench: `make faults`."""
    with (
        silent_server() as port,
        installed(tmp_path, mail_server, REDIS_URL=f"redis://127.0.0.1:{port}/0") as (portal, stack),
    ):
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
