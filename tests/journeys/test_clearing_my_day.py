"""An officer's morning by keyboard alone: ten things of My day, one after the other."""

import pytest
from django.utils import timezone

from careportal.accounts.services import give_second_factor
from enquiries.models import Enquiry, OutgoingMail
from tests.accounts.journeys import app_code
from tests.enquiries.test_queue import an_answer, in_days
from tests.factories import EnquiryFactory, InterestFactory, MailFactory
from tests.journeys.test_accessibility import mailed_to
from tests.journeys.walking import ask_for_code, give_code

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]


@pytest.fixture
def officer(visit, colleague):
    """Signed in, and from here on without a mouse."""
    secret, visitor = give_second_factor(colleague), visit()
    ask_for_code(visitor.open("/account/login/?next=/admin/"), colleague.email)
    give_code(visitor, mailed_to(colleague))
    give_code(visitor, app_code(secret))
    return visitor


def go(visitor, words):
    """Tab to what begins with these words, and press Enter."""
    for _ in range(150):
        visitor.page.keyboard.press("Tab")
        said = visitor.page.evaluate("(document.activeElement.innerText || '').trim()")
        if said.startswith(words):
            with visitor.page.expect_navigation():
                visitor.page.keyboard.press("Enter")
            return
    raise AssertionError(f"No way by keyboard to “{words}” on {visitor.page.url}")


def test_ten_mixed_things_are_cleared_by_keyboard_alone(officer, colleague):
    for days in range(4):
        InterestFactory(enquiry__reply_due_on=in_days(-days - 1))
    for number in range(2):
        InterestFactory(enquiry__organisation=f"New {number}")
    for state in ("failed", "uncertain"):
        MailFactory(enquiry=EnquiryFactory(in_triage=True), **{state: True})
    for _ in range(2):
        an_answer(EnquiryFactory(in_triage=True, owner=colleague))

    go(officer, "My day")
    overdue = list(Enquiry.objects.overdue_on(timezone.localdate()).order_by("next_due_on", "pk"))
    go(officer, overdue[0].reference)
    for number, enquiry in enumerate(overdue):
        assert enquiry.reference in officer.page.content()
        go(officer, "Take it")
        go(officer, "I have replied")
        go(officer, "Next:" if number + 1 < len(overdue) else "My day")

    for unowned in Enquiry.objects.unowned().newest_first():
        go(officer, unowned.reference)
        go(officer, "Take it")
        go(officer, "My day")

    for mail in OutgoingMail.objects.filter(state__in=["failed", "uncertain"]).order_by("pk"):
        go(officer, f"{mail.get_kind_display()}, {mail.enquiry.reference}")
        go(officer, "It arrived")
        go(officer, "My day")

    for answered in Enquiry.objects.answered().newest_first():
        go(officer, answered.reference)
        go(officer, "Close")
        go(officer, "My day")

    numbers = officer.page.locator(".officers-tiles__number").all_inner_texts()
    assert numbers[:6] == ["0", "0", "0", "0", "0", "0"]  # what is left is the officer's own, in triage
    assert Enquiry.objects.open().filter(owner=None).count() == 0
