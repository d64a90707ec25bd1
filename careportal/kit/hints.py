"""Hints to the worker that something is due. The database row is the truth and a sweep finds it anyway.

So a hint may be lost, but it must never fail a request or hold it up: publishing is tried once, within half a
second, and after a failure not again for a while.
"""

import logging
import time

from celery import Celery, Task
from celery.canvas import Signature
from django.db import transaction

logger = logging.getLogger(__name__)

EXPIRES_SECONDS = 60
PAUSE_SECONDS = 15.0


class Breaker:
    """Closed while publishing works. Open for PAUSE_SECONDS after a failure; one caller then tries again."""

    def __init__(self) -> None:
        self.closed_again_at = 0.0

    def allows(self) -> bool:
        return time.monotonic() >= self.closed_again_at

    def open(self) -> None:
        self.closed_again_at = time.monotonic() + PAUSE_SECONDS


breaker = Breaker()


def publish(task: "Task | Signature") -> None:
    """Tell the worker, once the present transaction is committed. Never raises, never waits long."""
    transaction.on_commit(lambda: _try(task), robust=True)


def warm(app: Celery) -> None:
    """Open the broker connection before the first request needs it. Never raises."""
    try:
        with app.producer_or_acquire() as producer:
            producer.connection.default_channel  # noqa: B018  a property that connects
    except Exception as error:
        _note(error)


def _try(task: "Task | Signature") -> None:
    if not breaker.allows():
        return
    try:
        task.apply_async(retry=False, ignore_result=True, expires=EXPIRES_SECONDS)
    except Exception as error:  # whatever a broker can do to us, the applicant's answer is already stored
        _note(error)


def _note(error: Exception) -> None:
    breaker.open()
    logger.warning("hint.not_published reason=%s", type(error).__name__)
