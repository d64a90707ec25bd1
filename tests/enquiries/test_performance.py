"""The public performance page: four indicators of periods that are over, without small numbers (J-M7)."""

import csv
import datetime as dt
import io

import pytest
from django.core.cache import cache
from django.utils import timezone

from enquiries.models import DailyCount, Enquiry, Feedback
from enquiries.performance import NOT_GIVEN, indicators
from enquiries.periods import quarter_of
from tests.factories import EnquiryFactory

pytestmark = pytest.mark.django_db

SUMMER = quarter_of(dt.date(2026, 7, 1))
NOON = timezone.make_aware(dt.datetime(2026, 7, 10, 12))


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-28T12:00:00Z", tick=True)
    cache.clear()


def shares(period=SUMMER):
    return {one.title: one.share for one in indicators(period)}


def came(number, **facts):
    for _ in range(number):
        EnquiryFactory(received_at=NOON, **facts)


def test_without_anything_nothing_is_claimed(client):
    page = client.get("/performance/").content.decode()

    assert set(shares().values()) == {None}
    assert page.count(NOT_GIVEN) == 8
    assert "We do not know what an application costs" in page


def test_each_share_is_of_its_own_whole(client):
    DailyCount.objects.create(what="begun", on=NOON.date(), count=40)
    DailyCount.objects.create(what="sent", on=NOON.date(), count=30)
    for rating, number in ((5, 8), (4, 7), (2, 5)):
        Feedback.objects.bulk_create(Feedback(rating=rating, made_on=NOON.date()) for _ in range(number))
    came(12, replied_at=NOON, reply_due_on=NOON.date())
    came(8, channel="email", replied_at=NOON + dt.timedelta(days=9), reply_due_on=NOON.date())

    assert shares() == {"Completion rate": 75, "Satisfaction": 75, "Digital take-up": 60, "Promise kept": 60}
    page = client.get("/performance/").content.decode()
    assert "Quarter 2 of 2026/27" in page
    assert "75%" in page


def test_the_completion_rate_does_not_change_when_everything_else_is_gone():
    DailyCount.objects.create(what="begun", on=NOON.date(), count=40)
    DailyCount.objects.create(what="sent", on=NOON.date(), count=30)

    assert not Enquiry.objects.exists()
    assert shares()["Completion rate"] == 75


@pytest.mark.parametrize(("satisfied", "others"), [(3, 0), (20, 3), (3, 20), (2, 2)])
def test_what_could_be_told_is_not_given(satisfied, others):
    for rating, number in ((5, satisfied), (1, others)):
        Feedback.objects.bulk_create(Feedback(rating=rating, made_on=NOON.date()) for _ in range(number))

    assert shares()["Satisfaction"] is None


def test_the_file_says_the_same_and_what_it_means(client):
    Feedback.objects.bulk_create(Feedback(rating=5, made_on=NOON.date()) for _ in range(9))

    rows = list(csv.reader(io.StringIO(client.get("/performance/file/").content.decode("utf-8-sig"))))

    assert rows[0] == ["Period", "Indicator", "Per cent", "What it means"]
    assert [row[2] for row in rows if row[1] == "Satisfaction" and row[0].startswith("Quarter")] == ["100"]
    assert len(rows) == 9
    assert all(row[3] for row in rows)


def test_the_page_is_counted_once_a_day(client, django_assert_max_num_queries):
    client.get("/performance/")

    with django_assert_max_num_queries(3):
        client.get("/performance/")


def test_nothing_is_sent_to_it(client):
    assert client.post("/performance/").status_code == 405
