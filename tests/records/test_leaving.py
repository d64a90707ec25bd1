"""`manage.py export_everything`: all of it, in files that any program can read, and no secret among them."""

import csv
import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError

from careportal.accounts.models import User
from careportal.records import leaving
from careportal.records.tables import tables
from enquiries.models import Draft, Enquiry
from tests.factories import EnquiryFactory, MailFactory
from tests.records import world

FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "|cmd", "%1", "\n=1"]


@pytest.fixture
def folder(people, tmp_path):
    """Everything, exported."""
    path = tmp_path / "everything"
    Draft.objects.create(owner="the-mark-of-a-session", origin="")
    MailFactory(sign_in=True)
    world.run("export_everything", path)
    return path


def rows_of(folder, label):
    return [json.loads(line) for line in (folder / "json" / f"{label}.jsonl").read_text().splitlines()]


def cells_of(folder, label):
    with (folder / "csv" / f"{label}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def header_of(folder, label):
    with (folder / "csv" / f"{label}.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def test_every_table_is_there_twice_with_all_its_rows(folder):
    stored = world.counts()
    stored["accounts.AuditEntry"] -= 1  # that of the export itself

    assert len(stored) > 25
    assert {label: len(rows_of(folder, label)) for label in stored} == stored
    assert {label: len(cells_of(folder, label)) for label in stored} == stored
    assert len(list((folder / "json").iterdir())) == len(list((folder / "csv").iterdir())) == len(stored)


def test_the_json_is_exact(folder):
    (row,) = [row for row in rows_of(folder, "enquiries.Enquiry") if row["contact_name"] == world.NAME]

    assert row["message"] == "=1+1\n\tTwo “lines” 🏡"
    assert row["received_at"] == "2026-03-29T01:02:03.456789+00:00"


def test_no_secret_is_in_any_file(folder, people):
    everything = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())
    secrets = [user.password for user in User.objects.all()]
    secrets += [str(value) for one in Authenticator.objects.all() for value in one.data.values()]
    secrets += [str(key) for key in Enquiry.objects.values_list("submit_key", flat=True)]
    secrets += ["0123456789" * 6, "9876543210" * 6]  # of invitations and of codes to a second contact
    secrets += ["the-mark-of-a-session", "Your code is 123456", *(one["password"] for one in people.values())]

    assert world.NAME in everything
    telling = [secret for secret in secrets if len(secret) > 5]  # not the 0 that counts used recovery codes
    assert len(telling) > 30
    assert [secret for secret in telling if secret in everything] == []


def test_the_readme_says_what_was_left_out_and_that_people_are_in_it(folder):
    text = (folder / "README.md").read_text()

    assert "holds personal data" in text
    for name in ("accounts.User.password", "mfa.Authenticator.data", "enquiries.Enquiry.submit_key"):
        assert f"`{name}`" in text


def test_a_field_that_sounds_like_a_secret_is_left_out_until_somebody_says_that_it_is_none():
    assert leaving.is_secret("some.NewTable.resume_code")
    assert leaving.is_secret("some.NewTable.api_token")
    assert not leaving.is_secret("enquiries.Enquiry.postcode")
    assert not leaving.is_secret("programmes.Question.key")


def test_every_name_in_the_lists_of_secrets_is_one_of_a_field():
    known = {f"{table.label}.{field.attname}" for table in tables() for field in table.fields}

    assert known >= leaving.SECRET | leaving.HARMLESS


def test_every_field_is_in_the_dictionary_with_its_meaning(folder):
    with (folder / "data_dictionary.csv").open(encoding="utf-8", newline="") as file:
        entries = {(row["table"], row["field"]): row for row in csv.DictReader(file)}

    exported = {(table.label, name) for table in tables() for name in header_of(folder, table.label)}
    assert set(entries) == exported
    assert all(entry["type"] and entry["meaning"] for entry in entries.values())
    assert not [entry["type"] for entry in entries.values() if entry["type"].endswith("Field")]
    assert "new = New" in entries["enquiries.Enquiry", "state"]["choices"]
    assert entries["enquiries.Interest", "enquiry_id"]["points_to"] == "enquiries.Enquiry"
    assert "for limits" in entries["enquiries.OutgoingMail", "recipient_key"]["meaning"]
    assert "One request for support, however it came." in (folder / "README.md").read_text()


@pytest.mark.django_db(transaction=True)
def test_no_cell_is_a_formula(tmp_path):
    for text in FORMULAS:
        EnquiryFactory(organisation=text)
    world.run("export_everything", tmp_path / "out")

    cells = [row["organisation"] for row in cells_of(tmp_path / "out", "enquiries.Enquiry")]
    assert cells == [f"'{text}" for text in FORMULAS]
    assert [row["organisation"] for row in rows_of(tmp_path / "out", "enquiries.Enquiry")] == FORMULAS


@pytest.mark.parametrize("value", ["Plain", "O'Neill", "a=b", "", None, -1, 0.5, True])
def test_other_cells_stay_as_they_are(value):
    assert leaving.harmless(value) == value


def test_files_and_folders_are_for_their_owners_eyes_only(folder):
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*")) if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}


def test_a_folder_with_something_in_it_is_refused(people, tmp_path):
    (tmp_path / "mine").write_text("mine")

    with pytest.raises(CommandError, match="not an empty folder"):
        world.run("export_everything", tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_folder_that_is_empty_is_used_and_closed_to_others(people, tmp_path):
    (tmp_path / "out").mkdir(mode=0o755)

    told = world.run("export_everything", tmp_path / "out")

    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert "personal data" in told
