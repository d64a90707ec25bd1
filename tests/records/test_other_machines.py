"""From one installation to another: restored on an empty machine, across databases, moved; and then it serves."""

import json
import re

import pytest
import requests

from careportal.records import sealed
from tests.accounts.journeys import app_code
from tests.records.installation import of_postgres, of_sqlite

COUNTS = """
from careportal.records.tables import tables
for table in tables():
    list(table.lines()); print(table.label, table.tally.as_dict())
"""
LAST_CODE = "from enquiries.models import OutgoingMail as M; print(M.objects.filter(kind='account').latest('pk').text)"
SEAL = "from careportal.kit import chain; print(chain.seal_all())"
FIRST_NUMBER = "from careportal.accounts.models import User; print(User.objects.create_user('new@example.org').pk)"


def sums_of(installation):
    """Count and sum of every table, worked out by the installation itself."""
    return installation.manage("shell", "--verbosity", "0", "--command", COUNTS)


def settled(installation):
    """The demo world and the fixed one; all its mails are sent, so that a restore leaves them as they are."""
    installation.manage("set_up")
    world = json.loads(installation.manage("seed_world"))
    send = "from enquiries.mail import post; post.send_due(); post.send_due()"
    installation.manage("shell", "--verbosity", "0", "--command", send)
    return world


def sign_in(installation, url, person):
    """By emailed code and second factor, through the pages; the answer of the officers' workspace."""
    browser = requests.Session()
    post(browser, f"{url}/account/login/", {"login": person["email"]})
    told = installation.manage("shell", "--verbosity", "0", "--command", LAST_CODE)
    code = re.search(r"^\s*(\d{6})\s*$", told, re.MULTILINE).group(1)
    post(browser, f"{url}/account/login/code/confirm/", {"code": code})
    post(browser, f"{url}/account/2fa/authenticate/", {"code": app_code(person["second_factor_secret"])})
    return browser.get(f"{url}/admin/enquiries/enquiry/", timeout=30)


def post(browser, address, fields):
    page = browser.get(address, timeout=30)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text).group(1)
    answer = browser.post(address, {**fields, "csrfmiddlewaretoken": token}, timeout=30)
    assert answer.ok, answer.text


def restored(source, target, tmp_path):
    """Back one up and restore it into the other, which is empty."""
    public = sealed.new_key(tmp_path / "council.key")
    source.manage("back_up", tmp_path / "backup.age", BACKUP_RECIPIENTS=public)
    target.manage("migrate", "--verbosity", "0")
    return target.manage("restore", tmp_path / "backup.age", "--key", tmp_path / "council.key")


def assert_it_serves(installation, world):
    with installation.web() as url:
        assert "Seed programme, open" in requests.get(f"{url}/programmes/", timeout=30).text
        workspace = sign_in(installation, url, world["people"]["officer"])
    assert workspace.status_code == 200
    assert "Example Homecare (made up)" in workspace.text


def test_restored_on_an_empty_machine_it_is_the_same_and_serves(new_installation, tmp_path):
    """DI10: equal counts and sums, and an officer signs in with the second factor."""
    source, target = new_installation(), new_installation()
    world = settled(source)
    before = sums_of(source)

    restored(source, target, tmp_path)

    assert sums_of(target) == before
    assert_it_serves(target, world)


@pytest.mark.services
def test_a_backup_of_either_database_is_restored_into_the_other_and_back(new_installation, tmp_path):
    first, second, third = new_installation(of_sqlite), new_installation(of_postgres), new_installation(of_sqlite)
    first.manage("migrate", "--verbosity", "0")
    first.manage("seed_world")
    first.manage("shell", "--verbosity", "0", "--command", SEAL)
    for name, source, target in (("there", first, second), ("back", second, third)):
        (tmp_path / name).mkdir()
        restored(source, target, tmp_path / name)

    assert sums_of(first) == sums_of(second) == sums_of(third)
    for installation in (first, second, third):
        assert "Nothing was changed, removed or put in." in installation.manage("verify_audit")


@pytest.mark.services
def test_an_installation_moves_to_postgresql_and_serves(new_installation):
    """UP6: rows, numbers, seals and sign-in; nothing is held back, for it is the same installation."""
    source, target = new_installation(of_sqlite), new_installation(of_postgres)
    source.manage("set_up")
    world = json.loads(source.manage("seed_world"))
    source.manage("shell", "--verbosity", "0", "--command", SEAL)
    target.manage("migrate", "--verbosity", "0")

    told = target.manage("move_in", "--from", source.url, "--anyway")

    assert sums_of(target) == sums_of(source)
    assert "encryption.key" in told
    assert "Nothing was changed, removed or put in." in target.manage("verify_audit")
    assert json.loads(target.manage("status", "--json"))["queued"] > 0
    people = int(source.manage("shell", "--verbosity", "0", "--command", FIRST_NUMBER))
    assert int(target.manage("shell", "--verbosity", "0", "--command", FIRST_NUMBER)) == people
    assert_it_serves(target, world)


@pytest.mark.services
def test_an_installation_that_may_still_run_is_not_moved(new_installation):
    source, target = new_installation(of_sqlite), new_installation(of_postgres)
    for installation in (source, target):
        installation.manage("migrate", "--verbosity", "0")

    refusal = target.run("manage.py", "move_in", "--from", source.url)

    assert refusal.returncode == 1
    assert "Stop web, worker and schedule" in refusal.stderr
    assert "Traceback" not in refusal.stderr


@pytest.mark.services
def test_a_database_with_rows_in_it_is_not_moved_into(new_installation):
    source, target = new_installation(of_sqlite), new_installation(of_postgres)
    source.manage("migrate", "--verbosity", "0")
    target.manage("set_up")
    before = sums_of(target)

    refusal = target.run("manage.py", "move_in", "--from", source.url, "--anyway")

    assert "not empty" in refusal.stderr
    assert sums_of(target) == before
