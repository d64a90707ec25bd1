"""A provider on a phone follows its application: writes, adds a file, changes its contact, withdraws and undoes it
(J-P6)."""

import re

import pytest

from enquiries.models import Attachment, Interest, Message, OutgoingMail
from tests.enquiries.papers import pdf, png
from tests.factories import EnquiryFactory, InterestFactory
from tests.journeys.accessibility import findings
from tests.journeys.visitor import PHONE

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]


@pytest.fixture
def enquiry():
    found = EnquiryFactory(in_triage=True, contact_email="applicant@example.org")
    InterestFactory(enquiry=found, programme_title="Example programme")
    return InterestFactory(enquiry=found, programme_title="Another programme").enquiry


@pytest.fixture
def provider(visit, enquiry):
    """On the status page, by reference and code."""
    visitor = visit(size=PHONE).open("/follow/")
    visitor.type("reference", enquiry.reference).type("Email address", "applicant@example.org").press("Send me a code")
    visitor.type("Code from the email", mailed_code()).press("Continue")
    assert visitor.heading == "Your application"
    return visitor


def mailed_code():
    return re.search(r"\b[0-9]{6}\b", OutgoingMail.objects.filter(kind="account").order_by("-pk")[0].text)[0]


def look(visitor):
    """Nothing that axe or a narrow screen would mind."""
    assert findings(visitor) == [], visitor.heading
    visitor.page.set_viewport_size(PHONE)


def choose_file(visitor, name, content):
    visitor.main.get_by_label("Choose a file").set_input_files({"name": name, "mimeType": "", "buffer": content})


def test_a_message_and_a_file_are_sent_and_stand_on_the_status_page(provider):
    provider.follow("Write to us").press("Send your message")
    assert provider.errors == ["Enter your message"]
    look(provider)
    provider.type("What do you want to tell us?", "We can only come on Mondays.").press("Send your message")
    assert provider.sees("We can only come on Mondays.")
    assert Message.objects.get().kind == "incoming"

    provider.follow("Add a file")
    choose_file(provider, "plan.pdf", png())
    provider.press("Add this file")
    assert provider.errors == ["This is a PNG picture file, but its name says something else. Rename it first."]
    look(provider)
    choose_file(provider, "plan.pdf", pdf())
    provider.press("Add this file")
    assert provider.sees("We have your file.")
    look(provider)
    with provider.page.expect_download() as waiting:
        provider.main.get_by_role("link", name="plan.pdf").click()
    assert waiting.value.suggested_filename == "plan.pdf"
    assert Attachment.objects.count() == 1


def test_one_programme_is_withdrawn_and_that_is_undone(provider):
    provider.follow("Withdraw your application").press("Withdraw")
    assert provider.errors == ["Select what you want to withdraw from"]
    look(provider)
    provider.choose("Example programme").choose("The dates or the place do not suit us").press("Withdraw")
    assert provider.sees("You have withdrawn.")
    look(provider)
    assert sorted(Interest.objects.values_list("state", flat=True)) == ["received", "withdrawn"]

    provider.follow("undo the withdrawal")
    look(provider)
    provider.press("Undo the withdrawal")
    assert provider.sees("Your withdrawal is undone.")
    assert set(Interest.objects.values_list("state", flat=True)) == {"received"}


def test_the_contact_is_changed_and_the_new_address_proved(provider, enquiry):
    provider.follow("Change your contact details")
    look(provider)
    provider.type("Telephone number", "020 7946 0958").press("Save")
    provider.follow("Change your contact details").follow("Change the email address")
    look(provider)
    provider.type("What is the new email address?", "new@example.org").press("Send the code")
    provider.type("Enter the code", "1").press("Confirm the new address")
    look(provider)
    provider.type("Enter the code", mailed_code()).press("Confirm the new address")

    assert provider.sees("We write to the new email address from now on.")
    assert enquiry.contact.email == "new@example.org"
