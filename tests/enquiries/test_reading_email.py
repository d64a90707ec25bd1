"""What is guessed from an email: nothing of it is an answer before somebody has checked it."""

import pytest

from enquiries.application import reading
from tests.enquiries.emailed import emailed
from tests.factories import ProgrammeFactory, RegisteredLocationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programmes():
    ProgrammeFactory(slug="shift-life", title="Shift-Life Balance", theme="recruitment")
    ProgrammeFactory(slug="digital", title="Digital skills", theme="training")
    ProgrammeFactory(slug="leaders", title="Leaders", theme="training")
    ProgrammeFactory(slug="over", title="Old course", archived=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We want SHIFT-LIFE balance and digital skills.", ["digital", "shift-life"]),
        ("shift life  Balance", ["shift-life"]),
        ("Recruitment and retention is our problem", ["shift-life"]),
        ("Training and progression", []),  # several are about that
        ("Old course", []),
        ("Misleaders", []),
        ("", []),
    ],
)
def test_programmes_that_are_named(programmes, text, found):
    assert sorted(reading.programmes_in(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 Example Road, rm107aa", "RM10 7AA"),
        ("Office: RM10 7AA. Home: IG11 7LU", "RM10 7AA"),
        ("ＲＭ１０ ７ＡＡ", "RM10 7AA"),
        ("Reference A1 2BCD", ""),
        ("ref ZZ99 9ZZX", ""),
        ("", ""),
    ],
)
def test_a_postcode(text, found):
    assert reading.postcode_in(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call me on 020 7946 0958 or 07700 900123", "020 7946 0958"),
        ("Tel +44 (0)20 7946 0958", "020 7946 0958"),
        ("12345", ""),
        ("", ""),
    ],
)
def test_a_telephone_number(text, found):
    assert reading.telephone_in(text) == found


def test_the_councils_own_number_is_nobodys(settings):
    own = settings.COUNCIL.contact.telephone

    assert reading.telephone_in(f"You said to call {own}. Mine is 020 7946 0958.") == "020 7946 0958"


@pytest.fixture
def homes():
    one = RegisteredLocationFactory(name="Example home", postcode="RM10 7AA")
    RegisteredLocationFactory(name="Another home", postcode="RM10 7AB")
    RegisteredLocationFactory(name="Third home", postcode="RM10 7AB")
    return one


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We are at RM10 7AA", "Example home"),
        ("I write for example home.", "Example home"),
        ("Third Home, RM10 7AB", "Third home"),
        ("We are at RM10 7AB", None),
        ("Example home and another home", None),
        ("examples homely", None),
        ("", None),
    ],
)
def test_the_one_service_that_it_is_about(homes, text, found):
    location = reading.location_in(text)

    assert (location and location.name) == found


def test_a_service_by_its_number(homes):
    assert reading.location_in(f"CQC {homes.cqc_location_id}, at RM10 7AB") == homes


def test_subject_and_text_of_the_mail_are_read(programmes):
    enquiry = emailed(subject="Care sector support: Digital skills", message="Please send a form.")

    assert reading.read_in(enquiry).pages == {"programmes": {"programmes": ["digital"]}}


def test_of_a_mail_that_a_colleague_forwarded_nothing_of_the_colleagues_is_read(programmes):
    """N1: their own number stands under their words, and is nothing that the provider should see as its own."""
    enquiry = emailed(message="Digital skills, please. Ring 020 7946 0958.")
    mail = enquiry.incoming.get()
    mail.sender, mail.text = "officer@lbbd.gov.uk", "They ask for shift-life balance. 020 7946 0123, RM10 7AA"
    mail.save()

    assert reading.read_in(enquiry).pages == {
        "programmes": {"programmes": ["digital"]},
        "contact": {"telephone": "020 7946 0958"},
    }


def test_nothing_is_read_in_nothing():
    assert reading.read_in(emailed(message="", subject="")).pages == {}


@pytest.mark.parametrize(
    "text", ["A" * 50_000, "1 " * 20_000, "RM10 7" * 9000, "(" * 20_000, "+44" * 9000, "\x00\ud800"]
)
def test_whatever_it_says_it_is_read_to_an_end(programmes, homes, text):
    """MI10."""
    reading.postcode_in(text[: reading.MOST_TEXT])
    reading.telephone_in(text[: reading.MOST_TEXT])
    reading.location_in(text[: reading.MOST_TEXT])
    assert reading.programmes_in(text[: reading.MOST_TEXT]) == []
