"""The import of postcodes: small files of the survey's own form, and its real files where they are at hand."""

import csv
import gzip
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from providers.area import Answer, where_is
from providers.models import PostcodeImport, UnitPostcode, Ward
from tests.factories import PostcodeImportFactory, UserFactory

pytestmark = pytest.mark.django_db

OURS, HAVERING, NOWHERE = "E09000002", "E09000016", ""


def row(postcode, district, *, quality=10, county="", ward="E05014053"):
    """A line of Code-Point Open."""
    ward = ward if district else ""
    codes = f'"E92000001","E19000003","E18000007","{county}","{district}","{ward}"'
    return f'"{postcode}",{quality},551035,188774,{codes}'


@pytest.fixture
def write(tmp_path):
    def written(*lines, name="rm.csv"):
        path = tmp_path / name
        path.write_bytes("".join(f"{line}\r\n" for line in lines).encode())
        return path

    return written


@pytest.fixture
def borough(write):
    return write(row("RM10 8XD", OURS), row("RM9 6DE", HAVERING), row("RM9 9ZZ", NOWHERE, quality=90))


def run(*paths, **options):
    call_command("import_postcodes", *map(str, paths), **options)


def test_an_import_knows_council_and_ward_of_every_postcode_that_has_one(borough, capsys):
    run(borough, apply=True, edition="November 2025")

    assert list(UnitPostcode.objects.values_list("postcode", "district", "county", "ward")) == [
        ("RM10 8XD", OURS, "", "E05014053"),
        ("RM9 6DE", HAVERING, "", "E05014053"),
    ]
    made = PostcodeImport.objects.get()
    assert (made.edition, made.files, made.areas) == ("November 2025", ["rm.csv"], ["RM"])
    assert (made.rows, made.placed, made.unplaced, made.inside) == (3, 2, 1, 1)
    assert "1 left out" in capsys.readouterr().out


def test_a_dry_run_says_what_would_be_and_changes_nothing(borough, capsys):
    run(borough)

    said = capsys.readouterr().out
    assert "3 rows: 2 postcodes" in said
    assert "nothing was changed" in said
    assert not UnitPostcode.objects.exists()
    assert not PostcodeImport.objects.exists()


@pytest.mark.parametrize("written", ["RM108XD", "RM10 8XD", "RM10  8XD", "rm10 8xd"])
def test_a_postcode_is_known_however_the_edition_spaces_it(write, written):
    run(write(row(written, OURS)), apply=True)

    assert where_is("RM10 8XD") == Answer.INSIDE


def test_short_outcodes_padded_to_seven_characters_are_read(write):
    run(write(row("E1  6AN", OURS)), apply=True)

    assert where_is("E1 6AN") == Answer.INSIDE


def test_files_are_the_whole_of_their_areas_and_leave_others_alone(write):
    run(write(row("R1 1AA", OURS), row("RM1 1AA", OURS), row("IG11 7LU", OURS)), apply=True)

    run(write(row("RM1 1AB", HAVERING), name="newer.csv"), apply=True)

    assert list(UnitPostcode.objects.values_list("postcode", flat=True)) == ["IG11 7LU", "R1 1AA", "RM1 1AB"]


def test_gzipped_files_and_the_zip_of_the_whole_product_are_read_whatever_their_names(write, tmp_path):
    packed, whole = tmp_path / "ig_csv", tmp_path / "codepo_gb"
    packed.write_bytes(gzip.compress(write(row("IG11 7LU", OURS)).read_bytes()))
    with zipfile.ZipFile(whole, "w") as product:
        product.writestr("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ\r\nPostcode,Quality\r\n")
        product.writestr("Data/CSV/e.csv", row("E1 6AN", HAVERING))
        product.writestr("Data/CSV/rm.csv", row("RM10 8XD", OURS))

    run(packed, whole, apply=True)

    assert set(UnitPostcode.objects.values_list("postcode", flat=True)) == {"IG11 7LU", "E1 6AN", "RM10 8XD"}


# --- What is refused -----------------------------------------------------------------------------------------------


def refusal(*paths):
    with pytest.raises(CommandError) as refused:
        run(*paths, apply=True)
    return str(refused.value)


STRANGE = {
    "a heading": "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC",
    "another file": "1-101668076,Example care home,RM10 8XD",
    "a torn line": '"RM10 8XE",10,5510',
    "a torn text": '"RM10 8XE',
    "no postcode": row("Dagenham", OURS),
    "an unknown quality": row("RM10 8XE", OURS, quality=15),
    "a name for a code": row("RM10 8XE", "Havering"),
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_a_wrong_file_is_refused_with_its_line_and_what_was_known_stays(write, borough, strange):
    run(borough, apply=True)

    said = refusal(write(row("RM10 8XA", OURS), strange, name="wrong.csv"))

    assert "Nothing was changed" in said
    assert "wrong.csv" in said
    assert UnitPostcode.objects.count() == 2
    assert PostcodeImport.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00\x01",
        b"\x1f\x8b torn",
        b"PK\x03\x04 torn",
        gzip.compress(b'"RM10 8XD",10', mtime=0)[:-6],
        b"\x00" * 99,
    ],
    ids=["empty", "no letters", "torn gzip", "torn zip", "gzip without its end", "zeros"],
)
def test_what_cannot_be_read_is_refused_without_a_crash(tmp_path, content):
    path = tmp_path / "wrong"
    path.write_bytes(content)

    assert "wrong" in refusal(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "nothing-here.csv" in refusal(tmp_path / "nothing-here.csv")


def test_one_wrong_file_among_several_keeps_all_of_them_out(write, borough):
    refusal(borough, write("wrong", name="wrong.csv"))

    assert not UnitPostcode.objects.exists()


def test_the_same_file_given_twice_is_refused(borough):
    assert "Give each file once" in refusal(borough, borough)


def test_a_file_that_would_lose_a_fifth_of_an_area_is_taken_only_if_that_is_said(write):
    run(write(*(row(f"RM10 {n}XD", OURS) for n in range(10))), apply=True)
    half = write(*(row(f"RM10 {n}XD", OURS) for n in range(5)), name="half.csv")

    assert "lost in: RM" in refusal(half)
    assert UnitPostcode.objects.count() == 10
    run(half, apply=True, accept_removals=True)

    assert UnitPostcode.objects.count() == 5


# --- What officers see of it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["viewer", "officer", "administrator"])
def test_staff_see_of_when_the_postcodes_are_and_change_nothing(browser_of, role):
    made = PostcodeImportFactory()
    browser = browser_of(UserFactory(**{role: True}))

    page = browser.get("/admin/providers/postcodeimport/").content.decode()

    assert "November 2025" in page
    assert "IG, RM" in page
    assert browser.get("/admin/providers/postcodeimport/add/").status_code == 403
    assert browser.post(f"/admin/providers/postcodeimport/{made.pk}/delete/", {"post": "yes"}).status_code == 403


# --- The real files ------------------------------------------------------------------------------------------------


def test_the_surveys_own_files_give_the_borough_as_it_is(settings):
    """The counts of November 2025, counted here once more by themselves."""
    folder = Path(settings.BASE_DIR).parent / "shared/data/postcodes"
    files = [folder / "codepoint_open_2025-11_ig.csv", folder / "codepoint_open_2025-11_rm.csv"]
    if not all(path.exists() for path in files):
        pytest.skip("the survey's files are not here")
    rows = [line for path in files for line in csv.reader(path.read_text().splitlines())]
    ours = [line[0] for line in rows if line[8] == OURS]

    run(*files, apply=True)

    made = PostcodeImport.objects.get()
    assert (made.rows, made.unplaced) == (len(rows), sum(not line[8] for line in rows))
    assert made.inside == len(ours) == 3060
    inside = UnitPostcode.objects.filter(district=OURS)
    assert set(inside.values_list("postcode", flat=True)) == set(ours)
    assert inside.values("ward").distinct().count() == 19
    by_outcode = {code: inside.filter(postcode__startswith=f"{code} ").count() for code in OUTCODES}
    assert by_outcode == OUTCODES
    assert {where_is(postcode) for postcode in ours[::30]} == {Answer.INSIDE}
    assert (where_is("RM5 2BH"), where_is("RM9 6DE")) == (Answer.INSIDE, Answer.OUTSIDE)


OUTCODES = {"RM10": 583, "RM9": 558, "IG11": 1007, "RM8": 567, "RM6": 264, "RM7": 72, "RM5": 9}


WARDS = "district_code,district_name,ward_code,ward_name\n,,,\nE09000002,Here,E05014053,Abbey Ward\n"


def test_wards_get_their_names_from_a_list_beside_the_postcodes(borough, write, capsys):
    names = write(name="wards.csv")
    names.write_text(WARDS)

    run(borough, wards=names)
    assert not Ward.objects.exists()
    run(borough, wards=names, apply=True)
    run(borough, wards=names, apply=True)

    assert list(Ward.objects.values_list("code", "name")) == [("E05014053", "Abbey")]
    assert "1 wards named" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no list of wards"),
        ("a,b\n1,2\n", "no list of wards"),
        (WARDS + "E09000002,Here,X,Name\n", "line 4, names no ward"),
        (WARDS + "E09000002,Here,E05014054,\n", "line 4, names no ward"),
        (WARDS + 'E09000002,"Here', "cannot be read to its end"),
    ],
)
def test_a_list_that_names_no_wards_is_refused_before_anything_is_changed(borough, write, text, reason):
    names = write(name="wards.csv")
    names.write_text(text)

    with pytest.raises(CommandError, match=reason):
        run(borough, wards=names, apply=True)

    assert not UnitPostcode.objects.exists()
