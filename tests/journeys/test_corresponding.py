"""An officer asks, a provider answers on a phone, and a decision is read, sent and put right (J-O2, J-O8, J-O14)."""

import re

import pytest

from careportal.accounts.services import give_second_factor
from careportal.management.commands.codes import last_mailed
from enquiries.mail import post
from enquiries.models import Enquiry, Message, ReplyTemplate
from tests.enquiries.letters import to_provider
from tests.factories import EnquiryFactory, InterestFactory
from tests.journeys.accessibility import findings, findings_without_scripts
from tests.journeys.visitor import DESK, PHONE
from tests.journeys.walking import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

UNBROKEN = "https://example.org/" + "x" * 180


@pytest.fixture
def enquiry(colleague):
    found = EnquiryFactory(in_triage=True, owner=colleague, organisation="Example care home")
    ReplyTemplate.objects.create(name="Call us", text=f"Call us on ((telephone)). {UNBROKEN}")
    return InterestFactory(enquiry=found, programme_title="Example programme").enquiry


@pytest.fixture
def officer(visit, colleague):
    def mailed_code():
        post.send_due()
        return last_mailed(colleague.email)

    return sign_in(visit(), colleague.email, mailed_code=mailed_code, secret=give_second_factor(colleague))


def look(visitor):
    """Nothing that axe or a narrow screen would mind."""
    assert findings(visitor) == [], visitor.heading
    visitor.page.set_viewport_size(DESK)


def test_a_question_is_asked_and_answered_and_the_story_shows_it(officer, enquiry, visit):
    officer.open(enquiry.get_absolute_url()).press("Ask a question")
    officer.press("See the letter")
    assert officer.errors == ["Enter your message"]
    look(officer)
    officer.type("What do you want to know?", f"How many people would come?\n{UNBROKEN}").press("See the letter")
    assert officer.sees("the address of the page to answer on")
    look(officer)
    officer.press("Change it").press("See the letter").press("Send")
    assert officer.sees("The question is on its way.")
    assert Message.objects.get().text == f"How many people would come?\n{UNBROKEN}"

    provider, examiner = visit(size=PHONE, scripts=False), visit()
    provider.open(re.search(r"/answers/\S+", to_provider()[0].text)[0])
    assert findings_without_scripts(provider, examiner) == []
    provider.press("Send your answer")
    assert provider.errors == ["Enter your answer"]
    assert findings_without_scripts(provider, examiner) == []
    provider.type("Your answer", f"Four. {UNBROKEN}").press("Send your answer")
    assert provider.heading == "We have your answer"
    assert findings_without_scripts(provider, examiner) == []

    officer.open(enquiry.get_absolute_url())
    assert officer.sees("Waits for you")
    look(officer)
    officer.press("I have dealt with the answer")
    assert not Enquiry.objects.answered().exists()


def test_a_message_begins_with_a_template_by_keyboard_alone(officer, enquiry):
    officer.open(enquiry.get_absolute_url()).press("Write to the provider")
    officer.main.locator("summary").press("Enter")
    look(officer)
    officer.page.get_by_role("link", name="Call us").press("Enter")
    officer.page.wait_for_url("**template=*")
    assert "Call us on 020 8215 3000." in officer.main.get_by_label("Your message").input_value()
    for button in ("See the letter", "Send"):
        with officer.page.expect_navigation():
            officer.main.get_by_role("button", name=button).press("Enter")
    assert officer.sees("The message is on its way.")


def test_a_wrong_no_is_read_sent_and_put_right(officer, enquiry):
    """J-O14."""
    officer.open(enquiry.get_absolute_url()).press("Decline")
    officer.press("See the letter")
    assert officer.errors == ["Select a reason", "Select or enter at least one thing that the provider can do instead"]
    look(officer)
    officer.choose("There is no money left for it").choose("Call us and talk about it").press("See the letter")
    look(officer)
    officer.press("Decline and send").press("Correct this decision")
    look(officer)
    officer.type("What was wrong?", "We looked at the wrong application.").press("See the letter")
    look(officer)
    officer.press("Correct and send")
    look(officer)

    assert [message.kind for message in Message.objects.all()] == ["decision", "correction"]


def test_templates_are_looked_after_on_pages_of_their_own(visit, enquiry, officer, colleague):
    colleague.role = "lead"
    colleague.save()
    for path in ("", "add/", f"{ReplyTemplate.objects.get().pk}/change/"):
        officer.open(f"/admin/enquiries/replytemplate/{path}")
        look(officer)
