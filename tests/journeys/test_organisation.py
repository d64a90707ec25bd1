"""An account for an organisation, on a phone: an application from before is found, a colleague joins and is removed."""

import re

import pytest

from careportal.management.commands.codes import last_mailed
from enquiries.mail import post
from enquiries.models import OutgoingMail
from tests.journeys.accessibility import findings
from tests.journeys.visitor import PHONE, Visitor
from tests.journeys.walking import ask_for_code, give_code, go_to, send

pytestmark = pytest.mark.journey

MANAGER, COLLEAGUE = "applicant@example.org", "colleague@example.org"


@pytest.fixture
def on_a_phone(visit, world):
    return lambda: visit(size=PHONE)


def code_for(email: str) -> str:
    post.send_due()
    return last_mailed(email)


def sign_in(visitor: Visitor, email: str) -> Visitor:
    ask_for_code(visitor, email)
    return give_code(visitor, code_for(email))


def invitation_to(email: str) -> str:
    """The address in the newest invitation, read before it leaves the house."""
    waiting = OutgoingMail.objects.filter(recipient=email, text__contains="/invitations/").latest("pk")
    return re.search(r"/invitations/[\w-]+/", waiting.text).group()


def test_an_application_is_found_a_colleague_joins_and_is_removed_at_once(on_a_phone):
    manager = on_a_phone()
    reference = send(go_to(manager.open("/apply/?programme=shift-life-balance"), "check"))

    sign_in(manager.open("/my-organisation/"), MANAGER)
    assert manager.sees("We found 1 application sent from your email address")
    assert findings(manager) == [], "with nothing but a found application"
    manager.go(manager.page.get_by_role("link", name="Add it to your organisation"))
    assert findings(manager) == [], "what was found"
    manager.press("Add them")
    assert manager.heading == "Example care home"
    assert manager.sees(reference)
    assert findings(manager) == [], "the organisation"

    manager.go(manager.page.get_by_role("link", name="Invite or change people"))
    assert findings(manager) == [], "people"
    manager.press("Invite a colleague").press("Send invitation")
    assert findings(manager) == [], "an invitation with errors"
    manager.type("Email address of your colleague", COLLEAGUE).choose("Member: sees and makes applications")
    manager.press("Send invitation")
    assert manager.sees(COLLEAGUE)
    assert findings(manager) == [], "people with an invitation"

    colleague = on_a_phone().open(invitation_to(COLLEAGUE))
    assert findings(colleague) == [], "an invitation, signed out"
    sign_in(colleague.press("Sign in"), COLLEAGUE)
    assert colleague.heading == "Do you want to act for this organisation?"
    assert findings(colleague) == [], "an invitation"
    colleague.press("Accept the invitation")
    assert colleague.sees(reference)
    colleague.follow(reference)
    assert colleague.sees(reference)

    manager.page.reload()
    manager.go(manager.page.get_by_role("link", name=f"Change {COLLEAGUE}"))
    assert findings(manager) == [], "one person"
    manager.choose("Remove them: they lose access at once").press("Confirm")
    assert COLLEAGUE not in manager.text

    colleague.page.reload()
    assert "not found" in colleague.heading.lower()
    assert findings(colleague) == [], "refused"


def test_the_second_contact_and_taking_over(on_a_phone):
    manager = on_a_phone()
    send(go_to(manager.open("/apply/?programme=shift-life-balance"), "check"))
    sign_in(manager.open("/my-organisation/found/"), MANAGER)
    manager.press("Add them")
    manager.go(manager.page.get_by_role("link", name="Add the second contact"))
    assert findings(manager) == [], "second contact"
    manager.type("Second email address", "site@example.org").press("Send a code to it")
    assert findings(manager) == [], "its code"
    give_code(manager, code_for("site@example.org"))
    assert manager.sees("site@example.org")

    manager.press("Apply for a programme")
    manager.page.locator("input[value=shift-life-balance]").check()
    manager.press("Continue")
    assert manager.heading == "Is this still right?"
    assert findings(manager) == [], "what was told before"

    successor = on_a_phone()
    sign_in(successor.open("/my-organisation/"), COLLEAGUE)
    assert findings(successor) == [], "no organisation"
    successor.follow("ask to take over").press("Send the code")
    assert findings(successor) == [], "taking over with errors"
    successor.type("Which organisation do you want to take over?", "000-000-000").press("Send the code")
    assert findings(successor) == [], "the code"
