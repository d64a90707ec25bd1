"""`manage.py back_up`: one file, for the council's eyes only, taken while everybody goes on working."""

import datetime as dt
import json
import os
import re

import pytest
from django.core.management import CommandError
from django.db import OperationalError
from django.utils import timezone

from careportal.records import backup as backups
from careportal.records import sealed
from enquiries.models import Enquiry
from tests.factories import EnquiryFactory
from tests.records import world


def lines_of(path, key):
    return list(sealed.reading(path, sealed.keys(key)))


def test_a_backup_holds_every_row_and_says_how_many(backup, key):
    header, *rows, sums = lines_of(backup, key)

    stored = world.counts()
    assert json.loads(header)["tables"] == stored
    assert {label: one["rows"] for label, one in json.loads(sums).items()} == stored
    assert len(rows) == sum(stored.values())


def test_nobody_without_the_key_can_read_a_word_of_it(backup, key):
    """DI10, G24: neither names nor addresses nor the words of the format itself."""
    sealed_bytes = backup.read_bytes()

    assert world.NAME in "".join(json.loads(line).get("contact_name", "") for line in lines_of(backup, key))
    for canary in (world.NAME, "Quetzalcoatl", "seed-officer@example.org", "example.org", "enquiries.Enquiry"):
        assert canary.encode() not in sealed_bytes


def test_file_and_key_are_for_their_owners_eyes_only(backup, key):
    """G24."""
    assert backup.stat().st_mode & 0o777 == 0o600
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_last_good_backup_is_noted(backup, settings):
    noted = json.loads((settings.DATA_DIR / "last_backup.json").read_text())

    assert timezone.now() - dt.datetime.fromisoformat(noted["at"]) < dt.timedelta(minutes=2)
    assert noted["bytes"] == backup.stat().st_size
    assert noted["rows"] == sum(world.counts().values())


def test_a_good_backup_whose_time_cannot_be_noted_is_there_all_the_same(key, people, tmp_path, settings):
    settings.DATA_DIR = key  # a file, and no folder

    with pytest.raises(CommandError, match="The backup is good"):
        world.run("back_up", tmp_path / "backup.age")

    assert lines_of(tmp_path / "backup.age", key)


def test_it_says_what_else_must_be_kept(key, people, tmp_path):
    told = world.run("back_up", tmp_path / "backup.age")

    assert "SECRET_KEY" in told
    assert "ENCRYPTION_KEY" in told
    assert "accounts.User: " in told


def test_neither_keys_nor_sessions_are_in_it(backup, key, settings):
    text = "".join(lines_of(backup, key))

    assert settings.SECRET_KEY not in text
    assert settings.ENCRYPTION_KEY not in text
    assert not {"sessions.Session", "usersessions.UserSession"} & set(json.loads(lines_of(backup, key)[0])["tables"])


@pytest.mark.django_db
def test_without_a_public_key_it_refuses_and_says_what_to_do(settings, tmp_path):
    settings.BACKUP_RECIPIENTS = []

    with pytest.raises(CommandError, match="--new-key"):
        world.run("back_up", tmp_path / "backup.age")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_public_key_that_is_none_is_refused(settings, tmp_path):
    settings.BACKUP_RECIPIENTS = ["ssh-ed25519 AAAA"]

    with pytest.raises(CommandError, match="BACKUP_RECIPIENTS must name public keys"):
        world.run("back_up", tmp_path / "backup.age")


def test_nothing_is_ever_overwritten(backup, key):
    before = backup.read_bytes(), key.read_bytes()

    with pytest.raises(CommandError, match="exists already"):
        world.run("back_up", backup)
    with pytest.raises(CommandError, match="exists already"):
        world.run("back_up", "--new-key", key)

    assert (backup.read_bytes(), key.read_bytes()) == before


def test_one_that_breaks_off_leaves_nothing_behind(key, people, tmp_path, settings, monkeypatch):
    def breaks(self):
        yield "{}"
        raise OperationalError("the database is away")

    monkeypatch.setattr("careportal.records.tables.Table.lines", breaks)

    with pytest.raises(OperationalError):
        world.run("back_up", tmp_path / "backup.age")

    assert list(tmp_path.iterdir()) == [key]
    assert not (settings.DATA_DIR / "last_backup.json").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_noticed_though_the_library_keeps_the_last_error_to_itself(key, people, tmp_path, monkeypatch):
    monkeypatch.setattr(sealed, "_new_file", lambda path: open("/dev/full", "wb", buffering=0))  # noqa: SIM115

    with pytest.raises(CommandError, match="No space left"):
        world.run("back_up", tmp_path / "backup.age")


@pytest.mark.parametrize(("folder", "why"), [("nowhere", "No such file or directory"), ("file", "Not a directory")])
def test_where_a_file_cannot_be_written_its_own_name_is_said(key, people, tmp_path, folder, why):
    (tmp_path / "file").touch()
    wanted = tmp_path / folder / "backup.age"

    with pytest.raises(CommandError, match=f"^{re.escape(str(wanted))} cannot be written: {why}"):
        world.run("back_up", wanted)


def test_writers_go_on_meanwhile_and_the_copy_is_of_one_moment(key, people, tmp_path, settings):
    """F25: a row that is written in the middle is either whole in the copy or not in it; here it is not."""
    before = Enquiry.objects.count()
    told = []

    def write_in_the_middle(line):
        told.append(line)
        if line.startswith("accounts.User:"):
            EnquiryFactory(contact_name="Late")

    backups.back_up(tmp_path / "backup.age", settings.BACKUP_RECIPIENTS, write_in_the_middle)

    assert Enquiry.objects.count() == before + 1
    assert any(line == f"enquiries.Enquiry: {before}" for line in told)
    assert "Late" not in "".join(lines_of(tmp_path / "backup.age", key))


def test_keys_are_changed_by_naming_both_and_then_the_new_one_alone(people, key, tmp_path, settings):
    """G24: the old key opens what was made for it, the new one what was made since."""
    new = tmp_path / "new.key"
    old_public, new_public = *settings.BACKUP_RECIPIENTS, sealed.new_key(new)
    for name, public in {"both": [old_public, new_public], "new": [new_public]}.items():
        settings.BACKUP_RECIPIENTS = public
        world.run("back_up", tmp_path / name)

    assert lines_of(tmp_path / "both", key) == lines_of(tmp_path / "both", new)
    assert lines_of(tmp_path / "new", new)
    with pytest.raises(sealed.Refused, match="This key does not open"):
        lines_of(tmp_path / "new", key)
