"""Work for the worker. Every task is safe to run at any time, and twice: it only looks what is due."""

from typing import Any

from celery import shared_task
from celery.signals import beat_init

from careportal.kit import hints
from enquiries import jobs, services, sweeper
from enquiries.admin.found import export_rows
from enquiries.mail import post
from enquiries.models import Pulse
from enquiries.services import exports


@shared_task
def send_due_mail() -> None:
    """Send whatever is due. Published when mail is written, and swept up every few seconds."""
    services.note_pulse(Pulse.Part.WORKER)
    post.send_due()
    services.note_pulse(Pulse.Part.SWEEP)


@shared_task(soft_time_limit=jobs.BUSY_SECONDS - 15, time_limit=jobs.BUSY_SECONDS - 5)
def run_due_jobs() -> None:
    """Do the jobs that are due. Only the schedule publishes this, so it shows that the schedule runs."""
    services.note_pulse(Pulse.Part.SCHEDULE)
    jobs.run_due()


@shared_task(soft_time_limit=exports.TASK_SECONDS - 10, time_limit=exports.TASK_SECONDS)
def make_exports() -> None:
    """Make the export that has waited longest, and be told again if there may be more."""
    if exports.make_next(export_rows):
        exports.tell_worker()


@beat_init.connect
def start_sweeper(**kwargs: Any) -> None:
    """The schedule's process sweeps by itself when no worker is heard of: the broker may be away for a day.

    It asks for the jobs at once, so that a new installation is soon seen to be well.
    """
    sweeper.start()
    hints.publish(run_due_jobs)
