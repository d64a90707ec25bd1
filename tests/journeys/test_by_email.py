"""A provider wrote an email. On a phone it fills in the rest, by reference and code, and sees what becomes of it."""

import re

import pytest

from enquiries.models import Draft, OutgoingMail
from tests.enquiries.emailed import emailed
from tests.factories import ProgrammeFactory
from tests.journeys.accessibility import findings
from tests.journeys.visitor import PHONE

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

ADDRESS = "applicant@example.org"


@pytest.fixture
def programme():
    return ProgrammeFactory(title="Example workshops")


@pytest.fixture
def enquiry(programme):
    text = f"Hello,\n\nwe would like {programme.title}.\n\nExample home, RM10 8XD\nTel 020 7946 0958"
    return emailed(contact_email=ADDRESS, contact_name="Example Applicant", message=text)


@pytest.fixture
def provider(visit, enquiry):
    """At the details, by reference and code."""
    visitor = visit(size=PHONE).open("/complete/")
    look(visitor)
    visitor.type("Reference", enquiry.reference).type("Email address", ADDRESS).press("Send me a code")
    visitor.type("Code from the email", mailed_code()).press("Continue")
    assert visitor.heading == "Fill in the details"
    return visitor


def mailed_code():
    return re.search(r"\b[0-9]{6}\b", OutgoingMail.objects.filter(kind="account").order_by("-pk")[0].text)[0]


def look(visitor):
    """Nothing that axe or a narrow screen would mind."""
    assert findings(visitor) == [], visitor.heading
    visitor.page.set_viewport_size(PHONE)


def go_on_to(visitor, heading, most=12):
    """Answer what is asked until a page with this heading."""
    for _ in range(most):
        if visitor.heading.endswith(heading):  # a caption may stand before it
            return visitor
        answer(visitor)
    raise AssertionError(f"at {visitor.heading}")


def answer(visitor):
    look(visitor)
    asked = {
        "What kind of care do you provide?": lambda: visitor.choose("Care home"),
        "Who do you care for?": lambda: visitor.page.get_by_role("radio").first.check(),
        "Is your service registered with the Care Quality Commission (CQC)?": lambda: visitor.choose("Yes"),
        "How many staff does your service have?": lambda: visitor.page.get_by_role("radio").first.check(),
        "What is your organisation called?": lambda: visitor.type("What is your organisation called?", "Example home"),
    }
    for heading, step in asked.items():
        if visitor.heading.endswith(heading):
            step()
    visitor.press("Continue")


def test_what_was_read_is_checked_the_rest_filled_in_and_sent(provider, enquiry, programme):
    assert provider.sees("What we read in your email")
    assert provider.sees(programme.title)
    look(provider)
    provider.press("Fill in the details")
    assert provider.heading.endswith("What do you want to apply for?")
    assert provider.sees("We read this in your email. Check it.")
    assert provider.main.get_by_label(programme.title, exact=True).is_checked()

    go_on_to(provider, "How can we contact you?")
    assert provider.sees(f"We answer you at {ADDRESS}.")
    assert provider.main.get_by_label("Telephone number").input_value() == "020 7946 0958"
    go_on_to(provider, "Check your answers")
    assert provider.sees("Your email")
    look(provider)
    provider.choose("I am allowed to apply for this organisation").press("Send application")

    assert provider.sees(enquiry.reference)
    look(provider)
    provider.open(f"/follow/{enquiry.reference}/")
    assert provider.sees("What you applied for")
    look(provider)
    enquiry.refresh_from_db()
    assert (enquiry.is_incomplete, enquiry.postcode) == (False, "RM10 8XD")
    assert enquiry.mails.filter(kind="routing").count() == 1


def test_it_is_begun_from_the_status_page_or_not_needed_any_more(provider, enquiry):
    provider.open(f"/follow/{enquiry.reference}/")
    assert provider.sees("We need a few details before we can decide.")
    look(provider)
    provider.press("Fill in the details")
    assert provider.heading == "Fill in the details"
    assert not Draft.objects.exists()

    provider.follow("Tell us")
    look(provider)
    provider.press("I do not need it any more")
    assert provider.sees("We have closed what you asked for")
    look(provider)
