"""What people and attackers type into the application's pages."""

import pytest
from django.test import Client

from enquiries.models import Draft, Enquiry
from tests.applying import Applicant, errors
from tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db


def test_choosing_nothing_is_told_and_nothing_is_stored(client, open_programme):
    response = client.post("/apply/", {})

    assert errors(response) == ["Select at least one programme"]
    assert b"<title>Error: " in response.content
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("page", "typed", "messages"),
    [
        ("service", {}, ["Select the kind of care you provide"]),
        ("service", {"provider_type": "spaceship"}, ["Select the kind of care you provide"]),
        ("postcode", {"postcode": ""}, ["Enter the postcode of your service"]),
        ("postcode", {"postcode": "RM10"}, ["Enter a full UK postcode, like RM10 7AB"]),
        ("organisation", {"organisation": " "}, ["Enter the name of your organisation"]),
        ("contact", {}, ["Enter your full name", "Enter your email address"]),
        (
            "contact",
            {"full_name": "Example", "email": "a@example.org", "telephone": "12"},
            ["Enter a telephone number, like 020 7946 0958 or 07700 900123"],
        ),
        ("message", {"message": "x" * 4001}, ["Your message must be 4,000 characters or less"]),
    ],
)
def test_a_wrong_answer_is_named_and_the_rest_is_kept(open_programme, page, typed, messages):
    applicant = Applicant().begin("open").go_to(page)

    response = applicant.answer(typed)

    assert applicant.at == page
    assert errors(response) == messages
    assert b"<title>Error: " in response.content
    for value in typed.values():
        assert value.strip().encode() in response.content or value == "spaceship"


@pytest.mark.parametrize(
    "address", ["no-reply@lbbd.gov.uk", "businessforum@lbbd.gov.uk", "BusinessForum+x@LBBD.gov.uk"]
)
def test_the_portals_own_addresses_are_refused_as_contact(open_programme, address):
    """FI12."""
    applicant = Applicant().begin("open").go_to("contact")

    response = applicant.answer({"full_name": "Example", "email": address})

    assert errors(response) == ["Enter your own email address, not one of this service"]


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "a\r\nBcc: all@example.org", "\u202egnp.exe", "zero\u200bwidth", "👩‍⚕️ Ärzte", "e\u0301", "\ud800"],
    ids=["NUL", "line break", "bidi", "zero width", "emoji", "decomposed", "half a character"],
)
def test_strange_characters_are_cleaned_or_refused_and_never_an_error(open_programme, text):
    """FI5: no 5xx, and no line break in a single line."""
    applicant = Applicant().begin("open").go_to("organisation")

    response = applicant.client.post(
        applicant.page, data=b"organisation=" + percent(text), content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code in {200, 302}
    stored = Draft.objects.get().cleaned("organisation").get("organisation", "")
    assert not set("\r\n\x00\u202e\u200b") & set(stored)
    if text.startswith("👩"):
        assert stored == text


def percent(text: str) -> bytes:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass")).encode()


def test_no_personal_data_is_ever_in_an_address(open_programme):
    """FI11."""
    applicant, visited = Applicant().begin("open"), []
    while applicant.at != "check":
        applicant.answer()
        visited.append(applicant.page)
    applicant.send()
    visited.append(applicant.page)

    assert not any("xample" in url or "applicant" in url or "RM10" in url or "?" in url for url in visited)


def test_fields_that_nobody_offered_are_ignored(open_programme):
    """FI7."""
    applicant = Applicant().begin("open").go_to("contact")
    forged = {
        "state": "closed",
        "reference": "AAA-AAA-AAA",
        "owner": "1",
        "received_at": "2020-01-01",
        "inbox": "x@y.example",
    }
    applicant.answer({**applicant.answers["contact"], **forged})
    applicant.go_to("check").send(**forged, programme="other", declared_at="2020-01-01", privacy_version="none")

    enquiry = Enquiry.objects.get()
    assert (enquiry.state, enquiry.owner, enquiry.channel) == ("new", None, "online")
    assert enquiry.reference != "AAA-AAA-AAA"
    assert enquiry.received_at.year > 2020
    assert enquiry.interests.get().inbox == "businessforum@lbbd.gov.uk"
    assert set(Draft.objects.get().data("contact")) == {"full_name", "email"}


def test_a_programme_that_is_not_on_offer_cannot_be_chosen(client, open_programme):
    ProgrammeFactory(slug="draft", draft=True)

    response = client.post("/apply/", {"programmes": ["draft"]})

    assert errors(response) == ["Select at least one programme"]
    assert not Draft.objects.exists()


def test_an_answer_given_twice_counts_once_and_never_mixes_two_applications(open_programme):
    """FI8: of several values for one question the last is taken; an address or a key from elsewhere is not."""
    browser = Client()
    one = Applicant(browser).begin("open").go_to("organisation")
    other = Applicant(browser).begin("open").go_to("organisation")

    browser.post(
        f"{one.page}?organisation=From+the+query", {"organisation": ["First", "Second"], "key": other.draft_id}
    )

    answers = {str(draft.pk): draft.cleaned("organisation") for draft in Draft.objects.all()}
    assert answers == {one.draft_id: {"organisation": "Second"}, other.draft_id: {}}
