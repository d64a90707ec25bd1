"""A hint to the worker never fails a request and never holds it up."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys

import pytest
from django.db import transaction

from careportal.kit import hints
from tests import services

# Publishes three hints as the portal would, each as if the pause after the last failure were over.
PUBLISHER = """
import json, os, signal, sys, time
import django
django.setup()
from celery import shared_task
from careportal.celery import app
from careportal.kit import hints

@shared_task(name="tests.nothing")
def nothing():
    pass

hints.warm(app)
if freeze := int(sys.argv[1]):
    hints._try(nothing)
    os.kill(freeze, signal.SIGSTOP)
taken = []
for _ in range(3):
    hints.breaker.closed_again_at = 0.0
    started = time.monotonic()
    hints._try(nothing)
    taken.append(time.monotonic() - started)
print(json.dumps({"taken": taken, "failed": hints.breaker.closed_again_at > 0}))
"""


class FakeTask:
    """Counts how often somebody tried to publish it."""

    def __init__(self, error=None):
        self.error, self.tries = error, 0

    def apply_async(self, **options):
        self.tries += 1
        self.options = options
        if self.error:
            raise self.error


@pytest.fixture(autouse=True)
def breaker(monkeypatch):
    fresh = hints.Breaker()
    monkeypatch.setattr(hints, "breaker", fresh)
    return fresh


def publish_through(redis_url, *, freezing=0):
    """What three tries in a process of their own took, with the portal's settings and this Redis."""
    done = subprocess.run(
        [sys.executable, "-c", PUBLISHER, str(freezing)],
        cwd=services.ROOT,
        env={**os.environ, "REDIS_URL": redis_url, "REDIS_PREFIX": "hints-test:", "LOG_LEVEL": "CRITICAL"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


@contextlib.contextmanager
def silent_server(*, accepting=True):
    """A server that answers nothing; or one whose queue of connections is full, so that it does not even connect."""
    with socket.socket() as server, contextlib.ExitStack() as waiting:
        server.bind(("127.0.0.1", 0))
        server.listen(50 if accepting else 0)
        for _ in range(0 if accepting else 3):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.mark.django_db(transaction=True)
def test_a_hint_is_published_after_the_commit_and_not_before():
    task = FakeTask()

    with transaction.atomic():
        hints.publish(task)
        assert task.tries == 0

    assert task.tries == 1
    assert task.options["retry"] is False


@pytest.mark.django_db(transaction=True)
def test_a_hint_of_a_transaction_that_is_undone_is_not_published():
    task = FakeTask()

    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        hints.publish(task)
        1 / 0  # noqa: B018

    assert task.tries == 0


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_fails_fails_nobody_and_its_words_stay_out_of_the_log(caplog):
    """(AV13)"""
    with transaction.atomic():
        hints.publish(FakeTask(OSError("redis://:secret@broker")))

    assert "hint.not_published reason=OSError" in caplog.text
    assert "secret" not in caplog.text


def test_after_a_failure_nobody_tries_again_for_a_while(breaker):
    task = FakeTask(OSError())
    hints._try(task)
    hints._try(task)
    assert task.tries == 1

    breaker.closed_again_at = 0.0
    hints._try(task)
    assert task.tries == 2


def test_a_closed_port_costs_next_to_nothing():
    """(F3)"""
    result = publish_through(f"redis://127.0.0.1:{services.free_port()}/0")

    assert result["failed"]
    assert max(result["taken"]) < 0.3


@pytest.mark.parametrize("accepting", [True, False], ids=["accepts and is silent", "does not accept"])
def test_a_silent_broker_costs_half_a_second(accepting):
    """(F4)"""
    with silent_server(accepting=accepting) as url:
        result = publish_through(url)

    assert result["failed"]
    assert max(result["taken"]) < 0.9


def test_a_redis_that_freezes_costs_half_a_second():
    """(F4)"""
    with services.private_redis() as (url, process):
        result = publish_through(url, freezing=process.pid)
        process.send_signal(signal.SIGCONT)

    assert result["failed"]
    assert max(result["taken"]) < 0.9


def test_a_redis_that_works_gets_the_hints_at_once():
    with services.private_redis() as (url, _):
        result = publish_through(url)

    assert not result["failed"]
    assert max(result["taken"]) < 0.3
