"""The people of a partner, from the council's invitation to a takeover: administrator, colleague, successor."""

import datetime as dt
import os
import re
from pathlib import Path

import pytest
from django.utils import timezone

from careportal.accounts import services as accounts
from careportal.accounts.roles import Role
from careportal.management.commands.codes import last_mailed
from enquiries.mail import post
from enquiries.models import OutgoingMail
from programmes.models import Partner
from tests.accounts.journeys import app_code
from tests.journeys.accessibility import findings
from tests.journeys.visitor import DESK, PHONE, Visitor
from tests.journeys.walking import ask_for_code, give_code
from tests.journeys.walking import sign_in as sign_in_as_officer

pytestmark = pytest.mark.journey

FIRST, COLLEAGUE, SUCCESSOR = (f"{name}@partner.example" for name in ("first", "colleague", "successor"))
PICTURES = os.environ.get("PICTURES")


@pytest.fixture
def partner(world) -> Partner:
    return Partner.objects.create(slug="partner", name="Example partner", website="https://www.partner.example/")


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
    waiting = OutgoingMail.objects.filter(recipient=email, text__contains="/partner/invitations/").latest("pk")
    return re.search(r"/partner/invitations/[\w-]+/", waiting.text).group()


def set_up_an_app(visitor: Visitor) -> str:
    """From the page to which administrators are led to the partner's pages; gives the app's secret."""
    visitor.go(visitor.page.get_by_role("button", name="Set up an app"))
    visitor.page.get_by_text("I cannot use the camera").click()
    secret = visitor.page.locator("details .portal-reference").inner_text().replace(" ", "")
    give_code(visitor, app_code(secret))
    visitor.go(visitor.page.get_by_role("button", name="I have saved them: continue"))
    return secret


def looked_at(visitor: Visitor, name: str) -> None:
    """Nothing keeps anybody from using this page; pictures of it where somebody wants them."""
    assert findings(visitor) == [], name
    for size in (PHONE, DESK) if PICTURES else ():
        visitor.page.set_viewport_size(size)
        visitor.page.screenshot(path=Path(PICTURES, f"{name}-{size['width']}.png"), full_page=True)
    visitor.page.set_viewport_size(PHONE)


def test_from_the_councils_invitation_to_a_colleague_who_is_removed(visit, on_a_phone, partner):
    lead = accounts.create_officer(email="lead@example.org", role=Role.LEAD)
    secret = accounts.give_second_factor(lead)
    officer = sign_in_as_officer(visit(), lead.email, mailed_code=lambda: code_for(lead.email), secret=secret)
    officer.open(f"/admin/programmes/partner/{partner.pk}/people/")
    looked_at(officer, "council-nobody-yet")
    officer.type("Email address", FIRST).choose("Administrator: also decides who acts for the partner")
    officer.press("Send invitation")
    assert officer.sees(FIRST)

    first = on_a_phone().open(invitation_to(FIRST))
    looked_at(first, "invitation-signed-out")
    sign_in(first.press("Sign in"), FIRST)
    assert first.heading == "Do you want to act for Example partner?"
    looked_at(first, "invitation-administrator")
    first.press("Accept the invitation")
    assert first.heading == "Set up your second factor"
    looked_at(first, "second-factor")
    set_up_an_app(first)
    first.open("/partner/people/")
    looked_at(first, "people-alone")

    first.go(first.page.get_by_role("button", name="Invite somebody"))
    first.press("Send invitation")
    looked_at(first, "invite-with-errors")
    first.type("Email address", COLLEAGUE).choose("Editor: keeps listings and referrals").press("Send invitation")
    looked_at(first, "people-with-invitation")

    letter = invitation_to(COLLEAGUE)
    colleague = on_a_phone().open(letter)
    sign_in(colleague.press("Sign in"), COLLEAGUE)
    looked_at(colleague, "invitation-editor")
    colleague.press("Accept the invitation").open("/partner/people/")
    looked_at(colleague, "people-as-editor")

    first.page.reload()
    first.go(first.page.get_by_role("link", name=f"Change {COLLEAGUE}"))
    looked_at(first, "person")
    officer.open(f"/admin/programmes/partner/{partner.pk}/people/")
    looked_at(officer, "council-people")
    first.choose("Remove them: they lose access at once").press("Confirm")
    assert COLLEAGUE not in first.text

    colleague.page.reload()
    assert colleague.heading == "There is nothing here for you yet"
    looked_at(colleague, "nothing-here")
    colleague.open(letter)
    looked_at(colleague, "invitation-over")

    Partner.objects.update(agreement_ends_on=timezone.localdate() - dt.timedelta(days=3))
    first.page.reload()
    assert first.heading == "Your agreement has ended"
    looked_at(first, "agreement-over")


def test_a_successor_asks_and_the_council_says_yes(visit, on_a_phone, partner):
    lead = accounts.create_officer(email="lead@example.org", role=Role.LEAD)
    secret = accounts.give_second_factor(lead)
    gone = accounts.create_officer(email=FIRST)
    partner.memberships.create(user=gone, role="administrator")

    successor = on_a_phone().open("/contact/")
    looked_at(successor, "contact")
    sign_in(successor.follow("ask to take over"), SUCCESSOR)
    looked_at(successor, "ask")
    successor.press("Ask the council")
    looked_at(successor, "ask-with-errors")
    successor.choose("Example partner").choose("The colleague who kept our listings has left").press("Ask the council")
    assert successor.heading == "The council decides now"
    looked_at(successor, "asked")

    officer = sign_in_as_officer(visit(), lead.email, mailed_code=lambda: code_for(lead.email), secret=secret)
    looked_at(officer, "my-day")
    officer.follow("Who acts for Example partner?")
    assert officer.sees("The address is of the partner’s own domain")
    looked_at(officer, "request")
    officer.press("Yes, make them administrator")
    assert officer.sees("Your decision is stored")
    looked_at(officer, "request-decided")

    successor.open("/partner/people/")
    set_up_an_app(successor)
    successor.open("/partner/people/")
    assert successor.sees(FIRST)
    assert successor.sees("Invite somebody")
