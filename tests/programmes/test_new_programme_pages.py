"""The pages on which a partner proposes a new programme: its list of tasks, copies and outlines (J-R5)."""

import pytest

from programmes.models import Intake, PartnerMembership, Programme
from tests.factories import PartnerFactory
from tests.programmes.people import NEW, browser, change_of, fields_of, new_programme, path, save, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(ours):
    return browser(ours[1])


def test_a_new_programme_shows_its_tasks_and_how_far_they_are(ours, client):
    draft = new_programme(client)
    page = words(client.get(path(draft)))
    assert "What it is In progress Who can get it Not started Time, cost and cover Not started" in page

    save(client, draft, "edit/who/", who_for="Deputies.", audience="managers")

    assert "Who can get it Done" in words(client.get(path(draft)))


def test_the_outline_is_there_to_fill_in_and_is_no_description(ours, client):
    draft = new_programme(client)
    assert "## What people learn" in client.get(path(draft, "edit/what/")).context["form"]["description"].value()

    save(client, draft, "edit/what/")

    assert "description" not in fields_of(draft)


def test_what_is_missing_is_named_and_linked_when_it_is_sent(ours, client):
    draft = new_programme(client)

    page = client.post(path(draft, "send/"), {"revision": change_of(draft).revision}).content.decode()

    for name in ("Enter the hours and days", "Enter what it costs", "Say who pays for cover", "Say who can get it"):
        assert name in page
    assert f'href="{path(draft, "edit/time/")}#id_time_needed"' in page
    assert f'href="{path(draft, "dates/")}"' in page
    assert change_of(draft).state == "draft"


def test_a_whole_new_programme_is_sent(ours, client):
    draft = new_programme(client)
    save(client, draft, "edit/", **NEW)
    days = {"opens_on": ("1", "1", "2027"), "closes_on": ("1", "2", "2027")}
    parts = {
        f"{name}-{part}": one
        for name, day in days.items()
        for part, one in zip(("day", "month", "year"), day, strict=True)
    }
    assert client.post(path(draft, "dates/"), {"is_open": "no"}).url == path(draft, "dates/new/")
    assert client.post(path(draft, "dates/new/"), {"title": "Spring", **parts}).url == path(draft, "dates/")

    client.post(path(draft, "send/"), {"revision": change_of(draft).revision})

    assert change_of(draft).state == "submitted"
    intake = Intake.objects.get()
    assert "Spring" in words(client.get(path(draft, "dates/")))
    client.post(path(draft, f"dates/{intake.pk}/"), {"title": "Summer", **parts})
    intake.refresh_from_db()
    assert intake.title == "Summer"
    client.post(path(draft, f"dates/{intake.pk}/"), {"remove": "yes"})
    assert not Intake.objects.exists()


def test_dates_to_be_agreed_are_enough(ours, client):
    draft = new_programme(client)

    assert client.post(path(draft, "dates/"), {"is_open": "yes"}).url == path(draft)
    assert "Dates and places Done" in words(client.get(path(draft)))


def test_days_in_a_wrong_order_and_a_title_twice_are_refused_with_what_was_typed(ours, client):
    draft = new_programme(client)
    days = {"opens_on-day": "2", "opens_on-month": "3", "opens_on-year": "2027"}
    days |= {"closes_on-day": "1", "closes_on-month": "3", "closes_on-year": "2027"}
    answer = client.post(path(draft, "dates/new/"), {"title": "Spring", **days})
    assert "Last day to apply must not be before applications open" in words(answer)

    days["closes_on-day"] = "3"
    client.post(path(draft, "dates/new/"), {"title": "Spring", **days})
    answer = client.post(path(draft, "dates/new/"), {"title": "Spring", **days})

    assert "has another intake with this title" in words(answer)
    assert Intake.objects.count() == 1


def test_a_copy_is_offered_of_ones_own_programmes_alone(ours, client, theirs):
    """AZ4."""
    page = words(client.get("/partner/listings/new/"))
    assert f"A copy of “{ours[2].title}”" in page
    assert theirs[2].title not in page

    assert client.post("/partner/listings/new/", {"title": "x", "start": str(theirs[2].pk)}).status_code == 200
    assert client.post("/partner/listings/new/", {"title": "Copied", "start": str(ours[2].pk)}).status_code == 302


def test_too_many_unfinished_programmes_are_refused_on_the_page(ours, client):
    for number in range(5):
        new_programme(client, title=f"{number}")

    answer = client.post("/partner/listings/new/", {"title": "Sixth", "start": "outline"})

    assert "You have 5 new programmes that are not finished" in words(answer)
    assert "Sixth" in answer.content.decode()


def test_whoever_acts_for_two_partners_says_for_which(ours, client, theirs):
    second = PartnerFactory()
    PartnerMembership.objects.create(partner=second, user=ours[1])

    client.post(f"/partner/listings/new/{second.pk}/", {"title": "Theirs", "start": "outline"})

    assert Programme.objects.get(title="Theirs").proposed_by == second
    for other in (theirs[0].pk, 10**30):
        assert client.post(f"/partner/listings/new/{other}/", {"title": "x", "start": "outline"}).status_code == 404
