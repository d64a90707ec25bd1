"""Work for the worker. Every task is safe to run at any time, and twice: it only looks what is due."""

from typing import Any

from celery import shared_task
from celery.signals import beat_init

from enquiries import services, sweeper
from enquiries.mail import post
from enquiries.models import Pulse


@shared_task
def send_due_mail() -> None:
    """Send whatever is due. Published when mail is written, and swept up every few seconds."""
    services.note_pulse(Pulse.Part.WORKER)
    post.send_due()
    services.note_pulse(Pulse.Part.SWEEP)


@shared_task
def note_schedule_seen() -> None:
    """Only the schedule publishes this, so it shows that the schedule runs."""
    services.note_pulse(Pulse.Part.SCHEDULE)


@shared_task
def remove_expired_drafts() -> None:
    """Forget applications that were begun and never sent."""
    services.remove_expired_drafts()


@beat_init.connect
def start_sweeper(**kwargs: Any) -> None:
    """The schedule's process sweeps by itself when no worker is heard of: the broker may be away for a day."""
    sweeper.start()
