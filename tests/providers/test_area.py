from pathlib import Path

import pytest

from providers.area import Answer, council_of, registered_here, where_is
from providers.models import UnitPostcode
from tests.factories import RegisteredLocationFactory, UnitPostcodeFactory

pytestmark = pytest.mark.django_db

OURS, HAVERING = "E09000002", "E09000016"


@pytest.mark.parametrize(
    ("postcode", "answer"),
    [
        ("RM10 8XD", Answer.INSIDE),
        ("IG11 7LU", Answer.PROBABLY),
        ("RM6 5AA", Answer.PROBABLY),
        ("RM5 2BH", Answer.PROBABLY),
        ("E1 6AN", Answer.OUTSIDE),
    ],
)
def test_a_district_on_the_border_is_never_more_than_probable(postcode, answer):
    assert where_is(postcode) == answer


@pytest.mark.parametrize(("district", "answer"), [(OURS, Answer.INSIDE), (HAVERING, Answer.OUTSIDE)])
@pytest.mark.parametrize("postcode", ["RM10 8XD", "RM6 5AA", "E1 6AN"])
def test_an_imported_postcode_is_exact_whatever_its_outcode_and_whatever_the_cqc_says(postcode, district, answer):
    UnitPostcode.objects.create(postcode=postcode, district=district)

    assert where_is(postcode) == where_is(postcode, council_named="Essex") == answer


@pytest.mark.parametrize(
    ("county", "answer"), [("E10000012", Answer.INSIDE), ("E10000015", Answer.OUTSIDE), ("", Answer.OUTSIDE)]
)
def test_a_county_council_is_known_by_the_code_of_the_county(settings, county, answer):
    area = settings.COUNCIL.area.model_copy(update={"districts": [], "counties": ["E10000012"]})
    settings.COUNCIL = settings.COUNCIL.model_copy(update={"area": area})
    UnitPostcode.objects.create(postcode="CM1 1AA", district="E07000070", county=county)

    assert where_is("CM1 1AA") == answer


@pytest.mark.parametrize(
    ("named", "answer"),
    [
        ("Barking and Dagenham", Answer.INSIDE),
        ("  barking and DAGENHAM ", Answer.INSIDE),
        ("Havering", Answer.OUTSIDE),
        ("", Answer.PROBABLY),
    ],
)
def test_a_postcode_that_is_not_known_lies_where_the_cqc_says(named, answer):
    assert where_is("IG11 8RW", council_named=named) == answer


@pytest.mark.parametrize(
    ("named", "answer"),
    [
        (["Barking and Dagenham"] * 2, Answer.INSIDE),
        (["Redbridge", ""], Answer.OUTSIDE),
        (["Redbridge", "Barking and Dagenham"], Answer.PROBABLY),
        ([""], Answer.PROBABLY),
    ],
)
def test_the_directory_of_the_cqc_names_the_council_where_its_locations_agree(named, answer):
    for council in named:
        RegisteredLocationFactory(postcode="IG11 8RW", local_authority=council)

    assert where_is("IG11 8RW") == answer


def test_the_right_council_for_somebody_outside_is_named_where_it_is_known():
    UnitPostcode.objects.create(postcode="RM9 6DE", district=HAVERING)
    UnitPostcode.objects.create(postcode="CM1 1AA", district="E07000070", county="E10000012")
    UnitPostcode.objects.create(postcode="M1 1AA", district="E08000003")

    named = [council_of(postcode) for postcode in ("RM9 6DE", "CM1 1AA", "M1 1AA", "RM9 6DF")]

    assert [one and one.name for one in named] == ["London Borough of Havering", "Essex County Council", None, None]


def test_the_packs_districts_agree_with_the_official_postcodes(settings):
    """Runs where the Ordnance Survey's file is at hand: inside means wholly, outside means not one postcode."""
    counted = Path(settings.BASE_DIR).parent / "shared/data/postcodes/outcode_to_district_2025-11.csv"
    if not counted.exists():
        pytest.skip("the official list of postcode districts is not here")
    rows = [line.split(",") for line in counted.read_text().splitlines()[1:]]
    ours = {row[0] for row in rows if row[1] == OURS}
    elsewhere = {row[0] for row in rows if row[1] and row[1] != OURS}
    assert set(settings.COUNCIL.area.inside) == ours - elsewhere
    assert set(settings.COUNCIL.area.probably) == ours & elsewhere


@pytest.mark.parametrize("units", [[], [("RM10 7AA", OURS)], [("RM10 7AA", "E09000016"), ("ZZ1 1ZZ", OURS)]])
@pytest.mark.parametrize("named", ["Barking and Dagenham", "barking AND dagenham", "Havering", ""])
@pytest.mark.parametrize("postcode", ["RM10 7AA", "RM9 5AA", "ZZ1 1ZZ", ""])
def test_registered_locations_here_are_those_that_surely_lie_here(units, named, postcode):
    for known, district in units:
        UnitPostcodeFactory(postcode=known, district=district)
    location = RegisteredLocationFactory(postcode=postcode, local_authority=named)
    RegisteredLocationFactory(postcode=postcode, local_authority=named, is_social_care=False)

    is_here = where_is(postcode, council_named=named) == Answer.INSIDE

    assert list(registered_here()) == [location] * is_here
