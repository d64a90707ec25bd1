"""The made-up worlds: for trying out, and for checks from outside."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from careportal.accounts.models import User
from careportal.worlds import demo
from enquiries.mail import post
from enquiries.models import Enquiry
from programmes.models import Availability, Programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MAIL_DIR = tmp_path / "mail"
    return tmp_path


def run(*command):
    out = StringIO()
    call_command(*command, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_first_start_makes_a_believable_world_that_says_it_is_made_up(own_folder):
    told = run("set_up")

    assert "officer@example.org" in told
    assert str(own_folder) in told
    states = {programme.availability() for programme in Programme.objects.filter(is_demo=True)}
    assert states == {Availability.OPEN, Availability.WAITING_LIST, Availability.OPENS_LATER}
    assert {enquiry.state for enquiry in Enquiry.objects.all()} == {"new", "in_triage", "closed"}
    assert all("made up" in enquiry.organisation for enquiry in Enquiry.objects.all())
    assert not any(programme.intakes.exists() for programme in Programme.objects.filter(is_demo=False))


def test_a_second_start_changes_nothing(own_folder):
    run("set_up")
    before = [user.password for user in User.objects.all()], Enquiry.objects.count()

    run("set_up")

    assert ([user.password for user in User.objects.all()], Enquiry.objects.count()) == before


def test_the_demo_worlds_mail_is_whole(own_folder):
    run("set_up")
    post.send_due()

    run("reconcile")


def test_the_secrets_of_the_demo_accounts_are_for_the_owners_eyes_only(own_folder):
    run("set_up")

    assert demo.accounts_file().stat().st_mode & 0o077 == 0


def test_the_codes_command_tells_the_code_mailed_last(own_folder, settings):
    settings.EMAIL_BACKEND = "enquiries.mail.backend.OutboxBackend"  # pytest-django puts another in its place
    run("set_up")
    client = Client()
    client.post("/account/login/", {"login": "officer@example.org"})
    post.send_due()

    told = run("codes", "officer@example.org")

    assert "Mailed last: nothing yet" not in told
    assert len(told.split("Second factor: ")[1].strip()) == 6


def test_the_fixed_world_has_every_kind_of_person_and_programme(own_folder):
    world = json.loads(run("seed_world"))

    staff = {"viewer", "officer", "lead", "superuser", "deactivated"}
    assert staff | {"provider-a-1", "partner-b-2"} <= set(world["people"])
    assert set(world["programmes"]) == {"open", "closed", "one-place-left", "draft", "withdrawn"}
    left = Programme.objects.get(pk=world["programmes"]["one-place-left"]["id"]).intakes.get()
    assert left.places_left == 1
    assert not User.objects.get(pk=world["people"]["deactivated"]["id"]).is_active


def test_making_the_fixed_world_again_sets_it_back_and_changes_no_id(own_folder):
    first = json.loads(run("seed_world"))
    Programme.objects.update(state="archived")

    again = json.loads(run("seed_world"))

    assert {name: one["id"] for name, one in first["people"].items()} == {
        name: one["id"] for name, one in again["people"].items()
    }
    assert Programme.objects.get(slug="seed-open").state == "published"


@pytest.mark.parametrize("command", [("seed_world",), ("codes", "officer@example.org")])
def test_production_refuses_made_up_people(settings, command):
    """SE16."""
    settings.EMBEDDED = False

    with pytest.raises(CommandError):
        run(*command)

    assert not User.objects.exists()


def test_production_sets_up_without_the_demo_world(settings, own_folder):
    """SE16."""
    settings.EMBEDDED = False

    run("set_up")

    assert not User.objects.exists()
    assert not Programme.objects.filter(is_demo=True).exists()
    assert Programme.objects.filter(slug="shift-life-balance").exists()
