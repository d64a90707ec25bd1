"""The page of reach: figures, the list of the never reached, its file, and recording who was spoken to."""

import csv
import datetime as dt
import io
import time
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries import reach_places, services
from enquiries.exceptions import Refused
from enquiries.models import Outreach
from enquiries.reach import headline
from providers.models import RegisteredLocation, UnitPostcode, Ward
from tests.factories import (
    EnquiryFactory,
    InterestFactory,
    ProviderFactory,
    RegisteredLocationFactory,
    UnitPostcodeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PAGE, FILE = "/admin/reach/", "/admin/reach/file/"
PUBLISHED = Path(__file__).resolve().parents[2].parent / "shared/data"


@pytest.fixture
def abbey():
    UnitPostcodeFactory(postcode="RM10 7AA", ward="E05014053")
    return Ward.objects.create(code="E05014053", name="Abbey")


@pytest.fixture
def homes(abbey):
    """Two never reached, in two wards; one that took part."""
    RegisteredLocationFactory(
        cqc_location_id="1-1", name="Alpha", postcode="RM10 7AA", telephone="02079460000", cqc_provider_id="1-900"
    )
    UnitPostcodeFactory(postcode="RM9 5AA", ward="E05014099")
    both = ["Homecare agencies", "Supported living"]
    RegisteredLocationFactory(cqc_location_id="1-2", name="Beta", postcode="RM9 5AA", service_types=both)
    RegisteredLocationFactory(cqc_location_id="1-3", name="Gamma", cqc_provider_id="1-901")
    InterestFactory(enquiry__cqc_location_id="1-3", state="enrolled")
    ProviderFactory(cqc_provider_id="1-901", size_band="under_50")


def tables(browser):
    sections = browser.get(PAGE).context["sections"]
    return {one["name"]: dict(one["lines"]) for one in sections}


def never(browser, **asked):
    return [place.location.name for place in browser.get(PAGE, asked).context["found"]]


def spoken(location="1-1", **changes):
    today = timezone.localdate()
    day = {"on-day": today.day, "on-month": today.month, "on-year": today.year}
    return f"/admin/reach/{location}/spoke/", {**day, "how": "call", **changes}


def test_each_location_counts_by_kind_size_and_ward(homes, browser_of, officer):
    browser = browser_of(officer)

    page = browser.get(PAGE)
    found = tables(browser)

    assert dict(page.context["total"]) == {
        "Registered": 3,
        "Reached": 1,
        "Applied": 1,
        "Took part": 1,
        "Completed": 0,
    }
    assert found["kinds"] == {
        "Care home": [2, 1, 1, 1, 0],
        "Homecare": [1, 0, 0, 0, 0],
        "Supported living": [1, 0, 0, 0, 0],
    }
    assert found["sizes"] == {"10 to 49 staff": [1, 1, 1, 1, 0], "Not known": [2, 0, 0, 0, 0]}
    assert found["wards"] == {"Abbey": [2, 1, 1, 1, 0], "E05014099": [1, 0, 0, 0, 0]}
    assert "1 of 3 were reached, 1 took part." in page.content.decode()


def test_the_list_of_the_never_reached_is_narrowed_and_put_in_order(homes, browser_of, officer):
    browser = browser_of(officer)

    assert never(browser) == ["Alpha", "Beta"]
    assert never(browser, ward="Abbey") == ["Alpha"]
    assert never(browser, kind="Supported living") == ["Beta"]
    assert never(browser, ward="Abbey", kind="Homecare") == []
    assert never(browser, sort="postcode") == ["Alpha", "Beta"]
    assert never(browser, sort="ward") == ["Alpha", "Beta"]
    page = browser.get(PAGE).content.decode()
    assert "020 7946 0000" in page
    assert "1 Example Road, Dagenham, RM10 7AA" in page


@pytest.mark.parametrize("asked", [{"ward": "Nowhere"}, {"kind": "x" * 5000}, {"sort": "-pk"}, {"page": "9" * 500}])
def test_strange_filters_are_named_and_everything_is_listed(homes, browser_of, officer, asked):
    browser = browser_of(officer)

    assert never(browser, **asked) == ["Alpha", "Beta"]
    assert browser.get(FILE, asked).status_code == 200


def test_without_a_directory_the_page_says_so(browser_of, officer):
    assert "There is nothing to count" in browser_of(officer).get(PAGE).content.decode()


def test_a_new_registration_is_not_reached_from_the_day_of_the_import(homes, browser_of, officer):
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        RegisteredLocationFactory(name="Brand new")

        assert headline().registered == 4
        assert headline().reached == 1
        assert "Brand new" in never(browser_of(officer))


def test_the_file_holds_the_list_with_its_basis_and_is_recorded(homes, browser_of, officer):
    RegisteredLocationFactory(name="=cmd|x", telephone="+442079460001")
    answer = browser_of(officer).get(FILE, {"ward": "Abbey"})

    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert header[0] == "CQC location ID"
    assert [row[1] for row in rows] == ["'=cmd|x", "Alpha"]
    assert rows[1][:9] == [
        *("1-1", "Alpha", "Example Care Ltd", "Care home", "1 Example Road, Dagenham", "RM10 7AA"),
        *("020 7946 0000", "Abbey", "Not known"),
    ]
    assert "Public task" in rows[1][9]
    entry = AuditEntry.objects.get(kind="exported")
    assert (entry.by, entry.about, entry.count) == (officer, "providers.registeredlocation", 2)
    assert entry.detail == {"what": "never reached", "filters": {"ward": ["Abbey"]}, "step": "taken"}


def test_an_officer_records_that_they_spoke_to_a_service(homes, browser_of, officer):
    browser = browser_of(officer)
    address, data = spoken()

    assert "We spoke to them" in browser.get(address).content.decode()
    answer = browser.post(address, data)

    assert answer.headers["Location"] == PAGE
    made = Outreach.objects.get()
    assert (made.cqc_location_id, made.on, made.how, made.by) == ("1-1", timezone.localdate(), "call", officer)
    assert never(browser) == ["Beta"]
    assert "By telephone" in browser.get(address).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"how": ""}, "Select how you reached them"),
        ({"how": "pigeon"}, "Select"),
        ({"on-day": ""}, "The day must include"),
        ({"on-year": "2999"}, "The day must be on or before"),
        ({"on-year": "1999"}, "The day must be on or after"),
        ({"on-year": "9" * 50}, "Error:"),
    ],
)
def test_what_does_not_fit_comes_back_as_it_was_typed(homes, browser_of, officer, changes, words):
    address, data = spoken(**changes)

    page = browser_of(officer).post(address, data).content.decode()

    assert words in page
    assert not Outreach.objects.exists()


def test_the_same_is_not_recorded_twice(homes, browser_of, officer):
    browser = browser_of(officer)
    address, data = spoken()
    browser.post(address, data)

    assert "This is recorded already" in browser.post(address, data).content.decode()
    assert Outreach.objects.count() == 1


def test_what_was_recorded_by_mistake_is_taken_back_by_whoever_did(homes, browser_of, officer):
    made = services.record_outreach(cqc_location_id="1-1", on=timezone.localdate(), how="call", officer=officer)
    address = "/admin/reach/1-1/take-back/"
    colleague = browser_of(UserFactory(officer=True))

    answer = colleague.post(address, {"outreach": made.pk}, follow=True)
    assert "only take back what you recorded yourself" in answer.content.decode()
    assert "Take back" not in colleague.get(spoken()[0]).content.decode()
    browser = browser_of(officer)
    assert "Take back" in browser.get(spoken()[0]).content.decode()
    browser.post(address, {"outreach": made.pk})

    assert not Outreach.objects.exists()
    assert never(browser) == ["Alpha", "Beta"]


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40, "٣"])
def test_nothing_is_taken_back_by_a_strange_number(homes, browser_of, officer, number):
    services.record_outreach(cqc_location_id="1-1", on=timezone.localdate(), how="call", officer=officer)

    assert browser_of(officer).post("/admin/reach/1-1/take-back/", {"outreach": number}).status_code == 302
    assert Outreach.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cqc_location_id": "1-77"}, "not registered in the area"),
        ({"on": dt.date(2999, 1, 1)}, "none in the future"),
        ({"on": dt.date(2000, 1, 1)}, "of the last year"),
        ({"how": "pigeon"}, "how you reached them"),
    ],
)
def test_the_service_refuses_what_cannot_be(homes, officer, changes, reason):
    given = {"cqc_location_id": "1-1", "on": timezone.localdate(), "how": "call", "officer": officer} | changes

    with pytest.raises(Refused, match=reason):
        services.record_outreach(**given)

    assert not Outreach.objects.exists()


@pytest.mark.parametrize("location", ["1-77", "x" * 300, "%00", "1-4"])
def test_a_service_that_is_not_here_is_not_there(homes, browser_of, officer, location):
    RegisteredLocationFactory(cqc_location_id="1-4", local_authority="Havering", postcode="RM1 1AA")

    assert browser_of(officer).get(spoken(location)[0]).status_code in {400, 404}


def test_onlookers_look_and_record_nothing(homes, browser_of, viewer):
    browser = browser_of(viewer)
    address, data = spoken()

    assert "We spoke to them" not in browser.get(PAGE).content.decode()
    assert browser.get(FILE).status_code == 200
    assert browser.get(address).status_code == browser.post(address, data).status_code == 403
    assert not Outreach.objects.exists()


@pytest.mark.parametrize("path", [PAGE, FILE, "/admin/reach/1-1/spoke/"])
def test_others_do_not_get_in(homes, client, browser_of, path):
    assert client.get(path).headers["Location"].startswith("/account/login/")
    assert browser_of(UserFactory()).get(path).status_code == 403


def test_the_page_asks_as_much_for_many_as_for_few(homes, browser_of, officer, django_assert_num_queries):
    browser = browser_of(officer)
    browser.get(PAGE)
    with django_assert_num_queries(14):
        browser.get(PAGE)
    for number in range(10, 90):
        RegisteredLocationFactory(cqc_location_id=f"1-{number}")
        EnquiryFactory(cqc_location_id=f"1-{number + 40}")
    with django_assert_num_queries(14):
        assert len(never(browser)) == 42


def test_five_thousand_locations_are_told_in_a_moment():
    RegisteredLocation.objects.bulk_create(
        RegisteredLocationFactory.build(cqc_location_id=f"1-{number}", postcode=f"RM10 {number % 10}AA")
        for number in range(5000)
    )
    UnitPostcode.objects.bulk_create(
        UnitPostcodeFactory.build(postcode=f"RM10 {number}AA", ward=f"E0501405{number}") for number in range(10)
    )
    began = time.process_time()

    listed = reach_places.places()

    assert len(listed) == 5000
    assert len(reach_places.by_ward(listed)) == 10
    assert time.process_time() - began < 5


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published files are not here")
def test_the_published_directory_is_placed_in_wards(capsys):
    files = [PUBLISHED / f"postcodes/codepoint_open_2025-11_{area}.csv" for area in ("rm", "ig")]
    names = PUBLISHED / "postcodes/codelist_districts_wards.csv"
    call_command("import_postcodes", *map(str, files), wards=names, apply=True)
    call_command("import_cqc", str(PUBLISHED / "cqc/cqc_ratings_2021-02_london_essex.csv"), "--apply")

    listed = reach_places.places()

    wards = [ward for ward, _ in reach_places.by_ward(listed)]
    assert len(listed) == headline().registered > 50
    assert headline().reached == 0
    assert "Abbey" in wards
    assert not [ward for ward in wards if ward.startswith("E05")]
