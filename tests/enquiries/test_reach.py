"""Reach: each registered location stands at one stage, the furthest it came to."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enquiries.models import Attendance, Event, Outreach
from enquiries.reach import Headline, headline
from tests.factories import (
    EnquiryFactory,
    InterestFactory,
    MembershipFactory,
    ProviderFactory,
    RegisteredLocationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

HERE = "1-100"


@pytest.fixture
def home():
    return RegisteredLocationFactory(cqc_location_id=HERE, cqc_provider_id="1-900")


def counted(**numbers: int) -> Headline:
    return Headline(**{"registered": 1, "reached": 0, "applied": 0, "took_part": 0, "completed": 0} | numbers)


def test_a_location_that_nobody_heard_of_is_not_reached(home):
    assert headline() == counted()


def test_only_social_care_in_the_area_is_counted(home):
    RegisteredLocationFactory(local_authority="Havering")
    RegisteredLocationFactory(is_social_care=False)

    assert headline().registered == 1


def test_an_enquiry_reaches_the_location_that_it_names(home):
    RegisteredLocationFactory(cqc_provider_id="1-900")
    EnquiryFactory(cqc_location_id=HERE, provider=ProviderFactory(cqc_provider_id="1-900"))

    assert headline() == counted(registered=2, reached=1)


def test_an_enquiry_that_names_no_location_reaches_all_of_its_provider(home):
    RegisteredLocationFactory(cqc_provider_id="1-900")
    RegisteredLocationFactory(cqc_provider_id="1-901")
    EnquiryFactory(provider=ProviderFactory(cqc_provider_id="1-900"))

    assert headline() == counted(registered=3, reached=2)


def test_a_provider_with_an_account_is_reached_and_one_without_is_not(home):
    RegisteredLocationFactory(cqc_provider_id="1-901")
    MembershipFactory(provider__cqc_provider_id="1-900")
    ProviderFactory(cqc_provider_id="1-901")

    assert headline() == counted(registered=2, reached=1)


def test_an_enquiry_that_names_nothing_reaches_nobody(home):
    RegisteredLocationFactory(cqc_provider_id="")
    InterestFactory(enquiry__provider=ProviderFactory())

    assert headline() == counted(registered=2)


def test_an_officer_who_spoke_to_them_has_reached_them(home, officer):
    Outreach.objects.create(cqc_location_id=HERE, on=timezone.localdate(), how="call", by=officer)

    assert headline() == counted(reached=1)


@pytest.mark.parametrize(
    ("state", "stages"),
    [
        ("received", {}),
        ("withdrawn", {}),
        ("enrolled", {"took_part": 1}),
        ("completed", {"took_part": 1, "completed": 1}),
    ],
)
def test_a_programme_asked_for_counts_by_what_became_of_it(home, state, stages):
    InterestFactory(enquiry__cqc_location_id=HERE, state=state)

    assert headline() == counted(reached=1, applied=1, **stages)


def test_who_attended_took_part_even_if_they_dropped_out(home):
    interest = InterestFactory(enquiry__cqc_location_id=HERE, state="withdrawn")
    Attendance.objects.create(interest=interest, on=timezone.localdate())

    assert headline() == counted(reached=1, applied=1, took_part=1)


def test_a_programme_for_another_site_counts_for_that_site(home):
    RegisteredLocationFactory(cqc_location_id="1-101", cqc_provider_id="1-900")
    InterestFactory(
        **{"enquiry__cqc_location_id": HERE, "state": "enrolled"},
        **{"site_name": "Other home", "site_postcode": "RM10 7AA", "site_location_id": "1-101"},
    )

    assert headline() == counted(registered=2, reached=2, applied=1, took_part=1)


def test_what_happened_after_the_day_is_not_counted(home, officer):
    today = timezone.localdate()
    long_ago, lately = (timezone.now() - dt.timedelta(days=days) for days in (30, 10))
    interest = InterestFactory(enquiry__cqc_location_id=HERE, enquiry__received_at=long_ago, state="completed")
    for kind, at in (("enrolled", lately), ("completed", timezone.now())):
        Event.objects.create(enquiry=interest.enquiry, kind=kind, at=at, detail={"interest": interest.pk})

    before = [headline(today - dt.timedelta(days=days)) for days in (40, 30, 10)]

    assert before[0] == counted()
    assert before[1] == counted(reached=1, applied=1)
    assert before[2] == counted(reached=1, applied=1, took_part=1)
    assert headline(today) == headline() == counted(reached=1, applied=1, took_part=1, completed=1)


def test_contacts_and_accounts_after_the_day_are_not_counted(home, officer):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Outreach.objects.create(cqc_location_id=HERE, on=timezone.localdate(), how="call", by=officer)
    MembershipFactory(provider__cqc_provider_id="1-900")

    assert headline(yesterday) == counted()


def test_the_number_of_queries_does_not_grow():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            headline(timezone.localdate() - dt.timedelta(days=1))
        return len(captured)

    RegisteredLocationFactory()
    one = queries()
    for number in range(20):
        RegisteredLocationFactory(cqc_location_id=f"1-{number}")
        InterestFactory(enquiry__cqc_location_id=f"1-{number}", state="completed")
        Outreach.objects.create(
            cqc_location_id=f"1-{number}", on=timezone.localdate(), how="call", by=UserFactory(officer=True)
        )

    assert queries() == one == 8
