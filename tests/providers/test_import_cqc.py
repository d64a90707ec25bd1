"""What an import does to what is stored: all or nothing, and only what its file may say."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from providers import services
from providers.exceptions import FileRefused
from providers.models import DirectoryImport, ProviderType, RegisteredLocation
from providers.signals import directory_imported
from tests.factories import DirectoryImportFactory, RegisteredLocationFactory
from tests.providers import cqc_files as files
from tests.providers.cqc_files import CANARY, home, imported, number, rated, run, searched

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """What is told when an import is done: a list that fills."""
    heard = []

    def listen(made, changes, **_):
        heard.append((made, changes))

    directory_imported.connect(listen)
    yield heard
    directory_imported.disconnect(listen)


def stored():
    return {row.cqc_location_id: row for row in RegisteredLocation.objects.all()}


def the_location():
    return RegisteredLocation.objects.get()


# --- Dry run and report


def test_without_being_told_to_apply_it_only_says_what_would_change(tmp_path):
    said = run(tmp_path, files.directory(home(1), home(2)))

    assert "Care directory, of 16 September 2026: 2 rows, 2 locations." in said
    assert "Added 2, changed 0, removed 0. Before: 0." in said
    assert "Nothing was changed. Say --apply to import it." in said
    assert not RegisteredLocation.objects.exists()
    assert not DirectoryImport.objects.exists()


@pytest.mark.parametrize("is_terminal", [True, False])
def test_only_somebody_at_a_terminal_sees_a_bar(tmp_path, monkeypatch, is_terminal):
    (tmp_path / "made-up.csv").write_bytes(files.directory(home(1)))
    err = StringIO()
    monkeypatch.setattr(err, "isatty", lambda: is_terminal, raising=False)

    call_command("import_cqc", str(tmp_path / "made-up.csv"), stdout=StringIO(), stderr=err)

    assert ("100%" in err.getvalue()) is is_terminal
    assert bool(err.getvalue()) is is_terminal


def test_an_import_is_recorded_with_what_came_of_it(tmp_path):
    imported(tmp_path, files.directory(home(1), home(2, Postcode="none"), home(2)), name="16_september.csv")

    made = DirectoryImport.objects.get()
    assert (made.kind, made.file_name, made.produced_on) == ("directory", "16_september.csv", dt.date(2026, 9, 16))
    assert (made.rows, made.locations, made.added, made.changed, made.removed) == (3, 2, 2, 0, 0)
    assert len(made.sha256) == 64
    assert made.odd == {
        "location ID that came before; only its first line counts": {"count": 1, "lines": [8]},
        "postcode that cannot be read": {"count": 1, "lines": [7]},
    }


def test_what_is_odd_is_told_by_its_lines_and_never_by_what_stands_there(tmp_path):
    odd = home(
        7,
        Postcode="secret words",
        **{"Service types": "Residential homes|Moon base", files.DIRECTORY[14]: "", "Region": "", "Name": ""},
    )

    said = run(
        tmp_path, files.directory(*[home(n) for n in range(1, 7)], odd, home(8, **{files.DIRECTORY[13]: "Jan-10"}))
    )

    assert "- 1 × postcode that cannot be read: line 12" in said
    assert "- 1 × service type that is not known here: line 12" in said
    assert "- 1 × no provider ID: line 12" in said
    assert "- 1 × no region: line 12" in said
    assert "- 1 × no name: line 12" in said
    assert "- 1 × location ID of an unknown form: line 13" in said
    assert "secret" not in said
    assert "Moon" not in said


def test_many_lines_with_the_same_oddity_are_counted_and_only_the_first_are_named(tmp_path):
    said = run(tmp_path, files.directory(*[home(n, Postcode="?") for n in range(1, 9)]))

    assert "- 8 × postcode that cannot be read: lines 6, 7, 8, 9, 10, …" in said


def test_a_file_older_than_the_last_says_so(tmp_path):
    older = ["", "This data was produced on 2 September 2026"]
    imported(tmp_path, files.directory(home(1)))

    said = run(tmp_path, files.directory(home(1), preamble=older))

    assert "This file is older than the one of 16 September 2026, which was imported before." in said
    assert "older" not in run(tmp_path, files.directory(home(1)))


def test_the_same_file_again_changes_nothing(tmp_path):
    imported(tmp_path, files.directory(home(1)))

    assert "Added 0, changed 0, removed 0. Before: 1." in imported(tmp_path, files.directory(home(1)))


# --- What replaces what


def test_what_is_in_the_directory_is_taken_over_and_can_be_searched(tmp_path):
    imported(tmp_path, files.directory(home(1, Name=" Café  Ruhe ")))

    location = the_location()
    assert (location.name, location.provider_name) == ("Café Ruhe", "Example Care Ltd")
    assert (location.type, location.is_social_care) == (ProviderType.CARE_HOME, True)
    assert location.service_types == ["Residential homes", "Homecare agencies"]
    assert location.specialisms == ["Dementia", "Physical disabilities"]
    assert (location.address, location.postcode) == ("1 Example Road, Dagenham", "RM10 7AA")
    assert (location.telephone, location.website) == ("02079460958", "https://home.example.org")
    assert (location.local_authority, location.region) == ("Barking and Dagenham", "London")
    assert location.search_text == "cafe ruhe example care ltd rm10 7aa rm107aa 1-100000001 1-200000001"


def test_a_directory_is_the_whole_so_what_is_not_in_it_is_removed_and_the_rest_keeps_its_row(tmp_path):
    imported(tmp_path, files.directory(*[home(n) for n in range(1, 11)]))
    before = stored()

    imported(tmp_path, files.directory(*[home(n) for n in range(2, 12)]))

    assert set(stored()) == {number(n) for n in range(2, 12)}
    assert stored()[number(5)].pk == before[number(5)].pk
    assert DirectoryImport.objects.first().removed == 1


def test_a_directory_with_filters_is_the_whole_too(tmp_path):
    imported(tmp_path, files.directory(*[home(n) for n in range(1, 6)]))

    imported(tmp_path, files.xlsx(HSCA=files.filters(*[files.filtered(n) for n in range(1, 5)])))

    assert set(stored()) == {number(n) for n in range(1, 5)}


def test_an_export_of_the_search_is_a_part_and_removes_nothing(tmp_path):
    imported(tmp_path, files.directory(home(1), home(2)))

    imported(tmp_path, files.search_export(searched(2, **{"Address 1": "New House"}), searched(3)))

    assert set(stored()) == {number(1), number(2), number(3)}
    assert stored()[number(2)].address == "New House, Dagenham"


def test_ratings_are_put_on_locations_but_not_their_old_addresses(tmp_path):
    imported(tmp_path, files.directory(home(1)))

    imported(tmp_path, files.ratings(rated(1, **{"Location Name": "Old name"})))

    location = the_location()
    assert (location.rating, location.rated_on) == ("Good", dt.date(2024, 3, 5))
    assert (location.name, location.postcode) == ("Example home 1", "RM10 7AA")
    assert location.service_types == ["Residential homes", "Homecare agencies"]


def test_ratings_add_locations_that_no_other_file_has_named(tmp_path):
    imported(tmp_path, files.directory(home(1)))

    imported(tmp_path, files.ratings(rated(1), rated(2)))

    added = stored()[number(2)]
    assert (added.address, added.postcode) == ("Old house, 2 Old Road, Barking", "IG11 7LU")
    assert (added.type, added.is_social_care, added.rating) == (ProviderType.CARE_HOME, True, "Good")


def test_where_there_are_only_ratings_newer_ones_bring_newer_addresses(tmp_path):
    imported(tmp_path, files.ratings(rated(1)))

    imported(tmp_path, files.ratings(rated(1, **{"Location Post Code": "RM107AA"})))

    assert the_location().postcode == "RM10 7AA"


def test_a_directory_knows_no_ratings_and_leaves_them(tmp_path):
    imported(tmp_path, files.ratings(rated(1)))

    imported(tmp_path, files.directory(home(1)))

    assert (the_location().rating, the_location().postcode) == ("Good", "RM10 7AA")


def test_an_older_rating_never_takes_the_place_of_a_newer_one(tmp_path):
    imported(tmp_path, files.ratings(rated(1, **{"Latest Rating": "Outstanding", "Publication Date": "06/03/2024"})))

    imported(tmp_path, files.ratings(rated(1)))

    assert the_location().rating == "Outstanding"


@pytest.mark.parametrize("first", [0, 1], ids=["before", "after"])
def test_of_the_rows_of_one_location_only_the_overall_rating_counts(tmp_path, first):
    rows = [rated(1), rated(1, Domain="Safe", **{"Latest Rating": "Inadequate"})]

    imported(tmp_path, files.ratings(*rows[first:], *rows[:first]))

    assert the_location().rating == "Good"


def test_a_location_with_ratings_of_domains_only_is_left_out_and_told(tmp_path):
    said = imported(tmp_path, files.ratings(rated(1), rated(2, Domain="Safe"), rated(2, Domain="Caring")))

    assert set(stored()) == {number(1)}
    assert "- 1 × location without an overall rating, left out: line 3" in said


def test_rows_of_providers_are_counted_and_are_no_locations(tmp_path):
    provider = searched(9, **{files.SEARCH[8]: "", "Service types": "Organisation"})

    said = imported(tmp_path, files.search_export(searched(1), provider))

    assert "Rows of providers, which are no locations: 1." in said
    assert set(stored()) == {number(1)}


# --- All or nothing


def test_a_file_that_would_remove_more_than_a_fifth_is_refused_unless_that_is_accepted(tmp_path):
    imported(tmp_path, files.directory(*[home(n) for n in range(1, 6)]))
    torn = files.directory(*[home(n) for n in range(1, 4)])

    with pytest.raises(CommandError, match=r"would remove 2 of 5 locations, more than a fifth.*--accept-removals"):
        imported(tmp_path, torn)
    with pytest.raises(CommandError, match="would remove 2 of 5"):
        run(tmp_path, torn)
    assert (RegisteredLocation.objects.count(), DirectoryImport.objects.count()) == (5, 1)

    imported(tmp_path, torn, "--accept-removals")

    assert RegisteredLocation.objects.count() == 3


def test_a_fifth_may_go(tmp_path):
    imported(tmp_path, files.directory(*[home(n) for n in range(1, 6)]))

    imported(tmp_path, files.directory(*[home(n) for n in range(1, 5)]))

    assert RegisteredLocation.objects.count() == 4


def test_one_bad_row_in_a_thousand_stores_none_of_them(tmp_path):
    """EX7."""
    rows = [home(n) for n in range(1, 1001)]
    rows[499][files.DIRECTORY[13]] = ""

    with pytest.raises(CommandError, match="Line 505 has no CQC location ID"):
        imported(tmp_path, files.directory(*rows))

    assert not RegisteredLocation.objects.exists()


def test_a_fault_while_writing_leaves_everything_as_it_was(tmp_path, monkeypatch):
    """EX7: the second batch of rows fails."""
    imported(tmp_path, files.directory(home(1)))
    writes = type(RegisteredLocation.objects).bulk_create

    def failing(manager, rows, **options):
        if rows[0].cqc_location_id != number(2):
            raise DatabaseError("the disk is full")
        return writes(manager, rows, **options)

    monkeypatch.setattr(type(RegisteredLocation.objects), "bulk_create", failing)

    with pytest.raises(DatabaseError):
        imported(tmp_path, files.directory(*[home(n) for n in range(1, 700)]))

    assert set(stored()) == {number(1)}
    assert DirectoryImport.objects.count() == 1


def test_a_plan_that_another_import_has_overtaken_is_refused(tmp_path):
    (tmp_path / "one.csv").write_bytes(files.directory(home(1)))

    with (tmp_path / "one.csv").open("rb") as file, services.planned_import(file) as plan:
        DirectoryImportFactory()
        with pytest.raises(FileRefused, match="imported at the same time"):
            services.import_directory(plan, file)

    assert not RegisteredLocation.objects.exists()


# --- What is told


def test_it_is_told_which_locations_went_moved_or_were_sold(tmp_path, told, django_capture_on_commit_callbacks):
    imported(tmp_path, files.directory(*[home(n) for n in range(1, 11)]))
    moved = home(3, Address="9 New Road,Dagenham")
    sold = home(4, **{files.DIRECTORY[14]: "1-200000002"})
    others = [home(n) for n in (2, *range(5, 11), 20)]

    with django_capture_on_commit_callbacks(execute=True):
        imported(tmp_path, files.directory(moved, sold, *others))

    [(made, changes)] = told
    assert made == DirectoryImport.objects.first()
    assert (changes.removed, changes.moved, changes.sold) == ({number(1)}, {number(3)}, {number(4)})


def test_an_address_written_differently_is_no_move(tmp_path, told, django_capture_on_commit_callbacks):
    imported(tmp_path, files.directory(home(1)))

    with django_capture_on_commit_callbacks(execute=True):
        imported(tmp_path, files.directory(home(1, Address="1, EXAMPLE ROAD, Dagenham")))

    assert told[0][1].moved == set()
    assert the_location().address == "1, EXAMPLE ROAD, Dagenham"


def test_a_dry_run_tells_nobody(tmp_path, told, django_capture_on_commit_callbacks):
    RegisteredLocationFactory.create_batch(9)

    with django_capture_on_commit_callbacks(execute=True):
        run(tmp_path, files.search_export(searched(1)))

    assert told == []


# --- People


def with_canary(header, row):
    """A file with one column more than it has."""
    return files.as_csv(files.table([*header, "Registered Manager Name"], [{**row, "Registered Manager Name": CANARY}]))


@pytest.mark.parametrize(
    "content",
    [
        with_canary(files.DIRECTORY, home(1)),
        with_canary(files.RATINGS, rated(1)),
        with_canary(files.SEARCH, searched(1)),
        files.as_csv(files.filters(files.filtered(1))),
        files.xlsx(HSCA_Active_Locations=files.filters(files.filtered(1))),
        files.ods(HSCA_Active_Locations=files.filters(files.filtered(1))),
    ],
    ids=["directory", "ratings", "search", "filters", "filters in XLSX", "filters in ODS"],
)
def test_names_of_people_are_never_taken_over(tmp_path, content):
    assert CANARY.encode() in content or content.startswith(b"PK")

    imported(tmp_path, content)

    kept = [*RegisteredLocation.objects.values_list(), *DirectoryImport.objects.values_list()]
    assert len(kept) == 2
    assert "canary" not in repr(kept).lower()


def test_no_column_is_for_the_name_of_a_person():
    names = {field.name for model in (RegisteredLocation, DirectoryImport) for field in model._meta.fields}

    assert not [name for name in names if any(word in name for word in ("manager", "nominated", "person", "contact"))]


# --- After it


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans without counting rows")
def test_postgresql_counts_the_table_anew(tmp_path):
    """Otherwise the first lookups after an import would be planned for the table as it was before."""
    imported(tmp_path, files.directory(*(home(number) for number in range(1, 20))))

    with connection.cursor() as cursor:
        table = RegisteredLocation._meta.db_table
        cursor.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND tablename = %s", [table])
        assert cursor.fetchone()[0] > 0
