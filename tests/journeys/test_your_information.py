"""Data rights and coming back a year later, on a phone and at a desk, with pages that everybody can use (HC2)."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from careportal.accounts.models import User
from enquiries.models import Draft, Enquiry, Event, OutgoingMail, RightsRequest
from programmes.models import Partner
from providers.models import Handover, Membership
from providers.services import decide_handover
from tests.enquiries.codes import mailed
from tests.journeys.accessibility import findings
from tests.journeys.test_places import look, signed_in
from tests.journeys.visitor import DESK, PHONE
from tests.journeys.walking import ask_for_code, give_code, go_to, send

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]

MANAGER, SUCCESSOR, SITE = "applicant@example.org", "successor@example.org", "site@example.org"
EVERY_SIZE = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def code_for(address):
    found = re.search(r"^\s*(\d{6})\s*$", mailed(address)[-1].text, re.MULTILINE)
    assert found, mailed(address)[-1].text
    return found[1]


def sign_in(visitor, address):
    ask_for_code(visitor, address)
    return give_code(visitor, code_for(address))


def open_all(visitor):
    visitor.script("document.querySelectorAll('details').forEach(one => one.open = true)")
    return visitor


def applied(visitor):
    return send(go_to(visitor.open("/apply/?programme=shift-life-balance"), "check"))


@EVERY_SIZE
def test_from_the_acknowledgement_to_what_is_held_a_deleted_draft_and_an_objection(visit, size):
    """J-P9: see and download what is held, delete a draft, object, without an account; two steps away (PR11, G2)."""
    person = visit(size=size)
    reference = applied(person)
    person.follow("see what we hold about you, object to our use of it, or complain")
    assert person.heading == "Your information and your rights"
    assert findings(person) == []

    passed_on = {"partner": Partner.objects.first().pk, "shared": ["organisation", "provider_type", "contact_name"]}
    Event.objects.create(enquiry=Enquiry.objects.get(), kind="referred", detail=passed_on)

    go_to(person.open("/apply/?programme=shift-life-balance"), "organisation")
    person.press("Save and come back later").type("What is your email address?", MANAGER).press("Send me a code")
    assert Draft.objects.filter(return_email=MANAGER).exists()

    person.go(person.open("/your-information/").page.get_by_role("button", name="See what we hold about you"))
    assert findings(person) == [], "which address"
    person.press("Send me a code")
    assert person.errors == ["Enter your email address"]
    assert findings(person) == [], "which address, with an error"
    person.type("What is your email address?", MANAGER).press("Send me a code")
    assert person.heading == "Check your email"
    assert findings(person) == [], "the code"
    give_code(person, code_for(MANAGER))

    assert person.heading == "What we hold about you"
    assert person.sees(reference)
    assert findings(open_all(person)) == [], "what is held"
    with person.page.expect_download() as download:
        person.main.get_by_role("link", name="A file for programs (JSON)").click()
    assert reference in download.value.path().read_text()

    person.go(person.main.get_by_role("link", name=re.compile("^Delete it")))
    assert findings(person) == [], "deleting"
    person.press("Delete it")
    assert person.sees("The application you had saved is deleted.")
    assert not Draft.objects.filter(return_email=MANAGER).exists()

    person.follow("Ask us to correct, delete or not use something, or complain").press("Send")
    assert "Select what you want us to do" in person.errors
    assert findings(person) == [], "asking, with errors"
    person.choose("Stop using my information: I object").type("Your name", "Example Applicant").press("Send")
    assert person.sees("You get our answer by")
    assert findings(person) == [], "asked"
    assert RightsRequest.objects.get().proof == "code"


@EVERY_SIZE
def test_a_complaint_without_an_account_is_answered_by_an_officer(visit, browser_of, colleague, size):
    """J-P9: complain, acknowledged at once; an officer answers with the right to go to the regulator (G27)."""
    person = visit(size=size)
    person.open("/privacy/").follow("complain to us")
    person.type("What should we know about it?", "You wrote to my old address.")
    person.type("Your name", "Example Applicant").type("Your email address", MANAGER).press("Send")
    assert person.sees("within") or person.sees("at the latest")
    assert findings(person) == []
    request = RightsRequest.objects.get()

    officer = signed_in(visit(size=size), browser_of, colleague)
    officer.go(officer.open("/admin/").main.get_by_role("link", name=re.compile(request.reference)))
    assert look(officer) == [], "one request"
    officer.press("Take it").follow("Answer")
    assert look(officer) == [], "an answer"
    officer.press("Send the answer")
    assert officer.errors == ["Select an outcome", "Enter your answer"]
    assert look(officer) == [], "an answer with errors"
    officer.choose("Agreed").type("What do you answer?", "We have your new address now.").press("Send the answer")
    assert officer.sees("Answered")
    assert look(officer) == [], "one that is over"
    officer.open("/admin/information-requests/")
    assert look(officer) == [], "the list"
    assert "Information Commissioner" in OutgoingMail.objects.get(kind="rights").text


@EVERY_SIZE
def test_the_only_owner_closes_the_account_knowingly(visit, size):
    """J-P9: account closed: organisation record stays, person goes."""
    owner = visit(size=size)
    reference = applied(owner)
    sign_in(owner.open("/my-organisation/found/"), MANAGER)
    owner.press("Add them").follow("Close your account")
    assert owner.sees("you are the only owner")
    assert findings(owner) == [], "before"
    owner.press("Close my account")
    assert len(owner.errors) == 2
    assert findings(owner) == [], "with errors"
    owner.choose("I understand that my account is closed for good")
    owner.choose("I understand that nobody is owner of these organisations then").press("Close my account")
    assert owner.heading == "Your account is closed"
    assert findings(owner) == [], "after"

    assert not User.objects.filter(email=MANAGER).exists()
    assert Enquiry.objects.get(reference=reference).provider.name == "Example care home"


def test_a_manager_comes_back_a_year_later_and_a_new_one_takes_over(visit, colleague):
    """J-P10: sign in by code; the profile is confirmed with its date and not retyped; a new manager takes over by
    the second contact and an officer's yes."""
    manager = visit(size=PHONE)
    applied(manager)
    sign_in(manager.open("/my-organisation/found/"), MANAGER)
    manager.press("Add them")
    manager.go(manager.page.get_by_role("link", name="Add the second contact"))
    manager.type("Second email address", SITE).press("Send a code to it")
    give_code(manager, code_for(SITE))
    told_on = timezone.localdate()

    with time_machine.travel(timezone.now() + dt.timedelta(days=366)):
        again = visit(size=PHONE)
        sign_in(again.open("/my-organisation/"), MANAGER)
        again.press("Apply for a programme")
        again.page.locator("input[value=shift-life-balance]").check()
        again.press("Continue")
        assert again.heading == "Is this still right?"
        assert again.sees(f"You told us this before, last on {told_on:%-d %B %Y}")
        for known in ("Care home", "RM10 8XD", "Example care home", "Example Applicant"):
            assert again.sees(known)
        assert findings(again) == []
        assert again.main.get_by_role("textbox").count() == 0, "nothing is retyped"
        newest = send(go_to(again.press("Continue"), "check"))

        successor = visit(size=PHONE)
        sign_in(successor.open("/my-organisation/"), SUCCESSOR)
        successor.follow("ask to take over").type("Which organisation do you want to take over?", newest)
        successor.press("Send the code")
        give_code(successor, code_for(SITE))
        assert findings(successor) == []
        decide_handover(Handover.objects.get().pk, by=colleague, granted=True)
        successor.open("/my-organisation/")
        assert successor.sees(newest)
        assert Membership.objects.get(user__email=SUCCESSOR).is_owner
