"""What stands in the cells of the Commission's files, and what we keep of it."""

import csv
from pathlib import Path

import pytest

from providers.cqc import values
from providers.cqc.service_types import SERVICE_TYPES, known, plain, type_of
from providers.models import ProviderType


@pytest.fixture
def noted():
    return []


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("RM10 7AA", "RM10 7AA"),
        ("rm107aa", "RM10 7AA"),
        ("W1U  2AU", "W1U 2AU"),
        ("ＲＭ１０ ７ＡＡ", "RM10 7AA"),
    ],
)
def test_postcodes_are_kept_in_one_form(cell, kept, noted):
    assert (values.postcode(cell, noted.append), noted) == (kept, [])


@pytest.mark.parametrize(
    ("cell", "why"),
    [("", "no postcode"), ("RM10", "postcode that cannot be read"), ("x" * 500, "postcode that cannot be read")],
)
def test_a_postcode_that_is_none_is_left_empty_and_told(cell, why, noted):
    assert (values.postcode(cell, noted.append), noted) == ("", [why])


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("2073770990", "02073770990"),
        ("2073770990.0", "02073770990"),
        ("020 7377 0990", "02073770990"),
        ("+44 20 7377 0990", "02073770990"),
        ("00442073770990", "02073770990"),
        ("169772123", "0169772123"),
        ("", ""),
    ],
)
def test_telephone_numbers_get_back_the_zero_that_spreadsheets_take(cell, kept, noted):
    assert (values.telephone(cell, noted.append), noted) == (kept, [])


@pytest.mark.parametrize(
    ("cell", "kept"), [("020888882408", "020888882408"), ("12", "12"), ("1" * 60, ""), ("ask", "")]
)
def test_a_telephone_number_that_cannot_be_right_is_told(cell, kept, noted):
    assert (values.telephone(cell, noted.append), noted) == (kept, ["telephone number that cannot be right"])


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("https://www.home.example.org/a?b=c", "https://www.home.example.org/a?b=c"),
        ("HTTP://Home.example.org", "http://Home.example.org"),
        ("www.home.example.org", "http://www.home.example.org"),
        ("home.example.org:8000", "http://home.example.org:8000"),
        ("-", ""),
        ("", ""),
    ],
)
def test_websites_are_web_addresses(cell, kept, noted):
    assert (values.website(cell, noted.append), noted) == (kept, [])


@pytest.mark.parametrize(
    "cell",
    [
        *("javascript:alert(1)", "data:text/html,x", "JaVaScRiPt://x.example.org/%0aalert(1)", "mailto:a@example.org"),
        *(
            "none",
            "http://",
            "https://home example.org",
            "ftp://home.example.org",
            f"https://x.example.org/{'a' * 500}",
        ),
    ],
)
def test_what_opens_no_page_is_no_website(cell, noted):
    assert (values.website(cell, noted.append), noted) == ("", ["website that is no web address"])


def test_addresses_read_the_same_whichever_file_they_are_from():
    assert values.address(["1 Example Road,Longlevens,Gloucester"]) == "1 Example Road, Longlevens, Gloucester"
    assert (
        values.address(["1 Example Road", "", " Longlevens ", "Gloucester"]) == "1 Example Road, Longlevens, Gloucester"
    )


@pytest.mark.parametrize("number", ["1-123456789", "1-1234567890", "1-12345678901", "R0A02", "RM317"])
def test_both_forms_of_location_ids_are_known(number, noted):
    assert (values.location_id(f" {number} ", 7, noted.append), noted) == (number, [])


@pytest.mark.parametrize("cell", ["Requires Improvement", "requires improvement ", "Requires improvement"])
def test_a_rating_has_one_spelling(cell, noted):
    assert (values.rating(cell, noted.append), noted) == ("Requires improvement", [])


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["Homecare agencies", "Nursing homes", "Residential homes"], ProviderType.NURSING_HOME),
        (["Homecare agencies", "Residential homes"], ProviderType.CARE_HOME),
        (["Homecare agencies", "Supported living"], ProviderType.SUPPORTED_LIVING),
        (["Domiciliary care service"], ProviderType.HOMECARE),
        (["SUPPORTED  HOUSING"], ProviderType.EXTRA_CARE),
        (["Shared Lives"], ProviderType.SHARED_LIVES),
        (["Dentist"], ProviderType.OTHER),
        (["A new kind"], ProviderType.OTHER),
        ([], ProviderType.OTHER),
    ],
)
def test_the_most_telling_service_type_says_what_kind_of_care_it_is(names, kind):
    assert type_of(names) == kind


def test_a_service_type_is_kept_once_and_by_its_name_in_the_directory(noted):
    cells = ["Doctors/GPs", "Doctors/Gps", "Doctors treatment service", "Moon base", ""]

    assert values.service_types(cells, noted.append) == ["Doctors/GPs", "Moon base"]
    assert noted == ["service type that is not known here"]


def test_the_names_of_service_types_are_the_commissions(settings):
    """Runs where the list of its pairs of names is at hand."""
    listed = Path(settings.BASE_DIR).parent / "shared/data/cqc/cqc_service_type_names.csv"
    if not listed.exists():
        pytest.skip("the list of names of service types is not here")
    with listed.open(newline="") as file:
        pairs = {(row["hsca_service_type"], plain(row["directory_service_type"])) for row in csv.DictReader(file)}

    assert {(one.registered, plain(one.name)) for one in SERVICE_TYPES if one.registered} == pairs
    assert all(known(registered) and plain(known(registered).name) == name for registered, name in pairs)
