"""The council pack: what it must hold, and how it is refused."""

import shutil

import pytest

from careportal import council
from careportal.kit.contrast import ratio
from careportal.kit.packfile import PackError
from tests import production


@pytest.fixture
def packs(tmp_path, monkeypatch):
    """A folder of packs with a copy of the real one in it."""
    shutil.copytree(council.PACKS / "barking_and_dagenham", tmp_path / "barking_and_dagenham")
    monkeypatch.setattr(council, "PACKS", tmp_path)
    return tmp_path


def change(packs, old, new):
    path = packs / "barking_and_dagenham" / "council.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def test_the_pack_says_who_the_council_is_and_where_its_post_goes():
    ours = council.load("barking_and_dagenham")

    assert ours.name == "London Borough of Barking and Dagenham"
    assert ours.mail.business_forum_inbox == "businessforum@lbbd.gov.uk"
    assert ours.mail.subject_phrase == "care sector support"


def test_nothing_is_promised_that_the_council_has_not_promised():
    """Its public pages name no number of days."""
    promise = council.load("barking_and_dagenham").promise

    assert (promise.first_reply, promise.decision) == (None, None)


@pytest.mark.parametrize("key", ["nowhere", "../barking_and_dagenham", "", "Barking", "barking_and_dagenham/x"])
def test_an_unknown_council_is_refused_with_the_ones_there_are(key):
    with pytest.raises(PackError, match=r"COUNCIL must be one of: .*barking_and_dagenham"):
        council.load(key)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('brand: "#4a1a54"', "brand: purple", "must be a colour such as"),
        ('link: "#5b2167"', 'link: "#b58bbd"', "link: must be darker: its contrast with white is 2.8:1"),
        ('surface: "#f6f1f7"', 'surface: "#9a809f"', "must be lighter: surface"),
        ("domains: [lbbd.gov.uk]", "domains: [example.org]", "business_forum_inbox must lie in one of the domains"),
        ("businessforum@lbbd.gov.uk\n  inbox", "not an address\n  inbox", "must be an email address"),
        ("  telephone:", "  phone:", "telephone: Field required"),
        ("subject_phrase: care sector support", "subject_phrase: ''", "at least 1 character"),
        ("key: barking_and_dagenham", "key: essex", "the name of its folder"),
        ("RM8 2PR,", "CM1 1AB,", "examples must lie in the area, and these do not: CM1 1AB"),
        ("[RM10 7AB,", "[rm107ab,", "must be a full postcode in capitals with one space"),
        ("  kinds: ", "  sorts: ", "kinds: Field required"),
        ("  first_reply: null\n", "", "first_reply: Field required"),
        ("first_reply: null", "first_reply: 0", "greater than or equal to 1"),
        ("decision: null", "decision: soon", "valid integer"),
        ("domains: [lbbd.gov.uk]", "domains: []", "at least 1 item"),
        ('reviewed_on: "2026-11-22"', "reviewed_on: 2026-02-30", "day is out of range"),
        ('reviewed_on: "2026-11-22"', "reviewed_on: last week", "valid date"),
        ("  first: 8", "  first: 0", "greater than or equal to 1"),
        ("  last: 14", "  last: 29", "less than or equal to 28"),
        ("  last: 14", "  last: 7", "last must not be before first"),
        ("  because: care", "  why: care", "because: Field required"),
        ("place: Barking", "place: !!int foo", "tags (!) are not allowed"),
        ("place: Barking and Dagenham", "place: " + "[" * 5000 + "]" * 5000, "nested more than"),
        ("place: Barking and Dagenham", "place: &a [x]\nagain: [*a, *a]", "anchors and aliases"),
        ("place: Barking and Dagenham", "place: Here\nplace: There", "the key place stands here a second time"),
        ("council_url: https://www.lbbd.gov.uk", "council_url: javascript:alert(1)", "address of a web page"),
        ("safeguarding_url: https://www.lbbd.gov.uk", "safeguarding_url: www.lbbd.gov.uk", "address of a web page"),
        ("complaint_url: https://ico", "complaint_url: ftp://ico", "address of a web page"),
        ("from_address: Care sector support <no-reply@lbbd.gov.uk>", "from_address: us", "one email address"),
        ("from_address: Care", 'from_address: "Care\\nBcc: a@example.org" # Care', "one email address"),
        ("from_address: Care", "from_address: a@example.org, Care", "one email address"),
        ("subject_phrase: care", "subject_phrase: " + "care " * 8 + "care", "at most 40 characters"),
        ("subject_phrase: care", 'subject_phrase: "care\\nBcc: b" # care', "should match pattern"),
    ],
)
def test_a_broken_pack_is_refused_with_file_line_and_reason(packs, old, new, reason):
    path = change(packs, old, new)

    with pytest.raises(PackError) as refused:
        council.load("barking_and_dagenham")

    assert reason in str(refused.value)
    assert str(refused.value).startswith(f"{path}:")


def test_a_wrong_date_is_refused_with_its_own_line(packs):
    path = change(packs, 'reviewed_on: "2026-11-22"', "reviewed_on: 2026-02-30")
    line = path.read_text()[: path.read_text().index("reviewed_on")].count("\n") + 1

    with pytest.raises(PackError) as refused:
        council.load("barking_and_dagenham")

    assert str(refused.value).startswith(f"{path}:{line}: ")


def test_a_few_lines_that_stand_for_millions_are_refused_at_once(packs):
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    (packs / "barking_and_dagenham" / "council.yaml").write_text(bomb)

    with pytest.raises(PackError, match=r"council\.yaml:1: .*anchors and aliases"):
        council.load("barking_and_dagenham")


@pytest.mark.parametrize("spoil", [lambda page: page.unlink(), lambda page: page.write_bytes(b"\xff\xfe")])
def test_a_pack_whose_page_is_missing_or_unreadable_is_refused_before_anybody_asks_for_it(packs, spoil):
    page = packs / "barking_and_dagenham" / "pages" / "about.md"
    spoil(page)

    with pytest.raises(PackError, match="every pack needs this page") as refused:
        council.load("barking_and_dagenham")

    assert str(refused.value).startswith(f"{page}:1: ")


@pytest.mark.parametrize("text", ["{", "- a list", "", "key: [\n", "\x00"])
def test_a_file_that_is_no_pack_at_all_is_refused(packs, text):
    (packs / "barking_and_dagenham" / "council.yaml").write_text(text)

    with pytest.raises(PackError):
        council.load("barking_and_dagenham")


@pytest.mark.parametrize(("one", "other", "expected"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_reckoned_as_wcag_does(one, other, expected):
    assert ratio(one, other) == ratio(other, one) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("key", ["barking_and_dagenham", "essex"])
def test_the_packs_colours_can_be_read(key):
    """U44: 4.5:1 against white, and links against the tinted surface too."""
    colours = council.load(key).colours
    for name in ("brand", "link", "link_hover", "button", "button_hover"):
        assert ratio(getattr(colours, name), "#ffffff") >= 4.5, name
        assert ratio(getattr(colours, name), colours.surface) >= 4.5, name


def test_a_pack_may_lie_outside_the_code_and_goes_before_ours(tmp_path):
    shutil.copytree(council.PACKS / "essex", tmp_path / "essex")

    assert council.load("essex", tmp_path).folder == tmp_path / "essex"
    assert council.load("barking_and_dagenham", tmp_path).folder == council.PACKS / "barking_and_dagenham"


def test_a_folder_whose_name_is_no_key_is_not_offered(packs):
    shutil.copytree(packs / "barking_and_dagenham", packs / "_template")

    with pytest.raises(PackError, match=r"must be one of: barking_and_dagenham$"):
        council.load("_template")


def test_in_production_a_portal_does_not_start_with_what_is_to_be_set():
    told = production.manage("check", COUNCIL="essex").stderr

    for gap in ("[number to be set by the council]", "care-workforce@essex.example.org", "[postal address to be set"):
        assert f"still to be set: {gap}" in told
    assert "essex/council.yaml:" in told
