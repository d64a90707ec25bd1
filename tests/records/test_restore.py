"""`manage.py restore`: everything as it was, in an empty database, or nothing at all."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from careportal.accounts.models import User
from careportal.kit import chain
from careportal.kit.verifying import verify
from careportal.records import sealed, tables
from enquiries.models import Enquiry, Event
from enquiries.services import submitted
from tests.accounts.journeys import app_code, sign_in_by_code
from tests.factories import EnquiryFactory
from tests.records import world


def restore(path, key):
    return world.run("restore", path, "--key", key)


def written_anew(path, key, to, change):
    """A copy of a backup, its lines changed by somebody who has the public key."""
    lines = change(list(sealed.reading(path, sealed.keys(key))))
    with sealed.writing(to, [one.to_public() for one in sealed.keys(key)]) as file:
        file.writelines(lines)
    return to


@pytest.fixture
def as_it_was(backup):
    """What was in the database when the backup was made; now it is empty."""
    before = world.contents()
    world.empty()
    return before


@pytest.fixture
def refused(backup, key, as_it_was):
    """Restores, and gives the words of the refusal; fails if anything was kept."""

    def attempt(path=backup, key=key):
        with pytest.raises(CommandError) as refusal:
            restore(path, key)
        assert sum(world.counts().values()) == 0
        return str(refusal.value)

    return attempt


# --- All of it


def test_every_row_is_there_again_to_the_microsecond(backup, key, as_it_was):
    """DI10. Mails that were waiting are another matter; here all were sent."""
    told = restore(backup, key)

    assert world.contents() == as_it_was
    assert Enquiry.objects.get(contact_name=world.NAME).received_at == world.MOMENT
    assert "counts and sums are the same" in told


def test_seals_and_digests_hold_after_a_restore(key, people, tmp_path):
    """AD8, DI6: what was sealed, what was not yet, and what was sent; and the chain goes on."""
    chain.seal_all()
    enquiry = Enquiry.objects.get(contact_name=world.NAME)
    enquiry.record(Event.Kind.RECEIVED, digest=submitted.digest_of(enquiry, enquiry.interests.all()))
    world.run("back_up", tmp_path / "sealed.age")
    world.empty()

    restore(tmp_path / "sealed.age", key)
    before = verify(Event)
    chain.seal_all()
    after = verify(Event)

    assert (before.unsealed, before.problems, after.problems) == (1, [], [])
    assert (after.sealed, after.unsealed) == (before.sealed + 1, 0)
    there = Enquiry.objects.get(pk=enquiry.pk)
    (digest,) = filter(None, (event.detail.get("digest") for event in there.events.all()))
    assert submitted.digest_of(there, there.interests.all()) == digest


def test_what_every_database_numbers_anew_is_found_by_its_name(backup, key, as_it_was):
    ContentType.objects.filter(model="enquiry").update(model="moved_away")
    ContentType.objects.create(app_label="enquiries", model="enquiry")

    restore(backup, key)

    assert LogEntry.objects.get().content_type.model_class() is Enquiry


def test_history_about_what_there_is_no_more_comes_back_too(key, people, tmp_path):
    ContentType.objects.filter(model="enquiry").update(model="long_gone")
    world.run("back_up", tmp_path / "backup.age")
    world.empty()

    restore(tmp_path / "backup.age", key)

    assert LogEntry.objects.get().content_type.natural_key() == ("enquiries", "long_gone")


def test_nothing_is_left_out_but_what_is_named_here():
    """Whoever adds a table that must not be copied says so, and why."""
    assert {
        "sessions.Session",
        "usersessions.UserSession",
        "contenttypes.ContentType",
        "auth.Permission",
        "enquiries.AddressChange",
        "enquiries.AddressCode",
        "enquiries.FollowCode",
        "enquiries.OutcomeFile",
        "enquiries.PartnerCode",
        "enquiries.Try",
        "enquiries.Pulse",
        "enquiries.Export",
        "enquiries.ExportPiece",
    } == tables.NOT_COPIED


def test_no_field_would_change_itself_while_it_is_restored():
    """Restoring writes rows as forms do: a field that puts in the present moment would spoil them."""
    fields = [(table.label, field.name) for table in tables.tables() for field in table.fields]
    own_will = [
        (table.label, field.name)
        for table in tables.tables()
        for field in table.fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]

    assert len(fields) > 100
    assert own_will == []


def test_new_rows_take_numbers_of_their_own(backup, key, as_it_was):
    restore(backup, key)

    fresh = EnquiryFactory()

    assert Enquiry.objects.filter(pk=fresh.pk).count() == 1
    assert fresh.pk > max(Enquiry.objects.exclude(pk=fresh.pk).values_list("pk", flat=True))


def test_an_officer_signs_in_with_the_second_factor_as_before(client, backup, key, people, as_it_was):
    """DI10."""
    restore(backup, key)
    officer = User.objects.get(email="seed-officer@example.org")

    sign_in_by_code(client, officer)
    client.post("/account/2fa/authenticate/", {"code": app_code(people["officer"]["second_factor_secret"])})

    assert client.get("/admin/").status_code == 200


def test_nobody_is_still_signed_in(client, backup, key, as_it_was):
    client.force_login(User.objects.create_user("visitor@example.org"))
    User.objects.all().delete()
    assert Session.objects.exists()

    restore(backup, key)

    assert not Session.objects.exists()


# --- Or nothing


def test_a_database_with_rows_in_it_is_refused_and_stays_as_it_is(backup, key):
    before = world.contents()

    with pytest.raises(CommandError, match="not empty: there are rows in account"):
        restore(backup, key)

    assert world.contents() == before


def test_another_key_is_refused(refused, tmp_path):
    """G24."""
    sealed.new_key(tmp_path / "other.key")

    assert "This key does not open" in refused(key=tmp_path / "other.key")


@pytest.mark.parametrize("content", ["", "# only a remark\n", "nonsense\n", "age1publickey\n"])
def test_a_file_that_is_no_key_is_refused(refused, tmp_path, content):
    (tmp_path / "no.key").write_text(content)

    assert "is no key file" in refused(key=tmp_path / "no.key")


def test_files_that_are_not_there_are_named(refused, tmp_path):
    assert "There is no file" in refused(key=tmp_path / "no.key")
    assert "There is no file" in refused(path=tmp_path / "no.age")


@pytest.mark.parametrize("part", [0, 0.002, 0.3, 0.7, 0.99, 0.9999])
def test_a_file_that_was_cut_short_is_refused(backup, refused, part):
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * part)])

    assert "damaged" in refused()


@pytest.mark.parametrize("part", [0.1, 0.3, 0.7, 0.9999])
def test_a_file_with_one_bit_altered_is_refused(backup, refused, part):
    altered = bytearray(backup.read_bytes())
    altered[int(len(altered) * part)] ^= 1
    backup.write_bytes(altered)

    assert "damaged" in refused()


def test_a_file_of_another_kind_is_refused(refused, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear council\n" * 100)

    assert "is no backup" in refused(path=tmp_path / "letter.txt")


def header_with(**changes):
    def change(lines):
        return [json.dumps(json.loads(lines[0]) | changes) + "\n", *lines[1:]]

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: [], "not in the format"),
        (lambda lines: ["[]\n"], "not in the format"),
        (header_with(format="careportal backup 99"), "not in the format"),
        (header_with(council="essex"), "another council's portal (essex)"),
        (header_with(migrations=["enquiries.9999_from_the_future"]), "newer version of the portal"),
        (header_with(migrations=[]), "older version of the portal"),
        (lambda lines: lines[:-1], "not in the format"),
        (lambda lines: [lines[0], "{\n", *lines[2:]], "does not fit"),
        (lambda lines: [lines[0], "{}\n", *lines[2:]], "does not fit"),
        (lambda lines: [*lines, "{}\n"], "more in it than it says"),
        (lambda lines: [*lines[:-1], "{}\n"], "not what was read"),
        (lambda lines: [line.replace("RM10 8XD", "RM10 9XD") for line in lines], "not what was read"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(backup, key, refused, tmp_path, change, words):
    """The sums are compared with what was really written, so a row that came out differently is found."""
    assert words in refused(path=written_anew(backup, key, tmp_path / "other.age", change))


def test_a_portal_with_other_tables_is_refused(backup, key, refused, monkeypatch):
    monkeypatch.setattr(tables, "NOT_COPIED", tables.NOT_COPIED | {"auth.Group"})

    assert "other tables" in refused()


def test_a_row_that_points_to_nothing_is_refused(backup, key, refused, tmp_path):
    def without_programmes(lines):
        header = json.loads(lines[0])
        gone = [line for line in lines[1:] if '"cost_pounds"' in line and '"history_id"' not in line]
        header["tables"]["programmes.Programme"] -= len(gone)
        return [json.dumps(header) + "\n", *(line for line in lines[1:] if line not in gone)]

    forged = written_anew(backup, key, tmp_path / "other.age", without_programmes)

    assert "does not fit into this database (IntegrityError)" in refused(path=forged)


def test_a_database_without_tables_is_told_to_migrate_first(refused, monkeypatch):
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: {})

    assert "Run manage.py migrate first" in refused()


def test_the_database_goes_on_working_after_a_refusal(refused, backup, key, tmp_path):
    refused(path=written_anew(backup, key, tmp_path / "other.age", lambda lines: lines[:-1]))

    restore(backup, key)

    assert not connection.in_atomic_block
    assert Enquiry.objects.exists()
