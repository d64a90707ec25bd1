"""Sends due mail and does due jobs without broker or worker, when no worker has been heard of for a while.

It runs as a thread of the schedule's process, and shows that this is there. Claims make it safe beside any number of
workers.
"""

import logging
import threading
import time

from django.conf import settings
from django.db import close_old_connections

from careportal.kit import clock
from enquiries import jobs, services
from enquiries.admin.found import export_rows
from enquiries.mail import post
from enquiries.models import Pulse
from enquiries.services import exports

logger = logging.getLogger(__name__)


def start() -> None:
    """Watch in the background, for as long as the process lives."""
    threading.Thread(target=_watch, name="sweeper", daemon=True).start()


def look() -> None:
    """One round: the schedule shows that it runs, and does the worker's work if no worker does."""
    services.note_pulse(Pulse.Part.SCHEDULE)
    sweep_if_needed()


def sweep_if_needed() -> bool:
    """Send what is due if no worker does. Returns whether it was needed."""
    if worker_is_heard_of():
        return False
    post.send_due()
    services.note_pulse(Pulse.Part.SWEEP)
    jobs.run_due()
    exports.make_next(export_rows)
    return True


def worker_is_heard_of() -> bool:
    patience = 3 * max(settings.SWEEP_SECONDS, 5.0)
    return Pulse.objects.filter(part=Pulse.Part.WORKER, seen_at__gt=clock.after(-patience)).exists()


def _watch() -> None:
    time.sleep(3 * max(settings.SWEEP_SECONDS, 5.0))  # give the worker time to start
    while True:
        close_old_connections()
        try:
            look()
        except Exception as error:  # whatever it is, the next round may succeed, and nobody else would begin it
            logger.error("sweeper.failed reason=%s", type(error).__name__)
        time.sleep(settings.SWEEP_SECONDS)
