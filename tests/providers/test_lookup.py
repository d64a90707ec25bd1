"""The address that suggests services while somebody types."""

import pytest
from django.test import Client

from careportal.kit.pacing import Pace
from providers.views import lookup as views
from tests.factories import RegisteredLocationFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/services/lookup/"


@pytest.fixture(autouse=True)
def fresh_pace(monkeypatch):
    monkeypatch.setattr(views, "_pace", Pace())


def test_it_tells_what_the_directory_says_and_no_more(client):
    RegisteredLocationFactory(cqc_location_id="1-123456789", name="The Orchard", telephone="02079460000")

    about = "1 Example Road, Dagenham, RM10 7AA. Run by Example Care Ltd"
    assert client.get(ADDRESS, {"q": "orch"}).json() == {
        "found": [{"id": "1-123456789", "name": "The Orchard", "about": about}]
    }


def test_anybody_may_keep_the_answer_and_no_cookie_is_set(client):
    response = client.get(ADDRESS, {"q": "orch"})

    assert response["Cache-Control"] == "public, max-age=300"
    assert response["Content-Type"] == "application/json"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_asking_takes_few_queries(client, django_assert_max_num_queries):
    RegisteredLocationFactory.create_batch(12)

    with django_assert_max_num_queries(4):
        assert len(client.get(ADDRESS, {"q": "example"}).json()["found"]) == 10


@pytest.mark.parametrize("words", [None, "", "x" * 50_000, "%_" * 5000, "'", "(.*)*"])
def test_whatever_is_asked_is_answered(client, words):
    """(FI14, FI21)"""
    response = client.get(ADDRESS, {} if words is None else {"q": words})

    assert (response.status_code, response.json()) == (200, {"found": []})


def test_only_reading_is_allowed(client):
    assert client.post(ADDRESS).status_code == 405


def test_whoever_asks_too_fast_is_told_when_to_go_on(settings):
    settings.LOOKUPS_PER_MINUTE = 2
    fast, other = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")

    assert [fast.get(ADDRESS).status_code for _ in range(3)] == [200, 200, 429]
    assert fast.get(ADDRESS)["Retry-After"] == "60"
    assert other.get(ADDRESS).status_code == 200


def test_a_pace_begins_anew_after_a_minute_and_remembers_few(monkeypatch):
    pace, now = Pace(), 1000.0
    monkeypatch.setattr("careportal.kit.pacing.time.monotonic", lambda: now)
    assert [pace.allows("one", 1) for _ in range(2)] == [True, False]

    now += 60
    assert pace.allows("one", 1)

    monkeypatch.setattr("careportal.kit.pacing.REMEMBERED", 3)
    for origin in range(9):
        pace.allows(str(origin), 1)
    assert len(pace.windows) == 3
