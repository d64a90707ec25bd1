"""The whole way of a registered manager on a phone: from what fits to an accepted place (J-P2, J-P3, J-P6, J-P7)."""

import mailbox
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import services
from enquiries.mail import post
from enquiries.models import Enquiry, Interest
from programmes.models import ClosureDay
from tests.factories import RegisteredLocationFactory
from tests.journeys.visitor import PHONE, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "cqc" / "DERIVED_directory_layout_2022on.csv"
LOCATION = "1-23665908810"
CHOSEN = ("Shift-Life Balance", "Sustainability mentoring")
SECONDS = 180


class Thumb:
    """A visitor who types a letter a second and needs a second for each tap."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.seconds = visitor, 0

    def type(self, label: str, text: str) -> "Thumb":
        self.seconds += len(text)
        self.visitor.type(label, text)
        return self

    def choose(self, answer: str) -> "Thumb":
        self.seconds += 1
        self.visitor.choose(answer)
        return self

    def press(self, button: str) -> "Thumb":
        self.seconds += 1
        self.visitor.press(button)
        return self


@pytest.fixture
def directory(world):
    """The Commission's own file where it is at hand, else a made-up location of the same number."""
    if PUBLISHED.exists():
        call_command("import_cqc", PUBLISHED, "--apply", verbosity=0)
    else:
        RegisteredLocationFactory(cqc_location_id=LOCATION, postcode="RM8 1SP", type="supported_living")


@pytest.fixture
def newest_mail(settings):
    def read(words):
        post.send_due()
        kept = [mail for mail in mailbox.Maildir(settings.MAIL_DIR / "sent", create=False) if words in mail["Subject"]]
        return max(kept, key=lambda mail: mail.get_date()).get_payload(decode=True).decode()

    return read


def code_in(text: str) -> str:
    return re.search(r"^(\d{6}|[0-9A-Z]{5}-[0-9A-Z]{5})", text, re.MULTILINE)[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_what_fits_to_an_accepted_place_within_three_minutes_of_typing(
    visit, directory, colleague, newest_mail, scripts
):
    """She finds her service, applies for two programmes, leaves, comes back elsewhere, sends, answers and accepts."""
    phone = visit(size=PHONE, scripts=scripts).open("/what-can-my-service-get/")
    thumb = Thumb(phone).type("Find your care service", LOCATION).press("Continue")
    thumb.choose("Yes, use them").press("Continue")
    thumb.choose("People whose care Barking and Dagenham council pays for").press("Continue")
    thumb.choose("10 to 49 staff").press("Continue")
    assert phone.heading == "What your service can get"
    for title in CHOSEN:
        thumb.choose(title)
    thumb.press("Apply for these")
    thumb.type("How many managers would take part?", "3").press("Continue")
    thumb.choose("Costs").press("Continue")
    assert phone.heading == "How can we contact you?"
    thumb.type("Full name", "Example Applicant").press("Save and come back later")
    thumb.type("What is your email address?", "applicant@example.org").press("Send me a code")

    office = visit(size=PHONE, scripts=scripts).open("/return/")
    there = Thumb(office).type("Email address", "applicant@example.org")
    there.type("Code from our email", code_in(newest_mail("Come back"))).press("Continue")
    assert office.at == "contact"
    there.type("Email address", "applicant@example.org").press("Continue").press("Continue")
    there.choose("I am allowed to apply for this organisation").press("Send application")
    reference = office.reference()
    assert thumb.seconds + there.seconds <= SECONDS

    enquiry = Enquiry.objects.get(reference=reference)
    assert (enquiry.cqc_location_id, enquiry.postcode) == (LOCATION, "RM8 1SP")
    assert sorted(enquiry.interests.values_list("programme_title", flat=True)) == list(CHOSEN)

    services.take(enquiry_id=enquiry.pk, officer=colleague)
    soon = add_working_days(timezone.localdate(), 5, ClosureDay.objects.days())
    services.ask_provider(enquiry_id=enquiry.pk, officer=colleague, text="Which evening suits you?", answer_by=soon)
    office.open("/follow/").type("Reference", reference).type("Email address", "applicant@example.org")
    office.press("Send me a code").type("Code from the email", code_in(newest_mail("Your code"))).press("Continue")
    office.follow("Answer our question")
    office.type("Your answer", "Tuesday, after handover.").press("Send your answer")
    assert enquiry.messages.filter(kind="answer", text="Tuesday, after handover.").exists()

    services.offer(interest_id=enquiry.interests.get(programme_title=CHOSEN[0]).pk, officer=colleague)
    office.open(f"/follow/{reference}/").follow(f"Accept or decline the place on {CHOSEN[0]}")
    office.choose("Yes, I accept the place").press("Send your answer")
    assert office.heading == "You have a place"
    assert enquiry.interests.get(programme_title=CHOSEN[0]).state == Interest.State.ENROLLED
