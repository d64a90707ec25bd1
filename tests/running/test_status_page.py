"""The status page and `manage.py status`: the same lines for people and the same codes for programs."""

import datetime as dt
import json
import os
import socket
import threading
import time
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from careportal import assets, facts, verdicts
from careportal.accounts.roles import Role
from careportal.verdicts import State
from enquiries import tasks
from enquiries.models import Pulse, Wording
from tests.factories import MailFactory, UserFactory
from tests.running.wellbeing import ago, known

MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def line(what, **changed):
    (found,) = [line for line in verdicts.lines(known(**changed)) if line.what == what]
    return found


def test_an_installation_that_is_well_has_nothing_to_look_at(settings):
    settings.SMTP_HOST = None
    lines = verdicts.lines(known())

    assert {line.state for line in lines} == {State.WORKING, State.ABSENT}
    assert [line.what for line in lines if line.state == State.ABSENT] == ["CQC’s directory"]
    assert (verdicts.trouble(known()), verdicts.warnings(known())) == ("", [])


@pytest.mark.parametrize(
    ("changed", "code", "says"),
    [
        ({"failed": 1}, "mail has failed", "1 mail could not be delivered."),
        ({"uncertain": 2}, "mail is uncertain", "Nobody knows whether 2 mails arrived."),
        ({"oldest_due_seconds": 7201.0}, "a letter is delayed", "A letter to one person has waited 2 hours."),
        ({"worker_seen_at": ago(minutes=5)}, "worker is not seen", "Not seen lately."),
        ({"broker": "Redis does not answer (TimeoutError)"}, "broker does not answer", "Redis does not answer."),
        ({"disk_free_bytes": 999_000_000}, "disk is nearly full", "952.7 MB of 93.1 GB are free."),
        ({"disk_free_bytes": 9_000_000_000}, "disk is nearly full", "8.4 GB of 93.1 GB are free."),
        ({"last_backup_at": None}, "no backup", "No backup has been made."),
        ({"last_backup_at": ago(hours=27)}, "backup is old", "The last backup is more than a day old."),
        ({"bank_holidays_until": "2020-12-28"}, "bank holidays end soon", "Known until 28 December 2020."),
        ({"wordings_broken": 1}, "a wording cannot be used", "A wording cannot be filled in."),
        (
            {"database_rights": ["create roles", "create databases"]},
            "database user may do too much",
            "It may create roles, create databases: more than the portal needs.",
        ),
    ],
)
def test_what_needs_somebody_is_said_with_what_to_do(changed, code, says):
    """MO19, SC8."""
    (found,) = [line for line in verdicts.lines(known(**changed)) if line.code]

    assert found.code == code
    assert found.says.replace("\xa0", " ").startswith(says)
    assert found.to_do
    assert verdicts.warnings(known(**changed)) == [code]
    assert verdicts.trouble(known(**changed)) == ""


def test_what_makes_the_portal_not_ready_is_named_there_and_not_twice():
    both = known(disk_free_bytes=1, oldest_stuck_seconds=1000.0, failed=1)

    assert verdicts.trouble(both) == "mail is delayed"
    assert verdicts.warnings(both) == ["disk is full", "mail has failed"]


def test_an_inbox_that_cannot_be_looked_into_is_not_set_up(settings):
    settings.SMTP_HOST, settings.MAILBOX = "mail.example.org", {}
    assert line("Look into the inbox").state == State.ABSENT

    settings.MAILBOX = {"host": "mail.example.org"}
    assert line("Look into the inbox").state == State.WORKING
    late = line("Look into the inbox", jobs_late=["Look into the inbox"], mailbox_read_at=ago(hours=1))
    assert (late.state, late.code) == (State.LOOK, "inbox is not read")


@pytest.mark.parametrize("part", ["worker_seen_at", "mailbox_read_at"])
def test_what_never_ran_is_starting_for_a_minute_and_no_longer(settings, part):
    settings.SMTP_HOST = None

    assert verdicts.warnings(known(**{part: None}, migrated_at=ago(seconds=30))) == []
    assert len(verdicts.warnings(known(**{part: None}))) == 1


def test_the_schedule_asks_for_the_jobs_as_soon_as_it_starts(monkeypatch):
    """AV15: otherwise nobody could tell for half a minute whether it runs."""
    asked = []
    monkeypatch.setattr(tasks.sweeper, "start", lambda: asked.append("sweeper"))
    monkeypatch.setattr(tasks.hints, "publish", asked.append)

    tasks.start_sweeper()

    assert asked == ["sweeper", tasks.run_due_jobs]


def test_bank_holidays_warn_a_year_before_they_end():
    today = timezone.localdate()

    assert not line("Bank holidays", bank_holidays_until=(today + dt.timedelta(days=365)).isoformat()).code
    assert line("Bank holidays", bank_holidays_until=(today + dt.timedelta(days=364)).isoformat()).code


# --- Where the facts come from


def test_the_package_brings_the_bank_holidays_without_asking_anybody():
    until = facts._bank_holidays_until()

    assert until > dt.date(2026, 12, 1)
    assert until.month == 12


@pytest.mark.parametrize("noted", [None, "", "[]", "{}", '{"at": "yesterday", "rows": 1}', '{"at": 5, "rows": 1}'])
def test_a_note_of_a_backup_that_cannot_be_read_is_no_backup(settings, tmp_path, noted):
    settings.DATA_DIR = tmp_path
    if noted is not None:
        (tmp_path / "last_backup.json").write_text(noted)

    assert facts._last_backup()["last_backup_at"] is None


def test_the_note_of_a_backup_is_read(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    note = {"at": "2026-11-22T03:00:00+00:00", "bytes": 12, "rows": 7}
    (tmp_path / "last_backup.json").write_text(json.dumps(note))

    assert facts._last_backup() == {"last_backup_at": "2026-11-22T03:00:00+00:00", "last_backup_rows": 7}


@pytest.mark.parametrize(
    ("listed", "built"), [(None, False), ('{"paths"', False), ('{"version": "1.1", "paths": {}}', True)]
)
def test_whether_the_assets_are_built_is_seen_by_the_list_that_pages_look_them_up_in(settings, tmp_path, listed, built):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": MANIFEST}}
    if listed:
        (tmp_path / "staticfiles.json").write_text(listed)

    assert assets.are_built() is built


def test_where_files_are_not_hashed_no_list_is_asked_for():
    assert assets.are_built()


def test_the_fullest_volume_counts(settings, tmp_path, monkeypatch):
    """A folder that is not there yet lies on the volume of the one above it."""
    settings.DATA_DIR = tmp_path / "not" / "there"
    asked = []

    def usage(folder):
        asked.append(folder)
        return SimpleNamespace(free=5 if folder == tmp_path else 100, total=1000)

    monkeypatch.setattr(facts.shutil, "disk_usage", usage)

    assert facts._disk() == {"disk_free_bytes": 5, "disk_bytes": 1000}
    assert len(asked) == (2 if connection.vendor == "sqlite" else 1)


def test_files_are_a_broker_that_needs_no_server_but_a_folder_to_write_to(settings, tmp_path, monkeypatch):
    settings.REDIS_URL, settings.BROKER_DIR = "", tmp_path / "broker"
    assert facts._broker() == "files"

    monkeypatch.setattr(facts.os, "access", lambda folder, how: False)
    assert line("Messages to the worker", broker=facts._broker()).code == "broker does not answer"


@pytest.fixture
def silent_server():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_hold, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _hold(server):
    held = []
    while True:
        try:
            held.append(server.accept())
        except OSError:
            return


def test_a_redis_that_says_nothing_holds_the_page_up_for_half_a_second_at_most(settings, silent_server):
    settings.REDIS_URL = f"redis://127.0.0.1:{silent_server}/0"
    started = time.monotonic()

    found = facts._broker()

    assert found == "Redis does not answer (TimeoutError)"
    assert time.monotonic() - started < 0.6


@pytest.mark.services
def test_redis_answers(settings):
    settings.REDIS_URL = os.environ["REDIS_URL"]

    assert facts._broker() == "Redis"


@pytest.mark.django_db
def test_the_rights_of_the_databases_user_are_looked_up():
    """SC8. The suite's own user makes databases; SQLite knows no users."""
    held = facts._rights()

    if connection.vendor == "sqlite":
        assert held == []
    else:
        assert {"create databases", "do everything (superuser)"} & set(held)


@pytest.mark.django_db
def test_only_mail_that_officers_see_is_counted():
    MailFactory(failed=True)
    MailFactory(sign_in=True, state="failed")

    assert facts.everything()["failed"] == 1


# --- The page


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role])
def test_every_officer_sees_how_the_portal_is_doing(browser_of, role):
    MailFactory(failed=True)
    Wording.objects.create(part="what_next", text="((nonsense))")
    Pulse.objects.create(part=Pulse.Part.WORKER, seen_at=timezone.now())

    answer = browser_of(UserFactory(role=role)).get("/status/")

    page = answer.content.decode()
    for words in (
        "1 mail could not be delivered.",
        "A wording cannot be filled in.",
        "Worker",
        "Open Mail",
        "Not set up",
    ):
        assert words in page
    assert 'href="/status/" aria-current="true"' in page
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_strangers_and_people_who_are_no_staff_learn_nothing(browser_of):
    """AZ1."""
    answer = Client().get("/status/")
    assert answer.url == "/account/login/?next=/status/"
    assert "no-store" in answer["Cache-Control"]
    assert browser_of(UserFactory()).get("/status/").status_code == 403


@pytest.mark.django_db
def test_the_page_is_only_for_reading(officer, browser_of):
    assert browser_of(officer).post("/status/").status_code == 405


# --- The command


def test_status_tells_programs_all_facts_and_what_they_mean(monkeypatch, capsys):
    monkeypatch.setattr(facts, "everything", lambda: known(failed=1, last_backup_at=None))

    call_command("status", "--json")

    printed = json.loads(capsys.readouterr().out)
    assert printed["queued"] == 12345
    assert (printed["ready"], printed["warnings"]) == ("yes", ["mail has failed", "no backup"])


def test_status_tells_people_in_lines_with_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(facts, "everything", lambda: known(last_sweep_at=None))

    call_command("status")

    printed = capsys.readouterr().out
    assert "Working       Database: SQLite answers.\n" in printed
    assert "Not working   Looking for mail to send: It has never been seen.\n              -> Tell" in printed


def test_of_a_database_that_is_away_nothing_is_told_but_that(monkeypatch, capsys):
    """Nobody can know then whether its version fits."""
    away = known(database="not reachable (OperationalError)", migrations_missing=None)
    monkeypatch.setattr(facts, "everything", lambda: away)

    call_command("status")

    printed = capsys.readouterr().out
    assert "Not working   Database: The database cannot be reached." in printed
    assert "Version of the database" not in printed
    assert "Disk: " in printed


@pytest.mark.parametrize("missing", [0, 1])
def test_the_version_of_a_database_that_was_read_is_told(missing):
    assert [one.what for one in verdicts.lines(known(migrations_missing=missing))][1] == "Version of the database"


@pytest.mark.django_db
def test_status_works_on_the_real_database(capsys):
    call_command("status", "--json")
    assert json.loads(capsys.readouterr().out)["database"] == "reachable"

    call_command("status")
    assert "Backup: No backup has been made." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"database": "not reachable (OperationalError)"}, "cannot be reached. Check DATABASE_URL"),
        ({"migrations_missing": 1}, "Migrations are missing.* Run manage.py set_up."),
        ({"assets_built": False}, "no page can be shown. Run manage.py build_assets"),
        ({"last_sweep_at": None}, "Looking for mail to send: It has never been seen."),
        ({"schedule_seen_at": ago(hours=1)}, "check that the schedule runs"),
        ({"oldest_stuck_seconds": 901.0}, "Mail is delayed"),
        ({"jobs_late": ["Removal of old drafts"]}, "Late: removal of old drafts."),
    ],
)
def test_status_says_in_a_sentence_why_a_check_fails(monkeypatch, changed, sentence):
    """AV15."""
    monkeypatch.setattr(facts, "moving", lambda: known(**changed))

    with pytest.raises(CommandError, match=sentence):
        call_command("status", "--check")


def test_a_check_that_passes_says_nothing(monkeypatch, capsys):
    monkeypatch.setattr(facts, "moving", lambda: known(failed=5))

    call_command("status", "--check")

    assert capsys.readouterr().out == ""
