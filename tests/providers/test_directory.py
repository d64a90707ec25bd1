"""Finding a service in the directory, whatever of it somebody knows."""

import datetime as dt

import pytest
from django.db import OperationalError

from providers import directory
from providers.models import RegisteredLocation
from tests.factories import DirectoryImportFactory, RegisteredLocationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return RegisteredLocationFactory(
        cqc_location_id="1-123456789",
        cqc_provider_id="1-987654321",
        name="The Orchard (St Mary’s) – Café Wing",
        provider_name="Example Orchard Ltd",
        postcode="RM10 7AA",
    )


@pytest.fixture
def branch(home):
    """Of the same provider, elsewhere."""
    return RegisteredLocationFactory(
        cqc_provider_id=home.cqc_provider_id, name="Another branch", postcode="CM1 1AA", local_authority="Essex"
    )


def names(words, **how):
    return [one.name for one in directory.find(words, **how)]


@pytest.mark.parametrize(
    "words",
    [
        *("RM10 7AA", "rm107aa", " Rm10   7aA ", "RM10\u00a07AA", "ＲＭ１０　７ＡＡ", "RM10-7AA", "RM10 7", "rm10"),
        *("orchard", "ORCHARD café", "cafe wing", "st mary's", "orch", "example orchard", "Orchard RM10 7AA"),
        *("1-123456789", "1 - 123 456 789", "1–123456789", "１－１２３４５６７８９", "123456789", "1123456789"),
        *("CQC: 1-123456789.", "https://www.cqc.org.uk/location/1-123456789?tab=1", "cqc.org.uk/location/1-123456789"),
        *("1-12345", "\u200b1-123456789\u200b"),
    ],
)
def test_a_service_is_found_by_postcode_name_or_id_in_any_spelling(home, words):
    """(FI13)"""
    RegisteredLocationFactory(name="Somebody else", provider_name="Others Ltd", postcode="IG11 8BB")

    assert names(words) == [home.name]


@pytest.mark.parametrize("words", ["1-987654321", "https://www.cqc.org.uk/provider/1-987654321", "9 8 7 6 5 4 3 2 1"])
def test_a_providers_id_lists_all_its_locations_those_of_this_council_first(branch, home, words):
    """(trap 24)"""
    assert names(words) == [home.name, branch.name]


def test_a_location_comes_before_the_locations_of_a_provider_with_the_same_number(home):
    namesake = RegisteredLocationFactory(cqc_provider_id=home.cqc_location_id, name="A namesake")

    assert names(home.cqc_location_id) == [home.name, namesake.name]


def test_those_in_the_councils_own_area_come_first_then_those_whose_name_begins_so():
    elsewhere = RegisteredLocationFactory(name="Rose Lodge", local_authority="Essex")
    contains = RegisteredLocationFactory(name="A Rose Garden")
    begins = RegisteredLocationFactory(name="Rosewood")

    assert names("rose") == [begins.name, contains.name, elsewhere.name]


def test_of_those_that_share_a_postcode_the_one_named_too_comes_first():
    for name in ("Abbey", "Zebra", "Mill"):
        RegisteredLocationFactory(name=name, postcode="IG11 8FG")

    assert names("zebra IG11 8FG") == ["Zebra", "Abbey", "Mill"]


def test_surgeries_and_dentists_are_found_by_their_id_alone():
    surgery = RegisteredLocationFactory(name="A surgery", is_social_care=False)

    assert names("surgery") == names(surgery.postcode) == []
    assert names(surgery.cqc_location_id) == [surgery.name]


@pytest.mark.parametrize("number", [1, 3])
def test_no_more_are_found_than_asked_for(number):
    RegisteredLocationFactory.create_batch(5)

    assert len(names("example", limit=number)) == number


@pytest.mark.parametrize(
    "words", ["", "   ", "%", "%%%", "___", "_%_", "a", "ab cd", "'", '"', "\\", "\0", "\ud800", "é"]
)
def test_too_little_finds_nothing(home, words):
    """(FI21)"""
    assert names(words) == []


@pytest.mark.parametrize("words", ["100%_care", "orch_rd", "orch%", ".*orchard.*", "(orchard", "[orchard]{9}", "'; --"])
def test_signs_of_patterns_stand_for_themselves(home, words):
    """(FI21)"""
    assert names(words) == []


@pytest.mark.parametrize("piece", ["a", "1-", "1 ", "RM10 ", "%", "(.*)*", "\0", "\ud800", "\ufdfa", "e\u0301"])
def test_of_a_long_and_hostile_text_only_the_beginning_is_looked_at(home, piece, monkeypatch):
    """(FI14)"""
    looked_at = []
    monkeypatch.setattr(directory, "_find", lambda text: looked_at.append(text) or [])

    assert directory.find(piece * (50_000 // len(piece))) == []

    assert len(looked_at[0]) <= 200 * 18  # the one sign that becomes 18 letters


def test_one_service_by_its_id(home):
    assert directory.at("1-123456789") == home
    for unknown in ("1-1", "", "x" * 50_000, "\0", "1-123456789 "):
        assert directory.at(unknown) is None


def test_the_directory_is_of_the_day_that_its_file_names():
    assert directory.data_of() is None
    DirectoryImportFactory(produced_on=dt.date(2026, 11, 2))
    DirectoryImportFactory(kind="ratings", produced_on=dt.date(2026, 11, 20))
    assert directory.data_of() == dt.date(2026, 11, 2)

    moment = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
    DirectoryImportFactory(produced_on=None, imported_at=moment + dt.timedelta(days=365))
    assert directory.data_of() == dt.date(2027, 11, 27)


def test_ratings_alone_have_a_day_too():
    DirectoryImportFactory(kind="ratings", produced_on=dt.date(2021, 1, 30))

    assert directory.data_of() == dt.date(2021, 1, 30)


def test_a_directory_that_cannot_be_read_is_an_empty_one(home, monkeypatch):
    """(trap 25)"""

    def broken(*_, **__):
        raise OperationalError("no")

    assert directory.is_there()
    monkeypatch.setattr(RegisteredLocation.objects, "filter", broken)

    assert directory.find("orchard") == []
    assert not directory.is_there()
