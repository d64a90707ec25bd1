"""The health checks: what they need, what they find, and that they give nothing away."""

import datetime as dt

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from careportal import facts, verdicts
from enquiries import jobs
from enquiries.models import Pulse
from tests.factories import MailFactory
from tests.running.wellbeing import ago, known


def test_live_asks_no_database(client):
    """The database is closed to this test. (AP12)"""
    response = client.get(reverse("live"))

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_when_work_moves_says_so_and_nothing_more(client, monkeypatch):
    """(AP12)"""
    monkeypatch.setattr(facts, "moving", known)

    response = client.get(reverse("ready"))

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"database": "not reachable (OperationalError)"}, "database"),
        ({"migrations_missing": 2}, "migrations"),
        ({"assets_built": False}, "assets are not built"),
        ({"oldest_due_seconds": 901.0, "oldest_stuck_seconds": 901.0}, "mail is delayed"),
        ({"last_sweep_at": ago(minutes=5)}, "sweep is late"),
        ({"last_sweep_at": None}, "sweep is late"),
        ({"schedule_seen_at": ago(minutes=5)}, "schedule is not seen"),
        ({"schedule_seen_at": None}, "schedule is not seen"),
        ({"jobs_late": ["Removal of old drafts"]}, "a job is late"),
        ({"disk_free_bytes": 199_000_000}, "disk is full"),
    ],
)
def test_ready_names_what_stops_work_without_hosts_counts_or_versions(client, monkeypatch, changed, reason):
    """(AP12, AV15)"""
    monkeypatch.setattr(facts, "moving", lambda: known(**changed))

    response = client.get(reverse("ready"))

    assert (response.status_code, response.json()) == (503, {"status": "not ready", "reason": reason})


@pytest.mark.parametrize(
    "changed",
    [{"failed": 3}, {"uncertain": 3}, {"oldest_due_seconds": 9e4}, {"worker_seen_at": None}, {"last_backup_at": None}],
)
def test_what_only_waits_for_somebody_is_no_alarm(changed):
    assert verdicts.trouble(known(**changed)) == ""
    assert len(verdicts.warnings(known(**changed))) == 1


def test_a_short_wait_is_no_trouble():
    assert verdicts.trouble(known(oldest_due_seconds=30.0, last_sweep_at=ago(seconds=20))) == ""


def test_a_schedule_that_is_told_to_look_seldom_is_late_later(settings):
    settings.JOBS_SECONDS = 600

    assert verdicts.trouble(known(schedule_seen_at=ago(minutes=49))) == ""
    assert verdicts.trouble(known(schedule_seen_at=ago(minutes=51))) == "schedule is not seen"


@pytest.mark.parametrize("part", ["last_sweep_at", "schedule_seen_at"])
def test_in_its_first_minute_a_new_installation_is_only_starting(part):
    assert verdicts.trouble(known(**{part: None}, migrated_at=ago(seconds=30), jobs_late=["Any job"])) == ""
    assert verdicts.trouble(known(**{part: None}, migrated_at=ago(seconds=90))) != ""
    assert verdicts.trouble(known(**{part: ago(minutes=30)}, migrated_at=ago(seconds=30))) != "", "it ran before"


def test_a_database_that_is_away_is_a_fact_and_no_error(monkeypatch):
    """(AV14)"""

    def away():
        raise OperationalError("connection to server at 10.0.0.1 failed")

    monkeypatch.setattr(facts, "_migrations_missing", away)

    assert facts.moving()["database"] == "not reachable (OperationalError)"


@pytest.mark.django_db
def test_a_database_behind_the_program_is_asked_nothing_more(monkeypatch):
    monkeypatch.setattr(facts, "_migrations_missing", lambda: 1)

    assert verdicts.trouble(facts.everything()) == "migrations"


@pytest.mark.django_db
def test_an_installation_that_runs_is_ready_and_one_whose_jobs_stopped_is_not(client, monkeypatch):
    """AV15: by the pulses in the database, from end to end."""
    monkeypatch.setattr(facts, "_migrated_at", lambda: ago(days=1))
    now = timezone.now()
    for part in (Pulse.Part.SWEEP, Pulse.Part.SCHEDULE, *(job.part for job in jobs.all_jobs())):
        Pulse.objects.create(part=part, seen_at=now)
    assert client.get(reverse("ready")).status_code == 200

    Pulse.objects.filter(part=Pulse.Part.DRAFTS).update(seen_at=now - dt.timedelta(hours=3))

    assert client.get(reverse("ready")).json()["reason"] == "a job is late"


@pytest.mark.django_db
def test_ready_is_as_cheap_with_much_mail_as_with_none(client):
    """It is asked every few seconds: no count of all mails."""

    def queries():
        with CaptureQueriesContext(connection) as made:
            client.get(reverse("ready"))
        return len(made)

    few = queries()
    for _ in range(20):
        MailFactory(sent=True)

    assert queries() == few <= 9


@pytest.mark.parametrize("name", ["live", "ready"])
def test_checks_are_only_for_reading(client, name):
    assert client.post(reverse(name)).status_code == 405
