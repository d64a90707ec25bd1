"""The health checks: what they need, what they find, and that they give nothing away."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from careportal import health

NOW = timezone.now


def known(**changed):
    """The facts of an installation that is well, some of them changed."""
    fresh = NOW().isoformat()
    well = {
        "database": "reachable",
        "migrations_missing": 0,
        "oldest_due_seconds": None,
        "last_sweep_at": fresh,
        "schedule_seen_at": fresh,
        "queued": 12345,
    }
    return {**well, **changed}


def ago(**period):
    return (NOW() - dt.timedelta(**period)).isoformat()


def test_live_asks_no_database(client):
    """The database is closed to this test. (AP12)"""
    response = client.get(reverse("live"))

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_when_everything_is_well_says_so_and_nothing_more(client, monkeypatch):
    """(AP12)"""
    monkeypatch.setattr(health, "facts", known)

    response = client.get(reverse("ready"))

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"database": "not reachable (OperationalError)"}, "database"),
        ({"migrations_missing": 2}, "migrations"),
        ({"oldest_due_seconds": 901.0}, "mail is delayed"),
        ({"last_sweep_at": ago(minutes=5)}, "sweep is late"),
        ({"last_sweep_at": None}, "sweep is late"),
        ({"schedule_seen_at": ago(minutes=5)}, "schedule is not seen"),
    ],
)
def test_ready_names_what_is_wrong_without_hosts_counts_or_versions(client, monkeypatch, changed, reason):
    """(AP12, AV15)"""
    monkeypatch.setattr(health, "facts", lambda: known(**changed))

    response = client.get(reverse("ready"))

    assert (response.status_code, response.json()) == (503, {"status": "not ready", "reason": reason})


def test_a_short_wait_is_no_trouble():
    assert health.trouble(known(oldest_due_seconds=30.0, last_sweep_at=ago(seconds=20))) == ""


def test_a_database_that_is_away_is_a_fact_and_no_error(monkeypatch):
    """(AV14)"""

    def away():
        raise OperationalError("connection to server at 10.0.0.1 failed")

    monkeypatch.setattr(health, "_migrations_missing", away)

    assert health.facts()["database"] == "not reachable (OperationalError)"


@pytest.mark.django_db
def test_facts_of_a_fresh_installation():
    found = health.facts()

    assert found["database"] == "reachable"
    assert found["migrations_missing"] == 0


@pytest.mark.parametrize("name", ["live", "ready"])
def test_checks_are_only_for_reading(client, name):
    assert client.post(reverse(name)).status_code == 405


def test_status_prints_all_facts_for_programs(monkeypatch, capsys):
    monkeypatch.setattr(health, "facts", known)

    call_command("status", "--json")

    printed = json.loads(capsys.readouterr().out)
    assert printed["queued"] == 12345
    assert printed["ready"] == "yes"


def test_status_prints_plain_words_for_people(monkeypatch, capsys):
    monkeypatch.setattr(health, "facts", lambda: known(last_sweep_at=None))

    call_command("status")

    assert "Last sweep at          not known\n" in capsys.readouterr().out


def test_status_can_fail_for_a_container(monkeypatch):
    monkeypatch.setattr(health, "facts", lambda: known(migrations_missing=1))

    with pytest.raises(CommandError, match="migrations"):
        call_command("status", "--check")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"database": "not reachable (OperationalError)"}, "The database cannot be reached: check DATABASE_URL."),
        ({"last_sweep_at": None}, "The sweep is late"),
        ({"schedule_seen_at": None}, "The schedule is not seen: check that it runs."),
        ({"oldest_due_seconds": 901.0}, "Mail is delayed"),
    ],
)
def test_status_says_why_it_fails_in_a_sentence(monkeypatch, changed, sentence):
    monkeypatch.setattr(health, "facts", lambda: known(**changed))

    with pytest.raises(CommandError, match=sentence):
        call_command("status", "--check")
