"""The Commission's own files, where they are at hand, counted a second time without the code under test."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from providers.models import DirectoryImport, RegisteredLocation

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[2].parent / "shared/data/cqc"


def rows_of(name, header_line=1):
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    return [dict(zip(lines[header_line - 1], line, strict=True)) for line in lines[header_line:]]


def imported(name):
    if not (FOLDER / name).exists():
        pytest.skip("the published files are not here")
    call_command("import_cqc", str(FOLDER / name), apply=True, verbosity=0)
    made = DirectoryImport.objects.get()
    assert (made.added, made.changed, made.removed) == (made.locations, 0, 0)
    return made


def stored(*columns):
    return set(RegisteredLocation.objects.values_list(*columns))


def test_the_ratings_of_2021():
    made = imported("cqc_ratings_2021-02_london_essex.csv")

    rows = rows_of("cqc_ratings_2021-02_london_essex.csv")
    overall = [row for row in rows if row["Service / Population Group"] == row["Domain"] == "Overall"]
    assert (made.kind, made.rows, made.locations) == ("ratings", len(rows), len({row["Location ID"] for row in rows}))
    assert (made.rows, made.locations) == (3_682, 3_604)
    assert made.odd == {}
    assert stored("cqc_location_id", "cqc_provider_id", "rating") == {
        (row["Location ID"], row["Provider ID"], row["Latest Rating"]) for row in overall
    }
    councils = Counter(row["Location Local Authority"] for row in overall if row["Location Type"] == "Social Care Org")
    social = RegisteredLocation.objects.filter(is_social_care=True)
    assert Counter(social.values_list("local_authority", flat=True)) == councils
    assert (councils.total(), councils["Barking and Dagenham"], councils["Essex"]) == (3_252, 66, 613)
    homes = [row for row in overall if row["Care Home?"] == "Y"]
    assert RegisteredLocation.objects.filter(type="care_home").count() == len(homes)
    newest = max(row["Publication Date"].split("/")[::-1] for row in rows)
    assert made.produced_on.isoformat() == "-".join(newest)


def test_the_layout_of_the_directory_since_2022():
    made = imported("DERIVED_directory_layout_2022on.csv")

    rows = rows_of("DERIVED_directory_layout_2022on.csv", header_line=5)
    location, provider = (f"CQC {what} ID (for office use only)" for what in ("Location", "Provider"))
    assert (made.kind, made.rows, made.locations) == ("directory", len(rows), len({row[location] for row in rows}))
    assert (made.rows, made.produced_on.isoformat()) == (261, "2025-08-28")
    assert stored("cqc_location_id", "cqc_provider_id", "postcode") == {
        (row[location], row[provider], row["Postcode"]) for row in rows
    }
    assert RegisteredLocation.objects.exclude(telephone="").count() == len(
        {row[location] for row in rows if row["Phone number"]}
    )
    assert not RegisteredLocation.objects.exclude(telephone="").exclude(telephone__startswith="0").exists()
    assert kept_service_types() == {
        row[location]: {kind.lower() for kind in row["Service types"].split("|")} for row in rows
    }


def test_the_export_of_the_search_of_2025():
    made = imported("cqc_search_export_2025-08.csv")

    rows = rows_of("cqc_search_export_2025-08.csv")
    location = "CQC Location ID (for office use only)"
    locations = [row for row in rows if row[location]]
    assert (made.kind, made.rows) == ("search_export", len(rows))
    assert (made.rows, len(rows) - len(locations)) == (290, 29)
    assert made.locations == len({row[location] for row in locations})
    assert stored("cqc_location_id", "postcode", "region") == {
        (row[location], row["Postcode"], row["Region"]) for row in locations
    }
    assert kept_service_types() == {
        row[location]: {kind.lower() for kind in row["Service types"].split(",")} for row in locations
    }


def kept_service_types():
    rows = RegisteredLocation.objects.values_list("cqc_location_id", "service_types")
    return {number: {kind.lower() for kind in kinds} for number, kinds in rows}
