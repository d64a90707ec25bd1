"""A registered manager on a phone finds support and applies; an officer finds the application."""

import mailbox
import re

import pytest
from playwright.sync_api import expect

from careportal.accounts.services import give_second_factor
from careportal.management.commands.codes import last_mailed
from enquiries.mail import post
from enquiries.models import Enquiry
from programmes.models import Programme
from tests.factories import ProgrammeFactory, QuestionFactory
from tests.journeys.visitor import DESK, PHONE
from tests.journeys.walking import find_a_programme, go_to, send, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("world")]


def kept(folder):
    """The mails that were delivered, by recipient."""
    return {mail["To"]: mail for mail in mailbox.Maildir(folder, create=False)}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_start_page_to_the_reference_to_the_officer_who_takes_it(visit, colleague, settings, scripts):
    manager = visit(size=PHONE, scripts=scripts)
    find_a_programme(manager, "Shift-Life Balance")
    assert manager.main.get_by_label("Shift-Life Balance").is_checked()
    reference = send(go_to(manager, "check"))
    assert manager.heading == "Application sent"

    post.send_due()

    mails = kept(settings.MAIL_DIR / "sent")
    assert set(mails) == {settings.BUSINESS_FORUM_INBOX, "applicant@example.org"}
    routed = mails[settings.BUSINESS_FORUM_INBOX]
    assert "care sector support" in routed["Subject"]
    assert "Example care home" in routed.get_payload(decode=True).decode()
    assert reference in mails["applicant@example.org"].get_payload(decode=True).decode()

    officer = visit(size=DESK, scripts=scripts)
    sign_in(officer, colleague.email, mailed_code=lambda: mailed_to(colleague), secret=give_second_factor(colleague))
    officer.open("/admin/enquiries/enquiry/").follow(reference)
    assert officer.heading == "Example care home"
    assert officer.main.locator(".officers-mail .govuk-tag").all_inner_texts() == ["Sent", "Sent"]
    officer.press("Take it")
    assert officer.sees(f"{reference} is yours now.")
    assert Enquiry.objects.get(reference=reference).owner == colleague
    officer.follow("To the inbox")
    assert "How many managers would take part?" in officer.main.locator("pre").inner_text()


def mailed_to(person):
    post.send_due()
    return last_mailed(person.email)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_pressing_send_twice_makes_one_enquiry(visit, scripts):
    """CO3."""
    manager = visit(scripts=scripts)
    find_a_programme(manager, "Shift-Life Balance")
    go_to(manager, "check").choose("I am allowed to apply for this organisation")

    manager.main.get_by_role("button", name="Send application").dblclick()
    manager.page.wait_for_url(re.compile("/sent/"))

    assert Enquiry.objects.get().reference == manager.reference()


def test_back_after_sending_leads_to_the_same_reference(visit):
    manager = visit()
    find_a_programme(manager, "Shift-Life Balance")
    reference = send(go_to(manager, "check"))

    manager.page.go_back()

    assert manager.at == "sent"
    assert manager.reference() == reference
    assert Enquiry.objects.count() == 1


def test_sent_from_one_tab_the_other_is_told_and_nothing_changes(visit):
    """The 409 page: what was sent first stands."""
    manager = visit()
    find_a_programme(manager, "Shift-Life Balance")
    go_to(manager, "check").choose("I am allowed to apply for this organisation")
    first, manager.page = manager.page, manager.new_tab()
    manager.open(first.url.replace("/check/", "/organisation/"))
    manager.type("What is your organisation called?", "Example nursing home").press("Continue")
    send(manager)

    manager.page = first
    manager.press("Send application")

    assert manager.heading == "This application has been sent already"
    assert Enquiry.objects.get().organisation == "Example nursing home"


def test_the_whole_way_by_keyboard_alone(visit):
    """No step needs a mouse: Tab, Space, Enter and the arrows are enough."""
    manager = visit()
    keyboard = manager.page.keyboard
    manager.open("/apply/?programme=shift-life-balance")
    press_by_keyboard(manager, "Continue")
    reach(manager, "input[type=radio]")
    keyboard.press("ArrowDown")
    press_by_keyboard(manager, "Continue")
    for typed in ("RM10 8XD", None, "Example care home", "3"):
        if typed:
            reach(manager, "input[type=text]")
            keyboard.type(typed)
        press_by_keyboard(manager, "Continue")
    for typed in ("Example Applicant", "applicant@example.org"):
        reach(manager, "main input.govuk-input")
        keyboard.type(typed)
    press_by_keyboard(manager, "Continue")
    press_by_keyboard(manager, "Continue")
    assert manager.at == "check"
    reach(manager, "input[type=checkbox]")
    keyboard.press("Space")
    press_by_keyboard(manager, "Send application")

    assert manager.at == "sent"
    assert Enquiry.objects.get().provider_type == "care_home"


def reach(visitor, selector):
    """Tab on to the next control of this kind."""
    for _ in range(60):
        visitor.page.keyboard.press("Tab")
        if visitor.script("kind => document.activeElement.matches(kind)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


def press_by_keyboard(visitor, words):
    before = visitor.page.url
    for _ in range(60):
        visitor.page.keyboard.press("Tab")
        if visitor.script("document.activeElement.innerText") == words:
            with visitor.page.expect_navigation():
                visitor.page.keyboard.press("Enter")
            assert visitor.page.url != before, visitor.text
            return
    raise AssertionError(f"Tab never reached {words}")


# --- Errors lead to what is wrong ----------------------------------------------------------------------------------


@pytest.fixture
def asking(world):
    """A programme that asks each kind of question."""
    Programme.objects.all().delete()
    programme = ProgrammeFactory(slug="asking", title="A programme that asks")
    for kind in ("line", "text", "number", "yes_no"):
        QuestionFactory(programme=programme, kind=kind, key=kind, label=f"A question: {kind}?")
    for kind in ("one_of", "some_of"):
        QuestionFactory(programme=programme, kind=kind, key=kind, label=f"A question: {kind}?", choices="One\nTwo")
    return programme


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_every_error_leads_to_its_control(visit, asking, scripts):
    manager = visit(scripts=scripts)
    manager.open("/apply/?programme=asking")
    go_to(manager, "about-asking").press("Continue")
    assert len(manager.errors) == 6
    if scripts:
        expect(manager.page.locator(".govuk-error-summary")).to_be_focused()

    for link in manager.page.locator(".govuk-error-summary__list a").all():
        control = link.get_attribute("href").removeprefix("#")
        assert manager.page.locator(f"input[id='{control}'], textarea[id='{control}']").count() == 1
        link.click()
        if scripts:
            assert manager.focused == control
        else:
            assert manager.page.url.endswith(f"#{control}")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_page_with_an_error_says_so_first_and_keeps_what_was_typed(visit, scripts):
    manager = visit(scripts=scripts, size=PHONE)
    manager.open("/apply/?programme=shift-life-balance")
    go_to(manager, "contact").type("Full name", "Example Applicant").type("Email address", "nobody").press("Continue")

    assert manager.page.title().startswith("Error: ")
    assert manager.errors == ["Enter one email address in the correct format, like name@example.com"]
    assert manager.main.get_by_label("Full name").input_value() == "Example Applicant"
