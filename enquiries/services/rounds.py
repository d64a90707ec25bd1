"""One round of a job: what is due, step by step, each a transaction of its own, for as long as the round may take."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from enquiries.exceptions import Refused

logger = logging.getLogger(__name__)

ROUND_SECONDS = 20
BATCH = 200


def end_of_round() -> float:
    return time.monotonic() + ROUND_SECONDS


def each(name: str, step: Callable[[int], None], due: "QuerySet[Any]", ends_at: float) -> int:
    """Take the step with each row that is due, by its number. Returns how often it was done."""
    numbers = list(due.values_list("pk", flat=True)[:BATCH])
    return sum(time.monotonic() < ends_at and tried(name, step, number) for number in numbers)


def tried(name: str, step: Callable[[int], None], number: int) -> bool:
    """Whether it was done. One that fails stops no other."""
    try:
        with transaction.atomic():
            step(number)
    except Refused:  # somebody answered or decided meanwhile
        return False
    except Exception as error:
        logger.error("%s.failed number=%s reason=%s", name, number, type(error).__name__)
        return False
    return True
