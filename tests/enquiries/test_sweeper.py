"""Mail leaves without broker and worker (AV13)."""

import datetime as dt

import pytest
from django.utils import timezone

from enquiries import sweeper, tasks
from enquiries.models import OutgoingMail, Pulse
from tests.factories import InterestFactory, MailFactory

pytestmark = pytest.mark.django_db


def test_the_sweeper_steps_in_when_no_worker_is_heard_of(maildir):
    MailFactory(enquiry=InterestFactory().enquiry)
    Pulse.objects.create(part=Pulse.Part.WORKER, seen_at=timezone.now() - dt.timedelta(minutes=1))

    assert sweeper.sweep_if_needed()

    assert OutgoingMail.objects.get().state == OutgoingMail.State.SENT
    assert Pulse.objects.get(part=Pulse.Part.SWEEP)


def test_the_sweeper_leaves_the_mail_to_a_worker_that_is_alive(maildir):
    MailFactory(enquiry=InterestFactory().enquiry)
    Pulse.objects.create(part=Pulse.Part.WORKER, seen_at=timezone.now())

    assert not sweeper.sweep_if_needed()

    assert OutgoingMail.objects.get().state == OutgoingMail.State.QUEUED


def test_the_workers_task_sends_what_is_due_and_leaves_its_pulse(maildir):
    MailFactory(enquiry=InterestFactory().enquiry)

    tasks.send_due_mail()

    assert OutgoingMail.objects.get().state == OutgoingMail.State.SENT
    assert set(Pulse.objects.values_list("part", flat=True)) == {"worker", "sweep"}


def test_the_schedule_leaves_its_pulse():
    tasks.run_due_jobs()

    assert Pulse.objects.filter(part=Pulse.Part.SCHEDULE).exists()


@pytest.mark.parametrize("worker", ["alive", "away"])
def test_the_schedule_is_seen_whether_or_not_a_worker_is_there(maildir, worker):
    """Else its absence would be named as the reason when it is the worker or Redis that is away."""
    if worker == "alive":
        Pulse.objects.create(part=Pulse.Part.WORKER, seen_at=timezone.now())

    sweeper.look()

    assert Pulse.objects.filter(part=Pulse.Part.SCHEDULE, seen_at__isnull=False).exists()


def test_the_schedule_is_seen_even_when_its_sweep_fails(monkeypatch):
    def fails():
        raise OSError("the mail server is away")

    monkeypatch.setattr(sweeper.post, "send_due", fails)

    with pytest.raises(OSError, match="away"):
        sweeper.look()

    assert Pulse.objects.filter(part=Pulse.Part.SCHEDULE).exists()
