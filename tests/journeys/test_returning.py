"""Begun on a phone in a corridor, finished at the office, and followed from a third device."""

import mailbox
import re
from urllib.parse import urlsplit

import pytest

from enquiries import services
from enquiries.mail import post
from enquiries.models import Enquiry
from tests.journeys.visitor import DESK, PHONE
from tests.journeys.walking import find_a_programme, go_to, send

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

ADDRESS = "applicant@example.org"


@pytest.fixture
def newest_mail(settings):
    """Has mail delivered, and reads the newest one with these words in its subject."""

    def read(words):
        post.send_due()
        kept = [mail for mail in mailbox.Maildir(settings.MAIL_DIR / "sent", create=False) if words in mail["Subject"]]
        return max(kept, key=lambda mail: mail.get_date()).get_payload(decode=True).decode()

    return read


def leave(visitor):
    visitor.press("Save and come back later").type("What is your email address?", ADDRESS).press("Send me a code")
    assert visitor.heading == "Your answers are saved"


def come_back(visitor, code):
    return visitor.open("/return/").type("Email address", ADDRESS).type("Code from our email", code).press("Continue")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_half_on_a_phone_the_rest_at_the_office_and_followed_to_an_offer(visit, colleague, newest_mail, scripts):
    """N14; RULES, trap 1: a mail program opens every link in the mail first."""
    phone = visit(size=PHONE, scripts=scripts)
    find_a_programme(phone, "Shift-Life Balance")
    leave(go_to(phone, "organisation").type("What is your organisation called?", "Example care home"))
    text = newest_mail("Come back to your application")
    scanner = visit(scripts=scripts)
    for link in re.findall(r"https?://\S+", text):
        scanner.open(urlsplit(link).path)

    office = visit(size=DESK, scripts=scripts)
    come_back(office, re.search(r"^[0-9A-Z]{5}-[0-9A-Z]{5}", text, re.MULTILINE)[0].lower())
    assert office.at == "about-shift-life-balance"
    reference = send(go_to(office, "check"))
    assert Enquiry.objects.get(reference=reference).organisation == "Example care home"

    phone.page.go_back()
    phone.page.reload()
    assert phone.heading == "We cannot find this application here"
    phone.follow("follow it with your reference")
    phone.type("Reference", reference.lower()).type("Email address", ADDRESS).press("Send me a code")
    phone.type("Code from the email", re.search(r"^\d{6}", newest_mail("Your code"), re.MULTILINE)[0]).press("Continue")
    assert phone.sees(f"Reference {reference}")
    assert phone.sees("The council has it. An officer will read it.")

    enquiry = Enquiry.objects.get()
    services.take(enquiry_id=enquiry.pk, officer=colleague)
    services.offer(interest_id=enquiry.interests.get().pk, officer=colleague)
    phone.page.reload()
    assert phone.sees("We offer you a place on Shift-Life Balance.")
    phone.follow("See all your answers, to print or keep")
    assert phone.sees("Example care home")
    phone.page.go_back()
    phone.press("Leave")
    phone.open(f"/follow/{reference}/")
    assert phone.heading == "Page not found"


def test_going_on_after_saving_stays_in_the_same_browser(visit, newest_mail):
    """RULES, trap 18: saving does not end on the start page, and leads on as well as away."""
    manager = visit(size=PHONE)
    find_a_programme(manager, "Shift-Life Balance")
    leave(go_to(manager, "postcode"))

    manager.press("Go on with your application now")

    assert manager.at == "postcode"
    reference = send(go_to(manager, "check"))
    other = visit()
    come_back(other, re.search(r"^[0-9A-Z]{5}-[0-9A-Z]{5}", newest_mail("Come back"), re.MULTILINE)[0])
    assert other.heading == "You have sent this application already"
    assert other.reference() == reference


def test_a_session_that_was_lost_while_a_page_was_open_says_how_to_come_back(visit, newest_mail):
    """FI23, U30: all but the page that was open is still there."""
    manager = visit(size=PHONE)
    find_a_programme(manager, "Shift-Life Balance")
    leave(go_to(manager, "organisation"))
    manager.page.go_back()
    manager.page.go_back()
    manager.context.clear_cookies()
    manager.type("What is your organisation called?", "Example care home").press("Continue")

    manager.follow("come back to your application")
    come_back(manager, re.search(r"^[0-9A-Z]{5}-[0-9A-Z]{5}", newest_mail("Come back"), re.MULTILINE)[0])

    assert manager.at == "organisation"
