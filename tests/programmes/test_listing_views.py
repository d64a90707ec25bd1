"""How often a listing is opened: counted a programme and day, without a cookie, and never in the reader's way."""

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from programmes.models import ListingViews
from tests.factories import ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
ROBOT = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}


@pytest.fixture
def programme():
    return ProgrammeFactory()


def counted(programme):
    return sum(ListingViews.objects.filter(programme=programme).values_list("count", flat=True))


def test_each_opening_counts_once_in_one_row_a_day(client, programme):
    for _ in range(3):
        client.get(programme.get_absolute_url(), headers=FIREFOX)

    row = ListingViews.objects.get()
    assert (row.programme, row.on, row.count) == (programme, timezone.localdate(), 3)


@pytest.mark.parametrize("headers", [ROBOT, {}, {"User-Agent": "curl/8.0"}, {"User-Agent": "x" * 100_000 + "bot"}])
def test_robots_and_programs_do_not_count(client, programme, headers):
    client.get(programme.get_absolute_url(), headers=headers)

    assert counted(programme) in ({1} if len(headers.get("User-Agent", "")) > 1000 else {0})


def test_a_look_at_the_head_does_not_count(client, programme):
    client.head(programme.get_absolute_url(), headers=FIREFOX)

    assert counted(programme) == 0


def test_council_staff_do_not_count_and_others_who_are_signed_in_do(programme, officer, browser_of):
    browser_of(officer).get(programme.get_absolute_url(), headers=FIREFOX)
    assert counted(programme) == 0

    browser_of(UserFactory()).get(programme.get_absolute_url(), headers=FIREFOX)
    assert counted(programme) == 1


def test_a_page_that_is_not_there_is_not_counted(client):
    draft = ProgrammeFactory(draft=True)

    assert client.get(draft.get_absolute_url(), headers=FIREFOX).status_code == 404
    assert not ListingViews.objects.exists()


def test_the_page_is_the_same_sets_no_cookie_and_stays_cacheable(client, programme):
    """HC5."""
    plain = client.get(programme.get_absolute_url())
    seen = client.get(programme.get_absolute_url(), headers=FIREFOX)

    assert seen.content == plain.content
    assert not seen.cookies
    assert seen.headers.get("Vary") == plain.headers.get("Vary")
    assert seen.headers.get("Cache-Control") == plain.headers.get("Cache-Control")


def test_counting_takes_one_more_query(client, programme):
    client.get(programme.get_absolute_url(), headers=FIREFOX)

    with CaptureQueriesContext(connection) as queries:
        client.get(programme.get_absolute_url(), headers=FIREFOX)

    written = [one["sql"] for one in queries if one["sql"].startswith(("UPDATE", "INSERT"))]
    assert len(written) == 1


def test_what_cannot_be_counted_stops_nobody_from_reading(client, programme, monkeypatch, caplog):
    def fails(*_, **__):
        raise DatabaseError("database is locked")

    monkeypatch.setattr("programmes.models.views.ListingViewsQuerySet.add", fails)

    assert client.get(programme.get_absolute_url(), headers=FIREFOX).status_code == 200
    assert "views.not_counted" in caplog.text
