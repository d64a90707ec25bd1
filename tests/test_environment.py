"""The environment: secrets that embedded mode makes for itself, typed variables, and what stops a start."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import trustme
from django.core.exceptions import ImproperlyConfigured

from careportal import safeguards
from careportal.environment import Environment, kept_secret
from careportal.management.commands.set_up import where_mail_goes
from careportal.records import sealed
from enquiries.mail import attempts
from tests import production

ROOT = Path(__file__).resolve().parent.parent


def test_a_secret_is_made_once_and_is_for_the_owners_eyes_only(tmp_path):
    path = tmp_path / "data" / "secret.key"

    first, again = kept_secret(path), kept_secret(path)

    assert first == again
    assert len(first) >= 50
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]


def test_two_installations_have_different_secrets(tmp_path):
    assert kept_secret(tmp_path / "one") != kept_secret(tmp_path / "two")


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path):
    path = str(tmp_path / "key")
    command = f"import pathlib, careportal.environment as e; print(e.kept_secret(pathlib.Path({path!r})))"
    with ThreadPoolExecutor(6) as pool:
        run = [pool.submit(subprocess.check_output, [sys.executable, "-c", command], cwd=ROOT) for _ in range(6)]

    assert len({one.result() for one in run}) == 1


def test_a_variable_left_empty_counts_as_not_set():
    empty = {name: "" for name in ("DATA_DIR", "PORT", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "COUNCIL", "BASE_URL")}
    command = "from careportal import settings; print(settings.DATA_DIR, settings.PORT, settings.COUNCIL.key)"

    told = subprocess.check_output([sys.executable, "-c", command], cwd=ROOT, env={**os.environ, **empty}, text=True)

    assert told.split() == [str(ROOT / "var" / "barking_and_dagenham"), "8000", "barking_and_dagenham"]


def embedded(tmp_path, *command, cwd=ROOT, **given):
    """Run a management command, or a program, in an embedded installation of its own."""
    return subprocess.run(
        [sys.executable, *(command if command[0] == "-c" else [str(ROOT / "manage.py"), *command])],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path / "data"), **given},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("PORT", value) for value in ("abc", "0", "70000", "-1", "80.5")],
        *[("SWEEP_SECONDS", value) for value in ("abc", "0", "-1", "nan")],
        ("TRUSTED_PROXY_COUNT", "x"),
        ("LOG_LEVEL", "loud"),
        *[("DATABASE_URL", value) for value in ("garbage", "mysql://a@b/c", "postgres://b", "postgres://b:x/c")],
        *[("DATABASE_URL", value) for value in ("sqlite://", "sqlite://:memory:", "sqlite:///")],
        ("DATA_DIR", "/proc/nope"),
        *[("BASE_URL", value) for value in ("https://", "portal.example.org", "ftp://portal.example.org")],
        *[("ALLOWED_HOSTS", value) for value in (",", " , ")],
        ("REDIS_URL", "x"),
        ("MAIL_SECONDS", "0"),
        ("ACKNOWLEDGEMENTS_PER_MINUTE", "0"),
        *[("EMAIL_CA_FILE", value) for value in ("/nowhere/ca.pem", "/", str(ROOT / "README.md"))],
        *[("BACKUP_RECIPIENTS", value) for value in ("council.key", "ssh-ed25519 AAAA", "age1abc", ",")],
        *[("NOTIFY_RECEIPTS_TOKEN", value) for value in ("short", "long enough but with spaces in it")],
        ("HSTS_PRELOAD", "perhaps"),
        *[("FROM_ADDRESS", value) for value in ("nobody", "a@example.org, b@example.org", "A\r\nB <a@example.org>")],
        *[("EMAIL_URL", value) for value in ("smtp://", "smtp:mail.example", "smtp+tls://", "smtp://:25")],
        *[("EMAIL_URL", value) for value in ("consolemail://", "mail.example", "smtp://localhost:99999")],
    ],
)
def test_a_value_that_does_not_fit_is_named_in_plain_words(tmp_path, name, value):
    """(UP8)"""
    done = embedded(tmp_path, "check", **{name: value})

    assert done.returncode == 1
    assert f"- {name} must" in done.stderr
    assert "Traceback" not in done.stderr


def test_everything_that_does_not_fit_is_named_at_once_and_no_value_is_shown(tmp_path):
    """A value may hold a password. (UP8)"""
    done = embedded(tmp_path, "serve", PORT="abc", MAIL_SECONDS="0", EMAIL_URL="smtp://portal:invented-pass@:25")

    assert [line.split()[1] for line in done.stderr.splitlines()[1:]] == ["PORT", "EMAIL_URL", "MAIL_SECONDS"]
    assert "invented-pass" not in done.stderr


def test_with_traceback_a_developer_sees_where_it_comes_from(tmp_path):
    assert "Traceback" in embedded(tmp_path, "check", "--traceback", PORT="abc").stderr


def test_the_log_level_may_be_written_small():
    env = Environment({"LOG_LEVEL": "debug"})

    assert env.one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO")) == "DEBUG"
    assert env.problems == []


def test_what_fits_is_read_by_its_type():
    env = Environment({"A": "7", "B": "0.5", "C": "Yes", "D": "one, two,", "E": ""})

    assert env.whole("A", 1, least=1, most=9) == 7
    assert env.number("B", 5.0, least=0.5, most=9.0) == 0.5
    assert env.flag("C", False) is True
    assert env.names("D", []) == ["one", "two"]
    assert env.text("E", "not set") == "not set"
    env.refuse()


def test_a_mail_server_is_read_with_its_user_and_its_encryption():
    found = Environment({"EMAIL_URL": "smtp+tls://portal:a%23b@mail.example.org:587"}).mail_server("EMAIL_URL")

    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("portal", "a#b")


def test_nothing_is_raised_before_everything_was_read():
    env = Environment({"A": "x", "B": "y"})
    env.whole("A", 1, least=1, most=2)
    env.whole("B", 1, least=1, most=2)

    with pytest.raises(ImproperlyConfigured, match=r"(?s)- A must be.*- B must be"):
        env.refuse()


@pytest.mark.parametrize("strange", ["with # in it", "what?", "100%25", "a&b=c"])
def test_a_data_folder_may_have_any_name(tmp_path, strange):
    data = tmp_path / strange
    show = "from careportal import settings; print(settings.DATABASES['default']['NAME'])"

    told = embedded(tmp_path, "-c", show, DATA_DIR=str(data)).stdout

    assert told.strip() == str(data / "portal.sqlite3")


def test_what_a_database_address_asks_for_is_kept(tmp_path):
    show = "from careportal import settings; print(settings.DATABASES['default']['OPTIONS'])"

    told = embedded(tmp_path, "-c", show, DATABASE_URL="postgres://a@b/c?sslmode=verify-full").stdout

    assert "'sslmode': 'verify-full'" in told
    assert "'connect_timeout': 5" in told


def test_a_file_of_sqlite_is_the_same_one_from_every_folder(tmp_path):
    show = "from careportal import settings; print(settings.DATABASES['default']['NAME'])"

    told = embedded(tmp_path, "-c", show, cwd=tmp_path, DATABASE_URL="sqlite:///var/own.sqlite3").stdout

    assert told.strip() == str(ROOT / "var" / "own.sqlite3")


@pytest.mark.parametrize(
    "command",
    [
        "set_up",
        "load_pack",
        "migrate",
        "reconcile",
        "seed_world",
        "create_officer a@example.org",
        "codes a@example.org",
    ],
)
def test_a_database_that_is_away_is_said_in_plain_words(tmp_path, command):
    away = "postgres://portal:invented@127.0.0.1:9/portal"

    done = embedded(tmp_path, *command.split(), DATABASE_URL=away)

    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be reached: check DATABASE_URL")
    assert "Traceback" not in done.stderr
    assert "invented" not in done.stderr


def test_a_table_that_is_missing_is_not_called_a_database_that_is_away(tmp_path):
    done = embedded(tmp_path, "load_pack")

    assert "no such table" in done.stderr
    assert "cannot be reached" not in done.stderr


def test_it_is_said_truly_where_mail_goes(tmp_path):
    given = {"EMAIL_URL": "smtp://localhost:9", "BUSINESS_FORUM_INBOX": "forum@example.org"}

    done = embedded(tmp_path, "set_up", **given)

    assert "handed to the mail server at localhost" in done.stdout
    assert "No mail leaves" not in done.stdout
    assert where_mail_goes(None).startswith("No mail leaves this computer.")


@pytest.mark.parametrize("seconds", [1, 25])
def test_a_claim_lasts_long_enough_for_the_mark_before_the_dot(tmp_path, seconds):
    """Else no mail would ever be handed over: none may be with less than the margin left."""
    least = seconds + safeguards.LEASE_MARGIN_EMBEDDED_SECONDS
    given = {"MAIL_SECONDS": str(seconds)}

    short = embedded(tmp_path, "check", MAIL_LEASE_SECONDS=str(least - 1), **given)
    enough = embedded(tmp_path, "check", MAIL_LEASE_SECONDS=str(least), **given)

    assert "- MAIL_LEASE_SECONDS must be" in short.stderr
    assert (enough.returncode, enough.stderr) == (0, "")
    assert attempts.MARK_MARGIN_SECONDS < safeguards.LEASE_MARGIN_EMBEDDED_SECONDS < safeguards.LEASE_MARGIN_SECONDS


def test_what_a_backup_is_encrypted_for_and_a_mail_server_is_known_by_is_taken(tmp_path):
    authority = tmp_path / "authority.pem"
    trustme.CA().cert_pem.write_to_path(str(authority))
    keys = f"{sealed.new_key(tmp_path / 'old.key')}, {sealed.new_key(tmp_path / 'new.key')}"

    done = embedded(tmp_path, "check", EMAIL_CA_FILE=str(authority), BACKUP_RECIPIENTS=keys)

    assert (done.returncode, done.stderr) == (0, "")


NOTIFY = {
    "NOTIFY_API_KEY": "portal-11111111-2222-4333-8444-555555555555-66666666-7777-4888-9999-aaaaaaaaaaaa",
    "NOTIFY_TEMPLATE_ID": "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff",
    "NOTIFY_RECEIPTS_TOKEN": "invented-token-of-receipts",
}


def test_production_may_send_by_notify_and_needs_no_mail_server_then():
    done = production.manage("check", leaving_out="EMAIL_URL", **NOTIFY)

    assert (done.returncode, done.stderr) == (0, "")


def test_mail_leaves_by_one_way_only():
    done = production.manage("check", **NOTIFY)

    assert done.returncode == 1
    assert "- EMAIL_URL and NOTIFY_API_KEY are both set" in done.stderr


def test_without_any_way_for_mail_production_does_not_start():
    assert "- EMAIL_URL is not set." in production.manage("check", leaving_out="EMAIL_URL").stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("NOTIFY_API_KEY", value) for value in ("wrong-value", NOTIFY["NOTIFY_API_KEY"][:-1])],
        *[("NOTIFY_TEMPLATE_ID", value) for value in ("", "wrong-value")],
        *[("NOTIFY_RECEIPTS_TOKEN", value) for value in ("", "wrong-value", "wrong value with spaces in it")],
        ("NOTIFY_REPLY_TO_ID", "wrong-value@example.org"),
        *[("NOTIFY_BASE_URL", value) for value in ("http://notify.example.org", "wrong-value", "ftp://127.0.0.1")],
    ],
)
def test_what_notify_needs_is_named_and_no_value_is_shown(name, value):
    done = production.manage("check", leaving_out="EMAIL_URL", **{**NOTIFY, name: value})

    assert done.returncode == 1
    assert f"- {name} must" in done.stderr
    assert "wrong" not in done.stderr
    assert NOTIFY["NOTIFY_API_KEY"][:-1] not in done.stderr


def test_notify_writes_to_no_inbox_that_was_not_named():
    """The pack's own inbox belongs to a real council."""
    environment = {**NOTIFY, "BUSINESS_FORUM_INBOX": ""}

    assert (
        "- BUSINESS_FORUM_INBOX is not set" in production.manage("check", leaving_out="EMAIL_URL", **environment).stderr
    )


def test_embedded_mode_never_sends_out_by_notify_either(tmp_path):
    given = {**NOTIFY, "BUSINESS_FORUM_INBOX": "forum@example.org"}

    out = embedded(tmp_path, "check", **given)
    here = embedded(tmp_path, "check", NOTIFY_BASE_URL="http://127.0.0.1:9", **given)

    assert "- NOTIFY_BASE_URL must be on this machine" in out.stderr
    assert here.returncode == 0
