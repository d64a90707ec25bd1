"""Tables as files: no text is a formula, nothing is lost, nothing is hidden."""

import csv
import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from careportal.kit import exports
from tests import office

FORMULAS = [
    *("=1+1", "+1", "+1+1", "-1+1", "@SUM(A1)", "|cmd", "%1", '=HYPERLINK("http://example.org")'),
    *("\t=1", "\r=1", "\n=1", " =1", "\ufeff=1", "\u200b=1", "\u00a0=1", "\x01=1", "\x00=1", "\x00"),
    *("＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "﹦1", "\t", "+442079460958"),
]
TEXTS = [
    *("a, b; c", 'He said "no"', "one\ntwo", "one\r\ntwo", "Zoë Ñandú ß", "🏡👩‍🦽", "שלום עולם", "مرحبا", "x" * 32_767),
    *("O'Neill", "a=b", "1,000 homes", "_x0041_", "http://example.org", "", "'"),
]
READABLE = ["+44 20 7946 0958", "020 7946 0958", "-12.75", "-3"]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def made(tmp_path):
    """Makes the file of this ending with one column."""

    def make(ending, values, header="Words", title="Words"):
        path = tmp_path / f"made.{ending}"
        with path.open("wb") as file:
            table = exports.FORMATS[ending](file, [header, "End"], title=title, folder=tmp_path)
            for value in values:
                table.add([value, "end"])
            table.close()
        return path

    return make


def first_column(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[0] for row in csv.reader(file)][1:]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_could_be_worked_out_stands_behind_an_apostrophe_in_csv(text):
    """EX1."""
    (cell,) = next(csv.reader(io.StringIO(exports.as_csv([text], []).decode("utf-8-sig"), newline="")))

    assert cell == f"'{text}" if "\x00" not in text else cell == text.replace("\x00", "\ufffd")


@pytest.mark.parametrize("text", [*TEXTS, *READABLE])
def test_other_texts_telephone_numbers_and_amounts_stay_as_they_are(text):
    """EX1: telephone numbers and minus amounts stay readable."""
    assert exports.formula_safe(text) == text


def test_nothing_in_an_xlsx_file_is_a_formula_or_a_link_and_every_text_is_exact(made):
    """EX1: in cells, headers and the sheet's name."""
    path = made("xlsx", FORMULAS, header="=1+1", title="=cmd|'/C calc'!A1")

    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    cells = ElementTree.fromstring(sheet).iter(f"{SHEET}c")
    assert {cell.get("t") for cell in cells} == {"inlineStr"}
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert [one.get("name") for one in book.iter(f"{SHEET}sheet")] == ["cmd C calc A1"]


@pytest.mark.parametrize("ending", exports.FORMATS)
def test_libreoffice_shows_texts_and_works_nothing_out(made, ending):
    """EX1."""
    path = made(ending, [*FORMULAS, *READABLE], header="=1+1")

    shown = office.converted(path, "fods").read_text()

    assert "table:formula" not in shown
    assert "Err:" not in shown
    assert "#NAME" not in shown
    for text in READABLE:
        assert f"<text:p>{text}</text:p>" in shown


def test_the_look_into_libreoffice_would_find_a_formula(tmp_path):
    """Otherwise the test above would prove nothing."""
    (path := tmp_path / "made.csv").write_text("=1+1,x\n")

    assert "table:formula" in office.converted(path, "fods").read_text()


@pytest.mark.parametrize("ending", exports.FORMATS)
def test_texts_survive_the_way_through_libreoffice_and_a_csv_parser(made, ending):
    """EX4."""
    path = made(ending, TEXTS)

    shown = first_column(office.converted(path, "csv"))

    assert [text.replace("\r\n", "\n") for text in shown] == [text.replace("\r\n", "\n") for text in TEXTS]


def test_a_csv_parser_reads_exactly_what_was_written(made):
    """EX4."""
    assert first_column(made("csv", TEXTS)) == TEXTS


def test_an_xlsx_file_has_one_sheet_nothing_hidden_and_names_nobody(made):
    """EX3: no hidden rows, columns or sheets, no comments, no author, no pivot caches."""
    with zipfile.ZipFile(made("xlsx", ["one"])) as parts:
        everything = "".join(parts.read(name).decode() for name in parts.namelist())
        names = parts.namelist()
        core = ElementTree.fromstring(parts.read("docProps/core.xml"))

    assert [name for name in names if "sheet" in name] == ["xl/worksheets/sheet1.xml"]
    assert not re.search(r'hidden="|state="(veryH|h)idden|externalLink|pivot|comments\d|vbaProject', everything)
    said = {part.tag.rpartition("}")[2]: part.text for part in core}
    assert {said.get("creator"), said.get("lastModifiedBy"), said.get("description")} == {None}


@pytest.mark.parametrize("ending", exports.FORMATS)
def test_numbers_days_and_moments_are_what_they_are_in_the_clocks_of_this_country(made, ending):
    moment = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)
    path = made(ending, [7, Decimal("-12.50"), dt.date(2026, 11, 23), moment, True, None])

    shown = first_column(office.converted(path, "csv") if ending == "xlsx" else path)

    assert [shown[0], shown[2], shown[4], shown[5]] == ["7", "2026-11-23", "Yes", ""]
    assert float(shown[1]) == -12.5
    assert shown[3].startswith("2026-07-02 00:30")


def test_a_text_too_long_for_a_cell_of_xlsx_is_cut_and_says_so(made):
    with zipfile.ZipFile(made("xlsx", ["x" * 40_000])) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))

    longest = max((text.text or "" for text in sheet.iter(f"{SHEET}t")), key=len)
    assert len(longest) == 32_767
    assert longest.endswith("(cut here: it is longer than a cell can be)")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Enquiries 2026-11-23", "enquiries-2026-11-23.csv"),
        ('a"b\r\nX: y;c', "a-b-x-y-c.csv"),
        ("../../etc/passwd", "etc-passwd.csv"),
        ("C:\\x\\y", "c-x-y.csv"),
        ("\u202egnp.exe", "gnp-exe.csv"),
        ("=cmd|calc", "cmd-calc.csv"),
        ("Zoë’s café", "zoes-cafe.csv"),
        ("שלום", "export.csv"),
        ("x" * 500, f"{'x' * 80}.csv"),
    ],
)
def test_a_file_name_is_plain_whatever_it_is_made_of(text, name):
    """EX8, EX1."""
    assert exports.file_name(text, "csv") == name
