"""The way through the portal, as people take it."""

from collections.abc import Callable
from typing import Any

from tests.accounts.journeys import app_code
from tests.journeys.visitor import Visitor

ANSWERS: dict[str, Callable[[Visitor], Any]] = {
    "service": lambda visitor: visitor.choose("Care home"),
    "postcode": lambda visitor: visitor.type("What is the postcode of your service?", "rm108xd"),
    "registered": lambda visitor: visitor.choose("Yes"),
    "eligibility": lambda visitor: visitor,
    "organisation": lambda visitor: visitor.type("What is your organisation called?", "Example care home"),
    "about-shift-life-balance": lambda visitor: visitor.type("How many managers would take part?", "3"),
    "contact": lambda visitor: visitor.type("Full name", "Example Applicant").type(
        "Email address", "applicant@example.org"
    ),
    "message": lambda visitor: visitor,
}


def find_a_programme(visitor: Visitor, title: str) -> Visitor:
    """From the start page to the first page of the application, the programme ticked."""
    return visitor.open("/").press("Find a programme").follow(title).press("Apply now")


def go_to(visitor: Visitor, page: str) -> Visitor:
    """Answer page after page up to the one wanted."""
    for _ in range(15):
        if visitor.at == page:
            return visitor
        before = visitor.at
        ANSWERS.get(before, lambda visitor: visitor)(visitor)
        visitor.press("Continue")
        assert visitor.at != before, visitor.text
    raise AssertionError(f"never came to {page}")


def send(visitor: Visitor) -> str:
    """From the page with all answers to the reference."""
    visitor.choose("I am allowed to apply for this organisation").press("Send application")
    return visitor.reference()


def sign_in(visitor: Visitor, email: str, *, mailed_code: Callable[[], str], secret: str) -> Visitor:
    """As officers do: a code by email, then the code of their app."""
    ask_for_code(visitor.open("/admin/"), email)
    give_code(visitor, mailed_code())
    return give_code(visitor, app_code(secret))


def ask_for_code(visitor: Visitor, email: str) -> Visitor:
    return visitor.type("Email address", email).press("Send me a code")


def give_code(visitor: Visitor, code: str) -> Visitor:
    """Type a code, the mailed one or the app's, and go on."""
    visitor.page.locator("main input[name=code]").first.fill(code)
    return visitor.go(visitor.page.locator("main button[type=submit]").first)
