"""A partner and its referrals, on a phone: with an account, by a code from its mailbox, and by a spreadsheet."""

import datetime as dt
import os
import re

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from careportal.accounts.models import User
from careportal.management.commands.codes import last_mailed
from enquiries import letters_referrals, services
from enquiries.mail import post
from enquiries.models import Attendance, Interest, OutgoingMail
from programmes.models import Partner, PartnerMembership
from tests.factories import IntakeFactory, InterestFactory, ProgrammeFactory, UserFactory
from tests.journeys.accessibility import findings, findings_without_scripts
from tests.journeys.visitor import DESK, PHONE
from tests.journeys.walking import ask_for_code, give_code

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

TITLE = "Leadership, supervision and digital record keeping for deputy managers and team leaders in homecare"


@pytest.fixture
def partner():
    found = Partner.objects.get(slug="timewise")
    found.email = "partner@example.org"
    found.save()
    return found


@pytest.fixture
def interest(partner, colleague):
    programme = ProgrammeFactory(title=TITLE)
    programme.partners.add(partner)
    IntakeFactory(programme=programme, title="Spring group")
    return referred(partner, programme, colleague)


def referred(partner, programme, colleague):
    interest = InterestFactory(in_hand=True, programme=programme)
    services.refer(interest_id=interest.pk, officer=colleague, partner_id=partner.pk)
    interest.refresh_from_db()
    return interest


def mailed_code():
    mail = OutgoingMail.objects.filter(recipient="partner@example.org", kind="account").latest("pk")
    return re.findall(r"^\d{6}$", mail.text, re.MULTILINE)[0]


def looked_at(visitor, examiner, name):
    """What is wrong with the page. With PICTURES set, it is photographed as well, on a phone and on a desk."""
    if folder := os.environ.get("PICTURES"):
        for size in (PHONE, DESK):
            visitor.page.set_viewport_size(size)
            visitor.page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)
        visitor.page.set_viewport_size(PHONE)
    return findings(visitor) if visitor.scripts else findings_without_scripts(visitor, examiner)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_partner_takes_a_referral_from_the_letter_to_the_end_by_code(visit, interest, partner, scripts):
    """J-R7, J-R8: without an account."""
    somebody, examiner = visit(size=PHONE, scripts=scripts), visit(size=PHONE)
    wrong = []

    def look(name):
        wrong.extend(looked_at(somebody, examiner, f"code-{name}"))

    somebody.open(letters_referrals.by_code_page(partner))
    look("ask")
    somebody.press("Send the code")
    look("enter")
    somebody.type("Code from the email", mailed_code()).press("Continue")
    look("list")
    somebody.follow(interest.enquiry.reference)
    look("one")
    somebody.press("Acknowledge")
    assert somebody.sees("Acknowledged. Thank you.")
    somebody.press("Invite them")
    somebody.press("Send the invitation")
    assert "Enter the time" in somebody.errors
    look("invite")
    day = timezone.localdate() + dt.timedelta(days=7)
    for part in ("day", "month", "year"):
        somebody.page.locator(f"[name=day-{part}]").fill(str(getattr(day, part)))
    somebody.type("Time", "10am").type("Place, or how to join online", "Room 1").press("Send the invitation")
    assert somebody.sees("The invitation is on its way.")
    somebody.press("Enrol them")
    look("enrol")
    somebody.choose("Spring group").press("Enrol")
    somebody.press("Note a day attended")
    look("attended")
    today = timezone.localdate()
    for part in ("day", "month", "year"):
        somebody.page.locator(f"[name=on-{part}]").fill(str(getattr(today, part)))
    somebody.press("Save the day")
    somebody.press("Mark as completed")
    look("completed")
    somebody.press("Mark as completed")
    look("end")

    interest.refresh_from_db()
    assert interest.state == Interest.State.COMPLETED
    assert Attendance.objects.get().via == "code"
    somebody.press("Leave these pages")
    assert wrong == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_partner_gives_back_asks_and_sends_a_spreadsheet(visit, interest, partner, colleague, scripts):
    """J-R7, J-R8: signed in."""
    other = referred(partner, interest.programme, colleague)
    person = UserFactory()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    PartnerMembership.objects.create(partner=partner, user=person)
    somebody, examiner = visit(size=PHONE, scripts=scripts), visit(size=PHONE)
    wrong = []

    def look(name):
        wrong.extend(looked_at(somebody, examiner, f"member-{name}"))

    sign_in(somebody, person)
    somebody.open("/partner/referrals/")
    look("list")
    somebody.follow("To acknowledge").follow(interest.enquiry.reference)
    look("one")
    somebody.press("Ask the council")
    look("ask")
    somebody.type("What do you want to ask?", "May two people share a place?").press("Send your question")
    somebody.press("Give it back").choose("Another reason").press("Give it back")
    look("give-back")
    somebody.type("In your own words", "They moved away.").press("Give it back")
    assert somebody.sees("You have given it back.")

    somebody.follow("send the spreadsheet back")
    look("outcomes")
    rows = [
        "Reference,Programme,Outcome",
        f"{other.enquiry.reference},{TITLE},Acknowledged".replace(TITLE, f'"{TITLE}"'),
        f'{interest.enquiry.reference},"{TITLE}",Acknowledged',
    ]
    sheet = {"name": "outcomes.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    somebody.page.locator("input[type=file]").set_input_files(sheet)
    somebody.press("Check the rows")
    look("check")
    somebody.press("Keep only the 1 good row")
    assert somebody.sees("1 row is kept.")

    other.refresh_from_db()
    assert other.acknowledged_at
    assert wrong == []


def sign_in(visitor, person: User):
    ask_for_code(visitor.open("/account/login/"), person.email)
    post.send_due()
    give_code(visitor, last_mailed(person.email))
