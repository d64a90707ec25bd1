"""Looking one's service up in the CQC directory: less is asked, each answer can be corrected, nobody has to."""

import datetime as dt
import re

import pytest
from django.db import OperationalError

from enquiries.application import calling
from enquiries.application.journey import Journey
from enquiries.models import Draft
from providers import directory
from providers.models import DirectoryImport, RegisteredLocation
from tests.applying import Applicant, errors
from tests.factories import DirectoryImportFactory, QuestionFactory, RegisteredLocationFactory, RuleFactory

pytestmark = pytest.mark.django_db

LIST = "My service is not in the CQC’s list"


@pytest.fixture
def home(open_programme):
    DirectoryImportFactory()
    return RegisteredLocationFactory(
        cqc_location_id="1-123456789",
        name="The Orchard",
        provider_name="Example Head Office Ltd",
        postcode="RM10 7AA",
        address="1 Example Road, Dagenham",
    )


@pytest.fixture
def applicant(home):
    return Applicant(right={"right": "yes"}).begin("open")


def page(applicant):
    return applicant.client.get(applicant.page).content.decode()


def asked(applicant, wanted="check"):
    """The pages that this browser goes through, up to the one wanted."""
    found = []
    while applicant.at != wanted:
        found.append(applicant.at)
        applicant.answer()
        assert applicant.at != found[-1], found
    return found


def test_a_service_that_is_found_and_confirmed_answers_four_questions(applicant, home):
    """(J-P3 step 2, trap 24): the location that is picked and not its provider's head office."""
    applicant.answer({"words": "orchard"})
    shown = page(applicant)
    assert applicant.at == "right"
    for fact in ("The Orchard", "1 Example Road, Dagenham, RM10 7AA", "Care home", "1-123456789"):
        assert fact in shown

    assert asked(applicant) == ["right", "eligibility", "contact", "message"]
    shown = page(applicant)
    for answer in ("The Orchard", "RM10 7AA", "Care home"):
        assert answer in shown
    applicant.send()

    enquiry = applicant.enquiry
    assert (enquiry.organisation, enquiry.postcode, enquiry.provider_type) == ("The Orchard", "RM10 7AA", "care_home")
    assert (enquiry.cqc_location_id, enquiry.cqc_registered) == ("1-123456789", "yes")


def test_of_several_that_fit_one_is_chosen(applicant, home):
    RegisteredLocationFactory(name="The Orchard Annexe", cqc_location_id="1-555555555")
    applicant.answer({"words": "orchard"})
    assert applicant.at == "which"
    shown = page(applicant)
    assert "The Orchard Annexe" in shown
    assert "Run by Example Head Office Ltd" in shown
    assert LIST in shown

    assert errors(applicant.answer({})) == ["Select your service, or that it is not in the list"]
    assert errors(applicant.answer({"location": "1-999999999"})) == [
        "Select your service, or that it is not in the list"
    ]
    applicant.answer({"location": "1-555555555"})

    assert applicant.at == "right"
    assert "The Orchard Annexe" in page(applicant)


def test_more_than_fit_on_a_page_are_told(applicant):
    RegisteredLocationFactory.create_batch(12)
    applicant.answer({"words": "example home"})

    shown = page(applicant)
    assert "There are more than these." in shown
    assert shown.count('type="radio"') == 11


def test_a_script_can_send_what_was_picked(applicant, home):
    applicant.answer({"words": "whatever", "location": home.cqc_location_id})

    assert applicant.at == "right"


def test_what_a_script_sends_is_not_believed(applicant, home):
    response = applicant.answer({"words": "nowhere at all", "location": "1-000000000"})

    assert "We found no service like that" in errors(response)[0]


@pytest.mark.parametrize("form", ["find", "which"])
def test_not_in_the_list_is_a_way_to_every_question(applicant, form):
    """(J-P3 step 2): personal assistants, individual employers, day services."""
    RegisteredLocationFactory(name="The Orchard Annexe")
    if form == "which":
        applicant.answer({"words": "orchard"})
    applicant.answer({"location": "none"})

    assert asked(applicant) == ["service", "postcode", "eligibility", "organisation", "contact", "message"]
    assert "Not in the list" in page(applicant)
    applicant.send()
    assert applicant.enquiry.cqc_location_id == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "Type the name, the postcode or the CQC location ID of your service"),
        ("   ", "Type the name, the postcode or the CQC location ID of your service"),
        ("nowhere at all", "We found no service like that."),
        ("%", "We found no service like that."),
        ("x" * 201, "What you type must be 200 characters or less"),
        ("x" * 50_000, "What you type must be 200 characters or less"),
        ("\0", "What you type has a character in it that cannot be read."),
    ],
)
def test_bad_input_says_what_to_do_and_keeps_what_was_typed(applicant, words, message):
    """(FI14)"""
    response = applicant.answer({"words": words})

    assert errors(response)[0].startswith(message)
    assert applicant.at == "find"
    if words.strip("\0 "):
        assert words in response.content.decode()


def test_what_is_out_of_date_is_asked_with_what_the_directory_says(applicant, home):
    applicant.answer({"words": "orchard"})
    applicant.answer({"right": "change"})

    assert applicant.at == "service"
    assert 'value="care_home" checked' in page(applicant)
    applicant.answer()
    assert 'value="RM10 7AA"' in page(applicant)
    applicant.answer({"postcode": "RM10 8XD"})
    applicant.go_to("organisation")
    assert 'value="The Orchard"' in page(applicant)
    applicant.answer({"organisation": "The New Orchard"})
    applicant.go_to("check").send()

    enquiry = applicant.enquiry
    assert (enquiry.organisation, enquiry.postcode) == ("The New Orchard", "RM10 8XD")
    assert (enquiry.cqc_location_id, enquiry.cqc_registered) == ("1-123456789", "yes")


def test_what_the_directory_does_not_know_is_asked(applicant, home):
    RegisteredLocation.objects.update(type="other", service_types=[], postcode="")
    applicant.answer({"words": "orchard"})

    assert asked(applicant) == ["right", "service", "postcode", "eligibility", "contact", "message"]


def test_another_service_is_confirmed_anew_and_nothing_of_the_first_stays(applicant, home):
    other = RegisteredLocationFactory(name="Elsewhere", postcode="RM9 5AA", type="homecare")
    applicant.answer({"words": "orchard"})
    applicant.go_to("check")

    applicant.page = applicant.url("find")
    applicant.answer({"words": other.cqc_location_id})
    assert applicant.at == "right"
    assert "Elsewhere" in page(applicant)
    applicant.go_to("check").send()

    enquiry = applicant.enquiry
    assert (enquiry.organisation, enquiry.postcode, enquiry.provider_type) == ("Elsewhere", "RM9 5AA", "homecare")


def test_after_all_not_in_the_list_asks_what_the_directory_had_answered(applicant, home):
    applicant.answer({"words": "orchard"})
    applicant.go_to("check")

    applicant.page = applicant.url("find")
    applicant.answer({"location": "none"})

    assert asked(applicant) == ["service", "postcode", "organisation"]


def test_the_same_answer_again_loses_nothing(applicant, home):
    applicant.answer({"words": "orchard"})
    applicant.go_to("check")

    applicant.page = applicant.url("find")
    applicant.answer({"words": "orchard"})

    assert applicant.at == "check"


def test_details_that_another_tab_has_replaced_are_not_confirmed_unseen(applicant, home):
    other = RegisteredLocationFactory(name="Elsewhere")
    applicant.answer({"words": "orchard"})
    seen = applicant.hidden()
    applicant.page = applicant.url("find")
    applicant.answer({"words": other.cqc_location_id})

    response = applicant.answer({**seen, "right": "yes"})

    assert errors(response) == ["You have chosen another service since. Check its details."]
    assert "Elsewhere" in response.content.decode()


# --- The directory may be empty, down or old -----------------------------------------------------------------------


def test_without_a_directory_the_questions_are_asked(open_programme):
    """(trap 25)"""
    pages = asked(Applicant().begin("open"))

    assert pages == ["service", "postcode", "eligibility", "organisation", "contact", "message"]


def test_an_old_directory_helps_all_the_same_and_says_how_old_it_is(applicant, home):
    """(trap 25)"""
    DirectoryImport.objects.update(produced_on=dt.date(2021, 1, 30))

    assert "30 January 2021" in page(applicant)
    applicant.answer({"words": "orchard"})
    assert applicant.at == "right"


def test_a_directory_that_cannot_be_read_holds_nobody_up(applicant, home, monkeypatch):
    """(trap 25)"""

    def broken(*_):
        raise OperationalError("no")

    monkeypatch.setattr(directory, "_find", broken)

    assert "We found no service like that" in errors(applicant.answer({"words": "orchard"}))[0]
    applicant.answer({"location": "none"})
    assert applicant.at == "service"


def test_a_service_that_leaves_the_directory_while_somebody_applies_holds_nobody_up(applicant, home):
    """(trap 25): before it was confirmed, its questions are asked; afterwards the answers stay."""
    applicant.answer({"words": "orchard"})
    RegisteredLocation.objects.all().delete()
    applicant.page = applicant.url("contact")
    applicant.client.get(applicant.page)
    draft = Draft.objects.get()
    assert Journey(draft).next_page().name == "service"

    RegisteredLocationFactory(cqc_location_id=home.cqc_location_id, name="The Orchard")
    applicant.page = applicant.url("right")
    applicant.go_to("check")
    RegisteredLocation.objects.all().delete()
    applicant.send()
    assert applicant.enquiry.organisation == "The Orchard"


def test_an_application_begun_before_there_was_a_directory_goes_on_as_it_was(open_programme):
    applicant = Applicant().begin("open").go_to("organisation")
    RegisteredLocationFactory()

    assert asked(applicant) == ["organisation", "contact", "message"]


# --- What is asked in all ------------------------------------------------------------------------------------------


def fields(applicant):
    """The labels of everything asked of a person, page by page: not the programmes, nor their own questions, nor when
    it is best to call, which stands behind a line that opens it and is about nobody.
    """
    found = []
    while applicant.at != "check":
        journey = Journey(Draft.objects.get(pk=applicant.draft_id))
        form = journey.form(journey.page(applicant.at))
        if not applicant.at.startswith(("about-", "eligibility")):
            found += [field.label for field in form.visible_fields() if field.name not in calling.NAMES]
        before = applicant.at
        applicant.answer()
        assert applicant.at != before
    return found


def test_at_most_eight_personal_fields_are_asked(home, open_programme):
    RuleFactory(programme=open_programme, fact="cqc_registered", accepts=["yes"])
    QuestionFactory(programme=open_programme, key="staff", is_required=False)

    found = fields(Applicant(find={"words": "orchard"}, right={"right": "yes"}).begin("open"))
    assert len(found) <= 8, found
    unlisted = fields(Applicant().begin("open"))
    assert len(unlisted) - 1 <= 8, unlisted  # one is the search, which is not answered


def test_pages_with_facts_of_the_directory_say_whose_they_are_and_of_which_day(applicant, home):
    """(U115)"""
    RegisteredLocationFactory(name="The Orchard Annexe")
    for answer in ({"words": "orchard"}, {"location": home.cqc_location_id}, {"right": "yes"}):
        shown = page(applicant)
        assert "2 November 2026" in re.sub(r"<[^>]*>|&nbsp;|\s+", " ", shown)
        assert "Open Government Licence v3.0" in shown
        applicant.answer(answer)
    applicant.go_to("check")
    assert "Open Government Licence v3.0" in page(applicant)


def test_the_pages_after_it_do_not_ask_the_directory_again(applicant, home, django_assert_max_num_queries):
    applicant.answer({"words": "orchard"})
    applicant.go_to("message")

    with django_assert_max_num_queries(10) as made:
        applicant.client.post(applicant.page, {"message": ""})

    assert not [query for query in made if "registeredlocation" in query["sql"]]
