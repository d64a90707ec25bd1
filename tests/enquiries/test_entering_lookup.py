"""An officer finds the service in the CQC directory while the provider is on the telephone."""

import re

import pytest
from django.urls import reverse

from enquiries.models import Enquiry
from providers.models import RegisteredLocation
from tests.applying import errors
from tests.enquiries.test_entering import Typing
from tests.factories import DirectoryImportFactory, EnquiryFactory, RegisteredLocationFactory

pytestmark = pytest.mark.django_db

WORDS = "lookup-words"


@pytest.fixture
def home():
    DirectoryImportFactory()
    return RegisteredLocationFactory(
        cqc_location_id="1-123456789",
        name="The Orchard",
        postcode="RM10 7AA",
        type="homecare",
        service_types=["Homecare"],
    )


@pytest.fixture
def typing(officer, browser_of, open_programme, home):
    return Typing(browser_of(officer), **{"organisation-organisation": "", "postcode-postcode": ""})


def press(typing, button, **typed):
    """The page after a button of the lookup, without script: what it fills in is sent with the next one."""
    answer = typing.browser.post(typing.path, {**typing.hidden(), **typing.typed, **typed, button: "yes"})
    typing.page = answer.content.decode()
    for name in ("organisation-organisation", "postcode-postcode"):
        typing.typed[name] = (re.search(rf'name="{name}"[^>]* value="([^"]*)"', typing.page) or ["", ""])[1]
    typing.typed["service-provider_type"] = re.search(
        r'name="service-provider_type"[^>]* value="(\w+)" checked', typing.page
    )[1]
    return answer


@pytest.mark.parametrize("words", ["orchard", "rm107aa", "1-123456789", "123456789"])
def test_the_service_is_found_by_name_postcode_or_id_and_fills_in_the_sheet(typing, words):
    """(AZ11) No other answer is checked by that, and all that was typed stays."""
    answer = press(typing, "look", **{WORDS: words, "contact-email": "caller@"})

    assert errors(answer) == []
    assert "1-123456789" in typing.page
    assert "Open Government Licence" in typing.page
    assert 'value="caller@"' in typing.page
    assert (typing.typed["organisation-organisation"], typing.typed["postcode-postcode"]) == ("The Orchard", "RM10 7AA")
    typing.send()
    typing.send(told="on")
    enquiry = Enquiry.objects.get()
    assert (enquiry.cqc_location_id, enquiry.organisation) == ("1-123456789", "The Orchard")
    assert (enquiry.provider_type, enquiry.postcode) == ("homecare", "RM10 7AA")


def test_of_several_that_fit_the_officer_selects_one(typing):
    other = RegisteredLocationFactory(name="The Orchard Annexe", address="2 Example Road")
    press(typing, "look", **{WORDS: "orchard"})
    assert "2 Example Road" in typing.page
    assert not typing.typed["organisation-organisation"]

    assert errors(press(typing, "use", **{WORDS: "orchard"})) == ["Select the service"]
    answer = press(typing, "use", **{WORDS: "orchard", "lookup-which": other.cqc_location_id})

    assert errors(answer) == []
    assert typing.typed["organisation-organisation"] == "The Orchard Annexe"


def test_what_was_selected_among_other_words_is_forgotten(typing):
    RegisteredLocationFactory.create_batch(2, name="Elsewhere")

    answer = press(typing, "look", **{WORDS: "elsewhere", "lookup-which": "1-123456789"})

    assert errors(answer) == []
    assert "Which service is it?" in typing.page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Type the name, the postcode or the CQC location ID of the service"),
        ("nothing like it", "No service in the CQC’s list is like that."),
        ("x" * 201, "What you type must be 200 characters or less"),
    ],
)
def test_what_finds_nothing_is_told_and_kept(typing, words, said):
    (told,) = errors(press(typing, "look", **{WORDS: words}))

    assert told.startswith(said)
    assert words in typing.page


def test_another_service_takes_the_place_of_a_wrong_one(typing):
    press(typing, "look", **{WORDS: "orchard"})

    press(typing, "drop")
    assert 'name="location"' not in typing.page
    assert WORDS in typing.page

    typing.send()
    typing.send(told="on")
    assert Enquiry.objects.get().cqc_location_id == ""


def test_what_is_corrected_on_the_sheet_counts(typing):
    press(typing, "look", **{WORDS: "orchard"})

    typing.send(**{"postcode-postcode": "RM9 5AA"})
    typing.send(told="on")

    enquiry = Enquiry.objects.get()
    assert (enquiry.postcode, enquiry.cqc_location_id) == ("RM9 5AA", "1-123456789")


def test_an_id_that_is_not_in_the_directory_is_none(typing):
    typing.page = typing.page.replace("</form>", '<input type="hidden" name="location" value="1-999"></form>')

    typing.send()

    assert "1-999" not in typing.page


def test_without_a_directory_nothing_is_looked_up(typing):
    RegisteredLocation.objects.all().delete()

    assert WORDS not in typing.browser.get(typing.path).content.decode()


def test_what_came_by_email_is_filled_in_by_it_too(officer, browser_of, open_programme, home):
    enquiry = EnquiryFactory(by_email=True)
    page = reverse("admin:enquiries_enquiry_fill_in", args=[enquiry.pk])
    typing = Typing(browser_of(officer), page, **{"organisation-organisation": "", "postcode-postcode": ""})
    press(typing, "look", **{WORDS: "RM10 7AA"})

    typing.send()
    typing.send(told="on")

    enquiry.refresh_from_db()
    assert (enquiry.cqc_location_id, enquiry.organisation) == ("1-123456789", "The Orchard")
