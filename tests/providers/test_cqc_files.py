"""Files as they are published and as others have saved them again; and files that are something else."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.management import CommandError, call_command

from providers.cqc import files as reading
from providers.cqc import rows as limits
from providers.models import DirectoryImport, RegisteredLocation
from tests.providers import cqc_files as files
from tests.providers.cqc_files import filtered, home, imported, rated, run, searched, table

pytestmark = pytest.mark.django_db


def the_import():
    return DirectoryImport.objects.get()


# --- The directory over the years


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (files.DIRECTORY, {}),
        (files.UNTIL_2020, {"Date of latest check": "14/07/2016 - 00:00", "Address": "1 Example Road, Dagenham"}),
        ([*files.UNTIL_2020[:13], "CQC Location (for office use only)", files.UNTIL_2020[14]], {}),
        ([name.upper() for name in files.DIRECTORY], {}),
        ([name.replace("'", "’").replace(" ", "  ") for name in files.DIRECTORY], {}),
    ],
    ids=["since 2022", "until 2020", "bracket closed", "capitals", "curly apostrophe and more spaces"],
)
def test_every_known_heading_of_the_directory_is_understood(tmp_path, header, said):
    values = [{**home(1, **said), "CQC Location (for office use only)": files.number(1)}]
    cells = table(files.UNTIL_2020 if "CQC Location (" in header[13] else files.DIRECTORY, values)
    cells[0] = header

    said = imported(tmp_path, files.as_csv([[line] for line in files.PREAMBLE] + cells))

    location = RegisteredLocation.objects.get()
    assert "×" not in said
    assert (location.address, location.website) == ("1 Example Road, Dagenham", "https://home.example.org")
    assert (location.local_authority, location.telephone) == ("Barking and Dagenham", "02079460958")


@pytest.mark.parametrize(
    ("preamble", "line"),
    [
        (files.PREAMBLE, 6),
        ([], 2),
        (["CQC Locations data", "This data was produced on 3 September 2026"], 4),
        (["\ufeffCQC Locations data", "", "This data was produced on 16 September 2026", "", ""], 7),
    ],
    ids=["as published", "without a preamble", "without empty lines", "with a byte-order mark"],
)
def test_the_heading_is_found_wherever_it_stands(tmp_path, preamble, line):
    said = imported(tmp_path, files.directory(home(1, Postcode="?"), preamble=preamble))

    assert f"postcode that cannot be read: line {line}" in said


def test_without_a_preamble_the_newest_day_in_the_file_is_its_date(tmp_path):
    imported(tmp_path, files.directory(home(1), home(2, **{"Date of latest check": "3/Feb/2019 - 00:00"}), preamble=[]))

    assert the_import().produced_on == dt.date(2019, 2, 3)


@pytest.mark.parametrize("change", [lambda text: text.replace(b"\r\n", b"\n"), lambda text: b"\xef\xbb\xbf" + text])
def test_line_ends_and_a_byte_order_mark_make_no_difference(tmp_path, change):
    imported(tmp_path, change(files.directory(home(1))))

    assert RegisteredLocation.objects.get().name == "Example home 1"


def test_a_csv_file_in_an_archive_is_read_as_it_was_published_until_2020(tmp_path):
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr("01_April_2020_CQC_directory.csv", files.directory(home(1)))

    imported(tmp_path, file.getvalue(), name="directory.zip")

    assert the_import().kind == "directory"


def test_what_a_file_is_its_content_says_and_not_its_name(tmp_path):
    imported(tmp_path, files.ods(Locations=table(files.RATINGS, [rated(1)])), name="directory.csv")

    assert the_import().kind == "ratings"


# --- Workbooks


@pytest.mark.parametrize("form", [files.xlsx, files.ods], ids=["XLSX", "ODS"])
def test_the_directory_with_filters_is_read_from_a_workbook(tmp_path, form):
    """The first sheet is a note, the last is about something else."""
    other = {"Location ID": files.number(9)}
    said = imported(
        tmp_path,
        form(
            README=[["Care directory with filters"], ["This data was produced on 1 October 2026"]],
            HSCA_Active_Locations=files.filters(filtered(1), filtered(2)),
            Dual_Registration_Locations=files.filters({**filtered(9), **other}),
        ),
    )

    assert "Care directory with filters, of 1 October 2026: 2 rows, 2 locations." in said
    location = RegisteredLocation.objects.first()
    assert (location.service_types, location.type, location.is_social_care) == (["Homecare agencies"], "homecare", True)
    assert location.specialisms == ["Older People - living alone"]
    assert (location.rating, location.rated_on) == ("Requires improvement", dt.date(2025, 6, 30))


def test_a_heading_that_stands_below_a_title_is_found_in_a_sheet_too(tmp_path):
    imported(tmp_path, files.xlsx(HSCA=[["HSCA Active Locations"], [], [], [], [], [], *files.filters(filtered(1))]))

    assert the_import().kind == "filters"


def test_cells_and_rows_that_an_ods_file_says_only_once_are_read_as_often_as_they_are_meant(tmp_path):
    header = "".join(map(files.ods_cell, files.RATINGS))
    cells = "".join(files.ods_cell(rated(1).get(name, "")) for name in files.RATINGS)
    twice = cells.replace(files.ods_cell("Overall") * 2, files.ods_cell("Overall").replace(
        'office:value-type', 'table:number-columns-repeated="2" office:value-type'))  # fmt: skip
    assert twice != cells
    sheet = (
        f'<table:table table:name="Locations"><table:table-row table:number-rows-repeated="3"/>'
        f"<table:table-row>{header}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{twice}</table:table-row></table:table>'
    )

    said = imported(tmp_path, files.ods_of(files.ODS.format(sheet)))

    assert "2 rows, 1 locations" in said
    assert "location ID that came before; only its first line counts: line 6" in said


def test_numbers_and_days_in_cells_are_read_as_such(tmp_path):
    cells = "".join(files.ods_cell(filtered(1).get(name, "")) for name in files.FILTERS)
    cells = cells.replace(
        files.ods_cell("02079460958"), '<table:table-cell office:value-type="float" office:value="2079460958.0"/>'
    ).replace(
        files.ods_cell("2025-06-30"),
        '<table:table-cell office:value-type="date" office:date-value="2025-06-30T00:00:00"><text:p>30 June</text:p>'
        "</table:table-cell>",
    )
    header = "".join(map(files.ods_cell, files.FILTERS))
    rows = f"<table:table-row>{header}</table:table-row><table:table-row>{cells}</table:table-row>"

    imported(tmp_path, files.ods_of(files.ODS.format(f'<table:table table:name="x">{rows}</table:table>')))

    location = RegisteredLocation.objects.get()
    assert (location.telephone, location.rated_on) == ("02079460958", dt.date(2025, 6, 30))


# --- Dates are declared, never guessed


def test_a_date_with_the_month_first_refuses_the_file_and_says_how_to_declare_it(tmp_path):
    copy = files.ratings(rated(1), rated(2, **{"Publication Date": "12/31/2023"}))

    with pytest.raises(CommandError, match=r"Line 3 has a date with the month first.*--months-first"):
        imported(tmp_path, copy)

    imported(tmp_path, copy, "--months-first")
    assert RegisteredLocation.objects.get(cqc_location_id=files.number(1)).rated_on == dt.date(2024, 5, 3)


def test_declaring_the_wrong_order_is_refused_too(tmp_path):
    with pytest.raises(CommandError, match="without --months-first"):
        imported(tmp_path, files.ratings(rated(1, **{"Publication Date": "31/12/2023"})), "--months-first")


def test_days_that_are_none_or_are_still_to_come_are_left_empty_and_told(tmp_path):
    said = imported(
        tmp_path,
        files.ratings(
            *[rated(n, **{"Publication Date": day}) for n, day in enumerate(["30/02/2024", "soon", "01/01/2099"], 1)]
        ),
    )

    assert "- 2 × date that cannot be read: lines 2, 3" in said
    assert "- 1 × date that is still to come: line 4" in said
    assert set(RegisteredLocation.objects.values_list("rating", "rated_on")) == {("Good", None)}


# --- Wrong, torn and hostile files


def zipped(**members: bytes) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return file.getvalue()


def with_dtd(dtd: str, cell: str) -> bytes:
    row = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    return files.ods_of(files.ODS.format(row).replace("?>", f"?>{dtd}", 1))


def cell_of(text: str) -> str:
    """With entities as they are."""
    return files.ods_cell("@").replace("@", text)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
WHOLE = files.directory(*[home(n) for n in range(1, 200)])
BOOK = files.xlsx(HSCA=files.filters(*[filtered(n) for n in range(1, 50)]))


OUTSIDE = '<!ENTITY e SYSTEM "file:///etc/hosts">'
ONCE = 'office:value-type="string"'
WIDE = f'{ONCE} table:number-columns-repeated="1000000"'
SUM = '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>'


def without(column: str) -> bytes:
    return files.as_csv(table([name for name in files.DIRECTORY if name != column], [home(1)]))


REFUSED = {
    "empty": (b"", "none of the Commission’s files"),
    "another table": (b"Reference,Name\r\n1,2\r\n", "none of the Commission’s files"),
    "a stranger’s workbook": (files.xlsx(Sheet1=[["Reference", "Name"], ["1", "2"]]), "none of the Commission’s files"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "not UTF-8"),
    "UTF-16": (WHOLE.decode().encode("utf-16"), "not UTF-8"),
    "Latin-1": (files.directory(home(1, Name="Caf\xe9")).decode().encode("latin-1"), "not UTF-8"),
    "no service types": (without("Service types"), "looks like “Care directory”.*no column for: servicetypes"),
    "no location IDs": (without(files.DIRECTORY[13]), "no column for: cqclocationid"),
    "no names": (without("Name"), "no column for: name"),
    "no provider names": (without("Provider name"), "no column for: providername"),
    "no rows": (files.directory(), "names no location"),
    "cut in half": (WHOLE[: len(WHOLE) // 2], "torn"),
    "a quote lost": (WHOLE.replace(b'"100 Example Road,', b'"100 Example Road ",', 1), "torn"),
    "shifted columns": (
        WHOLE.replace(b"Example home 9,", b"Example home 9,,", 1),
        "has 16 cells where the heading has 15",
    ),
    "an endless cell": (b'"' + b"a" * 200_000 + b'"', "torn or damaged"),
    "an endless line": (b"a" * 1_100_000, "more than 1,000,000 characters"),
    "too many columns": (files.as_csv([["x"] * 501]), "larger than any file"),
    "half a workbook": (BOOK[: len(BOOK) // 2], "torn or damaged"),
    "a damaged workbook": (BOOK[:2000] + bytes(200) + BOOK[2200:], "torn or damaged"),
    "another archive": (zipped(something__txt=b"x"), "no ODS or XLSX workbook"),
    "two tables in an archive": (zipped(a__csv=WHOLE, b__csv=WHOLE), "does not hold one CSV file"),
    "macros": (zipped(content__xml=b"<a/>", vbaProject__bin=b"x"), "macros"),
    "a billion laughs": (with_dtd(f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>', cell_of("&l9;")), "damaged"),
    "a file of the machine": (
        with_dtd('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hosts">]>', cell_of("&e;")),
        "damaged",
    ),
    "a million columns": (
        with_dtd("", cell_of("x").replace('office:value-type="string"', WIDE)),
        "larger than any file",
    ),
    "a formula": (with_dtd("", SUM), "formula"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_or_torn_file_is_refused_with_the_reason_and_the_old_data_stay(tmp_path, content, reason):
    """EX6."""
    imported(tmp_path, files.directory(home(1)))

    with pytest.raises(CommandError, match=reason):
        imported(tmp_path, content, "--accept-removals", name="other")

    assert RegisteredLocation.objects.get().name == "Example home 1"
    assert DirectoryImport.objects.count() == 1


def test_a_workbook_that_holds_a_formula_is_refused(tmp_path):
    """EX6."""
    cells = files.filters(filtered(1))
    book = files.xlsxwriter.Workbook(file := io.BytesIO())
    sheet = book.add_worksheet("HSCA")
    for line, row in enumerate(cells):
        sheet.write_row(line, 0, row)
    sheet.write_formula(1, 3, "=1+1")
    book.close()

    with pytest.raises(CommandError, match="Row 2 holds a formula"):
        imported(tmp_path, file.getvalue())


def test_an_archive_that_says_it_unpacks_to_gigabytes_is_refused_before_that(tmp_path, monkeypatch):
    """EX6."""
    monkeypatch.setattr(reading, "MOST_UNPACKED", 10_000)

    with pytest.raises(CommandError, match="Unpacked, this file would be larger"):
        run(tmp_path, zipped(content__xml=bytes(10_001)))


def test_an_archive_cannot_unpack_to_more_than_it_says(tmp_path):
    """EX6: its sizes are believed because no more is read."""
    honest = zipped(content__xml=b"<a>" + bytes(5_000_000) + b"</a>")
    size = (5_000_007).to_bytes(4, "little")
    assert honest.count(size) == 2

    with pytest.raises(CommandError, match="torn or damaged"):
        run(tmp_path, honest.replace(size, (20).to_bytes(4, "little")))


def test_more_rows_than_any_file_has_are_refused(tmp_path, monkeypatch):
    """EX6."""
    monkeypatch.setattr(limits, "MOST_ROWS", 20)

    with pytest.raises(CommandError, match="larger than any file"):
        run(tmp_path, files.directory(*[home(n) for n in range(1, 30)]))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_cqc", str(tmp_path / "none.csv"))


def test_texts_that_no_database_stores_are_marked_and_told(tmp_path):
    words = {"Town/City": "x\0y", "Service types": "Den\0tist", "Specialisms/services": "a\0,b", "Region": "z" * 150}
    row = searched(1, Name="A\0B", **words)

    said = imported(tmp_path, files.search_export(row), name="na\udcffme.csv")

    location = RegisteredLocation.objects.get()
    assert "\\x00" not in repr([vars(location), vars(the_import())])
    assert (location.service_types, location.specialisms) == (["Dentist"], ["a\ufffd", "b"])
    assert the_import().file_name == "na\ufffdme.csv"
    assert len(location.region) == 100
    assert "name with a character that cannot be stored: line 2" in said
    assert "region longer than 100 characters, cut: line 2" in said
