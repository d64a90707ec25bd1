"""Jobs that come again and again: each once in its time, never twice at once, and late ones are seen (AV15)."""

import datetime as dt

import pytest
from django.utils import timezone

from enquiries import jobs
from enquiries.models import Pulse
from tests.enquiries.moments import time_passes

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch):
    """One job that comes every minute; how often it was done."""
    times = []
    job = jobs.Job(Pulse.Part.DRAFTS, 60, lambda: times.append(1))
    monkeypatch.setattr(jobs, "all_jobs", lambda: [job])
    return times


def test_a_job_is_done_once_in_its_time(done):
    jobs.run_due()
    jobs.run_due()
    assert len(done) == 1

    time_passes(seconds=61)
    jobs.run_due()
    assert len(done) == 2


def test_a_job_that_has_more_to_do_is_due_again_at_once_is_not_late_and_the_worker_is_told(monkeypatch):
    """MI13: a full inbox is read look by look, without the pause between two."""
    left, told = [True, True, False], []
    job = jobs.Job(Pulse.Part.MAILBOX, 60, lambda: left.pop(0))
    monkeypatch.setattr(jobs, "all_jobs", lambda: [job])
    monkeypatch.setattr(jobs.hints, "publish", told.append)

    for _ in range(4):
        jobs.run_due()
        assert jobs.late() == []

    assert left == []
    assert [one.task for one in told] == ["enquiries.tasks.run_due_jobs"] * 2


def test_a_job_that_somebody_is_at_is_not_begun_again(done):
    """AV15: a job never overlaps itself."""
    Pulse.objects.create(part=Pulse.Part.DRAFTS, busy_until=timezone.now() + dt.timedelta(seconds=50))

    jobs.run_due()

    assert done == []


def test_a_job_whose_worker_died_is_begun_again(done):
    Pulse.objects.create(part=Pulse.Part.DRAFTS, busy_until=timezone.now() - dt.timedelta(seconds=1))

    jobs.run_due()

    assert len(done) == 1


@pytest.mark.parametrize("column", ["seen_at", "busy_until"])
def test_a_job_that_a_wrong_clock_noted_for_the_future_is_done_now(done, column):
    """F17."""
    Pulse.objects.create(part=Pulse.Part.DRAFTS, **{column: timezone.now() + dt.timedelta(days=2)})

    jobs.run_due()

    assert len(done) == 1


def test_a_job_that_fails_stops_no_other_is_tried_again_and_counts_as_late(monkeypatch):
    """AV15."""
    done = []

    def fails():
        raise OSError("the inbox is away")

    first = jobs.Job(Pulse.Part.MAILBOX, 60, fails)
    second = jobs.Job(Pulse.Part.DRAFTS, 60, lambda: done.append(1))
    monkeypatch.setattr(jobs, "all_jobs", lambda: [first, second])
    Pulse.objects.create(part=Pulse.Part.SCHEDULE, seen_at=timezone.now())

    jobs.run_due()

    assert done == [1]
    assert jobs.late() == ["Look into the inbox"]
    assert Pulse.objects.get(part=Pulse.Part.MAILBOX).busy_until is None


def test_a_job_that_was_missed_is_late_after_two_of_its_periods(done):
    """AV15."""
    Pulse.objects.create(part=Pulse.Part.SCHEDULE, seen_at=timezone.now())
    jobs.run_due()
    assert jobs.late() == []

    time_passes(seconds=2 * 60 + 61)

    assert jobs.late() == ["Removal of old drafts"]


def test_every_job_of_the_portal_can_be_done(maildir):
    jobs.run_due()

    assert Pulse.objects.filter(seen_at__isnull=False).count() == len(jobs.all_jobs())
    assert jobs.late() == []


def test_where_jobs_are_looked_at_seldom_they_are_late_later(done, settings):
    settings.JOBS_SECONDS = 600
    Pulse.objects.create(part=Pulse.Part.SCHEDULE, seen_at=timezone.now())
    jobs.run_due()

    time_passes(seconds=5 * 600 - 10)
    assert jobs.late() == []

    time_passes(seconds=20)
    assert jobs.late() == ["Removal of old drafts"]
